"""Which artefact proves what, from which system, by whom, by when, and whether it is collected."""

from dataclasses import dataclass
from datetime import date, timedelta

from workbook.entries import Wanted
from workbook.record import Asked, Record
from workbook.scale import EvidenceState, best_evidence

DAYS_BEFORE = 30  # evidence without a date of its own is wanted when the internal audit begins, a month before


@dataclass(frozen=True, slots=True)
class Planned:
    """One artefact wanted for one question as asked. `state` is none, fresh, stale or undated."""

    asked: Asked
    wanted: Wanted
    owner: str
    due: date | None
    state: EvidenceState
    keys: tuple[str, ...]
    late: bool


def planned_evidence(record: Record) -> tuple[Planned, ...]:
    """Every artefact that a question as asked calls for, in reading order; not for what is folded or not applicable.

    Evidence that names none of them counts for the first one that nothing else proves, and is as fresh as on its card.
    """
    return tuple(plan for asked in record.asked if asked.applicable for plan in _of_question(record, asked))


def _of_question(record: Record, asked: Asked) -> list[Planned]:
    named = {w.artefact for w in asked.question.evidence}
    unnamed = [(key, age) for key, e, age in asked.evidence if e.value.artefact not in named]
    planned = []
    for wanted in asked.question.evidence:
        mine = [(key, age) for key, e, age in asked.evidence if e.value.artefact == wanted.artefact]
        if not mine and unnamed:
            mine = [unnamed.pop(0)]
        held = (tuple(key for key, _ in mine), best_evidence(age.state for _, age in mine))
        planned.append(_planned(record, asked, wanted, held))
    return planned


def _planned(record: Record, asked: Asked, wanted: Wanted, held: tuple[tuple[str, ...], EvidenceState]) -> Planned:
    audit = record.engagement.audit_date
    due = asked.answer.value.due or (audit - timedelta(days=DAYS_BEFORE) if audit else None)
    owner = asked.answer.value.owner or str((asked.system["owner"] if asked.system else "") or "")
    late = held[1] != "fresh" and due is not None and due < record.on
    return Planned(asked, wanted, owner, due, held[1], held[0], late)
