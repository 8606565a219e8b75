"""The preparation counted back from the audit date: three months, one month, the week of the audit."""

from dataclasses import dataclass, replace
from datetime import date

from workbook.analysis.overdue import days_late
from workbook.days import moved
from workbook.entries import Task
from workbook.model import TaskState
from workbook.record import Record, Stated

SETTLED = ("done", "not needed")


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


def due_tasks(record: Record) -> tuple[DueTask, ...]:
    """Every task, earliest first; those of the nearest date still to come are `next`, none without an audit date."""
    found = sorted((_due(record, task) for task in record.catalog.tasks.values()), key=_order)
    coming = min((d.due for d in found if d.due and not d.late and d.status not in SETTLED), default=None)
    return tuple(replace(d, next=coming is not None and d.due == coming and d.status not in SETTLED) for d in found)


def _due(record: Record, task: Task) -> DueTask:
    audit = record.engagement.audit_date
    due = moved(audit, -task.days_before) if audit else None
    stated = record.tasks.get(task.id, Stated(TaskState(task=task.id)))
    late = days_late(due, record.on) > 0 and stated.value.status not in SETTLED
    return DueTask(task, due, stated, late)


def _order(due: DueTask) -> tuple[int, str]:
    return (-due.task.days_before, due.task.id)
