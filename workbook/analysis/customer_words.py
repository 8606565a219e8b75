"""What the edition for customers is made of: parts with sentences and tables, whatever they are shown in.

What speaks against the organisation is marked as such, so that no form of the edition shows it quieter than the rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workbook.language import say, say_many, term
from workbook.record import Record, Row
from workbook.scale import GRADES, SEVERITIES
from workbook.words import day, folded

MANY = {  # of each grade, one and several
    "major nonconformity": ("{n} major nonconformity", "{n} major nonconformities"),
    "minor nonconformity": ("{n} minor nonconformity", "{n} minor nonconformities"),
    "observation": ("{n} observation", "{n} observations"),
    "opportunity for improvement": ("{n} opportunity for improvement", "{n} opportunities for improvement"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, or words in a cell; `against` the organisation or not."""

    words: str
    against: bool = False


Cell = str | int | Said | tuple[Said, ...]  # several are said one below the other


@dataclass(frozen=True, slots=True)
class Figures:
    """A table; the first cell of a row names it."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the edition: its title, and sentences and tables in their order."""

    title: str
    lines: tuple[Said | Figures, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """How one subject stands, in short: what is in place, and what is open."""

    subject: str
    held: tuple[str, ...]
    open: tuple[str, ...]


def stated(pairs: Mapping[str, object]) -> tuple[str, ...]:
    """The words that hold: those beside something that is true."""
    return tuple(words for words, so in pairs.items() if so)


def said(words: str, against: object = False) -> tuple[Said, ...]:
    """One sentence, as the lines of a part take it; nothing for no words."""
    return (Said(words, bool(against)),) if words else ()


def told(record: Record, row: Row, column: str) -> str:
    """A cell as customers may read it: nothing where its column is not public, or it holds what it should not."""
    field, value = record.catalog.register(row.register).field(column), row[column]
    unreadable = field.type == "choice" and value not in field.choices
    if value is None or unreadable or not field.public:
        return ""
    shown = record.shown(field, value)
    return term(shown) if field.type == "choice" else shown


def alarming(number: int) -> Cell:
    """A number of things that should be none."""
    return Said(str(number), against=True) if number else 0


def by_grade(rows: Iterable[Row]) -> str:
    """1 major nonconformity, 2 observations: how many findings there are of each grade, the gravest first."""
    found = [row["grade"] for row in rows]
    number = {grade: found.count(grade) for grade in GRADES}
    return ", ".join(say_many(*MANY[grade], number[grade]) for grade in GRADES if number[grade])


def by_severity(found: Mapping[str, int]) -> str:
    """2 critical, 3 high: how many there are of each severity, the gravest first."""
    return ", ".join(f"{found[name]} {term(name)}" for name in SEVERITIES if found.get(name))


def on_day(value: date | None) -> str:
    """A day inside a sentence; says so where nobody wrote one."""
    return say("on {day}", day=day(value)) if value else say("on a day that is not recorded")


def differs(words: str, other: str) -> bool:
    """Whether two texts differ by more than case and spaces."""
    return folded(words) != folded(other)
