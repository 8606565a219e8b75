"""Where the table is: registers as other people lay them out, found or chosen, and nothing guessed without a word."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tests.helpers_xlsx import write_book
from workbook.errors import BadFile, Unknown
from workbook.exchange.tables import Reading, Table, folder_files, read

KNOWN = {"id", "risk", "name", "area", "owner", "likelihood", "consequence"}


def known(header: str) -> bool:
    return header.casefold() in KNOWN


def text(folder: Path, *lines: str) -> Table:
    path = folder / "risks.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    [table] = read(path).tables
    return table


def book(folder: Path, *sheets: Callable[[xlsxwriter.Workbook], None], name: str = "risks.xlsx") -> Path:
    path = folder / name
    with xlsxwriter.Workbook(path) as made:
        for fill in sheets:
            fill(made)
    return path


def tables(reading: Reading) -> dict[str, Table]:
    return {table.name: table for table in reading.tables}


def column(table: Table, header: str) -> list[str]:
    return [line.cells[header] for line in table.lines]


# text files ---------------------------------------------------------------------------------------------------------


def test_a_german_export_says_its_separator_in_the_first_line(tmp_path: Path):
    table = text(
        tmp_path, "sep=;", "Kennung;Bezeichnung, kurz;Wert", "R-1;Leck, außen, innen;2,5", "R-2;Diebstahl, ja;3,0"
    )

    assert (table.header_row, table.headers) == (2, ("Kennung", "Bezeichnung, kurz", "Wert"))
    assert column(table, "Wert") == ["2,5", "3,0"]
    assert table.lines[0].number == 3
    assert table.notes == ()


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_the_one_that_splits_every_line(tmp_path: Path, sign: str):
    others = "".join(s for s in ",;\t|" if s != sign)
    table = text(
        tmp_path, f"A title{others}2027", sign.join(("ID", "Risk", "Owner")), sign.join(("R-1", f"a{others}b", "c"))
    )

    assert table.headers == ("ID", "Risk", "Owner")
    assert column(table, "Risk") == [f"a{others}b"]


def test_a_file_of_tabs_is_read_whatever_else_stands_in_it(tmp_path: Path):
    path = tmp_path / "risks.tsv"
    path.write_text("name\nLeak, of data; soon\n")

    [table] = read(path).tables
    assert column(table, "name") == ["Leak, of data; soon"]


def test_comments_and_titles_above_the_header_are_told(tmp_path: Path):
    table = text(tmp_path, "# exported 2027-02-01", "# by the risk tool, v3", "id,name,owner", "R-1,a,b")

    assert (table.header_row, len(table.lines)) == (3, 1)
    assert table.notes == ("the header was found in line 3",)


def test_a_header_that_begins_with_a_hash_is_no_comment(tmp_path: Path):
    table = text(tmp_path, "#,Risk,Owner", "1,a,b", "#2,c,d")

    assert table.headers == ("#", "Risk", "Owner")
    assert column(table, "#") == ["1", "#2"]


def test_blank_lines_above_the_header_are_nothing_to_tell(tmp_path: Path):
    table = text(tmp_path, "", ",,", "", "id,name,owner", "R-1,a,b")

    assert (table.header_row, table.lines[0].number, table.notes) == (4, 5, ())


def test_what_is_no_row_of_the_table_is_left_out_and_told(tmp_path: Path):
    table = text(
        tmp_path, "id,name,score", "R-1,a,3", "# checked by Kim", "R-2,b,4", "id,name,score", "R-3,c,5", "Total,,12",
        "", "Prepared by the security team,,", "1 is low and 5 is high",
    )  # fmt: skip

    assert column(table, "id") == ["R-1", "R-2", "R-3"]
    assert table.notes == (
        "line 3 left out as a comment: # checked by Kim",
        "line 5 left out as the header again: id | name | score",
        "lines 9 and 10 left out as a note below the table: Prepared by the security team; 1 is low and 5 is high",
        "line 7 left out as a total: Total | 12",
    )


@pytest.mark.parametrize(
    "rows",
    [
        ("R-1,a,b", "", "R-2"),
        ("Total loss of the site,a,b", "Totals,,", "", "Loss of the site"),
        ("R-1,a,b", "Prepared by Kim,,"),
        ("R-1,a,b", "", "R-2,Total,"),
    ],
)
def test_a_row_that_may_be_one_stays_however_little_it_holds(tmp_path: Path, rows: tuple[str, ...]):
    table = text(tmp_path, "id,name,owner", *rows)

    assert len(table.lines) == len([row for row in rows if row])
    assert table.notes == ()


@pytest.mark.parametrize(
    "head",
    [
        ("Risk,,,Inherent,,Residual,", "ID,Name,Area,Likelihood,Impact,Likelihood,Impact"),
        ("ID,Name,Area,Inherent,,Residual,", ",,,Likelihood,Impact,Likelihood,Impact"),
    ],
)
def test_two_lines_of_names_are_read_together(tmp_path: Path, head: tuple[str, str]):
    table = text(tmp_path, *head, "R-1,Leak,privacy,3,4,1,2")

    assert table.header_row == 2
    assert table.headers == (
        "ID", "Name", "Area", "Inherent Likelihood", "Inherent Impact", "Residual Likelihood", "Residual Impact",
    )  # fmt: skip
    assert "lines 1 and 2 name the columns together" in table.notes
    assert len(table.lines) == 1


def test_a_first_row_without_an_id_is_no_second_line_of_names(tmp_path: Path):
    table = text(tmp_path, "id,name,,owner", ",Loans,x,Bob")

    assert table.header_row == 1
    assert column(table, "owner") == ["Bob"]


def test_names_are_on_one_line_and_their_letters_composed(tmp_path: Path):
    table = text(tmp_path, '"Risk\nowner",U\u0308bersicht,\u00a0Area\u00a0', "a,b,c")

    assert table.headers == ("Risk owner", "Übersicht", "Area")


def test_known_names_decide_between_lines_that_look_like_names(tmp_path: Path):
    path = tmp_path / "risks.csv"
    path.write_text("Report,Version,State\nBob,Kim,Approved\nID,Risk,Owner\nR-1,a,b\n")

    assert [t.header_row for t in read(path).tables] == [1]
    assert [t.header_row for t in read(path, known=known).tables] == [3]


def test_a_header_that_is_not_found_can_be_chosen_from_a_picture(tmp_path: Path):
    path = tmp_path / "risks.csv"
    path.write_text("1,2,3\n\n2027,2028,Owner\n3,4,Bob\n")

    [lost] = read(path).tables
    [chosen] = read(path, header_rows={"Risks": 3}).tables
    [by_all] = read(path, header_rows={"*": 3}).tables

    assert (lost.header_row, lost.headers, lost.lines) == (0, (), ())
    assert [(f.place, f.says) for f in lost.flaws] == [
        ("", "no line of it looks like the names of columns; choose the line with --header-row")
    ]
    assert [(number, cells[:3]) for number, cells in lost.picture] == [
        (1, ("1", "2", "3")), (3, ("2027", "2028", "Owner")), (4, ("3", "4", "Bob")),
    ]  # fmt: skip
    assert chosen.headers == ("2027", "2028", "Owner")
    assert by_all.lines == chosen.lines
    with pytest.raises(BadFile, match=r"risks\.csv: line 2 is empty, so it cannot name the columns"):
        read(path, header_rows={"risks": 2})


def test_a_spreadsheet_under_the_name_of_a_text_is_told(tmp_path: Path):
    path = book(tmp_path, lambda b: b.add_worksheet().write(0, 0, "x")).rename(tmp_path / "risks.csv")

    with pytest.raises(BadFile, match=r"is a spreadsheet under the name of a text; name it \.xlsx"):
        read(path)


# spreadsheets -------------------------------------------------------------------------------------------------------


def register_with_logo(made: xlsxwriter.Workbook) -> None:
    """A title over the sheet, who keeps it, two rows of names, an area merged over its risks, a total and a note."""
    sheet = made.add_worksheet("Risks")
    sheet.merge_range("A1:H2", "Risk register 2027")
    sheet.write_row("A3", ["Kept by", "CISO"])
    for place, name in enumerate(["ID", "Risk", "Area"]):
        sheet.merge_range(4, place, 5, place, name)
    sheet.merge_range("D5:E5", "Inherent")
    sheet.merge_range("F5:G5", "Residual")
    sheet.merge_range("H5:H6", "Review\ndate")
    sheet.write_row("D6", ["Likelihood", "Consequence"] * 2)
    for row in range(6, 12):
        sheet.write_row(row, 0, [f"R-{row - 5}", "Leak of data", "", 3, 4, 1, 2])
        sheet.write_datetime(row, 7, date(2027, 2, row), made.add_format({"num_format": "dd.mm.yyyy"}))
    sheet.merge_range("C7:C9", "privacy")
    sheet.merge_range("C10:C12", "security")
    sheet.write_row("A13", ["Total", "", "", 18, 24, 6, 12])
    sheet.write("A16", "Prepared by the security team.")
    sheet.set_row(8, None, None, {"hidden": True})
    sheet.set_column("E:E", None, None, {"hidden": True})


@pytest.mark.parametrize("knows", [None, known])
def test_a_register_with_a_title_and_merged_cells_is_read_as_people_see_it(tmp_path: Path, knows):
    [table] = read(book(tmp_path, register_with_logo), known=knows).tables

    assert table.headers == (
        "ID", "Risk", "Area", "Inherent Likelihood", "Inherent Consequence", "Residual Likelihood",
        "Residual Consequence", "Review date",
    )  # fmt: skip
    assert column(table, "ID") == [f"R-{n}" for n in range(1, 7)]
    assert column(table, "Area") == ["privacy"] * 3 + ["security"] * 3
    assert column(table, "Review date")[0] == "2027-02-06"
    assert table.notes == (
        "the header was found in line 6",
        "lines 5 and 6 name the columns together",
        "line 9 and column E are hidden, and were read",
        "column C: the text of merged cells was read for lines 8, 9, 11 and 12 too",
        "line 16 left out as a note below the table: Prepared by the security team.",
        "line 13 left out as a total: Total | 18 | 24 | 6 | 12",
    )


def cover(made: xlsxwriter.Workbook) -> None:
    made.add_worksheet("Cover").write_column("B2", ["Northlight Credit", "Risk register"])
    made.get_worksheet_by_name("Cover").write_row("B5", ["Version", 2.1])


def history(made: xlsxwriter.Workbook) -> None:
    made.add_worksheet("History").write_row(0, 0, ["Version", "Date", "Change"])


def hidden(made: xlsxwriter.Workbook) -> None:
    made.add_worksheet("Lists").write_row(0, 0, ["Owner", "Area"])
    made.get_worksheet_by_name("Lists").hide()


def test_a_cover_and_a_history_stand_in_nobodys_way(tmp_path: Path):
    reading = read(book(tmp_path, cover, history, register_with_logo, hidden))

    assert {name: bool(table.headers) for name, table in tables(reading).items()} == {
        "Cover": False, "History": True, "Risks": True,
    }  # fmt: skip
    assert tables(reading)["Cover"].picture[0] == (2, ("", "Northlight Credit", *[""] * 10))
    assert reading.notes == ("hidden sheets were left out: Lists",)


def test_sheets_are_chosen_by_name_hidden_ones_too(tmp_path: Path):
    path = book(tmp_path, cover, history, register_with_logo, hidden)

    assert list(tables(read(path, sheets=["risks"]))) == ["Risks"]
    assert read(path, sheets=["risks"]).notes == ("hidden sheets were left out: Lists",)
    assert list(tables(read(path, sheets=["Lists", "History"]))) == ["Lists", "History"]
    with pytest.raises(Unknown, match=r"No sheet of risks\.xlsx is called 'Risk'\. Did you mean Risks"):
        read(path, sheets=["Risk"])


def test_a_header_is_chosen_for_one_sheet_alone(tmp_path: Path):
    found = tables(read(book(tmp_path, history, register_with_logo), header_rows={"Risks": 5}))

    assert (found["History"].header_row, found["Risks"].header_row) == (1, 5)
    assert found["Risks"].headers[:4] == ("ID", "Risk", "Area", "Inherent")


def test_a_table_may_begin_anywhere_and_have_columns_without_a_name(tmp_path: Path):
    def fill(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet("Datasets")
        sheet.write_row("C4", ["Name", "", "Owner"])
        sheet.write_row("C5", ["Loans", "x", "Bob", "", "see below"])

    [table] = read(book(tmp_path, fill), known=known).tables

    assert table.lines[0].cells == {"Name": "Loans", "column D": "x", "Owner": "Bob", "column G": "see below"}
    assert table.notes == (
        "column D has no name; here it is called 'column D'",
        "column G has no name; here it is called 'column G'",
    )


def test_macros_are_not_run_and_that_is_told(tmp_path: Path):
    path = book(tmp_path, history).rename(tmp_path / "risks.xlsm")

    assert read(path).notes == ("its macros were not run",)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
FOREIGN = {
    "a.xlsx": (OLE + "EncryptedPackage".encode("utf-16-le"), "is protected with a password; save it without one"),
    "b.xlsx": (OLE, "is protected with a password; save it without one"),
    "c.xlsx": (OLE + "Workbook".encode("utf-16-le"), "is an old .xls file under another name"),
    "d.xls": (OLE, "is an old Excel file; open it there and save it as .xlsx"),
    "e.xlsb": (b"PK", "is a binary Excel file"),
    "f.ods": (b"PK", "is an OpenDocument spreadsheet; open it and save it as .xlsx"),
    "g.numbers": (b"PK", "is a Numbers document; open it and export it as Excel or CSV"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_kind_says_what_to_do(tmp_path: Path, name: str):
    content, says = FOREIGN[name]
    (tmp_path / name).write_bytes(content)

    with pytest.raises(BadFile, match=says):
        read(tmp_path / name)


def test_the_files_of_a_folder_are_those_with_tables(tmp_path: Path):
    for name in ("b.csv", "a.XLSX", "~$a.xlsx", ".c.csv", "d.txt", "e.tsv", "f.xlsm"):
        (tmp_path / name).touch()
    (tmp_path / "g.csv").mkdir()

    assert [path.name for path in folder_files(tmp_path)] == ["a.XLSX", "b.csv", "e.tsv", "f.xlsm"]


def test_cells_may_say_nothing_of_where_they_are(tmp_path: Path):
    cells = "".join(f"<c t='inlineStr'><is><t>{t}</t></is></c>" for t in ("id", "name"))
    [table] = read(write_book(tmp_path / "x.xlsx", f"<row>{cells}</row><row><c/><c><v>1</v></c></row>")).tables

    assert [(line.number, line.cells) for line in table.lines] == [(2, {"id": "", "name": "1"})]
