"""Files that are whole or not there: written aside, synced, and only then given their name."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def write(path: Path, content: bytes) -> None:
    """Put `content` into `path`, durably and at once: a reader sees the old file or the new one. Raises OSError."""
    make_folder(path.parent)
    with aside(path.parent) as temporary:
        write_new(temporary, [content])
        put(temporary, path)


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A free name in `folder` for a file under way; what still lies there at the end is removed."""
    temporary = folder / f".{uuid4().hex}.part"
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def write_new(path: Path, chunks: Iterable[bytes]) -> None:
    """Write `chunks` to the new file `path`, synced when this returns; raises OSError and whatever `chunks` raise."""
    with os.fdopen(os.open(path, _NEW, 0o666), "wb") as target:
        for chunk in chunks:
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())


def put(temporary: Path, path: Path) -> None:
    """Give the synced file `temporary` its name `path`, in place of what has it, so that it survives a power cut."""
    temporary.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the content of a file that another program wrote survive a power cut; raises OSError."""
    _sync(path, os.O_RDWR)


def make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, so that it survives a power cut; raises OSError."""
    missing = [place for place in [folder, *folder.parents] if not place.exists()]
    for place in reversed(missing):
        place.mkdir(exist_ok=True)
        sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut; Windows has no such call, and does without."""
    if os.name != "nt":
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, mode: int) -> None:
    handle = os.open(path, mode)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
