"""The open points of the management system: climate change, duties not met, objectives, measurements, its review."""

from collections.abc import Iterable

from workbook.analysis.figures import Weak, weaknesses_of_measurement, weaknesses_of_objective
from workbook.analysis.management_review import management_review_faults
from workbook.analysis.point import Point, register_point, row_point
from workbook.record import Record
from workbook.scale import Severity
from workbook.words import capitalized, first_of

_NOT_MET: dict[str, tuple[Severity, str]] = {
    "no": ("high", "This duty is not met (control A.5.31)."),
    "partly": ("medium", "This duty is met in part only (control A.5.31)."),
}


def climate_decided(record: Record) -> bool:
    """Whether an issue says if climate change matters, one way or the other (clause 4.1 with Amd 1:2024)."""
    return any(i["relevant"] and i["subject"] == "climate change" for i in record.register("issues"))


def management_points(record: Record) -> Iterable[Point]:
    """Every open point of the management system that no gap of a register tells (clauses 4.1, 6.2, 9.1 and 9.3)."""
    if not climate_decided(record):
        says = "No issue says whether climate change matters to the ISMS, yes or no (clause 4.1, Amd 1:2024)."
        yield register_point(record, "issues", ("medium", "Nobody decided whether climate change matters", says))
    for row in record.register("legal"):
        if said := _NOT_MET.get(str(row["met"])):
            yield row_point(record, row, said, None, tuple(row["controls"] or ()))
    yield from _figure_points(record)
    if faults := management_review_faults(record):
        title = "No management review counts today"
        yield register_point(
            record, "management_reviews", ("critical", title, f"{capitalized(first_of(faults, 4))} (clause 9.3).")
        )


def _figure_points(record: Record) -> Iterable[Point]:
    for row in record.register("objectives"):
        if found := weaknesses_of_objective(row):
            severity: Severity = "high" if row["status"] == "reached" else "medium"
            yield row_point(record, row, (severity, f"{capitalized(_said(found))} (clause 6.2)."), None)
    for row in record.register("measurements"):
        if found := weaknesses_of_measurement(record, row):
            yield row_point(record, row, ("high", f"{capitalized(_said(found))} (clause 9.1)."), None)


def _said(found: Iterable[Weak]) -> str:
    return "; ".join(weak.says for weak in found)
