"""Commands on what is recorded: history, verify; and backup, of all engagements."""

from datetime import tzinfo
from pathlib import Path
from typing import Any

import click

from workbook import paths, verification
from workbook.cli.engagement import open_engagement
from workbook.cli.output import as_json, columns, put
from workbook.cli.workspace import speaker
from workbook.errors import LedgerUnreadable, Unknown
from workbook.model import Revision
from workbook.store import Store
from workbook.words import moment
from workbook.workspace import open_store


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
    put([_revision_json(r) for r in shown], lambda: _history_table(shown, len(revisions), store.zone), as_json)


def _revision_json(r: Revision) -> dict[str, Any]:
    return {"revision": r.number, "at": r.at, "actor": r.actor, "part": r.role, "kind": r.kind, "key": r.key,
            "version": r.version, "deleted": r.body is None, "body": r.body, "hash": r.hash}  # fmt: skip


def _history_table(shown: list[Revision], of: int, zone: tzinfo) -> str:
    if not shown:
        return "Nothing was recorded under that name."
    rows = [(r.number, moment(r.at.astimezone(zone)), r.actor, r.kind, r.key, _gist(r)) for r in shown]
    more = f"\n({of - len(shown)} older revisions are not shown; --last 0 shows all)" if of > len(shown) else ""
    return columns(("REV", "WHEN", "WHO", "KIND", "KEY", "WHAT"), rows) + more


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

    Exit code 1 if something is not as it was recorded, naming the first broken revision, or if that could not be found
    out. Only a head from elsewhere, for example from a mailed report, shows that somebody rewrote the whole ledger.
    """
    try:
        store = open_store(name, speaker(None), guarded=False)
        found = verification.verify(store, paths.results(name), witness)
        _refuse_unknown(store, found)
    except LedgerUnreadable as error:
        summary = {"engagement": name, "ok": False, "reason": str(error)}
        put(summary, lambda: f"{summary['reason']}\nNOT verified", as_json)
        ctx.exit(1)
    verdict = found.verdict
    summary = {"engagement": name, "ok": found.ok, "revisions": verdict.revisions, "head": verdict.head.hash,
               "broken_at": verdict.broken_at, "reason": verdict.reason, "witnessed": verdict.witnessed,
               "evidence_damage": list(found.evidence), "report_damage": list(found.reports),
               "notes": list(found.notes)}  # fmt: skip
    put(summary, lambda: _verdict_text(summary), as_json)
    ctx.exit(0 if found.ok else 1)


def _refuse_unknown(store: Store, found: verification.Verification) -> None:
    """Raise Unknown for an engagement of which the ledger never held anything."""
    if found.verdict.ok and not found.verdict.revisions:
        names = store.ledger.engagements()
        raise Unknown("engagement", store.name, names, f"`workbook new {store.name}` creates it.")


def _verdict_text(summary: dict[str, Any]) -> str:
    lines = [f"{summary['engagement']}: {summary['revisions']} revisions, head {summary['head'][:16]}"]
    lines += [summary["reason"]]
    lines += [f"evidence {d['evidence']}: {d['reason']}" for d in summary["evidence_damage"]]
    lines += [*summary["report_damage"], *summary["notes"]]
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


COMMANDS = (history, verify, backup)
