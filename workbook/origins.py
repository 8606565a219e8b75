"""What a record holds beside its newest revisions: where it comes from, who ever answered, what was erased of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from workbook.ledger import Ledger
from workbook.model import Engagement, Evidence, Origin, Revision
from workbook.record import Stated, read


def origin_of(ledger: Ledger, name: str) -> Origin | None:
    """The engagement that `name` was carried forward from, as its first revision says; None for none."""
    first = ledger.get(name, "engagement", "engagement", upto=1)
    return read(first, Engagement).carried_from if first else None


def successors(ledger: Ledger, name: str) -> list[str]:
    """The engagements that were carried forward from `name`."""
    origins = ((other, origin_of(ledger, other)) for other in ledger.engagements())
    return [other for other, origin in origins if origin and origin.engagement == name]


def authors(ledger: Ledger, name: str, kind: str, upto: int | None = None) -> dict[str, frozenset[str]]:
    """Everybody who ever recorded something under each key of a kind, up to revision number `upto`.

    Who answered in an earlier audit has answered what was carried over; who carried it over has not (control A.5.3).
    """
    found: dict[str, frozenset[str]] = {}
    passed: set[str] = set()
    while name not in passed:
        passed.add(name)
        origin = origin_of(ledger, name)
        own = ledger.authors(name, kind, upto=upto, after=origin.revisions if origin else 0)
        found = {key: found.get(key, frozenset()) | own.get(key, frozenset()) for key in {*found, *own}}
        if origin is None:
            break
        name, upto = origin.engagement, origin.number
    return found


def without_erased(
    evidence: Mapping[str, Stated[Evidence]], erasures: Iterable[Revision]
) -> dict[str, Stated[Evidence]]:
    """`evidence`, with what was erased as such, whenever that was: it proves nothing to those who look at it now."""
    erased = set()
    for body in (r.body or {} for r in erasures):
        if body.get("kind") == "evidence" and (body.get("sha256") or "link" in body.get("fields", ())):
            erased.add(body.get("key"))
    gone = {"form": "erased"}
    return {k: replace(s, value=s.value.model_copy(update=gone)) if k in erased else s for k, s in evidence.items()}


def begun(ledger: Ledger, name: str, kind: str) -> dict[str, datetime]:
    """When something was first recorded under each key of a kind."""
    return {r.key: r.at for r in reversed(ledger.history(name, kind)) if r.at}
