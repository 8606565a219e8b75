"""Page 5: the audit programme: each audit with its team and records, and what has no turn, or one that is too late."""

from collections import Counter
from collections.abc import Mapping

from markupsafe import Markup

from workbook.analysis.approvals import Approved, standing
from workbook.analysis.independence import Member
from workbook.analysis.programme import APPROVED, Programme, ProgrammeAudit, Turn, Turning, covered_by, programme
from workbook.language import later, say, say_many, term
from workbook.record import Record, Row, disclosed
from workbook.views.markup import (
    alarm,
    folded,
    hint,
    items,
    long_table,
    mark,
    note,
    paragraph,
    quiet,
    table,
    under,
    who,
)
from workbook.views.states import INDEPENDENCE
from workbook.views.tag import fragment, text
from workbook.words import capitalized, count, day, first_of

LISTED = 40  # controls and clauses in a line
TURNS: Mapping[Turning, str] = {
    "held": later("{n} audited"),
    "planned": later("{n} planned"),
    "missed": later("{n} missed"),
    "never": later("{n} never planned"),
}


def programme_table(record: Record) -> Markup:
    """The audits of the programme by date; below, what has no turn in three years and what comes too late."""
    found = programme(record)
    if not found.audits:
        return note(
            say("No audit programme is held (clause 9.2.2)."),
            hint(say("Enter the audits of three years, with the controls and clauses of each.")),
        )
    listed = long_table(
        _caption(found),
        [say("Audit"), say("When"), say("Covers"), say("Team"), say("Held and reported")],
        [_audit(record, one) for one in found.audits],
    )
    left = ", ".join(s.name for s in found.unnamed)
    unnamed = say("No audit of the cycle names {systems}.", systems=left) if left else ""
    approved = standing(record, APPROVED)
    stands = paragraph(
        text(approved.reason) if approved.current else alarm(approved.reason), _changed(record, approved)
    )
    return fragment(stands, listed, paragraph(alarm(unnamed)) if unnamed else None, _uncovered(found), _too_late(found))


def _changed(record: Record, approved: Approved) -> str:
    """Which audits were entered or changed since the approval that no longer is of what stands."""
    if approved.current or approved.approval is None:
        return ""
    since = approved.approval["at_revision"] or approved.approval.number
    touched = [row.key for row in record.rows.get("programme", ()) if row.number > since]
    return f" {say('Touched since: {audits}.', audits=first_of(touched, 6))}" if touched else ""


def _caption(found: Programme) -> str:
    states = Counter(turn.state for turn in found.turns)
    parts = {
        "audits": count(len(found.audits), "audit"),
        "turns": count(len(found.turns), "control or clause", "controls and clauses"),
        "states": ", ".join(say(said, n=states[state]) for state, said in TURNS.items() if states[state]),
    }
    if not found.first:
        return say("{audits}, none with a date. {turns}: {states}.", **parts)
    first, last = day(found.first), day(found.last)
    return say("{audits}. In the three years {first} to {last}, of {turns}: {states}.", first=first, last=last, **parts)


def _audit(record: Record, one: ProgrammeAudit) -> tuple[Markup, ...]:
    row, reason = one.row, disclosed(str(one.row["reason"] or ""))
    return (
        under(f"{row.key} {row.name}", reason),
        _when(record, one),
        _covers(record, one),
        fragment(items(_member(m) for m in one.team)) if one.team else who(None),
        _held(one),
    )


def _when(record: Record, one: ProgrammeAudit) -> Markup:
    row = one.row
    if row["planned_from"] is None:
        return alarm(say("no date"))
    end = row["planned_to"] or row["planned_from"]
    begin = day(row["planned_from"])
    days = say("{day} to {last}", day=begin, last=day(end)) if end != row["planned_from"] else begin
    late = end < record.on and row["status"] not in ("done", "cancelled")
    says = alarm(say("the time has gone by")) if late else text(term(row["status"]))
    return fragment(days, quiet(says), quiet(row["change"]) if row["change"] else None)


def _covers(record: Record, one: ProgrammeAudit) -> Markup:
    keys = covered_by(record, one.row)
    controls = sum(key.startswith("A.") for key in keys)
    systems = ", ".join(record.label("systems", key) for key in one.row["systems"] or ()) or say("the whole ISMS")
    of = (
        f"{count(controls, 'control')}, {count(len(keys) - controls, 'clause')}"
        if keys
        else alarm(say("nothing named"))
    )
    return under(of, systems)


def _member(one: Member) -> Markup:
    why = (*one.conflicts, *one.gaps)
    state = INDEPENDENCE["conflict" if one.conflicts else "not shown" if one.gaps else "independent"]
    return under(fragment(one.name, f", {term(one.part)} ", mark(state)), first_of(map(capitalized, why), 3))


def _held(one: ProgrammeAudit) -> Markup:
    said = [_meeting(m) for m in one.meetings]
    said += [say("reported {day}", day=day(one.row["reported_on"]))] if one.row["reported_on"] else []
    many = len(one.sessions)
    said += [say_many("{n} session in the plan", "{n} sessions in the plan", many)] if many else []
    return fragment(items(map(capitalized, said)), items(alarm(capitalized(says)) for says in one.lacks)) or text("–")


def _meeting(row: Row) -> str:
    kind = term(row["kind"])
    on = day(row["held_on"])
    return say("{meeting} {day}", meeting=kind, day=on) if on else say("{meeting} without a date", meeting=kind)


def _uncovered(found: Programme) -> Markup:
    never, missed = found.in_state("never"), found.in_state("missed")
    unplanned = say_many(
        "{n} control or clause never planned in the three years",
        "{n} controls and clauses never planned in the three years",
        len(never),
    )
    unheld = say_many(
        "{n} control or clause planned, and not audited in time",
        "{n} controls and clauses planned, and not audited in time",
        len(missed),
    )
    named = ((unplanned, never), (unheld, missed))
    return fragment(folded(says, "", note(_named(turns))) for says, turns in named if turns)


def _named(turns: tuple[Turn, ...]) -> str:
    return f"{first_of((turn.label for turn in turns), LISTED)}."


def _too_late(found: Programme) -> Markup:
    if not found.too_late:
        return fragment()
    return table(
        say_many(
            "{n} control or clause that presses has no audit within a year.",
            "{n} controls and clauses that press have no audit within a year.",
            len(found.too_late),
        ),
        [say("Control or clause"), say("Why it comes first"), say("Its turn")],
        [(turn.label, first_of(map(capitalized, turn.presses), 3), capitalized(turn.next)) for turn in found.too_late],
    )
