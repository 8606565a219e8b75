"""The cells of a file or sheet as text, before anybody knows where its table is; bounded, whatever the file claims."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from workbook.errors import BadFile
from workbook.language import later, say, written

MAX_ROWS = 200_000  # in one table
MAX_ABOVE = 1_000  # rows around a table
MAX_COLUMNS = 16_384  # what a spreadsheet can have
MAX_CELLS = 3_000_000  # in one file
MAX_TEXT_BYTES = 150 * 1024**2  # of all cells of one file, as they lie in memory
NO_VALUE = "?"  # in place of what could not be read; a flaw says what it is
ERRORS = frozenset({
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
    "#CONNECT!", "#GETTING_DATA", "#UNKNOWN!", "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!",
})  # what a spreadsheet shows in place of a value; the last five are German  # fmt: skip


class Row(NamedTuple):
    """A row that holds anything: its number as an editor or spreadsheet counts, and its cells by column from 1."""

    number: int
    cells: dict[int, str]


class Area(NamedTuple):
    """Cells merged into one: from its first row and column to its last."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Grid:
    """The cells of a CSV file or a sheet, and what is known about them.

    `flaws` are the rows of cells that cannot be read, by column and what is wrong. `short` are the rows of numbers such
    as 5.1, by column, which may have been typed as 5.10; `padded` those that got their zero from the format of the
    cell. `decoded` counts cells in which an escaped line break was mended, `unguarded` those from which the apostrophe
    was taken that keeps a spreadsheet from computing them.
    """

    name: str
    path: Path
    rows: list[Row] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    flaws: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    short: dict[int, list[int]] = field(default_factory=dict)
    padded: dict[int, list[int]] = field(default_factory=dict)
    decoded: int = 0
    unguarded: int = 0
    lettered: bool = True  # columns have letters, as in a spreadsheet

    @property
    def where(self) -> str:
        """How a person finds it: the file, and the sheet if it is called otherwise."""
        file = self.path.name
        return file if self.path.stem == self.name else say("{file}, sheet {name}", file=file, name=self.name)

    def add(self, number: int, cells: dict[int, str]) -> None:
        """Take a row with its cells, if it has any; raises BadFile for more rows than a register has."""
        if cells:
            self.rows.append(Row(number, cells))
        check_rows(len(self.rows) - MAX_ABOVE, self.where)

    def column(self, number: int) -> str:
        """A column as a person finds it: D in a spreadsheet, 4 elsewhere."""
        return letters(number) if self.lettered else str(number)


class Bounds:
    """Counts what a file holds while it is read, so that nothing is kept of a file that holds too much."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._cells = self._bytes = 0

    def count_cell(self) -> None:
        """Count one more cell that is not empty; raises BadFile beyond what a file may hold."""
        self._cells += 1
        if self._cells > MAX_CELLS:
            most = written(MAX_CELLS)
            raise BadFile(
                say("{name} holds more than {most} cells; {why}", name=self._name, most=most, why=say(SMALLER))
            )

    def keep(self, text: str) -> str:
        """`text`, which is kept once, however many cells show it; raises BadFile beyond what a file may hold."""
        self._bytes += len(text) if text.isascii() else 4 * len(text)  # what it takes at most
        if self._bytes > MAX_TEXT_BYTES:
            most = MAX_TEXT_BYTES // 1024**2
            raise BadFile(
                say("{name} holds more than {most} MB of text; {why}", name=self._name, most=most, why=say(SMALLER))
            )
        return text


SHOWN = 5  # numbers of lines in a sentence
PLACES = {
    "line": (later("line {named}"), later("lines {named}")),
    "cell": (later("cell {named}"), later("cells {named}")),
    "column": (later("column {named}"), later("columns {named}")),
}
SMALLER = later(
    "a register lists things people look after, so import the tables that describe your data, not the data itself."
)


def letters(column: int) -> str:
    """The letters of a column: A for 1, AA for 27."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def check_rows(many: int, where: str) -> None:
    """Raise BadFile if there are more rows than a register has."""
    if many > MAX_ROWS:
        most = written(MAX_ROWS)
        raise BadFile(say("{name} holds more than {most} rows; {why}", name=where, most=most, why=say(SMALLER)))


def lines_text(numbers: Sequence[int | str], what: Literal["line", "cell", "column"] = "line") -> str:
    """line 3; lines 3 and 9; lines 3, 4, 5, 6, 7 and 30 more."""
    one, many = PLACES[what]
    if len(numbers) == 1:
        return say(one, named=numbers[0])
    shown = [str(number) for number in numbers[:SHOWN]]
    last = say("{n} more", n=len(numbers) - SHOWN) if len(numbers) > SHOWN else shown.pop()
    return say(many, named=say("{first} and {last}", first=", ".join(shown), last=last))


def error_says(shown: str) -> str:
    """What is wrong with a cell that shows an error of a spreadsheet."""
    return say("{shown} is what a spreadsheet shows in place of a value; correct or clear the cell", shown=shown)
