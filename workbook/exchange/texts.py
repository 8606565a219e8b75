"""What one cell of a file says: a value as text, and text that a spreadsheet would take for a formula made harmless."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workbook.catalog import Catalog
from workbook.registers import read_row

# what makes a spreadsheet compute: these signs in front, also in their wide form, or behind blanks it may drop
_ACTIVE = r"\s*[=+\-@＝＋－＠]|[\t\r\n]"
_GUARD = re.compile(rf"'*(?:{_ACTIVE})")
_GUARDED = re.compile(rf"'+(?:{_ACTIVE})")


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


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text


def written(catalog: Catalog, kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """What a file that went out says of a recorded `body` of this kind, column by column."""
    register = catalog.registers.get(kind)
    return {column: as_text(value) for column, value in (read_row(register, body) if register else body).items()}


def says_the_same(cells: Mapping[str, str], said: Mapping[str, str]) -> bool:
    """Whether the cells of a row say nothing else than what is written already; an empty cell says nothing."""
    return all(not cell.strip() or _compared(cell) == _compared(said.get(c, "")) for c, cell in cells.items())


def _compared(text: str) -> str:
    """What counts of a text: not how its letters are composed, how its lines end, or the blanks around it."""
    return "\n".join(unicodedata.normalize("NFC", text).splitlines()).strip()
