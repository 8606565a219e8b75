"""Writes tables as one XLSX workbook that a person can filter, fill in and print; text stays text."""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_range_abs

from workbook.days import EARLIEST, LATEST
from workbook.errors import BadInput
from workbook.exchange.sheets import REMARK, Column, Note, Sheet
from workbook.exchange.texts import as_text, is_active
from workbook.words import count, first_of

MAX_CELL = 32_767  # characters, as XLSX counts them: a sign outside the basic plane is two
EXACT = 10**15  # from here on a spreadsheet rounds whole numbers
SPARE = 1000  # rows below the last one in which cells are checked, too
WIDTHS = {
    "date": 12,
    "number": 11,
    "choice": 20,
    "question": 24,
    "ref": 14,
    "refs": 18,
    "evidence": 20,
    "long_text": 48,
}
_NESTED = re.compile(r"_x[0-9a-fA-F]{4}_x[0-9a-fA-F]{4}_")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$|^history$", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")
_LOOKS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": "#E8ECF1", "border": 1, "border_color": "#B8C0CC", "text_wrap": True},
    "told": {"italic": True, "bg_color": "#F4F5F7", "border": 1, "border_color": "#B8C0CC", "text_wrap": True},
    "text": {"num_format": "@", "text_wrap": True},  # what is typed there stays text: 5.10 keeps its zero
    "long": {"text_wrap": True},
    "active": {"text_wrap": True, "quote_prefix": True},  # stays text when somebody edits it
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "number": {"num_format": "0", "align": "left"},
    "example": {"italic": True, "font_color": "#6B7280", "num_format": "@", "text_wrap": True},
    "title": {"bold": True, "font_size": 14},
    "plain": {},
}


def book(title: str, notes: Sequence[Note], sheets: Sequence[Sheet], names: Callable[[str, Sheet], bool]) -> bytes:
    """The workbook, with a sheet of notes first and one about the columns last.

    `names` says whether import would take a sheet of this name for this table. Raises BadInput for text that is longer
    than a cell can hold, naming each place, and for a table that no sheet can be named after.
    """
    refuse_long(sheets)
    target = io.BytesIO()
    made = _Book(target, title, {sheet.kind: _sheet_name(sheet, names) for sheet in sheets})
    made.write(notes, sheets)
    return target.getvalue()


def refuse_long(sheets: Iterable[Sheet]) -> None:
    """Raise BadInput where a text is longer than a cell can hold, or looks like two escapes in one, which none can."""
    places = [
        f"{sheet.title}, row {number}, column {column.label}: {says}"
        for sheet in sheets
        for number, row in enumerate(sheet.rows, start=2)
        for column, cell in zip(sheet.columns, row, strict=True)
        if isinstance(cell, str | tuple) and (says := _unfit(as_text(cell)))
    ]
    if places:
        raise BadInput(
            f"A cell of a spreadsheet holds {MAX_CELL:,} characters, and {count(len(places), 'text does', 'texts do')} "
            f"not fit: {first_of(places, 5)}. Nothing is cut: export to CSV, which takes them whole (--to csv)."
        )


def _unfit(text: str) -> str:
    """Why a text cannot stand in a cell; empty if it can."""
    length = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
    if length > MAX_CELL:
        return f"{length:,} characters"
    return f"{found[0]}…, an escape within an escape" if "_x" in text and (found := _NESTED.search(text)) else ""


def _sheet_name(sheet: Sheet, names: Callable[[str, Sheet], bool]) -> str:
    for name in (sheet.title, sheet.kind.replace("_", " ").capitalize(), sheet.kind):
        if 0 < len(name) <= 31 and not _FORBIDDEN.search(name) and names(name, sheet):
            return name
    raise BadInput(f"No sheet can be called {sheet.kind!r}: a name has up to 31 characters. Export to CSV (--to csv).")


def _plain(text: str, most: int) -> str:
    """`text` for a place that takes one line of this length."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


class _Book:
    """One workbook under way."""

    def __init__(self, target: io.BytesIO, title: str, names: dict[str, str]) -> None:
        how = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
        self.book = xlsxwriter.Workbook(target, how)
        self.title, self.names = title, names
        self.looks = {name: self.book.add_format({"valign": "top", **look}) for name, look in _LOOKS.items()}
        self.lists: list[tuple[str, ...]] = []
        self.last: dict[str, int] = {}

    def write(self, notes: Sequence[Note], sheets: Sequence[Sheet]) -> None:
        self.book.set_properties({"title": _plain(self.title, 200), "created": datetime.now(UTC).replace(tzinfo=None)})
        self.last = {sheet.kind: len(sheet.rows) + SPARE for sheet in sheets}
        self._write_notes(notes)
        for sheet in sheets:
            self._write_sheet(sheet)
        self._write_columns(sheets)
        self._write_lists()
        self.book.close()

    def _add(self, name: str) -> Any:
        page = self.book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        said = _plain(self.title, 90).replace("&", "&&")
        page.set_header(f"&L{said}&R{name.replace('&', '&&')}")
        page.set_footer("&LConfidential: for the team&RPage &P of &N")
        return page

    def _put(self, page: Any, row: int, column: int, text: str, look: str) -> None:
        """Write text as nothing but text."""
        shape = self.looks[look]
        if text.startswith("<r>") and text.endswith("</r>"):  # the library would take it for markup of its own
            page.write_rich_string(row, column, self.looks["plain"], text[:1], text[1:], shape)
        else:
            page.write_string(row, column, text, shape)

    # the tables ---------------------------------------------------------------------------------------------------

    def _write_sheet(self, sheet: Sheet) -> None:
        page = self._add(self.names[sheet.kind])
        page.repeat_rows(0)
        page.freeze_panes(1, 2 if sheet.columns[0].field.id == "id" else 1)
        for place, column in enumerate(sheet.columns):
            self._write_head(page, place, column)
            page.set_column(place, place, self._width(sheet, place), self.looks[_look_of(column)])
            self._check(page, sheet, place, column)
        for number, row in enumerate(sheet.rows, start=1):
            remark = str(row[0]).startswith(REMARK)
            for place, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
                self._write_cell(page, (number, place), "example" if remark else _look_of(column), cell)
        page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)

    def _write_head(self, page: Any, place: int, column: Column) -> None:
        self._put(page, 0, place, column.label, "told" if column.told else "head")
        if says := "\n".join(column.notes()):
            page.write_comment(0, place, _CONTROL.sub(" ", says), {"author": "", "x_scale": 1.6})

    def _write_cell(self, page: Any, where: tuple[int, int], look: str, cell: Any) -> None:
        if isinstance(cell, date):
            page.write_datetime(*where, datetime(cell.year, cell.month, cell.day), self.looks["date"])
        elif isinstance(cell, int) and abs(cell) < EXACT:
            page.write_number(*where, cell, self.looks["number"])
        elif text := as_text(cell):
            if look not in ("text", "example") or len(text) > 255:  # older programs show #### for longer cells of text
                look = "active" if is_active(text) else "long"
            self._put(page, *where, text, look)

    def _width(self, sheet: Sheet, place: int) -> int:
        column = sheet.columns[place]
        if column.field.type in WIDTHS:
            return WIDTHS[column.field.type]
        lines = (line for row in sheet.rows for line in as_text(row[place]).split("\n"))
        widest = max((min(len(line), 40) for line in lines), default=0)
        return max(widest, min(len(column.label), 20), 8) + 2

    def _check(self, page: Any, sheet: Sheet, place: int, column: Column) -> None:
        """Let the spreadsheet check what is typed, and offer what can be chosen."""
        field = column.field
        rule: dict[str, Any] = {"error_title": _plain(column.label, 32)}
        if column.told:
            return
        if values := field.choices or column.keys:
            rule |= {"validate": "list", "source": self._list(values), "error_message": "Choose one of the list."}
        elif field.type == "ref" and field.register_ in self.names:
            name, last = quote_sheetname(self.names[field.register_]), self.last[field.register_]
            rule |= {"validate": "list", "source": f"={name}!{xl_range_abs(1, 0, last, 0)}", "error_type": "warning",
                     "error_message": "There is no such id in that sheet."}  # fmt: skip
        elif field.type == "date":
            rule |= {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST,
                     "error_type": "warning", "error_message": "Write a day, for example 2026-11-30."}  # fmt: skip
        elif field.type == "number":
            low, high = field.min if field.min is not None else -EXACT, field.max if field.max is not None else EXACT
            rule |= {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high,
                     "error_message": "Write a whole number within its bounds."}  # fmt: skip
        else:
            return
        page.data_validation(1, place, self.last[sheet.kind], place, rule)

    # what stands around them --------------------------------------------------------------------------------------

    def _list(self, values: tuple[str, ...]) -> str:
        """Where a drop-down finds its values: on a hidden sheet, because a rule itself holds 255 characters."""
        if values not in self.lists:
            self.lists.append(values)
        place = self.lists.index(values)
        return f"={quote_sheetname(self._lists_name)}!{xl_range_abs(0, place, len(values) - 1, place)}"

    @property
    def _lists_name(self) -> str:
        taken = {name.casefold() for name in self.names.values()}
        return next(name for n in range(99) if (name := f"Lists{n or ''}").casefold() not in taken)

    def _write_lists(self) -> None:
        page = self._add(self._lists_name)
        page.hide()
        for place, values in enumerate(self.lists):
            for number, value in enumerate(values):
                self._put(page, number, place, value, "text")

    def _write_notes(self, notes: Sequence[Note]) -> None:
        page = self._add("About")
        page.set_column(0, 0, 26)
        page.set_column(1, 1, 100)
        self._put(page, 0, 0, "About", "title")
        self._put(page, 0, 1, _plain(self.title, 200), "title")
        for number, note in enumerate(notes, start=1):
            self._put(page, number, 0, note.about, "long")
            self._put(page, number, 1, note.says[:MAX_CELL], "long")

    def _write_columns(self, sheets: Sequence[Sheet]) -> None:
        """The sheet that says what every column is for."""
        page = self._add("Columns")
        page.repeat_rows(0)
        page.freeze_panes(1, 0)
        heads = (("Sheet", 24), ("Column", 28), ("Id", 22), ("Needed", 9), ("What may stand there", 60), ("Help", 70))
        for place, (head, width) in enumerate(heads):
            page.set_column(place, place, width)
            self._put(page, 0, place, head, "head")
        number = 0
        for sheet in sheets:
            for column in (c for c in sheet.columns if not c.told):
                number += 1
                for place, text in enumerate(self._column_line(sheet, column)):
                    self._put(page, number, place, text, "long")
        page.autofilter(0, 0, number, len(heads) - 1)

    def _column_line(self, sheet: Sheet, column: Column) -> tuple[str, ...]:
        field, needed = column.field, "yes" if column.field.required else ""
        return self.names[sheet.kind], column.label, field.id, needed, column.may_hold()[:MAX_CELL], field.help


def _look_of(column: Column) -> str:
    if column.field.type in ("date", "number"):
        return column.field.type
    return "long" if column.field.type == "long_text" else "text"
