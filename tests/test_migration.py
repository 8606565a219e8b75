"""A ledger copied into another one is the same ledger: byte for byte, with its evidence, whatever comes between."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from workbook import erasure, masking, migration
from workbook.cli import main
from workbook.errors import BadInput, NotRecorded
from workbook.ledger import Ledger, paging
from workbook.migration import Side
from workbook.model import Draft, IssuedReport, Person
from workbook.store import Store
from workbook.workspace import open_store

ANN = Person("Ann")
TOKEN = "Kowalczyk-4711"
COLUMNS = "engagement, number, kind, key, version, actor, part, at, id, payload, prev, hash"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"WORKBOOK_DEBUG": "1"}, catch_exceptions=False)


def migrate(*arguments: object) -> Result:
    return run("migrate-store", *map(str, arguments))


@pytest.fixture
def small() -> Iterator[Store]:
    """A ledger with two engagements; all that a ledger keeps is in one of them."""
    for name in ("other", "small"):
        assert run("new", name, "--title", name.title()).exit_code == 0
    store = open_store("small", ANN)
    store.save([Draft("systems", "SYS-001", {"name": "Credit scoring", "owner": TOKEN})])
    store.attach_bytes("roles.csv", [b"role,person\n"])
    gone, _ = store.attach_bytes("old.csv", [b"role,nobody\n"])
    wrong, _ = store.attach_bytes("wrong.csv", [b"not for us\n"])
    store.delete("evidence", gone, 1)
    erasure.erase(store, erasure.find(store, wrong), "Not ours")
    head = store.head()
    store.issue(IssuedReport(recipient="Board", as_of=store.on, head_number=head.number, head_hash=head.hash))
    yield store
    store.ledger.close()


@pytest.fixture
def source(tmp_path: Path, small: Store) -> Path:
    return tmp_path / "home" / "workbook.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return request.getfixturevalue("postgresql_url") if request.param == "postgresql" else str(tmp_path / "new/led.db")


def rows(place: object) -> list[tuple[Any, ...]]:
    """The revisions of a ledger, each with all that was recorded of it."""
    address = str(place)
    engine = create_engine(address if "://" in address else f"sqlite:///{address}")
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {COLUMNS} FROM revision ORDER BY engagement, number")).all()
    engine.dispose()
    return [tuple(row) for row in found]


def held(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.glob("sha256/*/*"))}


def test_a_ledger_goes_to_a_server_and_back_and_is_the_same(
    source: Path, small: Store, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(paging, "PAGE", 4)
    there = migrate(source, postgresql_url, "--target-evidence", tmp_path / "there")
    back = migrate(postgresql_url, tmp_path / "back/led.db", "--source-evidence", tmp_path / "there")

    assert (there.exit_code, back.exit_code) == (0, 0), there.output + back.output
    assert rows(source) == rows(postgresql_url) == rows(tmp_path / "back/led.db")
    assert held(source.parent / "evidence") == held(tmp_path / "there") == held(tmp_path / "back/evidence")
    assert len(held(tmp_path / "there")) == 2
    assert not list(tmp_path.glob("there/incoming/*"))
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "back"))
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", f"sqlite:///{tmp_path / 'back/led.db'}")
    assert run("verify", "small", "--witness", small.head().hash).exit_code == 0


def test_done_again_it_copies_nothing_twice_and_brings_up_to_date(source: Path, small: Store, target: str):
    assert migrate(source, target).exit_code == 0
    again = migrate(source, target)
    small.save([Draft("systems", "SYS-002", {"name": "Support assistant"})])
    newer = migrate(source, target)

    assert again.output.count("already there") == 2
    assert "small: brought up to date" in newer.output
    assert "copied 1 revision and no files" in newer.output
    assert rows(source) == rows(target)


def test_what_was_erased_since_is_erased_in_the_copy(source: Path, small: Store, target: str, tmp_path: Path):
    folder = tmp_path / "copied"
    assert migrate(source, target, "--target-evidence", folder).exit_code == 0
    assert TOKEN in str(rows(target))
    for key, field in (("SYS-001", "owner"), ("EV-0001", "")):
        erasure.erase(small, erasure.find(small, key, field), "Asked for it")

    newer = migrate(source, target, "--target-evidence", folder)

    assert newer.exit_code == 0, newer.output
    assert TOKEN not in str(rows(target))
    assert b"role,person\n" not in held(folder).values()
    assert rows(source) == rows(target)
    if Path(target).exists():
        assert TOKEN.encode() not in Path(target).read_bytes()
    with pytest.raises(Exception, match="never changed"):
        _change(target)


def _change(place: str) -> None:
    engine = create_engine(place if "://" in place else f"sqlite:///{place}")
    try:
        with engine.begin() as connection:
            connection.execute(text("UPDATE revision SET actor = 'eve'"))
    finally:
        engine.dispose()


def test_a_file_erased_in_one_engagement_stays_for_the_other(source: Path, small: Store, target: str):
    """Both ledgers use the same folder, and `another` is copied before the engagement that still has the file."""
    assert run("new", "another", "--title", "Another").exit_code == 0
    another = open_store("another", ANN)
    key, stored = another.attach_bytes("roles.csv", [b"role,person\n"])
    erasure.erase(another, erasure.find(another, key), "Not ours")
    another.ledger.close()

    result = migrate(source, target, "--target-evidence", source.parent / "evidence")

    assert result.exit_code == 0, result.output
    assert small.vault.has(stored.sha256)
    assert run("verify", "small").exit_code == 0


def test_another_engagement_of_that_name_is_refused_and_stays(source: Path, target: str, tmp_path: Path):
    elsewhere = Ledger.open(Side.of(target).url)
    elsewhere.append("small", [Draft("answer", "a", {"rationale": "theirs"})], ANN)
    elsewhere.close()
    before = rows(target)

    result = migrate(source, target)

    assert result.exit_code == 2
    assert "holds another engagement called small" in result.output
    assert rows(target) == before  # nor was the other one copied, that could have been
    assert not (tmp_path / "new" / "evidence").exists()
    assert migrate(source, target, "--engagement", "other").exit_code == 0
    assert len(rows(target)) == len(before) + 1


def test_a_target_that_is_ahead_is_refused(source: Path, small: Store, target: str):
    assert migrate(source, target).exit_code == 0
    with closing(Ledger.open(Side.of(target).url)) as newer:
        newer.append("small", [Draft("systems", "SYS-009", {"name": "Later"})], ANN)

    result = migrate(source, target)

    assert result.exit_code == 2
    assert "small has 1 revision more in" in result.output


def test_a_source_that_is_not_what_was_recorded_is_refused_with_what_verify_says(source: Path, tmp_path: Path):
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("DROP TRIGGER revision_no_update")
        connection.execute("UPDATE revision SET actor = 'eve' WHERE engagement = 'small' AND number = 3")
        connection.commit()

    result = migrate(source, tmp_path / "new.db")

    assert result.exit_code == 2
    assert "small is not copied: Revision 3 was altered" in result.output
    assert not (tmp_path / "new.db").exists()


def test_a_source_whose_end_was_cut_off_is_refused(source: Path, small: Store, tmp_path: Path):
    last = small.head().number
    with closing(sqlite3.connect(source)) as connection:
        trigger = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'revision_no_delete'").fetchone()[0]
        connection.execute("DROP TRIGGER revision_no_delete")
        connection.execute("DELETE FROM revision WHERE engagement = 'small' AND number = ?", (last,))
        connection.execute(trigger)
        connection.commit()

    assert f"Revision {last} is missing" in migrate(source, tmp_path / "new.db").output


@pytest.mark.parametrize("harm", ["missing", "changed"])
def test_evidence_that_is_not_what_was_recorded_is_refused(source: Path, small: Store, tmp_path: Path, harm: str):
    [digest, *_] = small.kept_files()
    path = small.vault.path_of(digest)
    path.chmod(0o600)
    path.unlink() if harm == "missing" else path.write_bytes(b"x" * path.stat().st_size)

    result = migrate(source, tmp_path / "new.db")

    assert result.exit_code == 2
    assert f"The evidence file roles.csv {'is missing' if harm == 'missing' else 'was changed'}" in result.output
    assert not (tmp_path / "new.db").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="NOT TRIED: this system cannot fork a process to kill")
@pytest.mark.parametrize("at", ["other: 1 revision copied", "small: 4 revisions copied", "small: 8 revisions copied"])
def test_killed_at_any_step_it_goes_on_and_duplicates_nothing(
    source: Path, target: str, at: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(paging, "PAGE", 4)
    monkeypatch.setattr(migration, "STEP", 1)
    if not (pid := os.fork()):
        migration.migrate(Side.of(str(source)), Side.of(target), (), lambda said: said != at or _die())
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert {row[0] for row in rows(target)} == ({"other"} if at.startswith("small") else set())

    assert migrate(source, target).exit_code == 0
    assert rows(source) == rows(target)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_is_recorded_meanwhile_is_told_and_comes_with_the_next_copy(source: Path, small: Store, tmp_path: Path):
    def say(said: str) -> None:
        if said.startswith("small") and "copied" in said:
            small.save_row("datasets", "", {"name": "Loans"}, 0)

    *_, moved = migration.migrate(Side.of(str(source)), Side.of(str(tmp_path / "new.db")), (), say)

    assert {one.engagement: one.since for one in moved} == {"other": 0, "small": 1}
    assert len(rows(tmp_path / "new.db")) == len(rows(source)) - 1
    assert migrate(source, tmp_path / "new.db").exit_code == 0
    assert rows(tmp_path / "new.db") == rows(source)


def test_a_target_that_this_workspace_saw_with_more_in_it_is_told(source: Path, small: Store, tmp_path: Path):
    heads = tmp_path / "new.db-heads"
    heads.mkdir()
    (heads / "small").write_text(f"{99:015} {'0' * 64}\n")

    result = migrate(source, tmp_path / "new.db")

    assert result.exit_code == 1
    assert "the end of the ledger was cut off, or an older copy was put in its place" in result.output
    assert rows(tmp_path / "new.db") == rows(source)


def test_an_erasure_while_it_copies_leaves_the_target_as_it_was(source: Path, small: Store, tmp_path: Path):
    def say(said: str) -> None:
        if said.startswith("small") and "verified" in said:
            erasure.erase(small, erasure.find(small, "SYS-001", "owner"), "Asked for it")

    with pytest.raises(NotRecorded, match="small came to lie in the target other than it was read"):
        migration.migrate(Side.of(str(source)), Side.of(str(tmp_path / "new.db")), ("small",), say)
    assert rows(tmp_path / "new.db") == []
    assert migrate(source, tmp_path / "new.db").exit_code == 0
    assert TOKEN.encode() not in (tmp_path / "new.db").read_bytes()


def test_no_password_is_shown_whatever_happens(source: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(masking, "_addresses", set())
    good = postgresql_url.replace("workbook@", "workbook:CANARY%2Fone@")  # the server asks for none
    closed = "postgresql://ann:CANARYpw@CANARYtwo@127.0.0.1:1/x?sslpassword=CANARYthree"

    told = [migrate(*places) for places in ((source, good), (good, closed), (closed, good))]

    assert [result.exit_code for result in told] == [0, 2, 2]
    for result in told:
        assert "CANARY" not in result.output


@pytest.mark.parametrize(
    ("places", "says"),
    [
        (("{source}", "{source}"), "Source and target are the same ledger"),
        (("{source}", "sqlite:///{source}"), "Source and target are the same ledger"),
        (("{home}/nothing.db", "{home}/new.db"), "There is no ledger at"),
        (("{source}", "{home}"), "is not a file"),
        (("{source}", "mysql://x/y"), "cannot be kept in 'mysql'"),
        (("{source}", "{home}/new.db", "--engagement", "smal"), "Did you mean small?"),
    ],
)
def test_places_that_cannot_be_are_one_sentence(source: Path, places: tuple[str, ...], says: str):
    result = migrate(*(place.format(source=source, home=source.parent) for place in places))

    assert result.exit_code == 2
    assert says in result.output
    assert not (source.parent / "new.db").exists()


def test_an_empty_ledger_is_nothing_to_copy(tmp_path: Path):
    Ledger.open(f"sqlite:///{tmp_path / 'empty.db'}").close()

    with pytest.raises(BadInput, match="holds no engagement"):
        migration.migrate(Side.of(str(tmp_path / "empty.db")), Side.of(str(tmp_path / "new.db")), (), print)
