"""What asks for a new look at the risks (clause 8.2): changes, and reviews that are due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workbook.analysis.overdue import days_late
from workbook.language import say
from workbook.record import Record, Row
from workbook.words import count, day, natural

AHEAD_DAYS = 90  # a look at the risks may be this much older than the change it was for; conventions of ours
LATE_DAYS = 30  # and this much younger, before it is called late
REVIEW_DAYS = 365  # a risk is looked at again once a year at least


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that asks for a new look at the risks, with the record it comes from, and the risks it touches."""

    says: str
    register: str
    key: str
    since: date | None
    risks: tuple[str, ...] = ()


def reassessment_triggers(record: Record) -> tuple[Trigger, ...]:
    """What asks for a re-assessment now (clause 8.2): changes, risks not reviewed for a year, review dates gone by.

    Oldest first; what has no date comes first of all.
    """
    found = [*_change_triggers(record), *_review_triggers(record)]
    return tuple(sorted(found, key=lambda t: (t.since or date.min, t.register, natural(t.key))))


def _change_triggers(record: Record) -> Iterable[Trigger]:
    for row in record.register("changes"):
        if says := _why_outdated(record, row):
            touched = tuple(r.key for r in _affected_risks(record, row))
            yield Trigger(says, "changes", row.key, row["happened_on"], touched)


def _why_outdated(record: Record, change: Row) -> str:
    """Why the risks are not up to date with a change; empty if they are.

    The new look belongs before the change goes live (clause 8.2: planned, or when significant changes are proposed);
    one that is at most `AHEAD_DAYS` older counts. One that came more than `LATE_DAYS` after it is told with its delay.
    """
    happened, reassessed = change["happened_on"], change["reassessed_on"]
    if reassessed is None or reassessed > record.on:
        return say("risks not re-assessed since")
    if happened and (happened - reassessed).days > AHEAD_DAYS:
        days = count((happened - reassessed).days, "day")
        return say("the re-assessment is {days} older than the change", days=days)
    looks = (reviewed(record, r) for r in _affected_risks(record, change))
    if max(filter(None, looks), default=date.min) < reassessed:
        return say("said to be re-assessed, but no risk of these systems was reviewed since then")
    if happened and (reassessed - happened).days > LATE_DAYS:
        days = count((reassessed - happened).days, "day")
        return say("re-assessed {days} after the change; it belongs before go-live", days=days)
    return ""


def reviewed(record: Record, risk: Row) -> date | None:
    """When a risk was last reviewed; None for never, and for a day that lies ahead."""
    last: date | None = risk["last_review"]
    return last if last is not None and last <= record.on else None


def _affected_risks(record: Record, change: Row) -> list[Row]:
    """The risks of the systems that a change names; every risk if it names none."""
    systems = set(change["systems"] or ())
    return [r for r in record.register("risks") if not systems or systems & set(r["systems"] or ()) or not r["systems"]]


def _review_triggers(record: Record) -> Iterable[Trigger]:
    for row in record.register("risks"):
        last, following = reviewed(record, row), row["next_review"]
        if last is None:
            ahead = row["last_review"]
            lies = say("said to be reviewed on {day}, which lies ahead", day=day(ahead))
            yield Trigger(lies if ahead else say("never reviewed"), "risks", row.key, None)
        elif (age := (record.on - last).days) > REVIEW_DAYS:
            says = say("last reviewed {age} days ago; once a year at least", age=age)
            yield Trigger(says, "risks", row.key, last)
        elif late := days_late(following, record.on):
            says = say("the planned review is {days} overdue", days=count(late, "day"))
            yield Trigger(says, "risks", row.key, following)
