"""The one way in which a stored revision changes: a text in it is erased, and a later revision says so.

An erased revision keeps its place, its author and the hash that was recorded with it; the next one is still linked to
that hash. What is left of its content no longer has it: the revision that records the erasure holds the SHA-256 of what
is left, so that a later change of it is found all the same.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

import rfc8785
from sqlalchemy import Connection, RowMapping, select, update

from workbook.errors import BadInput
from workbook.ledger import schema
from workbook.ledger.chain import digest, unseal
from workbook.ledger.schema import revision
from workbook.model import ERASED, Numbering

KIND = "erasure"
NUMBERS = Numbering("ER", 3)


def erase(connection: Connection, engagement: str, what: tuple[str, str], fields: Sequence[str]) -> dict[int, str]:
    """Erase the texts in `fields` from every revision of `what` (kind and key), in the caller's transaction.

    The SHA-256 of what is left of each, by number. Raises BadInput if there is nothing to erase, or if a revision was
    altered, because the erasure would hide that.
    """
    left = left_by(connection, engagement)
    rows = [row for row in _rows(connection, engagement, *what) if _holds(row, fields)]
    if not rows:
        raise BadInput(f"There is no text in {' and '.join(fields)} of {what[1]} that could be erased.")
    for row in rows:
        if not is_whole(row["number"], row["prev"], row["payload"], row["hash"], left):
            raise BadInput(f"Revision {row['number']} was altered; nothing was erased. Run `workbook verify`.")
    unguard(connection)
    erased = {row["number"]: _write_without(connection, row, fields) for row in rows}
    guard(connection)
    return erased


def unguard(connection: Connection) -> None:
    """Let the caller's transaction change stored revisions, until `guard`."""
    dialect = connection.dialect.name
    if dialect == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is overwritten is overwritten with zeros
    connection.exec_driver_sql(schema.UNGUARD[dialect])


def guard(connection: Connection) -> None:
    """Put back the trigger that refuses to change a revision."""
    connection.exec_driver_sql(schema.NO_CHANGE[connection.dialect.name])


def left_by(connection: Connection, engagement: str) -> dict[int, str]:
    """The SHA-256 of what the erasures left of each revision that they name, by its number."""
    left: dict[int, str] = {}
    query = select(revision).where(revision.c.engagement == engagement, revision.c.kind == KIND)
    for row in connection.execute(query.order_by(revision.c.number)).mappings():
        left |= {number: digest for number, digest in _named(row).items() if number < row["number"]}
    return left


def is_whole(number: int, prev: str, payload: bytes, hash: str, left: Mapping[int, str]) -> bool:
    """Whether a revision holds what was recorded, or what an erasure left of it."""
    if number in left:
        return sha256(payload).hexdigest() == left[number]
    return digest(prev, payload) == hash


def _named(row: RowMapping) -> dict[int, str]:
    """The revisions that an erasure names; none where it cannot be read, which the walk along the chain finds."""
    try:
        found = json.loads(row["payload"])["body"]["revisions"]
        return {int(number): str(digest) for number, digest in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _rows(connection: Connection, engagement: str, kind: str, key: str) -> list[RowMapping]:
    query = select(revision).where(revision.c.engagement == engagement, revision.c.kind == kind, revision.c.key == key)
    return list(connection.execute(query.order_by(revision.c.number)).mappings())


def _holds(row: RowMapping, fields: Sequence[str]) -> bool:
    body = unseal(row).body or {}
    return any(isinstance(body.get(field), str) and body[field] not in ("", ERASED) for field in fields)


def _write_without(connection: Connection, row: RowMapping, fields: Sequence[str]) -> str:
    payload = json.loads(row["payload"])
    payload["body"] |= {field: ERASED for field in fields if payload["body"].get(field)}
    left = rfc8785.dumps(payload)
    connection.execute(update(revision).where(revision.c.seq == row["seq"]).values(payload=left))
    return sha256(left).hexdigest()
