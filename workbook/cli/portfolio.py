"""The command on all engagements at once: portfolio."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import click

from workbook.audience import AUDIENCES
from workbook.cli.output import as_json, columns, put, say
from workbook.cli.warming import get_ready_to_run
from workbook.errors import NotMade
from workbook.words import away

if TYPE_CHECKING:
    from workbook.analysis.portfolio import Standing

HEADERS = ("ENGAGEMENT", "STAGE", "CLAIMED", "SHOWN", "MAJOR", "MINOR", "LATE", "STALE", "RISKS", "AUDIT", "REPORT")
NOTHING = "No engagement yet. Begin one with `workbook new NAME`, or see the demo with `workbook demo`."


@click.command("portfolio")
@click.option("--as-of", default="", metavar="DAY", help="As every record stood then, for example 2026-11-30. [now]")
@click.option(
    "--audience",
    type=click.Choice(AUDIENCES),
    default="internal",
    show_default=True,
    help="Who will read it; only internal, because it shows several engagements side by side.",
)
@as_json
@click.pass_context
def portfolio(ctx: click.Context, as_of: str, audience: str, as_json: bool) -> None:
    """Show all engagements side by side, the worst first, and make the page of it: outputs/portfolio/index.html.

    \b
    Examples:
      workbook portfolio
      workbook portfolio --as-of 2026-11-30
      workbook portfolio --json

    MAJOR and MINOR are open nonconformities, LATE overdue corrective actions, STALE answers that rest on stale
    evidence, RISKS those above the limit of the risk method and not accepted, REPORT the revision of the report that
    lies there.
    Exit code 1 if an engagement cannot be read or the page failed.
    """
    get_ready_to_run()
    from workbook.report.portfolio_page import make_portfolio
    from workbook.standings import check_asked, read_standings, standing_json

    check_asked(as_of, audience)
    with ThreadPoolExecutor(1) as beside:  # the page is made in another process
        page = beside.submit(make_portfolio, as_of, audience)
        standings = read_standings(as_of, audience)
    failed = ""
    try:
        index = str(page.result())
    except NotMade as error:
        index, failed = "", str(error)
        say(f"FAILED {failed}")
    summary = {"index": index, "engagements": [standing_json(one) for one in standings]}
    put(summary, lambda: _table(standings, index), as_json)
    ctx.exit(1 if failed or any(one.problem for one in standings) else 0)


def _table(standings: "tuple[Standing, ...]", index: str) -> str:
    listed = columns(HEADERS, [_row(one) for one in standings]) if standings else NOTHING
    problems = [f"CANNOT BE READ  {one.name}: {one.problem}" for one in standings if one.problem]
    return "\n".join([*problems, *([""] if problems else []), listed, *(["", index] if index else [])])


def _row(one: "Standing") -> tuple[Any, ...]:
    made = f"r{one.report.revision}" if one.report else "none"
    f = one.figures
    if f is None:
        return one.name, "CANNOT BE READ" if one.problem else "not begun yet", *["–"] * 8, made
    share = ["–" if part is None else f"{part} %" for part in (f.claimed, f.shown)]
    age = "" if not one.report or one.report.revision == f.head.number else f" of r{f.head.number}"
    when = f"{f.audit.day}, {away(f.audit.day, f.on)}" if f.audit else "no date"
    figures = (f.majors, f.minors, f.late_actions, f.stale, f.unaccepted)
    return one.name, f.stage, *share, *figures, when, f"{made}{age}"


COMMANDS = (portfolio,)
