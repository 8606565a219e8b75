"""The reports of many engagements: all their pages in one pool, only those that are missing or out of date.

A page that fails is tried once more, whatever the reason: what cannot be told apart from outside is a machine that was
short of memory and a notebook that is wrong. An engagement that cannot be read, or whose folder cannot be written,
costs its own pages only. Each report is written as `batch` writes it, when all its pages are there; until then they are
kept aside, so that a batch that was stopped, or whose machine went down, goes on where it was.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from workbook.as_of import parse_as_of
from workbook.errors import WorkbookError
from workbook.masking import mask
from workbook.report import unfinished
from workbook.report.batch import (
    MadePage,
    PageWork,
    Report,
    find_pages,
    finish,
    is_whole,
    make_page,
    not_made,
    read,
)
from workbook.report.children import children, end_children
from workbook.report.current import as_made, current
from workbook.report.page import Page
from workbook.report.pool import pool

TICK = 0.5  # seconds after which it is looked whether somebody wants it to stop
STOPPED = "It was stopped before this page was made; the same command goes on from there."
ASIDE = "It was stopped before the report was whole; this page is kept, and the same command goes on from there."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose reports are wanted: engagements and pages by name (none: all pages), as of when and for whom."""

    engagements: tuple[str, ...]
    pages: tuple[str, ...] = ()
    as_of: str = ""
    audience: str = "internal"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one page: made, current or failed, and then in which cell and why."""

    engagement: str
    page: str
    status: str
    cell: int = 0
    reason: str = ""
    seconds: float = 0

    @property
    def stopped(self) -> bool:
        """Whether it is not there for no other reason than that the batch was stopped; it may be `aside` then."""
        return self.reason in (STOPPED, ASIDE)

    @property
    def aside(self) -> bool:
        """Whether it was made and waits for the other pages of its report."""
        return self.reason == ASIDE

    def as_json(self) -> dict[str, Any]:
        """The outcome as plain JSON; null where there is nothing to say."""
        return {"engagement": self.engagement, "page": self.page, "status": self.status, "cell": self.cell or None,
                "reason": self.reason or None, "seconds": round(self.seconds, 2)}  # fmt: skip

    def __str__(self) -> str:
        where = f", cell {self.cell}" if self.cell else ""
        return f"{self.engagement} {self.page}{where}{f': {self.reason}' if self.reason else ''}"


class Watch(Protocol):
    """Follows a batch, and may stop it."""

    def begun(self, pages: int) -> None:
        """All is looked through, and `pages` are to be made."""

    def running(self, pages: Sequence[str]) -> None:
        """These are being made; said again while nothing else happens."""

    def ended(self, outcome: Outcome, again: bool) -> None:
        """A page came to its end; `again` if it failed and is tried once more."""

    def refused(self, engagement: str, reason: str) -> None:
        """An engagement cannot be read, or its report cannot be written."""

    def stopped(self) -> bool:
        """Whether somebody wants it to stop."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How a batch went, page by page; `begun` is false where no engagement could be read."""

    outcomes: tuple[Outcome, ...]
    begun: bool

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before it came to its end."""
        return any(one.stopped for one in self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 if every page is made or current, 1 if one failed, 2 if nothing could be begun."""
        if not self.begun:
            return 2
        return 1 if any(one.status == "failed" for one in self.outcomes) else 0


def make_reports(wanted: Wanted, jobs: int, watch: Watch, executor: Executor | None = None) -> Batch:
    """Make what is missing or out of date of the reports `wanted`, at most `jobs` pages at the same time.

    `executor` runs the pages, in threads, processes or elsewhere; without one, threads of our own do, and what they
    started is ended when the batch is stopped. Raises BadInput and Unknown for what is wrong whatever the engagement.
    """
    parse_as_of(wanted.as_of)
    pages, before = find_pages(wanted.pages, wanted.audience), children()
    editions = [_look_through(name, wanted, pages, watch) for name in wanted.engagements]
    watch.begun(sum(len(one.todo) for one in editions))
    with pool(jobs) if executor is None else nullcontext(executor) as runs:
        run = _Run(runs, jobs, watch)
        try:
            run.make(editions)
        finally:
            run.end((lambda: end_children(before)) if executor is None else None)
    for one in editions:
        one.stop()
    outcomes = tuple(one.outcomes[page] for one in editions for page in one.pages)
    return Batch(outcomes, any(one.report for one in editions))


def _look_through(name: str, wanted: Wanted, pages: Sequence[Page], watch: Watch) -> "_Edition":
    """What there is to do for one engagement; where it cannot be read, its pages have failed."""
    edition = _Edition(name, tuple(page.name for page in pages), watch)
    if not watch.stopped():
        try:
            edition.report = read(name, {"as_of": wanted.as_of, "audience": wanted.audience}, pages)
            edition.look(edition.report)
        except Exception as error:  # one engagement, whatever is wrong with it, must not cost the others
            edition.refuse(error)
    return edition


@dataclass
class _Edition:
    """One report under way: `todo` is still to be run of it, `made` has been; at the end each page has its outcome."""

    name: str
    pages: tuple[str, ...]
    watch: Watch
    report: Report | None = None
    todo: list[PageWork] = field(default_factory=list)
    made: dict[str, MadePage] = field(default_factory=dict)
    aside: set[str] = field(default_factory=set)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def look(self, report: Report) -> None:
        """See what is there; a report of which only the front page is out of date is written at once."""
        fresh = current(as_made(report.folder), report.made_from)
        missing = {page: made_from for page, made_from in report.made_from.items() if page not in fresh}
        self.outcomes = {page: Outcome(self.name, page, "current") for page in fresh}
        self.made = {made.run.page: made for made in unfinished.ready(report, missing)}
        self.aside = set(self.made)
        self.todo = [work for work in report.work if work.notebook.stem in missing.keys() - self.aside]
        if not self.todo and (self.made or not is_whole(report)):
            self.write(report)

    def take(self, report: Report, made: MadePage) -> None:
        """Take a page that has been made; with the last one the report is written, until then it is kept aside."""
        if not self.todo:
            return  # it was refused meanwhile
        self.made[made.run.page] = made
        self.todo = [work for work in self.todo if work.notebook.stem != made.run.page]
        if not self.todo:
            self.write(report)
        elif made.run.ok and unfinished.keep(report, made):
            self.aside.add(made.run.page)

    def write(self, report: Report) -> None:
        """Write the report; where that cannot be done, what should have come into it has failed."""
        try:
            finish(report, self.made.values())
            unfinished.clear(report)
            self.outcomes |= {page: self.outcome(made) for page, made in self.made.items()}
        except Exception as error:  # one folder that cannot be written must not cost the others
            self.refuse(error)
        self.made = {}

    def outcome(self, made: MadePage) -> Outcome:
        """How it went with a page that is written."""
        run = made.run
        status = ("current" if run.page in self.aside and not made.seconds else "made") if run.ok else "failed"
        return Outcome(self.name, run.page, status, run.cell, run.reason, made.seconds)

    def refuse(self, error: Exception) -> None:
        """Say why this report cannot be made: of what was to be made of it, all has failed."""
        reason = mask(
            str(error) if isinstance(error, WorkbookError) else f"{type(error).__name__}: {error}".rstrip(": ")
        )
        wanted = [page for page in self.pages if page not in self.outcomes] or self.pages
        self.outcomes |= {page: Outcome(self.name, page, "failed", reason=reason) for page in wanted}
        self.todo = []
        self.watch.refused(self.name, reason)

    def stop(self) -> None:
        """Say of the pages that have no outcome that they were stopped."""
        self.fail(self.aside, ASIDE)
        self.fail(self.pages, STOPPED)

    def fail(self, pages: Iterable[str], reason: str) -> None:
        """Give those `pages` this outcome that have none."""
        for page in pages:
            self.outcomes.setdefault(page, Outcome(self.name, page, "failed", reason=reason))


@dataclass
class _Page:
    """One page that is to be run, and whether that is its second try."""

    edition: _Edition
    report: Report
    work: PageWork
    seconds: float = 0
    again: bool = False

    def __str__(self) -> str:
        return f"{self.edition.name} {self.work.notebook.stem}"


@dataclass
class _Run:
    """The pages of a batch on their way through an executor: never many more than run, so that a retry is soon."""

    executor: Executor
    jobs: int
    watch: Watch
    under_way: dict[Future[MadePage], _Page] = field(default_factory=dict)

    def make(self, editions: Iterable[_Edition]) -> None:
        """Run all that is to be done, until it is done or somebody wants it to stop."""
        waiting = deque(_Page(one, one.report, work) for one in editions if one.report for work in one.todo)
        while (waiting or self.under_way) and not self.watch.stopped():
            while waiting and len(self.under_way) < 2 * self.jobs:
                self._submit(waiting.popleft())
            self.watch.running([str(page) for page in list(self.under_way.values())[: self.jobs]])
            for future in wait(self.under_way, TICK, FIRST_COMPLETED).done:
                page = self.under_way.pop(future)
                made = self._result(future, page)
                if made and not self._take(page, made):
                    waiting.appendleft(page)

    def _submit(self, page: _Page) -> None:
        if page.edition.todo:  # it may have been refused meanwhile
            try:
                self.under_way[self.executor.submit(make_page, page.work)] = page
            except BrokenExecutor as error:
                page.edition.refuse(error)

    def _result(self, future: Future[MadePage], page: _Page) -> MadePage | None:
        """What came of a page; nothing where it says nothing about the page."""
        try:
            made = future.result()
        except (BrokenExecutor, CancelledError) as error:  # it was lost, not tried: the report that lies there stays
            if page.edition.todo:
                page.edition.refuse(error)
            return None
        except Exception as error:  # a defect of ours: the others go on
            made = not_made(page.work, error)
        return made if made.run.ok or not self.watch.stopped() else None  # whoever stopped it may have ended its kernel

    def _take(self, page: _Page, made: MadePage) -> bool:
        """Whether that was the end of the page; if not, it has to be tried once more."""
        page.seconds += made.seconds
        made = replace(made, seconds=page.seconds)
        ends = made.run.ok or page.again
        self.watch.ended(page.edition.outcome(made), again=not ends)
        page.again = True
        if ends:
            page.edition.take(page.report, made)
        return ends

    def end(self, kill: Callable[[], None] | None) -> None:
        """Let nothing run on; with `kill`, which ends what runs, this returns when nothing does any more."""
        left = {future for future in self.under_way if not future.cancel()}
        while kill and left:
            kill()
            left = wait(left, TICK / 5).not_done
        for future, page in self.under_way.items():
            if future.done() and not future.cancelled() and not future.exception():
                made = future.result()
                if made.run.ok and unfinished.keep(page.report, made):
                    page.edition.aside.add(made.run.page)
