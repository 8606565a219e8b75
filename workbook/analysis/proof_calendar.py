"""Which Annex A controls were shown in which month of the audit period, and what to export before logs rotate.

A control is as good in a month as the weakest of the questions that count and refer to it, asked of each system. Of a
question, a month is

- *contradicted* from the month on in which what stands against it was raised, tested or observed; in all without a day;
- proven by *test* where a test that proves it was made, or where the evidence of that test speaks of a day in it;
- by *evidence* where a piece of an artefact that proves operation speaks of a day in it; where all artefacts asked for
  prove design, from the day of a piece until that is too old;
- by *claim* where implemented or partial is all that is said, and else *nothing*.

Months not begun on the day of the record are *ahead*. So a picture of yesterday colours one month, not the year. All
of this is a convention of the workbook. It counts days alone: which version of a model a piece speaks of, and whether
it is still young enough today, is weighed in `proof`.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workbook.analysis.annex_a import annex_a_controls
from workbook.analysis.artefacts import ArtefactProof, audit_period, span
from workbook.analysis.audit_tests import tested_controls
from workbook.analysis.proof import Proof, prove
from workbook.days import moved
from workbook.language import later, term
from workbook.model import Result
from workbook.record import Asked, Record
from workbook.references import Reference

MonthState = Literal["contradicted", "nothing", "claim", "evidence", "test", "ahead"]
WEAKEST_FIRST: tuple[MonthState, ...] = ("contradicted", "nothing", "claim", "evidence", "test")
PAST, AHEAD = 24, 12  # at most so many months begun and to come are shown; more nobody can read
RULE = later(
    "A control is as good in a month as the weakest of the questions, and systems, that refer to it. Contradicted: "
    "from the month on in which what stands against it was raised, tested or observed; in all months if it has no "
    "day. Proven by test: a test that proves it was made in the month, or rests on evidence that speaks of it. By "
    "evidence: a piece of an artefact that shows operation speaks of a day in the month; where only design is asked "
    "for, from the day of the piece until that is too old. By claim only: somebody says implemented or partial. A "
    "picture of one day colours one month. Which version of a model or dataset a piece speaks of is not looked at "
    "here."
)
Days = tuple[date, date]  # the first and the last


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month by its first day, with the days of it that lie in the period and have passed (None: ahead)."""

    first: date
    days: Days | None

    @property
    def last(self) -> date:
        """The last day of the month."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])


@dataclass(frozen=True, slots=True)
class ControlMonths:
    """One Annex A control with its state in each month of the calendar."""

    control: Reference
    states: tuple[MonthState, ...]


@dataclass(frozen=True, slots=True)
class ProofCalendar:
    """The controls by month; which of them are contradicted since the last month only, and months left out before."""

    months: tuple[Month, ...]
    rows: tuple[ControlMonths, ...]
    later: tuple[str, ...]
    left_out: int

    @property
    def counts(self) -> Mapping[str, int]:
        """How many cells are in which state."""
        return Counter(state for row in self.rows for state in row.states)


@dataclass(frozen=True, slots=True)
class Export:
    """An artefact bound to the audit period, and the months of that which have passed without a piece of it."""

    asked: Asked
    artefact: str
    months: tuple[date, ...]


def proof_calendar(record: Record) -> ProofCalendar:
    """The Annex A controls that questions which count refer to, in each month of the audit period."""
    return record.once(_make)


def months_of(record: Record, key: str) -> tuple[tuple[Month, MonthState], ...]:
    """The months of the calendar, each with the state of the question whose answer has this key."""
    months = proof_calendar(record).months
    return tuple(zip(months, _states(record, prove(record)[key], months), strict=True))


def missing_exports(record: Record) -> tuple[Export, ...]:
    """What to export before logs rotate: the longest ago first."""
    return record.once(_exports)


def _make(record: Record) -> ProofCalendar:
    months, left_out = _months(record)
    bearing: dict[str, list[Proof]] = {}
    for proof in _that_count(record):
        for control in proof.asked.question.refs.get("iso27001", ()):
            bearing.setdefault(control, []).append(proof)
    controls = [c for c in annex_a_controls(record) if c.id in bearing]
    rows = (ControlMonths(c, _weakest(_states(record, p, months, c.id) for p in bearing[c.id])) for c in controls)
    later = (c.id for c in controls if any(_since(record, p) > months[-1].last for p in bearing[c.id]))
    return ProofCalendar(months, tuple(rows), tuple(later), left_out)


def _that_count(record: Record) -> Iterable[Proof]:
    return (p for p in prove(record).values() if p.asked.applicable)


def _months(record: Record) -> tuple[tuple[Month, ...], int]:
    """The months of the audit period that can be shown, and how many before them are left out."""
    first, passed = audit_period(record)
    first = record.engagement.period_from or first
    last = max(record.engagement.period_to or passed, first)
    now = _number(record.on)
    begun = range(_number(first), min(_number(last), now) + 1)
    ahead = range(max(_number(first), now + 1), _number(last) + 1)
    shown = [*begun[-PAST:], *ahead[:AHEAD]]
    return tuple(_month(n, first, min(last, record.on)) for n in shown), max(len(begun) - PAST, 0)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(number: int, first: date, last: date) -> Month:
    whole = Month(date(number // 12, number % 12 + 1, 1), None)
    days = max(whole.first, first), min(whole.last, last)
    return Month(whole.first, days if days[0] <= days[1] else None)


def _weakest(states: Iterable[tuple[MonthState, ...]]) -> tuple[MonthState, ...]:
    order = (*WEAKEST_FIRST, "ahead")
    return tuple(min(of_month, key=order.index) for of_month in zip(*states, strict=True))


# one question ---------------------------------------------------------------------------------------------------------


def _states(record: Record, proof: Proof, months: Iterable[Month], control: str = "") -> tuple[MonthState, ...]:
    """The state of one question as asked in each month, as far as it speaks of a control; without one, at all."""
    since, claimed = _against(record, proof), _claims(proof)
    tests, pieces = tuple(_of_tests(record, proof, control)), tuple(_of_evidence(proof))

    def state(month: Month) -> MonthState:
        if month.first > record.on:
            return "ahead"
        if any(day <= month.last for day in since):
            return "contradicted"
        if not claimed:
            return "nothing"
        return "test" if _speaks(tests, month) else "evidence" if _speaks(pieces, month) else "claim"

    return tuple(map(state, months))


def _against(record: Record, proof: Proof) -> tuple[date, ...]:
    """Since when something stands against it; a day that lies ahead of the record is today's."""
    return tuple(min(c.since or date.min, record.on) for c in proof.contradictions)


def _since(record: Record, proof: Proof) -> date:
    """Since when it is contradicted; the first day of the calendar if it is not."""
    return min(_against(record, proof), default=date.min)


def _claims(proof: Proof) -> bool:
    return not proof.asked.folded and proof.asked.result in (Result.IMPLEMENTED, Result.PARTIAL)


def _speaks(spans: Iterable[Days], month: Month) -> bool:
    days = month.days
    return days is not None and any(first <= days[1] and last >= days[0] for first, last in spans)


def _of_tests(record: Record, proof: Proof, control: str = "") -> Iterable[Days]:
    """The days that the tests of a control speak of: their own, and those of their evidence up to then."""
    for test in (t for t in proof.tests if not control or control in tested_controls(record, t)):
        tested = test["tested_on"]
        yield tested, tested
        for key in record.proofs(test["evidence"] or ()):
            first, last = span(record.evidence[key].value)
            if first and last:
                yield first, min(last, tested)


def _of_evidence(proof: Proof) -> Iterable[Days]:
    """The days that the evidence of a claim speaks of; none while the claim itself is to be verified again."""
    if proof.asked.to_reverify:
        return
    operating = [a for a in proof.artefacts if a.expected.proves != "design"]
    for artefact in operating or proof.artefacts:
        for first, last, end in _pieces(proof.asked, artefact):
            yield first, last if operating else end


def _pieces(asked: Asked, artefact: ArtefactProof) -> Iterable[tuple[date, date, date]]:
    """Of each piece of an artefact the first and last day it speaks of, and the last on which it is young enough."""
    for key, stated, age in asked.evidence:
        first, last = span(stated.value)
        if key not in artefact.keys or age.state in ("reference", "erased") or not first or not last:
            continue
        limits = (moved(last, age.max_age_days) if age.max_age_days else date.max, stated.value.valid_until or date.max)
        yield first, last, max(last, min(limits))


# what to export -------------------------------------------------------------------------------------------------------


def _exports(record: Record) -> tuple[Export, ...]:
    end = record.engagement.period_to or date.max
    passed = [m for m in proof_calendar(record).months if m.days and min(m.last, end) <= record.on]
    found = []
    for proof in _that_count(record):
        for artefact in (a for a in proof.artefacts if a.expected.bound_to == "period"):
            spans = [(first, last) for first, last, _ in _pieces(proof.asked, artefact)]
            if months := tuple(m.first for m in passed if not _speaks(spans, m)):
                found.append(Export(proof.asked, term(artefact.expected.artefact), months))
    return tuple(sorted(found, key=lambda export: export.months[0]))
