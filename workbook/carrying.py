"""The next audit: an engagement that goes on from an earlier one, whole or not at all.

Registers, risks and answers come along as they stood and are to be verified again: nothing of them counts as shown
before somebody says in this audit that it is still true. Evidence keeps its dates, its bytes and what was erased of it.
What one audit judged comes along in none: reviews, tests, samples, sign-offs, issued reports. Which rows of a register
do is written in checklists/registers.yaml. The first revision names the earlier engagement and its head, as a witness.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from workbook import people, verification
from workbook.analysis.findings import is_open
from workbook.entries import Register, RegisterField
from workbook.errors import BadInput, Unknown
from workbook.following import following
from workbook.keys import numbering
from workbook.language import say, say_many
from workbook.ledger import erasing
from workbook.model import TO_REVERIFY, Draft, Engagement, Origin, Person, Revision, Slot
from workbook.record import Record
from workbook.registers import column, without_lost
from workbook.rules import check_engagement
from workbook.store import Store, check_name
from workbook.words import first_of, natural

BEHIND = {"review": "reviews", "task": "states of tasks", "sample": "samples", "population": "populations",
          "sample_result": "results of samples", "issued": "issued reports"}  # fmt: skip
Bodies = dict[str, dict[str, Any]]  # what stands under each key


@dataclass(frozen=True, slots=True)
class Left:
    """Things that did not come along: what they are, why, and which."""

    what: str
    why: str
    keys: tuple[str, ...]

    @property
    def text(self) -> str:
        """How a person says it."""
        return f"{self.what}: {len(self.keys)}, {self.why} ({first_of(self.keys, 5)})"


@dataclass(frozen=True, slots=True)
class Carried:
    """What a new engagement took over: from where, what it is about, how much of each table, and what it left."""

    engagement: str
    about: Engagement
    origin: Origin
    counts: Mapping[str, int]
    left: tuple[Left, ...]

    @property
    def text(self) -> str:
        """How a person says it, in lines."""
        came = ", ".join(f"{what} {n}" for what, n in self.counts.items() if n)
        period = f"{self.about.period_from} to {self.about.period_to}" if self.about.period_from else "not set"
        return "\n".join([
            f"Goes on from {self.origin.engagement} at revision {self.origin.number} ({self.origin.hash[:16]}).",
            f"Came along: {came or 'nothing'}.",
            "Answers and rows are marked “to re-verify”: none of them counts as shown before somebody confirms it.",
            f"Proposed: {self.about.title}; audit period {period}; {self.about.audit_kind} audit.",
            *([f"Left with {self.origin.engagement}:"] if self.left else []),
            *(f"  {one.text}" for one in self.left),
        ])  # fmt: skip

    def data(self) -> dict[str, Any]:
        """The same as plain JSON."""
        left = [{"what": one.what, "count": len(one.keys), "why": one.why, "keys": list(one.keys)} for one in self.left]
        return {"from": self.origin.body(), "carried": dict(self.counts), "left_out": left}


def carry(source: Store, name: str, chosen: Mapping[str, Any], who: Person) -> Carried:
    """Begin the engagement `name` as the one after that of `source`, in one transaction.

    `chosen` are facts about the audit that go before those proposed. Raises BadInput where the source is not what was
    recorded, or the name cannot be given, Unknown for a source that does not exist, Unnamed without a speaker; then
    nothing is recorded.
    """
    people.refuse_unnamed(who)
    if name == source.name:
        raise BadInput(say("{name} cannot go on from itself; give the next audit a name of its own.", name=name))
    engagements = source.ledger.engagements()
    if source.name not in engagements:
        raise Unknown("engagement", source.name, engagements, say("--from names the earlier audit."))
    check_name(source.ledger, name)
    _refuse_damaged(source)
    record = source.record()
    revisions = source.ledger.current(source.name, upto=record.head.number)
    load = _Load(source, record, revisions)
    drafts = list(load.drafts())
    origin = Origin(engagement=source.name, number=record.head.number, hash=record.head.hash, revisions=len(drafts) + 1)
    about = Engagement.parse({**following(record.engagement, name).body(), **chosen, "carried_from": origin.body()})
    check_engagement(about)
    source.ledger.append(name, [Draft("engagement", "engagement", about.body()), *drafts], who)
    return Carried(name, about, origin, load.counts, tuple(load.left()))


def _refuse_damaged(source: Store) -> None:
    """Raise BadInput for an engagement whose chain, evidence or samples are not what was recorded."""
    found = verification.verify(source, None)
    if not found.ok:
        damage = [] if found.verdict.ok else [found.verdict.reason]
        damage += [*(f"{one['evidence']}: {one['reason']}" for one in found.evidence), *found.samples]
        says = say("{name} is not what was recorded, so no audit can go on from it: {damage}", name=source.name,
                   damage=damage[0])  # fmt: skip
        more = say_many("And {n} thing more.", "And {n} things more.", len(damage) - 1) if damage[1:] else ""
        whole = say("`workbook verify {name}` tells all.", name=source.name)
        raise BadInput(" ".join(filter(None, [says, more, whole])))


@dataclass
class _Load:
    """What comes along of one record, as drafts; and what does not."""

    source: Store
    record: Record
    revisions: Iterable[Revision]
    counts: Counter[str] = field(default_factory=Counter)
    _left: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._kinds: dict[str, list[Revision]] = {}
        for revision in self.revisions:
            self._kinds.setdefault(revision.kind, []).append(revision)

    def left(self) -> Iterator[Left]:
        """What does not come along, by kind and reason."""
        for (what, why), keys in self._left.items():
            yield Left(what, why, tuple(sorted(keys, key=natural)))

    def _leave(self, what: str, why: str, *keys: str) -> None:
        self._left.setdefault((what, why), []).extend(keys)

    def drafts(self) -> Iterator[Draft]:
        """Everything that comes along, in the order in which it is recorded."""
        evidence = [Draft("evidence", r.key, r.body) for r in self._kinds.get("evidence", ())]
        self.counts["evidence"] = len(evidence)
        rows = self._rows({draft.key for draft in evidence})
        yield from evidence
        yield from self._erasures({draft.key for draft in evidence})
        for register, bodies in rows.items():
            self.counts[register] = len(bodies)
            yield from (Draft(register, key, {**body, TO_REVERIFY: True}) for key, body in bodies.items())
            yield from self._history(register)
            yield from self._last_number(register, bodies)
        yield from self._answers(rows.get("systems", {}), {draft.key for draft in evidence})
        for kind, what in BEHIND.items():
            if gone := self._kinds.get(kind):
                self._leave(what, "each audit has its own", *(r.key for r in gone))

    # evidence -------------------------------------------------------------------------------------------------------

    def _erasures(self, evidence: set[str]) -> Iterator[Draft]:
        """What was erased of the evidence that comes along: it stays erased, and the record says so again."""
        for erased in self._kinds.get(erasing.KIND, ()):
            body = dict(erased.body or {})
            if body.get("kind") == "evidence" and body.get("key") in evidence:
                day = f"{erased.at:%Y-%m-%d}"
                why = f"Erased in {self.source.name} on {day} by {erased.actor} ({erased.key}): {body.get('why')}"
                yield Draft(erasing.KIND, "", {**body, "why": why, "revisions": {}}, numbers=erasing.NUMBERS)

    # registers ------------------------------------------------------------------------------------------------------

    def _rows(self, evidence: set[str]) -> dict[str, Bodies]:
        """The rows of each register that come along, without what they refer to and does not."""
        for kind in sorted(self._kinds.keys() - {*self.record.catalog.registers, *BEHIND, "engagement", "answer",
                                                 "evidence", erasing.KIND}):  # fmt: skip
            self._leave(f"rows of {kind}", "the checklists have no such register", *(r.key for r in self._kinds[kind]))
        rows = {register.id: self._standing(register) for register in self.record.catalog.registers.values()}
        self._leave_settled(rows)
        while lost := [(kind, key) for kind, found in rows.items() for key in found if self._lost(rows, kind, key)]:
            for kind, key in lost:
                self._leave(kind, "what they belong to did not come along", key)
                del rows[kind][key]
        for kind, found in rows.items():
            for key, body in found.items():
                found[key] = self._pruned(rows, evidence, (kind, key), body)
        return rows

    def _standing(self, register: Register) -> Bodies:
        found = self._kinds.get(register.id, [])
        if register.carried in ("none", "history"):
            why = "each audit has its own" if register.carried == "none" else "as history only; enter what still holds"
            if found:
                self._leave(register.id, why, *(r.key for r in found))
            return {}
        columns = {TO_REVERIFY, *(one.id for one in register.fields)}
        for revision in found:
            for name in sorted(set(revision.body or {}) - columns):
                self._leave(f"cells of {register.title}, {name}", "the checklists have no such column", revision.key)
        return {r.key: without_lost(register, r.body or {}) for r in found}

    def _leave_settled(self, rows: dict[str, Bodies]) -> None:
        """Leave the rows that are settled; a finding comes along with all its corrective actions, or with none."""
        needed = {body.get("finding") for key, body in rows["actions"].items() if not self._settled("actions", body)}
        for row in self.record.rows.get("findings", ()):
            if not is_open(self.record, row) and row.key not in needed:
                rows["findings"].pop(row.key, None)
                self._leave("findings", "closed", row.key)
        for register in self.record.catalog.registers.values():
            if register.carried != "open" or register.id == "findings":
                continue
            for key, body in list(rows[register.id].items()):
                if self._settled(register.id, body) and body.get("finding") not in rows["findings"]:
                    del rows[register.id][key]
                    self._leave(register.id, "done", key)

    def _settled(self, register: str, body: Mapping[str, Any]) -> bool:
        return any(body.get(c) in done for c, done in self.record.catalog.register(register).settled.items())

    def _lost(self, rows: dict[str, Bodies], kind: str, key: str) -> bool:
        """Whether a row names nothing any more where it has to name something."""
        for one in self.record.catalog.register(kind).fields:
            value = rows[kind][key].get(one.id)
            if one.required and one.type in ("ref", "question") and value and not self._holds(rows, one, str(value)):
                return True
        return False

    def _holds(self, rows: Mapping[str, Bodies], column_: RegisterField, key: str) -> bool:
        if column_.type == "question":
            return key in self.record.catalog.questions
        source = column_.register_ or ""
        known = self.record.catalog.known_keys(self.record.catalog.register(source))
        return key in rows[source] or key in known

    def _pruned(
        self, rows: Mapping[str, Bodies], evidence: set[str], place: tuple[str, str], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A row without references to what did not come along."""
        kept = dict(body)
        for one in self.record.catalog.register(place[0]).fields:
            if one.type not in ("ref", "refs", "evidence", "question") or not kept.get(one.id):
                continue
            holds = evidence.__contains__ if one.type == "evidence" else partial(self._holds, rows, one)
            value = kept[one.id]
            named = [value] if isinstance(value, str) else list(value)
            left = [key for key in named if holds(str(key))]
            if left != named:
                self._leave(f"references in {place[0]}, {one.id}", "what they name did not come along", place[1])
            if column(one).plural:
                kept[one.id] = left
            elif not left:
                del kept[one.id]
        return kept

    def _is_history(self, register: str) -> bool:
        return self.record.catalog.register(register).carried == "history"

    def _history(self, register: str) -> Iterator[Draft]:
        """The rows that come along as history only: recorded, and gone, so that none of them stands."""
        if self._is_history(register):
            for row in self._kinds.get(register, ()):
                yield Draft(register, row.key, {**(row.body or {}), TO_REVERIFY: True})
                yield Draft(register, row.key, None, 1)

    def _last_number(self, register: str, bodies: Bodies) -> Iterator[Draft]:
        """The highest number that was ever given, recorded as gone, so that no number of the earlier audit is given to
        something else.
        """
        numbers = numbering(self.record.catalog, register)
        if numbers is None:
            return
        every = {r.key for r in self.source.ledger.history(self.source.name, register)}
        last = numbers.following(every) - 1
        told = [r.key for r in self._kinds.get(register, ())] if self._is_history(register) else []
        if last and last >= numbers.following([*bodies, *told]):
            key = numbers.key(last)
            yield Draft(register, key, {"name": f"the last number of {self.source.name}"})
            yield Draft(register, key, None, 1)

    # answers --------------------------------------------------------------------------------------------------------

    def _answers(self, systems: Bodies, evidence: set[str]) -> Iterator[Draft]:
        for revision in self._kinds.get("answer", ()):
            slot = Slot.parse(revision.key)
            question = self.record.catalog.questions.get(slot.question)
            if question is None:
                self._leave("answers", "the checklists have no such question any more", revision.key)
            elif (question.per == "system") is not bool(slot.system):
                self._leave("answers", "the question is asked in another way now", revision.key)
            elif slot.system and slot.system not in systems:
                self._leave("answers", "their system is no longer in scope", revision.key)
            else:
                self.counts["answers"] += 1
                body = dict(revision.body or {})
                kept = [key for key in body.get("evidence", ()) if key in evidence]
                yield Draft("answer", revision.key, {**body, "evidence": kept, TO_REVERIFY: True})
