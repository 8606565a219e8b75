"""Commands on what is recorded: history, erase; and backup, of all engagements."""

import sys
from datetime import tzinfo
from pathlib import Path
from typing import Any

import click

from workbook import erasure, masking, migration, paths
from workbook.cli.engagement import open_engagement
from workbook.cli.output import actor, as_json, columns, put, say
from workbook.errors import BadInput, Unknown
from workbook.model import TO_REVERIFY, Revision
from workbook.words import count, moment
from workbook.workspace import open_store


@click.command("history")
@click.argument("name")
@click.argument("kind", default="")
@click.argument("key", default="")
@click.option(
    "--last", type=click.IntRange(min=1), default=50, show_default=True, help="How many of the newest revisions."
)
@click.option("--all", "everything", is_flag=True, help="All revisions, whatever --last says.")
@as_json
def history(name: str, kind: str, key: str, as_json: bool, **options: Any) -> None:
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
    shown = revisions if options["everything"] else revisions[-options["last"] :]
    put([_revision_json(r) for r in shown], lambda: _history_table(shown, len(revisions), store.zone), as_json)


def _revision_json(r: Revision) -> dict[str, Any]:
    return {"revision": r.number, "at": r.at, "actor": r.actor, "part": r.role, "kind": r.kind, "key": r.key,
            "version": r.version, "deleted": r.body is None, "to_reverify": (r.body or {}).get(TO_REVERIFY) is True,
            "body": r.body, "hash": r.hash}  # fmt: skip


def _history_table(shown: list[Revision], of: int, zone: tzinfo) -> str:
    if not shown:
        return "Nothing was recorded under that name."
    rows = [(r.number, moment(r.at.astimezone(zone)), r.actor, r.kind, r.key, _gist(r)) for r in shown]
    more = f"\n({of - len(shown)} older revisions are not shown; --all shows them)" if of > len(shown) else ""
    return columns(("REV", "WHEN", "WHO", "KIND", "KEY", "WHAT"), rows) + more


def _gist(r: Revision) -> str:
    if r.body is None:
        return "deleted"
    if r.kind == "erasure":
        return f"{r.body.get('key')} {', '.join(r.body.get('fields') or ['file'])}: {r.body.get('why')}"[:80]
    words = str(r.body.get("result") or r.body.get("name") or r.body.get("status") or r.body.get("title") or "")
    mark = ", to re-verify" if r.body.get(TO_REVERIFY) is True else ""
    return f"v{r.version} {words[: 60 if mark else 80]}{mark}"[:80]


@click.command("erase")
@click.argument("name")
@click.argument("key")
@click.option(
    "--why", required=True, metavar="TEXT", help="Why it is erased; that is recorded with who did it and when."
)
@click.option("--field", default="", metavar="FIELD", help="Erase the text in FIELD; without it, the file of evidence.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@actor
@as_json
@click.pass_context
def erase(ctx: click.Context, /, name: str, key: str, actor: str | None, as_json: bool, **options: Any) -> None:
    """Erase the file behind evidence KEY, or the text in one field of KEY in every version of it, for good.

    \b
    Examples:
      workbook erase demo EV-0012 --why "Held personal data; asked for by the data protection officer"
      workbook erase demo DS-003 --field owner --why "Left the company and asked for it"

    It cannot be taken back. That it was erased, by whom, when and why stays in the record, and so do the hashes.
    Exit code 1 if something of it is still there.
    """
    store = open_engagement(name, actor)
    target = erasure.find(store, key, options["field"])
    if not options["yes"]:
        _ask(target)
    done = erasure.erase(store, target, options["why"])
    beyond = erasure.beyond_reach(store, paths.results(name))
    summary = {"engagement": name, "erasure": done.revision.key, "kind": target.kind, "key": target.key,
               "fields": list(target.fields), "remains": list(done.remains), "beyond_reach": beyond}  # fmt: skip
    put(summary, lambda: _erased_text(target, done, beyond), as_json)
    ctx.exit(1 if done.remains else 0)


def _ask(target: erasure.Target) -> None:
    """Go on only if whoever sits there says so; raises BadInput where nobody does."""
    if not sys.stdin.isatty():
        raise BadInput(f"This erases {target} for good. Nobody is here to be asked; say --yes if that is meant.")
    click.confirm(f"Erase {target} for good, in all its versions?", abort=True, err=True)


def _erased_text(target: erasure.Target, done: erasure.Erased, beyond: list[str]) -> str:
    first = (
        f"{done.revision.key}: {target} was erased." if not done.remains else f"{done.revision.key} is recorded, but:"
    )
    return "\n".join([first, *done.remains, "What this cannot reach:", *(f"  {place}" for place in beyond)])


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


@click.command("migrate-store")
@click.argument("source")
@click.argument("target")
@click.option("--engagement", "only", multiple=True, metavar="NAME", help="Copy this one, and others named so. [all]")
@click.option(
    "--source-evidence", default="", metavar="PLACE",
    help="Where the evidence of SOURCE lies. [evidence/ beside a SQLite file, for a server that of this workspace]",
)  # fmt: skip
@click.option(
    "--target-evidence", default="", metavar="PLACE",
    help="Where the evidence of TARGET is to lie: a folder or s3://bucket/evidence. [as for SOURCE]",
)  # fmt: skip
@as_json
@click.pass_context
def migrate_store(ctx: click.Context, /, source: str, target: str, only: tuple[str, ...], **options: Any) -> None:
    """Copy all engagements of the ledger SOURCE, with their evidence, into the ledger TARGET, byte for byte.

    \b
    Examples:
      workbook migrate-store outputs/workbook.db postgresql://workbook@db.example/audit
      workbook migrate-store postgresql://workbook@db.example/audit copy/workbook.db --engagement isms-2027

    Each is the address of a database or the path of a SQLite file. Both sides are verified. An engagement is copied all
    or not at all; one that is there already is brought up to date, and another one of its name is refused. Interrupted,
    it goes on when it is run again. An address can be seen in the list of processes, so leave a password in PGPASSWORD
    or ~/.pgpass. Exit code 1 if something remains to be done.
    """
    for address in (source, target):
        masking.hide(address)
    one = migration.Side.of(source, options["source_evidence"])
    other = migration.Side.of(target, options["target_evidence"])
    one, other, moved = migration.migrate(one, other, only, say)
    summary = {"source": one.url, "source_evidence": str(one.evidence),
               "target": other.url, "target_evidence": str(other.evidence),
               "engagements": [_moved_json(each) for each in moved]}  # fmt: skip
    put(summary, lambda: _moved_text(summary), options["as_json"])
    ctx.exit(1 if any(each.since or each.remains for each in moved) else 0)


def _moved_json(moved: migration.Moved) -> dict[str, Any]:
    return {"engagement": moved.engagement, "state": moved.state, "revisions": moved.head.number,
            "head": moved.head.hash, "copied": moved.revisions, "files": moved.files,
            "recorded_meanwhile": moved.since, "remains": list(moved.remains)}  # fmt: skip


def _moved_text(summary: dict[str, Any]) -> str:
    lines = []
    for one in summary["engagements"]:
        lines.append(
            f"{one['engagement']}: {one['state']}, {count(one['revisions'], 'revision')}, head {one['head'][:16]}; "
            f"copied {count(one['copied'], 'revision')} and {count(one['files'], 'file')}"
        )
        if since := one["recorded_meanwhile"]:
            lines.append(f"  {count(since, 'revision')} were recorded in the source meanwhile: run the same again.")
        lines += [f"  {said}" for said in one["remains"]]
    where = f"{summary['target']} (evidence in {summary['target_evidence']})"
    return "\n".join([*lines, f"{where} holds what the source holds. Save to one of them only, from now on."])


COMMANDS = (history, erase, backup, migrate_store)
