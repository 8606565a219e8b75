"""An engagement copied from one ledger into another, byte for byte: nothing of a revision is made anew.

What was erased in the source since an earlier copy is erased in the copy as well. The chain is walked along in the
target before the transaction ends, so that it holds what the source holds, or what it held before.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, select, text, update

from workbook.errors import NotRecorded
from workbook.ledger import schema
from workbook.ledger.chain import COLUMNS
from workbook.ledger.database import Database
from workbook.ledger.erasing import guard, left_by, unguard
from workbook.ledger.paging import Told, pages
from workbook.ledger.schema import revision
from workbook.ledger.verify import Stored, Walk
from workbook.model import Head

_INSERT = text(schema.INSERT)
_NUMBER = 1 + COLUMNS.index("number")


def copy(source: Database, target: Database, engagement: str, head: Head, told: Told) -> bool:
    """Bring the chain in `target` to `head`, which `source` was verified up to; whether texts were erased for it.

    `told` hears how many revisions are there. Raises NotRecorded, with nothing changed, if what lies in `target` is not
    a part of that chain, or if what came to lie there is not what was read.
    """
    with source.reading() as connection:
        left = left_by(connection, engagement)
    with target.writing(engagement) as connection:
        there = _newest(connection, engagement)
        erased = _erase(source, connection, engagement, {n: d for n, d in left.items() if n <= there})
        for page in pages(source, engagement, after=there):
            rows = [dict(zip(COLUMNS, stored[1:], strict=True)) for stored in page if stored[_NUMBER] <= head.number]
            if rows:
                connection.execute(_INSERT, rows)
                told(rows[-1]["number"])
        _check(connection, engagement, head)
    return erased


def _newest(connection: Connection, engagement: str) -> int:
    row = connection.execute(text(schema.HEAD), {"engagement": engagement}).mappings().one_or_none()
    return int(row["number"]) if row else 0


def _erase(source: Database, connection: Connection, engagement: str, left: dict[int, str]) -> bool:
    """Put what erasures left in `source` of revisions that are in the target in their place there."""
    before = left_by(connection, engagement)
    numbers = [number for number, digest in left.items() if before.get(number) != digest]
    if not numbers:
        return False
    with source.reading() as reading:
        query = select(revision.c.number, revision.c.payload).where(revision.c.engagement == engagement)
        payloads = [tuple(reading.execute(query.where(revision.c.number == n)).one()) for n in numbers]
    unguard(connection)
    for number, payload in payloads:
        place = (revision.c.engagement == engagement) & (revision.c.number == number)
        connection.execute(update(revision).where(place).values(payload=payload))
    guard(connection)
    return True


def _check(connection: Connection, engagement: str, head: Head) -> None:
    """Raise NotRecorded unless the chain that lies in the target now is the verified one up to `head`."""
    verdict = Walk(left=left_by(connection, engagement)).along(_stored(connection, engagement))
    if not verdict.ok or verdict.head != head:
        why = f" {verdict.reason}" if not verdict.ok else ""
        raise NotRecorded(
            f"{engagement} came to lie in the target other than it was read.{why} Nothing of it was changed there. "
            "Somebody may have saved or erased meanwhile: run it again."
        )


def _stored(connection: Connection, engagement: str) -> Iterator[Stored]:
    query = select(revision).where(revision.c.engagement == engagement).order_by(revision.c.number)
    with connection.execute(query.execution_options(yield_per=500)) as rows:
        yield from rows
