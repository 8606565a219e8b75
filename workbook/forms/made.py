"""Reports that were made: what their manifest says of them, and one file of them to mail."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbook import files, paths
from workbook.errors import BadFile
from workbook.remote import Place

MAX_MANIFEST, MAX_FILE = 10 * 1024**2, 500 * 1024**2


@dataclass(frozen=True, slots=True)
class Made:
    """The report in a `folder`: the revision, its hash and the day that it shows, its files, its incomplete pages."""

    folder: Place
    revision: int
    hash: str
    as_of: date
    files: tuple[str, ...]
    incomplete: tuple[str, ...]


def read_made(folder: Place) -> Made | None:
    """The report that lies in `folder`; None where none does."""
    try:
        manifest: Any = json.loads(files.read_limited(folder / paths.MANIFEST, MAX_MANIFEST))
        incomplete = tuple(str(page["page"]) for page in manifest["pages"] if page["status"] != "complete")
        day = date.fromisoformat(manifest["as_of"])
        head = manifest["head"]
        shown = tuple(map(str, manifest["files"]))
        return Made(folder, int(head["number"]), str(head["hash"]), day, shown, incomplete)
    except (BadFile, ValueError, KeyError, TypeError, RecursionError):
        return None


def zipped(made: Made, stem: str, pages_only: bool = True) -> bytes:
    """All files of a report as one ZIP file, in a folder `stem`; raises BadInput if they cannot be read any more.

    `pages_only` leaves out what is neither a page nor a notebook; an issued report goes as it is, with its signature.
    """
    there = {path.name for path in files.matching(made.folder, "*.html")}
    there |= {f"notebooks/{path.name}" for path in files.matching(made.folder, "notebooks/*.ipynb")}
    names = there & set(made.files)
    if not pages_only:
        names = {path.name for path in files.matching(made.folder, "*")} - {paths.MANIFEST}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*sorted(names), paths.MANIFEST):
            archive.writestr(f"{stem}/{name}", files.read_limited(made.folder / name, MAX_FILE))
    return packed.getvalue()
