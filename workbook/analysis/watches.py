"""Watches the record for the findings that ML teams get most often: what indicates them today."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbook.entries import Signal, Watch
from workbook.language import term
from workbook.model import Result
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.scale import is_worse

Where = tuple[tuple[str, str], ...]  # key of an answer or a row, and what people call it


@dataclass(frozen=True, slots=True)
class Indication:
    """Something that indicates a finding, and where in the record it shows."""

    says: str
    where: Where


@dataclass(frozen=True, slots=True)
class EvaluatedWatch:
    """A common finding with its indications. `unanswered` are questions it rests on that nobody has answered yet,
    `examined` is how many answers and rows it could look at: unless there are some and nothing is unanswered, the lack
    of indications says nothing.
    """

    watch: Watch
    indications: tuple[Indication, ...]
    unanswered: Where = ()
    examined: int = 0

    @property
    def clear(self) -> bool:
        """Whether the record shows no indication and holds all that the watch rests on."""
        return not self.indications and not self.unanswered and self.examined > 0


def evaluate_watches(record: Record) -> tuple[EvaluatedWatch, ...]:
    """Every watch of the catalog, evaluated on the record."""
    return tuple(_watched(record, watch) for watch in record.catalog.watches)


def _watched(record: Record, watch: Watch) -> EvaluatedWatch:
    indications = [
        Indication(term(signal.says), where) for signal in watch.signals if (where := places(record, signal))
    ]
    ids = {i for signal in watch.signals for i in (*signal.answers, *signal.evidence)}
    asked = [a for a in record.asked if a.question.id in ids and not a.set_aside]
    unanswered = tuple((a.key, a.label) for a in asked if a.result is Result.NOT_ASSESSED)
    rows = sum(_is_examined(row, signal) for signal in watch.signals for row in _rows(record, signal))
    return EvaluatedWatch(watch, tuple(indications), unanswered, len(asked) - len(unanswered) + rows)


def places(record: Record, signal: Signal) -> Where:
    """Where the record shows what a signal looks for: weak answers, answers without fresh evidence, register rows."""
    asked = [a for a in record.asked if not a.set_aside and a.result is not Result.NOT_ASSESSED]
    weak = (a for a in asked if a.question.id in signal.answers and is_worse(a.result, signal.below))
    bare = (a for a in asked if a.question.id in signal.evidence and a.evidence_state != "fresh")
    found = {a.key: a.label for a in (*weak, *bare)}
    return tuple((found | {r.key: r.name for r in _rows(record, signal) if _matches(r, signal)}).items())


def _rows(record: Record, signal: Signal) -> Iterable[Row]:
    if signal.register_ is None:
        return ()
    return record.register(signal.register_)


def _is_examined(row: Row, signal: Signal) -> bool:
    """Whether a row is one that the signal looks at."""
    return all(row[column] in values for column, values in signal.where.items())


def _matches(row: Row, signal: Signal) -> bool:
    """Whether a row that the signal looks at lacks one of its columns; every such row, if it names no column."""
    return _is_examined(row, signal) and (not signal.empty or any(says_nothing(row[c]) for c in signal.empty))
