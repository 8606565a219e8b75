"""Reads a YAML file that somebody else wrote: plain data only, with the line of every entry.

Refused, each in one sentence: broken YAML, files that are too large or too deep, aliases (a few hundred bytes of them
can stand for gigabytes), tags, duplicate keys, text that is not UTF-8.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbook.errors import BadChecklist

MAX_BYTES = 5 * 1024**2
MAX_DEPTH = 30
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file, and at which line (from 1) each entry stands, by its path of keys and positions."""

    path: Path
    data: Any
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, where: tuple[str | int, ...]) -> int:
        """The line of the entry at `where`, or of the nearest entry round it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def read(path: Path) -> Document:
    """The document in `path`; raises BadChecklist naming file and line."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadChecklist(f"{path.name} could not be read: {error.strerror}.") from error
    if len(raw) > MAX_BYTES:
        raise BadChecklist(f"{path.name} is larger than 5 MB; a checklist is text, so split it or check the file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadChecklist(f"{path.name} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error
    return _compose(path, text)


def _compose(path: Path, text: str) -> Document:
    try:
        _check_events(path, text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadChecklist(f"{path.name}, line {line}: this is not YAML: {error.problem}.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise BadChecklist(f"{path.name}: this is not YAML: {str(error).splitlines()[0]}.") from error
    document = Document(path, None, {})
    data = _plain(node, (), document) if node is not None else None
    return Document(path, data, document.lines)


def _check_events(path: Path, text: str) -> None:
    """Refuse aliases, tags and deep nesting before anything is built from them."""
    depth = 0
    for event in _events(text):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadChecklist(f"{path.name}, line {line}: aliases (& and *) are not allowed; write the text out.")
        if getattr(event, "tag", None):
            raise BadChecklist(f"{path.name}, line {line}: the tag {event.tag} is not allowed; write plain data.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise BadChecklist(f"{path.name}, line {line}: nested more than {MAX_DEPTH} levels deep.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_Loader))


def _plain(node: yaml.Node, where: tuple[str | int, ...], document: Document) -> Any:
    document.lines[where] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*where, i), document) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, where, document)
    return _scalar(node, document)


def _mapping(node: yaml.MappingNode, where: tuple[str | int, ...], document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = key_node.value, key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise BadChecklist(f"{document.path.name}, line {line}: a key must be a word.")
        if key in found:
            raise BadChecklist(f"{document.path.name}, line {line}: {key!r} stands here a second time; keep one.")
        found[key] = _plain(value_node, (*where, key), document)
        document.lines[(*where, key)] = line
    return found


def _scalar(node: Any, document: Document) -> Any:
    kind = node.tag.rpartition(":")[2]
    if kind == "str" or node.style in ("'", '"', "|", ">"):
        return node.value
    if kind == "int":
        return yaml.SafeLoader.construct_yaml_int(_CONSTRUCTOR, node)
    if kind == "null":
        return None
    if node.value in ("true", "false"):
        return node.value == "true"
    line = node.start_mark.line + 1
    raise BadChecklist(
        f"{document.path.name}, line {line}: {node.value!r} would be read as a {kind}; quote it to keep it text."
    )


_CONSTRUCTOR = yaml.SafeLoader("")
