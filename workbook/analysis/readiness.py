"""How much is claimed and how much of it is shown, as two weighted sums with their arithmetic.

C = 100 · Σ(w·c) / Σw and S = 100 · Σ(w·c·p) / Σw over the questions that count, where w is the question's weight (1 to
3), c what its answer claims (0 to 1) and p which part of that is shown (`analysis.proof`). Both are planning aids;
certification is pass or fail, and what decides here are the conditions of `analysis.verdict`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from workbook.analysis.proof import Proof, prove
from workbook.language import later, say, term
from workbook.model import Result
from workbook.record import Asked, Record

# Our scale, version 2: what part of the question an answer claims. Unanswered counts as 0, never as skipped, and so
# does "not applicable" until somebody else has accepted it.
SCALE_VERSION = "2"
CLAIMS: Mapping[Result, Fraction] = {
    Result.NOT_ASSESSED: Fraction(0),
    Result.NOT_IMPLEMENTED: Fraction(0),
    Result.PLANNED: Fraction(1, 5),
    Result.PARTIAL: Fraction(3, 5),
    Result.IMPLEMENTED: Fraction(1),
    Result.NOT_APPLICABLE: Fraction(0),
}
HIGHEST = 3  # the weight of the questions for which an auditor would stop a certification
# Other weighings, to see how much a figure depends on ours: by name, what a weight becomes.
WEIGHINGS: Mapping[str, Callable[[int], int]] = {
    later("if every question weighed the same"): lambda _: 1,
    later("if only questions of the highest weight counted"): lambda weight: int(weight == HIGHEST),
    later("if weights were squared"): lambda weight: weight**2,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One question as asked with its proof: what it claims and what is shown, each from 0 to 1."""

    asked: Asked
    proof: Proof

    @property
    def weight(self) -> int:
        """The question's weight, 1 to 3."""
        return self.asked.question.weight

    @property
    def claimed(self) -> Fraction:
        """c."""
        return Fraction(0) if self.asked.folded else CLAIMS[self.asked.result]

    @property
    def shown(self) -> Fraction:
        """c · p."""
        return self.claimed * self.proof.shown


@dataclass(frozen=True, slots=True)
class Score:
    """Two sums over the same items; both are 0 where nothing counts."""

    items: tuple[Item, ...]

    @property
    def weight(self) -> int:
        """Σw."""
        return sum(i.weight for i in self.items)

    @property
    def claimed(self) -> float:
        """C, from 0 to 100."""
        return _percent(self.items, lambda i: i.claimed)

    @property
    def shown(self) -> float:
        """S, from 0 to 100; never above C."""
        return _percent(self.items, lambda i: i.shown)

    @property
    def lowest(self) -> Item | None:
        """The item of which least is shown, of several the heaviest: a mean hides a hole."""
        return min(self.items, key=lambda i: (i.shown, -i.weight, i.claimed), default=None)

    @property
    def most_to_gain(self) -> tuple[tuple[Item, float], ...]:
        """The items with how many points S would rise if all that they ask for were shown; the greatest gain first."""
        gains = ((i, float(100 * i.weight * (1 - i.shown) / self.weight)) for i in self.items)
        return tuple(sorted((g for g in gains if g[1] > 0), key=lambda g: -g[1]))

    def weighed(self, weigh: Callable[[int], int]) -> float:
        """S with other weights."""
        return _percent(self.items, lambda i: i.shown, weigh)


def _percent(
    items: Iterable[Item], part: Callable[[Item], Fraction], weigh: Callable[[int], int] = lambda weight: weight
) -> float:
    weights = [(weigh(i.weight), part(i)) for i in items]
    total = sum(weight for weight, _ in weights)
    return float(100 * sum(weight * share for weight, share in weights) / total) if total else 0.0


@dataclass(frozen=True, slots=True)
class AreaScore:
    """The score of one section, or of one system with what is asked once for all (`page` empty)."""

    id: str
    title: str
    page: str
    score: Score


@dataclass(frozen=True, slots=True)
class Readiness:
    """The scores of each system and of each area.

    A system that is well shown never lifts one that is not: the figures of the whole are those of the weakest system,
    each together with what is asked once for all.
    """

    systems: tuple[AreaScore, ...]
    areas: tuple[AreaScore, ...]
    proofs: Mapping[str, Proof]

    @property
    def weakest(self) -> AreaScore:
        """The system of which least is shown."""
        return min(self.systems, key=lambda s: (s.score.shown, s.score.claimed))

    @property
    def claimed(self) -> int:
        """C of the system that claims least, rounded down."""
        return int(min(s.score.claimed for s in self.systems))

    @property
    def shown(self) -> int:
        """S of the weakest system, rounded down, so that rounding never lifts it."""
        return int(self.weakest.score.shown)

    @property
    def counts(self) -> bool:
        """Whether any question counts at all."""
        return any(s.score.items for s in self.systems)


def score_readiness(record: Record) -> Readiness:
    """The readiness of the engagement on the day of the record."""
    proofs, pages = prove(record), record.catalog.page_of
    areas = tuple(
        AreaScore(s.id, term(s.title), pages[s.id], score(record.of_section(s.id), proofs))
        for s in record.catalog.sections.values()
    )
    return Readiness(tuple(_systems(record, proofs)), areas, proofs)


def _systems(record: Record, proofs: Mapping[str, Proof]) -> Iterable[AreaScore]:
    """One score for each system in scope; one for what is asked once, while none is named."""
    for key, name in [(s.key, s.name) for s in record.systems] or [("", say("No system in scope yet"))]:
        asked = (a for a in record.asked if a.slot.system in ("", key))
        yield AreaScore(key, name, "", score(asked, proofs))


def score(asked: Iterable[Asked], proofs: Mapping[str, Proof]) -> Score:
    """The two sums over those of `asked` that count."""
    return Score(tuple(Item(a, proofs[a.key]) for a in asked if a.applicable))
