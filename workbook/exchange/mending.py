"""Cells that somebody corrected before an import, lines they left out of it, and lines that stand there twice."""

from collections.abc import Mapping
from dataclasses import replace

from workbook.exchange.tables import Flaw, Line, Table
from workbook.language import say
from workbook.words import first_of

Mends = Mapping[
    str, Mapping[str, str] | None
]  # by the number of a line: its corrected cells by header, None to leave out
NAMED = 5  # lines that a note names


def mended(table: Table, mends: Mends) -> Table:
    """`table` with the cells that were corrected, and without the lines that were left out."""
    if not mends:
        return table
    kept = [line for line in table.lines if mends.get(str(line.number), {}) is not None]
    flaws = [left for flaw in table.flaws if (left := _left(flaw, mends))]
    return replace(table, lines=tuple(_line(line, mends) for line in kept), flaws=tuple(flaws))


def _line(line: Line, mends: Mends) -> Line:
    cells = mends.get(str(line.number)) or {}
    return replace(line, cells={header: str(cells.get(header, cell)) for header, cell in line.cells.items()})


def _left(flaw: Flaw, mends: Mends) -> Flaw | None:
    """What is left of a flaw; nothing once every line that has it was mended."""
    lines = tuple(line for line in flaw.lines if not _is_mended(flaw, mends.get(str(line), {})))
    return replace(flaw, lines=lines) if lines or not flaw.lines else None


def _is_mended(flaw: Flaw, cells: Mapping[str, str] | None) -> bool:
    return cells is None or flaw.header in cells


def twins(table: Table) -> dict[int, int]:
    """The lines that say the same as an earlier one: their number, and that of the first."""
    first: dict[tuple[str, ...], int] = {}
    found = {line.number: first.setdefault(tuple(line.cells.values()), line.number) for line in table.lines}
    return {number: other for number, other in found.items() if number != other}


def twin_notes(table: Table) -> list[str]:
    """What to tell of the lines that stand there twice."""
    says = [
        say("line {line} says the same as line {other}", line=line, other=other) for line, other in twins(table).items()
    ]
    if not says:
        return []
    told = say("{lines}; leave out what is not meant twice", lines=first_of(says, NAMED))
    return [f"{table.where}: {told}"]
