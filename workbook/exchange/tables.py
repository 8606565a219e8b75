"""Reads CSV and XLSX files as people have them: every cell as text, every row with its line, refused in words."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from workbook.errors import BadFile
from workbook.model import MAX_TEXT

MAX_ROWS = 20_000
MAX_BYTES = 100 * 1024**2
MAX_UNPACKED = 300 * 1024**2  # an .xlsx is a zip file; more than this is no inventory
ENDINGS = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its line in the file (as an editor or spreadsheet counts), and its cells by header."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file or one sheet of a workbook; `name` is the file's or the sheet's."""

    name: str
    path: Path
    headers: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def where(self) -> str:
        """How a person finds it: the file, and the sheet if it has several."""
        return self.path.name if self.path.stem == self.name else f"{self.path.name}, sheet {self.name}"


def read(path: Path) -> list[Table]:
    """The tables in a file; sheets without a single cell are left out. Raises BadFile in one sentence."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise BadFile(f"{path} could not be read: {error.strerror}.") from None
    if not path.is_file():
        raise BadFile(f"{path} is not a file; give a CSV or XLSX file.")
    if size > MAX_BYTES:
        raise BadFile(f"{path.name} is larger than 100 MB; import the tables you need as smaller files.")
    if path.suffix.lower() == ".csv":
        return [_csv(path)]
    if path.suffix.lower() == ".xlsx":
        return _xlsx(path)
    raise BadFile(f"{path.name} is neither a .csv nor an .xlsx file; save it as one of them.")


def _csv(path: Path) -> Table:
    text = _decoded(path)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(MAX_TEXT * 2)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _table(path.stem, path, ((reader.line_num, row) for row in reader))
    except csv.Error as error:
        raise BadFile(f"{path.name}, line {reader.line_num}: a quotation mark or cell does not end: {error}.") from None


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadFile(
            f"{path.name}, line {line}: this is not UTF-8 text; save it from your spreadsheet as 'CSV UTF-8'."
        ) from None
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise BadFile(f"{path.name}, line {line}: holds a NUL character; it is not a text file, or it is damaged.")
    return text


def _xlsx(path: Path) -> list[Table]:
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise BadFile(f"{path.name} unpacks to more than 300 MB; it is not an inventory.")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except BadFile:
        raise
    except Exception as error:  # openpyxl raises what it likes for a file that only looks like one
        raise BadFile(f"{path.name} is not a readable .xlsx file ({type(error).__name__}); save it again.") from None
    try:
        sheets = [(sheet.title, list(_sheet_rows(sheet))) for sheet in book.worksheets]
    finally:
        book.close()
    return [_table(title, path, rows) for title, rows in sheets if rows]


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_cell(value) for value in row]
        if any(cells):
            if number > MAX_ROWS * 2:
                raise BadFile(f"Sheet {sheet.title} holds more than {MAX_ROWS:,} rows.")
            yield number, cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(name: str, path: Path, rows: Iterable[tuple[int, list[str]]]) -> Table:
    numbered = iter(rows)
    _, head = next(numbered, (1, []))
    headers = [h.strip() for h in head]
    while headers and not headers[-1]:
        headers.pop()
    where = path.name if path.stem == name else f"{path.name}, sheet {name}"
    if not headers:
        raise BadFile(f"{where} is empty; its first line must name the columns.")
    if "" in headers or len(set(map(str.casefold, headers))) < len(headers):
        raise BadFile(f"{where}: every column needs a name of its own in the first line.")
    return Table(name, path, tuple(headers), tuple(_lines(numbered, headers, where)))


def _lines(rows: Iterable[tuple[int, list[str]]], headers: list[str], where: str) -> Iterator[Line]:
    for count, (number, row) in enumerate((r for r in rows if any(c.strip() for c in r[1])), start=1):
        if count > MAX_ROWS:
            raise BadFile(
                f"{where} holds more than {MAX_ROWS:,} rows; a register lists things people look after, "
                "so import the tables that describe your data, not the data itself."
            )
        if any(c.strip() for c in row[len(headers) :]):
            raise BadFile(f"{where}, line {number}: has more cells than the first line names columns.")
        yield Line(number, dict(zip(headers, row, strict=False)))
