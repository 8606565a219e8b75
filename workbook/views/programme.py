"""Page 5: the audit programme: each audit with its team and records, and what has no turn, or one that is too late."""

from collections import Counter

from markupsafe import Markup

from workbook.analysis.approvals import Approved, standing
from workbook.analysis.independence import Member
from workbook.analysis.programme import APPROVED, Programme, ProgrammeAudit, Turn, covered_by, programme
from workbook.record import Record, disclosed
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


def programme_table(record: Record) -> Markup:
    """The audits of the programme by date; below, what has no turn in three years and what comes too late."""
    found = programme(record)
    if not found.audits:
        return note(
            "No audit programme is held (clause 9.2.2).",
            hint("Enter the audits of three years, with the controls and clauses of each."),
        )
    listed = long_table(
        _caption(found),
        ["Audit", "When", "Covers", "Team", "Held and reported"],
        [_audit(record, one) for one in found.audits],
    )
    unnamed = f"No audit of the cycle names {', '.join(s.name for s in found.unnamed)}." if found.unnamed else ""
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
    later = [row.key for row in record.rows.get("programme", ()) if row.number > since]
    return f" Touched since: {first_of(later, 6)}." if later else ""


def _caption(found: Programme) -> str:
    states = Counter(turn.state for turn in found.turns)
    said = {"held": "audited", "planned": "planned", "missed": "missed", "never": "never planned"}
    turns = ", ".join(f"{states[state]} {word}" for state, word in said.items() if states[state])  # type: ignore[index]
    of = f"{count(len(found.turns), 'control or clause', 'controls and clauses')}: {turns}"
    if not found.first:
        return f"{count(len(found.audits), 'audit')}, none with a date. {of}."
    cycle = f"{day(found.first)} to {day(found.last)}"
    return f"{count(len(found.audits), 'audit')}. In the three years {cycle}, of {of}."


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
        return alarm("no date")
    end = row["planned_to"] or row["planned_from"]
    until = f" to {day(end)}" if end != row["planned_from"] else ""
    late = end < record.on and row["status"] not in ("done", "cancelled")
    says = alarm("the time has gone by") if late else text(row["status"])
    return fragment(f"{day(row['planned_from'])}{until}", quiet(says), quiet(row["change"]) if row["change"] else None)


def _covers(record: Record, one: ProgrammeAudit) -> Markup:
    keys = covered_by(record, one.row)
    controls = sum(key.startswith("A.") for key in keys)
    systems = ", ".join(record.label("systems", key) for key in one.row["systems"] or ()) or "the whole ISMS"
    of = f"{count(controls, 'control')}, {count(len(keys) - controls, 'clause')}" if keys else alarm("nothing named")
    return under(of, systems)


def _member(one: Member) -> Markup:
    why = (*one.conflicts, *one.gaps)
    state = INDEPENDENCE["conflict" if one.conflicts else "not shown" if one.gaps else "independent"]
    return under(fragment(one.name, f", {one.part} ", mark(state)), first_of(map(capitalized, why), 3))


def _held(one: ProgrammeAudit) -> Markup:
    said = [f"{m['kind']} {day(m['held_on']) or 'without a date'}" for m in one.meetings]
    said += [f"reported {day(one.row['reported_on'])}"] if one.row["reported_on"] else []
    said += [f"{count(len(one.sessions), 'session')} in the plan"] if one.sessions else []
    return fragment(items(map(capitalized, said)), items(alarm(capitalized(says)) for says in one.lacks)) or text("–")


def _uncovered(found: Programme) -> Markup:
    pieces = {"never": "never planned in the three years", "missed": "planned, and not audited in time"}
    return fragment(
        folded(f"{count(len(turns), 'control or clause', 'controls and clauses')} {says}", "", note(_named(turns)))
        for state, says in pieces.items()
        if (turns := found.in_state(state))  # type: ignore[arg-type]
    )


def _named(turns: tuple[Turn, ...]) -> str:
    return f"{first_of((turn.label for turn in turns), LISTED)}."


def _too_late(found: Programme) -> Markup:
    if not found.too_late:
        return fragment()
    return table(
        f"{count(len(found.too_late), 'control or clause that presses has', 'controls and clauses that press have')} "
        "no audit within a year.",
        ["Control or clause", "Why it comes first", "Its turn"],
        [(turn.label, first_of(map(capitalized, turn.presses), 3), capitalized(turn.next)) for turn in found.too_late],
    )
