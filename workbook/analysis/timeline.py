"""The preparation counted back from the audit: three months, one month, the week of the audit.

An initial certification begins twice: stage 1 looks at documents, risk assessment, internal audit and management
review, so these hang on its date where the engagement names one; all else on stage 2 (ISO/IEC 17021-1, 9.3.1).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from workbook.analysis.overdue import days_late
from workbook.days import moved
from workbook.entries import Task
from workbook.language import say, term
from workbook.model import Engagement, TaskState
from workbook.record import Record, Stated
from workbook.words import natural

SETTLED = ("done", "not needed")
INITIAL = ("stage 1", "stage 2")  # the kinds of audit that make an initial certification together


@dataclass(frozen=True, slots=True)
class Start:
    """A day on which auditors come: what begins, and the field of the engagement that says when (None: nobody said)."""

    what: str
    field: str
    day: date | None


@dataclass(frozen=True, slots=True)
class DueTask:
    """One task with its date (None without an audit date), how far it is, and whether it is late or comes next."""

    task: Task
    due: date | None
    stated: Stated[TaskState]
    late: bool
    next: bool = False

    @property
    def status(self) -> str:
        """open, under way, done or not needed."""
        return self.stated.value.status


def starts(about: Engagement) -> tuple[Start, ...]:
    """The days on which the audit begins: one, or for an initial certification with a date of stage 1 two."""
    if not _is_staged(about):
        return (Start("Audit", "audit_date", about.audit_date),)
    return Start("Stage 1", "stage_1_date", about.stage_1_date), Start("Stage 2", "audit_date", about.audit_date)


def say_starts(about: Engagement, write: Callable[[date], str]) -> str:
    """The days on which the audit begins, each as `write` has it; two are told apart by their stages."""
    found = starts(about)
    if len(found) == 1:
        return write(found[0].day) if found[0].day else ""
    named = ((term(s.what.lower()), s.day) for s in found)
    return "; ".join(
        f"{stage} {write(start)}" if start else say("{stage} has no date yet", stage=stage) for stage, start in named
    )


def first_start(about: Engagement) -> date | None:
    """The day by which what auditors look at first has to be there; None where nobody said when they come."""
    return starts(about)[0].day


def _is_staged(about: Engagement) -> bool:
    return about.audit_kind in INITIAL and about.stage_1_date is not None


def due_tasks(record: Record) -> tuple[DueTask, ...]:
    """Every task, earliest first; those of the nearest date still to come are `next`, none without an audit date."""
    found = sorted((_due(record, task) for task in record.catalog.tasks.values()), key=_order)
    coming = min((d.due for d in found if d.due and not d.late and d.status not in SETTLED), default=None)
    return tuple(replace(d, next=coming is not None and d.due == coming and d.status not in SETTLED) for d in found)


def _due(record: Record, task: Task) -> DueTask:
    about = record.engagement
    audit = first_start(about) if task.before == "stage 1" else about.audit_date
    due = moved(audit, -task.days_before) if audit else None
    stated = record.tasks.get(task.id, Stated(TaskState(task=task.id)))
    late = days_late(due, record.on) > 0 and stated.value.status not in SETTLED
    return DueTask(task, due, stated, late)


def _order(due: DueTask) -> tuple[date, int, str]:
    """By day; what has none behind it, the longest before the audit first."""
    return (due.due or date.max, -due.task.days_before, due.task.id)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day that matters: what is on it, of which kind, whether it has gone by undone, or is the next one."""

    day: date
    what: str
    kind: Literal["task", "audit", "certificate"]
    late: bool = False
    next: bool = False


def milestones(record: Record) -> tuple[Milestone, ...]:
    """The tasks that are not settled, the audits to come and the days of certificates: overdue first, then by day."""
    waiting = (d for d in due_tasks(record) if d.status not in SETTLED)
    tasks = (Milestone(d.due, term(d.task.title), "task", d.late, d.next) for d in waiting if d.due)
    found = (*tasks, *_audits(record), *_certificates(record))
    return tuple(sorted(found, key=lambda one: (not one.late, one.day, natural(one.what))))


def _audits(record: Record) -> Iterator[Milestone]:
    yield from (Milestone(s.day, term(s.what), "audit") for s in starts(record.engagement) if s.day)
    for row in record.register("plan"):
        if row["date"] and row["status"] == "planned":
            what = say("Internal audit: {name}", name=row.name)
            yield Milestone(row["date"], what, "audit", row["date"] < record.on)


def _certificates(record: Record) -> Iterator[Milestone]:
    """When a certificate that is held ends, and when the body comes next."""
    for row in record.register("certificates"):
        if row["status"] == "ended":
            continue
        if row["valid_until"]:
            ends = say("{certificate} ends", certificate=row.name)
            yield Milestone(row["valid_until"], ends, "certificate", row["valid_until"] < record.on)
        if row["next_on"]:
            kind = term(row["next_kind"] or "") or say("next audit")
            what = say("{audit}, by the certification body", audit=kind)
            yield Milestone(row["next_on"], what, "audit", row["next_on"] < record.on)
