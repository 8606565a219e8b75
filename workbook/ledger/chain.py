"""One revision as bytes and hash, without any database: what is stored, and how each revision holds the one before it.

payload = RFC 8785 JSON of {id, engagement, number, kind, key, version, actor, part, at, body}
hash    = SHA-256(TAG ‖ len(prev) ‖ prev ‖ len(payload) ‖ payload), lengths as 8 bytes, big endian; hex

`prev` is the hash of the engagement's revision before, and the empty text for its first one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from struct import Struct
from typing import Any, Protocol

import rfc8785
from pydantic_core import from_json

from workbook.errors import BadInput, LedgerUnreadable
from workbook.language import say, written
from workbook.model import Draft, Person, Revision, check_text

TAG = b"ml-audit-workbook/revision/1\0"
FIRST_PREV = ""
_LENGTHS = Struct(">Q")
# What the payload holds beside the body, each repeated in a column of its own.
HEADER = ("id", "engagement", "number", "kind", "key", "version", "actor", "part", "at")
COLUMNS = (*HEADER, "payload", "prev", "hash")

MAX_BODY = 2_000_000  # bytes
MAX_DEPTH = 50
MAX_WHOLE = 2**53 - 1  # JSON readers hold no larger whole number exactly
# Characters; together they fit a PostgreSQL index entry (2,704 bytes) at four bytes each.
MAX_NAME = {"engagement": 100, "kind": 100, "key": 300, "id": 100, "actor": 300, "part": 100}


class StoredRevision(Protocol):
    """A revision as a database hands it out: values by column name."""

    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the chain a revision stands."""

    engagement: str
    number: int
    version: int
    at: str
    prev: str


def seal(place: Place, draft: Draft, who: Person) -> dict[str, Any]:
    """The columns that record `draft` at `place`; raises BadInput for what cannot be stored."""
    header: dict[str, Any] = {
        "id": draft.id,
        "engagement": place.engagement,
        "number": place.number,
        "kind": draft.kind,
        "key": draft.key,
        "version": place.version,
        "actor": who.name,
        "part": str(who.role),
        "at": place.at,
    }
    payload = rfc8785.dumps({**header, "body": plain_body(draft)})
    return {**header, "payload": payload, "prev": place.prev, "hash": digest(place.prev, payload)}


def digest(prev: str, payload: bytes) -> str:
    """The hash of a revision that stores `payload` and follows the one with the hash `prev`."""
    before = prev.encode("utf-8", "surrogatepass")
    lengths = _LENGTHS.pack(len(before)), _LENGTHS.pack(len(payload))
    return sha256(b"".join((TAG, lengths[0], before, lengths[1], payload))).hexdigest()


def parse(payload: bytes) -> Any:
    """What a stored payload holds; raises ValueError for what is no JSON in UTF-8."""
    return from_json(payload, cache_strings="keys")


def unseal(stored: StoredRevision) -> Revision:
    """The revision that `stored` holds, as its payload has it; raises LedgerUnreadable if the payload is damaged."""
    try:
        payload = parse(stored["payload"])
        header = {name: payload[name] for name in HEADER if name not in ("at", "part")}
        moment, body = moment_of(payload["at"]), payload["body"]
        if not isinstance(body, dict | None):
            raise TypeError
        chained = {"prev": stored["prev"], "hash": stored["hash"]}
        return Revision(**header, **chained, role=payload["part"], at=moment, body=body)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise LedgerUnreadable(
            f"Revision {stored['number']} of {stored['engagement']!r} is damaged and cannot be read. "
            "Run `workbook verify`, and restore the ledger from a backup."
        ) from error


def stamp(moment: datetime) -> str:
    """`moment` as the ledger writes it: UTC to the microsecond, so that text order is time order."""
    if moment.tzinfo is None:
        raise BadInput(f"The moment {moment.isoformat()} has no time zone; say which one is meant, for example UTC.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def moment_of(text: str) -> datetime:
    """The moment written as `text` by `stamp`."""
    return datetime.fromisoformat(text).astimezone(UTC)


def check_names(engagement: str, draft: Draft, who: Person) -> None:
    """Raise BadInput, naming the field, if a name cannot be kept by every database."""
    key = draft.unkeyed.key(0) if draft.unkeyed else draft.key
    names = {"engagement": engagement, "kind": draft.kind, "key": key, "id": draft.id}
    for field, text in {**names, "actor": who.name, "part": str(who.role)}.items():
        if not text.strip():
            raise BadInput(say("The {field} is empty; nothing is recorded without one.", field=field))
        if len(text) > MAX_NAME[field]:
            says = say("The {field} {text!r}… is longer than {most} characters; shorten it.", field=field,
                       text=text[:40], most=MAX_NAME[field])  # fmt: skip
            raise BadInput(says)
        _check_text(text, field)


def plain_body(draft: Draft) -> dict[str, Any] | None:
    """The draft's body as plain JSON values (None: deletion); raises BadInput, naming the field, for anything else."""
    if draft.body is None:
        return None
    body: dict[str, Any] = _plain_dict(draft.body, draft.key, "", 0)
    size = len(rfc8785.dumps(body))
    if size > MAX_BODY:
        raise BadInput(
            say(
                "{key} holds {size} bytes; the ledger takes {most} at most. "
                "Shorten the text, or attach it as an evidence file.",
                key=draft.key,
                size=written(size),
                most=written(MAX_BODY),
            )
        )
    return body


def _plain(value: Any, key: str, field: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise BadInput(f"{key}: {field[:60]}… is nested more than {MAX_DEPTH} levels deep; make it flatter.")
    match value:
        case None | bool():
            return value
        case str():
            _check_text(value, f"field {field} of {key}")
            return str.__str__(value)  # an enum's text, as exact str
        case int() if abs(value) <= MAX_WHOLE:
            return int(value)
        case list() | tuple():
            return [_plain(item, key, f"{field}[{n}]", depth + 1) for n, item in enumerate(value)]
        case Mapping():
            return _plain_dict(value, key, field, depth)
    raise BadInput(f"The field {field} of {key} holds {_unfit(value)}")


def _plain_dict(values: Mapping[Any, Any], key: str, field: str, depth: int) -> dict[str, Any]:
    plain = {}
    for name, value in values.items():
        if not isinstance(name, str):
            raise BadInput(f"The field {field or 'body'} of {key} has an entry named {name!r}; names must be text.")
        _check_text(name, f"name of a field in {key}")
        plain[str.__str__(name)] = _plain(value, key, f"{field}.{name}" if field else name, depth + 1)
    return plain


def _unfit(value: Any) -> str:
    if isinstance(value, float):
        return f"the decimal number {value!r}; hashes need exact values, so write it as text or as a whole number."
    if isinstance(value, int):
        return "a whole number beyond 9,007,199,254,740,991; write it as text."
    return f"a {type(value).__name__}; the ledger keeps text, whole numbers, true, false, nothing, lists and mappings."


def _check_text(text: str, field: str) -> None:
    try:
        check_text(text)
    except ValueError as error:
        raise BadInput(say("The {field} {error}.", field=field, error=error)) from error
