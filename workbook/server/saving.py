"""Saved notebooks hold what their author wrote, and nothing of what a page showed or somebody typed.

Answers live in the record. A notebook is committed and mailed, so whatever a form or a view put into it is taken out
before it is written, by whichever front end it is saved: JupyterLab, Notebook 7, by hand or by itself, to the file or
to a checkpoint, which is a copy of the file. What is saved twice without an author's change is the same to the byte.
Executed copies belong to outputs/ and are left as they are.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tornado.web import HTTPError

from workbook import files, paths
from workbook.errors import BadFile, BadInput
from workbook.server.pages import MAX_BYTES, source

Json = dict[str, Any]
_IMPORTS = re.compile(r"^\s*(?:from|import)\s+workbook\b", re.MULTILINE)
_FACTS = {"kernelspec": ("display_name", "language", "name"), "language_info": ("file_extension", "name")}


def strip_before_saving(model: Json, path: str, contents_manager: Any, **_: Any) -> None:
    """What Jupyter calls before it saves; whatever goes wrong here, nothing is written that was not looked through."""
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    try:
        place = _file_of(path, contents_manager)
        if opens_the_record(model["content"]) and not (place and _is_executed_copy(place)):
            model["content"] = stripped(model["content"], _saved(place))
    except Exception as error:
        raise HTTPError(500, f"Not saved: what the page shows could not be taken out of {path}: {error}.") from error


def opens_the_record(notebook: Mapping[str, Any]) -> bool:
    """Whether this notebook may show what the record holds: it runs in our kernel, or imports the workbook."""
    kernel = notebook.get("metadata", {}).get("kernelspec", {}).get("name")
    return kernel == paths.KERNEL_NAME or any(map(_imports, notebook.get("cells", [])))


def _imports(cell: Mapping[str, Any]) -> bool:
    return cell.get("cell_type") == "code" and _IMPORTS.search(source(cell)) is not None


def stripped(notebook: Mapping[str, Any], saved: Mapping[str, Any] | None = None) -> Json:
    """The notebook as its author wrote it; how it looks, such as a folded cell, stays as it was `saved` before.

    Of a cell its source, tags and attachments are kept; of the notebook its kernel, its language and its title.
    """
    before = {cell.get("id"): cell for cell in (saved or {}).get("cells", [])}
    cells = [_stripped_cell(cell, before.get(cell.get("id"))) for cell in notebook["cells"]]
    about = _facts(notebook.get("metadata", {}), (saved or {}).get("metadata", {}))
    minor = (saved or notebook).get("nbformat_minor", notebook.get("nbformat_minor"))
    return {**notebook, "cells": cells, "metadata": about, "nbformat_minor": minor}


def _stripped_cell(cell: Mapping[str, Any], saved: Mapping[str, Any] | None) -> Json:
    about = {name: value for name, value in (saved or {}).get("metadata", {}).items() if name != "tags"}
    if tags := cell.get("metadata", {}).get("tags"):
        about["tags"] = tags
    kept = {name: cell[name] for name in ("id", "cell_type", "source", "attachments") if name in cell}
    empty: Json = {"execution_count": None, "outputs": []} if cell.get("cell_type") == "code" else {}
    return {**kept, **empty, "metadata": about}


def _facts(about: Mapping[str, Any], saved: Mapping[str, Any]) -> Json:
    """What a notebook says of itself; of the same kernel and language what was saved, for these write more there."""
    kept = {"title": about["title"]} if "title" in about else {}
    for name, parts in _FACTS.items():
        now, before = about.get(name) or {}, saved.get(name) or {}
        if now:
            same = now.get("name") == before.get("name")
            kept[name] = before if same else {part: now[part] for part in parts if part in now}
    return kept


def _file_of(path: str, contents_manager: Any) -> Path | None:
    """The file that Jupyter is about to write; None where it keeps notebooks in something else than files."""
    root = getattr(contents_manager, "root_dir", "")
    return Path(root) / path.strip("/") if root else None


def _is_executed_copy(place: Path) -> bool:
    try:
        return place.resolve().is_relative_to(paths.home(place.parent).resolve())
    except BadInput:
        return False


def _saved(place: Path | None) -> Mapping[str, Any] | None:
    """The notebook as it lies there now; None for what is none, which is about to be replaced."""
    try:
        found = json.loads(files.read_limited(place, MAX_BYTES)) if place else None
    except (BadFile, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("cells"), list) else None
