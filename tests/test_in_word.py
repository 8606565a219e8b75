"""A report's documents to be edited: what the pages say stands in them, of the same state, and nothing else."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn

from tests.helpers_audit import TODAY, answer, days_ago, record, row
from workbook.audience import Edition
from workbook.exchange.customer_paper import customer_paper
from workbook.exchange.findings import findings_paper
from workbook.exchange.paper import Paper, as_docx
from workbook.exchange.summary import MOST, Before, summary_paper
from workbook.model import Head, Result
from workbook.record import Record
from workbook.redacting import redact
from workbook.report import ReportRun
from workbook.report.handouts import in_word
from workbook.store import Store

SECRET = "The registry lets five people promote alone"
FINDING = row(
    "findings", "FI-001", name="No ticket", grade="major nonconformity", grade_reason="systemic failure",
    requirement="A.8.32", statement=SECRET, shortfall="Nothing prevents the next one.", owner="Platform lead",
    auditor="Ann", status="open", raised_on=days_ago(20), due=days_ago(3),
)  # fmt: skip
ACTION = row(
    "actions", "CA-001", name="Refuse it", finding="FI-001", owner="Platform lead", due=days_ago(6),
    status="under way", cause="Rights were never taken back.",
)  # fmt: skip
BARE = row("findings", "FI-002", name="No log", grade="minor nonconformity", status="closed", closed_on=days_ago(1))


def read(paper: Paper) -> Document:
    return docx.Document(io.BytesIO(as_docx(paper)))


def words(paper: Paper) -> str:
    """All that stands in the file, cells in the order of their tables."""
    return text_of(read(paper))


def text_of(word: Document) -> str:
    parts = [p.text for p in word.paragraphs]
    parts += [cell.text for table in word.tables for line in table.rows for cell in line.cells]
    return "\n".join(parts)


@pytest.fixture(scope="module")
def base() -> Record:
    risk = row("risks", "R-001", name="A leak", likelihood=4, consequence=4, owner="Product owner")
    signed = row("sign_offs", "SO-001", name="Security lead", capacity="security lead", decision="agrees",
                 signed_on=days_ago(2), recorded_by="Clerk")  # fmt: skip
    return record([answer("roles", Result.PARTIAL)], rows=[FINDING, ACTION, BARE, risk, signed])


def test_the_summary_says_what_page_06_says_before_its_appendices(base: Record):
    word = read(summary_paper(base, Before()))
    said = text_of(word)

    assert [p.text for p in word.paragraphs if p.style.name == "Heading 1"] == [
        "Summary", "What matters most", "Risks today", "Findings and how they are answered", "What changed",
        "Decisions asked for", "Sign-offs", "What this report does not say",
    ]  # fmt: skip
    assert "Verdict: Not ready." in said
    assert "short of “ready for internal audit”:" in said
    assert "R-001 A leak\nhigh, 16\nProduct owner\nnone chosen" in said
    assert "FI-001 No ticket\nmajor nonconformity\nPlatform lead\n19 Nov 2026, overdue 3 days" in said
    assert "CA-001 Refuse it: under way, overdue 6 days" in said
    assert "No report was issued yet" in said
    assert "Treat, or accept until a day, R-001 A leak: high, 16 today" in said
    assert "0 of 1 sign-off given" in said
    assert "Security lead (recorded by Clerk for them, no signed paper)\nsecurity lead\nagrees\n–\nnot signed" in said
    assert "Certification is decided by an accredited certification body." in said


def test_each_document_says_of_whom_what_and_when_it_is_and_that_it_was_not_issued(base: Record):
    for paper in (summary_paper(base, Before()), findings_paper(base)):
        head = {line.cells[0].text: line.cells[1].text for line in read(paper).tables[0].rows}

        assert head["Organisation"] == "Northlight Credit"
        assert head["Made from"] == "revision r12 on 22 Nov 2026"
        assert head["Edition"] == "internal"
        assert head["Status"] == "Working copy, not issued"


def test_a_finding_has_its_three_parts_grade_and_actions(base: Record):
    said = words(findings_paper(base))

    assert "2 of 2 findings open: 1 major nonconformity, 1 minor nonconformity; 1 overdue." in said
    assert f"Requirement. A.8.32\nWhat was found. {SECRET}\nGap. Nothing prevents the next one." in said
    assert "Grade\nmajor nonconformity (systemic failure)" in said
    assert "Root cause: Rights were never taken back." in said
    assert "Overdue 6 days" in said


def test_what_a_finding_lacks_is_said_and_a_closure_without_proof_is_none(base: Record):
    said = words(findings_paper(base))

    for part in ("requirement", "what was found", "gap"):
        assert f"Not held yet: {part} of FI-002" in said
    assert "Not held yet: a corrective action for FI-002" in said
    assert "said to be closed, and open all the same: " in said
    assert "closed 21 Nov 2026, verified by" not in said


def test_an_observation_lacks_neither_gap_nor_action():
    seen = replace(BARE, values={**BARE.values, "grade": "observation", "requirement": "A.5.9", "statement": "Seen."})
    said = words(findings_paper(record(rows=[seen])))

    assert "Not held yet" not in said
    assert "closed 21 Nov 2026, verified by nobody named" in said


def test_an_empty_record_is_no_good_news():
    said = words(summary_paper(record(), Before())) + words(findings_paper(record()))

    assert "No risk is in the register yet." in said
    assert said.count("The internal audit has raised no finding yet.") == 2
    assert "Nobody has signed yet." in said


def test_a_customer_reads_figures_and_dates_and_no_word_that_somebody_typed(base: Record):
    said = words(customer_paper(redact(base, Edition("customer"), b"")[1]))

    assert [
        w for w in (SECRET, "No ticket", "Platform lead", "A leak", "Clerk", "Ann\n", "withheld") if w in said
    ] == []
    assert "2 open: 1 major nonconformity, 1 minor nonconformity" in said
    assert "What this edition leaves out" in said


def test_what_somebody_typed_is_text_and_what_nobody_sees_is_shown():
    hostile = "</w:t></w:r><w:br/> {MERGEFIELD x} =HYPERLINK(1) \x0b \ufffe \u202eneddih"
    finding = row("findings", "FI-001", name=hostile, statement=hostile, grade="observation", status="open")
    word = read(findings_paper(record(rows=[finding])))

    assert "</w:t></w:r><w:br/> {MERGEFIELD x} =HYPERLINK(1) ⟦U+000B⟧   ⟦U+202E⟧neddih" in text_of(word)
    body = word.element.body
    assert not list(body.iter(qn("w:fldSimple"), qn("w:instrText"), qn("w:hyperlink")))


def test_each_sheet_says_what_it_belongs_to_and_which_it_is(base: Record):
    foot = read(summary_paper(base, Before())).sections[0].footer

    assert foot.paragraphs[0].text.startswith("Management summary · ")
    assert "Working copy, not issued" in foot.paragraphs[0].text
    assert [f.get(qn("w:instr")) for f in foot._element.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


def test_headers_of_tables_stand_on_every_sheet(base: Record):
    tables = [t for t in read(summary_paper(base, Before())).tables if t.rows[0].cells[0].text != "Organisation"]

    assert len(tables) > 3
    assert all(list(t.rows[0]._tr.iter(qn("w:tblHeader"))) for t in tables)


def test_what_changed_since_the_issued_report_is_counted_and_the_worse_is_named(base: Record):
    then = replace(base, head=Head(3, "0" * 64), on=TODAY - timedelta(days=30), rows={**base.rows, "findings": ()})
    said = words(summary_paper(base, Before(issued=then)))

    assert "Since 23 Oct 2026, the day of the report that was issued last (revision 3): not ready → not ready" in said
    assert "Finding\n2\n0\n2" in said
    assert "No ticket: raised, major nonconformity, open" in said


def test_what_is_not_listed_is_counted():
    many = [row("findings", f"FI-{n:03d}", grade="observation", status="open") for n in range(1, MOST + 3)]
    said = words(summary_paper(record(rows=many), Before(issued=record())))

    assert "And 2 more findings: findings.docx, or Internal audit, a page of the report." in said
    assert "And 2 more changes: for the worse, too, on the page Audit report." in said


def test_the_documents_are_of_the_state_of_the_run_and_no_manifest_holds_them(store: Store, tmp_path: Path):
    store.save_row("findings", "", {"name": "Told", "grade": "observation", "status": "open"}, 0)
    seen = store.record()
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {}}))
    store.save_row("findings", "", {"name": "Came later", "grade": "observation", "status": "open"}, 0)
    run = ReportRun(store.name, seen.head, seen.on, tmp_path, ())
    places = in_word(run, "SYS-001", "auditor")
    said = {str(place): text_of(docx.Document(str(place))) for place in places}

    assert sorted(p.name for p in tmp_path.glob("*.docx")) == [
        "findings.docx", "statement_of_applicability.docx", "summary.docx",
    ]  # fmt: skip
    assert all(f"revision r{seen.head.number} on" in text for text in said.values())
    assert all("auditor" in text and "Working copy, not issued" in text for text in said.values())
    assert "Told" in said[str(tmp_path / "findings.docx")]
    assert not any("Came later" in text for text in said.values())
    assert "93 controls are decided" in said[str(tmp_path / "statement_of_applicability.docx")]
    assert json.loads((tmp_path / "manifest.json").read_text()) == {"files": {}}
