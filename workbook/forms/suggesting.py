"""Risks of the catalogue that the record points to, taken into the register by a press; rating them is for people."""

from typing import Any

from workbook.analysis.risk_suggestions import SuggestedRisk, suggested_risks
from workbook.errors import BadInput
from workbook.forms.base import Form, Message, Reply, draft_id
from workbook.language import say, term
from workbook.words import first_of

REGISTER = "risks"


class Suggesting(Form):
    """A form of a register into which risks of the catalogue can be taken."""

    def suggested(self, register: str) -> list[Reply]:
        """What the record points to and the register does not hold, with why; nothing for any other register."""
        return [_offer(self, one) for one in self._pointed()] if register == REGISTER else []

    def _pointed(self) -> list[SuggestedRisk]:
        return [one for one in suggested_risks(self.page.record()) if one.reasons and one.row is None]

    def do_adopt(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record one of them as a row: its number, its systems and what points to it, and no rating."""
        sent, number = draft_id(message), str(message["number"])
        known = self.store.ledger.recorded(self.store.name, sent) if sent else None
        if known is None:
            found = next((one for one in self._pointed() if one.entry["risk_id"] == number), None)
            if found is None:
                raise BadInput(
                    say("{number} is in the register, or nothing in the record points to it any more.", number=number)
                )
            known = self.store.save_row(REGISTER, "", _row(found), 0, sent)
        says = say("{number} is in the register as {key}. Rate it, and name its owner.", number=number, key=known.key)
        return {"says": says, "number": known.number, "changed": True}


def _offer(form: Form, one: SuggestedRisk) -> Reply:
    names = (form.page.record().label("systems", key) for key in one.systems)
    about = {"number": one.entry["risk_id"], "title": term(one.entry["title"]), "systems": ", ".join(names)}
    return {**about, "reasons": list(one.reasons)}


def _row(one: SuggestedRisk) -> dict[str, Any]:
    """The risk as a row; its scenario, owner and ratings are not ours to say."""
    reason = say("The record points to it: {reasons}.", reasons=first_of(one.reasons, len(one.reasons)))
    return {"name": term(one.entry["title"]), "area": one.area, "catalogue": one.entry["risk_id"],
            "systems": list(one.systems), "reason": reason}  # fmt: skip
