"""The rows of a table below its header: merged cells filled, and what is no row of it left out and told."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from workbook.errors import BadFile
from workbook.exchange.grid import MAX_CELLS, Grid, Row, lines_text
from workbook.exchange.headers import Header, is_comment
from workbook.language import later, say
from workbook.words import first_of, folded

TOTAL = re.compile(r"(grand |sub-?)?totals?|sum|(gesamt)?summe|gesamt|insgesamt", re.IGNORECASE)
SHOWN = 80  # characters of a row that is left out
COMMENT = later("{lines} left out as a comment: {texts}")
HEADER_AGAIN = later("{lines} left out as the header again: {texts}")
NOTE = later("{lines} left out as a note below the table: {texts}")
LAST = later("{lines} left out as a total: {texts}")


def fill_merged(grid: Grid) -> dict[int, list[int]]:
    """Give each row of cells that are merged down a column the text of the first; returns the rows by column."""
    numbers = [row.number for row in grid.rows]
    filled: dict[int, list[int]] = {}
    looked_at = 0
    for area in grid.merged:
        first, last = bisect_left(numbers, area.top), bisect_right(numbers, area.bottom)
        text = grid.rows[first].cells.get(area.left) if first < last and numbers[first] == area.top else None
        looked_at += last - first
        if looked_at > MAX_CELLS:
            raise BadFile(
                say("{name} merges more cells than a sheet has; undo that, and import it again.", name=grid.where)
            )
        for row in grid.rows[first + 1 : last] if text else ():
            if row.cells.setdefault(area.left, text or "") is text:
                filled.setdefault(area.left, []).append(row.number)
    return filled


def table_rows(grid: Grid, header: Header) -> tuple[list[Row], list[str]]:
    """The rows of the table under a header, and what was left out, in words.

    Left out are comments, a header that stands there again, notes below an empty line, and a total at the end.
    """
    head = grid.rows[header.index].cells
    rows = grid.rows[header.index + 1 :]
    notes: list[str] = []
    if len(header.names) > 1:
        rows = _without(rows, lambda row: _is_comment(row, min(head)), COMMENT, notes)
    rows = _without(rows, lambda row: row.cells == head, HEADER_AGAIN, notes)
    end = _end(grid, rows, min(head)) if len(header.names) > 2 else len(rows)
    if end < len(rows):
        notes.append(_left_out(rows[end:], NOTE))
    if end and _is_total(rows[end - 1]):
        end -= 1
        notes.append(_left_out(rows[end : end + 1], LAST))
    return rows[:end], notes


def _without(rows: list[Row], test: Callable[[Row], bool], told: str, notes: list[str]) -> list[Row]:
    """The rows that do not meet a test; adds to `notes` which do."""
    found = [row for row in rows if test(row)]
    if not found:
        return rows
    notes.append(_left_out(found, told))
    return [row for row in rows if not test(row)]


def _left_out(rows: list[Row], told: str) -> str:
    shown = (" | ".join(" ".join(cell.split()) for cell in row.cells.values()) for row in rows)
    texts = first_of((text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…" for text in shown), 3)
    return say(told, lines=lines_text([row.number for row in rows]), texts=texts)


def _is_comment(row: Row, first: int) -> bool:
    return len(row.cells) == 1 and is_comment(row.cells.get(first, ""))


def _is_total(row: Row) -> bool:
    first = row.cells[min(row.cells)]
    return TOTAL.fullmatch(folded(first).rstrip(":")) is not None


def _end(grid: Grid, rows: list[Row], first: int) -> int:
    """How many rows there are above an empty line under which there are only notes: one cell of several words each.

    They stand in the first column, in which the rows above have one word each, such as an id.
    """
    end = len(rows)
    while end and list(rows[end - 1].cells) == [first] and " " in rows[end - 1].cells[first].strip():
        end -= 1
    if any(" " in row.cells.get(first, "").strip() for row in rows[:end]):
        return len(rows)
    gaps = (place for place in range(max(end, 1), len(rows)) if _is_apart(grid, rows[place - 1], rows[place]))
    return next(gaps, len(rows))


def _is_apart(grid: Grid, above: Row, row: Row) -> bool:
    """True if an empty line lies between two rows; in a CSV file a row may be several lines high."""
    height = 1 if grid.lettered else 1 + max(cell.count("\n") for cell in above.cells.values())
    return row.number > above.number + height
