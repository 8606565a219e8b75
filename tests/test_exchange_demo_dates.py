"""An example written for one day, moved to another."""

from datetime import date
from pathlib import Path

import openpyxl
import xlsxwriter

from workbook.exchange.demo import shift


def test_every_date_of_text_and_spreadsheets_moves_and_nothing_else(tmp_path: Path):
    source = tmp_path / "demo"
    (source / "evidence").mkdir(parents=True)
    (source / "answers.csv").write_bytes(b"due,note\r\n2026-12-30,LP-2026-11-30 and 12026-11-30 and 2026-13-45\r\n")
    (source / "evidence" / "runs.log").write_text("2026-11-20T07:12:00Z deployed\n")
    (source / "evidence" / "odd.csv").write_bytes(b"2026-11-20 \xfc\n")
    (source / "evidence" / "shot.png").write_bytes(b"\x89PNG 2026-11-20")
    with xlsxwriter.Workbook(source / "inventory.xlsx") as book:
        sheet = book.add_worksheet("Suppliers")
        sheet.write_row(0, 0, ["until", "2026-11-20", 7])
        sheet.write_datetime(1, 0, date(2026, 11, 20), book.add_format({"num_format": "yyyy-mm-dd"}))

    shift(source, tmp_path / "moved", 30)

    moved = tmp_path / "moved"
    assert (moved / "answers.csv").read_bytes() == (
        b"due,note\r\n2027-01-29,LP-2026-11-30 and 12026-11-30 and 2026-13-45\r\n"
    )
    assert (moved / "evidence" / "runs.log").read_text() == "2026-12-20T07:12:00Z deployed\n"
    assert (moved / "evidence" / "odd.csv").read_bytes() == b"2026-11-20 \xfc\n"
    assert (moved / "evidence" / "shot.png").read_bytes() == b"\x89PNG 2026-11-20"
    rows = list(openpyxl.load_workbook(moved / "inventory.xlsx").active.iter_rows(values_only=True))
    assert rows[0] == ("until", "2026-12-20", 7)
    assert rows[1][0].date() == date(2026, 12, 20)


def test_moving_by_no_day_copies_every_byte(tmp_path: Path):
    source = tmp_path / "demo"
    source.mkdir()
    with xlsxwriter.Workbook(source / "a.xlsx") as book:
        book.add_worksheet("Suppliers").write(0, 0, "2026-11-20")

    shift(source, tmp_path / "same", 0)

    assert (tmp_path / "same" / "a.xlsx").read_bytes() == (source / "a.xlsx").read_bytes()
