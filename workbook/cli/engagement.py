"""Commands on one engagement: demo, status, report, import, history, verify; and backup, of all of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook import paths
from workbook.audience import AUDIENCES
from workbook.cli.output import actor, as_json, at_terminal, columns, put, say
from workbook.cli.workspace import speaker
from workbook.errors import BadInput, Unknown
from workbook.model import IssuedReport, Person, Revision
from workbook.record import Record
from workbook.store import Store
from workbook.workspace import open_store

if TYPE_CHECKING:
    from workbook.report import ReportRun


def open_engagement(name: str, who: str | None = None, as_of: str = "") -> Store:
    """The store of an engagement that must exist; raises Unknown with near names."""
    store = open_store(name, speaker(who), as_of)
    engagements = store.ledger.engagements()
    if name not in engagements:
        raise Unknown("engagement", name, engagements, f"`workbook new {name}` creates it.")
    return store


@click.command("status")
@click.argument("name")
@click.option("--as-of", default="", metavar="WHEN", help="As the record stood then: 2026-11-30 or r388. [now]")
@as_json
def status(name: str, as_of: str, as_json: bool) -> None:
    """Show how far engagement NAME is: pages, open points, what is due next.

    \b
    Example:
      workbook status demo
    """
    from workbook.analysis.points import collect_points
    from workbook.analysis.progress import page_progress
    from workbook.analysis.timeline import due_tasks

    record = open_engagement(name, as_of=as_of).record()
    pages = [_progress_json(p) for p in page_progress(record)]
    due = [{"task": d.task.title, "due": d.due, "late": d.late} for d in due_tasks(record) if d.next or d.late]
    open_points = [
        {"severity": p.severity, "title": p.title, "owner": p.owner, "due": p.due} for p in collect_points(record)
    ]
    summary = {"engagement": name, "as_of": record.on, "head": record.head.hash, "pages": pages, "due_next": due,
             "open_points": open_points}  # fmt: skip
    put(summary, lambda: _status_text(record, summary), as_json)


def _progress_json(page: Any) -> dict[str, Any]:
    return {"page": page.page, "asked": page.asked, "answered": page.answered, "implemented": page.implemented,
            "proven": page.proven}  # fmt: skip


def _status_text(record: Record, summary: dict[str, Any]) -> str:
    about = record.engagement
    lines = [f"{about.title}, audit on {about.audit_date or 'no date yet'}, as of {record.on}", ""]
    rows = [(p["page"], p["asked"], p["answered"], p["implemented"], p["proven"]) for p in summary["pages"]]
    lines += [columns(("PAGE", "ASKED", "ANSWERED", "IMPLEMENTED", "PROVEN"), rows), ""]
    lines += [
        f"{'LATE' if d['late'] else 'next'}  {d['due'] or 'no date'!s:<12} {d['task']}" for d in summary["due_next"]
    ]
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
@click.option(
    "--issue", metavar="RECIPIENT", help="Record that this report goes to RECIPIENT; later reports name changes since."
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 16), help="Pages to run at the same time."
)
@actor
@as_json
@click.pass_context
def report(ctx: click.Context, /, name: str, actor: str | None, as_json: bool, **options: Any) -> None:
    """Make the HTML report of engagement NAME in outputs/NAME: one file per page and index.html.

    \b
    Examples:
      workbook report demo
      workbook report demo --audience customer --system SYS-001
      workbook report demo --as-of 2026-11-30 --issue "certification body"
      workbook report demo --as-of r388

    Exit code 1 if a page failed; the others are made all the same.
    """
    store = open_engagement(name, actor)
    parameters = {k: options[k] for k in ("system", "as_of", "audience") if options[k]}
    run = run_report(name, parameters, options["workers"], as_json, options["pages"])
    if options["issue"] and run.exit_code == 0:
        revision = store.issue(issued_report(run, options["issue"], options["audience"]))
        say(f"recorded as {revision.key}, issued to {options['issue']}")
    ctx.exit(run.exit_code)


def issued_report(run: "ReportRun", recipient: str, audience: str) -> IssuedReport:
    """What the record keeps of a report that goes to `recipient`: the state it rests on, and its files by hash."""
    return IssuedReport(
        recipient=recipient, as_of=run.on, audience=audience,
        head_number=run.head.number, head_hash=run.head.hash, files=dict(run.files),
    )  # fmt: skip


def run_report(
    name: str, parameters: dict[str, str], workers: int, as_json: bool, pages: tuple[str, ...] = ()
) -> "ReportRun":
    """Make the pages, say how it goes, print where index.html lies."""
    from workbook.report import make

    run = make(name, parameters, pages=pages, workers=workers, on_progress=_progress_printer())
    for page in run.pages:
        if not page.ok:
            say(f"FAILED {page.page}, cell {page.cell}: {page.reason}")
    put(run.summary(), lambda: str(run.folder / "index.html"), as_json)
    return run


def _progress_printer() -> Any:
    """What to call with (page, done, of, words) while pages run."""

    def tell(page: str, done: int, of: int, words: str = "") -> None:
        line = f"[{done}/{of}] {page} {words}".rstrip()
        if at_terminal() or done == of:
            say(line)

    return tell


@click.command("demo")
@click.option("--workers", default=2, show_default=True, help="Pages to run at the same time.")
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
    from workbook.exchange.demo import load_demo

    load_demo(Person("Security lead"), say)
    ctx.exit(run_report("demo", {}, workers, as_json).exit_code)


@click.command("import")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--into", metavar="REGISTER", help="What the file holds, if its name does not say: datasets, answers, evidence …"
)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="THEIRS=OURS",
    help="A column by another name, e.g. --map Besitzer=owner.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be imported, and change nothing.")
@actor
@as_json
@click.pass_context
def import_(ctx: click.Context, /, name: str, path: Path, actor: str | None, as_json: bool, **options: Any) -> None:
    """Import registers, answers and evidence from CSV or XLSX: one file, or a folder of them. All or nothing.

    \b
    Examples:
      workbook import isms-2027 inventory.xlsx --dry-run
      workbook import isms-2027 datasets.csv --map "Data owner=owner"
      workbook import isms-2027 export/

    A file or sheet is named after what it holds: datasets, models, answers, evidence …
    """
    from workbook.exchange import imports

    store = open_engagement(name, actor)
    mapping = dict(_pair(text) for text in options["mapping"])
    plan = imports.plan(store, path, mapping={"*": mapping} if mapping else None, into=options["into"] or None)
    if not options["dry_run"] and not plan.problems:
        imports.apply(store, plan)
    put(plan.summary(), plan.text, as_json)
    if not as_json:
        say(_outcome_text(plan, options["dry_run"]))
    ctx.exit(1 if plan.problems else 0)


def _outcome_text(plan: Any, dry_run: bool) -> str:
    if plan.problems:
        return "Nothing was imported; correct the lines above and import again."
    return "Nothing was imported yet; run it again without --dry-run." if dry_run else "Imported."


def _pair(text: str) -> tuple[str, str]:
    theirs, equals, ours = text.partition("=")
    if not equals:
        raise BadInput(f"--map {text!r} needs an equals sign: their column, then ours, for example 'Data owner=owner'.")
    return theirs.strip(), ours.strip()


@click.command("history")
@click.argument("name")
@click.argument("kind", default="")
@click.argument("key", default="")
@click.option("--last", type=int, default=50, show_default=True, help="How many of the newest revisions; 0 shows all.")
@as_json
def history(name: str, kind: str, key: str, last: int, as_json: bool) -> None:
    """Show who recorded what and when in engagement NAME, oldest first.

    \b
    Examples:
      workbook history demo
      workbook history demo answer ac-privileged-deploy@SYS-001
      workbook history demo datasets DS-001 --json
    """
    store = open_engagement(name)
    if kind and kind not in (kinds := sorted({r.kind for r in store.history()})):
        raise Unknown("kind of revision", kind, kinds)
    revisions = store.history(kind or None, key or None)
    shown = revisions[-last:] if last else revisions
    put([_revision_json(r) for r in shown], lambda: _history_table(shown, len(revisions)), as_json)


def _revision_json(r: Revision) -> dict[str, Any]:
    return {"revision": r.number, "at": r.at, "actor": r.actor, "part": r.role, "kind": r.kind, "key": r.key,
            "version": r.version, "deleted": r.body is None, "body": r.body, "hash": r.hash}  # fmt: skip


def _history_table(shown: list[Revision], of: int) -> str:
    if not shown:
        return "Nothing was recorded under that name."
    rows = [(r.number, f"{r.at:%Y-%m-%d %H:%M}", r.actor, r.kind, r.key, _gist(r)) for r in shown]
    more = f"\n({of - len(shown)} older revisions are not shown; --last 0 shows all)" if of > len(shown) else ""
    return columns(("REV", "WHEN (UTC)", "WHO", "KIND", "KEY", "WHAT"), rows) + more


def _gist(r: Revision) -> str:
    if r.body is None:
        return "deleted"
    words = str(r.body.get("result") or r.body.get("name") or r.body.get("status") or r.body.get("title") or "")
    return f"v{r.version} {words}"[:80]


@click.command("verify")
@click.argument("name")
@click.option(
    "--witness",
    metavar="HASH",
    help="A chain head printed in a report; finds a ledger that was cut or rewritten since.",
)
@as_json
@click.pass_context
def verify(ctx: click.Context, name: str, witness: str | None, as_json: bool) -> None:
    """Check that nothing of NAME in the ledger was changed after it was recorded, and that all evidence is there.

    \b
    Examples:
      workbook verify demo
      workbook verify demo --witness 9f2c41d70b6ea813

    Exit code 1 names the first broken revision. Only a head from elsewhere, for example from a mailed report, shows
    that somebody rewrote the whole ledger.
    """
    store = open_engagement(name)
    verdict = store.ledger.verify(name, witness=witness)
    damage = store.verify_evidence()
    summary = {"engagement": name, "ok": verdict.ok and not damage, "revisions": verdict.revisions,
             "head": verdict.head.hash, "broken_at": verdict.broken_at, "reason": verdict.reason,
             "evidence_damage": damage}  # fmt: skip
    put(summary, lambda: _verdict_text(summary), as_json)
    ctx.exit(0 if summary["ok"] else 1)


def _verdict_text(summary: dict[str, Any]) -> str:
    lines = [f"{summary['engagement']}: {summary['revisions']} revisions, head {summary['head'][:16]}"]
    lines += [summary["reason"]] if summary["reason"] else []
    lines += [f"evidence {d['evidence']}: {d['reason']}" for d in summary["evidence_damage"]]
    return "\n".join([*lines, "intact" if summary["ok"] else "NOT intact"])


@click.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@as_json
def backup(target: Path, as_json: bool) -> None:
    """Write a whole copy of the ledger to the file TARGET; safe while others work (SQLite; evidence/ is copied apart).

    \b
    Example:
      workbook backup /media/backup/workbook-2026-11-30.db
    """
    open_store("").ledger.backup(target)
    put(
        {"backup": str(target)},
        lambda: f"The ledger is copied to {target}. Copy {paths.evidence()} beside it.",
        as_json,
    )


COMMANDS = (demo, status, report, import_, history, verify, backup)
