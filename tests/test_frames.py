"""Documents filled from the record: what it does not hold is said, what it holds badly is not made better."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.helpers_audit import answer, days_ago, record, row, with_rows
from workbook import paths
from workbook.approving import APPLICABILITY, rows_state
from workbook.catalog import Catalog
from workbook.cli import main
from workbook.errors import BadChecklist, Unknown
from workbook.exchange import frames
from workbook.exchange.frames import document
from workbook.exchange.paper import Gap, Paper, Paragraph, Table, as_markdown
from workbook.model import Engagement, Result
from workbook.record import Record

KINDS = ("audit-programme", "incident-plan", "model-change", "risk-method", "statement-of-applicability")
HEAD = "title: Own\nanswers: roles\n---\n"


def full(catalog: Catalog) -> Record:
    """A record in which nothing is answered, with the questions and registers that are shipped."""
    return replace(record(), catalog=catalog, engagement=Engagement(title="ISMS audit 2027"))


def own(folder: Path, monkeypatch: pytest.MonkeyPatch, frame: str) -> None:
    """A workspace with one frame of its own."""
    (folder / "documents").mkdir()
    (folder / "documents" / "own.md").write_text(frame, encoding="utf-8")
    monkeypatch.setattr(paths, "checklists", lambda: folder)


def filled(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: str, base: Record) -> Paper:
    own(folder, monkeypatch, HEAD + lines)
    return document(base, "own")


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_record_gives_a_document_of_gaps_with_no_word_invented(catalog: Catalog, kind: str):
    made = document(full(catalog), kind)
    frame = frames.frames()[kind]
    ours = {line for _, line in frame.lines}

    assert dict(made.facts)["Version"].startswith("DRAFT")
    assert {b.words for b in made.blocks if isinstance(b, Paragraph)} <= ours
    assert made.gaps >= 3
    assert frame.answers
    assert set(frame.answers) <= set(catalog.questions)
    assert f"{made.gaps}"
    assert as_markdown(made).count("**Not held yet:**") == made.gaps


def test_what_was_answered_stands_there_with_its_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    base = record([answer("roles", Result.NOT_IMPLEMENTED, rationale="Anybody may promote.")])
    made = filled(tmp_path, monkeypatch, "## Rights\n{answer roles}\n{answer deploy}", base)

    assert Paragraph("Anybody may promote.", "Roles (not implemented):") in made.blocks
    assert Gap("answer “Deploy · Credit scoring” (deploy@SYS-001) in 03_control_review.") in made.blocks
    assert made.blocks[-1] == Table(("Question", "Answered as"), (("Roles (roles)", "not implemented"),))


def test_a_result_without_words_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = filled(tmp_path, monkeypatch, "{answer roles}", record([answer("roles", Result.IMPLEMENTED, rationale="-")]))

    assert made.gaps == 1


def test_rows_are_chosen_and_none_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    base = with_rows(
        record(),
        row("people", "P-001", name="Lead auditor", part="auditor"),
        row("people", "P-002", name="Director", part="management"),
    )
    lines = "{rows people where part=auditor: name, competence}\n{rows legal: name}"
    made = filled(tmp_path, monkeypatch, lines, base)

    assert next(b.rows for b in made.blocks if isinstance(b, Table)) == (("P-001", "Lead auditor", "–"),)
    assert Gap("Legal and contractual duties; enter it in 07_management_system.") in made.blocks


def test_the_head_names_the_approved_version_and_else_a_draft(catalog: Catalog):
    control = row("controls", "A.8.2", applicable="yes", reason="Named by risks", statement="By ticket.")
    state = rows_state({"A.8.2": control.values}, APPLICABILITY)
    given = {"subject": "Statement of Applicability", "version": "1.2", "approved_by": "Director", "state": state,
             "recorded_by": "Director", "approved_on": days_ago(3)}  # fmt: skip
    base = with_rows(replace(record(), catalog=catalog), control, row("approvals", "AP-001", **given))
    version = dict(document(base, "statement-of-applicability").facts)["Version"]
    assert version.startswith("1.2. ")

    changed = with_rows(base, row("controls", "A.8.3", applicable="yes"))
    version = dict(document(changed, "statement-of-applicability").facts)["Version"]
    assert version.startswith("DRAFT. Statement of Applicability: changed since version 1.2")


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ("no head", "begin with title:"),
        (HEAD + "{answer nothing}", "line 4: No question is called 'nothing'"),
        (HEAD + "{rows people: age}", "line 4: the register people has no column age"),
        (HEAD + "{rows nothing: name}", "line 4: nothing: name names no register"),
        (HEAD + "{delete everything}", "line 4: {delete everything} is none of"),
        ("title: Own\nanswers: nothing\n---\n", "line 1: No question is called 'nothing'"),
    ],
)
def test_a_frame_that_is_wrong_is_refused_by_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frame: str, says: str
):
    own(tmp_path, monkeypatch, frame)
    with pytest.raises(BadChecklist) as caught:
        document(record(), "own")

    assert "own.md" in str(caught.value)
    assert says in str(caught.value)


def test_a_document_that_does_not_exist_is_named_with_the_nearest(catalog: Catalog):
    with pytest.raises(Unknown, match="risk-method"):
        document(full(catalog), "risk-metod")


def test_the_command_lists_prints_and_writes(tmp_path: Path):
    run = CliRunner()
    assert run.invoke(main, ["new", "isms-2027", "--title", "ISMS audit 2027"]).exit_code == 0

    listed = run.invoke(main, ["document", "isms-2027"])
    assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == list(KINDS)
    assert "# ML incident plan" in run.invoke(main, ["document", "isms-2027", "incident-plan"]).stdout

    made = run.invoke(main, ["document", "isms-2027", "risk-method", "--docx", str(tmp_path / "m.docx")])
    assert "not held yet, and marked so." in made.output
    assert (tmp_path / "m.docx").read_bytes()[:2] == b"PK"
