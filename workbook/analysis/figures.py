"""Objectives and measurements: which figure lies past its target or limit, and what is missing about it.

Clauses 6.2 and 9.1. How late a measurement may be before it is pointed out is a convention of this workbook: half a
turn more than it is measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.language import say, say_many, term
from workbook.record import Record, Row
from workbook.registers import says_nothing

# after how many days a measurement is late, by how often it is taken
LATE_AFTER: Mapping[str, int] = {"continuous": 31, "weekly": 11, "monthly": 45, "quarterly": 135, "yearly": 547}


@dataclass(frozen=True, slots=True)
class Weak:
    """What an auditor would object to in a row, in words, and the field in which it shows."""

    field: str
    says: str


def lies_past(direction: str | None, value: int | None, limit: int | None) -> bool | None:
    """Whether a value lies on the wrong side of its limit or target; None where that cannot be told."""
    if direction not in ("at least", "at most") or value is None or limit is None:
        return None
    return value < limit if direction == "at least" else value > limit


def missed(objective: Row) -> bool | None:
    """Whether an objective stands short of its target; None for one without a figure, which cannot be missed."""
    return lies_past(objective["direction"], objective["current"], objective["target"])


def exceeded(measurement: Row) -> bool | None:
    """Whether the last value of a measurement lies past its limit; None where that cannot be told."""
    return lies_past(measurement["direction"], measurement["value"], measurement["limit"])


def has_figure(objective: Row) -> bool:
    """Whether an objective says what is counted, and up to where (clause 6.2: measurable)."""
    return not says_nothing(objective["measure"]) and objective["target"] is not None and bool(objective["direction"])


def weaknesses_of_objective(objective: Row) -> tuple[Weak, ...]:
    """What an auditor would object to in an objective (clause 6.2)."""
    if objective["status"] == "given up":
        return ()
    past, reached, figure = missed(objective), objective["status"] == "reached", has_figure(objective)
    reasons = {
        Weak("measure", say("it has no figure, so nobody can tell whether it is reached")): not figure,
        Weak("status", say("it is said to be reached, and its figure says that it is not")): reached and past,
        Weak("status", say("it is said to be reached, and nobody said where its figure stands")): reached
        and figure
        and past is None,
    }
    return tuple(weak for weak, so in reasons.items() if so)


def weaknesses_of_measurement(record: Record, measurement: Row) -> tuple[Weak, ...]:
    """What an auditor would object to in a measurement (clause 9.1)."""
    late, day, often = days_unmeasured(record, measurement), measurement["measured_on"], measurement["cycle"]
    idle = exceeded(measurement) is True and says_nothing(measurement["action"])
    last = say_many(
        "it is measured {often}, and was last measured {n} day ago",
        "it is measured {often}, and was last measured {n} days ago",
        late,
        often=term(str(often)),
    )
    reasons = {
        Weak("action", say("its value lies past the limit, and nothing was done about it")): idle,
        Weak("measured_on", say("the day on which it was measured lies ahead")): day is not None and day > record.on,
        Weak("measured_on", last): late > 0,
    }
    return tuple(weak for weak, so in reasons.items() if so)


def days_unmeasured(record: Record, measurement: Row) -> int:
    """How many days ago something was measured that should have been measured again; 0 where it is in time."""
    measured, allowed = measurement["measured_on"], LATE_AFTER.get(str(measurement["cycle"]))
    age = (record.on - measured).days if measured else 0
    return age if allowed is not None and age > allowed else 0
