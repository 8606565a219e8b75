"""The findings of the internal audit, by urgency, with their corrective actions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workbook.analysis.overdue import days_late
from workbook.drawing import shown_by_samples
from workbook.judging import ACTION, CLOSURE, SETTLED, TESTED, Audited, closure_faults, effect_faults
from workbook.language import later, say, say_many
from workbook.people import same_person
from workbook.record import Record, Row, bare
from workbook.scale import GRADES, NONCONFORMITIES
from workbook.words import Natural, natural


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding with its age in days (None without a date), by how much it is overdue, and its corrective actions.

    It is `open` until it is closed with all that closure needs.
    """

    row: Row
    age: int | None
    late: int
    actions: tuple[Row, ...]
    open: bool = True


def ranked_findings(record: Record) -> tuple[Finding, ...]:
    """Every finding: open ones first, of these the overdue ones, then by grade and age."""
    actions = record.register("actions")
    found = [_finding(record, row, actions) for row in record.register("findings")]
    return tuple(sorted(found, key=_urgency))


def _finding(record: Record, row: Row, actions: Iterable[Row]) -> Finding:
    age = (record.on - row["raised_on"]).days if row["raised_on"] else None
    still = is_open(record, row)
    late = days_late(row["due"], record.on) if still else 0
    return Finding(row, age, late, tuple(a for a in actions if a["finding"] == row.key), still)


_AGES = {
    30: later("up to 30 days"),
    90: later("31 to 90 days"),
    180: later("91 to 180 days"),
    365: later("181 to 365 days"),
}
_OLDER, _UNKNOWN = later("more than a year"), later("no date to count from")


def open_by_age(record: Record) -> dict[str, tuple[Finding, ...]]:
    """The open findings by how long they are open, the oldest last; apart, those whose date nobody can count from."""
    found: dict[str, list[Finding]] = {says: [] for says in (*_AGES.values(), _OLDER, _UNKNOWN)}
    for one in ranked_findings(record):
        if one.open:
            found[_band(one.age)].append(one)
    return {says: tuple(mine) for says, mine in found.items() if mine or says != _UNKNOWN}


def _band(age: int | None) -> str:
    if age is None or age < 0:
        return _UNKNOWN
    return next((says for most, says in _AGES.items() if age <= most), _OLDER)


def is_open(record: Record, finding: Row) -> bool:
    """Whether a finding is not closed, or is said to be without what closure needs (clause 10.2)."""
    return bool(finding["status"] != "closed" or closure_weaknesses(record, finding))


def closure_weaknesses(record: Record, finding: Row) -> tuple[str, ...]:
    """What a finding that is said to be closed lacks of what closure needs; nothing for one that is not (clause 10.2).

    A nonconformity needs a corrective action that is done, whose effect was checked by somebody else after the control
    had worked again: by its criterion, on items of after the change or by a re-test, which a failed test asks for. And
    it needs somebody other than its owner who verified the closure.
    """
    return closure_faults(finding.key, _cells(finding, CLOSURE), record.once(_audited))


def _audited(record: Record) -> Audited:
    """What closures rest on, of all systems: a re-test is of one, its corrective action of none."""
    read = (("actions", ACTION), ("tests", TESTED))
    actions, tests = ({r.key: _cells(r, columns) for r in record.rows.get(name, ())} for name, columns in read)
    kept = bare(record.populations), bare(record.samples), bare(record.sample_results)
    return Audited(actions, tests, shown_by_samples(*kept), record.on)


def _cells(row: Row, columns: Iterable[str]) -> dict[str, Any]:
    return {column: row[column] for column in columns}


def _urgency(finding: Finding) -> tuple[bool, int, int, int, Natural]:
    grade = finding.row["grade"]
    rank = GRADES.index(grade) if grade in GRADES else len(GRADES)
    return not finding.open, -finding.late, rank, -(finding.age or 0), natural(finding.row.key)


def action_late(record: Record, action: Row) -> int:
    """By how many days a corrective action is overdue; 0 once it is done."""
    return 0 if action["status"] in SETTLED else days_late(action["due"], record.on)


def weaknesses_of_action(record: Record, action: Row) -> tuple[str, ...]:
    """What is wrong with a corrective action (clause 10.2): late, no cause, not effective, checked by its owner."""
    late = action_late(record, action)
    done = action["status"] in SETTLED
    found = {
        say_many("overdue {n} day", "overdue {n} days", late): late > 0,
        say("no root cause"): not action["cause"],
        say("did not work"): action["effective"] == "no",
        say("effect not checked yet"): done and action["effective"] not in ("yes", "no"),
        say("its owner checked the effect"): same_person(action["checked_by"], action["owner"]),
    }
    finding = next((_cells(f, CLOSURE) for f in record.rows.get("findings", ()) if f.key == action["finding"]), {})
    said = (says for says, so in found.items() if so)
    return (*said, *effect_faults(_cells(action, ACTION), finding, record.once(_audited)))


def corrective_faults(record: Record) -> tuple[str, ...]:
    """What stands in the way of a closed file of nonconformities (clause 10.2): one that is open without a corrective
    action, or is overdue, and one that was closed without what closure needs.
    """
    found = [f for f in ranked_findings(record) if f.row["grade"] in NONCONFORMITIES]
    return tuple(f"{f.row.name}: {why}" for f in found if (why := _corrective_fault(record, f)))


def _corrective_fault(record: Record, finding: Finding) -> str:
    unfinished = [a for a in finding.actions if a["status"] not in SETTLED]
    if not finding.open:
        return ""
    if lacks := closure_weaknesses(record, finding.row):
        return say("closed, but {lacks}", lacks=lacks[0])
    if not finding.actions:
        return say("no corrective action")
    return say("overdue") if finding.late or any(action_late(record, a) for a in unfinished) else ""
