"""The language in which a reader is spoken to: English as it stands in the code, another one by its catalogue.

A catalogue is languages/<language>.po in gettext's form, for which translators have tools. What it does not hold is
said in English. Checklists carry translations of their own in a catalogue beside them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages import Catalog
    from babel.support import Translations

LANGUAGES = {"en": "English", "de": "Deutsch"}
ENGLISH = "en"

_PLACE = re.compile(r"\{[^{}]*\}")
_PLURAL = re.compile(rb"^\s*(msgid_plural)", re.MULTILINE)

_folder: Path | None = None  # of the checklists, and of what they carry
_state: object = None
_SPOKEN: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak one of LANGUAGES inside."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> str:
    """Which of LANGUAGES is spoken."""
    return _SPOKEN.get()


def later(words: str) -> str:
    """`words` as they are: a catalogue holds them, and `say` or `term` says them where they are read."""
    return words


def say(words: str, /, **parts: object) -> str:
    """`words` in the language that is spoken, with `parts` in the places that they name in braces."""
    found = words if _SPOKEN.get() == ENGLISH else translated(_SPOKEN.get(), words)[0]
    return found.format(**parts) if parts else found


def say_many(one: str, many: str, number: int, /, **parts: object) -> str:
    """`one` or `many`, whichever the number asks for, in the language that is spoken; {n} is the number."""
    if _SPOKEN.get() == ENGLISH:
        found = one if number == 1 else many
    else:
        found = _catalogue(_SPOKEN.get()).ngettext(one, many, number)
    return found.format(n=number, **parts)


def term(words: str) -> str:
    """What a checklist, or a table of ours, calls something, in the language that is spoken; else as it is written."""
    language = _SPOKEN.get()
    if not words:
        return ""
    if language == ENGLISH:
        return words
    return say(words) if words in _held(language) else _beside(language).get(words, words)


def in_others(words: str) -> tuple[str, ...]:
    """What a text of a checklist is in every other language than English, where that has another word for it."""
    found = []
    for language in LANGUAGES:
        with speaking(language):
            found.append(term(words))
    return tuple(dict.fromkeys(other for other in found if other != words))


def is_said(words: str) -> bool:
    """Whether a text of a checklist is translated into the language that is spoken."""
    language = _SPOKEN.get()
    return language == ENGLISH or words in _held(language) or words in _beside(language)


def learn(folder: Path, state: object = None) -> None:
    """Let `term` know what the checklists in `folder` carry: a catalogue <language>.po for each language.

    They are read again where `state`, which is whatever tells one state of these files from another, is a new one.
    """
    global _folder, _state
    if (folder, state) != (_folder, _state):
        _folder, _state = folder, state
        _beside.cache_clear()


def carried(path: Path) -> dict[str, str]:
    """What a catalogue beside checklists holds, by its original; nothing where there is no such file.

    Raises ValueError, naming file and line, for one that is none, or whose text has other {places} than its original.
    """
    from babel.messages.pofile import PoFileError, read_po

    if not path.is_file():
        return {}
    raw = path.read_bytes()
    if plural := _PLURAL.search(raw):  # babel makes as many empty texts as the file says that its language has forms
        line = raw.count(b"\n", 0, plural.start(1)) + 1
        raise ValueError(f"{path.name}, line {line}: holds a text for one and many, as no checklist has")
    try:
        messages = [one for one in read_po(BytesIO(raw), abort_invalid=True) if one.id and one.string and not one.fuzzy]
    except PoFileError as error:
        raise ValueError(f"{path.name}, line {error.lineno + 1}: {error}") from None
    except (ValueError, LookupError) as error:  # no text, of an unknown encoding, or a head that says what cannot be
        raise ValueError(f"{path.name}: {str(error).rstrip('.')}") from None
    for one in messages:
        if _places(str(one.id)) != _places(str(one.string)):
            raise ValueError(f"{path.name}, line {one.lineno}: names other places in braces than its original")
    return {str(one.id): str(one.string) for one in messages}


def _places(words: str) -> tuple[set[str], str]:
    """The places of a text, however often each stands in it, and the braces that make no place."""
    return set(_PLACE.findall(words)), re.sub(r"[^{}]", "", _PLACE.sub("", words))


@cache
def _beside(language: str) -> dict[str, str]:
    """What the checklists carry in a language; nothing where that cannot be read, which `workbook check` says."""
    try:
        return carried(_folder / f"{language}.po") if _folder else {}
    except (ValueError, OSError):
        return {}


def translated(language: str, one: str, many: str = "") -> list[str]:
    """What a text is in another language, or what one and many are; the places in braces stay."""
    if many:
        return [_catalogue(language).ngettext(one, many, number) for number in (1, 2)]
    message = _held(language).get(one)
    said = (message.string if message else "") or ""
    return [(said if isinstance(said, str) else said[0]) or one]  # a word that is counted elsewhere has two


def original(words: str, language: str) -> str:
    """The English of a text that stands in another language; the text itself where its catalogue does not hold it."""
    return _originals(language).get(words, words)


@cache
def _originals(language: str) -> dict[str, str]:
    return {str(one.string): str(one.id) for one in _held(language) if isinstance(one.id, str) and one.string}


def written(number: int) -> str:
    """2,542: a number as it is written in the language that is spoken."""
    if _SPOKEN.get() == ENGLISH:
        return f"{number:,}"
    from babel.numbers import format_decimal

    return str(format_decimal(number, locale=_SPOKEN.get()))


def written_figure(figure: str) -> str:
    """68.7: a figure with a decimal point as it is written in the language that is spoken."""
    if _SPOKEN.get() == ENGLISH:
        return figure
    from babel.numbers import get_decimal_symbol

    return figure.replace(".", get_decimal_symbol(_SPOKEN.get()))


def written_day(value: date) -> str:
    """22 Nov 2026: a day as it is written in the language that is spoken."""
    if _SPOKEN.get() == ENGLISH:
        return f"{value.day} {value:%b %Y}"
    from babel.dates import format_date

    return str(format_date(value, "d. MMM y", locale=_SPOKEN.get()))


def written_month(month: int) -> str:
    """Nov: a month by its number, as a calendar has it, in the language that is spoken."""
    if _SPOKEN.get() == ENGLISH:
        return f"{date(2000, month, 1):%b}"
    from babel.dates import get_month_names

    return str(get_month_names("abbreviated", locale=_SPOKEN.get())[month])


@cache
def _catalogue(language: str) -> "Translations":
    from babel.messages.mofile import write_mo
    from babel.support import Translations

    compiled = BytesIO()
    write_mo(compiled, _held(language))
    compiled.seek(0)
    return Translations(compiled)


@cache
def _held(language: str) -> "Catalog":
    from babel.messages.pofile import read_po

    with resources.files("workbook").joinpath("languages", f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)
