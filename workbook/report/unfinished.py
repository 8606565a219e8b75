"""Pages of a report that is not whole yet: kept aside, so that a batch that was stopped goes on where it was.

They lie outside the folder of the report, which is handed on as it is, and go when the report is written.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from workbook import files, paths
from workbook.errors import BadFile
from workbook.report.batch import MadePage, Report
from workbook.report.current import MadeFrom
from workbook.report.folder import MAX_BYTES
from workbook.report.run import PageRun


def keep(report: Report, made: MadePage) -> bool:
    """Keep a page that is whole; whether that could be done: if not, it only has to be made again."""
    mine = report.made_from[made.run.page]
    text = json.dumps({"made_from": dict(mine), "digest": _digest(mine, made.html, made.notebook), **asdict(made)})
    try:
        files.write(_folder(report) / f"{made.run.page}.json", text.encode())
    except OSError:
        return False
    return True


def ready(report: Report, wanted: Mapping[str, MadeFrom]) -> list[MadePage]:
    """The pages `wanted`, by what each would be made from now, that were kept; what is kept and of no use goes."""
    found = {path: _read(path, wanted.get(path.stem)) for path in _files(report)}
    _remove(path for path, made in found.items() if made is None)
    return [made for made in found.values() if made]


def _remove(places: Iterable[Path]) -> None:
    for path in places:
        with suppress(OSError):
            path.unlink()


def _read(path: Path, wanted: MadeFrom | None) -> MadePage | None:
    try:
        held = json.loads(files.read_limited(path, 3 * MAX_BYTES))
        made = MadePage(PageRun(**held["run"]), held["html"], held["notebook"])
        whole = held["digest"] == _digest(held["made_from"], made.html, made.notebook) and made.run.ok
        return made if whole and made.run.page == path.stem and held["made_from"] == wanted else None
    except (BadFile, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _digest(mine: MadeFrom, *parts: str) -> str:
    return sha256(json.dumps([dict(mine), *parts], sort_keys=True).encode()).hexdigest()


def clear(report: Report) -> None:
    """Remove what was kept of a report that is written."""
    _remove(_files(report))
    folder = _folder(report)
    with suppress(OSError):  # what others keep lies there
        for place in (folder, *folder.parents):
            if place == paths.home():
                break
            place.rmdir()


def _files(report: Report) -> list[Path]:
    return [file for page in report.pages if (file := _folder(report) / f"{page.name}.json").is_file()]


def _folder(report: Report) -> Path:
    return paths.unfinished() / str(report.folder).removeprefix(str(paths.reports())).strip("/\\")
