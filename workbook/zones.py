"""Time zones by their IANA names, such as Europe/Berlin, and where a calendar day begins and ends in one."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from workbook.errors import Unknown
from workbook.language import say


@cache
def names() -> tuple[str, ...]:
    """The names of all time zones, sorted: those of the package tzdata, which are the same on every machine."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return tuple(sorted(name for name in listed if name != "Factory"))  # a machine that nobody set


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone called `name`; raises Unknown with near names."""
    if name not in names():
        raise Unknown("time zone", name, names(), say("Give its IANA name, such as Europe/Berlin."))
    return ZoneInfo(name)


def machine_zone() -> str:
    """The name of the time zone that this machine is set to; UTC where it does not say, or says what is none."""
    import tzlocal  # here, because only a new engagement needs it

    try:
        name = tzlocal.get_localzone_name() or "UTC"
    except (LookupError, ValueError, OSError):  # settings that contradict each other, or name no zone
        return "UTC"
    return name if name in names() and name != "Etc/UTC" else "UTC"


def today(where: ZoneInfo) -> date:
    """The day that it is now in a time zone."""
    return datetime.now(where).date()


def end_of(day: date, where: ZoneInfo) -> datetime:
    """The last microsecond of a day in a time zone, in UTC: what comes before the next day begins there."""
    return datetime.combine(day + timedelta(days=1), time.min, where).astimezone(UTC) - timedelta.resolution
