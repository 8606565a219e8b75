"""Reads the sheets of .xlsx files: what their cells show, and what is hidden, merged or wrong in them.

openpyxl knows dates and number formats; the parts themselves are read here, because it reads them whole before anybody
can say how much they hold, and does not tell hidden rows, merged cells and formulas without a value in one reading.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, NamedTuple
from xml.parsers import expat

from workbook.errors import BadFile, Unknown
from workbook.exchange.grid import ERRORS, MAX_CELLS, MAX_COLUMNS, NO_VALUE, Area, Bounds, Grid, error_says
from workbook.exchange.package import Attributes, Package, Walker, attribute, relations
from workbook.exchange.shown import (
    Format,
    NoValue,
    builtin_format,
    number_format,
    shown_iso,
    shown_number,
    unescaped,
)
from workbook.language import say, written
from workbook.words import first_of, folded

BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, LookupError, ValueError, OverflowError,
    NotImplementedError, OSError,
)  # what damage in a zip file, in XML and in the numbers of a sheet ends in  # fmt: skip
MAX_SHEETS = 1_000
MAX_FORMATS = 65_536  # cell formats; a spreadsheet takes no more
MAX_MERGED = 100_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how old .xls files begin, and what a password makes of an .xlsx file
MAX_CODE = 255  # characters of a number format; a spreadsheet takes no more
BOOK = "xl/workbook.xml"
PLAIN = Format()
SHORT = re.compile(r"[0-9]{1,2}\.[0-9](0?)\Z")  # 5.1 or 5.10, which are the same number
CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
TRUE = ("1", "true", "on")


class Sheet(NamedTuple):
    """One sheet that a spreadsheet names: its part, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


def read_xlsx(path: Path, file: IO[bytes], chosen: Collection[str]) -> tuple[list[Grid], list[str]]:
    """The `chosen` sheets of the file `path`, open as `file`, or all that are not hidden; and what was left out.

    Raises BadFile for a file that cannot be read, Unknown for a chosen sheet that is not there.
    """
    if file.read(len(OLE)) == OLE:
        raise _locked(path.name, file)
    file.seek(0)
    try:
        return _read_book(path, Package(file, path.name), chosen)
    except BROKEN as error:
        kind = type(error).__name__
        says = say("{name} is not a readable .xlsx file ({fault}); save it again.", name=path.name, fault=kind)
        raise BadFile(says) from None


def _locked(name: str, file: IO[bytes]) -> BadFile:
    content = file.read()
    if "Workbook".encode("utf-16-le") in content and "EncryptedPackage".encode("utf-16-le") not in content:
        return BadFile(say("{name} is an old .xls file under another name; open it and save it as .xlsx.", name=name))
    return BadFile(say("{name} is protected with a password; save it without one.", name=name))


def _read_book(path: Path, package: Package, chosen: Collection[str]) -> tuple[list[Grid], list[str]]:
    book = _Book(package)
    by_name = {folded(sheet.name): sheet for sheet in book.sheets}
    for name in chosen:
        if folded(name) not in by_name:
            raise Unknown(say("sheet of {name}", name=path.name), name, [sheet.name for sheet in book.sheets])
    wanted = [by_name[folded(name)] for name in chosen] or [sheet for sheet in book.sheets if not sheet.hidden]
    hidden = [sheet.name for sheet in book.sheets if sheet.hidden and sheet not in wanted]
    notes = [say("hidden sheets were left out: {sheets}", sheets=first_of(hidden, 8))] if hidden else []
    bounds = Bounds(path.name)
    values = _Values(book.strings(bounds), book.formats(), book.since_1904)
    return [_SheetReader(Grid(s.name, path), values, bounds).read(package, s.part) for s in wanted], notes


class _Book:
    """What the parts around the sheets say: which sheets there are, their texts, and how numbers are shown."""

    def __init__(self, package: Package) -> None:
        self._package = package
        top = next((part for kind, part in relations(package, "").values() if kind == "officeDocument"), BOOK)
        self._relations = relations(package, top)
        self.sheets: list[Sheet] = []
        self.since_1904 = False
        walker = Walker()
        walker.starts["workbook", "workbookPr"] = self._add_epoch
        walker.starts["sheets", "sheet"] = self._add_sheet
        package.walk(top, walker)

    def _add_epoch(self, about: Attributes) -> None:
        self.since_1904 = about.get("date1904") in TRUE

    def _add_sheet(self, about: Attributes) -> None:
        kind, part = self._relations[attribute(about, "id")]
        if any(sheet.part == part for sheet in self.sheets):
            raise ValueError
        if kind == "worksheet":  # the others are charts
            self.sheets.append(Sheet(about["name"], part, about.get("state", "visible") != "visible"))
        if len(self.sheets) > MAX_SHEETS:
            raise self._package.too_much(say("more than {most} sheets", most=written(MAX_SHEETS)))

    def _part(self, kind: str) -> str | None:
        return next((part for k, part in self._relations.values() if k == kind and part in self._package), None)

    def strings(self, bounds: Bounds) -> list[str]:
        """The texts that cells refer to by their number."""
        found: list[str] = []
        pieces: list[str] = []

        def add(_text: str) -> None:
            found.append(bounds.keep(unescaped("".join(pieces))))
            pieces.clear()
            if len(found) > MAX_CELLS:
                raise self._package.too_much(say("more than {most} texts", most=written(MAX_CELLS)))

        walker = Walker()
        walker.ends["si", "t"] = walker.ends["r", "t"] = pieces.append
        walker.ends["sst", "si"] = add
        if part := self._part("sharedStrings"):
            self._package.walk(part, walker)
        return found

    def formats(self) -> list[Format]:
        """How the cells of each style show a number."""
        codes: dict[str, str] = {}
        styles: list[str] = []

        def add_code(about: Attributes) -> None:
            codes[about["numFmtId"]] = about.get("formatCode", "")[:MAX_CODE]

        def add_style(about: Attributes) -> None:
            styles.append(about.get("numFmtId", "0"))
            if len(styles) > MAX_FORMATS:
                raise self._package.too_much(say("more than {most} formats of cells", most=written(MAX_FORMATS)))

        walker = Walker()
        walker.starts["numFmts", "numFmt"] = add_code
        walker.starts["cellXfs", "xf"] = add_style
        if part := self._part("styles"):
            self._package.walk(part, walker)
        known = {n: number_format(codes[n] if n in codes else builtin_format(int(n))) for n in set(styles)}
        return [known[n] for n in styles]


class _Values(NamedTuple):
    """What the cells of every sheet of a book refer to."""

    strings: list[str]
    formats: list[Format]
    since_1904: bool

    def format(self, style: str | None) -> Format:
        """How a cell of this style shows a number."""
        number = int(style or 0)
        return self.formats[number] if number < len(self.formats) else PLAIN


class _SheetReader:
    """Reads one sheet into its grid."""

    def __init__(self, grid: Grid, values: _Values, bounds: Bounds) -> None:
        self._grid, self._values, self._bounds = grid, values, bounds
        self._row = self._column = self._count = 0
        self._cells: dict[int, str] = {}
        self._cell: Attributes = {}
        self._value: str | None = None
        self._formula = False
        self._pieces: list[str] = []
        self._columns: dict[str, int] = {}

    def read(self, package: Package, part: str) -> Grid:
        """The grid with all that the sheet holds."""
        walker = Walker()
        walker.starts |= {
            ("cols", "col"): self._add_column,
            ("sheetData", "row"): self._begin_row,
            ("row", "c"): self._begin_cell,
            ("mergeCells", "mergeCell"): self._add_merged,
        }
        walker.ends |= {
            ("c", "f"): self._add_formula,
            ("c", "v"): self._add_value,
            ("is", "t"): self._pieces.append,
            ("r", "t"): self._pieces.append,
            ("row", "c"): self._end_cell,
            ("sheetData", "row"): self._end_row,
        }
        package.walk(part, walker)
        return self._grid

    def _add_column(self, about: Attributes) -> None:
        if about.get("hidden") in TRUE or about.get("width") == "0":
            self._grid.hidden_columns.update(range(int(about["min"]), min(int(about["max"]), MAX_COLUMNS) + 1))

    def _add_merged(self, about: Attributes) -> None:
        first, _, last = about["ref"].partition(":")
        (left, top), (right, bottom) = _place(first), _place(last or first)
        self._grid.merged.append(Area(top, left, bottom, right))
        if len(self._grid.merged) > MAX_MERGED:
            where, most = self._grid.where, written(MAX_MERGED)
            raise BadFile(
                say("{name} holds more than {most} merged cells; no register has as many.", name=where, most=most)
            )

    # rows -------------------------------------------------------------------------------------------------------

    def _begin_row(self, about: Attributes) -> None:
        number = int(about.get("r", self._row + 1))
        if number <= self._row:
            raise ValueError
        self._row, self._column, self._count, self._cells = number, 0, 0, {}
        self._hidden = about.get("hidden") in TRUE or about.get("ht") == "0"

    def _end_row(self, _text: str) -> None:
        if self._hidden and self._cells:
            self._grid.hidden_rows.append(self._row)
        self._grid.add(self._row, self._cells)

    # cells ------------------------------------------------------------------------------------------------------

    def _begin_cell(self, about: Attributes) -> None:
        place = about.get("r", "").rstrip("0123456789")
        column = self._columns.get(place) if place else self._column + 1
        if column is None:
            column = self._columns[place] = _place(f"{place}1")[0]
        self._count += 1
        if max(column, self._count) > MAX_COLUMNS:
            raise BadFile(
                say("{name}: row {row} has more than {most} cells.", name=self._grid.where, row=self._row,
                    most=written(MAX_COLUMNS))
            )  # fmt: skip
        self._column, self._cell, self._value, self._formula = column, about, None, False
        self._pieces.clear()

    def _add_formula(self, _text: str) -> None:
        self._formula = True

    def _add_value(self, text: str) -> None:
        self._value = text

    def _end_cell(self, _text: str) -> None:
        try:
            text = self._shown()
        except NoValue as error:
            text = NO_VALUE
            self._add_flaw(str(error))
        if not text or text.isspace():
            return
        self._bounds.count_cell()
        self._cells[self._column] = text
        if text[0] == "#" and text in ERRORS:
            self._add_flaw(error_says(text))

    def _add_flaw(self, says: str) -> None:
        self._grid.flaws.setdefault((self._column, says), []).append(self._row)

    def _shown(self) -> str:
        """What the cell shows; raises NoValue if that is no value."""
        kind, value = self._cell.get("t", "n"), self._value or ""
        if self._formula and (self._value is None or not (value or kind == "str")):
            raise NoValue(say("a formula without a stored value; open the file in a spreadsheet and save it"))
        if kind == "s":
            return self._values.strings[int(value)] if value else ""
        if kind == "inlineStr":
            return self._bounds.keep(unescaped("".join(self._pieces)))
        if kind == "b":
            return {"1": "yes", "0": "no", "true": "yes", "false": "no"}.get(value, value)
        if kind == "d" and value:
            return shown_iso(value)
        return self._number(value) if kind == "n" and value else self._bounds.keep(unescaped(value))

    def _number(self, stored: str) -> str:
        how = self._values.format(self._cell.get("s"))
        try:
            text = shown_number(stored, how, self._values.since_1904)
        except NoValue:
            raise
        except ValueError:
            return self._bounds.keep(stored)  # some programs write text where a number should stand
        if short := SHORT.match(text):
            for rows in (self._grid.short, self._grid.padded if short[1] else {}):
                rows.setdefault(self._column, []).append(self._row)
        return self._bounds.keep(text)


def _place(reference: str) -> tuple[int, int]:
    """Column and row of a cell called A1; raises ValueError for what is none."""
    found = CELL.match(reference.replace("$", ""))
    if not found:
        raise ValueError
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return column, int(found[2])
