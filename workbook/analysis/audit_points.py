"""The open points of the internal audit: findings, corrective actions, failed tests, and audits without a test."""

from collections.abc import Iterable, Mapping

from workbook.analysis.audit_gaps import unreported_failures, untested_audits
from workbook.analysis.findings import action_late, closure_weaknesses, is_open, ranked_findings
from workbook.analysis.point import Point, row_point
from workbook.analysis.sampling import open_samples
from workbook.judging import SETTLED
from workbook.language import say, term
from workbook.record import Record, disclosed
from workbook.scale import Severity
from workbook.words import capitalized, first_of

GRADES: Mapping[str, Severity] = {
    "major nonconformity": "critical",
    "minor nonconformity": "high",
    "observation": "medium",
    "opportunity for improvement": "low",
}


def audit_points(record: Record) -> Iterable[Point]:
    """Every open point of the internal audit (clauses 9.2 and 10.2)."""
    yield from _findings(record)
    yield from _actions(record)
    yield from _failed_tests(record)
    yield from _untested_slots(record)
    yield from _open_samples(record)


def _findings(record: Record) -> Iterable[Point]:
    for finding in ranked_findings(record):
        row = finding.row
        refs = (row["requirement"],) if row["requirement"] else ()
        if is_open(record, row):
            lacks = first_of(closure_weaknesses(record, row), 2)
            status, graded = term(str(row["status"])), capitalized(term(str(row["grade"])))
            if lacks:
                status = say("{status}, but not as closure asks: {lacks}", status=status, lacks=lacks)
            said = say("{grade} of the internal audit, {status}.", grade=graded, status=status)
            why = f"{said} {disclosed(str(row['statement'] or ''))}".strip()
            yield row_point(record, row, (GRADES.get(str(row["grade"]), "medium"), why), row["due"], refs)
        elif left := [a.key for a in finding.actions if a["status"] not in SETTLED]:
            why = say("It is closed, yet {actions} is not done (clause 10.2).", actions=", ".join(left))
            yield row_point(record, row, ("high", why), None, refs)


def _actions(record: Record) -> Iterable[Point]:
    """Corrective actions that are overdue, or that did not work."""
    for row in record.register("actions"):
        finding = record.label("findings", row["finding"]) if row["finding"] else say("no finding named")
        if action_late(record, row):
            why = say("Corrective action is overdue. Finding: {finding}.", finding=finding)
            yield row_point(record, row, ("high", why), row["due"])
        elif row["effective"] == "no":
            why = say("Corrective action did not work. Finding: {finding}.", finding=finding)
            yield row_point(record, row, ("high", why), None)


def _failed_tests(record: Record) -> Iterable[Point]:
    for one in unreported_failures(record):
        why = say("It found design or operation not effective, and no finding speaks of it (clause 10.2).")
        yield row_point(record, one.test, ("high", why), None)


def _open_samples(record: Record) -> Iterable[Point]:
    """Samples of which something is still to be looked at; after an exception that weighs more."""
    for key, one in open_samples(record).items():
        severity: Severity = "high" if one.failing else "medium"
        why = f"{capitalized(first_of(one.reasons, 3))}."
        title = say("Sample {key} is open", key=key)
        yield Point(severity, title, why, page="05_internal_audit", anchor=f"sample-{key}")


def _untested_slots(record: Record) -> Iterable[Point]:
    for planned in untested_audits(record):
        why = say("It is done, and no test by its auditor, on its criteria and near its day shows it (clause 9.2.2).")
        yield row_point(record, planned, ("high", why), None)
