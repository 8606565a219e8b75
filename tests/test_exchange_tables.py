"""Files as people have them: read as text, or refused in one sentence that says where."""

import random
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from workbook.errors import BadFile
from workbook.exchange import grid, package, tables
from workbook.exchange.tables import Table, read

ROWS = ["id,name,owner", "DS-001,Loans,Data steward", "DS-002,Übersicht 🎈 العربية,"]


def csv_file(folder: Path, text: str | bytes, name: str = "datasets.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def only(path: Path) -> Table:
    [table] = read(path).tables
    return table


def cells(table: Table) -> list[list[str]]:
    return [list(line.cells.values()) for line in table.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_csv_file_is_read_in_every_encoding_that_names_itself(tmp_path: Path, encoding: str, ends: str):
    table = only(csv_file(tmp_path, ends.join(ROWS).encode(encoding)))

    assert (table.name, table.headers) == ("datasets", ("id", "name", "owner"))
    assert cells(table) == [["DS-001", "Loans", "Data steward"], ["DS-002", "Übersicht 🎈 العربية", ""]]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_sign_between_cells_is_found_even_if_another_one_stands_in_a_quoted_header(tmp_path: Path, sign: str):
    header = sign.join(["id", '"name, owner; a\tb, c, d;;"', "x"])
    table = only(csv_file(tmp_path, f"{header}\n{sign.join('123')}\n"))

    assert table.headers == ("id", "name, owner; a b, c, d;;", "x")
    assert cells(table) == [["1", "2", "3"]]


def test_a_single_column_is_a_table_too(tmp_path: Path):
    assert cells(only(csv_file(tmp_path, "name\nLoans\n"))) == [["Loans"]]


def test_a_row_is_named_by_the_line_it_begins_at(tmp_path: Path):
    table = only(csv_file(tmp_path, 'id,name\n1,"two\nlines"\n\n ,\n2,next\n'))

    assert [line.number for line in table.lines] == [2, 6]
    assert table.lines[0].cells["name"] == "two\nlines"


def test_text_that_looks_like_a_formula_or_markup_stays_the_text_it_is(tmp_path: Path):
    odd = ["=1+1", "@SUM(A1)", "-2", "+3", "<script>alert(1)</script>", "'quoted'"]

    assert [row[0] for row in cells(only(csv_file(tmp_path, "name,x\n" + "".join(f"{t},1\n" for t in odd))))] == odd


def test_a_cell_of_a_megabyte_is_read(tmp_path: Path):
    text = "x" * 1_000_000

    assert cells(only(csv_file(tmp_path, f"name,note\nLoans,{text}\n"))) == [["Loans", text]]


def test_a_hundred_thousand_rows_are_read(tmp_path: Path):
    lines = "".join(f"DS-{n},Table {n}\n" for n in range(100_000))
    table = only(csv_file(tmp_path, "id,name\n" + lines))

    assert len(table.lines) == 100_000
    assert (table.lines[-1].number, table.lines[-1].cells["name"]) == (100_001, "Table 99999")


def test_more_rows_than_a_register_can_have_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grid, "MAX_ROWS", 3)
    path = csv_file(tmp_path, "name\na\nb\nc\n\nd\n")

    with pytest.raises(BadFile, match=r"datasets\.csv holds more than 3 rows"):
        read(path)


BAD = {
    "wrong encoding": (
        b"id,name\n1,a\n2,\xfcbersicht\n", r"datasets\.csv, line 3 \(byte 14\): this is not UTF-8 text"
    ),
    "half of a wide character": (b"\xff\xfei\x00d\x00\n", r"line \d+ \(byte \d+\): this is not UTF-16 text"),
    "nul": (b"id,name\n1,a\n2,b\x00c\n", r"datasets\.csv, line 3: holds a NUL character"),
    "open quote": (b'id,name\n1,"a\n2,b\n3,c\n', r"datasets\.csv, line 2: the row that begins here cannot be read"),
    "stray quote": (b'id,name\n1,"a" b\n', r"datasets\.csv, line 2: the row"),
    "nothing": (b"", r"datasets\.csv is empty"),
}  # fmt: skip


@pytest.mark.parametrize("why", BAD)
def test_a_csv_file_that_cannot_be_read_is_refused_by_line(tmp_path: Path, why: str):
    content, says = BAD[why]

    with pytest.raises(BadFile, match=says) as caught:
        read(csv_file(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_a_line_with_more_cells_than_there_are_columns_is_a_flaw_of_that_line(tmp_path: Path):
    table = only(csv_file(tmp_path, "id,name\n1,a\n2,b,c\n3,d\n4,e,,f\n"))

    assert [(f.place, f.says, f.header) for f in table.flaws] == [
        ("lines 3 and 5", "has more cells than line 1 names columns (2)", "")
    ]


def test_columns_without_a_name_or_with_the_same_are_named_apart_and_told(tmp_path: Path):
    table = only(csv_file(tmp_path, "id,Owner,,OWNER,\n1,2,3,4\n"))

    assert table.headers == ("id", "Owner", "column 3", "OWNER (2)")
    assert table.notes == (
        "column 3 has no name; here it is called 'column 3'",
        "columns 2 and 4 are both called 'OWNER'; here the second is called 'OWNER (2)'",
    )
    assert cells(table) == [["1", "2", "3", "4"]]


def test_a_path_that_is_no_table_is_refused(tmp_path: Path):
    folder = tmp_path / "datasets.csv"
    folder.mkdir()

    for path, says in [
        (tmp_path / "gone.csv", "does not exist"),
        (folder, "is a folder"),
        (csv_file(tmp_path, "a", "notes.txt"), r"neither a \.csv nor an \.xlsx"),
    ]:
        with pytest.raises(BadFile, match=says):
            read(path)


def test_a_file_too_large_to_be_an_inventory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "MAX_BYTES", 10)

    with pytest.raises(BadFile, match="larger than 10 bytes"):
        read(csv_file(tmp_path, "id,name\n1,Loans\n"))


# spreadsheets -------------------------------------------------------------------------------------------------------


@pytest.fixture
def spreadsheet(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.xlsx"
    with xlsxwriter.Workbook(path) as book:
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Datasets")
        sheet.write_row(0, 0, ["id", "name", "rows", "share", "until", "at", "live", "total"])
        sheet.write_row(2, 0, ["DS-001", "Loans 🎈", 41000, 0.25])
        sheet.write_datetime(2, 4, date(2026, 11, 30), days)
        sheet.write_datetime(2, 5, datetime(2026, 11, 30, 16, 5), days)
        sheet.write_boolean(2, 6, True)
        sheet.write_formula(2, 7, "=C3*2", value=82000)
        sheet.write_string(4, 1, "=1+1")
        book.add_worksheet("Empty")
        book.add_worksheet("Workings").write(0, 0, "not a table")
        book.get_worksheet_by_name("Workings").hide()
        book.add_worksheet("Models").write_row(0, 0, ["name"])
    return path


def test_each_sheet_that_holds_something_is_a_table(spreadsheet: Path):
    found = read(spreadsheet).tables

    assert [(t.name, len(t.lines)) for t in found] == [("Datasets", 2), ("Models", 0)]
    assert found[0].where == "inventory.xlsx, sheet Datasets"


def test_cells_of_a_spreadsheet_become_the_text_they_show(spreadsheet: Path):
    first, second = read(spreadsheet).tables[0].lines

    assert list(first.cells.values()) == [
        "DS-001", "Loans 🎈", "41000", "0.25", "2026-11-30", "2026-11-30T16:05:00", "yes", "82000",
    ]  # fmt: skip
    assert (first.number, second.number) == (3, 5)
    assert second.cells["name"] == "=1+1"


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(spreadsheet: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(package, "MAX_UNPACKED", 2000)

    with pytest.raises(BadFile, match=r"inventory\.xlsx unpacks to more than"):
        read(spreadsheet)


def test_a_bomb_is_refused_by_what_it_claims_to_hold(tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/big.xml", "w") as file:
        for _ in range(201):
            file.write(b"\0" * 1024**2)

    with pytest.raises(BadFile, match="unpacks to more than 200 MB"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"id,name\n1,2\n", b"PK\x03\x04 not really"])
def test_what_only_looks_like_a_spreadsheet_is_refused(tmp_path: Path, content: bytes):
    with pytest.raises(BadFile, match=r"x\.xlsx is not a readable \.xlsx file"):
        read(csv_file(tmp_path, content, "x.xlsx"))


def test_a_spreadsheet_broken_inside_is_refused(spreadsheet: Path, tmp_path: Path):
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(spreadsheet) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:200] if name.endswith("sheet1.xml") else content)

    with pytest.raises(BadFile, match=r"broken\.xlsx is not a readable"):
        read(broken)


def test_damage_anywhere_in_a_spreadsheet_ends_in_a_sentence(spreadsheet: Path, tmp_path: Path):
    whole, path, chance = spreadsheet.read_bytes(), tmp_path / "broken.xlsx", random.Random(27001)
    refused = 0
    for _ in range(600):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged[: chance.choice([len(damaged), chance.randrange(len(damaged))])])
        try:
            read(path)
        except BadFile:
            refused += 1

    assert refused > 300
