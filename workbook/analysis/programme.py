"""The audit programme: the turn of every applicable control and clause in three years, by risk and earlier results.

Clause 9.2.2 asks for planned intervals and that importance and earlier results count. Three years for every applicable
control are custom, and so is a year within which what presses has its turn.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from workbook.analysis.annex_a import annex_a_controls, clauses
from workbook.analysis.approvals import standing
from workbook.analysis.audit_tests import failed_controls
from workbook.analysis.findings import is_open
from workbook.analysis.independence import Member, audit_team, auditors
from workbook.analysis.risk import rated_risks
from workbook.language import say, say_many, term
from workbook.record import Record, Row, says_why
from workbook.references import mentioned
from workbook.scale import NONCONFORMITIES
from workbook.words import capitalized, day, first_of, natural

APPROVED = "audit programme"  # what its approval is called
CYCLE = 3  # years
SOON = timedelta(days=365)  # within which what presses has its turn
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_RANGE = re.compile(r"(?<![.0-9])([0-9]{1,2})\s*(?:to|-|–|bis)\s*([0-9]{1,2})(?![.0-9])")
Turning = Literal["held", "planned", "missed", "never"]


@dataclass(frozen=True, slots=True)
class ProgrammeAudit:
    """One audit of the programme with its sessions in the plan, its team, its meetings, and what it lacks."""

    row: Row
    sessions: tuple[Row, ...]
    team: tuple[Member, ...]
    meetings: tuple[Row, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """The turns of one control or clause in the cycle: audits held, ahead and missed, and what presses for one."""

    key: str
    held: tuple[Row, ...]
    ahead: tuple[Row, ...]
    missed: tuple[Row, ...]
    presses: tuple[str, ...]
    too_late: bool

    @property
    def state(self) -> Turning:
        """Held once at least, else planned ahead, else missed, else never planned."""
        if self.held:
            return "held"
        return "planned" if self.ahead else "missed" if self.missed else "never"

    @property
    def label(self) -> str:
        """How a person writes it."""
        return say("clause {number}", number=self.key) if self.key[:1].isdigit() else self.key

    @property
    def next(self) -> str:
        """When its next turn is, in words."""
        days = [row["planned_from"] for row in self.ahead]
        return say("next on {day}", day=day(min(days))) if days else say("no further audit planned")


@dataclass(frozen=True, slots=True)
class Programme:
    """The audits of the programme by date, the cycle that holds the day of the record, and the turns in it."""

    audits: tuple[ProgrammeAudit, ...]
    first: date | None
    last: date | None
    turns: tuple[Turn, ...]
    unnamed: tuple[Row, ...]

    def in_state(self, state: Turning) -> tuple[Turn, ...]:
        """The controls and clauses whose turns stand so."""
        return tuple(turn for turn in self.turns if turn.state == state)

    @property
    def too_late(self) -> tuple[Turn, ...]:
        """What presses and has no turn within a year."""
        return tuple(turn for turn in self.turns if turn.too_late)


def programme(record: Record) -> Programme:
    """The audit programme; read once for each record."""
    return record.once(_read)


def _read(record: Record) -> Programme:
    rows = sorted(record.rows.get("programme", ()), key=lambda r: (r["planned_from"] or date.max, natural(r.key)))
    first, last = _cycle([r["planned_from"] for r in rows if r["planned_from"]], record.on)
    counted = [r for r in rows if r["status"] != "cancelled" and r["planned_from"]]
    here = [r for r in counted if first and last and first <= r["planned_from"] <= last]
    covered = {row.key: covered_by(record, row) for row in here}
    presses = _presses(record)
    turns = (
        _turn(key, [r for r in here if key in covered[r.key]], presses.get(key, {}), record.on)
        for key in _wanted(record)
    )
    scoped = [row for row in here if covered[row.key]]  # an audit that covers nothing looks at no system
    named = {key for row in scoped for key in row["systems"] or ()}
    whole = any(not row["systems"] for row in scoped)
    unnamed = () if whole else tuple(s for s in record.systems if s.key not in named)
    return Programme(tuple(_audit(record, r) for r in rows), first, last, tuple(turns), unnamed)


def _cycle(days: list[date], on: date) -> tuple[date | None, date | None]:
    """First and last day of the three years that hold `on`, counted from the first audit of the programme."""
    if not days:
        return None, None
    begins = min(days).replace(day=1)
    later = _years_on(begins, CYCLE)
    while later <= on and begins < later:
        begins, later = later, _years_on(later, CYCLE)
    return begins, later - timedelta(days=1)


def _years_on(first: date, years: int) -> date:
    """The same day of a month that many years later; at the end of the calendar, its last year."""
    return first.replace(year=min(first.year + years, date.max.year))


def covered_by(record: Record, row: Row) -> frozenset[str]:
    """The controls and clauses that an audit of the programme covers; a clause with those below it."""
    text = str(row["clauses"] or "")
    ranges = [(int(a), int(b)) for a, b in _RANGE.findall(text)]
    numbers = set(_NUMBER.findall(_RANGE.sub("", text)))
    found = {c.id for c in clauses(record) if _names(c.id, numbers, ranges)}
    return frozenset({*(row["controls"] or ()), *found})


def _names(clause: str, numbers: set[str], ranges: list[tuple[int, int]]) -> bool:
    parts = clause.split(".")
    above = {".".join(parts[: n + 1]) for n in range(len(parts))}
    return bool(above & numbers) or any(low <= int(parts[0]) <= high for low, high in ranges)


def _wanted(record: Record) -> list[str]:
    """The controls that nobody excluded with a reason, and the clauses."""
    out = {r.key for r in record.rows.get("controls", ()) if r["applicable"] == "no" and says_why(r["reason"] or "")}
    return [c.id for c in (*annex_a_controls(record), *clauses(record)) if c.id not in out]


def _turn(key: str, rows: list[Row], presses: Mapping[str, bool], on: date) -> Turn:
    """`presses` says of each reason whether an audit that was held within a year answers it."""
    held = tuple(r for r in rows if r["status"] == "done" and r["planned_from"] <= on)
    open_ = [r for r in rows if r["status"] != "done"]
    missed = tuple(r for r in open_ if (r["planned_to"] or r["planned_from"]) < on)
    ahead = tuple(r for r in open_ if r not in missed)
    lately = any(on - (r["planned_to"] or r["planned_from"]) <= SOON for r in held)
    soon = any(r["planned_from"] <= on + SOON for r in ahead)
    left = [why for why, answered in presses.items() if not (answered and lately)]
    return Turn(key, held, ahead, missed, tuple(presses), bool(left) and not soon)


def _presses(record: Record) -> Mapping[str, Mapping[str, bool]]:
    """What asks for an early turn of a control or clause: open nonconformities, failed tests, high risks of today.

    An audit of the last year answers a high risk; what an audit found is answered by looking again only.
    """
    found: dict[str, dict[str, bool]] = {}
    for finding in record.register("findings"):
        if finding["grade"] in NONCONFORMITIES and is_open(record, finding):
            for key in mentioned(str(finding["requirement"] or "")):
                says = say("{grade} {key} is open", grade=term(finding["grade"]), key=finding.key)
                found.setdefault(key, {})[says] = False
    for test, keys in failed_controls(record).items():
        for key in keys:
            found.setdefault(key, {})[say("test {key} failed", key=test)] = False
    for risk in rated_risks(record):
        if risk.today and not risk.today.of.within:
            for key in risk.row["controls"] or ():
                says = say("risk {key} is {level}", key=risk.row.key, level=risk.today.text)
                found.setdefault(key, {})[says] = True
    return found


# one audit ----------------------------------------------------------------------------------------------------------


def _audit(record: Record, row: Row) -> ProgrammeAudit:
    sessions = tuple(s for s in record.rows.get("plan", ()) if s["programme"] == row.key)
    meetings = tuple(m for m in record.rows.get("audit_meetings", ()) if m["programme"] == row.key)
    team = audit_team(record, row, sessions, covered_by(record, row))
    return ProgrammeAudit(row, sessions, team, meetings, tuple(_lacks(record, row, sessions, meetings)))


def _lacks(record: Record, row: Row, sessions: tuple[Row, ...], meetings: tuple[Row, ...]) -> Iterable[str]:
    """What an audit that was begun or held lacks of its record (clause 9.2.2), in words."""
    done = row["status"] == "done"
    held = {m["kind"] for m in meetings if m["held_on"] and m["held_on"] <= record.on}
    if (done or any(s["status"] == "done" for s in sessions)) and "opening meeting" not in held:
        yield say("no opening meeting is recorded")
    if not done:
        return
    if row["planned_from"] and row["planned_from"] > record.on:
        yield say("said to be done, yet planned from {day}", day=day(row["planned_from"]))
    if "closing meeting" not in held:
        yield say("no closing meeting is recorded")
    if waiting := [s.key for s in sessions if s["status"] != "done"]:
        yield say("{sessions} not held", sessions=", ".join(waiting))
    if row["reported_on"] is None or row["reported_on"] > record.on:
        yield say("not reported to management")


# what stands in the way ---------------------------------------------------------------------------------------------


def programme_faults(record: Record) -> tuple[str, ...]:
    """What an auditor would object to in the audit programme, in words (clause 9.2.2); nothing for one that stands."""
    found = programme(record)
    if not found.audits:
        return (say("no audit programme is held: enter the audits of three years"),)
    approved = standing(record, APPROVED)
    mine = (*_coverage_faults(found), *_audit_faults(record, found))
    return mine if approved.current else (*mine, approved.reason.rstrip("."))


def _coverage_faults(found: Programme) -> Iterable[str]:
    never, missed, late = found.in_state("never"), found.in_state("missed"), found.too_late
    if found.unnamed:
        yield say("no audit of the programme names {systems}", systems=first_of((s.name for s in found.unnamed), 3))
    if never:
        yield say_many("{n} control or clause has no turn in three years: {named}",
                       "{n} controls and clauses have no turn in three years: {named}", len(never),
                       named=first_of((t.label for t in never), 4))  # fmt: skip
    if missed:
        named = first_of((t.label for t in missed), 4)
        yield say("planned, and the time has gone by without it: {named}", named=named)
    if late:
        named = first_of((f"{t.label} ({t.presses[0]}; {t.next})" for t in late), 3)
        yield say_many("{n} that presses comes too late: {named}", "{n} that press come too late: {named}", len(late),
                       named=named)  # fmt: skip


def _audit_faults(record: Record, found: Programme) -> Iterable[str]:
    tied = {a.name for a in auditors(record) if a.conflicts}
    tied |= {m.name for a in found.audits for m in a.team if m.conflicts}
    if tied:
        yield say("{names} would audit their own work", names=first_of(sorted(tied, key=natural), 3))
    lacking = [f"{a.row.key} ({first_of(a.lacks, 2)})" for a in found.audits if a.lacks]
    if lacking:
        yield say("the record of an audit is not complete: {audits}", audits=first_of(lacking, 3))


def says_programme(record: Record) -> tuple[bool, str]:
    """Whether the programme stands, and in words what is missing."""
    faults = programme_faults(record)
    if faults:
        return False, f"{capitalized('; '.join(faults))}."
    return True, say(
        "Every system, applicable control and clause has its turn in three years, what presses within one."
    )
