"""The command line: what a script reads, what a person reads, and one sentence for each mistake."""

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from tests.conftest import LEAD, ROOT
from tests.helpers_cli import workbook
from workbook import paths
from workbook.cli import main
from workbook.model import Draft, Engagement, Person
from workbook.workspace import open_ledger, open_store


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


def test_a_record_with_days_of_before_they_had_a_range_still_opens(audit: str):
    store = open_store(audit)
    old = {"title": "Old", "audit_date": "0001-01-02", "period_to": "9999-12-31"}
    rows = [
        Draft("engagement", "engagement", old, 1),
        Draft("datasets", "DS-001", {"name": "a", "delete_by": "9999-12-31"}),
    ]
    store.ledger.append(audit, rows, Person("Lead"))
    store.ledger.close()

    assert "audit on 0001-01-02" in run("status", audit).output
    assert json.loads(run("status", audit, "--json").stdout)["open_points"]
    assert "0001-01-02" in run("list").output
    assert "intact" in run("verify", audit).output


def test_history_tells_who_said_what(audit: str):
    run("new", "other", "--as", "Security lead")
    told = json.loads(run("history", "other", "--json").stdout)

    assert [(r["actor"], r["kind"], r["version"]) for r in told] == [("Security lead", "engagement", 1)]
    assert "Security lead" in run("history", "other").output


def test_history_shows_the_newest_and_all_of_it_when_asked(audit: str):
    for n in range(3):
        open_store(audit, LEAD).save_row("datasets", "", {"name": f"Set {n}"}, 0)

    last = json.loads(run("history", audit, "--last", "2", "--json").stdout)
    assert [r["revision"] for r in last] == [3, 4]
    assert "(2 older revisions are not shown; --all shows them)" in run("history", audit, "--last", "2").output
    assert len(json.loads(run("history", audit, "--last", "2", "--all", "--json").stdout)) == 4


@pytest.mark.parametrize("last", ["0", "-5", "many"])
def test_history_takes_a_positive_number(audit: str, last: str):
    assert "--last" in run("history", audit, "--last", last, code=2).output


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


def test_import_shows_first_and_imports_all_or_nothing(audit: str, tmp_path: Path):
    good = tmp_path / "systems.csv"
    good.write_text("id,name,owner\nSYS-001,Credit scoring,Credit lead\n")
    shown = json.loads(run("import", audit, str(good), "--dry-run", "--json").stdout)
    assert json.loads(run("history", audit, "--json").stdout)[-1]["kind"] == "engagement"
    assert "systems" in json.dumps(shown)

    run("import", audit, str(good))
    assert json.loads(run("history", audit, "systems", "--json").stdout)[0]["key"] == "SYS-001"

    bad = tmp_path / "datasets.csv"
    bad.write_text("id,name,classification\nDS-001,Loans,internal\nDS-002,Chats,purple\n")
    refused = run("import", audit, str(bad), code=1)
    assert "purple" in refused.output
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


def test_an_engagement_begins_in_a_time_zone_and_its_commands_show_moments_there():
    assert "its days are days in Asia/Kathmandu" in run("new", "isms-2028", "--time-zone", "Asia/Kathmandu").output
    assert "UTC+05:45" in run("history", "isms-2028").output
    assert "(Asia/Kathmandu)" in run("status", "isms-2028").output
    assert json.loads(run("status", "isms-2028", "--json").stdout)["time_zone"] == "Asia/Kathmandu"

    assert "Did you mean Asia/Kathmandu" in run("new", "isms-2029", "--time-zone", "Kathmandu", code=2).stderr


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_the_days_of_an_engagement_are_those_of_its_machine_unless_somebody_says_otherwise(zone: str):
    def workbook(*arguments: str) -> str:
        command = [sys.executable, "-m", "workbook", *arguments]
        done = subprocess.run(command, env=os.environ | {"TZ": zone}, capture_output=True, text=True, check=True)
        return done.stdout

    assert f"days in {zone}." in workbook("new", "isms-2028")
    today = str(datetime.now(ZoneInfo(zone)).date())
    assert f"as of {today} ({zone})" in workbook("status", "isms-2028", "--as-of", today)


@pytest.mark.parametrize("command", ["status", "report"])
def test_a_state_that_lies_ahead_is_refused(audit: str, command: str):
    for as_of in ("2199-12-31", "r1@2199-12-31", "2199-12-31T12:00+00:00"):
        assert "lies ahead" in run(command, audit, "--as-of", as_of, code=2).stderr


def test_the_home_of_nobody_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_HOME", "~nosuchuser/audits")

    assert "WORKBOOK_HOME is '~nosuchuser/audits', but there is no such user here" in run("list", code=2).stderr


# whatever is given --------------------------------------------------------------------------------------------------

HALF = "\udcff"  # what Python makes of the byte FF in an argument
LONG = "x" * 5_000


def refused(*arguments: str, **options: Any) -> str:
    """The one sentence with which the command is refused."""
    result = CliRunner().invoke(main, list(arguments), **options)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    sentences = [line for line in result.stderr.splitlines() if line.startswith(("workbook: ", "Error: "))]
    assert len(sentences) == 1, result.stderr
    assert len(sentences[0]) < 700
    assert "Something went wrong" not in sentences[0]
    return sentences[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["status", "isms-2027", "--as-of", "0001-01-01T00:00+14:00"], "as_of"),
        (["status", "isms-2027", "--as-of", "9999-12-31T23:59-14:00"], "as_of"),
        (["new", "x1", "--title", HALF], "title"),
        (["new", "x1", "--organisation", HALF], "organisation"),
        (["new", "x1", "--as", HALF], "half of a character"),
        (["new", "x1", "--date", HALF], "is not a da"),
        (["new", HALF], "title"),
        (["status", HALF], "No engagement is called"),
        (["issue", "isms-2027", "--to", HALF, "--audience", "auditor"], "recipient"),
        (["report", "isms-2027", "--page", HALF], "No page is called"),
        (["report", "isms-2027", "--system", HALF], "is called"),
        (["history", "isms-2027", "engagement", HALF], "half of a character"),
        (["import", "isms-2027", HALF + ".csv"], "does not exist"),
        (["import", "isms-2027", LONG + ".csv"], "does not exist"),
        (["init", "/proc/x"], "cannot become a workspace"),
        (["init", LONG], "too long"),
        (["backup", "/proc/x/y"], "could not be made"),
        (["backup", LONG], "too long"),
        (["demo", "--workers", "0"], "is not in the range"),
        (["history", "isms-2027", "--last", "many"], "is not a valid"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    audit: str, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
):
    monkeypatch.delenv("WORKBOOK_DEBUG")

    assert says in refused(*arguments)


@pytest.mark.parametrize(
    ("home", "says"),
    [
        ("~nobodyxyz/x", "no such user here"),
        (LONG, "too long"),
        ('"/srv/audits"', "quotation mark"),
        ("'/srv/audits'", "quotation mark"),
        ("/dev/null", "not a folder"),
    ],
)
def test_a_home_that_cannot_be_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch, home: str, says: str):
    monkeypatch.setenv("WORKBOOK_HOME", home)

    assert says in refused("list")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://127.0.0.1:abc/x",
        "postgresql://127.0.0.1:1/x?port=abc",
        "postgresql://127.0.0.1:1/x?plugin=evil",
        "postgresql://127.0.0.1:1/x?conninfo=y",
        "postgresql://127.0.0.1:99999/x",
        f"postgresql://127.0.0.1:1/{HALF}",
        "sqlite:///:memory:",
        "sqlite://",
        "sqlite:////dev/zero",
        f"sqlite:////{LONG}",
        "mysql://x",
        "sqlite",
    ],
)
@pytest.mark.parametrize("command", [["list"], ["new", "x1"]])
def test_an_address_of_no_ledger_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, address: str, command: list[str]
):
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", address)
    monkeypatch.delenv("WORKBOOK_DEBUG")

    refused(*command)


SECRETS = (
    "postgresql://app:CANARYpw@127.0.0.1:1/x",
    "postgresql://app:CANARY%2Fpw%40@127.0.0.1:1/x",
    "postgresql://app:CANARY/pw@x@127.0.0.1:1/x",
    "postgresql://127.0.0.1:1/x?user=app&password=CANARYpw",
    "postgresql://127.0.0.1:1/x?user=app&password=CANARYpw&sslpassword=CANARYtoo",
    "postgresql://127.0.0.1:1/x?sslpassword=CANARY%20pw&nonsense=1",
    "postgresql://127.0.0.1:1/x?conninfo=password%3DCANARYpw%20CANARYpw",
    "host=127.0.0.1 port=1 user=app password=CANARYpw",
    "host=127.0.0.1 password='CANARY pw'",
    "postgresql://app:CANARYpw@127.0.0.1:CANARYpw/x",
    "mysql://app:CANARYpw@127.0.0.1/x",
)


@pytest.mark.parametrize("address", SECRETS)
@pytest.mark.parametrize(
    "command", [["list"], ["check"], ["status", "x1"], ["verify", "x1"], ["report", "x1"], ["new", "x1"]]
)
def test_a_password_is_never_said(monkeypatch: pytest.MonkeyPatch, address: str, command: list[str]):
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", address)

    for form in ([], ["--json"]):
        result = CliRunner().invoke(main, [*command, *form])
        assert result.exit_code in (1, 2)
        assert "CANARY" not in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is full")
def test_a_full_disk_where_the_answer_should_go_is_told_in_one_sentence(audit: str):
    with Path("/dev/full").open("w") as full:
        run = workbook("history", audit, stdout=full)

    assert (run.returncode, run.stderr) == (2, "workbook: The answer could not be printed: No space left on device.\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_reader_who_has_seen_enough_is_no_mistake(audit: str):
    there, here = os.pipe()
    os.close(there)
    with os.fdopen(here, "w") as closed:
        run = workbook("history", audit, stdout=closed)

    assert run.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let a folder go that somebody is in")
def test_a_working_folder_that_was_deleted_is_told_in_one_sentence(tmp_path: Path):
    gone = "import os, runpy, sys; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); "
    code = gone + "sys.argv = ['workbook', 'list']; runpy.run_module('workbook', run_name='__main__')"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)

    assert (run.returncode, run.stderr) == (2, "workbook: The folder you are in was deleted; change to another one.\n")


def test_a_defect_of_ours_is_one_sentence_and_loud_for_whoever_asks(audit: str, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise KeyError("what nobody foresaw")

    monkeypatch.setattr("workbook.store.Store.history", broken)
    with pytest.raises(KeyError):
        run("history", audit)

    monkeypatch.delenv("WORKBOOK_DEBUG")
    result = run("history", audit, code=2)
    assert "KeyError: 'what nobody foresaw'. WORKBOOK_DEBUG=1 shows where" in result.stderr
    assert "Traceback" not in result.stderr


# names of the workspace's own ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["evidence", "workbook.db", "workbook.db-journal", "chosen", "inbox", "incoming",
                                  "notebooks", "checklists", "outputs", "con", "nul.2027", "lpt1"])  # fmt: skip
def test_an_engagement_cannot_take_the_name_of_something_of_the_workspaces_own(tmp_path: Path, name: str):
    assert "something of the workspace's own is called so" in refused("new", name)
    assert json.loads(run("list", "--json").stdout) == []


def test_a_ledger_that_was_moved_keeps_its_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", f"sqlite:///{tmp_path / 'home' / 'team.db'}")

    assert "is called so" in refused("new", "team.db")


@pytest.mark.parametrize("name", ["evidence", "workbook.db", "chosen"])
def test_an_engagement_that_has_such_a_name_already_works_and_its_results_lie_apart(tmp_path: Path, name: str):
    body = Engagement(title="ISMS audit").body()
    with closing(open_ledger()) as ledger:
        ledger.append(name, [Draft("engagement", "engagement", body)], Person("Security lead"))

    run("status", name)
    assert paths.results(name) == tmp_path / "home" / f"_{name}"
    assert "cannot be an engagement's name" in refused("new", f"_{name}")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_check_names_what_everybody_on_this_machine_may_open(
    audit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert {c["check"]: c["ok"] for c in json.loads(run("check", "--json").stdout)}["rights"]

    (tmp_path / "home" / "workbook.db").chmod(0o644)
    monkeypatch.setattr("os.geteuid", lambda: 12_345)  # not ours, so we leave it as it is

    assert f"everybody on this machine may open {tmp_path / 'home' / 'workbook.db'}" in run("check", code=1).output
