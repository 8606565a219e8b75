"""Which state of a record somebody means: the newest, that of a day or a moment, or that of a revision."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from workbook.days import parse_day, parse_moment
from workbook.errors import BadInput
from workbook.language import say

_REVISION = re.compile(r"r([0-9]{1,9})(?:@(.*))?")


@dataclass(frozen=True, slots=True)
class AtRevision:
    """The record as it stood at revision `number`, with ages counted to the day `on`, else to that revision's own day.

    As text, `r388@2026-11-30`: the one way to name a state that stays the same whatever is saved, whenever it is read.
    """

    number: int
    on: date | None = None

    def __str__(self) -> str:
        return f"r{self.number}@{self.on}" if self.on else f"r{self.number}"


AsOf = AtRevision | datetime | date | None


def parse_as_of(text: str) -> AsOf:
    """The state that `text` names: the newest if empty, else that of a day, a moment with its zone, or a revision.

    `r388` counts ages to the day on which revision 388 was recorded, `r388@2026-11-30` to that day. Days are those of
    the engagement's time zone, which `reading` knows. Raises BadInput.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if found := _REVISION.fullmatch(text):
            return AtRevision(_number(found[1]), None if found[2] is None else parse_day(found[2]))
        day, at = parse_moment(text)
    except ValueError as error:
        says = say("as_of {fault}, or name a revision: r388 or r388@2026-11-30.", fault=error)
        raise BadInput(says) from None
    if at is None:
        return day
    if at.tzinfo is None:
        says = say("as_of {text!r} does not say its time zone; add it, for example {text}+00:00.", text=text)
        raise BadInput(says)
    return datetime.combine(day, at).astimezone(UTC)


def _number(digits: str) -> int:
    if int(digits) == 0:
        raise BadInput(say("as_of 'r0' names no revision: they are counted from 1, for example r388."))
    return int(digits)
