"""Which of the artefacts that a question asks for its evidence proves, and what each lacks.

Age is one clock of several: an artefact may be bound to the version of a model or dataset, so that a report on one
version proves nothing about the next, or to a part of the audit period, so that yesterday's picture does not prove a
year (see `entries.ExpectedEvidence`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from workbook.entries import ExpectedEvidence
from workbook.language import later, say
from workbook.model import Evidence
from workbook.record import Asked, Freshness, Record, Row
from workbook.scale import EvidenceState, best_evidence
from workbook.words import count, first_of, folded

YEAR = 365  # days; the audit period of an engagement that names none ends on the day of the record
NONE = later("no evidence of it")  # what an artefact lacks of which there is no piece at all
Piece = tuple[str, Evidence, Freshness]


@dataclass(frozen=True, slots=True)
class ArtefactProof:
    """One artefact asked for: the keys of its pieces, the best age among them, and what it lacks (empty: proven)."""

    expected: ExpectedEvidence
    keys: tuple[str, ...]
    state: EvidenceState
    says: str

    @property
    def proven(self) -> bool:
        """Whether it is there, young enough, and of what binds it."""
        return not self.says


def prove_artefacts(record: Record, asked: Asked) -> tuple[ArtefactProof, ...]:
    """One line for each artefact that the question asks for, in its order."""
    return tuple(_prove(record, asked, expected) for expected in asked.question.evidence)


def other_artefacts(asked: Asked) -> tuple[str, ...]:
    """The keys of attached evidence that is no artefact which the question asks for: it counts for nothing here."""
    return tuple(key for key, stated, _ in asked.evidence if not asked.question.asks_for(stated.value.artefact))


def _prove(record: Record, asked: Asked, expected: ExpectedEvidence) -> ArtefactProof:
    known = {folded(name) for name in expected.names}
    pieces = [(k, s.value, age) for k, s, age in asked.evidence if folded(s.value.artefact) in known]
    pieces = [p for p in pieces if not _speaks_against(p[1], asked)]
    state = best_evidence(age.state for _, _, age in pieces)
    return ArtefactProof(expected, tuple(k for k, _, _ in pieces), state, _lacks(record, asked, expected, pieces))


def _speaks_against(about: Evidence, asked: Asked) -> bool:
    return bool({asked.key, asked.question.id} & set(about.against))


def _lacks(record: Record, asked: Asked, expected: ExpectedEvidence, pieces: list[Piece]) -> str:
    fresh = [about for _, about, age in pieces if age.state == "fresh"]
    if not pieces:
        return say(NONE)
    if not fresh:
        return say("its evidence is {state}", state=pieces[0][2].text)
    if expected.bound_to in ("model", "dataset"):
        return _lacks_version(record, asked, expected.bound_to, fresh)
    if expected.bound_to == "period":
        return _lacks_days(record, expected.over_days or 1, (about for _, about, _ in pieces))
    return ""


def current_versions(record: Record, asked: Asked, what: str) -> tuple[Row, ...]:
    """The models in production, or the datasets, of the system that a question is asked of; of all systems for one
    that is asked once. Models that are not retired stand in where none is in production.
    """
    system = asked.slot.system
    if what == "dataset":
        return tuple(r for r in record.register("datasets") if not system or system in (r["systems"] or ()))
    models = [r for r in record.register("models") if system in ("", r["system"])]
    live = [r for r in models if r["stage"] == "production"]
    return tuple(live or (r for r in models if r["stage"] != "retired"))


def _lacks_version(record: Record, asked: Asked, what: str, fresh: Iterable[Evidence]) -> str:
    """Why `fresh` evidence does not speak of what is in use: each model in production, or one of the datasets."""
    said = {folded(about.version) for about in fresh if about.version.strip()}
    rows = [r for r in current_versions(record, asked, what) if _versions(r)]
    if not rows:
        return say(_UNREGISTERED[what])
    if not said:
        return say(_UNSAID[what])
    missing = [r for r in rows if not said & _versions(r)]
    if not missing or (what == "dataset" and len(missing) < len(rows)):
        return ""
    names = first_of((f"{r.name} {r['version'] or ''}".strip() for r in missing), 2)
    return say("its evidence speaks of another version than {names}", names=names)


_UNREGISTERED = {
    "model": later("no model with a version is registered, so nothing says which version it has to speak of"),
    "dataset": later("no dataset with a version is registered, so nothing says which version it has to speak of"),
}
_UNSAID = {
    "model": later("nobody said which version of the model its evidence speaks of"),
    "dataset": later("nobody said which version of the dataset its evidence speaks of"),
}


def _versions(row: Row) -> set[str]:
    """What a piece of evidence may name to speak of this model or dataset: its version, or the hash of its bytes."""
    found = (row["version"], row.values.get("artefact_hash"))
    return {folded(text) for text in found if text and text.strip()}


def audit_period(record: Record) -> tuple[date, date]:
    """The first and the last day of the audit period that have passed on the day of the record."""
    about = record.engagement
    last = min(about.period_to or record.on, record.on)
    first = about.period_from or last - timedelta(days=YEAR - 1)
    return min(first, last), last


def _lacks_days(record: Record, wanted: int, pieces: Iterable[Evidence]) -> str:
    """Why evidence does not speak of enough days of the audit period; empty if it does.

    A period that has not run that long yet shows no operation either: nobody makes it short to need less.
    """
    found = days_covered(record, pieces)
    if found >= wanted:
        return ""
    days = count(found, "day")
    return say("it speaks of {days} of the audit period, {wanted} are needed", days=days, wanted=wanted)


def days_covered(record: Record, pieces: Iterable[Evidence]) -> int:
    """Of how many days of the audit period, as far as it has passed, evidence speaks; without a period, of the day on
    which it was collected.
    """
    first, last = audit_period(record)
    spans = sorted((max(a, first), min(b, last)) for a, b in map(span, pieces) if a and b)
    days, reached = 0, first - timedelta(days=1)
    for start, end in spans:
        begin = max(start, reached + timedelta(days=1))
        days += max((end - begin).days + 1, 0)
        reached = max(reached, end)
    return days


def span(about: Evidence) -> tuple[date | None, date | None]:
    """The first and last day that a piece of evidence speaks of; None where nobody said."""
    last = about.period_to or about.collected_at
    return about.period_from or last, last
