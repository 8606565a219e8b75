"""What is missing or has run out in the registers, by the rules that checklists/registers.yaml gives each column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from workbook.entries import RegisterField
from workbook.language import say, term
from workbook.model import ERASED
from workbook.record import Record, Row


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing missing in one row, or `past`; `says` is what the checklist calls it, for example `no owner`."""

    register: str
    key: str
    name: str
    column: str
    says: str
    past: bool = False


def gaps_of_row(record: Record, row: Row) -> tuple[Gap, ...]:
    """The gaps of one row, in the order of its columns, each saying once."""
    found: dict[str, Gap] = {}
    for column in record.catalog.register(row.register).fields:
        for once, gap in (*_gap(record, column, row), *_without_row(record, column, row)):
            found.setdefault(once, gap)
    return tuple(found.values())


def gaps_of_register(record: Record, register_id: str) -> list[Gap]:
    """The gaps of a register, row by row; raises Unknown."""
    return [gap for row in record.register(register_id) for gap in gaps_of_row(record, row)]


def gaps_of_registers(record: Record, register_ids: Iterable[str]) -> list[Gap]:
    """The gaps of several registers."""
    return [gap for register_id in register_ids for gap in gaps_of_register(record, register_id)]


def _gap(record: Record, column: RegisterField, row: Row) -> Iterator[tuple[str, Gap]]:
    """What is missing or past in a cell, by what the checklist calls it."""
    if not all(row[other] in values for other, values in column.only_if.items()):
        return
    value = row[column.id]
    empty = value in (None, "", (), ERASED) or (column.type == "evidence" and not record.proofs(value))
    past = isinstance(value, date) and value < record.on
    says = column.gap if empty else column.past if past else ""
    if says:
        yield says, Gap(row.register, row.key, row.name, column.id, term(says), past)


def _without_row(record: Record, column: RegisterField, row: Row) -> Iterator[tuple[str, Gap]]:
    """A cell that names a control of which nobody has said anything: it is linked, and nothing stands behind it."""
    if not record.without_row(column, row[column.id]):
        return
    one = record.catalog.register(column.register_ or "").one
    says = say("a {one} is named that has no row yet", one=term(one))
    yield f"no row of a {one}", Gap(row.register, row.key, row.name, column.id, says)
