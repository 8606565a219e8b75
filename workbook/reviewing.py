"""What keeps a management review from having seen an internal audit: the same for what is saved and for what is read.

The rules refuse a review that is dated before the results it says it saw; the analysis does not count one that was
recorded like that, or whose audits were moved since (clause 9.3.2 d).
"""

from collections.abc import Mapping
from datetime import date

from workbook.judging import Values
from workbook.language import say
from workbook.words import day

REVIEWED = ("held_on", "audits")  # what a management review says of its day and of what it saw


def review_faults(review: Values, audits: Mapping[str, Values], on: date) -> tuple[str, ...]:
    """Why a management review cannot have seen the audits it names on the day it was held, in words; nothing if it can.

    `audits` are the rows of the audit programme by their keys; `on` is today.
    """
    held, named = review.get("held_on"), review.get("audits") or ()
    if held is None:
        return (say("no day says when it was held"),) if named else ()
    if held > on:
        return (say("it is held on {day}, which lies ahead", day=day(held)),)
    return tuple(says for key in named if (says := _unseen(held, key, audits.get(key, {}))))


def _unseen(held: date, key: str, audit: Values) -> str:
    """Why a review of the day `held` cannot have seen the results of one audit; empty if it can."""
    begun, reported = audit.get("planned_from"), audit.get("reported_on")
    if begun is not None and begun > held:
        return say("{key} is planned from {start}, after the review of {day}", key=key, start=day(begun), day=day(held))
    if audit.get("status") != "done":
        return say("{key} is not done, so it had no results on {day}", key=key, day=day(held))
    if reported is None:
        return say("no day says when the results of {key} were reported to management", key=key)
    if reported <= held:
        return ""
    return say("{key} was reported on {told}, after the review of {day}", key=key, told=day(reported), day=day(held))
