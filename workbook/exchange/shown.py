"""What a cell of a spreadsheet shows, from what is stored for it and its number format."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_datetime, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from workbook.language import say

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')  # the parts of a number format that stand for themselves
LAST_DAY = 2_958_465  # of 9999, the last that a spreadsheet knows


class NoValue(ValueError):
    """A cell holds nothing that could be read; the message says what stands there."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a number is shown: as a date, a time of day, a duration, a percentage, with fixed decimals, or as it is."""

    date: bool = False
    clock: bool = False
    duration: bool = False
    percent: bool = False
    decimals: int = 0


@cache
def number_format(code: str) -> Format:
    """The meaning of a number format such as `0.00` or `dd.mm.yyyy`."""
    if is_date_format(code):
        return Format(True, clock=is_datetime(code) == "time", duration=is_timedelta_format(code))
    shown = LITERAL.sub("", code.split(";")[0])
    if "E" in shown.upper() or "/" in shown or "?" in shown:
        return Format()
    fixed = re.search(r"\.(0+)", shown)
    return Format(percent="%" in shown, decimals=len(fixed[1]) if fixed else 0)


def builtin_format(number: int) -> str:
    """The number format that a spreadsheet knows by its number, `General` for one it does not know."""
    return str(BUILTIN_FORMATS.get(number, "General"))


def unescaped(text: str) -> str:
    """`text` with `_x000D_` and its like as the characters they stand for, and line breaks of one kind."""
    if "_x" not in text:
        return text
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two escapes may be one character
    return plain.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def shown_number(stored: str, how: Format, since_1904: bool) -> str:
    """A stored number as its cell shows it, dates as ISO dates; raises NoValue for a date that no calendar holds."""
    if how.date:
        return shown_date(float(stored), how, MAC_EPOCH if since_1904 else WINDOWS_EPOCH)
    if not how.percent and not how.decimals and stored.isdecimal():
        return str(int(stored))
    number = float(stored) * (100 if how.percent else 1)
    text = format(number, ".15g")  # a spreadsheet keeps 15 digits; what comes after them is noise
    if how.decimals and not how.percent and "e" not in text:
        whole, _, fraction = text.partition(".")
        text = f"{whole}.{fraction.ljust(how.decimals, '0')}"
    return f"{text}%" if how.percent else text


def shown_date(serial: float, how: Format, epoch: datetime) -> str:
    """The date, time or duration that a spreadsheet stores as a number of days; raises NoValue."""
    if how.duration:
        return duration_text(timedelta(days=serial)) if abs(serial) <= LAST_DAY else _no_date()
    if not 0 <= serial < LAST_DAY + 1 or (serial == 0 and epoch == WINDOWS_EPOCH and not how.clock):
        return _no_date()
    return iso(from_excel(serial, epoch))


def shown_iso(stored: str) -> str:
    """A date that is stored as text of ISO 8601; raises NoValue for text that is none."""
    try:
        return iso(from_ISO8601(stored))
    except ValueError:
        return _no_date()


def iso(value: Any) -> str:
    """A date, time or duration in the forms of ISO 8601; a day at midnight is that day."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def duration_text(value: timedelta) -> str:
    """A duration as a spreadsheet shows it: 36:00:00."""
    seconds = round(abs(value).total_seconds())
    sign = "-" if value < timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _no_date() -> str:
    raise NoValue(
        say("a number that is formatted as a date, and no calendar holds such a day; correct or clear the cell")
    )
