"""How far a reading of a record goes: its last revision, the time zone that stood then, the day ages are counted to.

Days are those of the engagement's time zone. A revision belongs to the day of its moment in the zone that stood once it
was recorded, so that a zone chosen later moves no day of the past, and a state means the same on every machine.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workbook import zones
from workbook.as_of import AsOf, AtRevision
from workbook.errors import BadInput
from workbook.language import say
from workbook.ledger import Ledger
from workbook.model import Head, Revision


def head_of(ledger: Ledger, name: str, as_of: AsOf) -> Head:
    """The end of the chain of engagement `name` that `as_of` means."""
    match as_of:
        case AtRevision(number=number):
            return ledger.head(name, upto=number)
        case None | datetime():
            return ledger.head(name, as_of)
    return _head_of_day(ledger, name, as_of)


def _head_of_day(ledger: Ledger, name: str, day: date) -> Head:
    """The last revision that belongs to `day` or to a day before."""
    upto: int | None = None
    for chosen in reversed(ledger.history(name, "engagement", "engagement")):
        head = ledger.head(name, zones.end_of(day, _zone(chosen)), upto=upto)
        if head.number >= chosen.number:
            return head
        upto = chosen.number - 1
    return Head()


def zone_at(ledger: Ledger, name: str, head: Head | None = None) -> ZoneInfo:
    """The time zone of engagement `name` as it stood at `head`, else as it stands now; raises Unknown.

    It is UTC for a record that names none, as those begun before engagements had one.
    """
    return _zone(ledger.get(name, "engagement", "engagement", upto=head.number if head else None))


def _zone(about: Revision | None) -> ZoneInfo:
    body = about.body if about else None
    return zones.zone(str((body or {}).get("time_zone", "UTC")))


def day_of(as_of: AsOf, head: Head, zone: ZoneInfo) -> date:
    """The day ages are counted to: the day of `as_of`, of its revision where it names none, else today."""
    if isinstance(as_of, AtRevision):
        return as_of.on or _recorded(head, zone)
    if isinstance(as_of, datetime):
        return as_of.astimezone(zone).date()
    return as_of or zones.today(zone)


def _recorded(head: Head, zone: ZoneInfo) -> date:
    return head.at.astimezone(zone).date() if head.at else zones.today(zone)


def check(name: str, as_of: AsOf, head: Head, zone: ZoneInfo) -> None:
    """Raise BadInput for a state that lies ahead, or that the record of engagement `name` never had."""
    if isinstance(as_of, AtRevision):
        _check_revision(name, as_of, head, zone)
    elif isinstance(as_of, datetime):
        if as_of > datetime.now(UTC):
            raise BadInput(
                say("as_of {moment} lies ahead; name a moment that is past, or leave it empty.",
                    moment=as_of.isoformat())
            )  # fmt: skip
    elif as_of and as_of > zones.today(zone):
        raise _ahead(str(as_of), zone)


def _ahead(text: str, zone: ZoneInfo) -> BadInput:
    today = zones.today(zone)
    return BadInput(
        say("as_of {day} lies ahead: it is {today} in {zone}. Name that day or an earlier one.", day=text, today=today,
            zone=zone.key)
    )  # fmt: skip


def _check_revision(name: str, as_of: AtRevision, head: Head, zone: ZoneInfo) -> None:
    if head.number != as_of.number:
        raise BadInput(
            say(
                "{name} has no revision {number}; its newest is r{newest}. `workbook history {name}` lists them.",
                name=name,
                number=as_of.number,
                newest=head.number,
            )
        )
    recorded, today = _recorded(head, zone), zones.today(zone)
    if as_of.on and as_of.on > max(recorded, today):
        raise _ahead(str(as_of), zone)
    # a clock that ran ahead when it was recorded does no harm, nor does a second machine that passes midnight later
    if as_of.on and as_of.on < min(recorded, today) - timedelta(days=1):
        raise BadInput(
            say(
                "Revision {number} was recorded on {recorded} in {zone}, so ages cannot be counted to {day}; choose "
                "that day or a later one, for example r{number}@{recorded}.",
                number=as_of.number,
                recorded=recorded,
                zone=zone.key,
                day=as_of.on,
            )
        )
