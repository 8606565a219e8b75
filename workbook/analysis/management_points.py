"""The open points of the management system: climate change, duties not met, objectives, measurements, its review."""

from collections.abc import Iterable

from workbook.analysis.figures import Weak, weaknesses_of_measurement, weaknesses_of_objective
from workbook.analysis.management_review import management_review_faults
from workbook.analysis.point import Point, register_point, row_point
from workbook.language import later, say
from workbook.record import Record
from workbook.scale import Severity
from workbook.words import capitalized, first_of

_NOT_MET: dict[str, tuple[Severity, str]] = {
    "no": ("high", later("This duty is not met (control A.5.31).")),
    "partly": ("medium", later("This duty is met in part only (control A.5.31).")),
}


def climate_decided(record: Record) -> bool:
    """Whether an issue says if climate change matters, one way or the other (clause 4.1 with Amd 1:2024)."""
    return any(i["relevant"] and i["subject"] == "climate change" for i in record.register("issues"))


def management_points(record: Record) -> Iterable[Point]:
    """Every open point of the management system that no gap of a register tells (clauses 4.1, 6.2, 9.1 and 9.3)."""
    if not climate_decided(record):
        title = say("Nobody decided whether climate change matters")
        says = say("No issue says whether climate change matters to the ISMS, yes or no (clause 4.1, Amd 1:2024).")
        yield register_point(record, "issues", ("medium", title, says))
    for row in record.register("legal"):
        if said := _NOT_MET.get(str(row["met"])):
            severity, why = said
            yield row_point(record, row, (severity, say(why)), None, tuple(row["controls"] or ()))
    yield from _figure_points(record)
    if faults := management_review_faults(record):
        title = say("No management review counts today")
        why = say("{faults} (clause 9.3).", faults=capitalized(first_of(faults, 4)))
        yield register_point(record, "management_reviews", ("critical", title, why))


def _figure_points(record: Record) -> Iterable[Point]:
    for row in record.register("objectives"):
        if found := weaknesses_of_objective(row):
            severity: Severity = "high" if row["status"] == "reached" else "medium"
            yield row_point(record, row, (severity, say("{faults} (clause 6.2).", faults=_said(found))), None)
    for row in record.register("measurements"):
        if found := weaknesses_of_measurement(record, row):
            yield row_point(record, row, ("high", say("{faults} (clause 9.1).", faults=_said(found))), None)


def _said(found: Iterable[Weak]) -> str:
    return capitalized("; ".join(weak.says for weak in found))
