"""Calendar days: the one grammar in which every door takes them, and the range in which a day makes sense.

Taken are ISO 8601 in all its usual forms, days with the name of their month in English or German, and numbers with day
and month in an order that is plain or said. Every refusal is a ValueError whose message is a sentence without its full
stop; who asked adds what the day was for.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, time, timedelta, timezone

from workbook.language import later, say, term

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
ORDERS = ("day-first", "month-first")  # how 03/04/2027 may be meant

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")  # days since 30 December 1899, as spreadsheets count
_TIME = re.compile(
    r"(?:(?:T|,? )(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]{1,9}))?)?"
    r"|(?<=[0-9])T(?P<hours>[0-9]{2})(?:(?P<minutes>[0-9]{2})(?P<seconds>[0-9]{2})?)?)"
    r" ?(?P<half>[ap]\.?m\.?)?"
    r" ?(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?(?P<sign>[+-])(?P<ahead>[0-9]{1,2})(?::?(?P<more>[0-9]{2}))?)?$",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_BASIC = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_WEEK = re.compile(r"([0-9]{4})-?W([0-9]{2})(?:-?([1-7]))?", re.IGNORECASE)
_ORDINAL = re.compile(r"([0-9]{4})-([0-9]{3})")
_YEAR_LAST = re.compile(r"([0-9]{1,2}) ?([-/.]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})")
_MONTH_ONLY = re.compile(r"[0-9]{4}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{4}")
_WORDS = re.compile(r"[0-9]+|[^\W\d_]+")
_BETWEEN = re.compile(r"[ ,.'/-]*")  # what may stand between the words of a day
_MONTHS = (later("January"), later("February"), later("March"), later("April"), later("May"), later("June"),
           later("July"), later("August"), later("September"), later("October"), later("November"),
           later("December"))  # fmt: skip
_MONATE = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
           "Dezember")  # fmt: skip
_WEEKDAYS = (later("Monday"), later("Tuesday"), later("Wednesday"), later("Thursday"), later("Friday"),
             later("Saturday"), later("Sunday"))  # fmt: skip
_WOCHENTAGE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def _numbered(names: Iterable[str], short: int) -> dict[str, int]:
    """Each name, whole and cut to `short` letters, with its number from 1."""
    return {n: i for i, name in enumerate(names, start=1) for n in (name.casefold(), name[:short].casefold())}


_MONTH = _numbered(_MONTHS, 3) | _numbered(_MONATE, 3) | {"sept": 9, "mrz": 3, "maerz": 3, "jänner": 1, "feber": 2}
_WEEKDAY = _numbered(_WEEKDAYS, 3) | _numbered(_WOCHENTAGE, 2) | {"sonnabend": 6, "tues": 2, "thur": 4, "thurs": 4}
_SHAPES = {  # what the words of a day may be (day, month, year), and what is wrong where one of them is missing
    "dmy": "", "mdy": "", "ymd": "", "my": later("names a month and no day"), "ym": later("names a month and no day"),
    "dm": later("names no year"), "md": later("names no year"), "dmd": later("writes its year with two digits"),
    "mdd": later("writes its year with two digits"),
}  # fmt: skip


_NO_DAY = {
    "day-first": later("is not a date when it is read day-first"),
    "month-first": later("is not a date when it is read month-first"),
}


class AmbiguousDay(ValueError):
    """A day that may be one of two, such as 03/04/2027, because nobody said in which order it is written."""


def parse_day(text: str, order: str = "", *, serials: bool = False) -> date:
    """The day that `text` names; a time of day behind it, as spreadsheets add, is dropped.

    `order`, one of ORDERS, says how 03/04/2027 is meant; without it such a day raises AmbiguousDay, while dots are read
    day-first. With `serials` a number of five digits is the day that a spreadsheet shows for it; otherwise a number is
    no date. Raises ValueError, also for a day before EARLIEST or after LATEST.
    """
    return parse_moment(text, order, serials=serials)[0]


def parse_moment(text: str, order: str = "", *, serials: bool = False) -> tuple[date, time | None]:
    """As `parse_day`, with the time of day where one is named; its zone is None where the text names none."""
    plain = _plain(text)
    if serials and _SERIAL.fullmatch(plain):
        return _within(date(1899, 12, 30) + timedelta(days=int(plain[:5])), text), None
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain) and not _BASIC.fullmatch(plain):
        raise _wrong(text, say("is a number and no date"))
    found = _TIME.search(plain)
    day = plain[: found.start()] if found else plain
    return _within(_day(day, text, order), text), _time(found, text) if found else None


def recorded_day(text: str) -> date:
    """A day as the record holds it, whatever its year: what was recorded once can be read; raises ValueError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return parse_day(text)


def moved(day: date, days: int) -> date:
    """The day that many `days` later, or the last of the calendar where it ends before."""
    last = date.min if days < 0 else date.max
    return last if abs((last - day).days) < abs(days) else day + timedelta(days=days)


def _plain(text: str) -> str:
    """`text` with plain spaces and hyphens, without what cannot be seen."""
    seen = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return " ".join(seen.translate(_DASHES).split())


def _wrong(text: str, why: str) -> ValueError:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return ValueError(say("{text!r} {why}; write it as 2026-11-30", text=shown, why=why))


def _within(day: date, text: str) -> date:
    if not EARLIEST <= day <= LATEST:
        why = say("lies outside {first} to {last}, so its year cannot be meant", first=EARLIEST.year, last=LATEST.year)
        raise _wrong(text, why)
    return day


def _day(plain: str, text: str, order: str) -> date:
    """The day in `plain`, which is `text` without its time."""
    if found := _YEAR_FIRST.fullmatch(plain):
        return _calendar(text, found[1], found[3], found[4])
    if found := _BASIC.fullmatch(plain):
        return _calendar(text, *found.groups())
    if found := _YEAR_LAST.fullmatch(plain):
        return _year_last(text, found, order)
    if found := _WEEK.fullmatch(plain):
        return _week(text, *found.groups())
    if found := _ORDINAL.fullmatch(plain):
        return _ordinal(text, int(found[1]), int(found[2]))
    if _MONTH_ONLY.fullmatch(plain):
        raise _wrong(text, say("names a month and no day"))
    return _worded(plain, text)


def _calendar(text: str, year: str, month: str | int, day: str | int) -> date:
    y, m, d = int(year), int(month), int(day)
    if not 1 <= m <= 12:
        raise _wrong(text, say("is not a date: there is no month {month}", month=m))
    if not y:
        raise _wrong(text, say("is not a date: there is no year 0"))
    if not 1 <= d <= monthrange(y, m)[1]:
        month, days = term(_MONTHS[m - 1]), monthrange(y, m)[1]
        raise _wrong(text, say("is not a date: {month} {year} has {days} days", month=month, year=y, days=days))
    return date(y, m, d)


def _week(text: str, year: str, week: str, day: str | None) -> date:
    if day is None:
        raise _wrong(text, say("names a week and no day"))
    try:
        return date.fromisocalendar(int(year), int(week), int(day))
    except ValueError:
        raise _wrong(text, say("is not a date: {year} has no week {week}", year=year, week=int(week))) from None


def _ordinal(text: str, year: int, number: int) -> date:
    first = _calendar(text, str(year), 1, 1)
    if not 1 <= number <= (366 if monthrange(year, 2)[1] == 29 else 365):
        raise _wrong(text, say("is not a date: {year} has no day {day}", year=year, day=number))
    return date.fromordinal(first.toordinal() + number - 1)


def _year_last(text: str, found: re.Match[str], order: str) -> date:
    one, sign, two, year = found.groups()
    if len(year) == 2:
        raise _wrong(text, say("writes its year with two digits"))
    fits = [o for o, month in zip(ORDERS, (two, one), strict=True) if int(month) <= 12] or ["day-first"]
    said = order or ("day-first" if sign == "." and "day-first" in fits else "")
    if said and said not in fits:
        raise _wrong(text, say(_NO_DAY[said]))
    days = {o: _calendar(text, year, *((two, one) if o == "day-first" else (one, two))) for o in fits}
    if not said and len(set(days.values())) == 2:
        first, second = days.values()
        raise AmbiguousDay(
            say(
                "{text!r} may be {day} {month} or {other_day} {other_month} {year}; write it as {first} or {second}",
                text=text,
                day=first.day,
                month=term(_MONTHS[first.month - 1]),
                other_day=second.day,
                other_month=term(_MONTHS[second.month - 1]),
                year=year,
                first=first,
                second=second,
            )
        )
    return days[said or fits[0]]


def _worded(plain: str, text: str) -> date:
    """A day with the name of its month: 30 Nov 2026, November 30, 2026, Montag, 30. November 2026."""
    words = [w.casefold() for w in _WORDS.findall(plain)]
    weekday = _WEEKDAY.get(words[0]) if words else None
    kept = [w for w in words[weekday is not None :] if w not in ("of", "the", "st", "nd", "rd", "th")]
    shape = "".join(map(_part, kept))
    if shape not in _SHAPES or any(not _BETWEEN.fullmatch(rest) for rest in _WORDS.split(plain)):
        raise _wrong(text, say("is not a date"))
    if lacks := _SHAPES[shape]:
        raise _wrong(text, say(lacks))
    part = dict(zip(shape, kept, strict=True))
    day = _calendar(text, part["y"], _MONTH[part["m"]], part["d"])
    if weekday not in (None, day.isoweekday()):
        raise _wrong(text, say("is not a date: that day is a {weekday}", weekday=term(_WEEKDAYS[day.weekday()])))
    return day


def _part(word: str) -> str:
    """What a word of a day stands for: d, m or y; ? for none of them."""
    if word in _MONTH:
        return "m"
    return {1: "d", 2: "d", 4: "y"}.get(len(word), "?") if word.isascii() and word.isdigit() else "?"


def _time(found: re.Match[str], text: str) -> time:
    part = found.groupdict()
    hour, minute = int(part["hour"] or part["hours"]), int(part["minute"] or part["minutes"] or 0)
    second, micro = int(part["second"] or part["seconds"] or 0), int((part["part"] or "0")[:6].ljust(6, "0"))
    if half := part["half"]:
        hour = hour % 12 + 12 * (half[0] in "pP") if 1 <= hour <= 12 else 99
    try:
        return time(hour, minute, second, micro, tzinfo=_zone(part) if part["zone"] else None)
    except ValueError:
        raise _wrong(text, say("is not a date: there is no such time of day")) from None


def _zone(part: dict[str, str | None]) -> timezone:
    away = timedelta(hours=int(part["ahead"] or 0), minutes=int(part["more"] or 0))
    return timezone(-away if part["sign"] == "-" else away)
