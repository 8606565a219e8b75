"""The Statement of Applicability as files: 93 rows, what is missing is said, and nothing in a cell computes."""

import io
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner

from tests.helpers_audit import record, row, with_rows
from workbook.cli import main
from workbook.exchange.paper import Gap, Heading, Paper, Paragraph, Table, as_docx, as_markdown
from workbook.exchange.soa import as_paper, as_sheet
from workbook.record import Record

ACTIVE = '=HYPERLINK("http://evil.example","open")'


@pytest.fixture(scope="module")
def base() -> Record:
    told = {"applicable": "yes", "reason": ACTIVE, "statement": "<script>alert(1)</script> | \x0b x", "owner": "+49 30"}
    return with_rows(record(), row("controls", "A.8.2", **told))


def test_the_sheet_has_93_rows_and_no_formula(base: Record):
    book = openpyxl.load_workbook(io.BytesIO(as_sheet(base)))
    lines = list(book["Statement of Applicability"].iter_rows(min_row=2))

    assert len(lines) == 93
    assert {cell.data_type for line in lines for cell in line} <= {"s", "n"}
    assert [cell.value for line in lines for cell in line if cell.value == ACTIVE] == [ACTIVE]
    assert sum(line[2].value == "not decided" for line in lines) == 92
    assert "DRAFT" in str([cell.value for line in book["About"] for cell in line])


def test_the_document_says_first_what_is_missing(base: Record):
    word = docx.Document(io.BytesIO(as_docx(as_paper(base))))

    assert "Not held yet: 1 of 93 controls are decided (92 not decided)." in [p.text for p in word.paragraphs]
    assert [len(table.rows) for table in word.tables] == [5, 94]
    assert "DRAFT" in word.tables[0].rows[4].cells[1].text


def test_what_somebody_typed_is_no_markup_in_markdown():
    blocks = (
        Heading(1, "# one"),
        Paragraph("- no list <b>[x](http://evil.example)</b>", "Lead"),
        Gap("answer *it*"),
        Table(("a|b",), (("x | y\nz",),)),
    )
    words = as_markdown(Paper("T", (("Version", "DRAFT"),), blocks))

    assert "## \\# one" in words
    assert "**Lead** \\- no list \\<b\\>\\[x\\](http://evil.example)\\</b\\>" in words
    assert "> **Not held yet:** answer \\*it\\*" in words
    assert "| x \\| y z |" in words


def test_the_command_writes_what_it_is_called_and_says_what_is_open(tmp_path: Path):
    assert CliRunner().invoke(main, ["new", "isms-2027", "--title", "ISMS audit 2027"]).exit_code == 0
    run = CliRunner().invoke(main, ["soa", "isms-2027", "--xlsx", str(tmp_path / "soa.csv")])

    assert run.exit_code != 0
    assert "call the file soa.xlsx" in run.output

    run = CliRunner().invoke(main, ["soa", "isms-2027", "--docx", str(tmp_path / "soa.docx")])

    assert run.exit_code == 0, run.output
    assert "0 of 93 controls are decided" in run.output
    assert (tmp_path / "soa.docx").stat().st_size > 10_000
