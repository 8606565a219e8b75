"""The newest head that was seen of each engagement, in files apart from the database: so its end cannot go unnoticed.

A note is written after the append that it speaks of, and never waited for: an older one is as true. All notes have one
length, so that a newer one is written over an older one in a single step.
"""

import os
import re
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from workbook import files
from workbook.errors import BadFile
from workbook.model import SLUG, Head

_NOTE = re.compile(rb"([0-9]{1,15}) ([0-9a-f]{64})\n")
_LIMIT = 100  # bytes


class Heads:
    """The notes in one folder, which is made with the first; without a folder nothing is noted."""

    def __init__(self, folder: Path | None, server: str = "") -> None:
        own = sha256(server.encode()).hexdigest()[:12] if server else ""
        self._folder = folder / own if folder else None

    def place(self, engagement: str) -> Path | None:
        """Where the note on an engagement lies, or would; None if nothing is noted of it."""
        return self._folder / engagement if self._folder and re.fullmatch(SLUG, engagement) else None

    def note(self, engagement: str, number: int, hash: str) -> None:
        """Keep the head of an engagement, unless a newer one is noted; where that cannot be written, it stays as it is.

        What was recorded is recorded either way, so the disk is not waited for.
        """
        place = self.place(engagement)
        if place is None:
            return
        note = f"{number:015} {hash}\n".encode()
        with suppress(OSError):
            if _write_over(place, number, note):
                return
        with suppress(OSError):
            if not place.parent.is_dir():
                files.make_folder(place.parent, private=True)
            with files.aside(place.parent) as temporary:
                temporary.write_bytes(note)
                temporary.replace(place)

    def names(self) -> list[str]:
        """The engagements of which a head is noted."""
        try:
            found = [path.name for path in self._folder.iterdir()] if self._folder else []
        except OSError:
            return []
        return [name for name in found if self.newest(name).number]

    def newest(self, engagement: str) -> Head:
        """The head that was noted; an empty one where there is no note, or none that can be read."""
        place = self.place(engagement)
        if place is None:
            return Head()
        try:
            content = files.read_limited(place, _LIMIT)
            while content != (content := files.read_limited(place, _LIMIT)):  # somebody writes just now
                continue
        except BadFile:
            return Head()
        found = _NOTE.fullmatch(content)
        return Head(int(found[1]), found[2].decode()) if found else Head()


def _write_over(place: Path, number: int, note: bytes) -> bool:
    """Whether a note of the same length lies at `place` and is newer, or was written over by this one."""
    handle = os.open(place, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    try:
        there = os.read(handle, _LIMIT) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
        found = _NOTE.fullmatch(there)
        if found is None or (int(found[1]) < number and len(there) != len(note)):
            return False
        if int(found[1]) < number:
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, note)
        return True
    finally:
        os.close(handle)
