"""What the next audit is about, as far as the earlier one tells: a year later, under a title of its own."""

import re
from calendar import monthrange
from datetime import date

from workbook.model import Engagement

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def following(about: Engagement, name: str) -> Engagement:
    """What the audit after `about` is about, to be looked through: its period is the following year, its day open."""
    first, last = about.period_from, about.period_to
    period = {"period_from": first and year_later(first), "period_to": last and year_later(last)}
    open_days = {"audit_date": None, "stage_1_date": None}
    return about.model_copy(update={**period, **open_days, "title": _title(about.title, name)})


def next_name(name: str) -> str:
    """A name for the engagement after the one called `name`: with its years one later, or a number behind it."""
    later = _YEAR.sub(lambda found: str(int(found[0]) + 1), name)
    return later if later != name else f"{name}-2"


def _title(title: str, name: str) -> str:
    """The title with its years one later; one that names no year, with the name of the new engagement behind it."""
    later = _YEAR.sub(lambda found: str(int(found[0]) + 1), title)
    return later if later != title else f"{title} ({name})"


def year_later(day: date) -> date:
    """The same day a year later; the last day of a month stays one."""
    year, month = day.year + 1, day.month
    last = monthrange(year, month)[1]
    ends = day.day == monthrange(day.year, month)[1]
    return date(year, month, last if ends else min(day.day, last))
