"""The command line: what a script reads, what a person reads, and one sentence for each mistake."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import ROOT
from tests.helpers_pages import code, notebook, saved
from workbook.cli import main


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def audit() -> str:
    run("new", "isms-2027", "--title", "ISMS audit 2027", "--date", "2027-02-01")
    return "isms-2027"


def test_help_teaches_by_example():
    assert "workbook init my-audit" in run("--help").output
    assert "workbook report demo --audience customer" in run("report", "--help").output


def test_a_new_engagement_is_listed(audit: str):
    assert "ISMS audit 2027" in run("list").output
    assert json.loads(run("list", "--json").stdout)[0]["audit_date"] == "2027-02-01"


def test_an_empty_workspace_says_what_to_do_first():
    assert "workbook new NAME" in run("list").output
    assert json.loads(run("list", "--json").stdout) == []


def test_listing_makes_no_database(tmp_path: Path):
    run("list")

    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", ["status", "history", "verify", "report"])
def test_an_unknown_engagement_is_answered_with_near_names(audit: str, command: str):
    result = run(command, "isms-2072", code=2)

    assert "Did you mean isms-2027?" in result.stderr
    assert "Traceback" not in result.output


def test_a_name_that_is_taken_is_refused(audit: str):
    assert "exists already" in run("new", audit, code=2).stderr


@pytest.mark.parametrize("date", ["soon", "2027-02-30", "2.2.27", "0001-01-02", "46356", "03/04/2027"])
def test_a_bad_date_is_refused_by_the_name_of_its_option(date: str):
    assert f"workbook: --date '{date}' " in run("new", "x1", "--date", date, code=2).stderr


def test_history_tells_who_said_what(audit: str):
    run("new", "other", "--as", "Security lead")
    told = json.loads(run("history", "other", "--json").stdout)

    assert [(r["actor"], r["kind"], r["version"]) for r in told] == [("Security lead", "engagement", 1)]
    assert "Security lead" in run("history", "other").output


def test_history_of_an_unknown_kind_names_the_kinds_there_are(audit: str):
    assert "engagement" in run("history", audit, "answr", code=2).stderr


def test_verify_says_intact_and_names_a_wrong_witness(audit: str):
    assert "intact" in run("verify", audit).output
    head = json.loads(run("verify", audit, "--json").stdout)["head"]
    assert run("verify", audit, "--witness", head[:16]).exit_code == 0
    assert "NOT intact" in run("verify", audit, "--witness", "f" * 64, code=1).output


def test_status_shows_every_page_and_what_is_due(audit: str):
    found = json.loads(run("status", audit, "--json").stdout)

    assert found["pages"][0]["page"] == "00_start"
    assert found["due_next"]
    assert "03_control_review" in run("status", audit).output


@pytest.mark.parametrize("command", ["status", "report"])
@pytest.mark.parametrize(("as_of", "words"), [("r0", "counted from 1"), ("r99999", "newest is r1"), ("rabc", "r388")])
def test_a_revision_that_is_none_is_answered_in_one_sentence(audit: str, command: str, as_of: str, words: str):
    result = run(command, audit, "--as-of", as_of, code=2)

    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_what_is_issued_is_what_was_made_whatever_is_recorded_since(
    audit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "n").mkdir()
    monkeypatch.setattr("workbook.paths.notebooks", lambda: tmp_path / "n")
    others = "from workbook.model import Draft\nfrom workbook.workspace import open_store\n"
    others += "open_store(engagement).save([Draft('systems', 'SYS-001', {'name': 'x'})])"
    names = "\n".join(f'{n}: str = ""  # a parameter' for n in ("engagement", "system", "as_of", "audience", "mode"))
    saved(tmp_path / "n", notebook(code(others), parameters=names), "01_data_inventory")

    run("report", audit, "--issue", "certification body")

    issued = json.loads(run("history", audit, "issued", "--json").stdout)[0]["body"]
    folder = tmp_path / "home" / audit
    assert (issued["recipient"], issued["head_number"]) == ("certification body", 1)
    assert set(issued["files"]) == {"01_data_inventory.html", "index.html", "notebooks/01_data_inventory.ipynb"}
    for name, digest in issued["files"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest


def test_import_shows_first_and_imports_all_or_nothing(audit: str, tmp_path: Path):
    good = tmp_path / "systems.csv"
    good.write_text("id,name,owner\nSYS-001,Credit scoring,Credit lead\n")
    shown = json.loads(run("import", audit, str(good), "--dry-run", "--json").stdout)
    assert json.loads(run("history", audit, "--json").stdout)[-1]["kind"] == "engagement"
    assert "systems" in json.dumps(shown)

    run("import", audit, str(good))
    assert json.loads(run("history", audit, "systems", "--json").stdout)[0]["key"] == "SYS-001"

    bad = tmp_path / "datasets.csv"
    bad.write_text("id,name,classification\nDS-001,Loans,internal\nDS-002,Chats,secret\n")
    refused = run("import", audit, str(bad), code=1)
    assert "secret" in refused.output
    assert "Nothing was imported" in refused.stderr
    assert "No kind of revision is called 'datasets'" in run("history", audit, "datasets", code=2).stderr


def test_check_finds_a_broken_checklist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run("init", str(tmp_path / "mine"))
    monkeypatch.chdir(tmp_path / "mine")
    assert run("check").exit_code == 0

    file = tmp_path / "mine" / "checklists" / "engagement.yaml"
    file.write_text(file.read_text().replace("title:", "titel:", 1))
    found = run("check", code=1)

    assert "NOT checklists: engagement.yaml, line" in found.output


def test_init_lays_out_the_shipped_pages(tmp_path: Path):
    run("init", str(tmp_path / "mine"))

    shipped = {p.name for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert {p.name for p in (tmp_path / "mine" / "notebooks").glob("*.ipynb")} == shipped


@pytest.mark.parametrize("day", ["20270202", "2027-W05-2", "2.2.2027", "2 Feb 2027", "2027-02-02T09:00"])
def test_a_day_may_be_written_in_any_form_that_means_one_and_is_told(day: str):
    assert "with its audit on 2027-02-02" in run("new", "isms-2028", "--date", day).output


def test_the_home_of_nobody_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_HOME", "~nosuchuser/audits")

    assert "WORKBOOK_HOME is '~nosuchuser/audits', but there is no such user here" in run("list", code=2).stderr
