"""What is missing or has run out in the registers, by the rules that checklists/registers.yaml gives each column."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workbook.entries import RegisterField
from workbook.record import Record, Row


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing missing or past in one row; `says` is what the checklist calls it, for example `no owner`."""

    register: str
    key: str
    name: str
    column: str
    says: str


def gaps_of_row(record: Record, row: Row) -> tuple[Gap, ...]:
    """The gaps of one row, in the order of its columns, each saying once."""
    fields = record.catalog.register(row.register).fields
    said = {says: column.id for column in reversed(fields) if (says := _says(column, row, record.on))}
    found = [Gap(row.register, row.key, row.name, column, says) for says, column in reversed(said.items())]
    return tuple(found)


def gaps_of_register(record: Record, register_id: str) -> list[Gap]:
    """The gaps of a register, row by row; raises Unknown."""
    return [gap for row in record.register(register_id) for gap in gaps_of_row(record, row)]


def gaps_of_registers(record: Record, register_ids: Iterable[str]) -> list[Gap]:
    """The gaps of several registers."""
    return [gap for register_id in register_ids for gap in gaps_of_register(record, register_id)]


def _says(column: RegisterField, row: Row, on: date) -> str:
    if not all(row[other] in values for other, values in column.only_if.items()):
        return ""
    value = row[column.id]
    if value in (None, "", ()):
        return column.gap
    return column.past if column.past and isinstance(value, date) and value < on else ""
