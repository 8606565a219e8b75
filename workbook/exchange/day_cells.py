"""Days in the cells of somebody else's table: in any form that means one, and asked for where it may mean two."""

from collections.abc import Mapping

from workbook.catalog import Catalog
from workbook.days import AmbiguousDay, parse_day
from workbook.errors import BadInput
from workbook.language import say, term

DAYS: Mapping[str, tuple[str, ...]] = {
    "answers": ("due",),
    "evidence": ("collected_at", "period_from", "period_to", "valid_until"),
    "engagement": ("audit_date", "stage_1_date", "period_from", "period_to"),
}


def read_days(
    catalog: Catalog, kind: str, cells: Mapping[str, str], order: str
) -> tuple[dict[str, str], list[BadInput]]:
    """The cells with their days as the record keeps them, and what is to be asked of those that may be one of two.

    `order` is one of `days.ORDERS`, or empty. A number of five digits is the day that a spreadsheet shows for it. What
    is no day stays as it is: the rules refuse it.
    """
    read, unclear = dict(cells), []
    for column in _day_columns(catalog, kind):
        try:
            if cells.get(column):
                read[column] = parse_day(cells[column], order, serials=True).isoformat()
        except AmbiguousDay as error:
            del read[column]
            says = say("{column}: {fault}, or say for all of them which with --dates day-first or month-first.",
                       column=_called(catalog, kind, column), fault=error)  # fmt: skip
            unclear.append(BadInput(says, column))
        except ValueError:
            continue
    return read, unclear


def _called(catalog: Catalog, kind: str, column: str) -> str:
    """What people call a column, where the language that is spoken has words for it."""
    register = catalog.registers.get(kind)
    label = next((f.label for f in register.fields if f.id == column), column) if register else column
    return column if term(label) == label else term(label)


def _day_columns(catalog: Catalog, kind: str) -> tuple[str, ...]:
    register = catalog.registers.get(kind)
    return DAYS.get(kind, ()) if register is None else tuple(f.id for f in register.fields if f.type == "date")
