"""The whole report of an engagement: every page from one moment of the record, several at a time, and their index.

A page that fails never stops the others, and never leaves an older page of its name behind. Nothing is written before
all have run: a report that is interrupted leaves the earlier one as it was. `manifest.json` says what lies in the
folder and what it rests on.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from workbook import __version__, paths
from workbook.as_of import AtRevision
from workbook.audience import Edition
from workbook.errors import BadInput, Unknown
from workbook.model import Head
from workbook.record import Record
from workbook.report import index
from workbook.report.folder import Kept, clear, digests, kept, write
from workbook.report.html import Frame, page_html
from workbook.report.kernels import worker_thread
from workbook.report.links import live
from workbook.report.page import Page, read_page
from workbook.report.parameters import Checked, check
from workbook.report.run import INJECTED, Executed, PageRun, run_page
from workbook.report.shown import Listed, shown_by
from workbook.workspace import open_store

Progress = Callable[[str, int, int, str], None]


@dataclass(frozen=True, slots=True)
class ReportRun:
    """A report in its `folder`: the state of the record it rests on, how each page went, each file's SHA-256 by name.

    `head` is the end of the record's chain then, `on` the day to which ages are counted, `system` the key of the one it
    is about as its audience reads it, empty for all. `listed` are all pages that lie there, with those of earlier runs;
    `removed` those that did and do not belong there.
    """

    engagement: str
    head: Head
    on: date
    folder: Path
    pages: tuple[PageRun, ...]
    listed: tuple[Listed, ...] = ()
    system: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 if every page ran to its end, else 1."""
        return 0 if all(page.ok for page in self.pages) else 1

    def flaws(self) -> list[str]:
        """What of earlier runs keeps the folder from being one whole report: another state, or an incomplete page."""
        mine, new = (self.head.number, self.head.hash, self.on), {page.page for page in self.pages}
        others = [one for one in self.listed if one.page.name not in new]
        in_other_states = [f"{one.page.name} shows {one.shown.words()}" for one in others if one.shown.state != mine]
        return in_other_states + [f"{one.page.name} is incomplete" for one in others if not one.run.ok]

    def summary(self) -> dict[str, Any]:
        """The run as plain JSON."""
        return {
            "engagement": self.engagement,
            "index": str(self.folder / "index.html"),
            "pages": [page_json(page) for page in self.pages],
            "flaws": self.flaws(),
            "removed": list(self.removed),
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

    Each audience has a folder of its own, and in it each system that a report is about; the other pages there stay.
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
    """Run `notebooks` with `parameters` and put their pages, index and manifest into the folder of this edition.

    `record` is what the pages read; it frames them. `executor` runs the pages, in threads or in processes; without one,
    two threads of our own do. Raises BadInput before anything is run.
    """
    pages, frame, shown = [read_page(path) for path in notebooks], index.frame_of(record), shown_by(record)
    folder = paths.results(record.name, record.audience, record.system)
    stay = kept(folder, pages, shown)
    coming = [Listed(page, PageRun(page.name, True), shown) for page in pages]
    frame = replace(frame, nav=index.navigation(_listed(coming, stay), shown))
    work = [_work(page, parameters, frame, record.system) for page in pages]
    with _threads(2) if executor is None else nullcontext(executor) as pool:
        made = _side_by_side(pool, work, on_progress)
    new = [Listed(page, one.run, shown) for page, one in zip(pages, made, strict=True)]
    runs = tuple(one.run for one in made)
    run = ReportRun(record.name, record.head, record.on, folder, runs, _listed(new, stay), record.system)
    html = {f"{one.run.page}.html": one.html for one in made} | {f"{k.listed.page.name}.html": k.html for k in stay}
    html["index.html"] = index.front_page(record, run.listed, frame)
    run = _put(run, live(html), {f"notebooks/{one.run.page}.ipynb": one.notebook for one in made if one.notebook})
    write(folder, paths.MANIFEST, json.dumps(manifest(run, record, parameters), indent=2, ensure_ascii=False) + "\n")
    return run


def _listed(new: Iterable[Listed], stay: Iterable[Kept]) -> tuple[Listed, ...]:
    """New pages and those that stay, in the order of their names."""
    return tuple(sorted([*new, *(one.listed for one in stay)], key=lambda one: one.page.name))


def _put(run: ReportRun, html: Mapping[str, str], notebooks: Mapping[str, str]) -> ReportRun:
    """Write all files of a report; what does not belong to this edition goes."""
    kept_notebooks = digests(run.folder, {one.page.name for one in run.listed} - {page.page for page in run.pages})
    removed = clear(run.folder, [*html, *notebooks, *kept_notebooks])
    written = [write(run.folder, name, text) for name, text in {**html, **notebooks}.items()]
    found = kept_notebooks | {name: digest for one in written for name, digest in one.items()}
    return replace(run, files=dict(sorted(found.items())), removed=removed)


def _parameters(page: Page, parameters: Mapping[str, Any]) -> Checked:
    return Checked({}) if page.problem else check(page, parameters)


def _work(page: Page, parameters: Mapping[str, Any], frame: Frame, system: str) -> "PageWork":
    mine = replace(frame, title=page.title, nav=index.on_page(frame.nav, page.name))
    return PageWork(page.path, _parameters(page, parameters), mine, page.problem, system)


@dataclass(frozen=True, slots=True)
class PageWork:
    """What there is to do for one page, as plain values: any thread or process can do it.

    `parameters` went through `check`; `problem` says why the notebook cannot be run, if it cannot. `system` is the
    system's key as the audience may read it.
    """

    notebook: Path
    parameters: Checked
    frame: Frame
    problem: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class MadePage:
    """How a page went, its HTML, and the text of its notebook as it was executed; empty where it never began."""

    run: PageRun
    html: str
    notebook: str = ""


def make_page(work: PageWork) -> MadePage:
    """Run one notebook and make its page; whatever goes wrong is in the PageRun, and on the page."""
    if work.problem:
        executed = Executed(PageRun(work.notebook.stem, False, reason=work.problem))
    else:
        with worker_thread():
            executed = run_page(work.notebook, work.parameters)
    run, html = _paged(executed, work.frame)
    text = nbformat.writes(_as_read(executed.notebook, work)) if executed.notebook else ""
    return MadePage(run, html, text)


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


def _side_by_side(executor: Executor, work: Sequence[PageWork], on_progress: Progress | None) -> tuple[MadePage, ...]:
    """The runs in the order of their pages; an error of ours in one of them is raised when the others are done."""
    futures = {executor.submit(make_page, one): one.notebook.stem for one in work}
    try:
        for done, future in enumerate(as_completed(futures), start=1):
            if on_progress and not future.exception():
                on_progress(futures[future], done, len(work), _outcome(future.result().run))
    except BaseException:
        wait([future for future in futures if not future.cancel()])
        raise
    return tuple(future.result() for future in futures)


def _outcome(run: PageRun) -> str:
    return "done" if run.ok else f"failed{f' in cell {run.cell}' if run.cell else ''}: {run.reason}"


def manifest(run: ReportRun, record: Record, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What lies in a report's folder and what it rests on, as plain JSON."""
    return {
        "engagement": run.engagement,
        "as_of": run.on.isoformat(),
        "time_zone": record.engagement.time_zone,
        "head": {"number": run.head.number, "hash": run.head.hash},
        "parameters": {**parameters, "system": record.system},
        "checklists": record.catalog.digest,
        "version": __version__,
        "pages": [page_json(one.run) | one.shown.state_json() for one in run.listed],
        "files": dict(run.files),
    }


def page_json(run: PageRun) -> dict[str, Any]:
    """How a page went, as plain JSON."""
    if run.ok:
        return {"page": run.page, "status": "complete"}
    return {"page": run.page, "status": "incomplete", "cell": run.cell, "source": run.source, "reason": run.reason}
