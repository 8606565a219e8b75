"""The revisions of an engagement, oldest first, a page at a time.

Each page is one short transaction of its own, so that nobody who saves waits for a walk along a long chain. Pages read
one after the other fit each other, because a revision is never changed, but by an erasure.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import RowMapping, select

from workbook.ledger.database import Database
from workbook.ledger.schema import revision

PAGE = 2000  # revisions; some thousand bytes each
Told = Callable[[int], None]  # hears how many revisions are done, now and then


def unheard(_done: int) -> None:
    """Nobody listens."""


def pages(base: Database, engagement: str, *, after: int | None = None) -> Iterator[Sequence[RowMapping]]:
    """The stored revisions of `engagement`, those `after` a number alone if one is given; raises LedgerUnreadable."""
    query = select(revision).where(revision.c.engagement == engagement).order_by(revision.c.number).limit(PAGE)
    rest = query if after is None else query.where(revision.c.number > after)
    while True:
        with base.reading() as connection:
            page = connection.execute(rest).mappings().all()
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = page[-1]  # numbers are unique; if somebody made them otherwise, the second one is to be found as well
        rest = query.where(revision.c.number >= last["number"], revision.c.seq != last["seq"])
