"""Reads a YAML file that somebody else wrote: plain data only, with the line of every entry.

Refused, each in one sentence: broken YAML, files that are too large or too deep, aliases (a few hundred bytes of them
can stand for gigabytes), tags, duplicate keys, text that is not UTF-8.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbook import files
from workbook.errors import BadChecklist, BadFile
from workbook.language import say

MAX_BYTES = 5 * 1024**2
MAX_DEPTH = 30
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its data, its bytes, and the line (from 1) of every entry, by its path of keys and positions."""

    path: Path
    data: Any
    raw: bytes
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, where: tuple[str | int, ...]) -> int:
        """The line of the entry at `where`, or of the nearest entry round it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def read(path: Path) -> Document:
    """The document in `path`; raises BadChecklist naming file and line."""
    try:
        raw = files.read_limited(path, MAX_BYTES, say("It is to be text, so split it or check the file."))
    except BadFile as error:
        raise BadChecklist(str(error)) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        says = say("{name} is not UTF-8 text (byte {byte}); save it as UTF-8.", name=path.name, byte=error.start)
        raise BadChecklist(says) from error
    return _compose(path, raw, text)


def _compose(path: Path, raw: bytes, text: str) -> Document:
    document = Document(path, None, raw)
    try:
        events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        next(events), next(events)  # the stream, and the document or the stream's end
        first = next(events, None)
        data = None if first is None else _Builder(document, events).value(first, ())
        for further in events:
            line = further.start_mark.line + 1
            if isinstance(further, yaml.DocumentStartEvent):
                raise _wrong(path.name, line, say("a second document begins here; keep one in a file."))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _wrong(path.name, line, say("this is not YAML: {fault}.", fault=error.problem)) from error
    except (yaml.YAMLError, ValueError) as error:
        says = say("this is not YAML: {fault}.", fault=str(error).splitlines()[0])
        raise BadChecklist(f"{path.name}: {says}") from error
    return Document(path, data, raw, document.lines)


def _wrong(name: str, line: int, says: str) -> BadChecklist:
    return BadChecklist(f"{say('{where}, line {line}', where=name, line=line)}: {says}")


class _Builder:
    """Builds the data of one document in a single pass over its events, so that nothing refused is ever built."""

    def __init__(self, document: Document, events: Iterator[Any]) -> None:
        self.document, self.events, self.name = document, events, document.path.name

    def value(self, event: Any, where: tuple[str | int, ...]) -> Any:
        """What begins with `event`, and the line of everything in it."""
        line = self.document.lines[where] = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _wrong(self.name, line, say("aliases (& and *) are not allowed; write the text out."))
        if event.tag:
            raise _wrong(self.name, line, say("the tag {tag} is not allowed; write plain data.", tag=event.tag))
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, line)
        if len(where) >= MAX_DEPTH:
            raise _wrong(self.name, line, say("nested more than {most} levels deep.", most=MAX_DEPTH))
        return self.sequence(where) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(where)

    def sequence(self, where: tuple[str | int, ...]) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.value(event, (*where, len(found))))
        return found

    def mapping(self, where: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise _wrong(self.name, line, say("a key must be a word."))
            key = event.value
            if key in found:
                raise _wrong(self.name, line, say("{key!r} stands here a second time; keep one.", key=key))
            found[key] = self.value(next(self.events), (*where, key))
            self.document.lines[(*where, key)] = line
        return found

    def scalar(self, event: Any, line: int) -> Any:
        if event.style:  # quoted, or a block: always text
            return event.value
        kind = _CONSTRUCTOR.resolve(yaml.ScalarNode, event.value, (True, False)).rpartition(":")[2]
        if kind in ("str", "timestamp"):  # a day stays as it is written; who wants one reads it
            return event.value
        if kind == "int":
            return _CONSTRUCTOR.construct_yaml_int(yaml.ScalarNode(kind, event.value))
        if kind == "null":
            return None
        if event.value in ("true", "false"):
            return event.value == "true"
        says = say("{value!r} would be read as a {kind}; quote it to keep it text.", value=event.value, kind=kind)
        raise _wrong(self.name, line, says)


_CONSTRUCTOR: Any = yaml.SafeLoader("")
