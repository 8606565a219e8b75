"""What is said not to apply: accepted by whom, for which reason, and whether one reason stands for many questions."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.language import say
from workbook.model import Result
from workbook.record import Asked, Record, says_why
from workbook.words import folded

MANY = 5  # questions that one reason may stand for; more look like a sweep


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A question said not to apply, and why that does not stand; empty when it does.

    `thin` says that it is the reason that lacks something, and not somebody who accepted it.
    """

    asked: Asked
    lacks: str
    thin: bool = False


def exclusions(record: Record) -> tuple[Exclusion, ...]:
    """Every question that is said not to apply, or that such an answer makes unnecessary, in reading order."""
    found = [a for a in record.asked if a.folded or a.result is Result.NOT_APPLICABLE]
    shared = _questions_by_reason(found)
    return tuple(_exclusion(a, shared) for a in found)


def _questions_by_reason(found: list[Asked]) -> Mapping[str, set[str]]:
    shared: dict[str, set[str]] = {}
    for asked in found:
        if not asked.folded:
            shared.setdefault(folded(asked.answer.value.rationale), set()).add(asked.question.id)
    return shared


def _exclusion(asked: Asked, shared: Mapping[str, set[str]]) -> Exclusion:
    if asked.folded:
        lacks = say("nobody else accepted the answer that makes it unnecessary")
        return Exclusion(asked, "" if asked.fold_accepted else lacks)
    reason = asked.answer.value.rationale
    if not says_why(reason):
        return Exclusion(asked, say("its reason says nothing"), thin=True)
    if len(questions := shared[folded(reason)]) > MANY:
        return Exclusion(asked, say("one reason stands for {n} questions", n=len(questions)), thin=True)
    return Exclusion(asked, "" if asked.accepted else say("nobody else accepted the reason"))
