"""Reads the files of a sample: a population with its ids and strata, a second source, the results of items."""

from collections.abc import Iterator
from pathlib import Path

from workbook import files
from workbook.drawing import check_items
from workbook.errors import BadFile
from workbook.exchange.csvfile import read_csv
from workbook.words import first_of, folded

MAX_BYTES = 100 * 1024**2
ENDINGS = (".csv", ".tsv")
ITEM, RESULT, NOTE = "item", "result", "note"


def read_population(path: Path, column: str, strata: str = "") -> dict[str, str]:
    """The ids in a column of a CSV file, each with its stratum, empty without strata.

    Raises BadFile for a file that cannot be read or has no such column in its first line, BadInput for ids that are
    missing or there twice.
    """
    found = [(cells[column], cells.get(strata, "")) for cells in _lines(path, column, *filter(None, [strata]))]
    check_items((item for item, _ in found), path.name)
    return dict(found)


def read_ids(path: Path, column: str) -> set[str]:
    """The ids in a column of a CSV file that may name each several times, as a log does."""
    return {cells[column] for cells in _lines(path, column)} - {""}


def read_results(path: Path) -> dict[str, tuple[str, str]]:
    """What items showed, as result and note, of a CSV file with the columns item, result and note."""
    found = [(cells[ITEM], (cells[RESULT], cells[NOTE])) for cells in _lines(path, ITEM, RESULT, NOTE)]
    check_items((item for item, _ in found), path.name)
    return dict(found)


def _lines(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    """The cells of these columns, line by line."""
    if path.suffix.lower() not in ENDINGS:
        raise BadFile(f"{path.name} is no CSV file; save it as one.")
    with files.open_limited(path, MAX_BYTES, "Take a shorter period.") as file:
        rows = read_csv(path, file).rows
    if not rows:
        raise BadFile(f"{path.name} is empty; its first line must name the columns.")
    names = {folded(name): place for place, name in rows[0].cells.items()}
    for name in columns:
        if folded(name) not in names:
            raise _no_column(path, name, list(rows[0].cells.values()))
    for row in rows[1:]:
        yield {name: row.cells.get(names[folded(name)], "").strip() for name in columns}


def _no_column(path: Path, name: str, there: list[str]) -> BadFile:
    first = first_of(there, 6)
    return BadFile(f"{path.name}: no column is called {name!r}; the first line must name the columns, and is {first}.")
