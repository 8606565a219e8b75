"""`workbook verify` always ends in a verdict, whatever was changed, lost or is not understood."""

import json
import os
import random
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from workbook.cli import main
from workbook.model import Answer, Draft, IssuedReport, Person
from workbook.model import Result as Judged
from workbook.store import Store
from workbook.workspace import open_store

FLIPS = int(os.environ.get("WORKBOOK_TEST_FLIPS", "300"))
ANN = Person("Ann")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"WORKBOOK_DEBUG": "1"}, catch_exceptions=False)


def verify(*options: str) -> tuple[int, str]:
    result = run("verify", "small", *options)
    return result.exit_code, result.output


@pytest.fixture
def small() -> Store:
    """A small engagement with an answer, evidence, a deleted piece of evidence and an issued report."""
    assert run("new", "small", "--title", "Small").exit_code == 0
    store = open_store("small", ANN)
    store.save([Draft("systems", "SYS-001", {"name": "Credit scoring"})])
    key, _ = store.attach_bytes("roles.csv", [b"role,person\n"])
    gone, _ = store.attach_bytes("old.csv", [b"role,nobody\n"])
    store.save_answer(Answer(question="am-dev-tools", result=Judged.PARTIAL, rationale="Yes", evidence=(key,)), 0)
    store.delete("evidence", gone, 1)
    head = store.head()
    store.issue(IssuedReport(recipient="Board", as_of=store.on, head_number=head.number, head_hash=head.hash))
    return store


def ledger_file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "workbook.db"


def rows(path: Path) -> object:
    """The revisions, read by a plain scan; the class of the error if they cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT * FROM revision NOT INDEXED").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return type(error)


def test_whatever_byte_is_changed_there_is_a_verdict_that_names_the_revision(small: Store, tmp_path: Path):
    path = ledger_file(tmp_path)
    whole, base, rng = path.read_bytes(), rows(path), random.Random(11)
    first = whole.index(b'"title":"Small"') // 4096 * 4096  # where the revisions begin; before them is the schema
    changed = 0
    for n in range(FLIPS):
        at = rng.randrange(first, first + 4096) if n % 3 else rng.randrange(len(whole))
        damaged = bytearray(whole)
        damaged[at] ^= rng.randrange(1, 256)
        path.write_bytes(damaged)
        found = rows(path)
        code, said = verify()
        assert code in (0, 1), (at, said)
        if isinstance(found, list) and found != base:
            changed += 1
            assert code == 1, at
            assert "Revision " in said, (at, said)
        elif found != base:
            assert code == 1, at
    assert changed > FLIPS // 4


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE revision SET actor = CAST(x'ff41' AS TEXT) WHERE number = 3",
        "UPDATE revision SET payload = CAST(payload AS TEXT) WHERE number = 3",
        "UPDATE revision SET hash = 7 WHERE number = 3",
        "UPDATE revision SET version = 'two' WHERE number = 3",
        "UPDATE revision SET key = x'00' WHERE number = 3",
        "UPDATE revision SET at = 'yesterday' WHERE number = 3",
        "UPDATE revision SET payload = x'ff' WHERE number = 3",
        "UPDATE revision SET payload = CAST(replace(CAST(payload AS TEXT), 'sha256', 'sha257') AS BLOB)"
        " WHERE number = 3",
        "UPDATE revision SET payload = CAST(replace(CAST(payload AS TEXT), '\"body\"', '\"bodi\"') AS BLOB)"
        " WHERE number = 3",
        "DELETE FROM revision WHERE number = 3",
    ],
)
def test_whatever_a_revision_holds_instead_is_named(small: Store, tmp_path: Path, change: str):
    with closing(sqlite3.connect(ledger_file(tmp_path), isolation_level=None)) as connection:
        for trigger in ("update", "delete"):
            connection.execute(f"DROP TRIGGER revision_no_{trigger}")
        connection.execute(change)

    code, said = verify()
    assert code == 1
    assert "Revision 3 " in said


@pytest.mark.parametrize("change", ["DROP COLUMN part", "RENAME COLUMN payload TO load", "RENAME TO something"])
def test_a_table_that_lost_a_part_gets_a_verdict(small: Store, tmp_path: Path, change: str):
    with closing(sqlite3.connect(ledger_file(tmp_path))) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(f"ALTER TABLE revision {change}")

    assert verify()[0] == 1


def test_a_ledger_that_another_program_altered_is_verified_all_the_same(small: Store, tmp_path: Path):
    with closing(sqlite3.connect(ledger_file(tmp_path))) as connection:
        connection.execute("CREATE TRIGGER evil AFTER INSERT ON revision BEGIN SELECT 1; END")

    code, said = verify()
    assert (code, "trigger evil" in said) == (1, True)
    assert run("status", "small").exit_code == 2


def test_a_cut_off_end_is_found_by_the_workspace_itself(small: Store, tmp_path: Path):
    with closing(sqlite3.connect(ledger_file(tmp_path), isolation_level=None)) as connection:
        [(trigger,)] = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'revision_no_delete'")
        connection.execute("DROP TRIGGER revision_no_delete")
        connection.execute("DELETE FROM revision WHERE number = 7")
        connection.execute(trigger)

    code, said = verify()
    assert code == 1
    assert "Revision 7 is missing, and all up to 7, which this workspace saw" in said
    assert str(tmp_path / "home" / "workbook.db-heads" / "small") in said


def test_an_old_witness_says_how_far_it_vouches(small: Store):
    early, newest = small.ledger.head("small", upto=3), small.head()

    assert (
        "revision 3: it vouches for all up to there, and says nothing of the 4 since"
        in verify("--witness", early.hash)[1]
    )
    assert "it vouches for all of them" in verify("--witness", newest.hash)[1]
    assert json.loads(verify("--witness", early.hash, "--json")[1])["witnessed"] == 3


# ---- evidence


def test_a_file_that_vanished_is_missed_even_after_its_record_was_deleted(small: Store):
    assert verify()[0] == 0
    small.vault.path_of(small.history("evidence", "EV-0002")[0].body["sha256"]).unlink()

    code, said = verify()
    assert code == 1
    assert "evidence EV-0002: The evidence file old.csv is missing" in said


# ---- reports


def issued(small: Store, tmp_path: Path) -> Path:
    """The folder of a report that was issued: a page, and the manifest that names it."""
    folder = tmp_path / "home" / "small"
    folder.mkdir()
    page = folder / "03_control_review.html"
    page.write_text("<p>As issued</p>")
    digest = sha256(page.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({"files": {page.name: digest}}))
    head, files = small.head(), {page.name: digest}
    small.issue(IssuedReport(as_of=small.on, head_number=head.number, head_hash=head.hash, files=files))
    return page


def test_a_page_that_was_changed_since_it_was_issued_is_found(small: Store, tmp_path: Path):
    page = issued(small, tmp_path)
    assert verify()[0] == 0
    page.write_text("<p>As edited</p>")

    code, said = verify()
    assert code == 1
    assert "REP-002: " in said
    assert "03_control_review.html was changed since it was issued" in said
    page.unlink()
    assert "does not exist" in verify()[1]


def test_a_newer_report_in_the_same_folder_is_no_damage(small: Store, tmp_path: Path):
    page = issued(small, tmp_path)
    page.write_text("<p>A newer report</p>")
    (page.parent / "manifest.json").write_text(json.dumps({"files": {page.name: "0" * 64}}))

    assert verify()[0] == 0


@pytest.mark.parametrize("manifest", ["[" * 100_000, "null", '{"files": 3}', "not json"])
def test_a_manifest_that_is_none_does_no_harm(small: Store, tmp_path: Path, manifest: str):
    page = issued(small, tmp_path)
    (page.parent / "manifest.json").write_text(manifest)

    assert verify()[0] == 0


def test_a_report_that_was_issued_from_a_state_the_ledger_never_had_is_found(small: Store):
    head = small.head()
    small.issue(IssuedReport(as_of=small.on, head_number=head.number - 1, head_hash=head.hash))

    code, said = verify()
    assert code == 1
    assert f"REP-002 was issued from revision {head.number - 1} with the hash {head.hash[:16]}" in said


# ---- newer versions


@pytest.mark.parametrize(
    ("kind", "key"),
    [("engagement", "engagement"), ("answer", "am-dev-tools"), ("evidence", "EV-0001"), ("issued", "REP-001")],
)
def test_a_field_of_a_newer_version_is_a_sentence_and_no_damage(small: Store, kind: str, key: str):
    newest = small.ledger.get("small", kind, key)
    small.ledger.append("small", [Draft(kind, key, {**newest.body, "mood": "sunny"}, newest.version)], ANN)

    says = f"Revision 8 ({kind} {key}) was recorded by a newer version of the workbook: this one has no field mood."
    status = run("status", "small")
    assert (status.exit_code, says in status.stderr) == (2, True)
    assert len(status.stderr.splitlines()) == 1
    code, said = verify()
    assert (code, says in said) == (0, True)


def test_a_value_that_this_version_does_not_take_is_a_sentence(small: Store):
    body = {**small.ledger.get("small", "answer", "am-dev-tools").body, "result": "perfect"}
    small.ledger.append("small", [Draft("answer", "am-dev-tools", body, 1)], ANN)

    assert "by another version of the workbook: this one does not take its result" in run("status", "small").stderr
    assert verify()[0] == 0


def test_a_column_of_a_newer_version_does_not_stop_the_pages(small: Store):
    small.ledger.append("small", [Draft("systems", "SYS-001", {"name": "Credit scoring", "mood": "sunny"}, 1)], ANN)

    assert run("status", "small").exit_code == 0
    assert verify()[0] == 0


# ---- what cannot be verified


def test_a_ledger_that_is_not_there_is_not_verified():
    code, said = verify()
    assert (code, "NOT verified" in said, "There is no ledger" in said) == (1, True, True)


def test_a_file_that_is_no_ledger_is_not_verified(small: Store, tmp_path: Path):
    ledger_file(tmp_path).write_text("Dear diary, " * 500)

    assert verify()[0] == 1
    assert json.loads(verify("--json")[1])["ok"] is False
