"""What was carried over from an earlier audit and is still to be verified in this one."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.language import say
from workbook.record import Asked, Record, Row
from workbook.words import count


@dataclass(frozen=True, slots=True)
class ToReverify:
    """Answers, and rows by their register, that nobody has confirmed in this audit."""

    answers: tuple[Asked, ...]
    rows: Mapping[str, tuple[Row, ...]]

    @property
    def many(self) -> int:
        """How many there are."""
        return len(self.answers) + sum(map(len, self.rows.values()))

    @property
    def text(self) -> str:
        """How a person says it; empty for none."""
        many = sum(map(len, self.rows.values()))
        answers = count(len(self.answers), "answer") if self.answers else ""
        rows = count(many, "row") if many else ""
        return say("{first} and {last}", first=answers, last=rows) if answers and rows else answers or rows


def to_reverify(record: Record) -> ToReverify:
    """What is still to be verified, in reading order."""
    return record.once(_find)


def _find(record: Record) -> ToReverify:
    rows = {name: tuple(r for r in record.register(name) if r.to_reverify) for name in record.catalog.registers}
    answers = tuple(a for a in record.asked if a.to_reverify and not a.folded)
    return ToReverify(answers, {name: found for name, found in rows.items() if found})
