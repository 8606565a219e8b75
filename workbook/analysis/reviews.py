"""Which answers wait for a second person to look at them (control A.5.3)."""

from workbook.model import Result
from workbook.record import Asked, Record


def answers_to_review(record: Record) -> list[Asked]:
    """The answers that somebody gave and nobody else has looked at in their present version, in reading order.

    One that was carried over has to be confirmed first.
    """
    answered = [a for a in record.asked if a.answer.version and a.result is not Result.NOT_ASSESSED and not a.folded]
    return [a for a in answered if a.reviewed in ("", "changed since") and not a.to_reverify]
