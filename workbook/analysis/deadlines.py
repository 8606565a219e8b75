"""What has to be done by which day: tasks, due dates, reviews, what runs out, and evidence that will be too old."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from workbook.analysis import timeline
from workbook.analysis.evidence_use import evidence_uses, last_fresh_day
from workbook.entries import Register, RegisterField
from workbook.judging import SETTLED
from workbook.language import say, term
from workbook.model import Result
from workbook.record import Record, Row

# the registers whose rows are done with at some point, and the states that say so
_DONE: Mapping[str, tuple[str, ...]] = {
    "actions": SETTLED,
    "decisions": ("done", "dropped"),
    "external_findings": ("closed",),
    "findings": ("closed",),
    "objectives": ("reached", "missed", "given up"),
    "plan": ("done",),
    "programme": ("done", "cancelled"),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something to be done by `day`. Kind, key and column say what it is, whatever its words and its day become.

    `page` and `group` say where in the workbook it is worked on; `at` when that was recorded last.
    """

    kind: str
    key: str
    column: str
    day: date
    title: str
    why: str = ""
    owner: str = ""
    page: str = ""
    group: str = ""
    at: datetime | None = None


def collect_deadlines(record: Record) -> tuple[Deadline, ...]:
    """Everything that is still to be done and has a day, the earliest first; what is done is left out."""
    found = [*_audit(record), *_tasks(record), *_answers(record), *_rows(record), *_evidence(record)]
    return tuple(sorted(found, key=lambda d: (d.day, d.kind, d.key, d.column)))


def _audit(record: Record) -> Iterable[Deadline]:
    about = record.engagement
    for start in timeline.starts(about):
        if start.day:
            title = say("{what} begins: {title}", what=term(start.what), title=about.title)
            yield Deadline("engagement", "engagement", start.field, start.day, title, owner=about.lead_auditor,
                           group=say("Audit"))  # fmt: skip


def _tasks(record: Record) -> Iterable[Deadline]:
    for due in timeline.due_tasks(record):
        if due.due and due.status not in timeline.SETTLED:
            yield Deadline("task", due.task.id, "due", due.due, term(due.task.title), term(due.task.do),
                           due.stated.value.owner, "00_start", say("Preparation"), due.stated.at)  # fmt: skip


def _answers(record: Record) -> Iterable[Deadline]:
    for asked in record.asked:
        said = asked.answer
        if said.value.due and not asked.set_aside and asked.result is not Result.IMPLEMENTED:
            section = record.catalog.section_of[asked.question.id]
            why = f"{say('It is {result}.', result=term(str(asked.result)))} {said.value.rationale}".strip()
            title = say("Answer due: {question}", question=asked.label)
            yield Deadline("answer", asked.key, "due", said.value.due, title, why, said.value.owner,
                           record.catalog.page_of[section.id], term(section.title), said.at)  # fmt: skip


def _rows(record: Record) -> Iterable[Deadline]:
    for register in record.catalog.registers.values():
        days = [field for field in register.fields if field.type == "date"]
        for row in record.register(register.id):
            for field in days:
                if row[field.id] and _binds(field, row):
                    yield _row_deadline(register, field, row)


def _row_deadline(register: Register, field: RegisterField, row: Row) -> Deadline:
    why = say("After this day: {past}.", past=term(field.past)) if field.past else ""
    owner = str(row.values.get("owner") or row.values.get("auditor") or "")
    title, group = f"{term(field.label)}: {row.name}", term(register.title)
    return Deadline(register.id, row.key, field.id, row[field.id], title, why, owner, register.page, group, row.at)


def _binds(field: RegisterField, row: Row) -> bool:
    """Whether a deadline of this row counts."""
    return lies_ahead(field, row) and all(row[other] in values for other, values in field.only_if.items())


def lies_ahead(field: RegisterField, row: Row) -> bool:
    """Whether something has still to happen by the date in this column."""
    column = (row.register, field.id)
    if _is_done(row) or (column == ("risks", "due") and row["treated_on"]):
        return False
    return bool(field.past) or field.id == "due" or column in (("plan", "date"), ("programme", "planned_to"))


def _is_done(row: Row) -> bool:
    return row.register in _DONE and row["status"] in _DONE[row.register]


def _evidence(record: Record) -> Iterable[Deadline]:
    """The last day on which a piece counts for all that applies and rests on it."""
    for key, use in evidence_uses(record).items():
        stated, applying = record.evidence[key], [asked for asked in use.questions if not asked.set_aside]
        ages = (asked.question.max_age(stated.value.artefact) for asked in applying)
        day = last_fresh_day(stated.value, min((age for age in ages if age is not None), default=None))
        if day and applying:
            questions = "; ".join(asked.label for asked in applying)
            why = say("From the next day on it is too old for: {questions}.", questions=questions)
            page = record.catalog.page_of[record.catalog.section_of[applying[0].question.id].id]
            title, group = say("Renew evidence: {name}", name=stated.value.label), say("Evidence")
            yield Deadline("evidence", key, "stale", day, title, why, stated.value.collector, page, group, stated.at)
