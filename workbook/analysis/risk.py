"""What the risk register says: levels by the risk method, treatment, acceptance.

Levels, limit and who agrees to an acceptance come from the method (clause 6.1.2), by default the usual 5 × 5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workbook.analysis.controls import control_shown
from workbook.analysis.method import method_of, why_no_method
from workbook.analysis.overdue import days_late
from workbook.judging import ACCEPTED, TOUCHED, risk_state
from workbook.language import say, say_many
from workbook.people import same_person
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.risk_method import Rating
from workbook.words import count, first_of, natural

WeaknessKind = Literal[
    "contradiction", "expired", "lapsed", "not rated", "no date", "no end", "future date", "not the owner", "carried",
    "not agreed", "beyond the scale",
]  # fmt: skip
# an acceptance with one of these is none (clause 6.1.3 f)
VOID: frozenset[WeaknessKind] = frozenset(
    {"expired", "lapsed", "no date", "no end", "future date", "not the owner", "carried", "not agreed"}
)


@dataclass(frozen=True, slots=True)
class Weakness:
    """A weakness of a risk: of what kind, for code to decide by, and in words, for people."""

    kind: WeaknessKind
    says: str


@dataclass(frozen=True, slots=True)
class RatedRisk:
    """One risk with its ratings before treatment, today and as planned, and the weaknesses of treatment and acceptance.

    `today` is the inherent risk, lowered only by a treatment that is done and whose controls are shown; a planned
    level above it counts at once. `treated` says that nothing is left to do, because it is done or the risk is
    retained; `unshown` are the controls that the treatment rests on and the record does not show.
    """

    row: Row
    inherent: Rating | None
    today: Rating | None
    residual: Rating | None
    treated: bool
    accepted: bool
    unshown: tuple[str, ...]
    weaknesses: tuple[Weakness, ...]

    @property
    def why_not_accepted(self) -> str:
        """Why nobody's acceptance counts today; empty for one that does."""
        if self.accepted:
            return ""
        return next((w.says for w in self.weaknesses if w.kind in VOID), say("its owner has not accepted it"))

    @property
    def unaccepted(self) -> bool:
        """Whether the risk lies above the method's limit today and nobody accepts that."""
        return self.today is not None and not self.today.of.within and not self.accepted


def rated_risks(record: Record) -> tuple[RatedRisk, ...]:
    """Every risk of the register, the highest of today first; risks that nobody rated come last."""
    return record.once(_rate_all)


def _rate_all(record: Record) -> tuple[RatedRisk, ...]:
    found = [_rated(record, row) for row in record.register("risks")]
    return tuple(sorted(found, key=lambda r: (r.today is None, _descending(r.today), natural(r.row.key))))


def _descending(rating: Rating | None) -> tuple[int, int]:
    return (-rating.order[0], -rating.order[1]) if rating else (0, 0)


def _rated(record: Record, row: Row) -> RatedRisk:
    method = method_of(record)
    inherent = method.rate(row["likelihood"], row["consequence"])
    residual = method.rate(row["residual_likelihood"], row["residual_consequence"])
    treated = row["treatment"] == "retain" or (row["treated_on"] is not None and row["treated_on"] <= record.on)
    unshown = unshown_controls(record, row)
    today = _today(inherent, residual, treated and row["treatment"] != "retain" and not unshown and not row.to_reverify)
    beyond = (
        Weakness("beyond the scale", say("{fault}; rate it again", fault=says)) for _, says in method.beyond(row.values)
    )
    weaknesses = (*beyond, *_weaknesses(row, (inherent, today, residual), record.on))
    accepted = not says_nothing(row["accepted_by"]) and not any(w.kind in VOID for w in weaknesses)
    return RatedRisk(row, inherent, today, residual, treated, accepted, unshown, weaknesses)


def _today(inherent: Rating | None, residual: Rating | None, lowered: bool) -> Rating | None:
    """What holds today; what was planned counts where it is reached, or is worse."""
    if inherent is None or residual is None:
        return inherent or residual
    return residual if lowered or residual.order > inherent.order else inherent


def unshown_controls(record: Record, risk: Row) -> tuple[str, ...]:
    """The controls that the treatment of a risk rests on and that are not shown for its systems.

    A treatment that names no control rests on nothing that could be shown, so it is unshown itself.
    """
    systems = set(risk["systems"] or ())
    named = risk["controls"] or ()
    return tuple(c for c in named if not control_shown(record, c, systems)) if named else (say("no control is named"),)


Ratings = tuple[Rating | None, Rating | None, Rating | None]  # before treatment, today, as planned


def _weaknesses(row: Row, ratings: Ratings, on: date) -> Iterable[Weakness]:
    """What contradicts itself or has run out; who must accept what is clause 6.1.3 f."""
    inherent, today, residual = ratings
    if inherent and residual and residual.order > inherent.order:
        higher = say("contradiction: the residual risk ({residual}) is higher than the inherent one ({inherent})",
                     residual=residual.level, inherent=inherent.level)  # fmt: skip
        yield Weakness("contradiction", higher)
    if row["treatment"] == "retain" and inherent and residual and residual.order < inherent.order:
        lower = say(
            "contradiction: retained, so nothing was done, yet the residual risk is lower than the inherent one"
        )
        yield Weakness("contradiction", lower)
    if not says_nothing(row["accepted_by"]):
        yield from _acceptance_weaknesses(row, on)
        if today and (says := _why_not_agreed(row, today, on)):
            yield Weakness("not agreed", says)
        if residual is None:
            yield Weakness("not rated", say("accepted before anybody rated what remains"))


def _why_not_agreed(row: Row, today: Rating, on: date) -> str:
    """Why whoever has to agree at this level does not; empty where nobody has to, or they do (clause 6.1.2 a)."""
    name, day = today.of.agrees, row["agreed_on"]
    if not name:
        return ""
    if not same_person(name, row["agreed_by"]):
        return say("at this level {name} has to agree as well", name=name)
    if day is None or day > on:
        return say("no day says when {name} agreed", name=name)
    if row["accepted_on"] and day < row["accepted_on"]:
        return say("{name} agreed to an earlier acceptance, not to this one", name=name)
    return ""


def _acceptance_weaknesses(row: Row, on: date) -> Iterable[Weakness]:
    """Why an acceptance does not count: its owner gives it, with a day and an end, for the risk as it is now."""
    if row.to_reverify:
        carried = say("accepted in an earlier audit; nobody has confirmed the risk in this one")
        yield Weakness("carried", carried)
    if late := days_late(row["acceptance_ends"], on):
        ended = say_many("the acceptance ended {n} day ago", "the acceptance ended {n} days ago", late)
        yield Weakness("expired", ended)
    if row["acceptance_ends"] is None:
        yield Weakness("no end", say("accepted without an end date"))
    if row["accepted_state"] is None:
        unknown = say("nothing says which state of the risk was accepted; accept it again")
        yield Weakness("lapsed", unknown)
    elif row["accepted_state"] != risk_state({c: row[c] for c in (*ACCEPTED, *TOUCHED)}):
        yield Weakness("lapsed", say("the risk was changed after it was accepted"))
    if row["accepted_on"] is None:
        yield Weakness("no date", say("accepted without a date"))
    elif row["accepted_on"] > on:
        yield Weakness("future date", say("the date of acceptance lies in the future"))
    if says_nothing(row["owner"]):
        yield Weakness("not the owner", say("accepted, but no risk owner is named"))
    elif not same_person(row["owner"], row["accepted_by"]):
        other = say("accepted by {name}, but the risk owner is {owner}", name=row["accepted_by"], owner=row["owner"])
        yield Weakness("not the owner", other)


def why_not_lowered(one: RatedRisk) -> str:
    """Why a treatment that is said to be done does not lower the risk of today; empty if it does, or is not done."""
    if one.residual is None or one.inherent is None or one.residual.order >= one.inherent.order:
        return ""
    if not one.treated or one.row["treatment"] == "retain" or not one.unshown:
        return ""
    return say("It is treated, but what lowers it is not shown: {controls}.", controls=first_of(one.unshown, 3))


def unrated_faults(record: Record) -> tuple[str, ...]:
    """Why the risks are not assessed (clause 6.1.2): no approved method, no risk, one without owner or rating, a
    system without a risk.
    """
    found, no_method = rated_risks(record), why_no_method(record).removesuffix(".")
    if not found:
        return (*filter(None, [no_method]), say("the risk register is empty"))
    faults = [no_method] if no_method else []
    faults += [say("{risk}: not rated", risk=r.row.name) for r in found if r.inherent is None]
    if carried := sum(r.row.to_reverify for r in found):
        faults.append(say("{risks} carried over and not looked at in this audit", risks=count(carried, "risk")))
    faults += [say("{risk}: no risk owner", risk=r.row.name) for r in found if says_nothing(r.row["owner"])]
    named = {key for r in found for key in r.row["systems"] or ()}
    return (*faults, *(say("{system}: no risk names it", system=s.name) for s in record.systems if s.key not in named))


def risk_faults(record: Record) -> tuple[str, ...]:
    """Which risks stand in the way today (clause 6.1.3): those above the limit that nobody accepts who may.

    Without an approved method nothing says which these are, so that stands in the way itself.
    """
    no_limit = say("no approved risk method says which risk lies above the limit")
    above = (
        say("{risk}: {level}, not accepted", risk=r.row.name, level=r.today.text)
        for r in rated_risks(record)
        if r.unaccepted and r.today
    )
    return (*([no_limit] if why_no_method(record) else []), *above)


def open_treatments(record: Record) -> tuple[RatedRisk, ...]:
    """Risks whose treatment is still to be done: by due date, the ones without a date last."""
    open_ones = [r for r in rated_risks(record) if not r.treated]
    return tuple(sorted(open_ones, key=lambda r: (r.row["due"] or date.max, -(r.inherent.level if r.inherent else 0))))


def risks_by_area(record: Record) -> Mapping[str, tuple[RatedRisk, ...]]:
    """The risks of each area that the register knows, empty ones too."""
    column = record.catalog.register("risks").field("area")
    every = rated_risks(record)
    return {area: tuple(r for r in every if r.row["area"] == area) for area in column.choices}
