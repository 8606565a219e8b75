"""Commands by which a report is handed to somebody: issue, keys."""

from typing import Any

import click

from workbook import paths, people
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
from workbook.signing import make_key, read_key


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
@click.option("--sign", is_flag=True, help="Sign it with your own key (Ed25519; `workbook keys --new` makes one).")
@click.option("--timestamp", default="", metavar="URL", help="Let this authority say when it was (RFC 3161).")
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
    --sign and --timestamp need the extra `sign` and lie beside the manifest, for anybody to check with OpenSSL.
    It is issued whole or not at all. Exit code 1 if a page failed, so that nothing was issued.
    """
    if not actor and people.who() is None:
        raise BadInput("Say who releases the report to its recipient: --as 'Security lead', or WORKBOOK_ACTOR.")
    get_ready_to_run()
    from workbook.report import issuing

    store = open_engagement(name, actor)
    names = ("recipient", "audience", "classification", "system", "as_of", "sign", "timestamp")
    wanted = issuing.Wanted(**{name: options[name] for name in names})
    told = tell_as_json if options["progress"] else tell_at_terminal
    try:
        with runners(options["workers"], options["scheduler"], [name]) as executor:
            issued = issuing.issue(store, wanted, executor, told)
    except NotMade as error:
        say(f"workbook: {error}")
        ctx.exit(1)
    summary = {"engagement": name, "issued": issued.number, "recipient": wanted.recipient.strip(),
               "folder": str(issued.folder), "manifest_sha256": issued.manifest, "signed_by": issued.signed_by or None,
               "revision": issued.run.head.number, "pages": [{"page": p.page, "status": "complete"}
               for p in issued.run.pages]}  # fmt: skip
    put(summary, lambda: _text(summary), as_json)


def _text(summary: dict[str, Any]) -> str:
    return (
        f"{summary['issued']}, issued to {summary['recipient']} from revision {summary['revision']}\n"
        f"{summary['folder']}\n"
        f"SHA-256 of its manifest.json, to be told by another way than the report:\n{summary['manifest_sha256']}"
        + (f"\nsigned with the key {summary['signed_by']}" if summary["signed_by"] else "")
    )


@click.command("keys")
@click.option("--new", is_flag=True, help="Make a key pair; there is one at most.")
@as_json
def keys(new: bool, as_json: bool) -> None:
    """Show the key by which you sign the reports that you issue, or make one; it stays on this machine, for you alone.

    \b
    Examples:
      workbook keys --new
      workbook keys

    The public part lies beside each report that is issued with --sign. Tell its fingerprint by another way than the
    report, for example on paper: a signature counts for whoever knows the key, and for nobody else. The private part
    has no password, so whoever can read your files can sign as you.
    """
    key = make_key(paths.signing_key()) if new else read_key(paths.signing_key())
    summary = {"private_key": str(key.place), "public_key": key.public, "fingerprint": key.fingerprint}
    put(
        summary, lambda: f"{key.place}\n{key.public}fingerprint (SHA-256 of the public key)\n{key.fingerprint}", as_json
    )


COMMANDS = (issue, keys)
