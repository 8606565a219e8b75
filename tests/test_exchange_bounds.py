"""Files made to exhaust the machine end in a sentence, in little memory; honest files of the same size are read."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers_xlsx import NS, repeated, write_book

MEMORY = 500  # MB
SECONDS = 120  # far more than it takes; nobody waits for a file that never ends
READER = """
import json, sys
from pathlib import Path
from workbook.errors import WorkbookError
from workbook.exchange.tables import read
try:
    says = [[table.name, len(table.lines)] for table in read(Path(sys.argv[1])).tables]
except WorkbookError as error:
    says = str(error)
# not ru_maxrss, which begins with what the process was that started this one
[peak] = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]
print(json.dumps([says, int(peak.split()[1]) // 1024]))
"""


def outcome(path: Path) -> str | list[list[object]]:
    """What reading a file in a process of its own says: the sentence that refuses it, or its tables and their lines."""
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)], capture_output=True, text=True, timeout=SECONDS, check=True
    )
    says, memory = json.loads(done.stdout)
    assert memory < MEMORY, f"{memory} MB"
    return says


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def rows(*cells: str, many: int) -> Iterator[bytes]:
    one = row(*cells).encode()
    yield f"<worksheet {NS}><sheetData>".encode()
    for _ in range(many // 100):
        yield one * 100
    yield b"</sheetData></worksheet>"


HEAD, TAIL = f"<worksheet {NS}><sheetData><row>", "</row></sheetData></worksheet>"
BOMBS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "formats of cells": (
        lambda p: write_book(p, "", styles=repeated(f"<styleSheet {NS}><cellXfs>", "<xf/>", "</cellXfs>", 20)),
        "holds more than 65,536 formats of cells",
    ),
    "fonts": (
        lambda p: write_book(p, "", styles=repeated(f"<styleSheet {NS}><fonts>", "<b/>", "</fonts></styleSheet>")),
        "tags, counted up to xl/styles.xml; no register",
    ),
    "texts": (
        lambda p: write_book(p, "", strings=repeated(f"<sst {NS}>", "<si><t>a</t></si>", "</sst>")),
        "tags, counted up to xl/sharedStrings.xml; no reg",
    ),
    "long texts": (
        lambda p: write_book(p, "", strings=repeated(f"<sst {NS}>", f"<si><t>{'🎈' + 'a' * 9999}</t></si>", "</sst>")),
        "holds more than 150 MB of text",
    ),
    "cells in one row": (lambda p: write_book(p, repeated(HEAD, "<c/>", TAIL)), "no register is that large"),
    "some more cells than a row has": (
        lambda p: write_book(p, repeated(HEAD, "<c/>", TAIL, megabytes=1)),
        "row 1 has more than 16,384 cells",
    ),
    "the same cell again and again": (
        lambda p: write_book(p, repeated(HEAD, '<c r="A1"/>', TAIL, megabytes=1)),
        "row 1 has more than 16,384 cells",
    ),
    "cells": (lambda p: write_book(p, rows(*["<c><v>1</v></c>"] * 100, many=32_000)), "more than 3,000,000 cells"),
    "rows": (lambda p: write_book(p, rows("<c><v>1</v></c>", many=300_000)), "holds more than 200,000 rows"),
    "elements in one another": (
        lambda p: write_book(p, [HEAD.encode(), b"<a>" * 3_000_000, b"</a>" * 3_000_000, TAIL.encode()]),
        "holds elements 60 deep in one another",
    ),
    "elements that mean nothing": (lambda p: write_book(p, repeated(HEAD, "<a/>", TAIL)), "no register is that large"),
    "one text": (
        lambda p: write_book(p, repeated(f'{HEAD}<c t="inlineStr"><is><t>', "a", f"</t></is></c>{TAIL}")),
        "holds a tag or a text that never ends",
    ),
    "one tag": (
        lambda p: write_book(p, repeated("<worksheet a='", "a", "'/>")), "holds a tag or a text that never ends",
    ),
    "kinds of tags": (
        lambda p: write_book(p, [HEAD.encode(), b"".join(b"<a%d/>" % n for n in range(2_000_000)), TAIL.encode()]),
        "holds more than 5,000 kinds of tags and attributes",
    ),
    "entities": (
        lambda p: write_book(p, [b'<!DOCTYPE a [<!ENTITY b "xxx">]><worksheet>&b;</worksheet>']),
        "declares a document type",
    ),
    "one sheet under many names": (
        lambda p: write_book(p, "", about='<sheets><sheet name="S0" r:id="sheet"/></sheets>'),
        "is not a readable .xlsx file",
    ),
    "merged cells": (
        lambda p: write_book(
            p,
            [
                b"".join(rows('<c><v>1</v></c><c><v>2</v></c>', many=50_000)).removesuffix(b"</worksheet>"),
                b"<mergeCells>", b'<mergeCell ref="B1:B1048576"/>' * 90_000, b"</mergeCells></worksheet>",
            ],
        ),
        "merges more cells than a sheet has",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BOMBS)
def test_a_spreadsheet_that_would_exhaust_the_machine_is_refused_in_a_sentence(kind: str, tmp_path: Path):
    make, says = BOMBS[kind]

    assert says in outcome(make(tmp_path / "bomb.xlsx"))


def test_a_list_of_parts_that_takes_all_memory_is_refused(tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        for number in range(100_000):
            packed.writestr(f"{number}", "")

    assert "is not a readable .xlsx file" in outcome(path)


def test_a_part_that_says_it_is_smaller_than_it_is_is_refused(tmp_path: Path):
    honest = write_book(tmp_path / "x.xlsx", repeated(HEAD, "<c/>", TAIL, megabytes=20)).read_bytes()
    with zipfile.ZipFile(tmp_path / "x.xlsx") as packed:
        size = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(honest.replace(size.to_bytes(4, "little"), (2_000).to_bytes(4, "little")))

    assert "is not a readable .xlsx file" in outcome(path)


def test_a_packing_that_unpacks_to_any_size_in_one_step_is_refused(tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as packed:
        packed.writestr("xl/workbook.xml", " " * 100 * 1024**2)

    assert "is not a readable .xlsx file" in outcome(path)


TEXTS = {
    "commas": (lambda: repeated("id,name\n", ",", "", megabytes=47), "line 2: the row that begins here is longer than"),
    "one line": (lambda: repeated("", "a", "", megabytes=95), "line 1: the row that begins here is longer than"),
    "one row of many lines": (lambda: repeated("id\n", '"\n",', "", megabytes=95), "line 2: the row that begins"),
    "some more cells than a row has": (lambda: [b"id\n", b"," * 20_000], "line 2: has 20,001 cells"),
    "cells": (lambda: repeated("id,name\n", "a," * 300 + "\n", "", megabytes=95), "holds more than 3,000,000 cells"),
    "wide letters": (lambda: repeated("id\n", f"🎈{'a' * 996}\n", "", megabytes=95), "more than 150 MB of text"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS)
def test_a_csv_file_that_would_exhaust_the_machine_is_refused_in_a_sentence(kind: str, tmp_path: Path):
    make, says = TEXTS[kind]
    path = tmp_path / "bomb.csv"
    with path.open("wb") as file:
        file.writelines(make())

    assert says in outcome(path)


def test_an_honest_sheet_of_two_hundred_thousand_rows_is_read(tmp_path: Path):
    head = row(*(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in "abcdefghij")).encode()
    body = row(*['<c t="inlineStr"><is><t>Data steward</t></is></c>', "<c><v>12.5</v></c>"] * 5).encode()
    sheet = [f"<worksheet {NS}><sheetData>".encode(), head, body * 200_000, b"</sheetData></worksheet>"]

    assert outcome(write_book(tmp_path / "big.xlsx", sheet)) == [["S1", 200_000]]


def test_an_honest_csv_file_of_two_hundred_thousand_rows_is_read(tmp_path: Path):
    path = tmp_path / "datasets.csv"
    with path.open("w") as file:
        file.write("id,name,owner,a,b,c,d,e,f,g\n")
        file.writelines(f"DS-{number},Loans,Data steward,{number},0.5,x,1,2,3,4\n" for number in range(200_000))

    assert outcome(path) == [["datasets", 200_000]]
