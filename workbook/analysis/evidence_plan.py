"""Which artefact proves what, from which system, by whom, by when, and whether it is collected."""

from dataclasses import dataclass
from datetime import date

from workbook.analysis.artefacts import ArtefactProof
from workbook.analysis.proof import prove
from workbook.analysis.timeline import first_start
from workbook.days import moved
from workbook.record import Asked, Record

DAYS_BEFORE = 30  # evidence without a date of its own is due when the internal audit begins, a month before


@dataclass(frozen=True, slots=True)
class PlannedEvidence:
    """One artefact expected for one question as asked, with how far it is there."""

    asked: Asked
    proof: ArtefactProof
    owner: str
    due: date | None
    late: bool


def planned_evidence(record: Record) -> tuple[PlannedEvidence, ...]:
    """Every artefact that a question as asked calls for, in reading order; not for what is folded or not applicable."""
    return tuple(
        _planned(record, proof.asked, artefact)
        for proof in prove(record).values()
        if not proof.asked.set_aside
        for artefact in proof.artefacts
    )


def _planned(record: Record, asked: Asked, artefact: ArtefactProof) -> PlannedEvidence:
    audit = first_start(record.engagement)
    due = asked.answer.value.due or (moved(audit, -DAYS_BEFORE) if audit else None)
    owner = asked.answer.value.owner or str((asked.system["owner"] if asked.system else "") or "")
    late = not artefact.proven and due is not None and due < record.on
    return PlannedEvidence(asked, artefact, owner, due, late)
