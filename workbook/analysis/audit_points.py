"""The open points of the internal audit: findings, corrective actions, failed tests, and audits without a test."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from workbook.analysis.audit_tests import failed
from workbook.analysis.findings import action_late, closure_weaknesses, is_open, ranked_findings
from workbook.analysis.point import Point, row_point
from workbook.judging import SETTLED
from workbook.people import same_person
from workbook.record import Record, Row, disclosed
from workbook.scale import Severity
from workbook.words import count, first_of

GRADES: Mapping[str, Severity] = {
    "major nonconformity": "critical",
    "minor nonconformity": "high",
    "observation": "medium",
    "opportunity for improvement": "low",
}
NEAR = timedelta(days=60)  # a test belongs to a planned audit whose day is no further away; a convention of ours


def audit_points(record: Record) -> Iterable[Point]:
    """Every open point of the internal audit (clauses 9.2 and 10.2)."""
    yield from _findings(record)
    yield from _actions(record)
    yield from _failed_tests(record)
    yield from _untested_slots(record)


def _findings(record: Record) -> Iterable[Point]:
    for finding in ranked_findings(record):
        row = finding.row
        refs = (row["requirement"],) if row["requirement"] else ()
        if is_open(record, row):
            lacks = first_of(closure_weaknesses(record, row), 2)
            status = f"{row['status']}, but not as closure asks: {lacks}" if lacks else row["status"]
            statement = disclosed(str(row["statement"] or ""))
            why = f"{str(row['grade']).capitalize()} of the internal audit, {status}. {statement}".strip()
            yield row_point(record, row, (GRADES.get(str(row["grade"]), "medium"), why), row["due"], refs)
        elif left := [a.key for a in finding.actions if a["status"] not in SETTLED]:
            why = f"It is closed, yet {', '.join(left)} is not done (clause 10.2)."
            yield row_point(record, row, ("high", why), None, refs)


def _actions(record: Record) -> Iterable[Point]:
    """Corrective actions that are overdue, or that did not work."""
    for row in record.register("actions"):
        finding = record.label("findings", row["finding"]) if row["finding"] else "no finding named"
        if action_late(record, row):
            yield row_point(record, row, ("high", f"Corrective action is overdue. Finding: {finding}."), row["due"])
        elif row["effective"] == "no":
            yield row_point(record, row, ("high", f"Corrective action did not work. Finding: {finding}."), None)


def _failed_tests(record: Record) -> Iterable[Point]:
    """Tests that failed and of which no finding was made: a known ticket is no reason to raise none (clause 10.2)."""
    findings = record.register("findings")
    for test in record.register("tests"):
        if failed(test) and not any(_speaks_of(finding, test) for finding in findings):
            why = "It found design or operation not effective, and no finding names its question (clause 10.2)."
            yield row_point(record, test, ("high", why), None)


def _speaks_of(finding: Row, test: Row) -> bool:
    same = not finding["systems"] or not test["system"] or test["system"] in finding["systems"]
    return bool(finding["question"] == test["question"] and same)


def _untested_slots(record: Record) -> Iterable[Point]:
    """Planned audits that are said to be done and left no test."""
    tests = record.register("tests")
    for slot in record.register("plan"):
        if slot["status"] == "done" and not any(_belongs(test, slot) for test in tests):
            why = f"It is done, and no test of its auditor within {count(NEAR.days, 'day')} shows it (clause 9.2.2)."
            yield row_point(record, slot, ("high", why), None)


def _belongs(test: Row, slot: Row) -> bool:
    """Whether a test was made in a planned audit: by its auditor, on one of its systems, near its day."""
    systems = not slot["systems"] or not test["system"] or test["system"] in slot["systems"]
    near = not (test["tested_on"] and slot["date"]) or abs(test["tested_on"] - slot["date"]) <= NEAR
    return systems and near and same_person(test["auditor"], slot["auditor"])
