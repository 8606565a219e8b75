"""What an import would do, as a person looks at it before it is made: what changes, what is wrong, what was assumed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from workbook.exchange.mapping import NOTHING_SAID, ImportMapping, Used
from workbook.language import say
from workbook.model import Draft
from workbook.words import differing, first_of, shortened

State = Literal["new", "changed", "same", "wrong"]
STATES: tuple[State, ...] = ("new", "changed", "same", "wrong")
SHOWN = 20  # problems, and rows that change, in the text for people; the JSON has all
FIRST = 5  # lines named of those that have the same problem
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps the import from being made: the table, what to do, and where it stands in it.

    `where` is empty if `says` names the file, `line` is 0 for the table as a whole, `column` is one of ours and `value`
    what stands in the cell.
    """

    where: str
    says: str
    line: int = 0
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = say("{where}, line {line}", where=self.where, line=self.line) if self.line else self.where
        return f"{place}: {self.says}" if place else self.says


@dataclass(frozen=True, slots=True)
class Group:
    """The same problem in several lines of a table, `others` being the other values that have it in the same column."""

    first: Problem
    lines: tuple[int, ...]
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        if len(self.lines) < 2:
            return str(self.first)
        named = ", ".join(map(str, self.lines[:FIRST])) + (" …" if len(self.lines) > FIRST else "")
        likewise = say("; likewise {values}", values=first_of(map(repr, self.others), FIRST)) if self.others else ""
        says = self.first.says.removesuffix(".") + likewise
        lines = say("{n} lines: {lines}", n=len(self.lines), lines=named)
        return f"{self.first.where}: {says} — {lines}"


def grouped(problems: Iterable[Problem]) -> list[Group]:
    """The same problems together: those of one column that say the same of its values; in the order of the first."""
    found: dict[tuple[str, str, str], list[Problem]] = {}
    for one in problems:
        says = one.says.replace(repr(one.value), "…") if one.value else one.says
        found.setdefault((one.where, says, one.column), []).append(one)
    return [_group(same) for same in found.values()]


def _group(same: list[Problem]) -> Group:
    others = dict.fromkeys(p.value for p in same if p.value != same[0].value)
    return Group(same[0], tuple(p.line for p in same if p.line), tuple(others))


@dataclass(frozen=True, slots=True)
class Change:
    """What stands in one column now and would afterwards, as text; empty for nothing."""

    column: str
    old: str
    new: str

    def __str__(self) -> str:
        old, new = differing(self.old, self.new)
        return f"{self.column}: {old or 'nothing'} → {new or 'nothing'}"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One line of a table and what becomes of it: the row as it stands, and as it would.

    `blanks` are the columns whose cell is empty while the record holds something, which stays.
    """

    kind: str
    where: str
    line: int
    key: str
    state: State
    old: Body = field(default_factory=dict)
    new: Body = field(default_factory=dict)
    blanks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a person calls the row."""
        body = self.new or self.old
        return str(body.get("title") or body.get("name") or "")

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changes, column by column; of a new row what it holds."""
        if self.state not in ("new", "changed"):
            return ()
        columns = dict.fromkeys([*self.new, *self.old])
        texts = ((c, _text(self.old.get(c)), _text(self.new.get(c))) for c in columns)
        return tuple(Change(c, old, new) for c, old, new in texts if old != new)

    def __str__(self) -> str:
        named = " ".join(filter(None, [self.kind, self.key, shortened(self.name)]))
        changes = "; ".join(map(str, self.changes)) if self.state == "changed" else ""
        return f"{self.state:<8} {named}" + (f" | {changes}" if changes else "")

    def data(self) -> dict[str, Any]:
        """The row as plain JSON."""
        changes = [{"column": c.column, "old": c.old, "new": c.new} for c in self.changes]
        about = {"kind": self.kind, "table": self.where, "line": self.line, "key": self.key, "name": self.name}
        return {**about, "state": self.state, "changes": changes}


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


@dataclass
class Plan:
    """What an import would do: `drafts` to record, files to keep, `problems` that stand in the way.

    `notes` tell what was left out, assumed or mended. `mapping` keeps how the tables were read, for the next import;
    `used` names what of the mapping that was given found its place. `again` makes the plan anew from the same tables,
    against the record as it is by then.
    """

    drafts: list[Draft] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    rows: list[PlannedRow] = field(default_factory=list)
    mapping: ImportMapping = NOTHING_SAID
    used: set[Used] = field(default_factory=set)
    again: "Callable[[], Plan] | None" = None

    @property
    def changing(self) -> list[PlannedRow]:
        """The rows that would be recorded."""
        return [row for row in self.rows if row.changes]

    def summary(self) -> dict[str, Any]:
        """The plan as plain JSON: for each kind how many rows are new, changed, same or wrong; the notes; the problems,
        as sentences and with every line; and the rows that change.
        """
        groups = grouped(self.problems)
        return {
            "tables": [{"kind": kind, **{state: n[state] for state in STATES}} for kind, n in self.counts.items()],
            "notes": self.notes,
            "problems": [str(group) for group in groups],
            "groups": [
                {"table": g.first.where, "says": g.first.says, "column": g.first.column, "value": g.first.value,
                 "others": list(g.others), "lines": list(g.lines)}
                for g in groups
            ],
            "rows": [row.data() for row in self.changing],
        }  # fmt: skip

    def text(self) -> str:
        """The plan as lines for people: what was assumed, what is wrong, and how many rows are new or change."""
        return self._lines([])

    def preview(self) -> str:
        """As `text`, with the rows that would change, old and new."""
        return self._lines(_at_most([str(row) for row in self.changing], "rows; --json shows them all"))

    def _lines(self, rows: list[str]) -> str:
        problems = _at_most([str(group) for group in grouped(self.problems)], "problems; --json shows them all")
        counts = [f"{kind:<16} " + ", ".join(f"{n[s]} {s}" for s in STATES) for kind, n in self.counts.items()]
        return "\n".join([*self.notes, *problems, *rows, *counts]) or "There is nothing to import here."

    def does_the_same_as(self, other: "Plan") -> bool:
        """Whether both do what a person saw: the same to the same rows. The keys of new rows may differ."""
        return not self.problems and [_seen(r) for r in self.rows] == [_seen(r) for r in other.rows]


def _at_most(lines: list[str], more: str) -> list[str]:
    rest = len(lines) - SHOWN
    return [*lines[:SHOWN], f"… and {rest} more {more}"] if rest > 0 else lines


def _seen(row: PlannedRow) -> tuple[Any, ...]:
    old = {c.column: c.old for c in row.changes}
    return row.where, row.line, row.state, old, "" if row.state == "new" else row.key
