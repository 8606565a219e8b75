"""The evidence files: kept by their content, whatever they are called, and never from anywhere they should not come."""

import os
import socket
import stat
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.nobody import as_nobody, in_a_child, small_files
from workbook.errors import BadFile, BadInput, NotRecorded
from workbook.vault import Vault, media_type

POLICY = b"Access is granted by the owner.\n"
DIGEST = sha256(POLICY).hexdigest()
unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files or rights")


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "evidence", limit=10_000_000)


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.txt"
    path.write_bytes(POLICY)
    return path


def files(folder: Path) -> list[str]:
    """Every file below `folder`, by its path there."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


# ---- what goes in


def test_a_file_lies_under_the_hash_of_its_content(vault, policy, tmp_path):
    stored = vault.add_file(policy)

    assert (stored.sha256, stored.size, stored.name, stored.media_type) == (DIGEST, 32, "policy.txt", "text/plain")
    assert not stored.already_there
    assert files(tmp_path / "evidence") == [f"sha256/{DIGEST[:2]}/{DIGEST[2:]}"]
    assert vault.path_of(DIGEST).read_bytes() == POLICY
    assert vault.has(DIGEST)
    with vault.open(DIGEST) as file:
        assert file.read() == POLICY


def test_the_same_content_is_stored_once_whatever_it_is_called(vault, policy, tmp_path):
    vault.add_file(policy)
    before = vault.path_of(DIGEST).stat()
    again = vault.add_bytes("another name.txt", [POLICY[:5], b"", POLICY[5:]])

    assert (again.sha256, again.name, again.already_there) == (DIGEST, "another name.txt", True)
    assert vault.path_of(DIGEST).stat().st_ino == before.st_ino
    assert len(files(tmp_path / "evidence")) == 1


def test_a_stored_file_that_was_damaged_is_healed_by_adding_it_again(vault, policy):
    vault.add_file(policy)
    replaced(vault, DIGEST, b"x" * len(POLICY))

    assert not vault.add_file(policy).already_there
    assert vault.path_of(DIGEST).read_bytes() == POLICY


@unix
def test_a_stored_file_is_not_writable_by_accident(vault, policy):
    vault.add_file(policy)
    assert not vault.path_of(DIGEST).stat().st_mode & 0o222


def test_a_name_in_an_odd_folder_is_kept_as_typed(vault, tmp_path):
    folder = tmp_path / "a b ü 'q\" $(x)"
    folder.mkdir()
    path = folder / "Prüfbericht (final) – 2026.TXT"
    path.write_bytes(POLICY)

    assert vault.add_file(path).name == "Prüfbericht (final) – 2026.TXT"


HOSTILE = [
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\config",
    "/etc/passwd",
    "C:\\Users\\ann\\plan.pdf",
    "CON",
    "NUL.txt",
    "a:b",
    "trailing. ",
    "-rf",
    "$(reboot).txt",
    "x\r\ny.txt",
    "\u202egpj.exe",
    "%2e%2e%2fplan.txt",
    "~root",
    "n" * 5000,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_data(vault, tmp_path, name):
    stored = vault.add_bytes(name, [POLICY])

    assert files(tmp_path) == [f"evidence/sha256/{DIGEST[:2]}/{DIGEST[2:]}"]
    assert "/" not in stored.name
    assert "\\" not in stored.name
    assert 0 < len(stored.name) <= 255


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=40))
def test_no_name_at_all_leads_out_of_the_folder(vault, tmp_path, name):
    with suppress(BadFile):
        vault.add_bytes(name, [POLICY])
    assert set(files(tmp_path)) <= {f"evidence/sha256/{DIGEST[:2]}/{DIGEST[2:]}"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a\0b", "holds a NUL"),
        ("a\udcffb.txt", "lone surrogate"),
        ("", "not the name of a file"),
        ("..", "not the name of a file"),
        ("folder/", "not the name of a file"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(vault, tmp_path, name, said):
    with pytest.raises(BadFile, match=said):
        vault.add_bytes(name, [POLICY])
    assert files(tmp_path) == []


@unix
def test_a_file_with_an_undecodable_name_is_refused_in_words_that_can_be_printed(vault, tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/plan\xff.txt"))
    try:
        path.write_bytes(POLICY)
    except OSError:
        pytest.skip("this file system takes no such names")
    with pytest.raises(BadFile, match="lone surrogate") as caught:
        vault.add_file(path)
    str(caught.value).encode()


# ---- what is refused


def refused(vault: Vault, path: Path) -> str:
    """What the vault says of `path`; it keeps nothing of it."""
    with pytest.raises(BadFile) as caught:
        vault.add_file(path)
    assert files(vault.path_of(DIGEST).parents[2]) == []
    return str(caught.value)


def test_a_missing_file_is_refused(vault, tmp_path, policy):
    assert refused(vault, tmp_path / "none.txt").endswith("none.txt does not exist. Check the name and its folder.")
    assert "does not exist" in refused(vault, policy / "below a file")
    assert "cannot be opened" in refused(vault, tmp_path / "a\0b")


def test_a_folder_is_refused(vault, tmp_path):
    assert "is a folder" in refused(vault, tmp_path)


def test_an_empty_file_is_refused(vault, tmp_path):
    (tmp_path / "empty.txt").touch()
    assert "empty.txt is empty" in refused(vault, tmp_path / "empty.txt")
    with pytest.raises(BadFile, match="is empty"):
        vault.add_bytes("empty.txt", [b"", b""])


def test_a_file_over_the_limit_is_refused_before_it_is_read(vault, tmp_path):
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(10_000_001)
    assert "large.bin is larger than 10,000,000 bytes" in refused(vault, tmp_path / "large.bin")


def test_bytes_without_end_are_stopped_at_the_limit(tmp_path):
    read = 0

    def endless():
        nonlocal read
        while True:
            read += 1000
            yield b"x" * 1000

    with pytest.raises(BadFile, match=r"larger than 5,000 bytes"):
        Vault(tmp_path / "evidence", limit=5000).add_bytes("endless.bin", endless())
    assert read == 6000
    assert files(tmp_path) == []


def test_a_file_of_exactly_the_limit_is_taken(tmp_path):
    assert Vault(tmp_path, limit=5000).add_bytes("whole.bin", [b"x" * 5000]).size == 5000


@unix
def test_a_symbolic_link_is_refused(vault, tmp_path, policy):
    (tmp_path / "link").symlink_to(policy)
    (tmp_path / "dangling").symlink_to(tmp_path / "none")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("link", "dangling", "loop"):
        assert "is a symbolic link" in refused(vault, tmp_path / name)


@unix
@pytest.mark.timeout(20)
def test_a_pipe_is_refused_and_nobody_waits_for_it(vault, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is a device or pipe, not a file" in refused(vault, tmp_path / "pipe")


@unix
def test_devices_and_sockets_are_refused(vault, tmp_path, monkeypatch):
    assert "is a device or pipe" in refused(vault, Path("/dev/zero"))
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        assert "not a file" in refused(vault, tmp_path / "socket")


@unix
def test_a_file_that_may_not_be_read_is_refused(open_folder):
    path = open_folder / "secret.txt"
    path.write_bytes(POLICY)
    path.chmod(0)
    kind, said = as_nobody(lambda: Vault(open_folder / "evidence").add_file(path))

    assert (kind, "may not be read" in said) == ("BadFile", True)


@pytest.fixture
def open_folder():
    """A folder that every user of this machine may write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path):
    path, done = tmp_path / "growing.log", threading.Event()
    path.write_bytes(b"line\n" * 1_000_000)

    def grow():
        with path.open("ab", buffering=0) as file:
            while not done.is_set():
                file.write(b"one more line\n")

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        with pytest.raises(BadFile, match=r"growing.log changed while it was read"):
            Vault(tmp_path / "evidence").add_file(path)
    finally:
        done.set()
        thread.join()
    assert files(tmp_path) == ["growing.log"]


def test_a_file_that_is_overwritten_while_it_is_read_is_refused(tmp_path):
    path, done = tmp_path / "busy.bin", threading.Event()
    path.write_bytes(b"x" * 60_000_000)

    def overwrite():
        with path.open("r+b", buffering=0) as file:
            while not done.is_set():
                file.seek(0)
                file.write(b"y" * 1000)

    thread = threading.Thread(target=overwrite)
    thread.start()
    try:
        with pytest.raises(BadFile, match=r"busy.bin changed while it was read"):
            Vault(tmp_path / "evidence").add_file(path)
    finally:
        done.set()
        thread.join()


@unix
def test_a_link_that_is_swapped_in_at_the_last_moment_never_gets_through(tmp_path):
    secret, wanted, link = tmp_path / "secret", tmp_path / "wanted", tmp_path / "offered"
    secret.write_bytes(b"top secret")
    wanted.write_bytes(POLICY)
    vault, done = Vault(tmp_path / "evidence"), threading.Event()

    def swap():
        while not done.is_set():
            for source in (secret, wanted):
                (tmp_path / "new").symlink_to(source) if source is secret else os.link(source, tmp_path / "new")
                (tmp_path / "new").replace(link)
                (tmp_path / "new").unlink(missing_ok=True)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(2000):
            try:
                assert vault.add_file(link).sha256 == DIGEST
            except BadFile:
                continue
    finally:
        done.set()
        thread.join()
    assert not vault.has(sha256(b"top secret").hexdigest())


# ---- when the vault's own disk fails


@unix
def test_a_full_disk_is_said_and_leaves_nothing_behind(vault, tmp_path):
    kind, said = in_a_child(lambda: vault.add_bytes("large.bin", [b"x" * 50_000] * 2), lambda: small_files(60_000))

    assert kind == "NotRecorded"
    assert said.startswith("large.bin was not added: ")
    assert said.endswith("Nothing was changed.")
    assert files(tmp_path) == []


@unix
def test_a_disk_without_space_says_so(tmp_path):
    if os.geteuid() or not mounted(tmp_path):
        pytest.skip("NOT TRIED: a small disk to fill can only be mounted by root")
    try:
        with pytest.raises(NotRecorded, match=r"the disk of the evidence folder is full. Free some space"):
            Vault(tmp_path / "small").add_bytes("large.bin", [b"x" * 500_000] * 4)
        assert files(tmp_path / "small") == []
    finally:
        subprocess.run(["umount", tmp_path / "small"], check=True)


def mounted(folder: Path) -> bool:
    """Whether a disk of one megabyte could be mounted at folder/small."""
    (folder / "small").mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder / "small"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@unix
def test_a_folder_that_may_not_be_written_is_said(open_folder):
    open_folder.chmod(0o555)
    kind, said = as_nobody(lambda: Vault(open_folder / "evidence").add_bytes("a.txt", [POLICY]))

    assert (kind, "cannot be written" in said) == ("NotRecorded", True)


def test_an_addition_that_breaks_off_leaves_nothing_behind(vault, tmp_path):
    def broken():
        yield POLICY
        raise RuntimeError("the browser went away")

    with pytest.raises(RuntimeError):
        vault.add_bytes("half.txt", broken())
    assert files(tmp_path) == []


# ---- what is found later


def replaced(vault: Vault, digest: str, content: bytes) -> None:
    """The stored file with another content, as somebody leaves it who got round the vault."""
    path = vault.path_of(digest)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(content)


def test_unharmed_files_verify(vault, policy):
    vault.add_file(policy)

    assert vault.verify([DIGEST]) == []
    assert vault.verify({DIGEST: ("policy.txt", 32)}) == []
    assert vault.verify([]) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (POLICY.replace(b"owner", b"Owner"), "policy.txt was changed: its content no longer has the hash"),
        (POLICY + b"\n", "policy.txt was changed: it has 33 bytes instead of 32"),
        (b"", "policy.txt was changed: it has 0 bytes instead of 32"),
    ],
)
def test_a_changed_file_is_found_by_name(vault, policy, content, said):
    vault.add_file(policy)
    other = vault.add_bytes("other.txt", [b"other"])
    replaced(vault, DIGEST, content)

    [damage] = vault.verify({other.sha256: ("other.txt", 5), DIGEST: ("policy.txt", 32)})
    assert damage.sha256 == DIGEST
    assert said in damage.reason
    assert [d.sha256 for d in vault.verify([DIGEST])] == [DIGEST]


def test_a_missing_file_is_found_by_name(vault, policy):
    vault.add_file(policy)
    vault.path_of(DIGEST).unlink()

    [damage] = vault.verify({DIGEST: ("policy.txt", 32)})
    assert "policy.txt is missing" in damage.reason
    assert not vault.has(DIGEST)
    with pytest.raises(BadFile, match="cannot be opened"):
        vault.open(DIGEST)


@unix
def test_a_file_that_was_replaced_by_a_link_to_it_is_found(vault, policy):
    vault.add_file(policy)
    vault.path_of(DIGEST).unlink()
    vault.path_of(DIGEST).symlink_to(policy)

    [damage] = vault.verify({DIGEST: ("policy.txt", 32)})
    assert "symbolic link" in damage.reason
    assert not vault.has(DIGEST)


@pytest.mark.parametrize("digest", ["", "..", "../" * 22, "A" * 64, "a" * 63, f"{'a' * 64}\n", f"../{'a' * 61}"])
def test_what_is_no_hash_names_no_file(vault, digest):
    for ask in (vault.path_of, vault.has, vault.open):
        with pytest.raises(BadInput, match="not the SHA-256"):
            ask(digest)


# ---- what interrupted additions leave


def test_old_leftovers_are_swept_and_additions_under_way_are_not(vault, policy, tmp_path):
    vault.add_bytes("first.txt", [b"first"])
    old, new = (tmp_path / "evidence" / "incoming" / name for name in ("old.part", "new.part"))
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (time.time() - 90_000,) * 2)

    vault.add_file(policy)

    assert (old.exists(), new.exists(), vault.has(DIGEST)) == (False, True, True)


# ---- what it is


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("plan", b"%PDF-1.7\n", "application/pdf"),
        ("plan.exe", b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
        ("photo.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.gif", b"GIF89a", "image/gif"),
        ("a.zip", b"PK\x03\x04", "application/zip"),
        ("a.pdf", b"PK\x03\x04", "application/zip"),
        ("a.xlsx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.docx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.gz", b"\x1f\x8b\x08", "application/gzip"),
        ("a.parquet", b"PAR1\x15", "application/vnd.apache.parquet"),
        ("a.json", b"{}", "application/json"),
        ("a", b' \n[{"a": 1', "application/json"),
        ("a.log", b"[2026-01-01] started", "text/plain"),
        ("a.csv", b"id,owner\n", "text/csv"),
        ("a.md", b"# Policy", "text/markdown"),
        ("a.yaml", b"a: 1", "application/yaml"),
        ("a.svg", b"<svg><script/>", "image/svg+xml"),
        ("a.pdf", b"just text", "text/plain"),
        ("a.csv", b"id\0\xff\xfe", "application/octet-stream"),
        ("a.png", b"\0\1\2", "application/octet-stream"),
        ("a", b"\0\1\2", "application/octet-stream"),
        ("a.mp4", b"\0\0\0 ftyp", "video/mp4"),
        ("a.txt", "é".encode() * 2048, "text/plain"),
        ("a.txt", b"x" + ("é".encode() * 2048)[:4095], "text/plain"),
        ("a.txt", b"abc\xe9", "application/octet-stream"),
    ],
)
def test_the_media_type_is_told_by_the_content_before_the_name(name, head, found):
    assert media_type(name, head) == found


# ---- what no revision names


def old(mark: Path) -> None:
    os.utime(mark, (time.time() - 100_000, time.time() - 100_000))


def test_a_file_whose_addition_was_cut_short_is_swept_after_a_day(tmp_path):
    vault = Vault(tmp_path / "evidence", ledger="ours")
    added = vault.add_bytes("a.txt", [b"never recorded"])
    kept = vault.add_bytes("b.txt", [b"recorded"])
    vault.settle(kept.sha256)
    vault.sweep(lambda _: False)
    assert vault.has(added.sha256), "its addition may be under way"
    [mark] = (tmp_path / "evidence" / "incoming").iterdir()
    old(mark)
    vault.sweep(lambda _: False)

    assert not vault.has(added.sha256)
    assert vault.has(kept.sha256)
    assert list((tmp_path / "evidence" / "incoming").iterdir()) == []
    assert vault.held() == {kept.sha256: 8}


def test_a_file_that_a_revision_names_after_all_is_never_swept(tmp_path):
    vault = Vault(tmp_path / "evidence", ledger="ours")
    added = vault.add_bytes("a.txt", [b"recorded just before the end"])
    for mark in (tmp_path / "evidence" / "incoming").iterdir():
        old(mark)
    vault.sweep(lambda digest: digest == added.sha256)

    assert vault.has(added.sha256)
    assert list((tmp_path / "evidence" / "incoming").iterdir()) == []


def test_a_file_of_another_ledger_in_the_same_folder_is_never_swept(tmp_path):
    added = Vault(tmp_path / "evidence", ledger="theirs").add_bytes("a.txt", [b"theirs"])
    for mark in (tmp_path / "evidence" / "incoming").iterdir():
        old(mark)
    vault = Vault(tmp_path / "evidence", ledger="ours")
    vault.sweep(lambda _: False)

    assert vault.has(added.sha256)


def test_a_file_that_is_added_again_is_under_way_again(tmp_path):
    vault = Vault(tmp_path / "evidence", ledger="ours")
    added = vault.add_bytes("a.txt", [b"twice"])
    [mark] = (tmp_path / "evidence" / "incoming").iterdir()
    old(mark)
    vault.add_bytes("a.txt", [b"twice"])
    vault.sweep(lambda _: False)

    assert vault.has(added.sha256)
