"""What was carried over from an earlier audit, and is said to be still true: each by name, in the name of a person."""

from typing import Any

from workbook.errors import BadInput
from workbook.forms.base import Form, Message, Reply, draft_id
from workbook.language import say
from workbook.model import TO_REVERIFY, Draft
from workbook.words import count


class Confirming(Form):
    """A form of answers or rows that may have been carried over."""

    confirms = ""  # the kind of what is confirmed

    def do_confirm(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record that these are still true, all or none; `keys` holds each with the version that was looked at.

        A row that says when it was looked at last says today from then on.
        """
        sent = draft_id(message)
        again = bool(sent) and self.store.ledger.recorded(self.store.name, f"{sent}/0") is not None
        drafts = [self._still_true(str(key), int(version), again) for key, version in message["keys"]]
        if not drafts:
            raise BadInput(say("Tick at least one first: each is confirmed by name."))
        made = self.store.confirm(drafts, sent)
        says = say("{confirmed} recorded in the name of {name}.", confirmed=count(len(made), "confirmation"),
                   name=self.store.who.name)  # fmt: skip
        return {"says": says, "number": made[0].number, "changed": True}

    def _still_true(self, key: str, version: int, again: bool) -> Draft:
        """The draft that confirms one thing; `again` if its save was sent before, and the reply was lost."""
        newest = self.store.ledger.get(self.store.name, self.confirms, key)
        if newest is None or newest.body is None:
            raise BadInput(say("{key} is no longer in the record; look at what stands there now.", key=key))
        if newest.body.get(TO_REVERIFY) is not True and not again:
            raise BadInput(
                say("{key} is confirmed already, by {name}; look at what stands there now.", key=key, name=newest.actor)
            )
        register = self.store.catalog.registers.get(self.confirms)
        looked = {register.looked: self.store.on.isoformat()} if register and register.looked else {}
        return Draft(self.confirms, key, {**newest.body, **looked}, version)
