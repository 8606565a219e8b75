"""The form of the preparation timeline: how far each task is."""

from datetime import datetime
from typing import Any, get_args

from workbook.analysis.timeline import DueTask, due_tasks
from workbook.forms.base import Message, Reply, draft_id, moment_json
from workbook.forms.downloads import Downloads
from workbook.forms.offers import known_people
from workbook.forms.undoing import Undoing
from workbook.language import term
from workbook.model import TaskState
from workbook.views.states import TASKS, URGENCIES


class TasksForm(Downloads, Undoing):
    """The preparation timeline."""

    kind = "tasks"
    table = "tasks"
    offers = ("xlsx", "csv", "ics")

    def shown(self) -> Reply:
        """Every task with its due date and how far it is."""
        record = self.page.record()
        tasks = [_task(due, record.local(due.stated.at)) for due in due_tasks(record)]
        states = get_args(TaskState.model_fields["status"].annotation)
        return {"states": states, "tasks": tasks, "people": known_people(record), **self.offered()}

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save how far one task is."""
        values = message["values"]
        stated = self.page.record().tasks.get(message["key"])
        evidence = stated.value.evidence if stated else ()
        state = TaskState.parse({"task": message["key"], "evidence": evidence, **values})
        revision = self.store.save_task(state, int(message["base"]), draft_id(message))
        return {"revision": self.revision_json(revision), "changed": True}


def _task(due: DueTask, at: datetime | None) -> Reply:
    stated = due.stated
    return {
        "key": due.task.id,
        "title": term(due.task.title),
        "do": term(due.task.do),
        "doneWhen": term(due.task.done_when),
        "yields": [term(wanted.artefact) for wanted in due.task.artefacts],
        "phase": term(due.task.phase),
        "due": due.due.isoformat() if due.due else "",
        "badge": _badge(due),
        "values": {"status": stated.value.status, "owner": stated.value.owner, "note": stated.value.note},
        "version": stated.version,
        "by": stated.actor,
        "at": moment_json(at),
    }


def _badge(due: DueTask) -> tuple[str, str]:
    """Colour and words of how far a task is; late and next only while it is not done."""
    state = URGENCIES["late"] if due.late else URGENCIES["next"] if due.next else TASKS[due.status]
    return state.kind, f"{state.sign} {term(state.word)}"
