"""Undo and redo in a form: by the history of what it shows, or beside the sentence that says what was done."""

from collections.abc import Sequence
from typing import Any

from workbook import undo
from workbook.forms.base import Form, Message, Reply, draft_id
from workbook.language import say, term
from workbook.model import Revision, Slot
from workbook.words import count, shortened


class Undoing(Form):
    """A form whose saves can be taken back, and brought about again."""

    def do_undo(self, message: Message, _buffers: list[Any]) -> Reply:
        """Take back the last save of a key, or the speaker's last one in the table of this kind."""
        made = undo.undo(self.store, message["kind"], str(message.get("key", "")), draft_id(message))
        return self._done(say("Undone"), made)

    def do_redo(self, message: Message, _buffers: list[Any]) -> Reply:
        """Take back the last undo."""
        made = undo.redo(self.store, message["kind"], str(message.get("key", "")), draft_id(message))
        return self._done(say("Redone"), made)

    def do_take_back(self, message: Message, _buffers: list[Any]) -> Reply:
        """Take back the save of one revision, all of it or nothing; of an undo it is the redo."""
        made = undo.take_back(self.store, int(message["number"]), draft_id(message))
        return self._done(say("Redone") if message.get("redo") else say("Undone"), made)

    def _done(self, done: str, made: Sequence[Revision]) -> Reply:
        return {"says": f"{done}: {self._what(made)}.", "number": made[0].number, "changed": True}

    def _what(self, made: Sequence[Revision]) -> str:
        """What people call that which was taken back."""
        kinds = {revision.kind for revision in made}
        if len(made) > 1:
            rows = kinds <= set(self.store.catalog.registers)
            return count(len(made), "row") if rows else count(len(made), "change")
        [one] = made
        if one.kind == "answer":
            return term(self.store.catalog.question(Slot.parse(one.key).question).title)
        if one.kind == "task":
            return term(self.store.catalog.tasks[one.key].title)
        if one.kind == "engagement":
            return say("what the audit is about")
        name = (one.body or {}).get("name", "")
        return f"{one.key} {shortened(str(name))}".strip()
