"""What a rule finds that predicts a nonconformity: the keys of the record it rests on, and in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workbook.entries import Prediction
from workbook.record import Record, Row


@dataclass(frozen=True, slots=True)
class Hit:
    """One case of it: the keys of the rows, answers and evidence that it rests on, and what they say together."""

    keys: tuple[str, ...]
    says: str


Detector = Callable[[Record, Prediction], Iterable[Hit]]


def rows_by_key(record: Record, register: str) -> Mapping[str, Row]:
    """The rows of a register in scope, by their keys."""
    return {row.key: row for row in record.register(register)}


def named_in(text: object, words: Iterable[str]) -> str:
    """The first of `words` that a text holds, whatever its case; empty for none."""
    held = str(text or "").casefold()
    return next((word for word in words if word.casefold() in held), "")
