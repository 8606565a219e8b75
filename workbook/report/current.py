"""Whether a page that lies in a folder is what would be made now: by what it was made from, and by its files' hashes.

Times of files say nothing: a copy, a checkout or a clock that was set changes them. What is not in the manifest as it
lies there counts as missing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

from workbook import files, paths
from workbook.errors import BadFile
from workbook.redacting import REDACTIONS, Redactions
from workbook.remote import Place
from workbook.report.folder import MAX_BYTES, MAX_EXECUTED
from workbook.report.html import Frame
from workbook.report.page import Page
from workbook.report.shown import Listed

MadeFrom = Mapping[str, str | int]  # what a page was made from
Known = Mapping[str, Mapping[str, Any]]  # what a manifest says of pages that are as they were made, by name


def made_from(page: Page, frame: Frame, erased: Sequence[str]) -> MadeFrom:
    """What `page` is made from: the state, the edition, the notebook, and all that stands around it, as plain JSON.

    `erased` are the erasures until now: they change what an earlier state shows. Who makes the page changes nothing.
    """
    return _state(frame) | {"notebook": page.digest, "frame": _digest(_plain(frame), erased)}


def front_made_from(
    listed: Iterable[Listed], frame: Frame, erased: Sequence[str], redactions: Redactions | None = None
) -> MadeFrom:
    """What index.html is made from: the state, the pages that it lists, and what it says is left out."""
    cards = [[one.page.title, one.page.question, one.run.ok, one.shown.text()] for one in listed]
    left_out = [redactions.text()] if redactions else []
    return _state(frame) | {"pages": _digest(_plain(replace(frame, nav=())), erased, cards, *left_out)}


def _state(frame: Frame) -> dict[str, str | int]:
    of, shown = frame.provenance, frame.shown
    made_with = {"checklists": str(of["checklists"]), "version": str(of["version"]), "language": frame.lang}
    return made_with | ({} if shown is None else asdict(shown) | {"on": shown.on.isoformat()})


def _plain(frame: Frame) -> dict[str, Any]:
    return asdict(replace(frame, provenance={k: v for k, v in frame.provenance.items() if k != "made_by"}))


def _digest(*parts: Any) -> str:
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def as_made(folder: Place) -> dict[str, Mapping[str, Any]]:
    """What the manifest says of each whole page in `folder` that is as it was made, by the page's name.

    That of the front page stands under "index".
    """
    try:
        held = json.loads(files.read_limited(folder / paths.MANIFEST, MAX_BYTES))
        noted, pages = dict(held["files"]), {entry["page"]: entry for entry in held["pages"]} | {"index": held["front"]}
    except (BadFile, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return {name: entry for name, entry in pages.items() if _is_whole(entry) and _is_as_noted(folder, name, noted)}


def _is_whole(entry: Any) -> bool:
    """Whether an entry says what a page was made from, in the form in which we write it."""
    unlinked = entry.get("unlinked", []) if isinstance(entry, dict) else None
    return isinstance(unlinked, list) and all(isinstance(name, str) for name in unlinked) and "made_from" in entry


def _is_as_noted(folder: Place, page: str, noted: Mapping[str, str]) -> bool:
    beside = [REDACTIONS] if REDACTIONS in noted else []  # the front page tells what it counts
    names = [f"{page}.html", *(beside if page == "index" else [f"notebooks/{page}.ipynb"])]
    try:
        found = {name: sha256(files.read_limited(folder / name, MAX_EXECUTED)).hexdigest() for name in names}
    except BadFile:
        return False
    return all(noted.get(name) == digest for name, digest in found.items())


def current(known: Known, wanted: Mapping[str, MadeFrom]) -> set[str]:
    """Those of the pages `wanted`, by what each would be made from now, that `known` says were made from just that."""
    return {name for name, mine in wanted.items() if name in known and known[name]["made_from"] == mine}
