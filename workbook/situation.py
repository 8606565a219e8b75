"""What a draft is checked against: the newest revisions of an engagement, and the other drafts of the same save."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from workbook import zones
from workbook.catalog import Catalog
from workbook.errors import BadInput
from workbook.ids import Ids
from workbook.judging import parts
from workbook.keys import as_kept, known_ids, numbering
from workbook.ledger import Ledger
from workbook.model import Draft, Numbering, Person, Revision, Role, Slot
from workbook.origins import authors
from workbook.registers import check_row, read_row

M = TypeVar("M")
Body = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Any]]  # the columns of rows, by their keys


class Situation:
    """What a draft is checked against: the newest revisions of `engagement`, and the other drafts of its save."""

    def __init__(self, catalog: Catalog, ledger: Ledger, engagement: str, who: Person, on: date) -> None:
        self.catalog, self.who, self.on = catalog, who, on
        self._ledger, self._engagement = ledger, engagement
        self._upto: int | None = None
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._unkeyed: list[Draft] = []
        self._recorded: dict[str, Rows] = {}
        self._keys: dict[str, Ids] = {}
        self._referable: dict[str, Ids] = {}
        self._made: dict[str, Any] = {}

    def once(self, what: str, make: Callable[[], M]) -> M:
        """What `make` makes for this save; made once, because all its drafts are known before one is judged."""
        if what not in self._made:
            self._made[what] = make()
        return self._made[what]  # type: ignore[no-any-return]

    def before(self, revision: Revision) -> "Situation":
        """What the draft that became `revision` was checked against, to judge it alike when it is sent again."""
        author = Person(revision.actor, Role(revision.role))
        then = Situation(self.catalog, self._ledger, self._engagement, author, self.on)
        then._upto = revision.number - 1
        for draft in (*self._drafts.values(), *self._unkeyed):
            then.add(draft)
        return then

    def _history(self, kind: str, key: str | None = None) -> list[Revision]:
        past = self._ledger.history(self._engagement, kind, key)
        return past if self._upto is None else [r for r in past if r.number <= self._upto]

    def _newest(self, kind: str, key: str) -> Revision | None:
        return self._ledger.get(self._engagement, kind, key, upto=self._upto)

    def add(self, draft: Draft) -> None:
        """Count a draft of the same save as if it were recorded; raises BadInput for what is no draft."""
        check_shape(draft)
        if draft.unkeyed:
            self._unkeyed.append(draft)
            return  # nothing can refer to it yet
        self._drafts[draft.kind, draft.key] = draft
        if draft.kind in self._keys:
            _apply(draft, self._keys[draft.kind])

    def replaced(self, draft: Draft) -> Body | None:
        """What `draft` takes the place of, even if it was deleted since; None for nothing.

        Nothing also for a new key that somebody else took meanwhile: the ledger answers that with a conflict.
        """
        if draft.unkeyed:
            return None
        other = self._drafts.get((draft.kind, draft.key))
        if other is not None and other is not draft and other.body:
            return other.body
        past = self._history(draft.kind, draft.key)
        if past and past[-1].body is not None and draft.base == 0:
            return None
        return next((r.body for r in reversed(past) if r.body is not None), None)

    def standing(self, draft: Draft) -> Body | None:
        """What stands where `draft` is to stand, before this save: its own row, for one that is sent again."""
        if draft.unkeyed:
            found = self._ledger.recorded(self._engagement, draft.id)
        else:
            found = self._newest(draft.kind, draft.key)
        return found.body if found and (self._upto is None or found.number <= self._upto) else None

    def past(self, kind: str, key: str) -> list[Body]:
        """Everything that ever stood under a key, newest first."""
        return [r.body for r in reversed(self._history(kind, key)) if r.body is not None] if key else []

    @property
    def last(self) -> int:
        """The number of the last revision, once this save is recorded."""
        head = self._ledger.head(self._engagement, upto=self._upto).number
        return head + len(self._drafts) + len(self._unkeyed)

    def recorded(self, kind: str) -> Rows:
        """The rows of a register before this save."""
        if kind not in self._recorded:
            register = self.catalog.register(kind)
            current = self._ledger.current(self._engagement, kind, upto=self._upto)
            self._recorded[kind] = {r.key: read_row(register, r.body) for r in current if r.body is not None}
        return self._recorded[kind]

    def rows(self, kind: str) -> Rows:
        """The rows of a register once this save is recorded; new ones under keys of their own."""
        gone = {key for (k, key), draft in self._drafts.items() if k == kind and draft.body is None}
        standing = {**self.recorded(kind), **self._drafted(kind)}
        return {key: row for key, row in standing.items() if key not in gone}

    def _drafted(self, kind: str) -> Rows:
        keyed = {key: draft.body for (k, key), draft in self._drafts.items() if k == kind and draft.body}
        unkeyed = {f"new {n}": d.body for n, d in enumerate(self._unkeyed, 1) if d.kind == kind and d.body}
        return {key: self._typed(kind, body) for key, body in {**keyed, **unkeyed}.items()}

    def _typed(self, kind: str, body: Body) -> Body:
        """A drafted row as the record will read it; as far as it fits, if it is wrong."""
        register = self.catalog.register(kind)
        try:
            return read_row(register, check_row(register, body, self.keys))
        except BadInput:
            return read_row(register, body)

    def comes(self, kind: str, key: str) -> bool:
        """Whether an import brings a row of this key that it has not read yet."""
        draft = self._drafts.get((kind, key))
        return draft is not None and draft.body is not None and not draft.body

    def body(self, kind: str, key: str) -> Body:
        """What stands under a key once this save is recorded; nothing for what is gone or not read yet."""
        draft = self._drafts.get((kind, key))
        if draft is not None:
            return draft.body or {}
        found = self._newest(kind, key)
        return (found.body if found else None) or {}

    def recorded_at(self, kind: str, key: str) -> Revision | None:
        """The newest revision of a key before this save; None for none."""
        return self._newest(kind, key)

    def keyed(self, kind: str) -> Mapping[str, Body]:
        """Everything of a kind by its key, once this save is recorded."""
        before = {r.key: r.body for r in self._ledger.current(self._engagement, kind, upto=self._upto)}
        after = before | {key: draft.body for (k, key), draft in self._drafts.items() if k == kind}
        return {key: body for key, body in after.items() if body}

    def bodies(self, kind: str) -> Iterator[Body]:
        """Everything of a kind that stands, before this save and once it is recorded."""
        yield from (r.body for r in self._ledger.current(self._engagement, kind, upto=self._upto) if r.body)
        yield from (d.body for (k, _), d in self._drafts.items() if k == kind and d.body)

    @property
    def parts(self) -> set[str]:
        """The parts of the person who speaks in the table of people; nothing for somebody who does not stand there."""
        return self.parts_of(self.who.name)

    def parts_of(self, name: str) -> set[str]:
        """The parts of a person in the table of people, before and after this save."""
        return parts(name, [*self.recorded("people").values(), *self.rows("people").values()])

    def keys(self, source: str) -> Ids:
        """The keys that something may refer to: of a register, the `evidence`, the `questions`, or their `lines`.

        A reference that may be the key of a row, such as a control, can be referred to before it has one.
        """
        if source in ("questions", "lines"):
            return self._questions if source == "questions" else self._lines
        register = self.catalog.registers.get(source)
        if register is None or not register.keyed_by:
            return self._keys_of(source)
        if source not in self._referable:
            known = self._referable[source] = known_ids(self.catalog, register)
            for key in self._keys_of(source):
                known.add(key)
        return self._referable[source]

    @cached_property
    def artefacts(self) -> frozenset[str]:
        """What evidence is called that a question or a task asks for, by its names."""
        asked = [w for q in self.catalog.questions.values() for w in q.evidence]
        asked += [w for task in self.catalog.tasks.values() for w in task.artefacts]
        return frozenset(name for wanted in asked for name in wanted.names)

    @cached_property
    def _questions(self) -> Ids:
        return Ids(self.catalog.questions)

    @cached_property
    def _lines(self) -> Ids:
        return Ids(self.catalog.lines)

    def meant(self, kind: str, text: str) -> str:
        """The key that somebody means who types `text` as an id: of what there is, else as it would be kept."""
        return self.keys(kind).find(text) or as_kept(self.catalog, kind, text)

    def _keys_of(self, kind: str) -> Ids:
        if kind not in self._keys:
            current = self._ledger.current(self._engagement, kind, upto=self._upto)
            names = {r.key: str((r.body or {}).get("name") or "") for r in current}
            keys = self._keys[kind] = Ids(names, names)
            for draft in self._drafts.values():
                if draft.kind == kind:
                    _apply(draft, keys)
        return self._keys[kind]

    def twins(self, kind: str, key: str) -> list[str]:
        """What stands under keys that differ from a new `key` only in their case; nothing for a key that is known."""
        numbers = numbering(self.catalog, kind)
        if not key or numbers is None or numbers.number(key) is not None:  # a reference, or made by the workbook
            return []
        ours = as_kept(self.catalog, kind, key)
        others = [ours] if ours != key else self._keys_of(kind).others(key)
        return others if others and self._newest(kind, key) is None else []

    def holds(self, kind: str, key: str) -> bool:
        """Whether something stands under a key, in the record or in this save; for one key quicker than `keys`."""
        if kind in self._keys:
            return key in self._keys[kind]
        if (kind, key) in self._drafts:
            return self._drafts[kind, key].body is not None
        found = self._newest(kind, key)
        return found is not None and found.body is not None

    def version(self, kind: str, key: str) -> int:
        """The version that stands under a key, once this save is recorded; 0 for none."""
        found = self._newest(kind, key)
        return (found.version if found else 0) + ((kind, key) in self._drafts)

    @property
    def begun(self) -> date:
        """The day on which the engagement was begun, in its time zone."""
        first = self._ledger.head(self._engagement, upto=1)
        zone = zones.zone(str(self.body("engagement", "engagement").get("time_zone", "UTC")))
        return first.at.astimezone(zone).date() if first.at else self.on

    def authors(self, question: str, system: str = "") -> set[str]:
        """Everybody who ever answered a question for a system; without one, for any system."""
        added = {Slot.parse(key): {self.who.name} for kind, key in self._drafts if kind == "answer"}
        return {
            name
            for answers in (self._authors, added)
            for slot, names in answers.items()
            if slot.question == question and system in ("", slot.system)
            for name in names
        }

    @property
    def answerers(self) -> set[str]:
        """Everybody who ever answered anything."""
        return {name for names in self._authors.values() for name in names}

    @cached_property
    def _authors(self) -> dict[Slot, set[str]]:
        found = authors(self._ledger, self._engagement, "answer", self._upto)
        return {Slot.parse(key): set(names) for key, names in found.items()}


def _apply(draft: Draft, keys: Ids) -> None:
    keys.discard(draft.key) if draft.body is None else keys.add(draft.key)


def check_shape(draft: Draft) -> None:
    """Raise BadInput for a part of a draft that is of no usable type, as a program or a browser may send it."""
    parts = {"kind": str, "key": str, "id": str, "base": int, "body": Mapping | None, "numbers": Numbering | None}
    for name, kinds in parts.items():
        part = getattr(draft, name)
        if not isinstance(part, kinds):
            raise BadInput(f"The {name} of what is to be saved cannot be a {type(part).__name__}.")
    if strange := [name for name in draft.body or () if not isinstance(name, str)]:
        raise BadInput(f"A field of what is to be saved is called {strange[0]!r}; names must be text.")
