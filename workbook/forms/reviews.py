"""The queue of answers that wait for a second person, and the verdict that any form can take on one of them."""

from typing import Any

from workbook.analysis.reviews import answers_to_review
from workbook.forms.base import Form, Message, Reply, draft_id
from workbook.language import say, term
from workbook.model import Review, Slot
from workbook.record import Asked
from workbook.rules import why_not_review
from workbook.situation import Situation


class Reviewing(Form):
    """A form in which a second person can judge an answer."""

    def do_review(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record the verdict on the version that was shown."""
        slot = Slot.parse(message["key"])
        earlier = self.page.record().reviews.get(slot.key)
        review = Review.parse(
            {
                "question": slot.question,
                "system": slot.system,
                "version": int(message["version"]),
                "verdict": message["verdict"],
                "comment": str(message.get("comment", "")),
            }
        )
        self.store.save_review(review, earlier.version if earlier else 0, draft_id(message))
        return {"says": say("Review recorded: {verdict}.", verdict=term(review.verdict)), "changed": True}


class ReviewsForm(Reviewing):
    """The queue of answers that wait for a second person."""

    kind = "reviews"

    def shown(self) -> Reply:
        """The answers to review, and for each why this person may not, if so."""
        situation = self.store.situation()  # one for all, so that the answers' history is read once
        return {"queue": [self._waiting(a, situation) for a in answers_to_review(self.page.record())]}

    def _waiting(self, asked: Asked, situation: Situation) -> Reply:
        answer = asked.answer
        return {
            "key": asked.key,
            "title": term(asked.question.title),
            "ask": term(asked.question.ask),
            "lookFor": [term(one) for one in asked.question.look_for],
            "system": asked.system.name if asked.system else say("whole engagement"),
            "result": asked.result.value,
            "rationale": answer.value.rationale,
            "evidence": [f"{e.value.label}: {age.text}" for _, e, age in asked.evidence],
            "by": answer.actor,
            "version": answer.version,
            "why": self.store.why_read_only or why_not_review(asked.slot, situation),
        }
