"""Page 8: the Statement of Applicability (clause 6.1.3 d), its versions, and what changed since the approved one."""

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from workbook.analysis.applicability import SUBJECT, Decision, decisions, differences
from workbook.analysis.approvals import approvals_of, standing
from workbook.analysis.certification import certificate_fault
from workbook.audience import shows_forecast, shows_names
from workbook.language import later, say, say_many, term
from workbook.record import Record
from workbook.references import Reference
from workbook.views import tag
from workbook.views.approvals import approval_state
from workbook.views.by_control import THEMES
from workbook.views.markup import (
    alarm,
    card,
    cards,
    folded,
    items,
    link,
    mark,
    note,
    paragraph,
    quiet,
    table,
    view,
    who,
)
from workbook.views.states import APPLICABLE, SOA, State
from workbook.views.tag import fragment, text
from workbook.words import capitalized, count, day

PAGE = "08_statement_of_applicability"
COLUMNS = {  # widths in percent
    later("Control"): 19,
    later("Applies, and why"): 28,
    later("Status"): 21,
    later("How, by whom, shown by"): 32,
}
FEWER = {later("Control"): 70, later("Applies"): 30}
ANSWERS = {"yes": later("{n} apply"), "no": later("{n} excluded"), "": later("{n} not decided")}


# its state, and its versions ----------------------------------------------------------------------------------------


def applicability(record: Record, approved: Record | None) -> Markup:
    """How far the statement is, which version is approved, and what is different from it.

    `approved` is the record as it was approved last; None where nobody approved, or this record does not hold it.
    """
    pieces = [_counts(record), _version(record), _certificate(record)]
    if shows_names(record.audience):
        pieces += [_since(record, approved), _doubts(record)]
    return view(*pieces)


def _counts(record: Record) -> Markup:
    every = decisions(record)
    done = [one for one in every if not one.lacks]
    applies, excluded = (sum(one.applicable == answer for one in every) for answer in ("yes", "no"))
    blank = len(every) - applies - excluded
    lead = say("{done} of {every} controls are decided: {applies} apply, {excluded} excluded, {blank} open.",
               done=len(done), every=len(every), applies=applies, excluded=excluded, blank=blank)  # fmt: skip
    lacking = Counter(one.lacks for one in every if one.lacks and one.applicable)
    lead = " ".join([lead, *(_lacking(number, says) for says, number in lacking.items()), ""])
    if len(done) < len(every) and shows_forecast(record.audience):
        lead += say("An incomplete statement is no statement: a certification audit stops here.")
    return fragment(
        paragraph(tag.b[lead]), _statuses([one for one in every if one.applicable == "yes"], record.audience)
    )


def _lacking(number: int, says: str) -> str:
    return say_many("{n} control has {lack}.", "{n} controls have {lack}.", number, lack=term(says))


def _statuses(applying: Sequence[Decision], audience: str) -> Markup:
    """The derived statuses of what applies, counted; for how many somebody says another one, which counts nowhere."""
    if not applying or not shows_names(audience):
        return fragment()
    counted = Counter(one.derived for one in applying).most_common()
    said = sum(bool(one.said) for one in applying)
    told = ", ".join(f"{number} {term(status)}" for status, number in counted)
    words = say("Of those that apply, by answers and proof: {statuses}.", statuses=told)
    others = say_many(
        "Of {n} control somebody says another status.", "Of {n} controls somebody says another status.", said
    )
    return paragraph(words, f" {others}" if said else "")


def _version(record: Record) -> Markup:
    approved = standing(record, SUBJECT)
    before = approvals_of(record, SUBJECT)[1:]
    row = approved.approval
    number = row["at_revision"] if row else None
    at = f" {say('It was approved at revision r{number}.', number=number)}" if number else ""
    earlier = "; ".join(
        say("version {version} on {day}", version=r["version"], day=day(r["approved_on"])) for r in before
    )
    return fragment(
        paragraph(
            approval_state(approved),
            " ",
            approved.reason,
            at,
            " ",
            link("07_management_system", "approvals", say("Approvals")),
        ),
        note(say("Earlier: {versions}.", versions=earlier)) if earlier else fragment(),
    )


def _certificate(record: Record) -> Markup:
    fault = certificate_fault(record)
    return paragraph(alarm(fault)) if fault else fragment()


def _since(record: Record, approved: Record | None) -> Markup:
    """What is different from what was approved, control by control."""
    last = standing(record, SUBJECT)
    if last.approval is None:
        return fragment()
    if approved is None:
        absent = say("What version {version} said is not in this record, so nothing can be compared with it.",
                     version=last.version)  # fmt: skip
        return note(absent)
    found = differences(approved, record)
    if not found:
        return note(say("Control by control, nothing is different from version {version}.", version=last.version))
    listed = table(
        say("Ages are counted to {day} for both, so that only what was recorded differs.", day=day(record.on)),
        [say("Control"), say("What changed")],
        [(_titled(one.of), capitalized(one.says)) for one in found],
    )
    many = say_many("{n} control differs", "{n} controls differ", len(found))
    since = say("Since version {version}", version=last.version)
    return folded(since, many, listed, opened=len(found) <= 10)


def _doubts(record: Record) -> Markup:
    """What an auditor would object to; for the team, because an auditor objects without us."""
    found = [(one, says) for one in decisions(record) for says in one.doubts]
    if not found or not shows_forecast(record.audience):
        return fragment()
    lines = [(link(PAGE, f"controls-{one.of.id}", _titled(one.of)), f": {says}.") for one, says in found]
    return fragment(paragraph(tag.b[say("What an auditor would object to")]), items(lines))


# the statement ------------------------------------------------------------------------------------------------------


def statement(record: Record) -> Markup:
    """All 93 controls, theme by theme: whether each applies and why, its status, how it is implemented, by whom.

    Customers read number, title and whether it applies, and no more.
    """
    groups = [(f"{theme} {term(words)}", _of_theme(record, theme)) for theme, words in THEMES.items()]
    return view(_grid(record, groups), *(_group(record, title, found) for title, found in groups))


def _grid(record: Record, groups: Sequence[tuple[str, Sequence[Decision]]]) -> Markup:
    """A cell for each control that leads to its row, and what its sign means, counted."""
    full = shows_names(record.audience)
    looks = {one.of.id: _look(one, full) for _, found in groups for one in found}
    counted = Counter(looks.values())
    known = (*SOA.values(), *APPLICABLE.values())
    key = [tag.li[f"{s.sign} ", tag.b[counted[s]], f" {term(s.word)}"] for s in known if counted[s]]
    rule = say("Only answers with evidence make a cell green; what somebody says of a control changes no cell.")
    leads = say("Each cell leads to its control.")
    parts = (
        (tag.p(class_="theme")[title], tag.ul(class_="grid")[(_cell(one, looks[one.of.id]) for one in found)])
        for title, found in groups
    )
    return tag.figure[parts, tag.ul(class_="key")[key], tag.figcaption[f"{rule} {leads}" if full else leads]]


def _look(one: Decision, full: bool) -> State:
    """The state of a control as far as it is shown: excluded, not decided, or what answers and proof say."""
    return SOA[one.derived] if full and one.applicable == "yes" else APPLICABLE[one.applicable]


def _cell(one: Decision, look: State) -> Markup:
    says = f"{_titled(one.of)}: {term(look.word)}"
    leads = tag.a(class_=look.kind, href=f"#controls-{one.of.id}", title=says, aria_label=says)
    return tag.li[leads[one.of.id.removeprefix("A."), " ", tag.b[look.sign]]]


def _titled(control: Reference) -> str:
    return f"{control.id} {term(control.title)}"


def _of_theme(record: Record, theme: str) -> list[Decision]:
    return [one for one in decisions(record) if one.of.id.startswith(f"{theme}.")]


def _group(record: Record, title: str, found: Sequence[Decision]) -> Markup:
    answers = Counter[str](one.applicable for one in found)
    right = ", ".join(say(words, n=answers[answer]) for answer, words in ANSWERS.items() if answers[answer])
    full = shows_names(record.audience)
    columns = {say(name): width for name, width in (COLUMNS if full else FEWER).items()}
    lines = (card(columns, _cells(record, one) if full else _told(one), f"controls-{one.of.id}") for one in found)
    return folded(title, right, cards(f"{title}: {count(len(found), 'control')}", columns, lines))


def _told(one: Decision) -> tuple[Markup, Markup]:
    return text(_titled(one.of)), mark(APPLICABLE[one.applicable])


def _cells(record: Record, one: Decision) -> tuple[Markup, ...]:
    return text(_titled(one.of)), _why(one), _status(one), _how(record, one)


def _why(one: Decision) -> Markup:
    """Whether it applies; the reason that somebody wrote, and those that the record holds."""
    written = str(one.row["reason"] or "") if one.row else ""
    grounds = "; ".join(ground.text for ground in one.grounds if not all(key in written for key in ground.keys))
    lacks = alarm(capitalized(term(one.lacks))) if one.lacks and one.applicable else None
    told = quiet(say("In the record: {grounds}", grounds=grounds)) if grounds else None
    return fragment(mark(APPLICABLE[one.applicable]), " ", text(written), told, lacks)


def _status(one: Decision) -> Markup:
    """The status that counts; one that somebody said stands beside the derived one, and is never green."""
    if one.applicable == "no":
        return text("–")
    derived = mark(SOA[one.derived])
    if not one.said or one.row is None:
        return derived
    by = one.row["status_by"]
    whose = say("said by {name}", name=by) if by else say("said by nobody knows whom")
    said = fragment(mark(SOA["said"], capitalized(term(one.said))), quiet(f"{whose}: "))
    return fragment(said, quiet(one.row["status_reason"]), quiet(fragment(f"{say('derived')}: ", derived)))


def _how(record: Record, one: Decision) -> Markup:
    row = one.row
    if row is None or one.applicable != "yes":
        return text("–")
    evidence = ", ".join(record.label("evidence", key) for key in row["evidence"] or ())
    return fragment(
        text(row["statement"]),
        quiet(fragment(f"{say('Owner')}: ", who(row["owner"]))),
        quiet(evidence) if evidence else None,
    )
