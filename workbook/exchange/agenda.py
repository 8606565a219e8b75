"""Writes deadlines as a calendar that other programs take in, and take in again when something has moved."""

import re
from uuid import NAMESPACE_OID, uuid5

from icalendar import Calendar, Event
from icalendar.enums import CLASS, TRANSP

from workbook.analysis.deadlines import Deadline, collect_deadlines
from workbook.record import Record

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]+")  # what a calendar cannot hold


def agenda(record: Record, origin: str) -> bytes:
    """The deadlines of a record as an iCalendar file with an all-day event each.

    `origin` tells this engagement from any other of the same name: each event keeps its id as long as it stands for
    the same thing, so that a later file moves it. The same record gives the same file.
    """
    name, uid = _plain(record.engagement.title), str(uuid5(NAMESPACE_OID, origin))
    calendar = Calendar.new(prodid="-//ML Audit Workbook//EN", name=name, uid=uid, method="PUBLISH")
    for deadline in collect_deadlines(record):
        calendar.add_component(_event(deadline, record, origin))
    return bytes(calendar.to_ical())


def _event(deadline: Deadline, record: Record, origin: str) -> Event:
    name = "/".join((origin, deadline.kind, deadline.key, deadline.column))
    where = ", ".join(filter(None, (record.name, deadline.page, deadline.group, deadline.key)))
    lines = (deadline.why, f"Owner: {deadline.owner or 'nobody named'}", f"Where: {where}")
    return Event.new(
        uid=f"{uuid5(NAMESPACE_OID, name)}@ml-audit-workbook",
        summary=_plain(deadline.title),
        description=_plain("\n".join(filter(None, lines))),
        start=deadline.day,
        categories=[_plain(deadline.group)],
        stamp=record.head.at,
        last_modified=deadline.at or record.head.at,
        sequence=record.head.number,
        classification=CLASS.CONFIDENTIAL,
        transparency=TRANSP.TRANSPARENT,
    )


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text.replace("\r\n", "\n"))
