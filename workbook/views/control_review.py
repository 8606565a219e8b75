"""Page 3: how far the controls are, by area and system, what proves them, their mapping."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from workbook.analysis.annex_a import Covered, control_uses
from workbook.analysis.coverage import Tally, area_coverage, count_asked, system_coverage
from workbook.analysis.evidence_use import Doubt, EvidenceUse, evidence_uses, find_doubts
from workbook.analysis.overdue import days_late
from workbook.language import say, say_many, term
from workbook.model import Result
from workbook.record import Record, Row
from workbook.views import cards, states, tag
from workbook.views.by_control import shown, worst_claim
from workbook.views.markup import (
    alarm,
    body,
    folded,
    head,
    hint,
    items,
    long_table,
    mark,
    note,
    page_link,
    paragraph,
    region,
    table,
    under,
    who,
)
from workbook.views.states import FAIR, GOOD, SHARES, State, share_state
from workbook.views.tag import fragment, text
from workbook.words import count, day, natural

PAGE = "03_control_review"


def coverage(record: Record, page: str = PAGE) -> Markup:
    """The sections of a page against the systems: how many questions are evidenced, with nothing against them."""
    areas = area_coverage(record, page)
    if not any(area.total.applicable for area in areas):
        return note(
            say("No question of this page applies yet."),
            hint(say("Name the ML systems in"), " ", page_link("00_start"), " ", say("first.")),
        )
    rows = [(term(area.section.title), [*area.cells.values(), area.total]) for area in areas]
    total = count_asked(record, record.of_page(page) if page else record.asked)
    rows.append((say("Together"), [*system_coverage(record, page).values(), total]))
    caption = say(
        "Questions whose claim is evidenced, with nothing against it, of those that count. "
        "Good is {good} % or more, fair {fair} % or more, weak less.",
        good=f"{100 * GOOD:.0f}",
        fair=f"{100 * FAIR:.0f}",
    )
    headers = [say("Area"), say("Whole ISMS"), *(s.name for s in record.systems), say("Together")]
    lines = (tag.tr[tag.th(scope="row")[title], (_coloured(*_cell(t)) for t in cells)] for title, cells in rows)
    heat = tag.table(class_="heat")[tag.caption[caption], head(headers), body(lines)]
    return region(say("Coverage by area and system"), heat)


def _coloured(state: State, figures: str) -> Markup:
    word = tag.span(class_="ref", style="color:inherit")[term(state.word)]
    return tag.td(class_=state.kind)[figures, " ", word]


def _cell(tally: Tally) -> tuple[State, str]:
    """How good the share is, and its figures."""
    if not tally.applicable:
        return SHARES["not asked"], "–"
    if not tally.assessed:
        return SHARES["not assessed"], say("{some} of {all}", some=0, all=tally.applicable)
    figures = say("{some} of {all}", some=tally.evidenced, all=tally.applicable)
    if tally.contradicted:
        against = say("{n} contradicted", n=tally.contradicted)
        return SHARES["contradicted"], f"{figures}, {against}"
    return share_state(tally.share), figures


# evidence -----------------------------------------------------------------------------------------------------------


def evidence_status(record: Record) -> Markup:
    """Answers whose evidence is stale, undated or missing, the oldest first."""
    found = find_doubts(record)
    claims = [a for a in record.asked if not a.set_aside and a.result in (Result.IMPLEMENTED, Result.PARTIAL)]
    if not claims:
        return note(
            say("No answer claims anything yet, so nothing has to be proven."),
            hint(
                say("Answer a question above and attach what proves it; its age counts from the day it was collected.")
            ),
        )
    if not found:
        fresh = say("All {n} answers that claim something rest on fresh evidence.", n=len(claims))
        return note(fresh) + _unclaimed(record)
    lead = say_many(
        "{n} answer claimed as implemented or partial, {some} of them without fresh evidence.",
        "{n} answers claimed as implemented or partial, {some} of them without fresh evidence.",
        len(claims),
        some=len(found),
    )
    old = [_doubt_line(record, doubt) for doubt in found if doubt.state != "none"]
    headers = [say("Question"), say("Result"), say("Evidence"), say("Owner")]
    listed = table(say("Evidence to renew, the oldest first."), headers, old)
    without = [doubt for doubt in found if doubt.state == "none"]
    return fragment(paragraph(lead), listed if old else None, _without(without), _unclaimed(record))


def _without(doubts: Sequence[Doubt]) -> Markup:
    """The claims with no evidence of what is asked for, by owner."""
    if not doubts:
        return fragment()
    by_owner: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        by_owner.setdefault(doubt.asked.answer.value.owner, []).append(doubt)
    named = sorted(by_owner, key=natural)
    said = say_many(
        "{n} claim without any evidence of what is asked for: {owners}. The tables of questions mark them.",
        "{n} claims without any evidence of what is asked for: {owners}. The tables of questions mark them.",
        len(doubts),
        owners="; ".join(f"{owner or say('nobody named')} {len(by_owner[owner])}" for owner in named),
    )
    return paragraph(mark(states.EVIDENCE["none"]), " ", said)


def _doubt_line(record: Record, doubt: Doubt) -> tuple[Markup, Markup, Markup, Markup]:
    asked = doubt.asked
    proof = mark(states.EVIDENCE[doubt.state], term(doubt.words))
    labels = "; ".join(e.value.label for _, e, f in asked.evidence if f.state == doubt.state)
    return (
        cards.where(record, asked),
        mark(states.RESULTS[asked.result]),
        under(proof, labels),
        who(asked.answer.value.owner),
    )


def _unclaimed(record: Record) -> Markup:
    blank = sum(not a.set_aside and a.result is Result.NOT_ASSESSED for a in record.asked)
    if not blank:
        return fragment()
    return note(
        say_many(
            "{n} question is not assessed; they claim nothing and are not listed here.",
            "{n} questions are not assessed; they claim nothing and are not listed here.",
            blank,
        )
    )


# compliance mapping -------------------------------------------------------------------------------------------------


def mapping(record: Record) -> Markup:
    """The controls of the register as an auditor reads them, and the controls that questions refer to without a row."""
    uses_by_control = {use.of.id: use for use in control_uses(record)}
    uses = evidence_uses(record)
    rows = record.register("controls")
    listed = long_table(
        say(
            "Compliance mapping: how each control is implemented, what proves it, what is excepted, how it is watched."
        ),
        [say("Control"), say("Implementation"), say("Evidence of effectiveness"), say("Exceptions"), say("Monitoring")],
        [_mapped(record, row, uses_by_control.get(row.key), uses) for row in rows],
        empty=say("No control is mapped yet."),
    )
    mapped = {row.key for row in rows}
    missing = [use for use in uses_by_control.values() if use.worst is not None and use.of.id not in mapped]
    return listed + _unmapped(missing)


def _mapped(record: Record, row: Row, use: Covered | None, uses: Mapping[str, EvidenceUse]) -> tuple[Markup, ...]:
    title = text(f"{row.key} {term(use.of.title) if use else row.name}")
    if row["applicable"] == "no":
        reason = text(row["reason"]) if row["reason"] else alarm(say("no reason"))
        return title, fragment(say("Not applicable:"), " ", reason), *(text("–"),) * 3
    return (
        title,
        _or_alarm(row["statement"], say("no implementation statement")),
        _proof(record, row["evidence"] or (), uses),
        _exception(record, row),
        _or_alarm(row["monitoring"], say("not monitored")),
    )


def _or_alarm(value: str | None, gap: str) -> Markup:
    return text(value) if value else alarm(gap)


def _proof(record: Record, keys: Iterable[str], uses: Mapping[str, EvidenceUse]) -> Markup:
    """Each piece of evidence with its freshness; without a known maximum age only its age is told."""
    lines = [under(record.evidence[k].value.label, _age(uses[k])) for k in keys if k in uses]
    return items(lines) if lines else alarm(say("no evidence of effectiveness"))


def _age(use: EvidenceUse) -> Markup:
    fresh = use.freshness
    if use.ruled or fresh.state != "fresh":
        return text(fresh.text) if fresh.state == "fresh" else mark(states.EVIDENCE[fresh.state], fresh.text)
    return text(say("{n} days old; no maximum age is known for it", n=fresh.age_days))


def _exception(record: Record, row: Row) -> Markup:
    exceptions = _or_alarm(row["exceptions"], say("nobody has said whether there are exceptions"))
    until = row["exception_until"]
    if until is None:
        return exceptions
    late = days_late(until, record.on)
    if late:
        return under(exceptions, alarm(say_many("ended {n} day ago", "ended {n} days ago", late)))
    return under(exceptions, say("until {day}", day=day(until)))


def _unmapped(missing: list[Covered]) -> Markup:
    if not missing:
        return fragment()
    listed = table(
        say("Controls that questions refer to and that have no row in the mapping yet."),
        [say("Control"), say("Worst claim"), say("Shown")],
        [(f"{use.of.id} {term(use.of.title)}", worst_claim(use), shown(use)) for use in missing],
    )
    many = count(len(missing), "control without a row", "controls without a row")
    return folded(many, "", listed, opened=len(missing) <= 10)
