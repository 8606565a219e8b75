"""Commands for files: import."""

from pathlib import Path
from typing import Any

import click

from workbook.cli.engagement import open_engagement
from workbook.cli.output import actor, as_json, put, say
from workbook.errors import BadInput


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
    from workbook.exchange.mapping import EVERY, ImportMapping, TableMapping

    store = open_engagement(name, actor)
    columns = dict(_pair(text) for text in options["mapping"])
    mapping = ImportMapping(tables={EVERY: TableMapping(into=options["into"] or "", columns=columns)})
    plan = imports.plan(store, path, mapping)
    if not options["dry_run"] and not plan.problems:
        imports.apply(store, plan)
    put(plan.summary(), plan.preview if options["dry_run"] else plan.text, as_json)
    if not as_json:
        say(_outcome_text(plan, options["dry_run"]))
    ctx.exit(1 if plan.problems else 0)


def _outcome_text(plan: Any, dry_run: bool) -> str:
    if plan.problems:
        return "Nothing was imported; correct the lines above and import again."
    if not plan.drafts:
        return "There is nothing to change." if plan.rows else "There are no rows to import."
    return "Nothing was imported yet; run it again without --dry-run." if dry_run else "Imported."


def _pair(text: str) -> tuple[str, str]:
    theirs, equals, ours = text.rpartition("=")
    if not equals:
        raise BadInput(f"--map {text!r} needs an equals sign: their column, then ours, for example 'Data owner=owner'.")
    return theirs.strip(), ours.strip()


COMMANDS = (import_,)
