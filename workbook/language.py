"""The language in which a reader is spoken to: English as it stands in the code, another one by its catalogue.

A catalogue is languages/<language>.po in gettext's form, for which translators have tools. What it does not hold is
said in English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.support import Translations

LANGUAGES = {"en": "English", "de": "Deutsch"}
ENGLISH = "en"

_SPOKEN: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak one of LANGUAGES inside."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def say(words: str, /, **parts: object) -> str:
    """`words` in the language that is spoken, with `parts` in the places that they name in braces."""
    found = words if _SPOKEN.get() == ENGLISH else _catalogue(_SPOKEN.get()).gettext(words)
    return found.format(**parts) if parts else found


def say_many(one: str, many: str, number: int, /, **parts: object) -> str:
    """`one` or `many`, whichever the number asks for, in the language that is spoken; {n} is the number."""
    if _SPOKEN.get() == ENGLISH:
        found = one if number == 1 else many
    else:
        found = _catalogue(_SPOKEN.get()).ngettext(one, many, number)
    return found.format(n=number, **parts)


def term(words: str) -> str:
    """What a checklist, or a table of ours, calls something, in the language that is spoken."""
    return say(words) if words else ""


def written(number: int) -> str:
    """2,542: a number as it is written in the language that is spoken."""
    if _SPOKEN.get() == ENGLISH:
        return f"{number:,}"
    from babel.numbers import format_decimal

    return str(format_decimal(number, locale=_SPOKEN.get()))


def written_day(value: date) -> str:
    """22 Nov 2026: a day as it is written in the language that is spoken."""
    if _SPOKEN.get() == ENGLISH:
        return f"{value.day} {value:%b %Y}"
    from babel.dates import format_date

    return str(format_date(value, "d. MMM y", locale=_SPOKEN.get()))


@cache
def _catalogue(language: str) -> "Translations":
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    with resources.files("workbook").joinpath("languages", f"{language}.po").open("rb") as file:
        compiled = BytesIO()
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
