"""Reports that somebody has are witnesses against the record, and the record says whether it still supports them."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from markupsafe import Markup

from workbook import paths
from workbook.cli import main
from workbook.model import Draft, IssuedReport
from workbook.report.html import Frame, framed
from workbook.report.shown import Basis, Issue, Shown
from workbook.seals import seal
from workbook.store import Store

HOME = "home"


def run(*arguments: object, code: int = 0) -> Any:
    """What `workbook verify` says, as JSON."""
    made = CliRunner().invoke(main, ["verify", *map(str, arguments), "--json"], catch_exceptions=False)
    assert made.exit_code == code, made.output
    return json.loads(made.stdout)


def issued(store: Store, recipient: str = "Certification body") -> Path:
    """The page of a report that was issued, whose only page is made without a kernel."""
    key, head = store.next_issue(), store.head()
    says = Issue(key, recipient, "auditor", "confidential", store.on)
    shown = Shown(store.name, "auditor", "", head.number, head.hash, store.on)
    frame = Frame("Review", shown=shown, basis=Basis("0.1", "ab", {"engagement": store.name}, {}, says))
    page = Path(str(paths.issued(store.name, int(key[-3:])))) / "03_review.html"
    page.parent.mkdir(parents=True)
    page.write_text(seal(framed(Markup("<p>Three of 40 had no approval.</p>"), frame, "Review")))
    files = {page.name: sha256(page.read_bytes()).hexdigest()}
    held = {"engagement": store.name, "as_of": str(store.on), "issue": says.as_json(), "files": files,
            "head": {"number": head.number, "hash": head.hash}}  # fmt: skip
    manifest = page.with_name("manifest.json")
    manifest.write_text(json.dumps(held))
    digest = sha256(manifest.read_bytes()).hexdigest()
    store.issue(
        IssuedReport(recipient=recipient, as_of=store.on, audience="auditor", head_number=head.number,
                     head_hash=head.hash, files=files, manifest=digest), key)  # fmt: skip
    return page


def record_more(store: Store, name: str) -> None:
    store.save([Draft("systems", f"SYS-{name}", {"name": f"System {name}"})])


def test_a_report_vouches_up_to_its_own_revision_and_says_how_many_follow(store: Store):
    issued(store)
    at = store.head().number - 1
    for name in ("011", "012"):
        record_more(store, name)

    found = run(store.name)
    assert found["ok"]
    assert f"{at} revisions are covered by it, 3 revisions after it are not" in found["witnesses"]
    assert "REP-001 (" in found["witnesses"]


def test_an_older_copy_of_the_ledger_is_found_by_any_issued_report_at_hand(store: Store, tmp_path: Path):
    shutil.copy(tmp_path / HOME / "workbook.db", tmp_path / "older.db")
    record_more(store, "011")
    page = issued(store)
    mailed = Path(shutil.copy(page, tmp_path / "mailed.html"))
    store.ledger.close()
    shutil.copy(tmp_path / "older.db", tmp_path / HOME / "workbook.db")
    shutil.rmtree(tmp_path / HOME / "workbook.db-heads", ignore_errors=True)

    said = " ".join(run(store.name, code=1)["report_damage"])
    assert "holds REP-001, which the record does not know" in said
    assert "which the ledger does not have there: its end was cut off" in said

    shutil.rmtree(page.parent)
    assert run(store.name)["ok"]  # nothing here knows better
    engagement, file = run(store.name, mailed, code=1)
    assert "mailed.html) rests on revision" in " ".join(engagement["report_damage"])
    assert "the record knows no such file" in " ".join(file["problems"])


def test_a_file_that_the_record_knows_is_as_issued_and_says_what_changed_since(store: Store, tmp_path: Path):
    mailed = Path(shutil.copy(issued(store), tmp_path / "as mailed.html"))
    record_more(store, "011")

    found = run(mailed)
    assert (found["ok"], found["known_as"]) == (True, "REP-001")
    assert "Recorded since then: 2 revisions. Changed for a reader: 1 system." in found["notes"]


def test_a_page_that_was_changed_and_sealed_again_is_no_page_that_the_record_knows(store: Store, tmp_path: Path):
    forged = tmp_path / "forged.html"
    forged.write_text(seal(issued(store).read_text().replace("Three of 40", "None of 40")))

    found = run(forged, code=1)
    assert found["problems"] == [
        "It says that it is REP-001, but the record knows no such file under that or any number."
    ]


@pytest.mark.parametrize("change", ["page", "manifest", "added", "both"])
def test_whatever_is_changed_in_an_issued_folder_is_found(store: Store, change: str):
    page = issued(store)
    manifest = page.with_name("manifest.json")
    assert run(page.parent)["ok"]
    if change in ("page", "both"):
        page.write_text(seal(page.read_text().replace("Three", "None")))
    if change in ("manifest", "both"):
        held = json.loads(manifest.read_text())
        held["files"][page.name] = sha256(page.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(held, indent=1))
    if change == "added":
        page.with_name("04_better.html").write_text("<p>All is well.</p>")

    damage = run(store.name, code=1)["report_damage"]
    assert all(said.startswith("REP-001: ") for said in damage)
    assert {"page": 1, "manifest": 1, "added": 1, "both": 2}[change] == len(damage)


def test_an_issued_folder_that_is_gone_is_said_and_no_damage(store: Store):
    shutil.rmtree(issued(store).parent)

    found = run(store.name)
    assert found["ok"]
    assert "The files of REP-001 are not in" in found["notes"][0]


def test_without_a_record_a_file_is_looked_at_alone(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    mailed = Path(shutil.copy(issued(store), tmp_path / "mailed.html"))
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "elsewhere"))

    found = run(mailed)
    assert found["notes"] == ["There is no record of it here, so only the file itself could be looked at."]
    assert not (tmp_path / "elsewhere").exists()
    changed = tmp_path / "changed.html"
    changed.write_text(mailed.read_text().replace("Three", "None"))
    assert "It was changed" in run(changed, code=1)["problems"][0]
    assert "does not exist" in run(tmp_path / "gone.html", code=2)["problems"][0]
    assert len(run(changed, tmp_path / "gone.html", code=1)) == 2


def test_a_witness_on_the_command_line_is_of_one_engagement(store: Store):
    told = CliRunner().invoke(main, ["verify", store.name, "other", "--witness", "f" * 64], catch_exceptions=False)

    assert (told.exit_code, "name that one" in told.output) == (2, True)


def test_nobody_issues_a_report_without_a_name(store: Store):
    told = CliRunner().invoke(main, ["issue", store.name, "--to", "Board", "--audience", "internal"])

    assert (told.exit_code, "Say who releases the report" in told.output) == (2, True)
