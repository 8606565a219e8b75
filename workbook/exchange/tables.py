"""Reads the files people have: where their tables are, every cell as text, every row with its line."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbook import files
from workbook.errors import BadFile
from workbook.exchange.body import fill_merged, table_rows
from workbook.exchange.csvfile import read_csv
from workbook.exchange.grid import Grid, Row, check_rows, letters, lines_text
from workbook.exchange.headers import Header, find_header, name_columns
from workbook.exchange.mapping import EVERY
from workbook.exchange.mlbom import is_bom, read_mlbom
from workbook.language import later, say
from workbook.words import count, folded

MAX_BYTES = 100 * 1024**2
TEXTS = (".csv", ".tsv")
BOOKS = (".xlsx", ".xlsm")
ENDINGS = TEXTS + BOOKS
REFUSED = {
    ".xls": later("{name} is an old Excel file; open it there and save it as .xlsx."),
    ".xlsb": later("{name} is a binary Excel file; open it there and save it as .xlsx."),
    ".ods": later("{name} is an OpenDocument spreadsheet; open it and save it as .xlsx."),
    ".numbers": later("{name} is a Numbers document; open it and export it as Excel or CSV."),
}
UNREAD = later("{name} is neither a .csv nor an .xlsx file; save it as one of them.")
ZIP = b"PK\x03\x04"  # how an .xlsx file begins
PICTURE_ROWS, PICTURE_COLUMNS, PICTURE_TEXT = 30, 12, 80
Picture = tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line in the file it begins at (as an editor or spreadsheet counts), and its cells by header."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What cannot be taken as it stands, once for all lines that have it; without lines it is about the whole table.

    With a `header` it is about that column (`letter` is its letter in a spreadsheet), and stands in nobody's way if
    nobody imports it; without one it is about whole lines.
    """

    says: str
    lines: tuple[int, ...] = ()
    header: str = ""
    letter: str = ""

    @property
    def place(self) -> str:
        """Where it is, as a person finds it: cell E7; cells E7, E9 and 12 more; line 7; empty for the whole table."""
        if not self.lines:
            return ""
        if self.letter:
            return lines_text([f"{self.letter}{line}" for line in self.lines], "cell")
        lines = lines_text(self.lines)
        return say("{lines}, column {column}", lines=lines, column=self.header) if self.header else lines


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file or one sheet of a workbook; `name` is the file's or the sheet's.

    `header_row` is the line that names the columns, 0 if none was found: then there are no headers and no lines, and a
    flaw says so. `notes` say what was found, mended or left out, `flaws` what cannot be taken as it stands. `picture`
    shows how the file or sheet begins: the numbers of lines and their first cells, so that a person can point at the
    header. `short` are the lines of numbers such as 5.1 or 5.10, by header: to a spreadsheet they are the same number.
    """

    name: str
    path: Path
    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    header_row: int = 1
    notes: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    picture: Picture = ()
    short: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """How a person finds it: the file, and the sheet if it has several."""
        return Grid(self.name, self.path).where


@dataclass(frozen=True, slots=True)
class Reading:
    """The tables of a file, and what has to be told about the file as a whole, for example sheets left out."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def read(
    path: Path,
    *,
    header_rows: Mapping[str, int] | None = None,
    sheets: Collection[str] = (),
    known: Callable[[str], bool] | None = None,
) -> Reading:
    """The tables in a file: each sheet that holds something and is not hidden, or the `sheets` that were chosen.

    `header_rows` says which line names the columns, by the name of the table or `*` for all, counted from 1 as a
    spreadsheet does; otherwise it is found, by the headers that are `known` to somebody. Raises BadFile for a file
    that cannot be read or a header that is not there, Unknown for a sheet that is not there.
    """
    chosen = {folded(name): row for name, row in (header_rows or {}).items()}
    grids, notes = _grids(path, sheets)
    tables = [
        _make_table(grid, chosen.get(folded(grid.name)) or chosen.get(EVERY, 0), known) for grid in grids if grid.rows
    ]
    return Reading(tuple(tables), tuple(notes))


def folder_files(folder: Path) -> list[Path]:
    """The files of a folder that may hold tables, in the order of their names.

    What only the system or a spreadsheet keeps for itself (`.DS_Store`, `~$risks.xlsx`) is none of them.
    """
    found = (path for path in folder.iterdir() if not path.name.startswith(("~", ".")))
    return sorted(
        path for path in found if (path.suffix.lower() in ENDINGS or is_bom(path)) and not files.is_folder(path)
    )


def _grids(path: Path, sheets: Collection[str]) -> tuple[list[Grid], list[str]]:
    """The cells of a file, and what to tell about it."""
    ending = path.suffix.lower()
    if ending == ".json":
        return read_mlbom(path)
    with files.open_limited(path, MAX_BYTES, say("Import the tables you need as smaller files.")) as file:
        if ending in TEXTS:
            if file.read(4) == ZIP:
                raise BadFile(say("{name} is a spreadsheet under the name of a text; name it .xlsx.", name=path.name))
            file.seek(0)
            grid = read_csv(path, file)
            if not grid.rows:
                raise BadFile(say("{name} is empty; a line of it must name the columns.", name=path.name))
            return [grid], []
        if ending in BOOKS:
            from workbook.exchange.xlsxfile import read_xlsx  # here, because openpyxl takes longer than all of a form

            grids, notes = read_xlsx(path, file, sheets)
            macros = [say("its macros were not run")] if ending == ".xlsm" else []
            return grids, [*notes, *macros]
    raise BadFile(say(REFUSED.get(ending, UNREAD), name=path.name))


# from cells to a table ----------------------------------------------------------------------------------------------


def _make_table(grid: Grid, header_row: int, known: Callable[[str], bool] | None) -> Table:
    picture = _picture(grid)
    merged = fill_merged(grid)
    header = _chosen_header(grid, header_row) if header_row else find_header(grid, known)
    if header is None:
        says = say("no line of it looks like the names of columns; choose the line with --header-row")
        return Table(grid.name, grid.path, (), (), 0, flaws=(Flaw(says),), picture=picture)
    number = grid.rows[header.index].number
    rows, left = table_rows(grid, header)
    check_rows(len(rows), grid.where)
    found = [say("the header was found in line {line}", line=number)] if header.index and not header_row else []
    return Table(
        grid.name,
        grid.path,
        tuple(header.names.values()),
        tuple(Line(row.number, {name: row.cells.get(c, "") for c, name in header.names.items()}) for row in rows),
        number,
        (*found, *header.notes, *_told(grid, number, merged), *left),
        tuple(_flaws(grid, header, rows)),
        picture,
        {header.names[c]: frozenset(lines) for c, lines in grid.short.items() if c in header.names},
    )


def _picture(grid: Grid) -> Picture:
    columns = range(1, PICTURE_COLUMNS + 1)
    return tuple(
        (row.number, tuple(row.cells.get(column, "")[:PICTURE_TEXT] for column in columns))
        for row in grid.rows[:PICTURE_ROWS]
    )


def _chosen_header(grid: Grid, header_row: int) -> Header:
    index = next((i for i, row in enumerate(grid.rows) if row.number == header_row), None)
    if index is None:
        raise BadFile(
            say("{where}: line {line} is empty, so it cannot name the columns; choose another one.",
                where=grid.where, line=header_row)
        )  # fmt: skip
    return name_columns(grid, index)


def _told(grid: Grid, header_row: int, merged: Mapping[int, list[int]]) -> list[str]:
    """What was read although it is not seen as such: hidden rows and columns, merged cells, escaped line breaks."""
    rows = [row for row in grid.hidden_rows if row > header_row]
    filled = {column for row in grid.rows for column in row.cells} if grid.hidden_columns else set()
    columns = [grid.column(column) for column in sorted(grid.hidden_columns & filled)]
    parts = [lines_text(rows)] if rows else []
    parts += [lines_text(columns, "column")] if columns else []
    notes = [say("{what} are hidden, and were read", what=_both(parts))] if parts else []
    for column, lines in sorted(merged.items()):
        below = [line for line in lines if line > header_row]
        if below:
            notes.append(
                say("column {column}: the text of merged cells was read for {lines} too", column=grid.column(column),
                    lines=lines_text(below))
            )  # fmt: skip
    for column, lines in sorted(grid.padded.items()):
        shown = next(row.cells[column] for row in grid.rows if row.number == lines[0])
        notes.append(
            say("column {column}: {number} has its last zero from its format, {lines}", column=grid.column(column),
                number=shown, lines=lines_text(lines))
        )  # fmt: skip
    if grid.decoded:
        notes.append(say("_x000D_ was read as a line break in {cells}", cells=count(grid.decoded, "cell")))
    if grid.unguarded:
        cells = count(grid.unguarded, "cell")
        notes.append(say("the apostrophe before =, +, -, @ or # was left out in {cells}", cells=cells))
    return notes


def _both(parts: Sequence[str]) -> str:
    """What is one thing, or two."""
    return say("{first} and {last}", first=parts[0], last=parts[1]) if len(parts) > 1 else parts[0]


def _flaws(grid: Grid, header: Header, rows: list[Row]) -> list[Flaw]:
    """What cannot be taken as it stands: cells without a value, and lines with more cells than there are columns."""
    numbers = {row.number for row in rows}
    found = [
        Flaw(says, lines, header.names[column], letters(column) if grid.lettered else "")
        for (column, says), places in grid.flaws.items()
        if column in header.names and (lines := tuple(line for line in places if line in numbers))
    ]
    last = max(header.names)
    long = tuple(row.number for row in rows if max(row.cells) > last)
    if long:
        line = grid.rows[header.index].number
        says = say("has more cells than line {line} names columns ({n})", line=line, n=len(header.names))
        found.append(Flaw(says, long))
    return found
