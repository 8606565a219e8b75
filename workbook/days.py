"""Calendar days: the one grammar in which every door takes them, and the range in which a day makes sense."""

import re
from datetime import date

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
ORDERS = ("day-first", "month-first")  # how 03/04/2027 may be meant


def parse_day(text: str) -> date:
    """The day that `text` names, such as 2026-11-30; a time of day behind it, as spreadsheets add, is dropped.

    Raises ValueError. A number is no date: which day it means depends on the spreadsheet.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:.*)?", text):
        raise ValueError(text)
    return date.fromisoformat(text[:10])
