"""What an audit trail is: links from the beginning of one thing to its end, and how far each is shown.

A link is *broken* if something in the record speaks against it, *missing* if nothing is recorded, *claimed* if somebody
says so, and from *evidenced* on shown as far as `proof` says it. A convention of the workbook: it is generous to red
and strict to green. What speaks against a question, and names another row than this one, breaks no link of this row;
but then nothing shows it either.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workbook import entries
from workbook.entries import TrailLink
from workbook.language import later, say, say_many, term
from workbook.record import Record, Row
from workbook.registers import column
from workbook.words import folded

LinkState = Literal["broken", "missing", "claimed", "evidenced", "reviewed", "tested", "not due"]
WORST_FIRST: tuple[LinkState, ...] = ("broken", "missing", "claimed", "evidenced", "reviewed", "tested", "not due")
SHOWN: frozenset[LinkState] = frozenset({"evidenced", "reviewed", "tested"})
_COUNTED = {
    "claimed": later("{number} claimed"),
    "broken": later("{number} broken"),
    "missing": later("{number} missing"),
}
_FIRST = {"broken": later("first broken: {title}"), "missing": later("first missing: {title}")}
_NUMBER = re.compile(r"\b[A-Z]{2,8}-\d{1,9}\b")  # what names a change in tickets and papers: INC-0042


@dataclass(frozen=True, slots=True)
class Told:
    """One thing the record says about a link: its state, in words, and the keys it rests on.

    A `claim` is lifted by what shows it; anything else holds the link down to its own state.
    """

    state: LinkState
    says: str
    keys: tuple[str, ...] = ()
    claim: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One link with its state and all that was told of it; the worst of it first."""

    entry: TrailLink
    state: LinkState
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The trail of one row."""

    kind: entries.Trail
    row: Row
    links: tuple[Link, ...]

    @property
    def due(self) -> tuple[Link, ...]:
        """The links that are due."""
        return tuple(link for link in self.links if link.state != "not due")

    @property
    def first_red(self) -> Link | None:
        """The first link that is broken; without one, the first that is missing."""
        by_state = {state: [link for link in self.links if link.state == state] for state in ("broken", "missing")}
        return next(iter(by_state["broken"] or by_state["missing"]), None)

    @property
    def verdict(self) -> str:
        """The trail in one line: so many links shown, broken, missing; the first red one by its name."""
        if not self.due:
            return say("nothing to follow yet")
        counted = Counter("shown" if link.state in SHOWN else link.state for link in self.due)
        says = [say_many("{shown} of {n} link shown", "{shown} of {n} links shown", len(self.due),
                         shown=counted["shown"])]  # fmt: skip
        says += [say(words, number=counted[state]) for state, words in _COUNTED.items() if counted[state]]
        red = self.first_red
        return ", ".join(says) + (f"; {say(_FIRST[red.state], title=term(red.entry.title))}" if red else "")


@dataclass(frozen=True, slots=True)
class Followed:
    """A link of the trail of a row, as a rule looks at it."""

    record: Record
    kind: entries.Trail
    row: Row
    link: TrailLink


Rule = Callable[[Followed], Iterable[Told]]


def broken(says: str, *keys: str) -> Told:
    """Something that speaks against a link."""
    return Told("broken", says, keys)


def missing(says: str, *keys: str) -> Told:
    """Something that is not recorded."""
    return Told("missing", says, keys)


def claimed(says: str, *keys: str) -> Told:
    """Something that is said; what shows it may lift it."""
    return Told("claimed", says, keys, claim=True)


def not_due(says: str, *keys: str) -> Told:
    """Why nothing is expected here."""
    return Told("not due", says, keys)


# which rows, and what names them ---------------------------------------------------------------------------------


def matches(row: Row, conditions: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a row has one of the values named in each of these columns."""
    return all(row[name] in values for name, values in conditions.items())


def may_match(row: Row, conditions: Mapping[str, tuple[str, ...]]) -> bool:
    """The same, where an empty cell excuses nothing: what nobody said may be any of these values."""
    return all(row[name] in (None, "", *values) for name, values in conditions.items())


def begun(kind: entries.Trail, row: Row) -> bool:
    """Whether what begins a trail is recorded: of a person, that they left."""
    return all(row[name] not in (None, "", ()) for name in kind.once)


def is_shown(kind: entries.Trail, row: Row) -> bool:
    """Whether the page shows the trail of a row."""
    return matches(row, kind.where) and may_match(row, kind.shown) and begun(kind, row)


def systems_of(record: Record, row: Row) -> tuple[str, ...]:
    """The systems that a row names; all of them for one that names none."""
    found: list[str] = []
    for one in record.catalog.register(row.register).fields:
        if one.register_ == "systems" and row[one.id]:
            found += row[one.id] if column(one).plural else [row[one.id]]
    return tuple(found) or tuple(system.key for system in record.systems)


def names_of(kind: entries.Trail, row: Row) -> tuple[str, ...]:
    """What a text may call a row: its key, and what its columns say; of a change, the number in its name."""
    texts = [str(row[name]).strip() for name in kind.known_by if row[name]]
    numbers = [number for text in texts for number in _NUMBER.findall(text)] if row.register == "changes" else []
    return (row.key, *(numbers or texts))


def speaks_of(text: str, names: Iterable[str]) -> bool:
    """Whether a text holds one of these names as a whole: 3.2.0, and not 13.2.0 or 3.2.0.1."""
    pattern = _whole(names)
    return bool(pattern and pattern.search(folded(text)))


def _whole(names: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern of folded names, each as a whole, the longest first; None without any."""
    told = sorted({folded(name) for name in names if len(name) > 1}, key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, told))})(?!\w)(?!\.\w)") if told else None


@dataclass(frozen=True, slots=True)
class Names:
    """The rows of one kind of trail by what a text may call them, and what was found in which text before."""

    pattern: re.Pattern[str] | None
    keys: Mapping[str, frozenset[str]]
    found: dict[str, frozenset[str]]


def rows_named(record: Record, kind: entries.Trail, text: str) -> frozenset[str]:
    """The keys of the rows of a kind that a text names."""
    names = record.once(_names)[kind.id]
    if text not in names.found:
        said = names.pattern.findall(folded(text)) if names.pattern else []
        names.found[text] = frozenset(key for name in said for key in names.keys[name])
    return names.found[text]


def _names(record: Record) -> Mapping[str, Names]:
    return {kind.id: _names_of_kind(record, kind) for kind in record.catalog.trails}


def _names_of_kind(record: Record, kind: entries.Trail) -> Names:
    keys: dict[str, set[str]] = {}
    for row in record.register(kind.register_):
        for name in names_of(kind, row) if matches(row, kind.where) else ():
            keys.setdefault(folded(name), set()).add(row.key)
    return Names(_whole(keys), {name: frozenset(found) for name, found in keys.items()}, {})
