"""The proof calendar of page 8: each control by month, as a picture and as a table, and what to export."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate, groupby
from textwrap import shorten

from markupsafe import Markup

from workbook.analysis.proof_calendar import (
    RULE,
    ControlMonths,
    Export,
    ProofCalendar,
    missing_exports,
    proof_calendar,
)
from workbook.audience import shows_forecast
from workbook.language import later, say, say_many, term, written_month
from workbook.record import Record
from workbook.views import states, tag
from workbook.views.markup import (
    aid,
    heading,
    hint,
    items,
    link,
    long_table,
    note,
    page_link,
    paragraph,
    table,
    view,
    who,
)
from workbook.views.picture import g, picture, rect, written
from workbook.views.tag import fragment, text
from workbook.words import count, day

MOST = 15  # exports that a person reads; the others are counted
LABEL, CELL, LINE, TOP = 290, 44, 24, 44  # pixels: what names a row, the width and height of a cell, above the first
WORDED = 4  # months in a row that have room for the word of their state
COUNTED = {
    "test": later("{n} proven by test"),
    "evidence": later("{n} by evidence"),
    "claim": later("{n} by claim only"),
    "contradicted": later("{n} contradicted"),
    "nothing": later("{n} nothing"),
    "ahead": later("{n} ahead"),
}


def calendar(record: Record) -> Markup:
    """The controls by month of the audit period with their rule; for the team, what to export before logs rotate."""
    found = proof_calendar(record)
    export = (heading("What to export before logs rotate"), _exports(record)) if shows_forecast(record.audience) else ()
    if not found.rows:
        name = hint(say("Name the ML systems in"), " ", page_link("00_start"), " ", say("first."))
        return view(note(say("No question that counts refers to a control yet."), name), *export)
    shown = _key(found), [tag.figure[_picture(part)] for part in _themes(found)], note(say(RULE))
    rows = aid(say("The same as a table"), count(len(found.rows), "control"), _table(found))
    return view(_lead(record, found), shown, rows, *export)


def _themes(found: ProofCalendar) -> Iterable[ProofCalendar]:
    """The calendar in the four parts of Annex A, A.5 to A.8: a picture of all would be longer than a page."""
    return (replace(found, rows=tuple(rows)) for _, rows in groupby(found.rows, key=lambda row: row.control.id[:3]))


def _lead(record: Record, found: ProofCalendar) -> Markup:
    """What the months are, and what they do not show."""
    about = record.engagement
    counted = say_many("{n} control from {months}.", "{n} controls from {months}.", len(found.rows),
                       months=_months(found))  # fmt: skip
    said = [counted]
    if not about.period_from:
        said.append(say("Nobody recorded when the audit period begins; the last year stands in for it."))
    if all(month.first > record.on for month in found.months):
        begins = day(about.period_from)
        said.append(say("The audit period begins on {day}, so every month lies ahead.", day=begins))
    if found.left_out:
        said.append(
            say_many(
                "{n} earlier month of the audit period not shown.",
                "{n} earlier months of the audit period not shown.",
                found.left_out,
            )
        )
    if found.later:
        names = ", ".join(found.later)
        said.append(say("Contradicted only after these months, so not marked in them: {names}.", names=names))
    return paragraph(" ".join(said))


def _months(found: ProofCalendar) -> str:
    first, last = found.months[0].first, found.months[-1].first
    return say("{first} to {last}", first=_month_and_year(first), last=_month_and_year(last))


def _month(value: date) -> str:
    return written_month(value.month)


def _month_and_year(value: date) -> str:
    return f"{_month(value)} {value:%Y}"


def _key(found: ProofCalendar) -> Markup:
    counted = ((state, found.counts[name]) for name, state in states.MONTHS.items() if found.counts[name])
    return tag.ul(class_="key")[(tag.li[s.sign, " ", tag.b[n], " ", term(s.word)] for s, n in counted)]


# the picture ----------------------------------------------------------------------------------------------------------


def _picture(found: ProofCalendar) -> Markup:
    """A part of the calendar as a picture; its label says what it holds."""
    theme = found.rows[0].control.id[:3]
    counts = found.counts
    alternative = say(
        "Proof calendar of {theme}: {controls} by month, {months}. Of {cells}: {counted}. The table below says the "
        "same.",
        theme=theme,
        controls=count(len(found.rows), "control"),
        months=_months(found),
        cells=count(len(found.rows) * len(found.months), "cell"),
        counted=", ".join(say(COUNTED[name], n=counts[name]) for name in states.MONTHS if counts[name]),
    )
    width, height = LABEL + CELL * len(found.months) + 4, TOP + LINE * len(found.rows) + 4
    lines = (_row(row, TOP + LINE * n) for n, row in enumerate(found.rows))
    name = say("Proof calendar of {theme}", theme=theme)
    return picture(name, alternative, width, height, _months_above(found), lines)


def _runs(row: ControlMonths) -> list[tuple[str, int]]:
    """The states of a control with for how many months each lasts."""
    return [(state, len(list(same))) for state, same in groupby(row.states)]


def _run_of(state: str, months: int, left: int, top: int) -> Markup:
    """How months of one state look: the sign says it, the colour repeats it; nothing is an empty frame, ahead none."""
    kind, sign, word = states.MONTHS[state]
    look = state if state in ("ahead", "nothing") else kind
    box = rect(x=left + 1.5, y=top + 1.5, width=CELL * months - 3, height=LINE - 3, rx=4).__html__()
    words = f"{sign} {term(word)}" if months >= WORDED else sign
    return g(class_=look)[box, written(words, left + CELL * months // 2, top + 17)]


def _months_above(found: ProofCalendar) -> Iterable[Markup]:
    """The name of each month, and its year where that begins."""
    for number, month in enumerate(found.months):
        at = LABEL + CELL * number + CELL // 2
        yield written(_month(month.first), at, TOP - 8)
        if not number or month.first.month == 1:
            yield written(f"{month.first:%Y}", at, TOP - 26)


def _row(row: ControlMonths, top: int) -> Markup:
    name = shorten(term(row.control.title), 36, placeholder=" …")
    label = g(class_="left")[written(f"{row.control.id} {name}", 0, top + 16)]
    runs = _runs(row)
    starts = accumulate((months for _, months in runs), initial=0)
    drawn = (
        _run_of(state, months, LABEL + CELL * start, top) for (state, months), start in zip(runs, starts, strict=False)
    )
    return fragment(label, drawn)


# in words -------------------------------------------------------------------------------------------------------------


def _table(found: ProofCalendar) -> Markup:
    lines = [(f"{row.control.id} {term(row.control.title)}", items(_in_words(found, row))) for row in found.rows]
    caption = say("How each control is proven, and in which months.")
    return table(caption, [say("Control"), say("Months")], lines)


def _in_words(found: ProofCalendar, row: ControlMonths) -> Iterable[str]:
    """The months of each state of a control, the best proven first."""
    by_state: dict[str, list[date]] = {}
    for month, state in zip(found.months, row.states, strict=True):
        by_state.setdefault(state, []).append(month.first)
    marks = ((states.MONTHS[state], by_state[state]) for state in states.MONTHS if state in by_state)
    return (f"{state.sign} {term(state.word)}: {months_in_words(months)}" for state, months in marks)


def _exports(record: Record) -> Markup:
    """Artefacts bound to the period with months that no piece of them covers, the longest ago first."""
    found = missing_exports(record)
    more = len(found) - MOST
    listed = long_table(
        say("Logs are overwritten; what was not exported by then cannot be proven any more. The longest ago first."),
        [say("Export"), say("Question"), say("Owner")],
        [_export_line(record, export) for export in found[:MOST]],
        empty=say("No month of the audit period has passed without a piece of each artefact that is bound to it."),
    )
    rest = say_many("{n} more artefact to export.", "{n} more artefacts to export.", more)
    return fragment(listed, note(rest) if more > 0 else None)


def _export_line(record: Record, export: Export) -> tuple[Markup, Markup, Markup]:
    asked = export.asked
    page = record.catalog.page_asking[asked.question.id]
    months = months_in_words(export.months)
    says = say("Export “{artefact}” for {months}", artefact=term(export.artefact), months=months)
    return text(says), link(page, asked.key, asked.label), who(asked.answer.value.owner)


def months_in_words(months: Sequence[date]) -> str:
    """Months by their first days, as a person says them: `Dec 2025, Jun–Aug 2026`."""
    numbered = enumerate(m.year * 12 + m.month for m in months)
    runs = [[months[n] for n, _ in run] for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0])]
    return ", ".join(_run(run[0], run[-1]) for run in runs)


def _run(first: date, last: date) -> str:
    if first == last:
        return _month_and_year(last)
    year = "" if first.year == last.year else f" {first:%Y}"
    return f"{_month(first)}{year}–{_month_and_year(last)}"
