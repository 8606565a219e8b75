"""Watches the record for the findings that ML teams get most often: which signs of them it shows today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbook.analysis.coverage import label
from workbook.catalog import Signal, Watch
from workbook.model import Result
from workbook.record import Record, Row

Where = tuple[tuple[str, str], ...]  # key of an answer or a row, and what people call it

_RANK: Mapping[Result, int] = {
    Result.NOT_IMPLEMENTED: 0,
    Result.PLANNED: 1,
    Result.PARTIAL: 2,
    Result.IMPLEMENTED: 3,
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a finding, and where in the record it shows."""

    says: str
    where: Where


@dataclass(frozen=True, slots=True)
class Watched:
    """A common finding with its signs; `unknown` are answers it rests on that nobody has given yet.

    No sign and nothing unknown is the only state that reassures.
    """

    watch: Watch
    signs: tuple[Sign, ...]
    unknown: Where = ()


def watched(record: Record) -> tuple[Watched, ...]:
    """Every watch of the catalog, evaluated on the record."""
    return tuple(_watched(record, watch) for watch in record.catalog.watches)


def _watched(record: Record, watch: Watch) -> Watched:
    signs = [Sign(signal.says, where) for signal in watch.signals if (where := _where(record, signal))]
    ids = {i for signal in watch.signals for i in (*signal.answers, *signal.evidence)}
    blank = (a for a in record.asked if a.question.id in ids and a.applicable and a.result is Result.NOT_ASSESSED)
    return Watched(watch, tuple(signs), tuple((a.key, label(a)) for a in blank))


def _where(record: Record, signal: Signal) -> Where:
    """Where the record shows this sign: weak answers, then answers without fresh evidence, then register rows."""
    asked = [a for a in record.asked if a.applicable and a.result in _RANK]
    weak = (a for a in asked if a.question.id in signal.answers and _RANK[a.result] < _RANK.get(signal.below, 0))
    bare = (a for a in asked if a.question.id in signal.evidence and a.evidence_state != "fresh")
    found = {a.key: label(a) for a in (*weak, *bare)}
    return tuple((found | {r.key: r.name for r in _rows(record, signal)}).items())


def _rows(record: Record, signal: Signal) -> Iterable[Row]:
    if signal.register_ is None:
        return ()
    return (r for r in record.register(signal.register_) if _matches(r, signal))


def _matches(row: Row, signal: Signal) -> bool:
    """Whether a row is one that the sign speaks of, and has one of its columns empty (if the sign names any)."""
    meant = all(row[column] in values for column, values in signal.where.items())
    return meant and (not signal.empty or any(row[column] in (None, "", ()) for column in signal.empty))
