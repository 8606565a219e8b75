"""What one cell of a file says: a value as text, and text that a spreadsheet would take for a formula made harmless."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workbook.catalog import Catalog
from workbook.registers import read_row

# what makes a spreadsheet compute: these signs in front, also in their wide form, or behind blanks it may drop; and
# what it, or whoever reads the file, may take for an error or a remark
_ACTIVE = r"\s*[=+\-@＝＋－＠]|[\t\r\n#]"
_GUARD = re.compile(rf"'*(?:{_ACTIVE})")
_GUARDED = re.compile(rf"'+(?:{_ACTIVE})")


RETURN = "_x000D_"  # how a spreadsheet escapes a carriage return; other programs hand it on as it is
LONE_RETURN = re.compile(rf"(?<!_x005F){RETURN}")
_RETURNS = re.compile(rf"(_x005F)*{RETURN}\n?")


def as_text(value: Any) -> str:
    """A value of the record as a cell says it: dates as 2026-11-30, several keys with semicolons between them."""
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def is_active(text: str) -> bool:
    """Whether a spreadsheet that opens `text` from a CSV file might compute it."""
    return _GUARD.match(text) is not None


def guarded(text: str) -> str:
    """`text` as it stands in a CSV file: with an apostrophe in front where it would be computed.

    Text that has apostrophes before such a sign gets one more, so that `unguarded` gives back exactly what was there.
    """
    return f"'{text}" if is_active(text) else text


def with_escapes(text: str) -> str:
    """`text` as it stands in a CSV file: what looks like an escaped carriage return is marked as text."""
    return _RETURNS.sub(r"_x005F\g<0>", text)


def with_line_ends(text: str) -> str:
    """`text` with escaped carriage returns as line breaks; exactly what `with_escapes` was given."""
    return _RETURNS.sub(lambda found: found[0].removeprefix("_x005F") if found[1] else "\n", text)


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text


def written(catalog: Catalog, kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """What a file that went out says of a recorded `body` of this kind, column by column."""
    register = catalog.registers.get(kind)
    values = read_row(register, body) if register else {**body, "file_name": body.get("name")}
    return {column: as_text(value) for column, value in values.items()}


def says_the_same(cells: Mapping[str, str], said: Mapping[str, str]) -> bool:
    """Whether the cells of a row say nothing else than what is written already."""
    return all(same_text(cell, said.get(c, "")) for c, cell in cells.items())


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same for people: XLSX keeps only one kind of line ends."""
    return _compared(one) == _compared(other)


def _compared(text: str) -> str:
    """What counts of a text: not how its letters are composed, how its lines end, or the blanks around it."""
    return "\n".join(unicodedata.normalize("NFC", text).splitlines()).strip()
