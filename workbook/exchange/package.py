"""The parts of an .xlsx file, which is a zip file of XML, read piece by piece and never further than is sound.

Sizes are bounded before a part is read, and what it holds while it is read: a file of some hundred kilobytes may claim,
or really unpack to, gigabytes.
"""

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

from workbook.errors import BadFile
from workbook.exchange.grid import MAX_CELLS
from workbook.language import say, written

MAX_UNPACKED = 200 * 1024**2  # of all parts together
MAX_TAGS = 16_000_000  # in all parts that are read; three million cells need twelve
MAX_DEPTH = 60  # of elements in one another; a sheet needs about ten
MAX_TAG = 1024**2  # bytes of one tag or comment
MAX_NAMES = 5_000  # different tags and attributes in one part
MAX_PIECES = 1_000  # of 8 kB: the text of one element
MAX_READ = 4 * 1024**2  # bytes at once; the list of a zip file's parts is read at once
CHUNK = 1 << 16
SOUND = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack a few bytes to any size in one step
Attributes = dict[str, str]


class _Careful:
    """A file of which nobody reads more than MAX_READ at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > MAX_READ:
            raise zipfile.BadZipFile
        return self._file.read(MAX_READ if size < 0 else size)


class Package:
    """The parts of the open zip file `file`, which people call `name`.

    Raises BadFile for a file that is protected or unpacks to too much, zipfile.BadZipFile for one that is broken.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._name, self._unpacked, self._tags, self._cells = name, 0, 0, 0
        self._zip = zipfile.ZipFile(_Careful(file))
        entries = self._zip.infolist()
        self._parts = {entry.filename.replace("\\", "/").casefold(): entry for entry in entries}
        if any(entry.flag_bits & 1 for entry in entries):
            raise BadFile(say("{name} is protected with a password; save it without one.", name=name))
        if any(entry.compress_type not in SOUND for entry in entries):
            raise zipfile.BadZipFile
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise self._too_large()

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._parts

    def walk(self, part: str, walker: "Walker") -> None:
        """Tell `walker` the elements of a part; raises BadFile for one that holds too much, KeyError for none."""
        entry = self._parts[part.casefold()]
        for chunk in self._chunks(entry):  # counting is much faster than parsing
            self._tags += chunk.count(b"<")
            self._cells += chunk.count(b"</v>") + chunk.count(b":v>") // 2
        if self._cells > MAX_CELLS:
            raise self.too_much(say("more than {most} cells", most=written(MAX_CELLS)))
        if self._tags > MAX_TAGS:
            most = written(MAX_TAGS)
            raise self.too_much(say("more than {most} tags, counted up to {part}", most=most, part=part))
        try:
            walker.read(self._chunks(entry))
        except _Unsound as error:
            says = say("{name}: its part {part} {fault}; it was not made by a spreadsheet.", name=self._name, part=part,
                       fault=error)  # fmt: skip
            raise BadFile(says) from None

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """A part, piece by piece; what it really unpacks to counts, and again each time it is read."""
        with self._zip.open(entry) as file:
            while chunk := file.read(CHUNK):
                self._unpacked += len(chunk)
                if self._unpacked > MAX_UNPACKED * 2:
                    raise self._too_large()
                yield chunk

    def too_much(self, what: str) -> BadFile:
        """The error for a file that holds more than any register."""
        return BadFile(
            say("{name} holds {what}; no register is that large. Import the sheet you need on its own.",
                name=self._name, what=what)
        )  # fmt: skip

    def _too_large(self) -> BadFile:
        most = MAX_UNPACKED // 1024**2
        return BadFile(
            say("{name} unpacks to more than {most} MB; it is not an inventory.", name=self._name, most=most)
        )


class _Unsound(Exception):
    """XML that no spreadsheet writes; the message says what it does."""


class Walker:
    """Hears of the elements of a part one after the other, and keeps what it wants of them.

    `starts` and `ends` hold what is called for an element, by the local name of its parent and its own; text is kept
    from the start of an element of `starts` or `ends` on.
    """

    def __init__(self) -> None:
        self.starts: dict[tuple[str, str], Callable[[Attributes], None]] = {}
        self.ends: dict[tuple[str, str], Callable[[str], None]] = {}
        self._path = [""]
        self._text: list[str] = []
        self._names: dict[str, str] = {}

    def read(self, chunks: Iterator[bytes]) -> None:
        """Parse a part; raises expat.ExpatError for what is no XML."""
        parser = expat.ParserCreate(intern=self._names)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = _refuse_doctype
        fed = 0
        for chunk in chunks:
            parser.Parse(chunk)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_TAG or len(self._text) > MAX_PIECES:
                raise _Unsound(say("holds a tag or a text that never ends"))
            if len(self._names) > MAX_NAMES:
                raise _Unsound(say("holds more than {most} kinds of tags and attributes", most=written(MAX_NAMES)))
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: Attributes) -> None:
        local = tag.rpartition(":")[2] if ":" in tag else tag
        begun = self.starts.get((self._path[-1], local))
        self._path.append(local)
        if len(self._path) > MAX_DEPTH:
            raise _Unsound(say("holds elements {most} deep in one another", most=MAX_DEPTH))
        self._text.clear()
        if begun:
            begun(attributes)

    def _end(self, _tag: str) -> None:
        local = self._path.pop()
        ended = self.ends.get((self._path[-1], local))
        if ended:
            ended("".join(self._text))
        self._text.clear()


def _refuse_doctype(*_declared: Any) -> None:
    raise _Unsound(say("declares a document type"))


def attribute(attributes: Attributes, name: str) -> str:
    """An attribute by its local name, whatever prefix the file gives it; empty if it is not there."""
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to, by id: the last word of its type, and the part."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def add(about: Attributes) -> None:
        target = posixpath.normpath(posixpath.join("/", folder, about.get("Target", ""))).lstrip("/")
        found[about.get("Id", "")] = (about.get("Type", "").rpartition("/")[2], target)

    walker = Walker()
    walker.starts["Relationships", "Relationship"] = add
    where = posixpath.join(folder, "_rels", f"{name}.rels")
    if where in package:
        package.walk(where, walker)
    return found
