"""The whole report of an engagement: every page from one moment of the record, several at a time, and their index.

A page that fails never stops the others, and never leaves an older page of its name behind. `manifest.json` says what
lies in the folder and what it rests on.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbook import __version__, paths
from workbook.errors import BadFile, BadInput, Unknown
from workbook.record import Record
from workbook.report import index
from workbook.report.html import Frame, Link, page_html
from workbook.report.kernels import worker_thread
from workbook.report.parameters import check
from workbook.report.run import PageRun, run_page, write
from workbook.store import Store
from workbook.workspace import open_store

MANIFEST = "manifest.json"
Progress = Callable[[str, int, int, str], None]


@dataclass(frozen=True, slots=True)
class ReportRun:
    """How a report went, page by page, and the folder it lies in."""

    engagement: str
    folder: Path
    pages: tuple[PageRun, ...]

    @property
    def exit_code(self) -> int:
        """0 if every page ran to its end, else 1."""
        return 0 if all(page.ok for page in self.pages) else 1

    def summary(self) -> dict[str, Any]:
        """The run as plain JSON."""
        return {
            "engagement": self.engagement,
            "index": str(self.folder / "index.html"),
            "pages": [_told(page) for page in self.pages],
        }


def make(
    name: str,
    given: Mapping[str, str] | None = None,
    *,
    pages: Iterable[str] = (),
    workers: int = 2,
    on_progress: Progress | None = None,
) -> ReportRun:
    """Make the report of engagement `name` in its folder: every page, or only those named; raises Unknown, BadInput.

    `given` holds the notebooks' parameters system, as_of and audience. Every page reads the record at the same
    revision, whatever is saved meanwhile.
    """
    parameters = {"system": "", "as_of": "", "audience": "internal", **(given or {})}
    store = open_store(name, as_of=parameters["as_of"])
    record = store.record(parameters["system"]).for_audience(parameters["audience"])  # type: ignore[arg-type]
    parameters |= {"engagement": name, "as_of": _pinned(store), "mode": "page"}
    return run_all(_notebooks(pages), record, parameters, workers, on_progress)


def _pinned(store: Store) -> str:
    """The moment that names this state of the record for good: that of its last revision, on the day it is read."""
    head = store.head().at
    midnight = datetime.combine(store.on, time.min, UTC)
    return max(head, midnight).isoformat() if head else midnight.isoformat()


def _notebooks(pages: Iterable[str]) -> list[Path]:
    found = {path.stem: path for path in sorted(paths.notebooks().glob("[0-9][0-9]_*.ipynb"))}
    if not found:
        raise BadInput(f"There are no notebooks in {paths.notebooks()}; `workbook init` lays them out.")
    wanted = list(pages)
    for page in wanted:
        if page not in found:
            raise Unknown("page", page, found)
    return [path for page, path in found.items() if not wanted or page in wanted]


def run_all(
    notebooks: list[Path],
    record: Record,
    parameters: Mapping[str, Any],
    workers: int = 2,
    on_progress: Progress | None = None,
) -> ReportRun:
    """Run `notebooks` with `parameters` and put their pages, index and manifest into the engagement's folder.

    `record` is what the pages read; it frames them. Raises BadInput before anything is run.
    """
    for notebook in notebooks:
        with suppress(BadFile):  # told as that page's failure
            check(notebook, parameters)
    folder = paths.results(record.name)
    titles = index.titles(notebooks)
    frame = index.frame_of(record)

    def one(notebook: Path) -> PageRun:
        with worker_thread():
            run = _run(notebook, folder / "notebooks" / notebook.name, parameters)
        nav = tuple(Link(title, f"{page}.html", page == run.page) for page, title in titles.items())
        run, html = _paged(run, replace(frame, title=titles[run.page], nav=(index.FRONT, *nav)))
        write(folder / f"{run.page}.html", html)
        return run

    runs = _side_by_side(one, notebooks, workers, on_progress)
    _clear(folder, {run.page for run in runs})
    run = ReportRun(record.name, folder, runs)
    write(folder / "index.html", index.front_page(record, runs, notebooks, frame))
    write(folder / MANIFEST, json.dumps(_manifest(record, run, parameters), indent=2, ensure_ascii=False) + "\n")
    return run


def _run(notebook: Path, out: Path, parameters: Mapping[str, Any]) -> PageRun:
    try:
        return run_page(notebook, out, parameters)
    except BadFile as error:
        out.unlink(missing_ok=True)
        return PageRun(notebook.stem, False, reason=str(error))


def _side_by_side(
    one: Callable[[Path], PageRun], notebooks: list[Path], workers: int, on_progress: Progress | None
) -> tuple[PageRun, ...]:
    """The runs in the order of their pages; an error of ours in one of them is raised when the others are done."""
    with ThreadPoolExecutor(workers, thread_name_prefix="page") as pool:
        waiting = {pool.submit(one, notebook): notebook for notebook in notebooks}
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                if on_progress and not future.exception():
                    on_progress(waiting[future].stem, done, len(notebooks), _outcome(future.result()))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return tuple(future.result() for future in waiting)


def _outcome(run: PageRun) -> str:
    return "done" if run.ok else f"failed{f' in cell {run.cell}' if run.cell else ''}: {run.reason}"


def _paged(run: PageRun, frame: Frame) -> tuple[PageRun, str]:
    """The page of a run: what the notebook shows, or what went wrong."""
    if run.ok and run.notebook is not None:
        try:
            return run, page_html(run.notebook, frame)
        except Exception as error:  # a page that cannot be shown must not cost the others
            run = replace(run, ok=False, reason=f"Its results could not be made into a page: {error}")
    return run, index.failed_page(run, frame)


def _clear(folder: Path, pages: set[str]) -> None:
    """Remove the pages of an earlier run that this one did not make: a folder holds one state of one record."""
    for old in (*folder.glob("[0-9][0-9]_*.html"), *folder.glob("notebooks/[0-9][0-9]_*.ipynb")):
        if old.stem not in pages:
            old.unlink()


def _manifest(record: Record, run: ReportRun, parameters: Mapping[str, Any]) -> dict[str, Any]:
    files = sorted(
        path
        for pattern in ("*.html", "notebooks/*.ipynb")
        for path in run.folder.glob(pattern)
        if path.stem in {"index", *(page.page for page in run.pages)}
    )
    return {
        "engagement": record.name,
        "as_of": record.on.isoformat(),
        "head": {"number": record.head.number, "hash": record.head.hash},
        "parameters": dict(parameters),
        "checklists": record.catalog.digest,
        "version": __version__,
        "pages": [_told(page) for page in run.pages],
        "files": {path.relative_to(run.folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files},
    }


def _told(page: PageRun) -> dict[str, Any]:
    if page.ok:
        return {"page": page.page, "status": "complete"}
    return {"page": page.page, "status": "incomplete", "cell": page.cell, "source": page.source, "reason": page.reason}
