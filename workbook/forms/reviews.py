"""The queue of answers that wait for a second person."""

from typing import Any

from workbook.analysis.reviews import answers_to_review
from workbook.forms.base import Form, Message, Reply, script
from workbook.model import Review, Slot
from workbook.record import Asked


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
