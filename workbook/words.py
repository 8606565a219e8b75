"""Dates, numbers and lists as people read them, the same way everywhere: plain text, without HTML."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

from workbook.language import later, say, say_many, term, written_day

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def day(value: date | None) -> str:
    """22 Nov 2026; empty for no date."""
    return written_day(value) if value else ""


def day_in(value: date, zone: str) -> str:
    """22 Nov 2026 (Europe/Berlin): a day, and whose."""
    return f"{day(value)} ({zone})"


def moment(value: datetime | None) -> str:
    """2026-11-22 17:20 UTC+01:00, by the clock that `value` carries; empty for no moment."""
    return f"{value:%Y-%m-%d %H:%M} {_clock(value)}" if value else ""


def _clock(value: datetime) -> str:
    offset = f"{value:%z}"
    return "UTC" if offset.strip("+-0") == "" else f"UTC{offset[:3]}:{offset[3:5]}"


def away(value: date, on: date) -> str:
    """How far a date is from the day `on`: in 72 days, today, 3 days ago."""
    days = (value - on).days
    if days == 0:
        return say("today")
    return say_many("in {n} day", "in {n} days", days) if days > 0 else say_many("{n} day ago", "{n} days ago", -days)


def count(number: int, one: str, many: str = "") -> str:
    """1 question, 2 questions, no questions, in the language that is spoken."""
    named = say_many(one, many or one + "s", number)
    return f"{number} {named}" if number else say("no {things}", things=named)


def first_of(names: Iterable[str], most: int, more: str = later("and {n} more")) -> str:
    """At most `most` names, then how many more: a; b and 3 more."""
    listed = list(names)
    rest = " " + say(more, n=len(listed) - most) if len(listed) > most else ""
    return "; ".join(listed[:most]) + rest


def folded(text: str) -> str:
    """What counts of a name when it is compared: not its case, its spaces, or how its letters are composed."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def plain_name(text: str) -> str:
    """What counts of the name of a table, a column or a choice in somebody else's file: its letters and digits.

    Case, spaces, line breaks, hyphens, punctuation and how the letters are composed make no difference; a name without
    letters and digits, such as #, stands for itself.
    """
    plain = folded(text)
    return "".join(filter(str.isalnum, plain)) or plain


def shortened(text: str, most: int = 60) -> str:
    """`text` on one line; if it is longer than `most` characters, its middle stands as …."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    half = (most - 3) // 2
    return f"{line[:half].rstrip()} … {line[-half:].lstrip()}"


def differing(old: str, new: str, most: int = 60) -> tuple[str, str]:
    """Two texts on one line each, shortened so that what differs is still seen."""
    if max(len(old), len(new)) <= most:
        return shortened(old), shortened(new)
    differ = (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    start = max(0, next(differ, min(len(old), len(new))) - most // 4)
    start = old.rfind(" ", 0, start) + 1  # where a word begins
    before = "… " if start else ""
    return before + shortened(old[start:], most), before + shortened(new[start:], most)


_TITLES = {"08_statement_of_applicability": "Statement of Applicability"}  # a document that is written so


def page_name(page: str) -> str:
    """What people call the page of a notebook everywhere: 02_infrastructure_mapping is Infrastructure mapping."""
    return term(_TITLES.get(page) or capitalized((page.partition("_")[2] or page).replace("_", " ")))


def numbered_page(page: str) -> str:
    """The name of a page with its number, so that it is found in a row: 02 Infrastructure mapping."""
    number, _, words = page.partition("_")
    return f"{number} {page_name(page)}" if words else page_name(page)


def visible(text: str) -> str:
    """`text` with characters that nobody sees, or that turn the reading direction, written out as ⟦U+202E⟧."""
    return _UNSEEN.sub(lambda m: f"⟦U+{ord(m[0]):04X}⟧", text)


def capitalized(words: str) -> str:
    """`words` with a capital first letter; the rest stays as it is."""
    return words[:1].upper() + words[1:]


Natural = tuple[tuple[int, int, str], ...]


def natural(text: str) -> Natural:
    """What to sort by so that A.5.2 comes before A.5.10, R-2 before R-10, and Ä beside A, whatever the case."""
    parts = re.findall(r"[0-9]+|[^0-9]+", _unmarked(text.casefold()))
    return (*map(_part, parts), (-1, 0, text))  # the text itself, where nothing else tells two apart


def _unmarked(text: str) -> str:
    """Letters without what stands above or below them."""
    if text.isascii():
        return text
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def _part(part: str) -> tuple[int, int, str]:
    """A number by how many digits it has, and by these; other text behind it."""
    digits = part.lstrip("0")
    return (0, len(digits), digits) if "0" <= part[0] <= "9" else (1, 0, part)
