"""The smaller forms: what the audit is about, the timeline, the review queue, and who speaks."""

from collections.abc import Callable
from typing import Any, get_args

from markupsafe import Markup

from workbook.analysis.reviews import answers_to_review
from workbook.analysis.timeline import Due, due_tasks
from workbook.forms.base import Form, Message, Reply, script, told
from workbook.model import Engagement, Review, Slot, TaskState
from workbook.record import Asked
from workbook.store import Store

ABOUT = (
    ("title", "Title", "text", "What people call this audit."),
    ("organisation", "Organisation", "text", ""),
    ("audit_date", "Audit begins", "date", "Every due date is counted back from this day."),
    ("audit_kind", "Kind of audit", "choice", ""),
    (
        "scope",
        "Scope",
        "long_text",
        "Which part of the organisation, which ML systems, which sites; and what is left out.",
    ),
    (
        "public_scope",
        "Scope for customers",
        "long_text",
        "The scope as the edition for customers shows it; while this is empty, they read that it is withheld.",
    ),
    ("criteria", "Criteria", "text", "The standard and edition, and own rules."),
    ("period_from", "Audit period from", "date", "Evidence has to show this period; usually twelve months."),
    ("period_to", "Audit period to", "date", ""),
    ("prepared_by", "Prepared by", "text", "A role, for example Security lead."),
    ("lead_auditor", "Lead auditor", "text", ""),
)


class EngagementForm(Form):
    """The facts about the engagement."""

    _esm = script("small")

    def shown(self) -> Reply:
        """The fields and what they hold."""
        held = self.store.history("engagement", "engagement")[-1]
        kinds = get_args(Engagement.model_fields["audit_kind"].annotation)
        return {
            **self.speaker(),
            "kind": "fields",
            "title": "The audit",
            "fields": [list(f) for f in ABOUT],
            "choices": {"audit_kind": kinds},
            "values": dict(held.body or {}),
            "version": held.version,
            "by": held.actor,
            "at": held.at.isoformat(),
        }

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save all fields together."""
        engagement = Engagement.parse({k: v for k, v in message["values"].items() if v not in ("", None)})
        return {"revision": told(self.store.save_engagement(engagement, int(message["base"]))), "changed": True}


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


class ReviewsForm(Form):
    """The queue of answers that wait for a second person."""

    _esm = script("small")

    def shown(self) -> Reply:
        """The answers to review, and for each why this person may not, if so."""
        record = self.store.record()
        queue = [self._waiting(a) for a in answers_to_review(record)]
        return {**self.speaker(), "kind": "reviews", "title": "Answers to review", "queue": queue}

    def _waiting(self, asked: Asked) -> Reply:
        answer = asked.answer
        return {
            "key": asked.key,
            "title": asked.question.title,
            "ask": asked.question.ask,
            "lookFor": asked.question.look_for,
            "system": asked.system.name if asked.system else "whole engagement",
            "result": asked.result.value,
            "rationale": answer.value.rationale,
            "evidence": [f"{e.value.label}: {age.text}" for _, e, age in asked.evidence],
            "by": answer.actor,
            "version": answer.version,
            "before": asked.reviewed,
            "why": self.store.why_read_only or self.store.why_not_review(asked.slot),
        }

    def do_review(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record the verdict on the version that was shown."""
        slot = Slot.parse(message["key"])
        asked = self.store.record().ask(slot.question, slot.system)
        review = Review(
            question=slot.question,
            system=slot.system,
            version=int(message["version"]),
            verdict=message["verdict"],
            comment=message.get("comment", ""),
        )
        self.store.save_review(review, asked.review.version if asked.review else 0)
        return {"says": f"Recorded: {review.verdict}.", "changed": True}


class IdentityForm(Form):
    """Who speaks in this notebook."""

    _esm = script("small")

    def __init__(self, store: Store, on_change: Callable[[], None], static: Callable[[], Markup]) -> None:
        super().__init__(store, on_change, static)

    def shown(self) -> Reply:
        """The name and part that everything is recorded under."""
        known = sorted({r.name for r in self.store.record().rows.get("people", ())})
        return {
            **self.speaker(),
            "kind": "identity",
            "title": "Who speaks",
            "people": known,
        }


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
