"""How what the workbook ships is taken over into an engagement, as rows of its own to change."""

from workbook.errors import BadInput
from workbook.keys import require_numbering
from workbook.model import Draft, Revision
from workbook.risk_method import REGISTERS, usual_rows
from workbook.store import Store, numbered
from workbook.words import count


def take_usual_method(store: Store, id: str = "") -> list[Revision]:
    """Record the rows of the usual 5 × 5 in one save, to be changed and approved (clause 6.1.2).

    Raises BadInput where the engagement has rows of a method already.
    """
    for name in REGISTERS:
        if standing := len(store.situation().recorded(name)):
            title = store.catalog.register(name).title
            raise BadInput(f"{title} has {count(standing, 'row')} already; change them, or delete them first.")
    drafts = [
        Draft(name, "", row, numbers=require_numbering(store.catalog, name))
        for name, rows in usual_rows(store.catalog).items()
        for row in rows
    ]
    return store.save(numbered(drafts, id))
