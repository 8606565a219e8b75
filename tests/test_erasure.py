"""Erasing for good: the bytes are gone from the disk, the record says who, when and why, and `verify` can tell it."""

import os
import random
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.test_ledger import raw
from workbook import erasure
from workbook.analysis.gaps import gaps_of_row
from workbook.cli import main
from workbook.errors import BadInput, NotAllowed, Unknown
from workbook.ledger import Ledger
from workbook.model import Answer, Draft, Engagement, IssuedReport, Person, Review, Role
from workbook.model import Result as Judged
from workbook.store import Store, create
from workbook.vault import Vault
from workbook.views import audit_report, cards
from workbook.workspace import open_store

ANN = Person("Ann")
Q = "am-dev-tools"
TOKEN = "Jane Q. Unlikely-Name"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"WORKBOOK_DEBUG": "1"}, catch_exceptions=False)


@pytest.fixture
def small() -> Store:
    """An engagement with a row, evidence and an answer that rests on it; a person's name stands in several versions."""
    assert run("new", "small", "--title", "Small").exit_code == 0
    store = open_store("small", ANN)
    store.save_row("datasets", "", {"name": "Loans", "owner": TOKEN}, 0)
    store.save_row("datasets", "DS-001", {"name": "Loans 2026", "owner": TOKEN}, 1)
    store.save_row("datasets", "DS-001", {"name": "Loans 2027", "owner": "Data steward"}, 2)
    artefact = store.catalog.questions[Q].evidence[0].artefact
    about = {"collected_at": store.on, "artefact": artefact}
    key, _ = store.attach_bytes("roles.csv", [b"role,person\n"], about)
    store.save_answer(Answer(question=Q, result=Judged.IMPLEMENTED, rationale=f"{TOKEN} did it", evidence=(key,)), 0)
    return store


def bytes_on_disk(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def verified(code: int = 0) -> str:
    result = run("verify", "small")
    assert result.exit_code == code, result.output
    return result.output


# ---- a text


def test_an_erased_text_is_gone_from_the_disk_in_every_version(small: Store, tmp_path: Path):
    head = small.head()
    assert TOKEN.encode() in bytes_on_disk(tmp_path / "home")
    for key, field in (("DS-001", "owner"), (Q, "rationale")):
        result = run("erase", "small", key, "--field", field, "--why", "Asked for it", "--yes", "--as", "Bob")
        assert result.exit_code == 0, result.output

    assert TOKEN.encode() not in bytes_on_disk(tmp_path / "home")
    assert [r.body["owner"] for r in small.history("datasets")] == ["[erased]", "[erased]", "[erased]"]
    assert [r.body["name"] for r in small.history("datasets")] == ["Loans", "Loans 2026", "Loans 2027"]
    assert [r.hash for r in small.history()][: head.number][-1] == head.hash
    said = verified()
    assert "2 erasures:" in said
    assert "ER-001: owner of datasets DS-001, by Bob at " in said
    assert "UTC: Asked for it" in said
    assert "intact" in run("verify", "small", "--witness", head.hash).output


def test_what_was_erased_is_said_in_the_history_and_can_be_written_anew(small: Store):
    run("erase", "small", "DS-001", "--field", "owner", "--why", "Left", "--yes")

    assert "DS-001 owner: Left" in run("history", "small").output
    row = small.record().register("datasets")[0]
    assert row["owner"] == "[erased]"
    assert "owner" in {gap.column for gap in gaps_of_row(small.record(), row)}, "nobody knows the owner any more"
    small.save_row("datasets", "DS-001", {"name": "Loans 2027", "owner": "New owner"}, 3)
    assert small.record().register("datasets")[0]["owner"] == "New owner"
    verified()
    run("erase", "small", "DS-001", "--field", "owner", "--why", "Left, too", "--yes")
    assert [r.body["owner"] for r in small.history("datasets")] == ["[erased]"] * 4
    assert "2 erasures" in verified()


def test_what_is_left_of_an_erased_revision_cannot_be_changed_unseen(small: Store, tmp_path: Path):
    run("erase", "small", "DS-001", "--field", "owner", "--why", "Left", "--yes")
    url = f"sqlite:///{tmp_path / 'home' / 'workbook.db'}"
    with raw(url) as connection:
        connection.exec_driver_sql("DROP TRIGGER revision_no_update")
        connection.exec_driver_sql(
            "UPDATE revision SET payload = CAST(replace(CAST(payload AS TEXT), 'Loans 2026', 'Loans 2025') AS BLOB)"
        )

    assert "Revision 3 was altered: its content does not have the hash that was recorded with the erasure" in verified(
        1
    )


def test_a_text_that_was_altered_is_not_hidden_by_an_erasure(small: Store, tmp_path: Path):
    with raw(f"sqlite:///{tmp_path / 'home' / 'workbook.db'}") as connection:
        [trigger] = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'revision_no_update'"
        ).scalars()
        connection.exec_driver_sql("DROP TRIGGER revision_no_update")
        connection.exec_driver_sql(
            "UPDATE revision SET payload = CAST(replace(CAST(payload AS TEXT), 'Loans 2026', 'Loans 2025') AS BLOB)"
        )
        connection.exec_driver_sql(trigger)
    result = run("erase", "small", "DS-001", "--field", "owner", "--why", "Left", "--yes")

    assert (result.exit_code, "Revision 3 was altered; nothing was erased" in result.stderr) == (2, True)
    assert TOKEN in small.history("datasets")[0].body["owner"]


def test_an_erasure_cannot_be_made_up_by_a_save(small: Store):
    body = {"kind": "evidence", "key": "EV-0001", "sha256": "0" * 64, "why": "x"}
    with pytest.raises(Unknown, match="kind of revision"):
        small.save([Draft("erasure", "ER-001", body)])
    with pytest.raises(BadInput, match="recorded by `workbook erase` alone"):
        small.save_evidence("EV-0001", {"form": "erased"}, 1)


@pytest.mark.parametrize(
    ("key", "field", "says"),
    [
        ("DS-001", "", "Say which text of DS-001 is to be erased, with --field: name, owner."),
        ("DS-001", "classification", "DS-001 has no text in 'classification' to erase. It has name, owner."),
        ("DS-001", "supplier", "has no text in 'supplier'"),
        ("DS-002", "owner", "Did you mean DS-001"),
        (Q, "question", "has no text in 'question' to erase. It has rationale."),
        ("EV-0001", "sha256", "It has artefact, name."),
    ],
)
def test_what_cannot_be_erased_is_refused_in_words(small: Store, key: str, field: str, says: str):
    options = ["--field", field] if field else []
    result = run("erase", "small", key, *options, "--why", "x", "--yes")

    assert (result.exit_code, says in result.stderr) == (2, True), result.stderr
    assert small.history("erasure") == []


def test_a_key_that_stands_for_two_things_is_asked_for(small: Store):
    auditor = small.acting_as(Person("Eve", Role.AUDITOR))
    auditor.save_review(Review(question=Q, version=1, verdict="returned", comment=f"Ask {TOKEN}"), 0)
    small.save_row("suppliers", "X-1", {"name": "One"}, 0)
    small.save_row("models", "X-1", {"name": "Two"}, 0)

    said = run("erase", "small", "X-1", "--field", "name", "--why", "x", "--yes").stderr
    assert "say which one is meant: models:X-1 or suppliers:X-1" in said
    assert run("erase", "small", "models:X-1", "--field", "name", "--why", "x", "--yes").exit_code == 0
    assert small.history("models")[0].body["name"] == "[erased]"
    assert small.history("suppliers")[0].body["name"] == "One"
    assert run("erase", "small", Q, "--field", "comment", "--why", "x", "--yes").exit_code == 0
    assert small.history("review")[0].body["comment"] == "[erased]"
    assert TOKEN in small.history("answer")[0].body["rationale"]


def test_the_address_of_a_link_goes_with_its_name(small: Store):
    key = small.attach_link("https://example.com/people/jane")
    assert "erase where it leads to with --field link" in run("erase", "small", key, "--why", "x", "--yes").stderr
    assert run("erase", "small", key, "--field", "link", "--why", "x", "--yes").exit_code == 0

    about = small.record().evidence[key].value
    assert (about.link, about.name, about.form) == ("[erased]", "[erased]", "erased")
    verified()


def test_without_a_terminal_nothing_is_erased_unless_that_is_said(small: Store):
    result = run("erase", "small", "DS-001", "--field", "owner", "--why", "x")

    assert result.exit_code == 2
    assert "This erases the owner of datasets DS-001 for good" in result.stderr
    assert "say --yes" in result.stderr
    assert small.history("erasure") == []


def test_a_reason_is_needed(small: Store):
    assert run("erase", "small", "EV-0001", "--why", " ", "--yes").exit_code == 2
    assert small.history("erasure") == []


def test_the_past_cannot_be_erased_from_within_the_past(small: Store):
    past = open_store("small", ANN, as_of="r3")
    with pytest.raises(NotAllowed):
        erasure.erase(past, erasure.find(past, "DS-001", "owner"), "x")


# ---- a file


def test_an_erased_file_is_gone_and_proves_nothing_any_more(small: Store, tmp_path: Path):
    assert small.record().ask(Q).evidence_state == "fresh"
    result = run("erase", "small", "EV-0001", "--why", "Personal data", "--yes", "--as", "Bob")

    assert result.exit_code == 0, result.output
    assert "ER-001: the file of evidence EV-0001 was erased." in result.output
    assert b"role,person" not in bytes_on_disk(tmp_path / "home")
    asked = small.record().ask(Q)
    assert (asked.evidence_state, asked.evidence[0][1].value.name) == ("erased", "roles.csv")
    assert open_store("small", ANN, as_of="r6").record().ask(Q).evidence_state == "erased"
    assert "1 erasure:\n  ER-001: file of evidence EV-0001, by Bob at " in verified()


def test_a_loss_is_told_from_an_erasure(small: Store):
    key, stored = small.attach_bytes("other.csv", [b"other"])
    run("erase", "small", "EV-0001", "--why", "x", "--yes")
    small.vault.path_of(stored.sha256).unlink()
    small.delete("evidence", key, 1)

    said = verified(1)
    assert "evidence EV-0002: The evidence file other.csv is missing" in said
    assert "EV-0001:" not in said


def test_evidence_of_a_deleted_record_can_be_erased(small: Store):
    small.delete("evidence", "EV-0001", 1)
    assert run("erase", "small", "EV-0001", "--why", "x", "--yes").exit_code == 0
    verified()


def test_a_file_that_another_record_needs_stays_until_that_is_erased_too(small: Store, tmp_path: Path):
    run("new", "other", "--title", "Other")
    open_store("other", ANN).attach_bytes("same.csv", [b"role,person\n"])

    first = run("erase", "small", "EV-0001", "--why", "x", "--yes")
    assert first.exit_code == 1
    assert "because EV-0001 of other is the same one. Erase that as well." in first.output
    assert small.record().ask(Q).evidence_state == "erased"
    assert run("verify", "other").exit_code == 0
    verified()
    assert run("erase", "other", "EV-0001", "--why", "x", "--yes").exit_code == 0
    assert b"role,person" not in bytes_on_disk(tmp_path / "home")
    assert run("verify", "other").exit_code == 0
    verified()


def test_a_file_that_was_left_behind_is_found_and_erased_by_the_next_attempt(small: Store):
    path = small.vault.path_of(small.history("evidence")[0].body["sha256"])
    run("erase", "small", "EV-0001", "--why", "x", "--yes")
    path.write_bytes(b"role,person\n")

    assert "It was erased, but its file is there" in verified(1)
    assert run("erase", "small", "EV-0001", "--why", "again", "--yes").exit_code == 0
    assert len(small.history("erasure")) == 1
    verified()


def test_the_same_file_attached_after_its_erasure_is_evidence_of_its_own(small: Store):
    run("erase", "small", "EV-0001", "--why", "x", "--yes")
    artefact = small.catalog.questions[Q].evidence[0].artefact
    about = {"collected_at": small.on, "artefact": artefact}
    key, _ = small.attach_bytes("roles.csv", [b"role,person\n"], about)

    assert key == "EV-0002"
    assert small.record().evidence["EV-0002"].value.form == "file"
    assert small.record().evidence["EV-0001"].value.form == "erased"
    verified()


def test_what_cannot_be_reached_is_told(small: Store, tmp_path: Path):
    (tmp_path / "home" / "small" / "notebooks").mkdir(parents=True)
    (tmp_path / "home" / "small" / "notebooks" / "01_data_inventory.ipynb").write_text("{}")
    head = small.head()
    small.issue(IssuedReport(recipient="Board", as_of=small.on, head_number=head.number, head_hash=head.hash))
    said = run("erase", "small", "EV-0001", "--why", "x", "--yes").output

    assert f"{tmp_path / 'home' / 'small'} holds 1 file of reports" in said
    assert "Reports that were issued: REP-001 to Board." in said
    assert "Backups of the ledger" in said


def test_erased_evidence_is_shown_as_erased_on_pages_and_goes_out_without_a_file(small: Store, tmp_path: Path):
    run("erase", "small", "EV-0001", "--why", "x", "--yes")
    record = small.record()

    assert "erased, and proves nothing any more" in str(cards.card(record, [record.ask(Q)]))
    assert "Erased" in str(audit_report.evidence_index(record))
    result = run("export", "small", "--only", "evidence", "-o", str(tmp_path / "out"), "--to", "csv", "--with-evidence")
    assert result.exit_code == 0, result.output
    assert "rased" in (tmp_path / "out" / "evidence.csv").read_text(encoding="utf-8-sig")
    assert not (tmp_path / "out" / "evidence").exists()


# ---- through everything


def test_on_postgresql_an_erasure_is_as_whole(postgresql_url: str, tmp_path: Path, catalog):
    with closing(Ledger.open(postgresql_url)) as ledger:
        create(ledger, "small", Engagement(title="Small"), ANN)
        store = Store(ledger, Vault(tmp_path / "evidence"), catalog, "small", ANN)
        store.save_row("datasets", "", {"name": "Loans", "owner": TOKEN}, 0)
        done = erasure.erase(store, erasure.find(store, "DS-001", "owner"), "Asked for it")
        assert done.remains == ()
        assert ledger.verify("small").ok
        assert store.history("datasets")[0].body["owner"] == "[erased]"
        with pytest.raises(Exception, match="never changed or deleted"), raw(postgresql_url) as connection:
            connection.exec_driver_sql("UPDATE revision SET actor = 'eve'")
        assert any("standbys" in line for line in erasure.beyond_reach(store, tmp_path))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="NOT TRIED: this system cannot fork processes to kill")
def test_a_killed_erasure_erased_all_or_nothing(small: Store):
    rng, target = random.Random(5), erasure.find(small, "DS-001", "owner")
    took = []
    for _ in range(40):
        if not (pid := os.fork()):
            try:
                erasure.erase(small, target, "Killed")
            finally:
                os._exit(0)
        start = time.monotonic()
        if took and rng.random() < 0.9:
            time.sleep(rng.uniform(0, took[0] * 1.2))
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        took.append(time.monotonic() - start)
        owners = {r.body["owner"] for r in small.history("datasets")}
        whole = small.ledger.verify("small")
        assert whole.ok, whole.reason
        assert (TOKEN in owners) == ("Data steward" in owners), owners
        if TOKEN not in owners:
            version = small.ledger.get("small", "datasets", "DS-001").version
            small.save_row("datasets", "DS-001", {"name": "Loans", "owner": TOKEN}, version)
            small.save_row("datasets", "DS-001", {"name": "Loans", "owner": "Data steward"}, version + 1)
