"""A file is whole or not there, whatever goes wrong while it is written; what is no file is told, not waited for."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import LEAD
from tests.nobody import in_a_child, small_files
from workbook import catalog, files, paths, people, workspace, yamlfile
from workbook.catalog import Catalog
from workbook.errors import BadFile, WorkbookError
from workbook.exchange import imports, tables
from workbook.ledger import Ledger
from workbook.model import Engagement
from workbook.report.page import read_page
from workbook.store import Store, create
from workbook.vault import Vault


def test_a_file_is_written_where_no_folder_is_yet_and_replaced_whole(tmp_path: Path):
    page = tmp_path / "new" / "folder" / "page.html"

    files.write(page, b"old")
    files.write(page, b"new")

    assert page.read_bytes() == b"new"
    assert [p.name for p in page.parent.iterdir()] == ["page.html"]


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path):
    page = tmp_path / "page.html"
    files.write(page, b"old")

    kind, _ = in_a_child(lambda: files.write(page, b"x" * 20_000), lambda: small_files(10_000))

    assert kind == "OSError"
    assert page.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["page.html"]


def test_what_breaks_off_half_way_leaves_nothing(tmp_path: Path):
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), files.aside(tmp_path) as temporary:
        files.write_new(temporary, chunks())

    assert list(tmp_path.glob("*.part")) == []


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path):
    (tmp_path / "there").write_bytes(b"somebody else's")

    with pytest.raises(FileExistsError):
        files.write_new(tmp_path / "there", [b"mine"])

    assert (tmp_path / "there").read_bytes() == b"somebody else's"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such things")
def test_a_device_or_pipe_is_never_replaced_by_a_file(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(FileExistsError, match="not a file"):
        files.write(tmp_path / "pipe", b"page")

    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("name", ["", ".", "..", "x" * 5_000, "a\0b"])
def test_bytes_are_held_under_no_name_that_is_none(name: str):
    with pytest.raises(BadFile, match="is not the name of a file"), files.held(name, b"x"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_file_may_be_read_by_whom_the_users_own_setting_allows(tmp_path: Path):
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "page.html", b"for the group")
    finally:
        os.umask(before)

    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_the_record_and_the_evidence_are_for_their_owner_whatever_the_umask(
    tmp_path: Path, catalog: Catalog, umask: int
):
    before = os.umask(umask)
    try:
        ledger = Ledger.open(f"sqlite:///{tmp_path / 'room' / 'workbook.db'}")
        create(ledger, "isms-2027", Engagement(title="ISMS audit"), LEAD)
        vault = Vault(tmp_path / "room" / "evidence")
        Store(ledger, vault, catalog, "isms-2027", LEAD).attach_bytes("roles.csv", [b"role,may"])
        ledger.backup(tmp_path / "backup.db")
        ledger.close()
        files.write(tmp_path / "page.html", b"a page")
    finally:
        os.umask(before)

    assert rights(tmp_path / "room") == 0o777 & ~umask
    assert rights(tmp_path / "page.html") == 0o666 & ~umask
    assert rights(tmp_path / "room" / "workbook.db") == rights(tmp_path / "backup.db") == 0o600
    kept = list((tmp_path / "room" / "evidence").rglob("*"))
    assert {rights(place) for place in kept if place.is_file()} == {0o400}
    assert {rights(place) for place in [tmp_path / "room" / "evidence", *kept] if place.is_dir()} == {0o700}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_the_journal_is_as_private_as_the_ledger(tmp_path: Path):
    Ledger.open(f"sqlite:///{tmp_path / 'work.db'}").close()
    with closing(sqlite3.connect(tmp_path / "work.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("PRAGMA user_version = 99")

        assert {rights(place) for place in tmp_path.glob("work.db*")} == {0o600}
        assert len(list(tmp_path.glob("work.db*"))) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_what_an_older_version_left_open_is_closed_when_it_is_opened(tmp_path: Path, store: Store):
    store.attach_bytes("roles.csv", [b"role,may"])
    paths.evidence().chmod(0o755)
    (paths.home() / "workbook.db").chmod(0o644)

    workspace.open_store("isms-2027").ledger.close()

    assert rights(paths.evidence()) == 0o700
    assert rights(paths.home() / "workbook.db") == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_folder_that_was_given_to_a_group_stays_the_groups(tmp_path: Path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence").chmod(0o2770)

    stored = Vault(tmp_path / "evidence").add_bytes("roles.csv", [b"role,may"])

    place = Vault(tmp_path / "evidence").path_of(stored.sha256)
    assert (rights(place), rights(place.parent)) == (0o440, 0o2770)


def rights(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode)


# what somebody else made -------------------------------------------------------------------------------------------


def fifo(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(4 * 1024**3)


def round_link(path: Path) -> None:
    path.symlink_to(path)


def folder(path: Path) -> None:
    path.mkdir()


DOORS: dict[str, Callable[[Path, Store], object]] = {
    "datasets.csv": lambda path, _: tables.read(path),
    "datasets.xlsx": lambda path, _: tables.read(path),
    "engagement.yaml": lambda path, store: _first_problem(imports.plan(store, path)),
    "mine.yaml": lambda path, _: yamlfile.read(path),
    "checklists.yaml": lambda path, _: catalog.load(path.parent),
    "03_page.ipynb": lambda path, _: _problem(read_page(path).problem),
    "report.pdf": lambda path, store: store.attach_file(path),
}


def _problem(says: str) -> None:
    if says:
        raise BadFile(says)


def _first_problem(plan: imports.Plan) -> None:
    _problem(plan.problems[0].says if plan.problems else "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has none of these")
@pytest.mark.parametrize("make", [fifo, endless, sparse, round_link, folder])
@pytest.mark.parametrize("name", DOORS)
def test_what_is_no_file_to_be_read_is_refused_in_one_sentence(
    tmp_path: Path, store: Store, name: str, make: Callable[[Path], None]
):
    (tmp_path / "in").mkdir()
    make(tmp_path / "in" / name)

    with pytest.raises(WorkbookError) as caught:
        DOORS[name](tmp_path / "in" / name, store)

    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows has none of these")
@pytest.mark.parametrize("make", [fifo, endless, sparse, round_link, folder])
def test_settings_that_cannot_be_read_count_as_none(tmp_path: Path, store: Store, make: Callable[[Path], None]):
    for place in (paths.settings(), paths.home() / "chosen"):
        place.parent.mkdir(parents=True, exist_ok=True)
        make(place)

    assert people.who() is None
    assert workspace.chosen(store) == "isms-2027"


def test_settings_that_are_nested_too_deep_count_as_none():
    files.write(paths.settings(), b"[" * 9_000)

    assert people.who() is None


def test_a_link_to_a_file_counts_as_the_file(tmp_path: Path):
    (tmp_path / "real.csv").write_text("id,name\nDS-1,Loans\n")
    (tmp_path / "datasets.csv").symlink_to(tmp_path / "real.csv")

    assert tables.read(tmp_path / "datasets.csv").tables[0].lines[0].cells["name"] == "Loans"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux has files whose size is not known")
def test_a_file_that_says_it_is_empty_is_read_no_further_than_allowed():
    with pytest.raises(BadFile, match="larger than 3 bytes"):
        files.read_limited(Path("/proc/self/stat"), 3)


def test_a_path_that_is_too_long_is_told_in_short():
    with pytest.raises(BadFile, match="too long") as caught:
        files.read_limited(Path("x" * 5_000), 10)

    assert len(str(caught.value)) < 400
