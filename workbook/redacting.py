"""What an edition leaves out, as one list: each value that it does not show as it stands, and the rule that says so.

The list is made by comparing the edition with the record, not from what was meant to be withheld. A value stands in it
as the SHA-256 of a salt of its own and the value, so that each can be shown by itself, and guessed by nobody: the salt
is HMAC-SHA256 with a secret that only the ledger has (`Ledger.secret`), and is kept nowhere. The internal edition
has no such file, as it leaves nothing of the record out.
"""

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from workbook.audience import PUBLIC, Edition
from workbook.model import Slot, Value
from workbook.record import Record, Row, Stated
from workbook.registers import Reference, column
from workbook.words import natural

REDACTIONS = "redactions.json"  # of the file, in the folder of an edition
HOW = (
    "A hash is the SHA-256 of a text in UTF-8: a salt, a space, and the value as JSON (keys sorted, ', ' and ': ' "
    "between). The salts are kept out of this file; who holds the record can tell one, with its value, item by item: "
    "workbook redactions NAME --against redactions.json --show KIND KEY FIELD."
)
TEAM = {
    "team-only": "Aids of the team's own preparation, sample answers among them, and cells of pages tagged "
    "not-in-report are for the team alone. They are no values of the record, and not listed one by one."
}
RULES: Mapping[str, Mapping[str, str]] = {
    "internal": {},
    "auditor": {
        "review-comment": "What reviewers said among themselves is left out; their verdicts are shown.",
        **TEAM,
    },
    "customer": {
        "field": "A field that no list of public fields names is left out.",
        "key": "A key that somebody made up is left out, also where it is referred to; here it stands as a number.",
        "person": "Who recorded or answered something is left out.",
        "sample": "Populations, samples and what each item showed are left out; audit tests are counted.",
        "fingerprint": "A fingerprint of what was accepted or approved is left out, or made anew over what is public.",
        "figures": "Of public fields this edition tells figures, days and states; single rows, answers and pieces of "
        "evidence, with their hashes, are not in it. They are not listed one by one.",
        **TEAM,
        "file": "The files of evidence are in no report. The history of the record, with what stood there before, is "
        "not shown either. Neither is listed one by one.",
    },
}
UNCOUNTED = ("figures", "team-only", "file")  # rules of what is not listed value by value
_FINGERPRINTS = frozenset({("risks", "accepted_state"), ("approvals", "state")})
_KEYS = frozenset({"system", "evidence", "against"})  # public fields that hold keys
_NOTHING: tuple[Any, ...] = (None, "", [], {})
Plain = Mapping[str, Any]
ByKey = Mapping[str, Stated[Any]]


@dataclass(frozen=True, slots=True)
class Withheld:
    """One value that an edition does not show as it stands in the record; `key` is the one that the edition shows."""

    kind: str
    key: str
    field: str
    rule: str
    value: Any

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it stands."""
        return self.kind, self.key, self.field

    def salt(self, secret: bytes, state: Iterable[Any]) -> str:
        """What its hash is made with, in one edition of one `state` of the record."""
        return hmac.new(secret, _text([*state, *self.place]).encode(), sha256).hexdigest()

    def hash(self, salt: str) -> str:
        """The hash that stands for it."""
        return sha256(f"{salt} {_text(self.value)}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Redactions:
    """What an edition of one state of the record leaves out, with the secret that its hashes rest on."""

    record: Record
    items: tuple[Withheld, ...]
    secret: bytes

    @property
    def rules(self) -> Mapping[str, str]:
        """The rules of this edition: their sentences by their names."""
        return RULES[self.record.audience]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many values are left out, by kind and field."""
        found: dict[str, dict[str, int]] = {}
        for (kind, name), n in sorted(Counter((one.kind, one.field) for one in self.items).items()):
            found.setdefault(kind, {})[name] = n
        return found

    def salt(self, item: Withheld) -> str:
        """The salt of one item."""
        record = self.record
        return item.salt(self.secret, [record.name, record.audience, record.system, record.head.number])

    def as_json(self) -> dict[str, Any]:
        """The list as plain JSON, without a text that is withheld."""
        return {
            "engagement": self.record.name,
            "edition": self.record.audience,
            "system": self.record.system,
            "revision": self.record.head.number,
            "as_of": self.record.on.isoformat(),
            "rules": dict(self.rules),
            "counts": self.counts,
            "how": HOW,
            "left_out": self._left_out(),
        }

    def _left_out(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Of each kind and field the rule, and the hash of each value by its key."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for one in self.items:
            field = found.setdefault(one.kind, {}).setdefault(one.field, {"rule": one.rule, "hashes": {}})
            field["hashes"][one.key] = one.hash(self.salt(one))
        return found

    def text(self) -> str:
        """The list as it stands in its file, each hash on a line of its own."""
        return json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n"


def hashes(held: Mapping[str, Any]) -> dict[tuple[str, str, str], str]:
    """The hash of each value of a list that was read as JSON, by its place; raises what a wrong shape does."""
    return {
        (kind, key, name): digest
        for kind, fields in held["left_out"].items()
        for name, field in fields.items()
        for key, digest in field["hashes"].items()
    }


def redact(full: Record, edition: Edition, secret: bytes) -> tuple[Record, Redactions]:
    """`full` as the audience of `edition` may read it, and what of it is left out; raises what `Edition.of` does."""
    shown = edition.of(full)
    found = _Comparison(full, shown, edition).items() if RULES[edition.audience] else ()
    in_order = sorted(found, key=lambda one: (one.kind, natural(one.key), one.field))
    return shown, Redactions(shown, tuple(in_order), secret)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A record and its edition; of one system, what concerns that or none."""

    full: Record
    shown: Record
    edition: Edition

    def items(self) -> Iterator[Withheld]:
        """Each value that the edition does not show as it is, once."""
        yield from self._fields("engagement", self.full.name, self.full.engagement, self.shown.engagement)
        for name in self.full.rows:
            shown = {row.key: row for row in self.shown.rows[name]}
            for row in self.full.register(name):
                yield from self._row(row, shown[self._key(name, row.key)])
        yield from self._of_slots("answer", self.full.answers, self.shown.answers)
        yield from self._of_slots("review", self.full.reviews, self.shown.reviews)
        yield from self._authors()
        for kind, every, theirs in (
            ("evidence", self.full.evidence, self.shown.evidence),
            ("task", self.full.tasks, self.shown.tasks),
        ):
            for key, stated in every.items():
                yield from self._stated(kind, self._key(kind, key), stated, theirs[self._key(kind, key)])
                yield from self._made_up(kind, key)
        for one, other in zip(self.full.issued, self.shown.issued, strict=True):
            yield from self._stated("issued", f"r{one.number}", one, other)
        if not self.shown.populations:
            yield from self._samples()

    def _key(self, kind: str, key: str) -> str:
        return self.edition.shown_key(self.full.catalog, kind, key)

    def _made_up(self, kind: str, key: str) -> Iterator[Withheld]:
        yield from _differing(kind, self._key(kind, key), {"key": key}, {"key": self._key(kind, key)}, {"key": "key"})

    def _row(self, row: Row, shown: Row) -> Iterator[Withheld]:
        fields = self.full.catalog.register(row.register).fields
        refers = {f.id for f in fields if f.public and isinstance(column(f), Reference)}
        prints = [name for kind, name in _FINGERPRINTS if kind == row.register]
        rules = dict.fromkeys(refers, "key") | dict.fromkeys(prints, "fingerprint")
        yield from _differing(row.register, shown.key, row.values, shown.values, rules)
        yield from self._made_up(row.register, row.key)
        yield from _actor(row.register, shown.key, row.actor, shown.actor)

    def _of_slots(self, kind: str, every: ByKey, theirs: ByKey) -> Iterator[Withheld]:
        for key, stated in every.items():
            if self._concerns(key):
                yield from self._stated(kind, self._slot(key), stated, theirs[self._slot(key)])

    def _concerns(self, slot: str) -> bool:
        return self.full.system in ("", Slot.parse(slot).system) or not Slot.parse(slot).system

    def _slot(self, key: str) -> str:
        slot = Slot.parse(key)
        return Slot(slot.question, self._key("systems", slot.system)).key

    def _authors(self) -> Iterator[Withheld]:
        for key, names in self.full.authors.items():
            if self._concerns(key):
                told = {"authors": sorted(names)}, {"authors": sorted(self.shown.authors[self._slot(key)])}
                yield from _differing("answer", self._slot(key), *told, {"authors": "person"})

    def _stated(self, kind: str, key: str, stated: Stated[Any], shown: Stated[Any]) -> Iterator[Withheld]:
        yield from self._fields(kind, key, stated.value, shown.value)
        yield from _actor(kind, key, stated.actor, shown.actor)

    def _fields(self, kind: str, key: str, value: Value, shown: Value) -> Iterator[Withheld]:
        rules = dict.fromkeys(_KEYS & PUBLIC[type(value)], "key")
        if self.edition.audience == "auditor":
            rules["comment"] = "review-comment"
        yield from _differing(kind, key, value.model_dump(mode="json"), shown.model_dump(mode="json"), rules)

    def _samples(self) -> Iterator[Withheld]:
        """What was sampled, of which an edition for customers shows nothing."""
        full = self.full
        kinds: dict[str, ByKey] = {
            "population": full.populations,
            "sample": full.samples,
            "result": full.sample_results,
        }
        for kind, every in kinds.items():
            for stated in every.values():
                values = stated.value.model_dump(mode="json")
                yield from _differing(kind, f"r{stated.number}", values, {}, dict.fromkeys(values, "sample"))
                yield from _actor(kind, f"r{stated.number}", stated.actor, "")


def _actor(kind: str, key: str, actor: str, shown: str) -> Iterator[Withheld]:
    return _differing(kind, key, {"actor": actor}, {"actor": shown}, {"actor": "person"})


def _differing(kind: str, key: str, values: Plain, shown: Plain, rules: Mapping[str, str]) -> Iterator[Withheld]:
    """The values that are not shown as they are; spaces around a text count for nothing."""
    for name, value in values.items():
        plain, theirs = json.loads(_text(value)), json.loads(_text(shown.get(name)))
        if plain not in _NOTHING and plain != theirs and not (isinstance(plain, str) and plain.strip() == theirs):
            yield Withheld(kind, key, name, rules.get(name, "field"), plain)


def _text(value: Any) -> str:
    """A value as JSON, of which there is one for each value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
