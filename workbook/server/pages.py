"""The notebooks of a workspace as the server sees them: names, headings, and whether they are as shipped."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbook import files, paths
from workbook.errors import BadFile
from workbook.words import page_name

MAX_BYTES = 50 * 1024**2
NAMES = "[0-9][0-9]_*.ipynb"
_CALL = re.compile(r'\baudit\.(\w+)\((?:"([\w-]+)")?')


@dataclass(frozen=True, slots=True)
class Notebook:
    """One page: `known` if its code is what this version ships, so that it may be run without asking.

    `anchors` leads from a call on the audit, such as `ask scope` or `tasks`, to the heading above it.
    """

    name: str
    known: bool
    anchors: Mapping[str, str]

    @property
    def file(self) -> str:
        """What its file is called."""
        return f"{self.name}.ipynb"

    @property
    def title(self) -> str:
        """What people call it."""
        return page_name(self.name)


def is_workspace(root: Path) -> bool:
    """Whether this folder, which a server shows, lies in the workspace that commands and kernels started here mean."""
    found = paths.workspace()
    inside = root.resolve().is_relative_to(found)
    return inside and (found / "notebooks").is_dir() and (found / paths.MARKER).is_dir()


def notebooks() -> tuple[Notebook, ...]:
    """The pages of this workspace by name; read again only when a file of theirs changed."""
    shipped = paths.shipped("notebooks")
    found = sorted(paths.notebooks().glob(NAMES))
    return tuple(
        _notebook(path, files.change(path), files.change(shipped / path.name)) for path in found if path.is_file()
    )


@lru_cache(maxsize=64)
def _notebook(path: Path, *_changes: tuple[int, int]) -> Notebook:
    cells = _cells(path)
    known = _code(cells) == _code(_cells(paths.shipped("notebooks") / path.name)) != []
    return Notebook(path.stem, known, dict(_anchors(cells)))


def _cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook; none for a file that is no notebook."""
    try:
        return [c for c in json.loads(files.read_limited(path, MAX_BYTES))["cells"] if isinstance(c, dict)]
    except (BadFile, ValueError, KeyError, TypeError, RecursionError):
        return []


def source(cell: Mapping[str, Any]) -> str:
    """What is written in a cell of a notebook."""
    text = cell.get("source", "")
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


def _code(cells: Iterable[Mapping[str, Any]]) -> list[str]:
    return [source(cell) for cell in cells if cell.get("cell_type") == "code"]


def _headings(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The source of each code cell, and the heading above it."""
    heading = ""
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            first = source(cell).partition("\n")[0]
            heading = first.lstrip("#").strip() if first.startswith("#") else heading
        elif cell.get("cell_type") == "code":
            yield source(cell), heading


def _anchors(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each call on the audit, and the id that Jupyter gives to the heading above it."""
    for code, heading in _headings(cells):
        for call, about in _CALL.findall(code):
            yield f"{call} {about}".rstrip(), heading.replace(" ", "-")
