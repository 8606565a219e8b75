"""An audit beside the one that goes on from it: what is new, gone or changed, what was confirmed, what is still not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from workbook.analysis.changes import Change, Kind, changes_since
from workbook.language import later
from workbook.record import Record

KINDS: tuple[Kind, ...] = get_args(Kind)
_REGISTERS: Mapping[Kind, str] = {"system": "systems", "finding": "findings", "risk": "risks"}
COLUMNS = (later("new"), later("gone"), later("changed"), later("confirmed"), later("to re-verify"))


@dataclass(frozen=True, slots=True)
class Thing:
    """An answer or a row: its key, and what people call it."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Years:
    """What became of one audit in the next: the changes, and by kind what was confirmed and what is to re-verify.

    What is `confirmed` is said to be still true, or was given anew; nothing is, unless the one goes on from the other.
    """

    changes: tuple[Change, ...]
    confirmed: Mapping[Kind, tuple[Thing, ...]]
    to_reverify: Mapping[Kind, tuple[Thing, ...]]

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(c for c in self.changes if c.kind == kind)

    def counts(self, kind: Kind) -> tuple[int, ...]:
        """How many of a kind are new, gone, changed, confirmed and to re-verify; a thing may be several of these."""
        mine = self.of(kind)
        keys = [len({c.key for c in mine if c.what == what}) for what in COLUMNS[:3]]
        return (*keys, len(self.confirmed.get(kind, ())), len(self.to_reverify.get(kind, ())))


def compare(old: Record, new: Record, *, goes_on: bool) -> Years:
    """What became of `old` in `new`; whether that `goes_on` from it says its first revision."""
    confirmed: dict[Kind, tuple[Thing, ...]] = {}
    again: dict[Kind, tuple[Thing, ...]] = {}
    for kind in KINDS:
        before = {thing.key for thing, _ in _things(old, kind)}
        now = list(_things(new, kind))
        confirmed[kind] = tuple(t for t, mark in now if goes_on and not mark and t.key in before)
        again[kind] = tuple(t for t, mark in now if mark)
    return Years(tuple(changes_since(old, new)), confirmed, again)


def _things(record: Record, kind: Kind) -> Iterable[tuple[Thing, bool]]:
    """What of a kind somebody has to confirm after a year, and whether that is still to be done."""
    if kind == "answer":
        given = (a for a in record.asked if a.answer.version and not a.folded)
        yield from ((Thing(a.key, a.label), a.to_reverify) for a in given)
    for row in record.register(_REGISTERS[kind]) if kind in _REGISTERS else ():
        yield Thing(row.key, row.name), row.to_reverify
