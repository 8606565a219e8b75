"""How ready the engagement is for a certification audit: a weighted score with its arithmetic, and the gates.

R = 100 · Σ(w·s/5) / Σw over the applicable questions as asked, where w is the question's weight (1 to 3) and s the
score of its answer (0 to 5). The score is a planning aid; certification is pass or fail and no score stands for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workbook.analysis.documents import DOCUMENTS, missing_documents
from workbook.analysis.risk import rated_risks
from workbook.model import Result
from workbook.record import Asked, Record
from workbook.words import count, first_of

# Our scale, version 1: unanswered counts as 0, never as skipped; not applicable leaves both sums.
SCALE_VERSION = "1"
SCORES: Mapping[Result, int] = {
    Result.NOT_ASSESSED: 0,
    Result.NOT_IMPLEMENTED: 0,
    Result.PLANNED: 1,
    Result.PARTIAL: 3,
    Result.IMPLEMENTED: 5,
}
UNPROVEN = 2  # the most that an answer without fresh evidence can score
BANDS: tuple[tuple[int, str], ...] = ((80, "ready"), (60, "nearly ready"), (40, "partial"), (0, "early"))
Why = Literal["finding", "documents", "risk"]


@dataclass(frozen=True, slots=True)
class Item:
    """One question as asked with its weight and score; `capped` when missing evidence cost it points."""

    asked: Asked
    weight: int
    score: int
    capped: bool

    @property
    def points(self) -> float:
        """What it adds to the upper sum: w · s / 5."""
        return self.weight * self.score / 5


@dataclass(frozen=True, slots=True)
class Score:
    """A sum of items: R = 100 · points / weight; `percent` is None where nothing applies."""

    items: tuple[Item, ...]

    @property
    def weight(self) -> int:
        """Σw."""
        return sum(i.weight for i in self.items)

    @property
    def points(self) -> float:
        """Σ(w·s/5)."""
        return sum(i.weight * i.score for i in self.items) / 5

    @property
    def percent(self) -> float | None:
        """R, from 0 to 100."""
        return 100 * sum(i.weight * i.score for i in self.items) / (5 * self.weight) if self.items else None

    @property
    def lowest(self) -> Item | None:
        """The item with the lowest score, of several the heaviest: a mean hides a hole."""
        return min(self.items, key=lambda i: (i.score, -i.weight), default=None)


@dataclass(frozen=True, slots=True)
class AreaScore:
    """The score of one section."""

    id: str
    title: str
    page: str
    score: Score


@dataclass(frozen=True, slots=True)
class Gate:
    """Something that no score outweighs, in words, with the keys of the records it rests on."""

    why: Why
    says: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """The score of the whole engagement, of each area, and the open gates."""

    total: Score
    areas: tuple[AreaScore, ...]
    gates: tuple[Gate, ...]

    @property
    def band(self) -> str:
        """The band of the number alone: early, partial, nearly ready or ready; empty where nothing applies."""
        percent = self.total.percent
        return "" if percent is None else next(name for least, name in BANDS if percent >= least)

    @property
    def verdict(self) -> str:
        """The band, or `not ready` while a gate is open or nothing applies."""
        return "not ready" if self.gates or not self.band else self.band

    @property
    def number(self) -> int:
        """R rounded down, so that a rounding never lifts it into a better band."""
        return int(self.total.percent or 0)


def score_readiness(record: Record) -> Readiness:
    """The readiness of the engagement on the day of the record."""
    pages = record.catalog.page_of
    areas = tuple(
        AreaScore(s.id, s.title, pages[s.id], _score(record.of_section(s.id))) for s in record.catalog.sections.values()
    )
    return Readiness(_score(record.asked), areas, open_gates(record))


def _score(asked: Iterable[Asked]) -> Score:
    return Score(tuple(score_item(a) for a in asked if a.applicable))


def score_item(asked: Asked) -> Item:
    """The score of one answer; without fresh evidence at most 2."""
    full = SCORES[asked.result]
    score = full if asked.evidence_state == "fresh" else min(full, UNPROVEN)
    return Item(asked, asked.question.weight, score, score < full)


def open_gates(record: Record) -> tuple[Gate, ...]:
    """What stops readiness whatever the score: open major nonconformities, missing documents, high risks that nobody
    accepted.
    """
    return tuple(gate for gate in (_majors_gate(record), _documents_gate(record), _risks_gate(record)) if gate)


def _majors_gate(record: Record) -> Gate | None:
    found = [r for r in record.register("findings") if r["grade"] == "major nonconformity" and r["status"] != "closed"]
    if not found:
        return None
    many = count(len(found), "major nonconformity is", "major nonconformities are")
    says = f"{many} open: {first_of((r.name for r in found), 4)}."
    return Gate("finding", says, tuple(r.key for r in found))


def _documents_gate(record: Record) -> Gate | None:
    missing = missing_documents(record)
    if not missing:
        return None
    kinds = sum(len(group) for group in DOCUMENTS.values())
    says = f"{len(missing)} of {kinds} kinds of document that an auditor asks for are missing: {first_of(missing, 4)}."
    return Gate("documents", says, missing)


def _risks_gate(record: Record) -> Gate | None:
    found = [r for r in rated_risks(record) if r.unaccepted]
    if not found:
        return None
    many = count(len(found), "high or critical risk is", "high or critical risks are")
    says = f"{many} not accepted by the owner: {first_of((r.row.name for r in found), 4)}."
    return Gate("risk", says, tuple(r.row.key for r in found))
