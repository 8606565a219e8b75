"""Commands on one engagement: demo, status, report."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from workbook.audience import AUDIENCES
from workbook.cli.output import actor, as_json, at_terminal, columns, put, say
from workbook.cli.warming import get_ready_to_run
from workbook.cli.workspace import speaker
from workbook.errors import Unknown
from workbook.model import Person
from workbook.record import Record
from workbook.store import Store
from workbook.workspace import open_store

if TYPE_CHECKING:
    from workbook.analysis.predictions import Predicted
    from workbook.analysis.verdict import Verdict
    from workbook.report import ReportRun


def open_engagement(name: str, who: str | None = None, as_of: str = "") -> Store:
    """The store of an engagement that must exist; raises Unknown with near names."""
    store = open_store(name, speaker(who), as_of)
    engagements = store.ledger.engagements()
    if name not in engagements:
        raise Unknown("engagement", name, engagements, f"`workbook new {name}` creates it.")
    return store


workers = click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 16), help="Pages to run at the same time here."
)


scheduler = click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Let a Dask cluster run the pages: tcp://host:8786. [here]",
)


progress = click.option(
    "--progress", is_flag=True, help="Tell each page that is done on standard error, as a line of JSON."
)


@contextmanager
def runners(workers: int, scheduler: str, engagements: Iterable[str]) -> Iterator[Executor]:
    """What runs the pages of `engagements`: threads of this machine, or a cluster; raises BadInput."""
    from workbook.report import pool
    from workbook.report.cluster import cluster

    with cluster(scheduler, engagements) if scheduler else pool(workers) as executor:
        yield executor


@click.command("status")
@click.argument("name")
@click.option("--as-of", default="", metavar="WHEN", help="As the record stood then: 2026-11-30 or r388. [now]")
@as_json
def status(name: str, as_of: str, as_json: bool) -> None:
    """Show how far engagement NAME is: the verdict and what it still needs, pages, open points, what is due next.

    \b
    Example:
      workbook status demo
    """
    from workbook.analysis.points import collect_points
    from workbook.analysis.predictions import predict
    from workbook.analysis.progress import page_progress
    from workbook.analysis.timeline import due_tasks
    from workbook.analysis.verdict import judge

    record = open_engagement(name, as_of=as_of).record()
    pages = [_progress_json(p) for p in page_progress(record)]
    due = [{"task": d.task.title, "due": d.due, "late": d.late} for d in due_tasks(record) if d.next or d.late]
    open_points = [
        {"severity": p.severity, "title": p.title, "owner": p.owner, "due": p.due} for p in collect_points(record)
    ]
    summary = {"engagement": name, "as_of": record.on,
             "time_zone": record.engagement.time_zone, "head": record.head.hash,
             "verdict": _verdict_json(judge(record)), "pages": pages, "due_next": due,
             "predicted": _predicted_json(predict(record)),
             "to_reverify": _to_reverify_json(record),
             "open_points": open_points}  # fmt: skip
    put(summary, lambda: _status_text(record, summary), as_json)


def _to_reverify_json(record: Record) -> dict[str, int]:
    """How many answers, and rows of each register, were carried over and are to be verified again."""
    from workbook.analysis.carried import to_reverify

    found = to_reverify(record)
    every = {"answers": len(found.answers), **{name: len(rows) for name, rows in found.rows.items()}}
    return {name: many for name, many in every.items() if many}


def _verdict_json(found: "Verdict") -> dict[str, Any]:
    conditions = [
        {"id": c.id, "stage": c.stage, "clause": c.clause, "met": c.met, "says": c.says} for c in found.conditions
    ]
    contradicted = [
        {"question": c.asked.question.id, "system": c.asked.slot.system, "by": c.contradiction.by,
         "says": c.contradiction.says}
        for c in found.contradicted
    ]  # fmt: skip
    counts = asdict(found.counts)
    return {"stage": found.stage, "claimed_percent": found.readiness.claimed, "shown_percent": found.readiness.shown,
            "counts": counts, "conditions": conditions, "contradicted": contradicted}  # fmt: skip


def _predicted_json(found: "tuple[Predicted, ...]") -> list[dict[str, Any]]:
    return [
        {"rule": p.rule.id, "clause": p.clause, "grade": p.rule.grade, "keys": p.keys, "says": p.statement}
        for p in found
    ]


def _verdict_text(verdict: dict[str, Any]) -> list[str]:
    from workbook.analysis.proof import ProofCount

    unmet = [c for c in verdict["conditions"] if not c["met"]]
    coming = [c for c in unmet if c["stage"] == unmet[0]["stage"]] if unmet else []
    says = f"{verdict['stage'].upper()}  {verdict['claimed_percent']} % claimed, {verdict['shown_percent']} % shown"
    lines = [says, f"  {ProofCount(**verdict['counts']).text}"]
    lines += [f"  missing for {coming[0]['stage']}:"] if coming else []
    return [*lines, *(f"  - {c['says']} (clause {c['clause']})" for c in coming), ""]


def _progress_json(page: Any) -> dict[str, Any]:
    return {"page": page.page, "asked": page.asked, "answered": page.answered, "implemented": page.implemented,
            "evidenced": page.evidenced, "reviewed": page.reviewed, "tested": page.tested,
            "contradicted": page.contradicted, "to_reverify": len(page.to_reverify)}  # fmt: skip


def _status_text(record: Record, summary: dict[str, Any]) -> str:
    from workbook.analysis.timeline import say_starts

    about = record.engagement
    when = say_starts(about, str) or "no date yet"
    lines = [f"{about.title}, audit on {when}, as of {record.on} ({about.time_zone})", ""]
    lines += _verdict_text(summary["verdict"])
    carried = ", ".join(f"{many} {name}" for name, many in summary["to_reverify"].items())
    lines += [f"To re-verify, carried over from an earlier audit: {carried}", ""] if carried else []
    rows = [
        (p["page"], p["asked"], p["answered"], p["implemented"], p["evidenced"], p["tested"], p["contradicted"])
        for p in summary["pages"]
    ]
    lines += [columns(("PAGE", "ASKED", "ANSWERED", "IMPLEMENTED", "EVIDENCED", "TESTED", "CONTRADICTED"), rows), ""]
    lines += [
        f"{'LATE' if d['late'] else 'next'}  {d['due'] or 'no date'!s:<12} {d['task']}" for d in summary["due_next"]
    ]
    lines += ["", f"{len(summary['predicted'])} predicted findings; the first:"] if summary["predicted"] else []
    lines += [f"  {p['grade']} ({p['clause']}): {', '.join(p['keys'][:5])}" for p in summary["predicted"][:5]]
    lines += ["", f"{len(summary['open_points'])} open points; the first:"]
    lines += [f"  {p['severity']:<9} {p['title']} ({p['owner'] or 'no owner'})" for p in summary["open_points"][:5]]
    return "\n".join(lines)


@click.command("report")
@click.argument("name")
@click.option("--page", "pages", multiple=True, metavar="PAGE", help="Only this page, for example 03_control_review.")
@click.option("--system", default="", help="One ML system, for example SYS-001. [all]")
@click.option(
    "--as-of",
    default="",
    metavar="WHEN",
    help="As the record stood then: a day (2026-11-30), a time with its zone, or a revision (r388: ages count to its "
    "day; r388@2026-11-30: to that day). [now]",
)
@click.option(
    "--audience", type=click.Choice(AUDIENCES), default="internal", show_default=True, help="Who will read it."
)
@click.option("--single", is_flag=True, help="Also put these pages into one file, report.html, its links inside.")
@click.option("--pdf", is_flag=True, help="Also print them, or the one file, as PDF; needs Chromium, Chrome or Edge.")
@click.option(
    "--docx",
    is_flag=True,
    help="Also write summary, Statement of Applicability and findings as DOCX, to be edited; making the report again "
    "removes them, so edit a copy that lies elsewhere.",
)
@click.option(
    "--print", "printed", type=click.Choice(["short", "full"]), default="short", show_default=True,
    help="Whether the PDF has reference text, too.",
)  # fmt: skip
@progress
@workers
@scheduler
@actor
@as_json
@click.pass_context
def report(ctx: click.Context, /, name: str, actor: str | None, as_json: bool, **options: Any) -> None:
    """Make the HTML report of engagement NAME in outputs/NAME: one file per page and index.html.

    The edition for customers lies in outputs/NAME/customer, the report on one system in systems/SYS-001 below, so that
    a folder can be mailed as it is. With --page the other pages stay, and say which state of the record they show.
    These are working copies; `workbook issue` makes what is handed to somebody.

    \b
    Examples:
      workbook report demo
      workbook report demo --page 03_control_review
      workbook report demo --audience customer --system SYS-001
      workbook report demo --as-of 2026-11-30
      workbook report demo --as-of r388
      workbook report demo --scheduler tcp://scheduler.example:8786
      workbook report demo --single --pdf
      workbook report demo --docx --audience auditor

    Exit code 1 if a page failed; the others are made all the same.
    """
    get_ready_to_run()
    from workbook.report import make
    from workbook.report.handouts import in_word, on_paper, single_file
    from workbook.report.printing import find_browser

    open_engagement(name, actor)
    if options["pdf"]:
        find_browser()  # said before pages run, and not after
    parameters = {k: options[k] for k in ("system", "as_of", "audience") if options[k]}
    told = tell_as_json if options["progress"] else tell_at_terminal
    with runners(options["workers"], options["scheduler"], [name]) as executor:
        run = make(name, parameters, pages=options["pages"], executor=executor, on_progress=told)
    if options["single"]:
        say(f"one file: {single_file(run)}")
    if options["pdf"]:
        for path in on_paper(run, single=options["single"], full=options["printed"] == "full"):
            say(f"printed: {path}")
    if options["docx"]:
        for place in in_word(run, options["system"], options["audience"]):
            say(f"to edit, in a copy elsewhere: {place}")
    say_how_it_went(run, as_json)
    ctx.exit(run.exit_code)


def say_how_it_went(run: "ReportRun", as_json: bool) -> None:
    """Say what failed, what went and what is of another state; print where index.html lies."""
    for page in run.pages:
        if not page.ok:
            say(f"FAILED {page.page}, cell {page.cell}: {page.reason}")
    for name in run.removed:
        say(f"removed {name}, which lay there from another edition or a notebook that is gone")
    for flaw in run.flaws():
        say(f"from an earlier run: {flaw}")
    put(run.summary(), lambda: str(run.folder / "index.html"), as_json)


def tell_at_terminal(page: str, done: int, of: int, words: str) -> None:
    """Tell a person how far it is; a log only that all is done."""
    if at_terminal() or done == of:
        say(f"[{done}/{of}] {page} {words}")


def tell_as_json(page: str, done: int, of: int, words: str) -> None:
    """Tell a script how far it is."""
    say(json.dumps({"page": page, "done": done, "of": of, "says": words}, ensure_ascii=False))


@click.command("demo")
@workers
@as_json
@click.pass_context
def demo(ctx: click.Context, workers: int, as_json: bool) -> None:
    """Load the engagement of an invented company and make its report.

    \b
    Example:
      workbook demo

    Its dates move along with today, so that the audit always lies ten weeks ahead. It can be run again: what did not
    change is not recorded twice.
    """
    get_ready_to_run()
    from workbook.exchange.demo import load_demo
    from workbook.report import make, pool

    load_demo(Person("Security lead"), say)
    with pool(workers) as executor:
        run = make("demo", executor=executor, on_progress=tell_at_terminal)
    say_how_it_went(run, as_json)
    ctx.exit(run.exit_code)


COMMANDS = (demo, status, report)
