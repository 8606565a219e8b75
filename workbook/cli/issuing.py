"""The command that hands a report to somebody: issue."""

from typing import Any

import click

from workbook import people
from workbook.audience import AUDIENCES, CLASSIFICATIONS
from workbook.cli.engagement import (
    open_engagement,
    progress,
    runners,
    scheduler,
    tell_as_json,
    tell_at_terminal,
    workers,
)
from workbook.cli.output import actor, as_json, put, say
from workbook.cli.warming import get_ready_to_run
from workbook.errors import BadInput, NotMade


@click.command("issue")
@click.argument("name")
@click.option("--to", "recipient", required=True, metavar="RECIPIENT", help="Who gets it, as it stands on each page.")
@click.option(
    "--audience",
    required=True,
    type=click.Choice(AUDIENCES),
    help="Who reads it there, which decides what is left out.",
)
@click.option(
    "--classification",
    type=click.Choice(CLASSIFICATIONS),
    default="confidential",
    show_default=True,
    help="How each page is marked.",
)
@click.option("--system", default="", help="On one ML system, for example SYS-001. [all]")
@click.option("--as-of", default="", metavar="WHEN", help="As the record stood then: 2026-11-30 or r388. [now]")
@progress
@workers
@scheduler
@actor
@as_json
@click.pass_context
def issue(ctx: click.Context, /, name: str, actor: str | None, as_json: bool, **options: Any) -> None:
    """Issue the report of engagement NAME to somebody: numbered, recorded, in a folder that is never written again.

    \b
    Examples:
      workbook issue demo --to "Certification body" --audience auditor
      workbook issue demo --to "Example Bank" --audience customer --classification public --system SYS-001

    Makes all pages anew in outputs/NAME/issued/001, 002 and so on, each with number, recipient, edition and
    classification on its face, beside a manifest of their hashes and verify_report.py, which checks them. Mail that
    folder, and tell the manifest's hash, which this prints, by another way. The record keeps number, recipient,
    revision, every hash, and you as who released it; the next report to the same recipient says what changed since.
    It is issued whole or not at all. Exit code 1 if a page failed, so that nothing was issued.
    """
    if not actor and people.who() is None:
        raise BadInput("Say who releases the report to its recipient: --as 'Security lead', or WORKBOOK_ACTOR.")
    get_ready_to_run()
    from workbook.report import issuing

    store = open_engagement(name, actor)
    wanted = issuing.Wanted(*(options[k] for k in ("recipient", "audience", "classification", "system", "as_of")))
    told = tell_as_json if options["progress"] else tell_at_terminal
    try:
        with runners(options["workers"], options["scheduler"], [name]) as executor:
            issued = issuing.issue(store, wanted, executor, told)
    except NotMade as error:
        say(f"workbook: {error}")
        ctx.exit(1)
    summary = {"engagement": name, "issued": issued.number, "recipient": wanted.recipient.strip(),
               "folder": str(issued.folder), "manifest_sha256": issued.manifest,
               "revision": issued.run.head.number, "pages": [{"page": p.page, "status": "complete"}
               for p in issued.run.pages]}  # fmt: skip
    put(summary, lambda: _text(summary), as_json)


def _text(summary: dict[str, Any]) -> str:
    return (
        f"{summary['issued']}, issued to {summary['recipient']} from revision {summary['revision']}\n"
        f"{summary['folder']}\n"
        f"SHA-256 of its manifest.json, to be told by another way than the report:\n{summary['manifest_sha256']}"
    )


COMMANDS = (issue,)
