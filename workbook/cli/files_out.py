"""Commands for files that go out: export, template."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook.cli.engagement import open_engagement
from workbook.cli.output import actor, as_json, put, say
from workbook.errors import BadInput
from workbook.words import count, first_of

if TYPE_CHECKING:
    from workbook.exchange.export import Export

FORMATS = ("xlsx", "csv", "jsonl", "ics")
ENDINGS = {f".{name}": name for name in FORMATS}
STDOUT = Path("-")


@click.command("export")
@click.argument("name")
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path), metavar="FILE",
    help="Where to: a file, for CSV a folder, - for standard output. [NAME.xlsx in this folder]",
)  # fmt: skip
@click.option(
    "--to", type=click.Choice(FORMATS),
    help="XLSX: one workbook. CSV: a folder, one file per table. JSONL: a line per row, with who and when. ICS: a "
    "calendar of what is due. [by the ending of FILE, else xlsx]",
)  # fmt: skip
@click.option("--only", metavar="TABLES", help="Only these tables, with commas: risks,findings. [all]")
@click.option("--with-evidence", is_flag=True, help="Copy the evidence files, too, into evidence/ beside the tables.")
@click.option("--as-of", default="", metavar="WHEN", help="As the record stood then: 2026-11-30 or r388. [now]")
@actor
@as_json
def export(name: str, actor: str | None, as_json: bool, **options: Any) -> None:
    """Take the record of engagement NAME out: registers, answers, evidence index, tasks, reviews.

    \b
    Examples:
      workbook export demo
      workbook export demo -o risks.xlsx --only risks,findings,actions
      workbook export demo --to csv -o handover --with-evidence
      workbook export demo -o demo.ics
      workbook export demo --to jsonl -o - | jq .kind

    `workbook import` reads XLSX and CSV in again, and what nobody changed is nothing to change. The files are for the
    team: they hold what customers may not read. A file that is there already is replaced, and that is said.
    """
    from workbook.exchange.export import make

    store = open_engagement(name, actor, options["as_of"])
    only = [table.strip() for table in (options["only"] or "").split(",") if table.strip()]
    to = format_of(options["target"], options["to"])
    made = make(store, to, only, with_evidence=options["with_evidence"])
    target = options["target"] or Path(f"{name}-export" if to == "csv" else f"{name}.{to}")
    if target == STDOUT:
        _print(made)
        return
    replaced = _save(made, target)
    summary = {"file": str(target), "format": to, "head": store.head().number, "rows": dict(made.rows),
               "evidence_files": len(made.evidence), "replaced": [str(p) for p in replaced],
               "left_out": list(made.left_out)}  # fmt: skip
    put(summary, lambda: str(target), as_json)
    if not as_json:
        say("\n".join(_told(summary)))


def format_of(target: Path | None, to: str | None) -> str:
    """The format that is meant, by what was said or by the ending of the file; raises BadInput if these differ."""
    ending = ENDINGS.get(target.suffix.lower()) if target else None
    if to and ending and to != ending:
        raise BadInput(f"--to {to} and the ending of {target} do not agree; leave --to out or change the name.")
    if not to and not ending and target:
        raise BadInput(f"{target} does not say which format is meant; add --to xlsx, csv, jsonl or ics.")
    return to or ending or "xlsx"


def _tables(made: "Export") -> dict[str, bytes]:
    return {name: content for name, content in made.files.items() if not name.endswith(".txt")}


def _print(made: "Export") -> None:
    """Write the one text of an export to standard output."""
    tables = _tables(made)
    if len(tables) > 1 or made.evidence or any(name.endswith(".xlsx") for name in tables):
        raise BadInput("Standard output takes one text: JSONL, ICS, or CSV with --only and one table.")
    click.echo(next(iter(tables.values())), nl=False)


def _save(made: "Export", target: Path) -> list[Path]:
    """Write the files; CSV goes into one file if it is called like one, and there is one table."""
    from dataclasses import replace

    from workbook.exchange.export import save

    if target.suffix.lower() == ".csv":
        tables = _tables(made)
        if len(tables) > 1:
            raise BadInput(f"{target} is one file, but there are {len(tables)} tables; give a folder, or --only one.")
        made = replace(made, files=tables)
    return save(made, target)


def _told(summary: dict[str, Any]) -> list[str]:
    """What a person should know of the files, in lines."""
    rows, lines = summary["rows"], []
    if rows:
        lines.append(f"{count(len(rows), 'table')}, {count(sum(rows.values()), 'row')}")
    if summary["evidence_files"]:
        lines.append(f"{count(summary['evidence_files'], 'evidence file')} beside them")
    lines += [f"Left out: {says}." for says in summary["left_out"]]
    if replaced := summary["replaced"]:
        lines.append(f"Replaced what was there: {first_of(replaced, 1)}.")
    return [*lines, f"As of revision r{summary['head']}. For the team: it holds what customers may not read."]


@click.command("template")
@click.argument("tables", nargs=-1, metavar="TABLE...")
@click.option("--all", "every", is_flag=True, help="A sheet for every table.")
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path), metavar="FILE",
    help="The XLSX file to write. [TABLE.xlsx, for several template.xlsx]",
)  # fmt: skip
@as_json
def template(tables: tuple[str, ...], every: bool, target: Path | None, as_json: bool) -> None:
    """Write an empty XLSX table to fill in: drop-downs, what each column is for, an example.

    \b
    Examples:
      workbook template risks -o risks.xlsx
      workbook template answers evidence
      workbook template --all

    `workbook import` reads it when it is filled in, and leaves the example out.
    """
    from workbook import catalog, paths
    from workbook.exchange.export import Export, save
    from workbook.exchange.template import make_template

    if bool(tables) == every:
        raise BadInput("Name a table, for example risks, or say --all.")
    place = target or Path(f"{tables[0]}.xlsx" if len(tables) == 1 else "template.xlsx")
    if place.suffix.lower() != ".xlsx":
        raise BadInput(f"A template is an XLSX file; call it {place.stem or 'template'}.xlsx.")
    made = Export({place.name: make_template(catalog.load(paths.checklists()), tables)})
    replaced = save(made, place)
    put({"file": str(place), "replaced": bool(replaced)}, lambda: str(place), as_json)


COMMANDS = (export, template)
