"""The revisions of an engagement, oldest first, a page at a time.

Each page is one short transaction of its own, so that nobody who saves waits for a walk along a long chain. Pages read
one after the other fit each other, because a revision is never changed, but by an erasure.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from workbook.ledger import schema
from workbook.ledger.chain import COLUMNS
from workbook.ledger.database import Database
from workbook.ledger.verify import Stored

PAGE = 2000  # revisions; some thousand bytes each
Told = Callable[[int], None]  # hears how many revisions are done, now and then
_NUMBER = 1 + COLUMNS.index("number")
_ORDER = "ORDER BY number LIMIT :most"
# Numbers are unique; if somebody made them otherwise, the second one is to be found as well.
_BEGIN, _AFTER = f"{schema.OF} {_ORDER}", f"{schema.OF} AND number > :after {_ORDER}"
_NEXT = f"{schema.OF} AND number >= :last AND seq <> :seq {_ORDER}"


def unheard(_done: int) -> None:
    """Nobody listens."""


def pages(base: Database, engagement: str, *, after: int | None = None) -> Iterator[Sequence[Stored]]:
    """The stored revisions of `engagement`, those `after` a number alone if one is given; raises LedgerUnreadable."""
    query, values = (_BEGIN, {}) if after is None else (_AFTER, {"after": after})
    while True:
        page = _read(base, query, {**values, "engagement": engagement, "most": PAGE})
        if page:
            yield page
        if len(page) < PAGE:
            return
        query, values = _NEXT, {"last": page[-1][_NUMBER], "seq": page[-1][0]}


def _read(base: Database, query: str, values: dict[str, Any]) -> Sequence[Stored]:
    with base.reading() as connection:
        return connection.exec_driver_sql(schema.for_driver(query, connection.dialect.name), values).all()
