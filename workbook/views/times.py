"""Days along a line: months, today, and what is due on them or overdue, as a picture with the same in words."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from textwrap import shorten

from markupsafe import Markup

from workbook.analysis.timeline import Milestone
from workbook.language import say, say_many, term, written_month
from workbook.views import tag
from workbook.views.markup import items
from workbook.views.picture import g, path, picture, written
from workbook.views.states import TASKS, URGENCIES, State
from workbook.views.tag import fragment, text
from workbook.words import away, capitalized, count, day, first_of, visible

NAMES, WIDTH, LINE, TOP, BESIDE = 245, 520, 22, 40, 150  # pixels: names, days, a line, what stands above, words beside
MOST = 24  # lines
BEFORE, AFTER = timedelta(days=120), timedelta(days=300)  # what lies further from today stands at the edge
AUDIT, CERTIFICATE = State("plan", "■", "Audit"), State("plan", "◆", "Certificate")
KEY = (URGENCIES["late"], URGENCIES["next"], TASKS["open"], AUDIT, CERTIFICATE)


def times(found: Sequence[Milestone], on: date) -> Markup:
    """The days along a line with today marked, overdue first; empty without any day.

    In words below it stand the days that are no task: the table of tasks says the others.
    """
    if not found:
        return fragment()
    shown = found[:MOST]
    first = max(min(on, *(one.day for one in shown)), on - BEFORE).replace(day=1)
    last = min(max([on, *(one.day for one in shown if one.kind != "certificate")]), on + AFTER) + timedelta(days=30)
    lines = [_line(one, n, _at(one.day, first, last), on, one.day > last) for n, one in enumerate(shown)]
    high = TOP + LINE * len(shown) + 6
    late = sum(one.late for one in found)
    label = say(
        "Timeline to {day}: {days}, {late} overdue. Below, the same in words.",
        day=day(last),
        days=count(len(found), "day"),
        late=late or say("none"),
    )
    months = (
        _upright("month", written_month(m.month), _at(m, first, last), TOP - 24, high) for m in _months(first, last)
    )
    today = _upright("today", say("today"), _at(on, first, last), TOP - 8, high)
    drawn = picture(say("Timeline"), label, NAMES + WIDTH + BESIDE, high, list(months), today, g(class_="times")[lines])
    key = [tag.li[f"{look.sign} {term(look.word)}"] for look in KEY]
    told = items(_told(one, on) for one in shown if one.kind != "task")
    return fragment(tag.figure[drawn, tag.ul(class_="key")[key], _left(found[MOST:])], told)


def _left(more: Sequence[Milestone]) -> Markup | None:
    if not more:
        return None
    named = first_of((say("{what} on {day}", what=term(one.what), day=day(one.day)) for one in more), 3)
    return tag.figcaption[say("Not drawn: {days}: {names}.", days=count(len(more), "later day"), names=named)]


def _told(one: Milestone, on: date) -> str:
    return f"{capitalized(term(one.what))}: {day(one.day)}, {away(one.day, on)}{', ' + _late(one) if one.late else ''}"


def _late(one: Milestone) -> str:
    return say("run out") if one.kind == "certificate" else say("overdue")


def _since(one: Milestone, days: int) -> str:
    if one.kind == "certificate":
        return say_many("run out {n} day", "run out {n} days", days)
    return say_many("overdue {n} day", "overdue {n} days", days)


def _at(when: date, first: date, last: date) -> float:
    share = (when - first).days / max((last - first).days, 1)
    return NAMES + WIDTH * min(max(share, 0.0), 1.0)


def _months(first: date, last: date) -> Iterator[date]:
    """The first days of months; of many months some, so that their names have room."""
    every = accumulate(range(24), lambda month, _: (month + timedelta(days=32)).replace(day=1), initial=first)
    return (month for month in every if month <= last)


def _upright(kind: str, words: str, at: float, top: float, high: float) -> Markup:
    return g(class_=kind)[path(d=f"M{at:.0f} {top + 4:.0f}L{at:.0f} {high:.0f}"), written(words, at, top)]


def _look(one: Milestone) -> State:
    if one.late or one.next:
        return URGENCIES["late" if one.late else "next"]
    return {"audit": AUDIT, "certificate": CERTIFICATE}.get(one.kind, TASKS["open"])


def _line(one: Milestone, number: int, at: float, on: date, beyond: bool) -> Markup:
    """The name of a day at the left, its sign where it lies, and how far away it is."""
    look, y = _look(one), TOP + LINE * number + 16
    words = _since(one, (on - one.day).days) if one.late else day(one.day)
    edge = " →" if beyond else ""
    return fragment(
        g(class_="left")[written(shorten(capitalized(visible(term(one.what))), 38, placeholder=" …"), 0, y)],
        g(class_=look.kind)[written(text(look.sign), at, y)],
        g(class_="left")[written(f"{words}{edge}", at + 12, y)],
    )
