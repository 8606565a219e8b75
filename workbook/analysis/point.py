"""One open point: what is wrong, how severe it is, who owns it, when it is due."""

from dataclasses import dataclass
from datetime import date

from workbook.analysis.overdue import days_late
from workbook.model import Result
from workbook.record import Record, Row
from workbook.scale import Severity


@dataclass(frozen=True, slots=True)
class Point:
    """One open point. `page` and `anchor` say where in the workbook it is worked on; `owner` may be empty."""

    severity: Severity
    title: str
    why: str
    owner: str = ""
    due: date | None = None
    overdue_days: int = 0
    refs: tuple[str, ...] = ()
    page: str = ""
    anchor: str = ""
    result: Result | None = None


def row_point(
    record: Record, row: Row, what: tuple[Severity, str], due: date | None, refs: tuple[str, ...] = ()
) -> Point:
    """The point that a row of a register gives; `what` is its severity and why."""
    late = days_late(due, record.on)
    page = record.catalog.page_of[row.register]
    owner = str(row.values.get("owner") or "")
    return Point(what[0], row.name, what[1], owner, due, late, refs, page, f"{row.register}-{row.key}")


def register_point(record: Record, register: str, what: tuple[Severity, str, str]) -> Point:
    """A point about a whole register; `what` is its severity, title and why."""
    return Point(*what, page=record.catalog.page_of[register], anchor=register)
