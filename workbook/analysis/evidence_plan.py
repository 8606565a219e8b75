"""Which artefact proves what, from which system, by whom, by when, and whether it is collected."""

from dataclasses import dataclass
from datetime import date

from workbook.days import moved
from workbook.entries import ExpectedEvidence
from workbook.record import Asked, Record
from workbook.scale import EvidenceState, best_evidence

DAYS_BEFORE = 30  # evidence without a date of its own is due when the internal audit begins, a month before


@dataclass(frozen=True, slots=True)
class PlannedEvidence:
    """One artefact expected for one question as asked. `state` is none, fresh, stale or undated."""

    asked: Asked
    expected: ExpectedEvidence
    owner: str
    due: date | None
    state: EvidenceState
    keys: tuple[str, ...]
    late: bool


def planned_evidence(record: Record) -> tuple[PlannedEvidence, ...]:
    """Every artefact that a question as asked calls for, in reading order; not for what is folded or not applicable.

    Evidence that names none of them counts for the first one that nothing else proves, and is as fresh as on its card.
    """
    return tuple(plan for asked in record.asked if not asked.set_aside for plan in _plan_question(record, asked))


def _plan_question(record: Record, asked: Asked) -> list[PlannedEvidence]:
    artefacts = {w.artefact for w in asked.question.evidence}
    unnamed = [(key, age) for key, e, age in asked.evidence if e.value.artefact not in artefacts]
    planned = []
    for expected in asked.question.evidence:
        matching = [(key, age) for key, e, age in asked.evidence if e.value.artefact == expected.artefact]
        if not matching and unnamed:
            matching = [unnamed.pop(0)]
        proof = (tuple(key for key, _ in matching), best_evidence(age.state for _, age in matching))
        planned.append(_planned(record, asked, expected, proof))
    return planned


def _planned(
    record: Record, asked: Asked, expected: ExpectedEvidence, proof: tuple[tuple[str, ...], EvidenceState]
) -> PlannedEvidence:
    audit = record.engagement.audit_date
    due = asked.answer.value.due or (moved(audit, -DAYS_BEFORE) if audit else None)
    owner = asked.answer.value.owner or str((asked.system["owner"] if asked.system else "") or "")
    late = proof[1] != "fresh" and due is not None and due < record.on
    return PlannedEvidence(asked, expected, owner, due, proof[1], proof[0], late)
