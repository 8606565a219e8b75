"""Commands for files: import."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook.cli.engagement import open_engagement
from workbook.cli.output import actor, as_json, put, say
from workbook.days import ORDERS
from workbook.errors import BadInput

if TYPE_CHECKING:
    from workbook.catalog import Catalog
    from workbook.exchange.mapping import ImportMapping
    from workbook.exchange.plan import Plan


def _several(*names: str, metavar: str, help: str) -> Callable[[Any], Any]:
    return click.option(*names, multiple=True, metavar=metavar, help=help)


@click.command("import")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--into", metavar="TABLE", help="What the file holds, if its name does not say: risks, suppliers, answers …"
)
@_several("--sheet", "sheets", metavar="SHEET", help="Only this sheet, or file of a folder; several times for more.")
@click.option(
    "--header-row", type=click.IntRange(min=1), metavar="N", help="The line that names the columns, counted from 1."
)
@_several("--map", "maps", metavar="THEIRS=OURS", help="A column by another name; 'THEIRS=' drops the column.")
@_several("--set", "sets", metavar="OURS=VALUE", help="What every row gets in a column that is missing or empty there.")
@_several(
    "--value", "values", metavar="[COLUMN:]THEIRS=OURS", help="What a word means, in one column or wherever it fits."
)
@click.option("--only-known", is_flag=True, help="Leave out the columns that nothing here is called like.")
@click.option("--dates", type=click.Choice(ORDERS), help="How dates such as 03/04/2027 are meant.")
@click.option("--blank-clears", is_flag=True, help="Empty cells empty what the record holds; else they change nothing.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take what was said before from this YAML file, and keep in it how the tables were read, with --dry-run, too.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be imported, row by row, and record nothing.")
@actor
@as_json
@click.pass_context
def import_(ctx: click.Context, /, name: str, path: Path, actor: str | None, as_json: bool, **options: Any) -> None:
    """Import registers, answers and evidence from CSV or XLSX: one file, or a folder of them. All or nothing.

    \b
    Look at it first, then import the same again:
      workbook import isms-2027 inventory.xlsx --dry-run
      workbook import isms-2027 inventory.xlsx
    \b
    Somebody else's risk register: leave out what has no place here, give each row an area,
    keep all of it in a file, and use that file from then on:
      workbook import isms-2027 risks.csv --only-known --set area="operations and access" \\
          --mapping risks-map.yaml --dry-run
      workbook import isms-2027 risks.csv --mapping risks-map.yaml
    \b
    Columns and words that are not known:
      --map "Data owner=owner"           the column "Data owner" is our column owner
      --map "Score (=LxI)="              leave this column out
      --map "Risks:Besitzer=owner"       in the table Risks alone
      --value "treatment:Offload=share"  what a word means in the column treatment
      --value "IaaS=third-party service" what it means in every column that has this choice

    A file or sheet is named after what it holds (risks, suppliers, SoA, answers, evidence …), or --into says it. Names
    of columns and words that are usual, such as "Risk owner" or "Mitigate", are understood, and what was read so is
    told. `workbook template` writes tables with the columns and choices there are.
    """
    from workbook.exchange import imports

    store = open_engagement(name, actor)
    said, kept = _said(store.catalog, options), _kept(options["mapping"], path)
    plan = imports.plan(store, path, said.over(kept))
    _tell_unused(plan, said, kept)
    if options["mapping"] and plan.mapping.tables:
        from workbook.exchange.mapping import write_mapping

        write_mapping(options["mapping"], plan.mapping.over(kept))
    if not options["dry_run"] and not plan.problems:
        imports.apply(store, plan)
    put(plan.summary(), plan.preview if options["dry_run"] else plan.text, as_json)
    if not as_json:
        say(_outcome_text(plan, options["dry_run"]))
        if options["mapping"] and plan.mapping.tables:
            say(f"How the tables were read is kept in {options['mapping']}.")
    ctx.exit(1 if plan.problems else 0)


def _tell_unused(plan: "Plan", said: "ImportMapping", kept: "ImportMapping") -> None:
    """Note what was mapped and is not there: a problem if an option said it, told if a file kept it."""
    from workbook.exchange.plan import Problem

    tables, used = plan.mapping.tables, plan.used
    if tables:
        unused = said.unused(used, tables)
        plan.problems += [Problem("command line", f"{says}; look how it is written.") for says in unused]
        plan.notes += [f"not needed from the mapping file: {says}." for says in kept.unused(used, tables)]


def _outcome_text(plan: "Plan", dry_run: bool) -> str:
    if plan.problems:
        return (
            "Nothing was imported; correct the lines above, or say what is meant with --map, --set and --value, and "
            "import again."
        )
    if not plan.drafts:
        return "There is nothing to change." if plan.rows else "There are no rows to import."
    return "Nothing was imported yet; run it again without --dry-run." if dry_run else "Imported."


def _said(catalog: "Catalog", options: dict[str, Any]) -> "ImportMapping":
    """What the options say, of every table."""
    from workbook.exchange.columns import known_headers
    from workbook.exchange.mapping import EVERY, ImportMapping, TableMapping

    said = TableMapping(
        into=options["into"] or "",
        header_row=options["header_row"] or 0,
        dates=options["dates"] or "",
        only_known=options["only_known"],
        columns=dict(_split("--map", text, "Data owner=owner") for text in options["maps"]),
        constants=dict(_split("--set", text, "area=data privacy", first=True) for text in options["sets"]),
        values=_values(known_headers(catalog), options["values"]),
        blank_clears=options["blank_clears"],
    )
    return ImportMapping(tuple(options["sheets"]), {EVERY: said})


def _kept(file: Path | None, path: Path) -> "ImportMapping":
    """What an earlier import of this file kept; nothing if there is no such mapping file yet."""
    from workbook.exchange.mapping import NOTHING_SAID, read_mapping

    return read_mapping(file).for_file(path) if file and file.exists() else NOTHING_SAID


def _values(is_column: Callable[[str], bool], texts: Iterable[str]) -> dict[str, dict[str, str]]:
    """Column, or `*` for all: their word → ours; before a colon may stand the column, and before it the table."""
    from workbook.exchange.mapping import EVERY

    found: dict[str, dict[str, str]] = {}
    for text in texts:
        word, ours = _split("--value", text, "treatment:Reduce=modify")
        colons = [i for i, sign in enumerate(word) if sign == ":" and word[i + 1 :].strip()]
        end = next((i for i in colons if is_column(word[:i].rpartition(":")[2])), 0)
        column, theirs = (word[:end].strip(), word[end + 1 :].strip()) if end else (EVERY, word)
        found.setdefault(column, {})[theirs] = ours
    return found


def _split(option: str, text: str, example: str, first: bool = False) -> tuple[str, str]:
    """What stands on both sides of the last equals sign, or of the first; a name of theirs may hold one, ours none."""
    left, equals, right = text.partition("=") if first else text.rpartition("=")
    if not equals or not left.strip():
        raise BadInput(f"{option} {text!r} needs an equals sign between two names, for example {option} {example!r}.")
    return left.strip(), right.strip()


COMMANDS = (import_,)
