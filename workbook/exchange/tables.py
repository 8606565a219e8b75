"""Reads CSV and XLSX files as people have them: every cell as text, every row with its line, refused in words."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from workbook import files
from workbook.errors import BadFile
from workbook.model import MAX_TEXT

MAX_ROWS = 200_000
MAX_BYTES = 100 * 1024**2
MAX_UNPACKED = 200 * 1024**2  # an .xlsx is a zip file; more than this is no inventory
ENDINGS = (".csv", ".xlsx")
DELIMITERS = ",;\t"
HEAD = 100_000  # characters that hold the header
Numbered = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line in the file it begins at (as an editor or spreadsheet counts), and its cells by header."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What cannot be taken as it stands: in a line, in one of its columns; `cell` is E7 in a spreadsheet, else empty.

    A flaw in a column that nobody imports stands in nobody's way.
    """

    line: int
    says: str
    header: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file or one sheet of a workbook; `name` is the file's or the sheet's.

    `header_row` is the line that names the columns, 0 if none was found: then there are no headers and no lines.
    `notes` say what was found or mended, `flaws` what cannot be taken as it stands. `picture` shows how the file or
    sheet begins: a line's number and its first cells, so that a person can point at the header.
    """

    name: str
    path: Path
    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    header_row: int = 1
    notes: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    picture: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def where(self) -> str:
        """How a person finds it: the file, and the sheet if it has several."""
        return _table_name(self.name, self.path)


@dataclass(frozen=True, slots=True)
class Reading:
    """The tables of a file, and what has to be told about the file as a whole, for example sheets left out."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def read(
    path: Path,
    *,
    header_rows: Mapping[str, int] | None = None,  # noqa: ARG001
    sheets: Collection[str] = (),  # noqa: ARG001
    known: Callable[[str], bool] | None = None,  # noqa: ARG001
) -> Reading:
    """The tables in a file: each sheet that holds something and is not hidden, or the `sheets` that were chosen.

    `header_rows` says which line names the columns, by the name of the table or `*` for all, counted from 1 as a
    spreadsheet does; otherwise it is found, by the headers that are `known` to somebody. Raises BadFile for a file
    that cannot be read, Unknown for a sheet that is not there.
    """
    return Reading(tuple(_tables(path)))


def folder_files(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """The files of a folder that may hold tables, in the order of their names, and what was left out, in words."""
    found = sorted(f for f in folder.iterdir() if f.suffix.lower() in ENDINGS and not f.name.startswith(("~", ".")))
    return found, ()


def _tables(path: Path) -> list[Table]:
    if path.suffix.lower() not in ENDINGS and not files.is_folder(path):
        raise BadFile(f"{path.name} is neither a .csv nor an .xlsx file; save it as one of them.")
    raw = files.read_limited(path, MAX_BYTES, "Import the tables you need as smaller files.")
    return [_csv(path, raw)] if path.suffix.lower() == ".csv" else _xlsx(path, raw)


def _csv(path: Path, raw: bytes) -> Table:
    text = _decoded(path, raw)
    csv.field_size_limit(MAX_TEXT * 2)
    rows = _CsvLines(text, _delimiter(text))
    try:
        return _make_table(path.stem, path, rows)
    except csv.Error as error:
        raise BadFile(
            f"{path.name}, line {rows.begins}: the row that begins here cannot be read ({error}); "
            "check that every quotation mark that opens also closes."
        ) from None


class _CsvLines:
    """The lines of a CSV text, each with the number it begins at; a cell in quotation marks may hold several lines."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self.begins = 1

    def __iter__(self) -> Iterator[Numbered]:
        for row in self._reader:
            yield self.begins, row
            self.begins = self._reader.line_num + 1


def _delimiter(text: str) -> str:
    """The character that splits the header into the most columns; one inside quotation marks splits nothing."""
    line = next(iter(re.sub(r'"[^"]*"', "", text[:HEAD]).splitlines()), "")
    return max(DELIMITERS, key=line.count)


def _decoded(path: Path, raw: bytes) -> str:
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadFile(
            f"{path.name}, line {line} (byte {error.start:,}): this is not {'UTF-16' if wide else 'UTF-8'} text; "
            "save it from your spreadsheet as 'CSV UTF-8'."
        ) from None
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise BadFile(f"{path.name}, line {line}: holds a NUL character; it is not a text file, or it is damaged.")
    return text


def _xlsx(path: Path, raw: bytes) -> list[Table]:
    import openpyxl  # here, because it takes longer to import than all that a form needs

    try:
        _check_unpacked(io.BytesIO(raw), path.name)
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        return [found for sheet in book.worksheets if (found := _sheet_table(sheet, path))]
    except BadFile:
        raise
    except Exception as error:  # openpyxl raises what it likes for a file that only looks like one
        raise BadFile(f"{path.name} is not a readable .xlsx file ({type(error).__name__}); save it again.") from None


def _check_unpacked(file: IO[bytes], name: str) -> None:
    with zipfile.ZipFile(file) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
            raise BadFile(f"{name} unpacks to more than {MAX_UNPACKED // 1024**2} MB; it is not an inventory.")


def _sheet_table(sheet: Any, path: Path) -> Table | None:
    """The table of a sheet, nothing for one that is hidden or empty."""
    if sheet.sheet_state != "visible":
        return None
    sheet.reset_dimensions()  # the size that the file claims may be a million rows of nothing
    rows = _sheet_rows(sheet)
    first = next(rows, None)
    return _make_table(sheet.title, path, _again(first, rows)) if first else None


def _again(first: Numbered, rest: Iterable[Numbered]) -> Iterator[Numbered]:
    yield first
    yield from rest


def _sheet_rows(sheet: Any) -> Iterator[Numbered]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_cell_text(value) for value in row]
        if any(cells):
            yield number, cells


def _cell_text(value: Any) -> str:
    """What a spreadsheet's cell shows, as text; a formula by the value it last had."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _make_table(name: str, path: Path, rows: Iterable[Numbered]) -> Table:
    numbered = iter(rows)
    _, head = next(numbered, (1, []))
    where = _table_name(name, path)
    headers = _headers(head, where)
    return Table(name, path, headers, tuple(_lines(numbered, headers, where)))


def _table_name(name: str, path: Path) -> str:
    return path.name if path.stem == name else f"{path.name}, sheet {name}"


def _headers(head: list[str], where: str) -> tuple[str, ...]:
    """The names of the columns; raises BadFile for a first line that does not name each of them once."""
    headers = [h.strip() for h in head]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise BadFile(f"{where} is empty, or its first line is; it must name the columns.")
    numbers: dict[str, int] = {}
    for number, header in enumerate(headers, start=1):
        if not header:
            raise BadFile(f"{where}, line 1: column {number} has no name; the first line must name every column.")
        if header.casefold() in numbers:
            first = numbers[header.casefold()]
            raise BadFile(f"{where}, line 1: columns {first} and {number} are both called {header!r}; rename one.")
        numbers[header.casefold()] = number
    return tuple(headers)


def _lines(rows: Iterable[Numbered], headers: tuple[str, ...], where: str) -> Iterator[Line]:
    """The rows that hold anything; raises BadFile for too many of them, or one that is longer than the header."""
    for count, (number, row) in enumerate((r for r in rows if any(c.strip() for c in r[1])), start=1):
        if count > MAX_ROWS:
            raise BadFile(
                f"{where} holds more than {MAX_ROWS:,} rows; a register lists things people look after, "
                "so import the tables that describe your data, not the data itself."
            )
        if any(c.strip() for c in row[len(headers) :]):
            raise BadFile(f"{where}, line {number}: has {len(row)} cells, but line 1 names {len(headers)} columns.")
        yield Line(number, dict(zip(headers, row, strict=False)))
