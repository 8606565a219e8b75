"""The evidence files, each under the SHA-256 of its content: `folder/sha256/ab/cdef…`.

A file is written aside, synced and renamed before its caller records it, so that no revision names a file that is not
there. Names are data only and never a path; nothing is unpacked, rendered or run.
"""

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from mimetypes import MimeTypes
from pathlib import Path
from typing import BinaryIO

from workbook import files
from workbook.errors import BadFile, BadInput, NotRecorded
from workbook.model import check_text

LIMIT = 200 * 1024**2  # bytes of one file
CHUNK = 1024**2
HEAD = 4096  # bytes that tell a media type
STALE = 24 * 3600  # seconds after which a temporary file belongs to no addition under way
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
    """The evidence files in one folder, which is made when the first file is added."""

    def __init__(self, folder: Path, *, limit: int = LIMIT, ledger: str = "") -> None:
        self._folder = Path(folder)
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

    def path_of(self, sha256: str) -> Path:
        """Where the file with this hash lies, or would; raises BadInput for anything but 64 hexadecimal digits."""
        if not _DIGEST.fullmatch(sha256):
            raise BadInput(f"{sha256[:80]!r} is not the SHA-256 of a file: that has 64 digits (0-9, a-f).")
        return self._folder / "sha256" / sha256[:2] / sha256[2:]

    def has(self, sha256: str) -> bool:
        """Whether a file with this hash is there; `verify` says whether it is unharmed."""
        return stat.S_ISREG(files.mode_of(self.path_of(sha256)))

    def open(self, sha256: str) -> BinaryIO:
        """The file with this hash, to be read and closed; raises BadFile if it is not there."""
        path = self.path_of(sha256)
        try:
            return _open(path)
        except BadFile as error:
            raise BadFile(f"The evidence file {sha256} cannot be opened in {self._folder}: {error}") from error

    def erase(self, sha256: str) -> None:
        """Remove the file with this hash, if it is there; raises NotRecorded if it cannot be removed."""
        path = self.path_of(sha256)
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                files.sync_folder(path.parent)
        except OSError as error:
            raise NotRecorded(
                f"{path} could not be removed: {error.strerror}. That it was erased is recorded; erase it once more."
            ) from error

    def verify(self, evidence: Mapping[str, tuple[str, int]] | Iterable[str]) -> list[Damage]:
        """What is wrong with the files in `evidence`: their hashes, or hash to (name, size); empty if nothing is."""
        expected = evidence if isinstance(evidence, Mapping) else {digest: (digest, None) for digest in evidence}
        found = [(digest, self._file_damage(digest, name, size)) for digest, (name, size) in expected.items()]
        return [Damage(digest, reason) for digest, reason in found if reason]

    def settle(self, sha256: str) -> None:
        """Note that a revision names the file with this hash now: its addition has come to its end."""
        with suppress(OSError):
            self._mark(sha256).unlink()

    def sweep(self, is_named: Callable[[str], bool]) -> None:
        """Remove files that were added for this ledger more than a day ago and never came to be named by a revision."""
        for mark in self._aside.glob(f"*.{self._ledger}.new"):
            with suppress(OSError, BadInput):  # somebody else removed it, or may; or it is no mark: no harm
                if _is_stale(mark):
                    digest = mark.name.partition(".")[0]
                    if not is_named(digest) and _is_stale(mark):
                        self.path_of(digest).unlink(missing_ok=True)
                    mark.unlink()

    def held(self) -> dict[str, int]:
        """The size of every file in the vault, by its hash."""
        places = (place for place in self._folder.glob("sha256/??/*") if place.is_file())
        return {f"{place.parent.name}{place.name}": place.stat().st_size for place in places}

    def _sweep_parts(self) -> None:
        """Remove what interrupted writing left behind more than a day ago."""
        for temporary in self._aside.glob("*.part"):
            with suppress(OSError):  # as above
                if _is_stale(temporary):
                    temporary.unlink()

    def _mark(self, sha256: str) -> Path:
        return self._aside / f"{sha256}.{self._ledger}.new"

    @property
    def _aside(self) -> Path:
        return self._folder / "incoming"

    def _make_folder(self, folder: Path) -> None:
        """Make a folder of the vault; what lies around the vault is shared as the umask says."""
        files.make_folder(self._folder.parent)
        files.make_folder(folder, private=True)

    def _add(self, name: str, chunks: Iterable[bytes]) -> Stored:
        with _disk_errors_explained(name):
            self._make_folder(self._aside)
            self._sweep_parts()
            with files.aside(self._aside) as temporary:
                digest, size, head = self._write(temporary, name, chunks)
                if self._ledger:
                    self._mark(digest).touch()
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
        path = self.path_of(digest)
        if not self._file_damage(digest, digest, size):
            return True
        self._make_folder(path.parent)
        if os.name != "nt":
            # not on Windows, which could not replace a read-only file
            temporary.chmod(stat.S_IMODE(temporary.stat().st_mode) & ~0o222)
        files.put(temporary, path)
        return False

    def _file_damage(self, digest: str, name: str, size: int | None) -> str:
        if not _DIGEST.fullmatch(digest):
            return f"The evidence {name} names no file: {digest[:80]!r} is not the SHA-256 of one."
        path = self.path_of(digest)
        mode = files.mode_of(path)
        if not mode:
            return f"The evidence file {name} is missing: there is no {path}. Restore it from a backup."
        try:
            with _open(path) as file:
                length = os.fstat(file.fileno()).st_size
                if size is not None and length != size:
                    return f"The evidence file {name} was changed: it has {length:,} bytes instead of {size:,}."
                if _hash(file) != digest:
                    return f"The evidence file {name} was changed: its content no longer has the hash {digest}."
        except (BadFile, OSError) as error:
            return f"The evidence file {name} cannot be read: {error}"
        return ""

    def _check_size(self, size: int, name: str) -> None:
        if not size:
            raise BadFile(f"{name} is empty: there is nothing in it that could be evidence. Choose another file.")
        if size > self._limit:
            raise BadFile(
                f"{name} is larger than {self._limit:,} bytes. Attach an extract of it, or a link to where it lies."
            )


def _is_stale(place: Path) -> bool:
    return time.time() - place.lstat().st_mtime > STALE


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
        raise BadFile(f"The file name {own[:80]!a} {error}.") from error
    if not own.strip(". "):
        raise BadFile(f"{name[:80]!r} is not the name of a file. Give it a name, for example report.pdf.")
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
            f"{name} could not be read to its end: {error.strerror}. Copy it to this machine first."
        ) from error
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or count != before.st_size:
        raise BadFile(f"{name} changed while it was read. Wait until nothing writes to it, then add it again.")


@contextmanager
def _disk_errors_explained(name: str) -> Iterator[None]:
    """Turn what the vault's own disk complains about into NotRecorded."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            reason = "the disk of the evidence folder is full. Free some space, then add it again."
        else:
            reason = f"the evidence folder cannot be written ({error.strerror}). Check its rights and its disk."
        raise NotRecorded(f"{name} was not added: {reason} Nothing was changed.") from error


def _hash(file: BinaryIO) -> str:
    hasher = sha256()
    while chunk := file.read(CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()
