"""The command that makes the reports of many engagements: batch."""

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from workbook import paths
from workbook.audience import AUDIENCES
from workbook.cli.engagement import scheduler
from workbook.cli.interrupts import Interrupts
from workbook.cli.output import as_json, at_terminal, columns, put, say
from workbook.cli.warming import get_ready_to_run
from workbook.errors import BadInput, NotMade, Unknown, refuse
from workbook.words import count, first_of
from workbook.workspace import has_ledger, open_store

if TYPE_CHECKING:
    from tqdm import tqdm

    from workbook.report.portfolio import Batch, Outcome

STATUSES = ("made", "current", "failed")
AS_OF = "As the record stood then, as `workbook report` takes it. A revision means each engagement's own. [now]"


@click.command("batch")
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@click.option("--all", "everything", is_flag=True, help="All engagements of this workspace.")
@click.option("--page", "pages", multiple=True, metavar="PAGE", help="Only this page; may be given again. [all pages]")
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="Pages to run at the same time, of all engagements. [number of cores]"
)
@click.option("--as-of", default="", metavar="WHEN", help=AS_OF)
@click.option(
    "--audience", type=click.Choice(AUDIENCES), default="internal", show_default=True, help="Who will read them."
)
@scheduler
@as_json
@click.pass_context
def batch(ctx: click.Context, /, names: tuple[str, ...], everything: bool, as_json: bool, **options: Any) -> None:
    """Make the reports of many engagements: only the pages that are missing or out of date, several at a time.

    A page is current if it was made from the same revision, day, checklists, version of the workbook, notebook, edition
    and language, and its files are as they were made. A page that fails is tried once more, and everything else goes
    on. Ctrl-C (or SIGTERM) ends what runs; the same command goes on from there. Reports are written one by one, each
    when all its pages are there. Two batches at once do no harm, but may make a page twice. What a notebook of your own
    reads from elsewhere is not looked at; `workbook report` makes every page anew. --all also makes the page on all
    engagements, as `workbook portfolio` does.

    \b
    Examples:
      workbook batch --all
      workbook batch isms-2027 vendor-b --page 03_control_review --page 06_audit_report
      workbook batch --all --audience customer --jobs 4 --json
      workbook batch --all --scheduler tcp://scheduler.example:8786 --jobs 16

    \b
    Every night at two, by crontab -e; it mails what was said only if something failed:
      0 2 * * *  cd /srv/audits && .venv/bin/workbook batch --all > batch.log 2>&1 || cat batch.log

    \b
    Exit codes:
      0    every page is made or current
      1    a page failed; the others are made
      2    nothing could be begun: no or unknown names, or no engagement that can be read
      130  stopped by Ctrl-C, 143 by SIGTERM, 129 because the terminal was closed
    """
    engagements = _engagements(names, everything)
    with Interrupts() as interrupts:
        get_ready_to_run()
        from workbook.report.portfolio import Wanted, make_reports

        wanted = Wanted(engagements, options["pages"], options["as_of"], options["audience"])
        watch = _Bar(interrupts) if at_terminal() else _Lines(interrupts)
        try:
            with _cluster(options["scheduler"], engagements) as executor:
                made = make_reports(wanted, options["jobs"] or _cores(), watch, executor)
        finally:
            watch.close()
    whole = everything and not made.stopped and not wanted.pages and wanted.audience == "internal"
    failed = whole and not _portfolio(wanted.as_of)
    put([one.as_json() for one in made.outcomes], lambda: _text(made, wanted.audience), as_json)
    if made.stopped:
        say(_stopped(made))
    ctx.exit(128 + interrupts.number if made.stopped else made.exit_code or int(failed))


def _portfolio(as_of: str) -> bool:
    """Make the page on all engagements, which links to what was made; whether that went well, or nobody can ask it."""
    from workbook.report.portfolio_page import make_portfolio

    try:
        say(f"All engagements side by side: {make_portfolio(as_of)}")
    except NotMade as error:
        say(f"FAILED {error}")
        return False
    except BadInput:  # as of a revision, which means another moment in each engagement
        pass
    return True


def _cluster(address: str, engagements: Sequence[str]) -> AbstractContextManager[Executor | None]:
    """The cluster that runs the pages; nothing where they run here."""
    if not address:
        return nullcontext()
    from workbook.report.cluster import cluster

    return cluster(address, engagements)


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _engagements(names: Sequence[str], everything: bool) -> tuple[str, ...]:
    """The engagements that are meant, each once; raises BadInput, and Unknown for each that does not exist."""
    if names and everything:
        raise BadInput("Name engagements or give --all, not both.")
    if not names and not everything:
        raise BadInput("Name the engagements, or give --all; `workbook list` shows them.")
    there = _there()
    if not there:
        raise BadInput("There is no engagement yet. Begin one with `workbook new NAME`, or see `workbook demo`.")
    refuse(Unknown("engagement", name, there) for name in dict.fromkeys(names) if name not in there)
    return tuple(there if everything else dict.fromkeys(names))


def _there() -> list[str]:
    if not has_ledger():
        return []
    store = open_store("")
    try:
        return store.ledger.engagements()
    finally:
        store.ledger.close()


# how it is told -----------------------------------------------------------------------------------------------------


class _Lines:
    """Tells of each page in a line, for logs."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts
        self._pages = self._done = 0
        self._stopping = False

    def begun(self, pages: int) -> None:
        self._pages = pages

    def running(self, pages: Sequence[str]) -> None:
        """A log is told of ends."""

    def ended(self, outcome: "Outcome", again: bool) -> None:
        self._done += not again
        self.tell(f"[{self._done}/{self._pages}] {_words(outcome)}{'; it is tried once more' if again else ''}")

    def refused(self, engagement: str, reason: str) -> None:
        self.tell(f"FAILED {engagement}: {reason}")

    def stopped(self) -> bool:
        if self._interrupts.number and not self._stopping:
            self._stopping = True
            self.tell("Stopping; what runs is ended …")
        return self._stopping

    def tell(self, words: str) -> None:
        say(words)

    def close(self) -> None:
        """Nothing is open."""


class _Bar(_Lines):
    """Shows a person at the terminal how far it is, what is running and how long it will take."""

    def __init__(self, interrupts: Interrupts) -> None:
        super().__init__(interrupts)
        self._bar: tqdm[None] | None = None
        say("Looking for what is missing or out of date …")

    def begun(self, pages: int) -> None:
        from tqdm import tqdm

        super().begun(pages)
        if pages:
            self._bar = tqdm(total=pages, unit="page", smoothing=0, dynamic_ncols=True, leave=False)

    def running(self, pages: Sequence[str]) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str(first_of(pages, 2))

    def ended(self, outcome: "Outcome", again: bool) -> None:
        if outcome.status == "failed":
            super().ended(outcome, again)
        if self._bar is not None:
            self._bar.update(0 if again else 1)

    def tell(self, words: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        say(words)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _words(outcome: "Outcome") -> str:
    return f"{'FAILED ' if outcome.status == 'failed' else ''}{outcome} ({outcome.seconds:.1f} s)"


def _text(made: "Batch", audience: str) -> str:
    """A line for each engagement, then each page that failed, then the sum."""
    by_name: dict[str, Counter[str]] = {}
    for one in made.outcomes:
        by_name.setdefault(one.engagement, Counter())[one.status] += 1
    rows = [(name, *(found[status] for status in STATUSES), _place(name, audience)) for name, found in by_name.items()]
    failed = [f"FAILED {one}" for one in made.outcomes if one.status == "failed" and not one.stopped]
    return "\n".join([columns(("ENGAGEMENT", *(s.upper() for s in STATUSES), "REPORT"), rows), *failed, _sum(made)])


def _place(name: str, audience: str) -> str:
    index = paths.results(name, audience) / "index.html"
    return str(index) if index.exists() else "none yet"


def _sum(made: "Batch") -> str:
    found = Counter("kept aside" if one.aside else "not made" if one.stopped else one.status for one in made.outcomes)
    parts = [f"{found[how]} {how}" for how in (*STATUSES, "kept aside", "not made") if found[how] or how in STATUSES]
    return f"{count(len(made.outcomes), 'page')}: {', '.join(parts)}"


def _stopped(made: "Batch") -> str:
    aside = (
        " Pages kept aside come into their reports when those are whole." if any(o.aside for o in made.outcomes) else ""
    )
    return f"Stopped; nothing runs any more. {_sum(made)}.{aside} The same command goes on from there."


COMMANDS = (batch,)
