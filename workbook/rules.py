"""Who may say what: one check behind every save, whichever way a draft came.

Forms, commands and imports make drafts; nothing is recorded that has not passed `check`. What a draft is checked
against, its situation, is the ledger with the other drafts of the same save, which is recorded whole or not at all.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, partial
from typing import Any, TypeVar

from workbook.catalog import Catalog
from workbook.entries import Register
from workbook.errors import BadInput, NotAllowed, Unknown, gather, refuse
from workbook.ids import Ids
from workbook.keys import as_kept, known_ids, numbering
from workbook.ledger import Ledger
from workbook.model import (
    Answer,
    Draft,
    Engagement,
    Evidence,
    IssuedReport,
    Numbering,
    Person,
    Review,
    Revision,
    Role,
    Slot,
    TaskState,
    Value,
)
from workbook.people import same_person
from workbook.registers import check_row

Body = Mapping[str, Any]
V = TypeVar("V", bound=Value)
# what a cell can refer to: no comma, no semicolon, no line end; "@" stands between a question and its system
KEY = re.compile(r"[^\W_](?:[\w .:/+()-]{0,62}[\w.:/+()-])?")
FIXED = ("name", "form", "sha256", "size", "media_type", "link")  # what makes a piece of evidence this one
_PROOF = {"file": "the SHA-256 of its bytes", "link": "an address", "reference": "a place on a file share"}


class Situation:
    """What a draft is checked against: the newest revisions of `engagement`, and the other drafts of its save."""

    def __init__(self, catalog: Catalog, ledger: Ledger, engagement: str, who: Person, on: date) -> None:
        self.catalog, self.who, self.on = catalog, who, on
        self._ledger, self._engagement = ledger, engagement
        self._upto: int | None = None
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._keys: dict[str, Ids] = {}
        self._referable: dict[str, Ids] = {}

    def before(self, revision: Revision) -> "Situation":
        """What the draft that became `revision` was checked against, to judge it alike when it is sent again."""
        author = Person(revision.actor, Role(revision.role))
        then = Situation(self.catalog, self._ledger, self._engagement, author, self.on)
        then._upto = revision.number - 1
        for draft in self._drafts.values():
            then.add(draft)
        return then

    def _history(self, kind: str, key: str | None = None) -> list[Revision]:
        past = self._ledger.history(self._engagement, kind, key)
        return past if self._upto is None else [r for r in past if r.number <= self._upto]

    def _newest(self, kind: str, key: str) -> Revision | None:
        return self._ledger.get(self._engagement, kind, key, upto=self._upto)

    def add(self, draft: Draft) -> None:
        """Count a draft of the same save as if it were recorded; raises BadInput for what is no draft."""
        _check_shape(draft)
        if draft.unkeyed:
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

    def keys(self, source: str) -> Ids:
        """The keys that something may refer to: of a register, of the `evidence`, or of the `questions`.

        A reference that may be the key of a row, such as a control, can be referred to before it has one.
        """
        if source == "questions":
            return self._questions
        register = self.catalog.registers.get(source)
        if register is None or not register.keyed_by:
            return self._keys_of(source)
        if source not in self._referable:
            known = self._referable[source] = known_ids(self.catalog, register)
            for key in self._keys_of(source):
                known.add(key)
        return self._referable[source]

    @cached_property
    def _questions(self) -> Ids:
        return Ids(self.catalog.questions)

    def meant(self, kind: str, text: str) -> str:
        """The key that somebody means who types `text` as an id: of what there is, else as it would be kept."""
        return self.keys(kind).find(text) or as_kept(self.catalog, kind, text)

    def _keys_of(self, kind: str) -> Ids:
        if kind not in self._keys:
            keys = self._keys[kind] = Ids(r.key for r in self._ledger.current(self._engagement, kind, upto=self._upto))
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

    @cached_property
    def _authors(self) -> dict[Slot, set[str]]:
        found = self._ledger.authors(self._engagement, "answer", upto=self._upto)
        return {Slot.parse(key): set(names) for key, names in found.items()}


def _apply(draft: Draft, keys: Ids) -> None:
    keys.discard(draft.key) if draft.body is None else keys.add(draft.key)


def check(draft: Draft, situation: Situation) -> Draft:
    """`draft` as it may be recorded: its body trimmed and typed.

    Raises Unknown for a name that does not exist, BadInput naming the field that is wrong, `Several` for more than one,
    and NotAllowed for what its author may not say (control A.5.3, clause 9.2.2).
    """
    _check_shape(draft)
    registers = situation.catalog.registers
    if draft.kind not in _RULES and draft.kind not in registers:
        raise Unknown("kind of revision", draft.kind, [*_RULES, *registers])
    if draft.body is None:
        _check_deletion(draft, situation)
        return draft
    rule = _RULES.get(draft.kind) or _row_rule
    return replace(draft, body=rule(draft, draft.body, situation))


def _check_shape(draft: Draft) -> None:
    """Raise BadInput for a part of a draft that is of no usable type, as a program or a browser may send it."""
    parts = {"kind": str, "key": str, "id": str, "base": int, "body": Mapping | None, "numbers": Numbering | None}
    for name, kinds in parts.items():
        part = getattr(draft, name)
        if not isinstance(part, kinds):
            raise BadInput(f"The {name} of what is to be saved cannot be a {type(part).__name__}.")
    if strange := [name for name in draft.body or () if not isinstance(name, str)]:
        raise BadInput(f"A field of what is to be saved is called {strange[0]!r}; names must be text.")


def _check_deletion(draft: Draft, situation: Situation) -> None:
    if draft.kind == "engagement":
        raise BadInput("What the audit is about cannot be deleted; change it instead.")
    if draft.kind == "issued":
        raise BadInput("That a report was issued cannot be taken back; somebody has it.")
    if draft.kind == "review" and (reason := why_not_review(Slot.parse(draft.key), situation)):
        raise NotAllowed(reason)


# judging ------------------------------------------------------------------------------------------------------------


class Tie(StrEnum):
    """What ties a person to an answer, so that they cannot test or review it."""

    ANSWERED = "answered"
    OWNS = "owns"


def tie(name: str, authors: Iterable[str], owner: str = "") -> Tie | None:
    """What ties `name` to an answer that `authors` gave and `owner` owns (control A.5.3, clause 9.2.2)."""
    if any(same_person(name, author) for author in authors):
        return Tie.ANSWERED
    return Tie.OWNS if same_person(name, owner) else None


def why_not_review(slot: Slot, situation: Situation) -> str:
    """Why the person who speaks may not review this answer; empty if they may."""
    if situation.who.role is Role.PREPARER:
        return "Only a reviewer or an auditor may review; your role is preparer."
    if tie(situation.who.name, situation.authors(slot.question, slot.system)):
        return "You answered this yourself; somebody else has to review or test it (control A.5.3, clause 9.2.2)."
    return ""


def _check_test(body: Body, situation: Situation) -> None:
    question, auditor = situation.catalog.question(body["question"]), body["auditor"]
    system = body.get("system", "") if question.per == "system" else ""
    if tie(auditor, situation.authors(question.id, system)):
        raise NotAllowed(
            f"{auditor} answered {question.id} and cannot test it (control A.5.3, clause 9.2.2); name another auditor."
        )


# one rule for each kind -----------------------------------------------------------------------------------------------


def _parsed(shape: type[V], body: Body, *checks: Callable[[V], None]) -> V:
    """The value that `body` makes, if every one of `checks` lets it pass; raises BadInput with all that is wrong."""
    value, wrong = shape.salvage(body)
    if value is None:
        return shape.parse(body)
    gather(partial(refuse, wrong), *(partial(passes, value) for passes in checks))
    return value


def _engagement_rule(draft: Draft, body: Body, situation: Situation) -> Body:  # noqa: ARG001 - as the other rules
    if draft.key != "engagement":
        raise BadInput(f"What the audit is about is kept under the key 'engagement', not {draft.key!r}.")
    engagement = Engagement.parse(body)
    check_engagement(engagement)
    return engagement.body()


def _answer_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    return _parsed(
        Answer,
        body,
        lambda answer: _check_slot(draft, answer.slot, situation),
        _check_reason,
        lambda answer: _check_evidence(answer.evidence, situation),
    ).body()


def _check_reason(answer: Answer) -> None:
    if problem := answer.problem():
        raise BadInput(problem, field="rationale")


def _review_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    review = Review.parse(body)
    _check_slot(draft, review.slot, situation)
    if not situation.holds("answer", review.key):
        raise BadInput(f"Nobody has answered {review.key} yet, so there is nothing to review.")
    if reason := why_not_review(review.slot, situation):
        raise NotAllowed(reason)
    if review.version > (newest := situation.version("answer", review.key)):
        raise BadInput(f"There is no version {review.version} of {review.key} yet; review version {newest}.")
    return review.body()


def _task_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    return _parsed(
        TaskState,
        body,
        lambda task: _check_task(draft, task, situation),
        lambda task: _check_evidence(task.evidence, situation),
    ).body()


def _check_task(draft: Draft, task: TaskState, situation: Situation) -> None:
    if task.task not in situation.catalog.tasks:
        raise Unknown("task", task.task, situation.catalog.tasks, field="task")
    _check_own_key(draft, task.task)


def _evidence_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    _check_form_of_key(draft, situation)
    _check_twin(draft, situation)
    return _parsed(
        Evidence,
        body,
        _check_period,
        lambda evidence: _check_collected(evidence, situation),
        lambda evidence: _check_proof(draft, evidence, situation),
    ).body()


def _check_collected(evidence: Evidence, situation: Situation) -> None:
    collected = evidence.collected_at
    if collected and collected > situation.on + timedelta(days=1):  # tomorrow is today further east
        raise BadInput(f"{collected} lies ahead: say the day on which it was collected.", field="collected_at")


def _check_proof(draft: Draft, evidence: Evidence, situation: Situation) -> None:
    """Raise BadInput for evidence without what it proves with, or with other than what it has proven with so far."""
    if evidence.form == "erased":
        raise BadInput("What was erased is recorded by `workbook erase` alone.", field="form")
    now, before = evidence.body(), situation.replaced(draft)
    if before is None and not (evidence.sha256 if evidence.form == "file" else evidence.link):
        raise BadInput(f"Evidence that is a {evidence.form} needs {_PROOF[evidence.form]}; attach it to the record.")
    if before is not None and any(_composed(now[fact]) != _composed(before.get(fact)) for fact in FIXED):
        raise BadInput("The file behind a piece of evidence cannot be exchanged; attach the new one beside it.")


def _issued_rule(draft: Draft, body: Body, situation: Situation) -> Body:  # noqa: ARG001 - as the other rules
    return IssuedReport.parse(body).body()


def _row_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    register = situation.catalog.register(draft.kind)
    _check_form_of_key(draft, situation)
    _check_twin(draft, situation)
    row: dict[str, Any] = {}
    gather(
        lambda: check_key(situation.catalog, register, draft.key),
        lambda: row.update(check_row(register, body, situation.keys)),
    )
    if register.id == "tests":
        _check_test(row, situation)
    return row


_RULES: Mapping[str, Callable[[Draft, Body, Situation], Body]] = {
    "engagement": _engagement_rule,
    "answer": _answer_rule,
    "review": _review_rule,
    "task": _task_rule,
    "evidence": _evidence_rule,
    "issued": _issued_rule,
}


def check_engagement(engagement: Engagement) -> None:
    """Raise BadInput for an engagement without a title, or with a period that ends before it begins."""
    if not engagement.title.strip():
        raise BadInput("Audit, title: say what people call this audit.", field="title")
    _check_period(engagement)


def check_key(catalog: Catalog, register: Register, key: str) -> None:
    """Raise Unknown for a key that is no reference, in a register that is keyed by references."""
    if not register.keyed_by:
        return
    known = known_ids(catalog, register)
    if key not in known:
        meant = known.find(key)
        raise BadInput(f"{key!r} is written {meant}.") if meant else known.unknown(register.one, key)


def _check_slot(draft: Draft, slot: Slot, situation: Situation) -> None:
    """Raise Unknown or BadInput for a question that is not asked like this."""
    question = situation.catalog.question(slot.question)
    if question.per == "engagement" and slot.system:
        raise BadInput(f"{question.id} is asked once for the whole engagement; leave the system empty.", field="system")
    if question.per == "system" and not situation.holds("systems", slot.system):
        raise Unknown("system", slot.system, situation.keys("systems"), f"{question.id} is asked per system.")
    _check_own_key(draft, slot.key)


def _composed(fact: Any) -> Any:
    """A fact as it is compared: however the letters of a name are composed."""
    return unicodedata.normalize("NFC", fact) if isinstance(fact, str) else fact


def _check_period(about: Engagement | Evidence) -> None:
    first, last = about.period_from, about.period_to
    if first and last and last < first:
        raise BadInput(f"The period covered ends on {last}, before it begins on {first}.", field="period_to")


def _check_own_key(draft: Draft, key: str) -> None:
    if draft.key != key:
        raise BadInput(f"What speaks of {key} cannot be kept under {draft.key}.")


def _check_form_of_key(draft: Draft, situation: Situation) -> None:
    if draft.unkeyed and draft.unkeyed == numbering(situation.catalog, draft.kind):
        return
    if not KEY.fullmatch(draft.key):
        raise BadInput(f"{draft.key!r} cannot be an id: use up to 64 letters, digits, hyphens, dots, such as DS-007.")


def _check_twin(draft: Draft, situation: Situation) -> None:
    """Raise BadInput for a new key that only its case tells from another: for people they are the same."""
    if twins := situation.twins(draft.kind, draft.key):
        raise BadInput(f"The id {draft.key} differs from {twins[0]} only in how it is written; use {twins[0]}.")


def _check_evidence(keys: Iterable[str], situation: Situation) -> None:
    unknown = (key for key in keys if not situation.holds("evidence", key))
    refuse(Unknown("piece of evidence", key, situation.keys("evidence"), field="evidence") for key in unknown)
