"""A file is whole or not there, whatever goes wrong while it is written."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nobody import in_a_child, small_files
from workbook import files


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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_file_may_be_read_by_whom_the_users_own_setting_allows(tmp_path: Path):
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "page.html", b"for the group")
    finally:
        os.umask(before)

    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o640
