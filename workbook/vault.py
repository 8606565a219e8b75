"""The evidence files, each under the SHA-256 of its content: `sha256/ab/cdef…` in a folder or a bucket.

A file is written aside and gets its name whole before its caller records it, so that no revision names a file that is
not there. Names are data only and never a path; nothing is unpacked, rendered or run.
"""

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from mimetypes import MimeTypes
from pathlib import Path
from typing import BinaryIO

from workbook import files
from workbook.errors import BadFile, BadInput, NotRecorded
from workbook.language import say, term, written
from workbook.model import check_text
from workbook.remote import Place
from workbook.shelf import Bucket, Folder

LIMIT = 200 * 1024**2  # bytes of one file
CHUNK = 1024**2
HEAD = 4096  # bytes that tell a media type
MAX_NAME = 255

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)

_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"PAR1": "application/vnd.apache.parquet",
    b"\x1f\x8b": "application/gzip",
    b"PK\x03\x04": "application/zip",
}
_ZIPPED = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")  # zip by content
_AS_TEXT = ("application/json", "application/xml", "application/yaml", "application/javascript", "text/", "image/svg")
_JSON = re.compile(rb'\s*(\{\s*["}]|\[\s*["{\[])')
_MORE_TYPES = {
    ".xlsx": f"{_ZIPPED[0]}spreadsheetml.sheet",
    ".docx": f"{_ZIPPED[0]}wordprocessingml.document",
    ".pptx": f"{_ZIPPED[0]}presentationml.presentation",
    ".ods": f"{_ZIPPED[1]}spreadsheet",
    ".odt": f"{_ZIPPED[1]}text",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_TYPES = MimeTypes()  # Python's own table, not the machine's: the same answer everywhere
for _ending, _type in _MORE_TYPES.items():
    _TYPES.add_type(_type, _ending)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the vault; `already_there` if its content did before."""

    sha256: str
    size: int
    media_type: str
    name: str
    already_there: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with one evidence file, in a sentence."""

    sha256: str
    reason: str


class Vault:
    """The evidence files in one place: a folder, which is made when the first file is added, or one in a bucket."""

    def __init__(self, place: Place, *, limit: int = LIMIT, ledger: str = "") -> None:
        self._shelf = Folder(place) if isinstance(place, Path) else Bucket(place, limit)
        self._limit = limit
        self._ledger = ledger  # the name of that for which files are added: those of another are not ours to sweep

    def add_file(self, path: Path) -> Stored:
        """Add the regular file at `path`; durable on return.

        Raises BadFile for a file that is missing, no regular file, empty, too large, unreadable or that changes while
        it is read, NotRecorded if the vault cannot take it.
        """
        path = Path(path)
        with _open(path) as source:
            before = os.fstat(source.fileno())
            self._check_size(before.st_size, path.name)
            return self._add(_clean(path.name), _steady(source, before, path.name))

    def look(self, path: Path) -> Stored:
        """What `add_file` would say of the file at `path`, without keeping it; raises BadFile as it does."""
        path = Path(path)
        with _open(path) as source:
            before = os.fstat(source.fileno())
            self._check_size(before.st_size, path.name)
            hasher, head = sha256(), b""
            for chunk in _steady(source, before, path.name):
                hasher.update(chunk)
                head += chunk[: HEAD - len(head)]
        name, digest = _clean(path.name), hasher.hexdigest()
        return Stored(digest, before.st_size, media_type(name, head), name, self.has(digest))

    def add_bytes(self, name: str, chunks: Iterable[bytes]) -> Stored:
        """Add what `chunks` hold, called `name`; durable on return. Raises BadFile or NotRecorded as `add_file`."""
        return self._add(_clean(name), chunks)

    def path_of(self, sha256: str) -> Place:
        """Where the file with this hash lies, or would; raises BadInput for anything but 64 hexadecimal digits."""
        return self._shelf.place / _stored_as(sha256)

    def has(self, sha256: str) -> bool:
        """Whether a file with this hash is there; `verify` says whether it is unharmed."""
        return self._shelf.has(_stored_as(sha256))

    def open(self, sha256: str) -> BinaryIO:
        """The file with this hash, to be read and closed; raises BadFile if it is not there, or was changed."""
        try:
            file = self._shelf.open(_stored_as(sha256))
        except BadFile as error:
            says = say("The evidence file {hash} cannot be opened in {place}: {why}", hash=sha256, why=error,
                       place=self._shelf.place)  # fmt: skip
            raise BadFile(says) from error
        if _hash(file) != sha256:
            file.close()
            raise BadFile(
                say("The evidence file {hash} was changed: its content no longer has this hash.", hash=sha256)
            )
        file.seek(0)
        return file

    def erase(self, sha256: str) -> None:
        """Remove the file with this hash, if it is there; raises NotRecorded if it cannot be removed."""
        self._shelf.remove(_stored_as(sha256))

    @property
    def beyond_reach(self) -> tuple[str, ...]:
        """Where copies of a file may lie that `erase` cannot remove, a sentence each."""
        return self._shelf.beyond_reach

    def verify(self, evidence: Mapping[str, tuple[str, int]] | Iterable[str]) -> list[Damage]:
        """What is wrong with the files in `evidence`: their hashes, or hash to (name, size); empty if nothing is."""
        expected = evidence if isinstance(evidence, Mapping) else {digest: (digest, None) for digest in evidence}
        found = [(digest, self._file_damage(digest, name, size)) for digest, (name, size) in expected.items()]
        return [Damage(digest, reason) for digest, reason in found if reason]

    def settle(self, sha256: str) -> None:
        """Note that a revision names the file with this hash now: its addition has come to its end."""
        self._shelf.unmark(f"{sha256}{self._ending}")

    def sweep(self, is_named: Callable[[str], bool]) -> None:
        """Remove files that were added for this ledger more than a day ago and never came to be named by a revision."""
        for mark in self._shelf.stale_marks(self._ending):
            digest = mark.removesuffix(self._ending)
            if _DIGEST.fullmatch(digest):
                with suppress(NotRecorded):  # it cannot be removed, or not now: no harm
                    if not is_named(digest) and self._shelf.is_stale(mark):
                        self._shelf.remove(_stored_as(digest))
                    self._shelf.unmark(mark)

    def held(self) -> dict[str, int]:
        """The size of every file in the vault, by its hash."""
        return {"".join(name.split("/")[-2:]): size for name, size in self._shelf.sizes().items()}

    @property
    def _ending(self) -> str:
        """What the names of this ledger's marks end in."""
        return f".{self._ledger}.new"

    def _add(self, name: str, chunks: Iterable[bytes]) -> Stored:
        with _disk_errors_explained(name, self._shelf.disk), self._shelf.incoming() as temporary:
            digest, size, head = self._write(temporary, name, chunks)
            if self._ledger:
                self._shelf.mark(f"{digest}{self._ending}")
            there = self._keep(temporary, digest, size)
        return Stored(digest, size, media_type(name, head), name, there)

    def _write(self, temporary: Path, name: str, chunks: Iterable[bytes]) -> tuple[str, int, bytes]:
        """Write `chunks` to `temporary`, synced: their hash, size and beginning."""
        hasher, size, head = sha256(), 0, b""

        def checked() -> Iterator[bytes]:
            nonlocal size, head
            for chunk in chunks:
                size += len(chunk)
                if size > self._limit:
                    self._check_size(size, name)
                hasher.update(chunk)
                head += chunk[: HEAD - len(head)]
                yield chunk
            self._check_size(size, name)

        files.write_new(temporary, checked(), private=True)
        return hasher.hexdigest(), size, head

    def _keep(self, temporary: Path, digest: str, size: int) -> bool:
        """Give `temporary` its place, unless its content is there unharmed already; whether it was."""
        if not self._file_damage(digest, digest, size):
            return True
        self._shelf.keep(temporary, _stored_as(digest))
        if isinstance(self._shelf, Bucket) and (damage := self._file_damage(digest, digest, size)):
            raise NotRecorded(f"What arrived in {self._shelf.place} is not what was sent. {damage} Add it again.")
        return False

    def _file_damage(self, digest: str, name: str, size: int | None) -> str:
        if not _DIGEST.fullmatch(digest):
            return f"The evidence {name} names no file: {digest[:80]!r} is not the SHA-256 of one."
        if self._shelf.is_free(_stored_as(digest)):
            return f"The evidence file {name} is missing: there is no {self.path_of(digest)}. Restore it from a backup."
        try:
            with self._shelf.open(_stored_as(digest)) as file:
                length = file.seek(0, os.SEEK_END)
                if size is not None and length != size:
                    return f"The evidence file {name} was changed: it has {length:,} bytes instead of {size:,}."
                file.seek(0)
                if _hash(file) != digest:
                    return f"The evidence file {name} was changed: its content no longer has the hash {digest}."
        except (BadFile, OSError) as error:
            return f"The evidence file {name} cannot be read: {error}"
        return ""

    def _check_size(self, size: int, name: str) -> None:
        if not size:
            raise BadFile(
                say("{name} is empty: there is nothing in it that could be evidence. Choose another file.", name=name)
            )
        if size > self._limit:
            raise BadFile(
                say(
                    "{name} is larger than {most} bytes. Attach an extract of it, or a link to where it lies.",
                    name=name,
                    most=written(self._limit),
                )
            )


def _stored_as(sha256: str) -> str:
    """The name of the file with this hash; raises BadInput for anything but 64 hexadecimal digits."""
    if not _DIGEST.fullmatch(sha256):
        raise BadInput(f"{sha256[:80]!r} is not the SHA-256 of a file: that has 64 digits (0-9, a-f).")
    return f"sha256/{sha256[:2]}/{sha256[2:]}"


def media_type(name: str, head: bytes) -> str:
    """What a file holds, by its first bytes, and by its name where these do not tell it."""
    by_name = _TYPES.guess_type(name)[0] or ""
    for signature, found in _SIGNATURES.items():
        if head.startswith(signature):
            return by_name if found == "application/zip" and by_name.startswith(_ZIPPED) else found
    if not _is_text(head):
        claims = by_name.startswith((*_AS_TEXT, *_ZIPPED)) or by_name in _SIGNATURES.values()
        return "application/octet-stream" if claims or not by_name else by_name  # no name makes it what it is not
    if by_name.startswith(_AS_TEXT):
        return by_name
    return "application/json" if _JSON.match(head) else "text/plain"


def _open(path: Path) -> BinaryIO:
    """The regular file at `path` itself, to be read; raises BadFile, for a link too: tomorrow it may lead elsewhere."""
    return files.open_regular(path, links=False)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return len(head) >= HEAD and error.start > len(head) - 4  # a character cut by the end of what was read
    return True


def _clean(name: str) -> str:
    """The file's own name out of what was typed, whichever system's path it is; raises BadFile."""
    own = name.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        check_text(own)
    except ValueError as error:
        raise BadFile(say("The file name {name!a} {fault}.", name=own[:80], fault=error)) from error
    if not own.strip(". "):
        raise BadFile(
            say("{name!r} is not the name of a file. Give it a name, for example report.pdf.", name=name[:80])
        )
    return own[:MAX_NAME]


def _steady(source: BinaryIO, before: os.stat_result, name: str) -> Iterator[bytes]:
    """The chunks of `source`; raises BadFile if it cannot be read, or changed before its end was reached."""
    count = 0
    try:
        while chunk := source.read(CHUNK):
            count += len(chunk)
            yield chunk
        after = os.fstat(source.fileno())
    except OSError as error:
        raise BadFile(
            say("{name} could not be read to its end: {why}. Copy it to this machine first.", name=name,
                why=error.strerror)
        ) from error  # fmt: skip
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or count != before.st_size:
        raise BadFile(
            say("{name} changed while it was read. Wait until nothing writes to it, then add it again.", name=name)
        )


@contextmanager
def _disk_errors_explained(name: str, disk: str) -> Iterator[None]:
    """Turn what the disk that takes files in complains about into NotRecorded."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            says = say(
                "{name} was not added: the disk of the {place} is full. Free some space, then add it again. Nothing "
                "was changed.",
                name=name,
                place=term(disk),
            )
        else:
            says = say(
                "{name} was not added: the {place} cannot be written ({why}). Check its rights and its disk. Nothing "
                "was changed.",
                name=name,
                place=term(disk),
                why=error.strerror,
            )
        raise NotRecorded(says) from error


def _hash(file: BinaryIO) -> str:
    hasher = sha256()
    while chunk := file.read(CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()
