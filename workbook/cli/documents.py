"""Commands for documents of the management system that are filled from the record: soa, document."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from workbook.cli.engagement import open_engagement
from workbook.cli.output import actor, as_json, columns, put, say
from workbook.errors import BadInput
from workbook.record import Record
from workbook.words import count, first_of

Command = TypeVar("Command", bound=Callable[..., Any])


def _file(ending: str) -> Callable[[Command], Command]:
    says = f"Write it as {ending.upper()}."
    return click.option(f"--{ending}", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=says)


as_of = click.option("--as-of", default="", metavar="WHEN", help="As the record stood then: 2026-11-30 or r388. [now]")


def write(wanted: Mapping[Path, bytes]) -> list[str]:
    """Write files; those that were there are replaced, and told. Raises BadInput for one twice, WorkbookError."""
    from workbook.exchange.export import Export, save

    replaced = [path for place, content in wanted.items() for path in save(Export({place.name: content}), place)]
    return [str(path) for path in replaced]


def told(replaced: list[str]) -> list[str]:
    """What a person should know of files that were there before, in lines."""
    return [f"Replaced what was there: {first_of(replaced, 2)}."] if replaced else []


def check_endings(named: Mapping[str, Path | None]) -> None:
    """Raise BadInput for a file that is called otherwise than what it is."""
    for ending, place in named.items():
        if place and place.suffix.lower() != f".{ending}":
            raise BadInput(f"--{ending} writes {ending.upper()}; call the file {place.stem or 'soa'}.{ending}.")


@click.command("soa")
@click.argument("name")
@_file("xlsx")
@_file("docx")
@as_of
@actor
@as_json
def soa(name: str, xlsx: Path | None, docx: Path | None, actor: str | None, **options: Any) -> None:
    """Write the Statement of Applicability of engagement NAME: 93 rows, as an auditor expects them.

    \b
    Examples:
      workbook soa demo --xlsx soa.xlsx
      workbook soa demo --docx soa.docx --as-of r388

    Controls that nobody decided on stand there as not decided. The head says which version is approved, or that it is
    a draft. For the team: it holds what customers may not read.
    """
    from workbook.analysis.applicability import applicability_faults, undecided
    from workbook.exchange.paper import as_docx
    from workbook.exchange.soa import as_paper, as_sheet

    record = open_engagement(name, actor, options["as_of"]).record()
    check_endings({"xlsx": xlsx, "docx": docx})
    if not (xlsx or docx):
        xlsx = Path(f"{name}-soa.xlsx")
    made = {**({xlsx: as_sheet(record)} if xlsx else {}), **({docx: as_docx(as_paper(record))} if docx else {})}
    replaced = write(made)
    faults = applicability_faults(record)
    summary = {"files": list(map(str, made)), "head": record.head.number, "undecided": len(undecided(record)),
               "faults": list(faults), "replaced": replaced}  # fmt: skip
    put(summary, lambda: "\n".join(map(str, made)), options["as_json"])
    if not options["as_json"]:
        say(
            "\n".join(
                [
                    *told(replaced),
                    *(f"Not complete: {fault}." for fault in faults),
                    f"As of revision r{record.head.number}.",
                ]
            )
        )


@click.command("document")
@click.argument("name")
@click.argument("kind", default="")
@_file("md")
@_file("docx")
@as_of
@actor
@as_json
def document(name: str, kind: str, md: Path | None, docx: Path | None, **options: Any) -> None:
    """Write a document of the management system of engagement NAME, filled from its record; without KIND, list them.

    \b
    Examples:
      workbook document demo
      workbook document demo risk-method
      workbook document demo incident-plan --docx incident-plan.docx

    Its words come from the answers and tables. What the record does not hold stands as “Not held yet”, with where to
    enter it. Without a file the document is printed as Markdown. The frames lie in checklists/documents.
    """
    from workbook.exchange import frames, paper

    check_endings({"md": md, "docx": docx})
    record = open_engagement(name, options["actor"], options["as_of"]).record()
    if not kind:
        _list(record, options["as_json"])
        return
    made = frames.document(record, kind)
    text = paper.as_markdown(made)
    wanted = {**({md: text.encode()} if md else {}), **({docx: paper.as_docx(made)} if docx else {})}
    replaced = write(wanted)
    summary = {"kind": kind, "files": list(map(str, wanted)), "head": record.head.number, "not_held": made.gaps,
               "replaced": replaced}  # fmt: skip
    put(summary, lambda: "\n".join(map(str, wanted)) or text, options["as_json"])
    if not options["as_json"]:
        gaps = count(made.gaps, "place is", "places are")
        left = (
            f"{gaps} not held yet, and marked so."
            if made.gaps
            else "Every place is filled; whether that is enough, people judge."
        )
        say("\n".join([*told(replaced), f"As of revision r{record.head.number}. {left}"]))


def _list(record: Record, as_json: bool) -> None:
    """Print the kinds of documents, each with its version and how much of it is not held."""
    from workbook.exchange.frames import document, frames, state

    found = [
        {"kind": kind, "title": frame.head["title"], "not_held": document(record, kind).gaps,
         "version": state(record, frame), "answers": list(frame.answers)}
        for kind, frame in frames().items()
    ]  # fmt: skip
    lines = [(one["kind"], one["title"], one["not_held"], one["version"]) for one in found]
    put(found, lambda: columns(("Kind", "Title", "Not held yet", "Version"), lines), as_json)


COMMANDS = (soa, document)
