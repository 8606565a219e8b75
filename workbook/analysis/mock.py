"""The visit of a certification body, rehearsed: what would be asked for, which trails walked, who talked to.

For the team alone, and without a score: it certifies nothing. What is asked for stands in
checklists/mock_certification.yaml, with the clause of ISO/IEC 17021-1 it comes from; how the record stands to it is
said by the rules of the verdict, of documents and of proof, and by no other.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbook.analysis.mock_items import ITEMS, Stood
from workbook.analysis.proof import Proof, prove
from workbook.analysis.risk import rated_risks
from workbook.analysis.trail import AuditTrail, systems_of
from workbook.analysis.trails import shown_trails
from workbook.audience import shows_forecast
from workbook.drawing import ranked
from workbook.entries import Interview, Visit
from workbook.language import say, term
from workbook.people import same_person
from workbook.record import Record, Row
from workbook.scale import STEPS
from workbook.words import natural

QUESTIONS = 3  # that a role is asked first


@dataclass(frozen=True, slots=True)
class Walk:
    """An audit trail that would be walked, and why this one."""

    trail: AuditTrail
    why: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One visit: what is asked for with its state, and the trails that are walked."""

    visit: Visit
    items: tuple[Stood, ...]
    walks: tuple[Walk, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """A role that is talked to, those in the register of people who have it, and what they are asked first."""

    interview: Interview
    people: tuple[Row, ...]
    questions: tuple[Proof, ...]


def rehearse(record: Record) -> tuple[Rehearsal, ...]:
    """The visits of this kind of audit, in their order; nothing in an edition for somebody else."""
    if not shows_forecast(record.audience):
        return ()
    visits = (v for v in record.catalog.visits if record.engagement.audit_kind in v.kinds)
    return tuple(Rehearsal(v, tuple(ITEMS[i.rule](record, i) for i in v.items), walks(record, v.walks)) for v in visits)


# trails ---------------------------------------------------------------------------------------------------------------


def walks(record: Record, most: int) -> tuple[Walk, ...]:
    """The trails an auditor would walk: of each kind that of the highest risk, the worst first; then the next worst;
    and one more that the hash of the chain's head draws from the rest, so that nobody chooses it.
    """
    every = sorted(shown_trails(record), key=lambda trail: _urgency(record, trail)) if most else []
    firsts = list({trail.kind.id: trail for trail in reversed(every)}.values())
    of_each = sorted(firsts, key=every.index)[:most]
    others = [trail for trail in every if trail not in of_each]
    chosen = [*of_each, *others[: most - len(of_each)]]
    rest = {trail.row.key: trail for trail in every if trail not in chosen}
    found = [Walk(trail, _why(record, trail)) for trail in chosen]
    lot = ranked(record.head.hash, rest)[:1]
    drawn = say("drawn by the head of the chain, r{number}", number=record.head.number)
    return (*found, *(Walk(rest[key], drawn) for key in lot))


def _urgency(record: Record, trail: AuditTrail) -> tuple[int, int, int, object]:
    states = [link.state for link in trail.links]
    return -_risk(record, trail), -states.count("broken"), -states.count("missing"), natural(trail.row.key)


def _risk(record: Record, trail: AuditTrail) -> int:
    """The highest risk of today of the systems that the row names."""
    systems = set(systems_of(record, trail.row))
    levels = (r.today.level for r in rated_risks(record) if r.today and systems & set(r.row["systems"] or ()))
    return max(levels, default=0)


def _why(record: Record, trail: AuditTrail) -> str:
    level, kind = _risk(record, trail), term(trail.kind.one)
    if level:
        return say("{kind}, highest risk {level}", kind=kind, level=level)
    return say("{kind}, no risk is rated", kind=kind)


# interviews -----------------------------------------------------------------------------------------------------------


def talks(record: Record) -> tuple[Talk, ...]:
    """Whom an auditor books, who has the role, and the questions that stand worst for it; for the team alone."""
    if not shows_forecast(record.audience):
        return ()
    here = [p for p in record.register("people") if p["left_on"] is None and p["part"] != "takes no part"]
    return tuple(_talk(record, interview, here) for interview in record.catalog.interviews)


def _talk(record: Record, interview: Interview, here: Iterable[Row]) -> Talk:
    people = tuple(person for person in here if _has(interview, person))
    owned = [p for p in prove(record).values() if any(same_person(p.asked.answer.value.owner, o.name) for o in people)]
    asked = [p for p in prove(record).values() if p.asked.question.id in interview.questions]
    wanted = {p.asked.key: p for p in (*asked, *owned) if p.asked.applicable}
    return Talk(interview, people, tuple(sorted(wanted.values(), key=_worst))[:QUESTIONS])


def _has(interview: Interview, person: Row) -> bool:
    """Whether a person is called by one of the words of a role."""
    return any(re.search(rf"\b{re.escape(word)}s?\b", person.name, re.IGNORECASE) for word in interview.words)


def _worst(proof: Proof) -> tuple[bool, int, int]:
    return not proof.contradicted, STEPS.index(proof.step), -proof.asked.question.weight
