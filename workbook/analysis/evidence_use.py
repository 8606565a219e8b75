"""What rests on which evidence: answers without fresh evidence, and the questions that each piece proves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from workbook.language import say
from workbook.model import Evidence, Result
from workbook.record import Asked, Freshness, Record, freshness
from workbook.scale import EVIDENCE_STATES, EvidenceState
from workbook.words import natural


@dataclass(frozen=True, slots=True)
class Doubt:
    """An answer whose evidence proves nothing today: `stale`, `undated` or missing (`none`)."""

    asked: Asked
    state: EvidenceState
    age: int | None

    @property
    def words(self) -> str:
        """The state as a person says it."""
        if self.state == "none":
            return say("only evidence of another artefact") if self.asked.evidence else say("no evidence")
        newest = [f for _, _, f in self.asked.evidence if f.state == self.state and f.age_days == self.age]
        return newest[0].text


def find_doubts(record: Record) -> tuple[Doubt, ...]:
    """Answers that claim something (implemented or partial) without any fresh evidence: stale first and oldest first,
    then undated, then missing.
    """
    claims = [a for a in record.asked if not a.set_aside and a.result in (Result.IMPLEMENTED, Result.PARTIAL)]
    found = [_doubt(a) for a in claims if a.evidence_state != "fresh"]
    return tuple(sorted(found, key=_by_urgency))


def _by_urgency(doubt: Doubt) -> tuple[bool, int, int, int]:
    """What can be renewed comes before what has to be collected at all."""
    rank = EVIDENCE_STATES.index(doubt.state)
    return doubt.state == "none", rank, -(doubt.age or 0), -doubt.asked.question.weight


def _doubt(asked: Asked) -> Doubt:
    state = asked.evidence_state
    ages = [f for _, _, f in asked.evidence if f.state == state and f.age_days is not None]
    youngest = min(ages, key=lambda f: f.age_days or 0, default=None)
    return Doubt(asked, state, youngest.age_days if youngest else None)


@dataclass(frozen=True, slots=True)
class EvidenceUse:
    """One piece of evidence: which questions rest on it, and its freshness for the strictest of them."""

    key: str
    questions: tuple[Asked, ...]
    freshness: Freshness
    ruled: bool  # whether a maximum age is known; without one only the age can be shown


def evidence_uses(record: Record) -> Mapping[str, EvidenceUse]:
    """Every piece of evidence by key, with what rests on it.

    The maximum age is that of the questions that use it; for evidence that no question uses, that of its artefact.
    """
    asked_by_key: dict[str, list[tuple[Asked, Freshness]]] = {}
    for asked in record.asked:
        for key, _, fresh in asked.evidence:
            asked_by_key.setdefault(key, []).append((asked, fresh))
    wanted = (w for q in record.catalog.questions.values() for w in q.evidence)
    ages = {name: w.max_age_days for w in wanted for name in w.names}
    return {
        key: _evidence_use(record, key, asked_by_key.get(key, []), ages) for key in sorted(record.evidence, key=natural)
    }


def last_fresh_day(about: Evidence, max_age_days: int | None) -> date | None:
    """The last day on which evidence is young enough, by the same rules as `freshness`; None if it never grows stale
    or is undated.
    """
    start, days = about.period_to or about.collected_at, [about.valid_until]
    if start and max_age_days is not None and max_age_days <= (date.max - start).days:
        days.append(start + timedelta(days=max_age_days))
    return min(filter(None, days), default=None)


def _evidence_use(
    record: Record, key: str, uses: list[tuple[Asked, Freshness]], ages: Mapping[str, int | None]
) -> EvidenceUse:
    about = record.evidence[key].value
    if not uses:
        return EvidenceUse(key, (), freshness(about, ages.get(about.artefact), record.on), about.artefact in ages)
    worst = min((f for _, f in uses), key=lambda f: (f.state == "fresh", f.max_age_days or 10**6))
    return EvidenceUse(key, tuple(a for a, _ in uses), worst, True)
