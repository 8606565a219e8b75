"""The whole report of an engagement: every page from one moment of the record, several at a time, and their index.

A page that fails never stops the others, and never leaves an older page of its name behind. Nothing is written before
all have run: a report that is interrupted leaves the earlier one as it was. `manifest.json` says what lies in the
folder, what it rests on, and what each page was made from.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, as_completed, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from workbook import __version__, files, paths
from workbook.as_of import AtRevision
from workbook.audience import Edition, language_of, reads
from workbook.branding import read_branding
from workbook.errors import BadInput, Unknown
from workbook.language import speaking
from workbook.masking import mask
from workbook.model import Head
from workbook.record import Record
from workbook.redacting import REDACTIONS, Redactions, redact
from workbook.remote import Place
from workbook.report import index
from workbook.report.current import Known, MadeFrom, as_made, current, front_made_from, made_from
from workbook.report.folder import MAX_EXECUTED, Kept, alone_in, clear, digests, kept, sums, write
from workbook.report.html import Frame, page_html
from workbook.report.kernels import worker_thread
from workbook.report.links import live, targets
from workbook.report.page import Page, read_page
from workbook.report.parameters import Checked, check
from workbook.report.pool import pool
from workbook.report.run import INJECTED, Executed, PageRun, run_page
from workbook.report.shown import Issue, Listed, basis_of, shown_by
from workbook.seals import is_intact, seal
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
    folder: Place
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
    executor: Executor | None = None,
    on_progress: Progress | None = None,
) -> ReportRun:
    """Make the report of engagement `name` in its folder: every page, or only those named; raises Unknown, BadInput.

    Each audience has a folder of its own, and in it each system that a report is about; the other pages there stay.
    `given` holds the notebooks' parameters system, as_of and audience. Every page reads the record at the same
    revision and counts ages to the same day, whatever is saved meanwhile and however long it takes. `executor` is that
    of `run_all`.
    """
    audience = (given or {}).get("audience", "internal")
    report = read(name, given or {}, find_pages(pages, audience))
    return finish(report, run_pages(report, executor, on_progress))


@dataclass(frozen=True, slots=True)
class Report:
    """One edition of a report as it is to be made in its `folder`: the `pages` to run, each with its `work`.

    `record` is what they read; `erased` says what of it was erased since, which no revision of then tells; `redactions`
    what this edition of it leaves out. `beside` are other files of the folder.
    """

    record: Record
    parameters: Mapping[str, Any]
    folder: Place
    frame: Frame
    pages: tuple[Page, ...]
    work: tuple["PageWork", ...]
    erased: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    redactions: Redactions | None = None

    @property
    def made_from(self) -> dict[str, MadeFrom]:
        """What each page is made from, by its name."""
        pairs = zip(self.pages, self.work, strict=True)
        return {page.name: made_from(page, work.frame, self.erased) for page, work in pairs}


def read(name: str, given: Mapping[str, str], pages: Sequence[Page], issue: Issue | None = None) -> Report:
    """The report of engagement `name` from its record as it stands, as `make` takes it; raises WorkbookError.

    With an `issue` all its pages say so.
    """
    parameters = {"system": "", "as_of": "", "audience": "internal", **given}
    edition = Edition(parameters["audience"])
    store = open_store(name, as_of=parameters["as_of"])
    try:
        erased = tuple(revision.key for revision in store.history("erasure"))  # first: what comes meanwhile is missing
        full = store.record(parameters["system"])
        record, redactions = redact(full, edition, store.ledger.secret(name, full.head.number))
    finally:
        store.ledger.close()
    state = AtRevision(record.head.number, record.on)
    parameters |= {"engagement": name, "as_of": str(state), "mode": "page"}
    beside = {REDACTIONS: redactions.text()} if redactions.rules else {}
    report = _report(pages, record, parameters, issue)
    return replace(report, erased=erased, beside=beside, redactions=redactions if beside else None)


def _report(pages: Sequence[Page], record: Record, parameters: Mapping[str, Any], issue: Issue | None = None) -> Report:
    """What there is to do for a report; raises BadInput for what cannot be passed to a notebook."""
    folder, shown = paths.results(record.name, record.audience, record.system), shown_by(record)
    coming = [Listed(page, PageRun(page.name, True), shown) for page in pages]
    stay = kept(folder, pages, shown, new={page.name for page in pages})
    with speaking(language_of(record)):
        nav = index.navigation(_listed(coming, stay), shown)
    basis = replace(basis_of(record, parameters, issue), branding=read_branding())
    frame = replace(index.frame_of(record), nav=nav, basis=basis)
    work = tuple(_work(page, parameters, frame, record.system) for page in pages)
    return Report(record, parameters, folder, frame, tuple(pages), work)


def find_pages(names: Iterable[str], audience: str) -> list[Page]:
    """The pages of a report for this audience as they are now, or those called `names`; raises Unknown, BadInput."""
    every = {path.stem: path for path in paths.pages()}
    found = {name: path for name, path in every.items() if reads(audience, name)}
    if not found:
        none = f"{paths.CUSTOMER_PAGE}.ipynb is not in" if every else "There are no notebooks in"
        raise BadInput(f"{none} {paths.notebooks()}; `workbook init` lays out what is not there.")
    wanted = list(names)
    for name in wanted:
        if name in every and name not in found:
            theirs = f"holds {paths.CUSTOMER_PAGE} alone" if audience == "customer" else "leaves it to customers"
            raise BadInput(f"{name} is no page of the {audience} edition, which {theirs}.")
        if name not in found:
            raise Unknown("page", name, found)
    return [read_page(path) for name, path in found.items() if not wanted or name in wanted]


def run_all(
    notebooks: Iterable[Path],
    record: Record,
    parameters: Mapping[str, Any],
    on_progress: Progress | None = None,
    executor: Executor | None = None,
) -> ReportRun:
    """Run `notebooks` with `parameters` and put their pages, index and manifest into the folder of this edition.

    `record` is what the pages read; it frames them. `executor` runs the pages, in threads, in processes or on other
    machines; without one, two threads of our own do. Raises BadInput before anything is run.
    """
    report = _report([read_page(path) for path in notebooks], record, parameters)
    return finish(report, run_pages(report, executor, on_progress))


def run_pages(report: Report, executor: Executor | None, on_progress: Progress | None) -> tuple["MadePage", ...]:
    """Run the pages of `report`; `executor` is that of `run_all`."""
    with pool(2) if executor is None else nullcontext(executor) as runs:
        return _side_by_side(runs, report.work, on_progress)


def finish(report: Report, made: Iterable["MadePage"]) -> ReportRun:
    """Put the pages that were `made`, index and manifest into the folder, beside those that stay; raises BadInput."""
    record, folder, new = report.record, report.folder, {one.run.page: one for one in made}
    with alone_in(folder):
        known, stay = as_made(folder), kept(folder, report.pages, shown_by(record), new)
        linked = _linked(report, known.keys() - new.keys(), known)
        known = known | {name: {**known[name], "unlinked": []} for name in linked}
        listed = _listed([Listed(p, new[p.name].run, shown_by(record)) for p in report.pages if p.name in new], stay)
        runs = tuple(one.run for one in new.values())
        run = ReportRun(record.name, record.head, record.on, folder, runs, listed, record.system)
        written = {f"{name}.html": one.html for name, one in new.items()}
        written |= {f"{(name := one.listed.page.name)}.html": linked.get(name, one.html) for one in stay}
        written["index.html"] = index.front_page(record, listed, report.frame, report.redactions)
        html = _sealed(live(written), (one for one in stay if one.listed.page.name not in linked))
        executed = {f"notebooks/{name}.ipynb": one.notebook for name, one in new.items() if one.notebook}
        stays = digests(folder, {one.listed.page.name for one in stay})
        run = replace(run, files=dict(sorted((stays | sums(html) | sums(executed) | sums(report.beside)).items())))
        unlinked = {one.page.name: _unlinked(f"{one.page.name}.html", listed, written, html) for one in listed}
        says = json.dumps(manifest(run, report, known, unlinked), indent=2, ensure_ascii=False)
        write(folder, html | executed | {**report.beside, paths.MANIFEST: f"{says}\n"})
        return replace(run, removed=clear(folder, run.files))


def _sealed(pages: Mapping[str, str], stay: Iterable[Kept]) -> dict[str, str]:
    """The pages with their seals; one of those that `stay` which somebody changed keeps the seal that shows it."""
    changed = {f"{one.listed.page.name}.html" for one in stay if is_intact(one.html.encode()) is False}
    return {name: text if name in changed else seal(text) for name, text in pages.items()}


def _linked(report: Report, names: Iterable[str], known: Known) -> dict[str, str]:
    """The HTML, with all its links again, of each current page among `names` that lost some to a failed page."""
    lost = {name for name in names if known[name].get("unlinked")} & current(known, report.made_from)
    return {work.notebook.stem: _html_again(report.folder, work) for work in report.work if work.notebook.stem in lost}


def _html_again(folder: Place, work: "PageWork") -> str:
    executed = files.read_limited(folder / "notebooks" / work.notebook.name, MAX_EXECUTED).decode()
    return page_html(nbformat.reads(executed, as_version=4), work.frame)


def _unlinked(file: str, listed: Iterable[Listed], written: Mapping[str, str], html: Mapping[str, str]) -> set[str]:
    """The failed pages to which links of `file` would lead, had those pages not failed."""
    gone = {link.partition("#")[0] for link in targets(written[file]) - targets(html[file])}
    return {one.page.name for one in listed if not one.run.ok and f"{one.page.name}.html" in gone}


def is_whole(report: Report) -> bool:
    """Whether the front page and the links between pages are what would be made of the pages that lie there."""
    known = as_made(report.folder)
    listed = _listed([], kept(report.folder, report.pages, shown_by(report.record), new=()))
    front = front_made_from(listed, report.frame, report.erased, report.redactions)
    unlinked = {page for name in current(known, report.made_from) for page in known[name].get("unlinked", ())}
    return known.get("index", {}).get("made_from") == front and not unlinked & known.keys()


def _listed(new: Iterable[Listed], stay: Iterable[Kept]) -> tuple[Listed, ...]:
    """New pages and those that stay, in the order of their names."""
    return tuple(sorted([*new, *(one.listed for one in stay)], key=lambda one: one.page.name))


def _parameters(page: Page, parameters: Mapping[str, Any]) -> Checked:
    """The parameters for one page; not all of them ask who it is issued to."""
    mine = {name: value for name, value in parameters.items() if name != "recipient" or name in page.parameters}
    return Checked({}) if page.problem else check(page, mine)


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
    """How a page went, its HTML, and the text of its notebook as it was executed; empty where it never began.

    `seconds` is how long it took.
    """

    run: PageRun
    html: str
    notebook: str = ""
    seconds: float = 0


def make_page(work: PageWork) -> MadePage:
    """Run one notebook and make its page; whatever goes wrong is in the PageRun, and on the page."""
    begun = monotonic()
    if work.problem:
        executed = Executed(PageRun(work.notebook.stem, False, reason=work.problem))
    else:
        with worker_thread():
            executed = run_page(work.notebook, work.parameters)
    run, html = _paged(executed, work.frame)
    text = nbformat.writes(_as_read(executed.notebook, work)) if executed.notebook else ""
    return MadePage(run, html, text, monotonic() - begun)


def not_made(work: PageWork, error: Exception) -> MadePage:
    """The page of a run that came to no result at all."""
    says = mask(f"It could not be run: {type(error).__name__}: {error}")
    return MadePage(*_paged(Executed(PageRun(work.notebook.stem, False, reason=says)), work.frame))


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


def manifest(run: ReportRun, report: Report, known: Known, unlinked: Mapping[str, set[str]]) -> dict[str, Any]:
    """What lies in a report's folder and what it rests on, as plain JSON.

    What a page was made from stands there while its files are as they were made: those of this run, and `known` ones.
    """
    runs = {page.page: page for page in run.pages}
    bases = {name: entry for name, entry in known.items() if name not in runs}
    bases |= {name: {"made_from": mine} for name, mine in report.made_from.items() if name in runs and runs[name].ok}
    return {
        "engagement": run.engagement,
        "as_of": run.on.isoformat(),
        "time_zone": report.record.engagement.time_zone,
        "head": {"number": run.head.number, "hash": run.head.hash},
        "parameters": {**report.parameters, "system": run.system},
        "checklists": report.record.catalog.digest,
        "version": __version__,
        **({"branding": branding.digest} if (branding := report.frame.basis.branding) else {}),
        "issue": issue.as_json() if (issue := report.frame.basis.issue) else None,
        "front": {"made_from": front_made_from(run.listed, report.frame, report.erased, report.redactions)},
        "pages": [
            page_json(one.run) | one.shown.state_json() | _basis(bases.get(one.page.name), unlinked[one.page.name])
            for one in run.listed
        ],
        "files": dict(run.files),
    }


def _basis(known: Mapping[str, Any] | None, unlinked: set[str]) -> dict[str, Any]:
    if known is None:
        return {}
    return {"made_from": known["made_from"], "unlinked": sorted({*known.get("unlinked", ()), *unlinked})}


def page_json(run: PageRun) -> dict[str, Any]:
    """How a page went, as plain JSON."""
    if run.ok:
        return {"page": run.page, "status": "complete"}
    return {"page": run.page, "status": "incomplete", "cell": run.cell, "source": run.source, "reason": run.reason}
