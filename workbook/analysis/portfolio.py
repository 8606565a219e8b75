"""How several engagements stand side by side: the figures of each, as its own pages show them, the worst first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbook.analysis.deadlines import collect_deadlines
from workbook.analysis.findings import action_late, ranked_findings
from workbook.analysis.progress import whole_progress
from workbook.analysis.proof import ProofCount
from workbook.analysis.risk import rated_risks
from workbook.analysis.verdict import INITIAL, Stage, Verdict, judge, stages
from workbook.language import later
from workbook.model import Head
from workbook.record import Record
from workbook.scale import GRADES, NONCONFORMITIES
from workbook.words import natural


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit with its day: the engagement's own, or the planned one with this `key`, which is not done."""

    day: date
    title: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a portfolio shows of one engagement at `head`, with ages counted to the day `on` in `time_zone`.

    `rank` counts the stages that are reached, `next_stage` is None after the last, `missing` how many conditions the
    next one lacks. `claimed` and `shown` are percentages, None where nothing counts yet. `late_days` is by how much the
    latest corrective action is overdue; `unaccepted` are those of `high_risks` that nobody accepts, `unrated` the risks
    of which nobody knows, and `ungraded` the open findings of which nobody said how grave they are. `audit` is the
    engagement's own, `planned` are those that are not done, the earliest first, and `undated` how many have no day.
    """

    title: str
    organisation: str
    head: Head
    on: date
    time_zone: str
    stage: Stage
    rank: int
    next_stage: Stage | None
    missing: int
    claimed: int | None
    shown: int | None
    counts: ProofCount
    majors: int
    minors: int
    ungraded: int
    late_actions: int
    late_days: int
    stale: int
    high_risks: int
    unaccepted: int
    unrated: int
    audit: Audit | None
    planned: tuple[Audit, ...]
    undated: int
    checklists: str


@dataclass(frozen=True, slots=True)
class MadeReport:
    """The report in a `folder` beside those of the others: the state that it shows, and whether it is whole."""

    folder: str
    revision: int
    hash: str
    as_of: date
    complete: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One engagement of a portfolio: its figures, or the `problem` that keeps it from being read, in a sentence.

    One that was not begun at the time that is shown has neither.
    """

    name: str
    figures: Figures | None = None
    problem: str = ""
    report: MadeReport | None = None


def figures_of(record: Record) -> Figures:
    """The figures of one engagement."""
    found, about = judge(record), record.engagement
    counts = found.readiness.counts
    late = [days for action in record.register("actions") if (days := action_late(record, action))]
    grades = [f.row["grade"] for f in ranked_findings(record) if f.open]
    high = [risk for risk in rated_risks(record) if risk.today and not risk.today.of.within]
    return Figures(
        title=about.title,
        organisation=about.organisation,
        head=record.head,
        on=record.on,
        time_zone=about.time_zone,
        stage=found.stage,
        rank=_rank(found, about.audit_kind),
        next_stage=found.next_stage,
        missing=sum(c.stage == found.next_stage for c in found.unmet),
        claimed=found.readiness.claimed if counts else None,
        shown=found.readiness.shown if counts else None,
        counts=found.counts,
        majors=grades.count(NONCONFORMITIES[0]),
        minors=grades.count(NONCONFORMITIES[1]),
        ungraded=sum(grade not in GRADES for grade in grades),
        late_actions=len(late),
        late_days=max(late, default=0),
        stale=whole_progress(record).stale,
        high_risks=len(high),
        unaccepted=sum(risk.unaccepted for risk in high),
        unrated=sum(risk.today is None for risk in rated_risks(record)),
        audit=Audit(about.audit_date, about.title) if about.audit_date else None,
        planned=tuple(_planned(record)),
        undated=sum(row["date"] is None and row["status"] != "done" for row in record.register("plan")),
        checklists=record.catalog.digest,
    )


def _planned(record: Record) -> Iterable[Audit]:
    for found in collect_deadlines(record):
        if found.kind == "plan":
            yield Audit(found.day, record.label("plan", found.key), found.key)


def _rank(found: Verdict, audit_kind: str) -> int:
    """How many stages are reached; of a kind of audit that has fewer, the last counts like the last of the others."""
    if found.next_stage is None:
        return len(INITIAL)
    return 0 if found.stage == "not ready" else 1 + stages(audit_kind).index(found.stage)


# what makes one engagement worse than another, in words, and what to sort by; the first that differs decides
ORDER: Mapping[str, Callable[[Figures], Any]] = {
    later("stage"): lambda f: f.rank,
    later("open major nonconformities"): lambda f: -f.majors,
    later("conditions missing for the next stage"): lambda f: -f.missing,
    later("contradicted claims"): lambda f: -f.counts.contradicted,
    later("risks above the limit"): lambda f: -f.unaccepted,
    later("overdue actions"): lambda f: -f.late_actions,
    later("stale evidence"): lambda f: -f.stale,
    later("the day of the audit"): lambda f: f.audit.day if f.audit else date.max,
}


def worst_first(standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """Engagements that cannot be read before all others, then by `ORDER`; those that were not begun come last."""
    return tuple(sorted(standings, key=_urgency))


def _urgency(one: Standing) -> tuple[Any, ...]:
    if one.figures is None:
        return (0 if one.problem else 2, (), natural(one.name))
    return (1, tuple(by(one.figures) for by in ORDER.values()), natural(one.name))


def due_audits(standings: Iterable[Standing]) -> tuple[tuple[Audit, Figures], ...]:
    """The audits of all engagements that are still to be held, the earliest first: their own and the planned ones."""
    found = [
        (audit, one.figures)
        for one in standings
        if one.figures
        for audit in filter(None, (one.figures.audit, *one.figures.planned))
        if audit.key or audit.day >= one.figures.on
    ]
    return tuple(sorted(found, key=lambda due: (due[0].day, natural(due[1].title), natural(due[0].key))))
