"""The mark of what was carried over from an earlier engagement: how long it stands, and what takes it away.

Only a person takes it away, by saying of an answer or a row that it is still true, or by giving the answer anew. A save
that does not speak of the mark leaves it: an import, an owner named for many questions, the cell of a row. The record
keeps `false` from then on, so that an undo brings the mark back and a redo takes it away again.
"""

from workbook.days import recorded_day
from workbook.errors import BadInput
from workbook.language import say, term
from workbook.model import TO_REVERIFY, Draft
from workbook.situation import Body, Situation


def marked(draft: Draft, kept: Body, situation: Situation) -> Body:
    """`kept`, the checked body of an answer or a row, with the mark that stands once it is recorded.

    Raises BadInput for a row that is said to be still true, though nobody looked at it in this engagement.
    """
    stood = (situation.standing(draft) or {}).get(TO_REVERIFY)
    said = (draft.body or {}).get(TO_REVERIFY, stood)
    body = {name: cell for name, cell in kept.items() if name != TO_REVERIFY}
    if said is True:
        return {**body, TO_REVERIFY: True}
    if stood is True:
        _check_looked(draft.kind, body, situation)
    return body if stood is None else {**body, TO_REVERIFY: False}


def _check_looked(kind: str, row: Body, situation: Situation) -> None:
    """Raise BadInput for a row of a register that says when it was `looked` at last, if that was before this audit."""
    register = situation.catalog.registers.get(kind)
    if register is None or not register.looked:
        return
    day, begun = row.get(register.looked), situation.begun
    if day is None or recorded_day(str(day)) < begun:
        says = say(
            "{column}: this audit was begun on {begun}; say on which day since then the {one} was looked at, before it "
            "is said to be still true.",
            column=term(register.field(register.looked).label),
            begun=begun,
            one=term(register.one),
        )
        raise BadInput(says, field=register.looked)
