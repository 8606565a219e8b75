"""The form of the preparation timeline: how far each task is."""

from typing import Any

from workbook.analysis.timeline import Due, due_tasks
from workbook.forms.base import Form, Message, Reply, script, told
from workbook.model import TaskState


class TasksForm(Form):
    """The preparation timeline."""

    _esm = script("small")

    def shown(self) -> Reply:
        """Every task with its due date and how far it is."""
        due = due_tasks(self.store.record())
        return {**self.speaker(), "kind": "tasks", "title": "Preparation timeline", "tasks": [_task(d) for d in due]}

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save how far one task is."""
        values = message["values"]
        held = self.store.record().tasks.get(message["key"])
        kept = held.value.evidence if held else ()
        state = TaskState.parse({"task": message["key"], "evidence": kept, **values})
        return {"revision": told(self.store.save_task(state, int(message["base"]))), "changed": True}


def _task(due: Due) -> Reply:
    stated = due.stated
    return {
        "key": due.task.id,
        "title": due.task.title,
        "do": due.task.do,
        "doneWhen": due.task.done_when,
        "phase": due.task.phase,
        "due": due.due.isoformat() if due.due else "",
        "late": due.late,
        "next": due.next,
        "values": {"status": stated.value.status, "owner": stated.value.owner, "note": stated.value.note},
        "version": stated.version,
        "by": stated.actor,
        "at": stated.at.isoformat() if stated.at else "",
    }
