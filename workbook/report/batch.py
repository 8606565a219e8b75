"""The whole report of an engagement: every page from one moment of the record, several at a time, and their index.

A page that fails never stops the others, and never leaves an older page of its name behind. `manifest.json` says what
lies in the folder and what it rests on.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed, wait
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from workbook import __version__, files, paths
from workbook.as_of import AtRevision
from workbook.audience import Edition
from workbook.errors import BadInput, Unknown
from workbook.model import Head
from workbook.record import Record
from workbook.report import index
from workbook.report.html import Frame, Link, page_html
from workbook.report.kernels import worker_thread
from workbook.report.page import Page, read_page
from workbook.report.parameters import Checked, check
from workbook.report.run import INJECTED, Executed, PageRun, run_page
from workbook.workspace import open_store

MANIFEST = "manifest.json"
Progress = Callable[[str, int, int, str], None]


@dataclass(frozen=True, slots=True)
class ReportRun:
    """A report in its `folder`: the state of the record it rests on, how each page went, each file's SHA-256 by name.

    `head` is the end of the record's chain then, `on` the day to which ages are counted.
    """

    engagement: str
    head: Head
    on: date
    folder: Path
    pages: tuple[PageRun, ...]
    files: Mapping[str, str]

    @property
    def exit_code(self) -> int:
        """0 if every page ran to its end, else 1."""
        return 0 if all(page.ok for page in self.pages) else 1

    def summary(self) -> dict[str, Any]:
        """The run as plain JSON."""
        return {
            "engagement": self.engagement,
            "index": str(self.folder / "index.html"),
            "pages": [page_json(page) for page in self.pages],
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
    revision and counts ages to the same day, whatever is saved meanwhile and however long it takes.
    """
    parameters = {"system": "", "as_of": "", "audience": "internal", **(given or {})}
    store = open_store(name, as_of=parameters["as_of"])
    record = Edition(parameters["audience"]).of(store.record(parameters["system"]))
    state = AtRevision(record.head.number, record.on)
    parameters |= {"engagement": name, "as_of": str(state), "mode": "page"}
    with _threads(workers) as threads:
        return run_all(_notebooks(pages), record, parameters, on_progress, executor=threads)


def _threads(workers: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(workers, thread_name_prefix="page")


def _notebooks(names: Iterable[str]) -> list[Path]:
    found = {path.stem: path for path in sorted(paths.notebooks().glob("[0-9][0-9]_*.ipynb"))}
    if not found:
        raise BadInput(f"There are no notebooks in {paths.notebooks()}; `workbook init` lays them out.")
    wanted = list(names)
    for name in wanted:
        if name not in found:
            raise Unknown("page", name, found)
    return [path for name, path in found.items() if not wanted or name in wanted]


def run_all(
    notebooks: Iterable[Path],
    record: Record,
    parameters: Mapping[str, Any],
    on_progress: Progress | None = None,
    executor: Executor | None = None,
) -> ReportRun:
    """Run `notebooks` with `parameters` and put their pages, index and manifest into the engagement's folder.

    `record` is what the pages read; it frames them. `executor` runs the pages, in threads or in processes that see the
    same folders; without one, two threads of our own do. Raises BadInput before anything is run.
    """
    pages = [read_page(path) for path in notebooks]
    folder, frame = paths.results(record.name), index.frame_of(record)
    work = [
        PageWork(
            page.path, folder, _parameters(page, parameters), _frame(page, pages, frame), page.problem, record.system
        )
        for page in pages
    ]
    with _threads(2) if executor is None else nullcontext(executor) as pool:
        runs = _side_by_side(pool, work, on_progress)
    _clear(folder, {page.name for page in pages})
    written = {name: digest for run in runs for name, digest in run.files.items()}
    written |= _write(folder, "index.html", index.front_page(record, zip(pages, runs, strict=True), frame))
    run = ReportRun(record.name, record.head, record.on, folder, runs, dict(sorted(written.items())))
    _write(folder, MANIFEST, json.dumps(manifest(run, record, parameters), indent=2, ensure_ascii=False) + "\n")
    return run


def _parameters(page: Page, parameters: Mapping[str, Any]) -> Checked:
    return Checked({}) if page.problem else check(page, parameters)


def _frame(page: Page, pages: Iterable[Page], frame: Frame) -> Frame:
    nav = tuple(Link(other.title, f"{other.name}.html", other is page) for other in pages)
    return replace(frame, title=page.title, nav=(index.FRONT, *nav))


@dataclass(frozen=True, slots=True)
class PageWork:
    """What there is to do for one page, as plain values: any thread or process can do it.

    `parameters` went through `check`; `problem` says why the notebook cannot be run, if it cannot. `system` is the
    system's key as the audience may read it.
    """

    notebook: Path
    folder: Path
    parameters: Checked
    frame: Frame
    problem: str = ""
    system: str = ""


def make_page(work: PageWork) -> PageRun:
    """Run one notebook, and put its page and what it looked like when executed into the report's folder.

    Raises BadInput where that cannot be written; whatever else goes wrong is in the PageRun, and on the page.
    """
    name, kept = work.notebook.stem, f"notebooks/{work.notebook.name}"
    if work.problem:
        executed = Executed(PageRun(name, False, reason=work.problem))
    else:
        with worker_thread():
            executed = run_page(work.notebook, work.parameters)
    run, html = _paged(executed, work.frame)
    written: dict[str, str] = {}
    if executed.notebook is None:
        (work.folder / kept).unlink(missing_ok=True)  # what an earlier run left there is not what this one showed
    else:
        written |= _write(work.folder, kept, nbformat.writes(_as_read(executed.notebook, work)))
    return replace(run, files=written | _write(work.folder, f"{name}.html", html))


def _as_read(notebook: NotebookNode, work: PageWork) -> NotebookNode:
    """The notebook with the system's key as its audience may read it: somebody may have made it up."""
    shown = PythonTranslator.assign("system", PythonTranslator.translate(work.system))
    for cell in notebook.cells:
        if INJECTED in cell.metadata.get("tags", []):
            lines = cell.source.split("\n")
            cell.source = "\n".join(shown if line.startswith("system = ") else line for line in lines)
    return notebook


def _paged(executed: Executed, frame: Frame) -> tuple[PageRun, str]:
    """The page of a run: what the notebook shows, or what went wrong."""
    run = executed.run
    if run.ok and executed.notebook is not None:
        try:
            return run, page_html(executed.notebook, frame)
        except Exception as error:  # a page that cannot be shown must not cost the others
            run = replace(run, ok=False, reason=f"Its results could not be made into a page: {error}")
    return run, index.failed_page(run, frame)


def _side_by_side(executor: Executor, work: Sequence[PageWork], on_progress: Progress | None) -> tuple[PageRun, ...]:
    """The runs in the order of their pages; an error of ours in one of them is raised when the others are done."""
    futures = {executor.submit(make_page, one): one.notebook.stem for one in work}
    try:
        for done, future in enumerate(as_completed(futures), start=1):
            if on_progress and not future.exception():
                on_progress(futures[future], done, len(work), _outcome(future.result()))
    except BaseException:
        wait([future for future in futures if not future.cancel()])
        raise
    return tuple(future.result() for future in futures)


def _outcome(run: PageRun) -> str:
    return "done" if run.ok else f"failed{f' in cell {run.cell}' if run.cell else ''}: {run.reason}"


def _clear(folder: Path, pages: set[str]) -> None:
    """Remove the pages of an earlier run that this one did not make: a folder holds one state of one record."""
    for old in (*folder.glob("[0-9][0-9]_*.html"), *folder.glob("notebooks/[0-9][0-9]_*.ipynb")):
        if old.stem not in pages:
            old.unlink()


def _write(folder: Path, name: str, text: str) -> dict[str, str]:
    """Put `text` into the file `name` of `folder`; returns its name and SHA-256. Raises BadInput."""
    content = text.encode()
    try:
        files.write(folder / name, content)
    except OSError as error:
        raise BadInput(
            f"{folder / name} could not be written: {error.strerror}. What was there before is unchanged; make room, "
            "or choose another folder with WORKBOOK_HOME, and make the report again."
        ) from error
    return {name: sha256(content).hexdigest()}


def manifest(run: ReportRun, record: Record, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What lies in a report's folder and what it rests on, as plain JSON."""
    return {
        "engagement": run.engagement,
        "as_of": run.on.isoformat(),
        "head": {"number": run.head.number, "hash": run.head.hash},
        "parameters": {**parameters, "system": record.system},
        "checklists": record.catalog.digest,
        "version": __version__,
        "pages": [page_json(page) for page in run.pages],
        "files": dict(run.files),
    }


def page_json(run: PageRun) -> dict[str, Any]:
    """How a page went, as plain JSON."""
    if run.ok:
        return {"page": run.page, "status": "complete"}
    return {"page": run.page, "status": "incomplete", "cell": run.cell, "source": run.source, "reason": run.reason}
