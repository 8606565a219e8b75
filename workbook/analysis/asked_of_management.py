"""What only management can decide, from the record as it stands: each with who decides and where it is done."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbook.analysis.approvals import standing
from workbook.analysis.exclusions import exclusions
from workbook.analysis.findings import ranked_findings
from workbook.analysis.overdue import days_late
from workbook.analysis.risk import rated_risks
from workbook.approving import STATES
from workbook.judging import SETTLED
from workbook.language import say, say_many, term
from workbook.record import Record, Row
from workbook.scale import NONCONFORMITIES
from workbook.words import count, first_of

MOST = 3  # that a decision names; the others are counted


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be decided, by whom (empty: top management), and the clause that asks for it."""

    says: str
    clause: str
    page: str
    by: str = ""


def called(row: Row) -> str:
    """A row by its key and its name; by the key alone where that is all there is, or all that may be read."""
    return row.key if row.name == row.key else f"{row.key} {row.name}"


def decisions_asked(record: Record) -> tuple[Decision, ...]:
    """The decisions that the record waits for (clauses 5.1 and 9.3.3), the gravest first."""
    return tuple(
        decision
        for found in (_risks(record), _findings(record), _late(record), _excluded(record), _approvals(record))
        for decision in found
    )


def _risks(record: Record) -> Iterable[Decision]:
    for one in rated_risks(record):
        if one.unaccepted and one.today is not None:
            named, level = called(one.row), one.today.text
            says = say("Treat, or accept until a day, {risk}: {level} today", risk=named, level=level)
            yield Decision(says, "6.1.3 f", "04_risk_assessment", str(one.row["owner"] or ""))


def _findings(record: Record) -> Iterable[Decision]:
    bare = [f for f in ranked_findings(record) if f.open and not f.actions and f.row["grade"] in NONCONFORMITIES]
    for one in bare:
        named, grade = called(one.row), term(one.row["grade"])
        says = say("Agree a corrective action for {finding}: a {grade} without one", finding=named, grade=grade)
        yield Decision(says, "10.2", "05_internal_audit", str(one.row["owner"] or ""))


def _late(record: Record) -> Iterable[Decision]:
    open_ones = [a for a in record.register("actions") if a["status"] not in SETTLED]
    late = [f"{a.key} ({count(n, 'day')})" for a in open_ones if (n := days_late(a["due"], record.on))]
    if late:
        says = say_many(
            "Give means to, or a new date for, {n} overdue corrective action: {named}",
            "Give means to, or a new date for, {n} overdue corrective actions: {named}",
            len(late),
            named=first_of(late, MOST),
        )
        yield Decision(says, "10.2", "05_internal_audit")


def _excluded(record: Record) -> Iterable[Decision]:
    waiting = [e.asked.label for e in exclusions(record) if e.lacks]
    if waiting:
        says = say_many(
            "Have somebody else accept, or take back, {n} question said not to apply: {named}",
            "Have somebody else accept, or take back, {n} questions said not to apply: {named}",
            len(waiting),
            named=first_of(waiting, MOST),
        )
        yield Decision(says, "6.1.3", "03_control_review")


def _approvals(record: Record) -> Iterable[Decision]:
    found = (standing(record, subject) for subject in STATES)
    lapsed = [
        say("{subject} (version {version})", subject=term(one.subject), version=one.version)
        for one in found
        if one.approval is not None and not one.current
    ]
    if lapsed:
        says = say("Approve again what changed since it was approved: {named}", named=first_of(lapsed, len(lapsed)))
        yield Decision(says, "7.5.2", "07_management_system")
