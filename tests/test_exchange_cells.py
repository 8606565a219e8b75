"""What a cell of a spreadsheet says: as it is shown there, or told with its place where it says nothing."""

from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from tests.helpers_xlsx import write_book
from workbook.exchange.tables import Table, read


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def word(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(folder: Path, *cells: str, **parts: str) -> Table:
    """A table of one column, called A, with these cells in XML."""
    [table] = read(write_book(folder / "x.xlsx", "".join(map(row, [word("A"), *cells])), **parts)).tables
    return table


def shown(folder: Path, stored: str, code: str, about: str = "") -> str:
    """What a cell shows for a stored number and a number format."""
    styles = (
        f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts><cellXfs><xf/><xf numFmtId="200"/></cellXfs>'
    )
    [line] = sheet(folder, f'<c s="1"><v>{stored}</v></c>', styles=styles, about=about).lines
    return line.cells["A"]


@pytest.mark.parametrize(
    ("stored", "code", "text"),
    [
        ("46000", "General", "46000"),
        ("8.199999999999999", "General", "8.2"),
        ("0.30000000000000004", "General", "0.3"),
        ("3.0", "General", "3"),
        ("1E3", "General", "1000"),
        ("-2", "General", "-2"),
        ("5.1", "0.00", "5.10"),
        ("3", "0.00", "3.00"),
        ("1234.5", "#,##0.00", "1234.50"),
        ("1.23456", "0.00", "1.23456"),
        ("0.5", "0%", "50%"),
        ("0.125", "0%", "12.5%"),
        ("0.07", "0.00%", "7%"),
        ("4", "&quot;Level &quot;0", "4"),
        ("46000", "dd.mm.yyyy", "2025-12-09"),
        ("46000", "[$-407]d\\. mmmm yyyy;@", "2025-12-09"),
        ("46000.670138888889", "dd.mm.yyyy hh:mm", "2025-12-09T16:05:00"),
        ("0.670138888889", "hh:mm", "16:05:00"),
        ("0", "hh:mm", "00:00:00"),
        ("1.5", "[h]:mm:ss", "36:00:00"),
        ("3", "0 &quot;days&quot;", "3"),
        ("3.5", "[Red]0.00", "3.50"),
    ],
)
def test_a_number_is_read_as_its_cell_shows_it(tmp_path: Path, stored: str, code: str, text: str):
    assert shown(tmp_path, stored, code) == text


def test_days_of_1904_are_four_years_later(tmp_path: Path):
    assert shown(tmp_path, "44538", "yyyy-mm-dd", about='<workbookPr date1904="1"/>') == "2025-12-09"


def test_formats_that_every_spreadsheet_knows_are_known(tmp_path: Path):
    styles = '<cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="2"/><xf numFmtId="9"/></cellXfs>'
    numbers = ["46000", "5.1", "0.5"]
    cells = [f'<c s="{style}"><v>{number}</v></c>' for style, number in enumerate(numbers, start=1)]

    assert [line.cells["A"] for line in sheet(tmp_path, *cells, styles=styles).lines] == ["2025-12-09", "5.10", "50%"]


def test_a_zero_that_only_the_format_shows_is_told(tmp_path: Path):
    styles = '<cellXfs><xf/><xf numFmtId="2"/></cellXfs>'
    table = sheet(tmp_path, "<c><v>5.1</v></c>", '<c s="1"><v>5.1</v></c>', "<c><v>5.25</v></c>", styles=styles)

    assert [line.cells["A"] for line in table.lines] == ["5.1", "5.10", "5.25"]
    assert table.notes == ("column A: 5.10 has its last zero from its format, line 3",)
    assert table.short == {"A": frozenset({2, 3})}


def test_leading_zeros_and_long_numbers_that_are_text_stay_as_they_are(tmp_path: Path):
    table = sheet(tmp_path, word("007"), word("5.10"), '<c t="str"><v>12345678901234567890</v></c>')

    assert [line.cells["A"] for line in table.lines] == ["007", "5.10", "12345678901234567890"]
    assert not table.short


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("one_x000D_\ntwo", "one\ntwo"),
        ("one_x000D_two", "one\ntwo"),
        ("_x0042_", "B"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xD83C__xDF88_", "🎈"),
        ("_xD83C_", "\ufffd"),
        ("a_x0000_b", "a\ufffdb"),
        ("snake_x_case", "snake_x_case"),
    ],
)
def test_escaped_characters_are_those_they_stand_for(tmp_path: Path, stored: str, text: str):
    strings = f"<si><t>{stored}</t></si>"
    table = sheet(tmp_path, word(stored), '<c t="s"><v>0</v></c>', strings=strings)

    assert [line.cells["A"] for line in table.lines] == [text, text]


def test_an_escaped_line_break_that_came_into_a_csv_file_is_mended_and_told(tmp_path: Path):
    (tmp_path / "x.csv").write_text('A,B\n"one_x000D_\ntwo",3\n')

    [table] = read(tmp_path / "x.csv").tables
    assert table.lines[0].cells["A"] == "one\ntwo"
    assert table.notes == ("_x000D_ was read as a line break in 1 cell",)


def test_text_of_several_fonts_is_one_text_without_its_reading_aid(tmp_path: Path):
    rich = "<r><t>Credit </t></r><r><rPr><b/></rPr><t>scoring</t></r>"
    strings = f"<si>{rich}<rPh sb='0' eb='1'><t>ignored</t></rPh></si>"
    table = sheet(tmp_path, f'<c t="inlineStr"><is>{rich}</is></c>', '<c t="s"><v>0</v></c>', strings=strings)

    assert [line.cells["A"] for line in table.lines] == ["Credit scoring", "Credit scoring"]


def test_true_and_false_are_yes_and_no(tmp_path: Path):
    table = sheet(tmp_path, '<c t="b"><v>1</v></c>', '<c t="b"><v>0</v></c>')

    assert [line.cells["A"] for line in table.lines] == ["yes", "no"]


def test_dates_stored_as_iso_text_are_read(tmp_path: Path):
    table = sheet(tmp_path, '<c t="d"><v>2027-02-01T00:00:00</v></c>', '<c t="d"><v>2027-02-01T16:05:00</v></c>')

    assert [line.cells["A"] for line in table.lines] == ["2027-02-01", "2027-02-01T16:05:00"]


FORMULA = "a formula without a stored value; open the file in a spreadsheet and save it"
NO_DATE = "a number that is formatted as a date, and no calendar holds such a day; correct or clear the cell"
DATE = '<cellXfs><xf/><xf numFmtId="14"/></cellXfs>'


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("<c><f>1+1</f></c>", FORMULA),
        ("<c><f>1+1</f><v/></c>", FORMULA),
        ('<c t="str"><f>A1</f></c>', FORMULA),
        ('<c t="e"><v>#N/A</v></c>', "#N/A is what a spreadsheet shows in place of a value; correct or clear the cell"),
        ('<c t="e"><f>A0</f><v>#REF!</v></c>', "#REF! is what a spreadsheet shows in place of a value"),
        (word("#DIV/0!"), "#DIV/0! is what a spreadsheet shows in place of a value"),
        (word("#BEZUG!"), "#BEZUG! is what a spreadsheet shows in place of a value"),
        ('<c s="1"><v>0</v></c>', NO_DATE),
        ('<c s="1"><v>-3</v></c>', NO_DATE),
        ('<c s="1"><v>1E9</v></c>', NO_DATE),
        ('<c t="d"><v>soon</v></c>', NO_DATE),
    ],
)
def test_a_cell_that_holds_no_value_is_told_with_its_place(tmp_path: Path, cell: str, says: str):
    table = sheet(tmp_path, word("fine"), cell, styles=DATE)

    [flaw] = table.flaws
    assert (flaw.place, flaw.header, flaw.lines) == ("cell A3", "A", (3,))
    assert says in flaw.says


def test_a_formula_whose_value_is_known_is_that_value_even_if_it_is_nothing(tmp_path: Path):
    table = sheet(
        tmp_path, "<c><f>1+1</f><v>2</v></c>", '<c t="str"><f>""</f><v></v></c>', '<c t="str"><f/><v>x</v></c>'
    )

    assert [line.cells["A"] for line in table.lines] == ["2", "x"]
    assert table.flaws == ()


def test_an_error_in_a_csv_file_is_told_with_its_line_and_column(tmp_path: Path):
    (tmp_path / "x.csv").write_text("A,B\n1,#NV\n")

    [table] = read(tmp_path / "x.csv").tables
    assert [(f.place, f.says[:12]) for f in table.flaws] == [("line 2, column B", "#NV is what ")]


def test_the_same_flaw_in_many_cells_is_told_once(tmp_path: Path):
    [flaw] = sheet(tmp_path, *["<c><f>1</f></c>"] * 300).flaws

    assert flaw.place == "cells A2, A3, A4, A5, A6 and 295 more"
    assert len(flaw.lines) == 300


def test_a_sheet_of_another_program_is_read_whatever_it_calls_its_tags(tmp_path: Path):
    rows = '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>name</x:t></x:is></x:c></x:row>' + (
        '<x:row r="4"><x:c r="A4" t="str"><x:v>Loans</x:v></x:c></x:row>'
    )
    part = f'<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    [table] = read(write_book(tmp_path / "x.xlsx", [part.encode()])).tables

    assert [(line.number, line.cells) for line in table.lines] == [(4, {"name": "Loans"})]


def test_a_date_written_by_a_library_is_the_day_it_was(tmp_path: Path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        book.add_worksheet().write_row(0, 0, ["A", "B"])
        day = book.add_format({"num_format": "d mmm yy"})
        book.worksheets()[0].write_datetime(1, 1, datetime(2027, 2, 1), day)

    [table] = read(path).tables
    assert table.lines[0].cells == {"A": "", "B": "2027-02-01"}
