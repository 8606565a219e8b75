"""How the command line speaks: one sentence for a user's mistake, text for people, JSON for scripts."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from workbook.errors import WorkbookError

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON value for a script to read.")
actor = click.option(
    "--as",
    "actor",
    metavar="WHO",
    help="Who says this, for example 'Security lead'. [WORKBOOK_ACTOR, then your last name]",
)


class Plain(click.Group):
    """Commands whose mistakes come as one sentence and exit code 2, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a WorkbookError becomes its sentence."""
        try:
            return super().invoke(ctx)
        except WorkbookError as error:
            click.echo(f"workbook: {error}", err=True)
            ctx.exit(2)


def put(value: Any, text: Callable[[], str], wants_json: bool) -> None:
    """Print `value` as JSON, or what `text` makes of it."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str) if wants_json else text())


def say(words: str) -> None:
    """Progress, for people, on standard error."""
    click.echo(words, err=True)


def columns(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Aligned columns, the last one as long as it is."""
    lines = [[str(c) for c in row] for row in [headers, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headers) - 1)]
    return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(line, widths, strict=False)), line[-1]]) for line in lines)


def at_terminal() -> bool:
    """Whether a person watches standard error."""
    return sys.stderr.isatty()
