"""How the command line speaks: one sentence for whatever goes wrong, text for people, JSON for scripts."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import click

from workbook.errors import WorkbookError
from workbook.masking import mask

DEBUG = "WORKBOOK_DEBUG"  # a variable; while it is set, what we did not foresee shows its traceback

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
        """Run the command; what it raises becomes a sentence, and exit code 2."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a file's name, or a sign that this terminal lacks
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except WorkbookError as error:
            says = str(error)
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            says = _unforeseen(error)
        say(f"workbook: {says}")
        return ctx.exit(2)


def _unforeseen(error: Exception) -> str:
    """One sentence for what no other place has words for: the machine's refusals, and defects of ours."""
    told = " ".join(str(error).split())[:500]
    if isinstance(error, OSError):
        place = f" ({os.fsdecode(error.filename)[:200]})" if isinstance(error.filename, str | bytes) else ""
        return f"The system refused something{place}: {error.strerror or told}."
    if isinstance(error, MemoryError):
        return "There is not enough memory for this. Close other programs, or give less at once."
    if isinstance(error, RecursionError):
        return "Something is nested too deep to be followed. Check what you gave."
    return (
        f"Something went wrong that should not, and nothing more was done: {type(error).__name__}: {told}. "
        f"{DEBUG}=1 shows where; please report it with the command you gave."
    )


def put(value: Any, text: Callable[[], str], wants_json: bool) -> None:
    """Print `value` as JSON, or what `text` makes of it; raises WorkbookError where nothing can be printed."""
    printed = json.dumps(value, ensure_ascii=False, indent=2, default=str) if wants_json else text()
    try:
        click.echo(printed)
    except BrokenPipeError:  # whoever reads has seen enough
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails again when it ends
        raise WorkbookError(f"The answer could not be printed: {error.strerror}.") from None


def say(words: str) -> None:
    """Progress, for people, on standard error, without passwords; where that cannot be written, nobody reads it."""
    with suppress(OSError):
        click.echo(mask(words), err=True)


def columns(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Aligned columns, the last one as long as it is."""
    lines = [[str(c) for c in row] for row in [headers, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headers) - 1)]
    return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(line, widths, strict=False)), line[-1]]) for line in lines)


def at_terminal() -> bool:
    """Whether a person watches standard error."""
    return sys.stderr.isatty()
