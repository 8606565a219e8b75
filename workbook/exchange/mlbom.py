"""Reads an ML-BOM, a list of models and data sets in CycloneDX JSON, as the tables `models` and `datasets`."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from workbook import files
from workbook.errors import BadFile
from workbook.exchange.grid import Grid
from workbook.language import later, say
from workbook.words import first_of

MAX_BYTES = 10 * 1024**2
Component = Mapping[str, Any]
Columns = Mapping[str, Callable[[Component], str]]
UNTOLD = {"type", "bom-ref", "mime-type", "components"}  # what tells a machine how to read the rest


def is_bom(path: Path) -> bool:
    """Whether a file has a name that CycloneDX gives its files."""
    return path.name.lower() == "bom.json" or path.name.lower().endswith(".cdx.json")


def read_mlbom(path: Path) -> tuple[list[Grid], list[str]]:
    """The tables of an ML-BOM, and what of it no column takes; raises BadFile for a file that is none.

    Its components count as the lines of their table, from 2: line 1 names the columns.
    """
    grids = {kind: _new_grid(kind, path, columns) for kind, columns in COLUMNS.items()}
    left: dict[str, None] = {}
    for component in _components(_read_bom(path)):
        name, type_ = _text(component.get("name")), _text(component.get("type"))
        kind = KINDS.get(type_)
        if kind is None or not name:
            left[f"{name or say('a component without a name')} ({type_ or say('no type')})"] = None
            continue
        taken = {number: take(component) for number, take in enumerate(COLUMNS[kind].values(), start=1)}
        grids[kind].add(len(grids[kind].rows) + 1, {number: cell for number, cell in taken.items() if cell})
        left |= dict.fromkeys(say(LEFT[kind], key=key) for key in component if key not in UNTOLD | TAKEN[kind])
    notes = [say("left out, because no column takes it: {names}", names=first_of(left, 12))] if left else []
    return [grid for grid in grids.values() if len(grid.rows) > 1], notes


def _read_bom(path: Path) -> Component:
    try:
        bom = json.loads(files.read_limited(path, MAX_BYTES, say("Export the models and data sets alone.")))
    except (ValueError, RecursionError):
        raise BadFile(say("{name} is not readable JSON; export it again.", name=path.name)) from None
    if not isinstance(bom, dict) or bom.get("bomFormat") != "CycloneDX":
        raise BadFile(
            say("{name} is no ML-BOM; of JSON files one of CycloneDX is read. Save a table as CSV or XLSX.",
                name=path.name)
        )  # fmt: skip
    return bom


def _components(bom: Component) -> Iterator[Component]:
    """What a list is about, and its components with those inside them, in their order."""
    waiting = deque([*_list([_object(bom.get("metadata")).get("component")]), *_list(bom.get("components"))])
    while waiting:
        component = waiting.popleft()
        waiting.extendleft(reversed(_list(component.get("components"))))
        yield component


def _new_grid(name: str, path: Path, columns: Columns) -> Grid:
    grid = Grid(name, path)
    grid.add(1, dict(enumerate(columns, start=1)))
    return grid


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _object(value: Any) -> Component:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Component]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _hash(component: Component) -> str:
    """The SHA-256 of a component, or its first hash with the name of its kind."""
    hashes = {_text(h.get("alg")): _text(h.get("content")) for h in _list(component.get("hashes"))}
    return hashes.get("SHA-256") or next((f"{kind} {content}" for kind, content in hashes.items() if content), "")


def _licence(component: Component) -> str:
    named = [_object(one.get("license")) or one for one in _list(component.get("licenses"))]
    return "; ".join(_text(one.get("id") or one.get("name") or one.get("expression")) for one in named)


def _of(field: str) -> Callable[[Component], str]:
    return lambda component: _text(component.get(field))


KINDS = {"machine-learning-model": "models", "data": "datasets"}
COLUMNS: Mapping[str, Columns] = {
    "models": {"name": _of("name"), "version": _of("version"), "artefact hash": _hash},
    "datasets": {"name": _of("name"), "version": _of("version"), "licence": _licence},
}
LEFT = {"models": later("{key} of models"), "datasets": later("{key} of datasets")}
TAKEN = {"models": {"name", "version", "hashes"}, "datasets": {"name", "version", "licenses"}}
