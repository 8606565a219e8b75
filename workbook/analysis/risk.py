"""What the risk register says: levels, treatment, acceptance, and what asks for a new assessment.

A level is likelihood × consequence, 1 to 25, in four bands: low 1 to 4, medium 5 to 9, high 10 to 16, critical 17 to
25. The bands are a convention of this workbook; clause 6.1.2 asks the organisation to set criteria of its own,
which this workbook does not hold yet.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workbook.analysis.controls import control_shown
from workbook.analysis.overdue import days_late
from workbook.judging import ACCEPTED, risk_state
from workbook.people import same_person
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.words import count, first_of, natural

Band = Literal["critical", "high", "medium", "low"]
BANDS: tuple[tuple[int, Band], ...] = ((17, "critical"), (10, "high"), (5, "medium"), (1, "low"))
AHEAD_DAYS = 90  # a look at the risks may be this much older than the change it was for; conventions of ours
LATE_DAYS = 30  # and this much younger, before it is called late
REVIEW_DAYS = 365  # a risk is looked at again once a year at least

# The area of the register under which a risk of the catalogue falls, by the question it belongs to.
_AREAS: Mapping[str, str] = {
    "rk-input-manipulation": "adversarial attack",
    "rk-model-poisoning": "adversarial attack",
    "rk-model-extraction": "adversarial attack",
    "rk-model-inversion": "data privacy",
    "rk-membership-inference": "data privacy",
    "rk-output-leakage": "data privacy",
    "di-personal-data-flows": "data privacy",
    "di-third-party-sources": "suppliers and people",
    "faq-third-party": "suppliers and people",
    "am-dev-tools": "suppliers and people",
}


@dataclass(frozen=True, slots=True)
class Rating:
    """How likely and how bad, each from 1 to 5."""

    likelihood: int
    consequence: int

    @property
    def level(self) -> int:
        """Likelihood × consequence."""
        return self.likelihood * self.consequence

    @property
    def band(self) -> Band:
        """The band of the level."""
        return next(name for least, name in BANDS if self.level >= least)

    @property
    def text(self) -> str:
        """How a person says it: high, 12."""
        return f"{self.band}, {self.level}"


WeaknessKind = Literal[
    "contradiction", "expired", "lapsed", "not rated", "no date", "no end", "future date", "not the owner", "carried"
]
# an acceptance with one of these is none (clause 6.1.3 f)
VOID: frozenset[WeaknessKind] = frozenset(
    {"expired", "lapsed", "no date", "no end", "future date", "not the owner", "carried"}
)


@dataclass(frozen=True, slots=True)
class Weakness:
    """A weakness of a risk: of what kind, for code to decide by, and in words, for people."""

    kind: WeaknessKind
    says: str


@dataclass(frozen=True, slots=True)
class RatedRisk:
    """One risk with its ratings before and after treatment, and the weaknesses of its treatment and acceptance.

    `treated` says that nothing is left to do, because it is done or the risk is retained; `unshown` are the controls
    that the treatment rests on and the record does not show.
    """

    row: Row
    inherent: Rating | None
    residual: Rating | None
    treated: bool
    accepted: bool
    unshown: tuple[str, ...]
    weaknesses: tuple[Weakness, ...]

    @property
    def today(self) -> Rating | None:
        """What holds today: the inherent risk, lowered only by a treatment that is done and whose controls are shown.

        A residual risk that is higher than the inherent one counts at once.
        """
        if self.inherent is None or self.residual is None:
            return self.inherent or self.residual
        lowered = self.treated and self.row["treatment"] != "retain" and not self.unshown and not self.row.to_reverify
        return self.residual if lowered or self.residual.level > self.inherent.level else self.inherent

    @property
    def why_not_accepted(self) -> str:
        """Why nobody's acceptance counts today; empty for one that does."""
        if self.accepted:
            return ""
        return next((w.says for w in self.weaknesses if w.kind in VOID), "its owner has not accepted it")

    @property
    def unaccepted(self) -> bool:
        """Whether the risk is high or critical today and nobody accepts that."""
        return self.today is not None and self.today.band in ("high", "critical") and not self.accepted


def rated_risks(record: Record) -> tuple[RatedRisk, ...]:
    """Every risk of the register, the highest of today first; risks that nobody rated come last."""
    return record.once(_rate_all)


def _rate_all(record: Record) -> tuple[RatedRisk, ...]:
    found = [_rated(record, row) for row in record.register("risks")]
    return tuple(sorted(found, key=lambda r: (-(r.today.level if r.today else 0), natural(r.row.key))))


def _rated(record: Record, row: Row) -> RatedRisk:
    on = record.on
    inherent = _rating(row["likelihood"], row["consequence"])
    residual = _rating(row["residual_likelihood"], row["residual_consequence"])
    treated = row["treatment"] == "retain" or (row["treated_on"] is not None and row["treated_on"] <= on)
    weaknesses = tuple(_weaknesses(row, inherent, residual, on))
    accepted = not says_nothing(row["accepted_by"]) and not any(w.kind in VOID for w in weaknesses)
    return RatedRisk(row, inherent, residual, treated, accepted, unshown_controls(record, row), weaknesses)


def unshown_controls(record: Record, risk: Row) -> tuple[str, ...]:
    """The controls that the treatment of a risk rests on and that are not shown for its systems.

    A treatment that names no control rests on nothing that could be shown, so it is unshown itself.
    """
    systems = set(risk["systems"] or ())
    named = risk["controls"] or ()
    return tuple(c for c in named if not control_shown(record, c, systems)) if named else ("no control is named",)


def _rating(likelihood: int | None, consequence: int | None) -> Rating | None:
    return Rating(likelihood, consequence) if likelihood and consequence else None


def _weaknesses(row: Row, inherent: Rating | None, residual: Rating | None, on: date) -> Iterable[Weakness]:
    """What contradicts itself or has run out; who must accept what is clause 6.1.3 f."""
    if inherent and residual and residual.level > inherent.level:
        higher = f"the residual risk ({residual.level}) is higher than the inherent one ({inherent.level})"
        yield Weakness("contradiction", f"contradiction: {higher}")
    if row["treatment"] == "retain" and inherent and residual and residual.level < inherent.level:
        lower = "retained, so nothing was done, yet the residual risk is lower than the inherent one"
        yield Weakness("contradiction", f"contradiction: {lower}")
    if not says_nothing(row["accepted_by"]):
        yield from _acceptance_weaknesses(row, on)
        if residual is None:
            yield Weakness("not rated", "accepted before anybody rated what remains")


def _acceptance_weaknesses(row: Row, on: date) -> Iterable[Weakness]:
    """Why an acceptance does not count: its owner gives it, with a day and an end, for the risk as it is now."""
    if row.to_reverify:
        yield Weakness("carried", "accepted in an earlier audit; nobody has confirmed the risk in this one")
    if late := days_late(row["acceptance_ends"], on):
        yield Weakness("expired", f"the acceptance ended {count(late, 'day')} ago")
    if row["acceptance_ends"] is None:
        yield Weakness("no end", "accepted without an end date")
    if row["accepted_state"] is None:
        yield Weakness("lapsed", "nothing says which state of the risk was accepted; accept it again")
    elif row["accepted_state"] != risk_state({c: row[c] for c in ACCEPTED}):
        yield Weakness("lapsed", "the risk was changed after it was accepted")
    if row["accepted_on"] is None:
        yield Weakness("no date", "accepted without a date")
    elif row["accepted_on"] > on:
        yield Weakness("future date", "the date of acceptance lies in the future")
    if says_nothing(row["owner"]):
        yield Weakness("not the owner", "accepted, but no risk owner is named")
    elif not same_person(row["owner"], row["accepted_by"]):
        yield Weakness("not the owner", f"accepted by {row['accepted_by']}, but the risk owner is {row['owner']}")


def why_not_lowered(one: RatedRisk) -> str:
    """Why a treatment that is said to be done does not lower the risk of today; empty if it does, or is not done."""
    if one.residual is None or one.inherent is None or one.residual.level >= one.inherent.level:
        return ""
    if not one.treated or one.row["treatment"] == "retain" or not one.unshown:
        return ""
    return f"It is treated, but what lowers it is not shown: {first_of(one.unshown, 3)}."


def unrated_faults(record: Record) -> tuple[str, ...]:
    """Why the risks are not assessed (clause 6.1.2): no risk, one without owner or rating, a system without a risk."""
    found = rated_risks(record)
    if not found:
        return ("the risk register is empty",)
    faults = [f"{r.row.name}: not rated" for r in found if r.inherent is None]
    if carried := sum(r.row.to_reverify for r in found):
        faults.append(f"{count(carried, 'risk')} carried over and not looked at in this audit")
    faults += [f"{r.row.name}: no risk owner" for r in found if says_nothing(r.row["owner"])]
    named = {key for r in found for key in r.row["systems"] or ()}
    return (*faults, *(f"{s.name}: no risk names it" for s in record.systems if s.key not in named))


def risk_faults(record: Record) -> tuple[str, ...]:
    """Which risks stand in the way today (clause 6.1.3): high or critical ones that their owners have not accepted."""
    return tuple(f"{r.row.name}: {r.today.text}, not accepted" for r in rated_risks(record) if r.unaccepted and r.today)


def open_treatments(record: Record) -> tuple[RatedRisk, ...]:
    """Risks whose treatment is still to be done: by due date, the ones without a date last."""
    open_ones = [r for r in rated_risks(record) if not r.treated]
    return tuple(sorted(open_ones, key=lambda r: (r.row["due"] or date.max, -(r.inherent.level if r.inherent else 0))))


def risks_by_area(record: Record) -> Mapping[str, tuple[RatedRisk, ...]]:
    """The risks of each area that the register knows, empty ones too."""
    column = record.catalog.register("risks").field("area")
    every = rated_risks(record)
    return {area: tuple(r for r in every if r.row["area"] == area) for area in column.choices}


@dataclass(frozen=True, slots=True)
class SuggestedRisk:
    """A risk of the catalogue that nobody has rated yet; `row` when it stands unrated in the register."""

    entry: Mapping[str, str]
    area: str
    row: Row | None


def suggested_risks(record: Record) -> tuple[SuggestedRisk, ...]:
    """The risks of the catalogue that no rated risk of the register comes from, in the order of the catalogue."""
    listed = {n: r for r in rated_risks(record) for n in _catalogue_numbers(r.row)}
    done = {n for r in rated_risks(record) if r.inherent for n in _catalogue_numbers(r.row)}
    return tuple(
        SuggestedRisk(entry, area_of(entry), listed[entry["risk_id"]].row if entry["risk_id"] in listed else None)
        for entry in record.catalog.risk_catalogue()
        if entry["risk_id"] not in done
    )


def _catalogue_numbers(row: Row) -> list[str]:
    return re.findall(r"R\d\d", str(row["catalogue"] or "").upper())


def area_of(entry: Mapping[str, str]) -> str:
    """The area of the register under which a risk of the catalogue falls."""
    item = entry["seed_item"]
    return _AREAS.get(item, "algorithmic governance" if item.startswith("gv-") else "operations and access")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that asks for a new look at the risks, with the record it comes from."""

    says: str
    register: str
    key: str
    since: date | None


def reassessment_triggers(record: Record) -> tuple[Trigger, ...]:
    """What asks for a re-assessment now (clause 8.2): changes, risks not reviewed for a year, review dates gone by.

    Oldest first; what has no date comes first of all.
    """
    found = [*_change_triggers(record), *_review_triggers(record)]
    return tuple(sorted(found, key=lambda t: (t.since or date.min, t.register, natural(t.key))))


def _change_triggers(record: Record) -> Iterable[Trigger]:
    for row in record.register("changes"):
        if says := _why_outdated(record, row):
            yield Trigger(says, "changes", row.key, row["happened_on"])


def _why_outdated(record: Record, change: Row) -> str:
    """Why the risks are not up to date with a change; empty if they are.

    The new look belongs before the change goes live (clause 8.2: planned, or when significant changes are proposed);
    one that is at most `AHEAD_DAYS` older counts. One that came more than `LATE_DAYS` after it is told with its delay.
    """
    happened, reassessed = change["happened_on"], change["reassessed_on"]
    if reassessed is None or reassessed > record.on:
        return "risks not re-assessed since"
    if happened and (happened - reassessed).days > AHEAD_DAYS:
        return f"the re-assessment is {count((happened - reassessed).days, 'day')} older than the change"
    reviewed = max((r["last_review"] for r in _affected_risks(record, change) if r["last_review"]), default=date.min)
    if reviewed < reassessed:
        return "said to be re-assessed, but no risk of these systems was reviewed since then"
    if happened and (reassessed - happened).days > LATE_DAYS:
        return f"re-assessed {count((reassessed - happened).days, 'day')} after the change; it belongs before go-live"
    return ""


def _affected_risks(record: Record, change: Row) -> list[Row]:
    """The risks of the systems that a change names; every risk if it names none."""
    systems = set(change["systems"] or ())
    return [r for r in record.register("risks") if not systems or systems & set(r["systems"] or ()) or not r["systems"]]


def _review_triggers(record: Record) -> Iterable[Trigger]:
    for row in record.register("risks"):
        last, following = row["last_review"], row["next_review"]
        if last is None:
            yield Trigger("never reviewed", "risks", row.key, None)
        elif (age := (record.on - last).days) > REVIEW_DAYS:
            yield Trigger(f"last reviewed {age} days ago; once a year at least", "risks", row.key, last)
        elif late := days_late(following, record.on):
            yield Trigger(f"the planned review is {count(late, 'day')} overdue", "risks", row.key, following)
