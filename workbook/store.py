"""One open engagement: reads its record and saves what people say, under the rules of who may say what.

Each save is one transaction of its own, durable when the call returns; it may come from any thread. A save names the
version its author saw: if somebody else was faster it raises Conflict and changes nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from workbook.catalog import Catalog
from workbook.errors import BadInput, Conflict, NotAllowed, NotRecorded, Unknown
from workbook.ledger import Ledger
from workbook.model import (
    SLUG,
    Answer,
    Draft,
    Engagement,
    Evidence,
    Head,
    IssuedReport,
    Part,
    Person,
    Review,
    Revision,
    Slot,
    TaskState,
)
from workbook.record import Record, build
from workbook.registers import check_row
from workbook.vault import Stored, Vault

ATTEMPTS = 100  # to find a free key while others add rows


@dataclass
class Store:
    """The record of engagement `name`, as `who` may use it.

    `as_of` empty: the newest state, dated today, and writable. Otherwise the record as it stood then, read only.
    """

    ledger: Ledger
    vault: Vault
    catalog: Catalog
    name: str
    who: Person
    as_of: datetime | date | None = None

    @property
    def on(self) -> date:
        """The day ages are counted to: the day of `as_of`, else today (UTC)."""
        if isinstance(self.as_of, datetime):
            return self.as_of.date()
        return self.as_of or datetime.now(UTC).date()

    @property
    def why_read_only(self) -> str:
        """Why nothing can be saved; empty when saving is possible."""
        if self.as_of is not None:
            return f"This shows the record as of {self.on}; open the newest state to change it."
        if not self.ledger.writable:
            return "The record lies in a place where you may only read."
        return ""

    def head(self) -> Head:
        """The end of the chain that this store reads."""
        return self.ledger.head(self.name, self._moment())

    def record(self, system: str = "") -> Record:
        """What is known now, or was at `as_of`; raises Unknown for an engagement or system that does not exist."""
        head = self.head()
        if not head.number:
            self._refuse_empty()
        revisions = self.ledger.current(self.name, upto=head.number)
        return build(self.catalog, self.name, revisions, head, self.on, system=system)

    def record_at(self, number: int, on: date, system: str = "") -> Record:
        """What was known at revision `number`, with ages counted to the day `on`."""
        past = self.ledger.history(self.name)[:number]
        head = Head(number, past[-1].hash, past[-1].at) if past else Head()
        revisions = self.ledger.current(self.name, upto=number)
        in_scope = system if any(r.kind == "systems" and r.key == system for r in revisions) else ""
        return build(self.catalog, self.name, revisions, head, on, system=in_scope)

    def _moment(self) -> datetime | None:
        if self.as_of is None or isinstance(self.as_of, datetime):
            return self.as_of
        return datetime.combine(self.as_of, time.max, UTC)

    def _refuse_empty(self) -> None:
        known = self.ledger.engagements()
        if self.name in known:
            raise BadInput(f"{self.name} has no entry yet on {self.on}; its record begins later. Choose a later as_of.")
        raise Unknown("engagement", self.name, known, f"`workbook new {self.name}` creates it.")

    # saving -----------------------------------------------------------------------------------------------------

    def save(self, drafts: Iterable[Draft]) -> list[Revision]:
        """Record all drafts or none; raises Conflict, NotRecorded, NotAllowed, BadInput."""
        if self.why_read_only:
            raise NotAllowed(self.why_read_only)
        return self.ledger.append(self.name, list(drafts), self.who)

    def save_engagement(self, engagement: Engagement, base: int) -> Revision:
        """Record what the audit is about."""
        return self._one("engagement", "engagement", engagement.body(), base)

    def save_answer(self, answer: Answer, base: int, id: str = "") -> Revision:
        """Record an answer; raises BadInput when it is not applicable without a reason, or names unknown evidence."""
        self._check_slot(answer.slot)
        if problem := answer.problem():
            raise BadInput(problem, field="rationale")
        self._check_evidence(answer.evidence)
        return self._one("answer", answer.key, answer.body(), base, id)

    def save_answers(self, answers: Iterable[tuple[Answer, int]]) -> list[Revision]:
        """Record several answers, all or none, each with the version its author saw."""
        pairs = list(answers)
        for answer, _ in pairs:
            self._check_slot(answer.slot)
            if problem := answer.problem():
                raise BadInput(f"{answer.question}: {problem}")
        return self.save(Draft("answer", a.key, a.body(), base) for a, base in pairs)

    def save_task(self, state: TaskState, base: int) -> Revision:
        """Record how far a task of the timeline is."""
        if state.task not in self.catalog.tasks:
            raise Unknown("task", state.task, self.catalog.tasks)
        self._check_evidence(state.evidence)
        return self._one("task", state.task, state.body(), base)

    def save_review(self, review: Review, base: int) -> Revision:
        """Record a review of one version of an answer; raises NotAllowed for one's own answer."""
        if reason := self.why_not_judge(review.slot):
            raise NotAllowed(reason)
        return self._one("review", review.key, review.body(), base)

    def save_row(self, register: str, key: str, values: Mapping[str, Any], base: int, id: str = "") -> Revision:
        """Record a row of a register; an empty `key` makes a new one. Raises BadInput naming the column."""
        body = self.check_row(register, values)
        self.check_key(register, key)
        if key:
            return self._one(register, key, body, base, id)
        return self._added(register, body, id)

    def delete(self, kind: str, key: str, base: int) -> Revision:
        """Record that a row, answer or piece of evidence is gone; its history stays."""
        return self._one(kind, key, None, base)

    def restore(self, kind: str, key: str, number: int) -> Revision:
        """Record again what stood in revision `number`, as a new version; nothing in between is lost."""
        past = [r for r in self.ledger.history(self.name, kind, key) if r.number == number]
        if not past:
            raise BadInput(f"Revision {number} does not belong to {kind} {key}.")
        newest = self.ledger.get(self.name, kind, key)
        return self._one(kind, key, past[0].body, newest.version if newest else 0)

    def _one(self, kind: str, key: str, body: Mapping[str, Any] | None, base: int, id: str = "") -> Revision:
        draft = Draft(kind, key, body, base, id) if id else Draft(kind, key, body, base)
        return self.save([draft])[0]

    def _added(self, kind: str, body: Mapping[str, Any], id: str = "") -> Revision:
        """Record `body` under the next free key, or the one after it if somebody else was faster.

        What was recorded before under the same draft `id` is not recorded again.
        """
        for _ in range(ATTEMPTS):
            known = [r for r in self.ledger.history(self.name, kind) if id and r.id == id]
            if known:
                return known[0]
            try:
                return self._one(kind, self.new_key(kind), body, 0, id)
            except Conflict:
                continue
        raise NotRecorded(f"{ATTEMPTS} others added to {kind} at the same moment. Nothing was changed; save again.")

    # rules ------------------------------------------------------------------------------------------------------

    def why_not_judge(self, slot: Slot) -> str:
        """Why `who` may not review or test this answer; empty if they may (control A.5.3, clause 9.2.2)."""
        if self.who.part is Part.PREPARER:
            return "Reviewing takes the part of reviewer or auditor; you take part as preparer."
        history = self.ledger.history(self.name, "answer", slot.key)
        if any(r.actor.casefold() == self.who.name.casefold() for r in history):
            return "You answered this yourself; somebody else has to review or test it (control A.5.3, clause 9.2.2)."
        return ""

    def check_row(self, register: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` as the record keeps them; raises BadInput naming the column. Auditors can't test own answers."""
        definition = self.catalog.register(register)
        names = self.names()
        body = check_row(definition, values, lambda source: names.get(source, ()))
        if register == "tests" and body.get("question"):
            self.check_test(body)
        return body

    def check_test(self, body: Mapping[str, Any]) -> None:
        """Raise NotAllowed if the auditor of a test answered the question themself."""
        question, system = body["question"], body.get("system", "")
        per_system = self.catalog.question(question).per == "system"
        for r in self.ledger.history(self.name, "answer"):
            about = r.body or {}
            same = about.get("question") == question and (not per_system or about.get("system") == system or not system)
            if same and r.actor.casefold() == str(body.get("auditor", "")).casefold():
                raise NotAllowed(
                    f"{body['auditor']} answered {question} and cannot test it (control A.5.3, clause 9.2.2); "
                    "name another auditor."
                )

    def names(self) -> dict[str, list[str]]:
        """The keys that a cell may refer to: of each register, of the evidence, and of the questions."""
        found: dict[str, list[str]] = {"questions": list(self.catalog.questions)}
        for r in self.ledger.current(self.name):
            found.setdefault(r.kind, []).append(r.key)
        return found

    def known_keys(self, register: str) -> Mapping[str, Any]:
        """The references that may be keys of this register, by identifier; empty where keys are made."""
        source = self.catalog.register(register).keyed_by
        return self.catalog.facts[source] if source else {}

    def check_key(self, register: str, key: str) -> None:
        """Raise Unknown for a key that is no reference, in a register that is keyed by references."""
        known = self.known_keys(register)
        if key and known and key not in known:
            raise Unknown(self.catalog.register(register).one, key, known)

    def new_key(self, register: str) -> str:
        """The next free key of a register or of the evidence, for example DS-007; never one that was used before.

        Raises BadInput for a register whose rows are keyed by references, for example controls by A.8.2.
        """
        prefix, width = "EV", 4
        if register != "evidence":
            definition = self.catalog.register(register)
            prefix, width = definition.prefix, 3
            if definition.keyed_by:
                example = next(iter(self.known_keys(register)))
                raise BadInput(f"Say which {definition.one} it is, for example {example}.")
        used = {r.key for r in self.ledger.history(self.name, register)}
        numbers = [int(m[1]) for k in used if (m := re.fullmatch(rf"{prefix}-(\d+)", k))]
        return f"{prefix}-{max(numbers, default=0) + 1:0{width}d}"

    def _check_slot(self, slot: Slot) -> None:
        asked = self.catalog.question(slot.question)
        if asked.per == "engagement" and slot.system:
            raise BadInput(f"{asked.id} is asked once for the whole engagement; leave the system empty.")
        if asked.per == "system":
            systems = [r.key for r in self.ledger.current(self.name, "systems")]
            if slot.system not in systems:
                raise Unknown("system", slot.system, systems, f"{asked.id} is asked per system.")

    def _check_evidence(self, keys: Iterable[str]) -> None:
        for key in keys:
            if (found := self.ledger.get(self.name, "evidence", key)) is None or found.body is None:
                raise Unknown("piece of evidence", key, self.names().get("evidence", ()))

    # evidence ---------------------------------------------------------------------------------------------------

    def attach_file(self, path: Path, about: Mapping[str, Any] | None = None) -> tuple[str, Stored]:
        """Keep a file as evidence: its bytes first, then the revision that names them. Returns the evidence's key.

        `about` holds fields of `Evidence` (title, artefact, collected_at, period_from, …).
        """
        self._refuse_read_only()
        stored = self.vault.add_file(path)
        return self._record_file(stored, about or {}), stored

    def attach_bytes(
        self, name: str, chunks: Iterable[bytes], about: Mapping[str, Any] | None = None
    ) -> tuple[str, Stored]:
        """Keep uploaded bytes as evidence; as `attach_file`."""
        self._refuse_read_only()
        stored = self.vault.add_bytes(name, chunks)
        return self._record_file(stored, about or {}), stored

    def attach_link(self, link: str, about: Mapping[str, Any] | None = None) -> str:
        """Record an address as evidence. Nobody keeps its content, so it can never prove what stood there."""
        evidence = self._evidence({"name": link, "form": "link", "link": link, **(about or {})})
        return self._added("evidence", evidence.body()).key

    def save_evidence(self, key: str, about: Mapping[str, Any], base: int) -> Revision:
        """Record other facts about a piece of evidence; its bytes never change."""
        old = self.ledger.get(self.name, "evidence", key)
        if old is None or old.body is None:
            raise Unknown("piece of evidence", key, self.names().get("evidence", ()))
        fixed = {"name", "form", "sha256", "size", "media_type", "link"} & set(about)
        if any(about[f] != old.body.get(f) for f in fixed):
            raise BadInput("The file behind a piece of evidence cannot be exchanged; attach the new one beside it.")
        return self._one("evidence", key, self._evidence({**old.body, **about}).body(), base)

    def _record_file(self, stored: Stored, about: Mapping[str, Any]) -> str:
        facts = {"name": stored.name, "sha256": stored.sha256, "size": stored.size, "media_type": stored.media_type}
        evidence = self._evidence({**about, **facts})
        for known in self.ledger.current(self.name, "evidence"):
            body = known.body or {}
            if body.get("sha256") == stored.sha256 and _same_facts(body, evidence.body()):
                return known.key
        return self._added("evidence", evidence.body()).key

    def _refuse_read_only(self) -> None:
        if self.why_read_only:
            raise NotAllowed(self.why_read_only)

    def _evidence(self, facts: Mapping[str, Any]) -> Evidence:
        evidence = Evidence.parse({k: v for k, v in facts.items() if v is not None})
        first, last, collected = evidence.period_from, evidence.period_to, evidence.collected_at
        if first and last and last < first:
            raise BadInput(f"The period covered ends on {last}, before it begins on {first}.", field="period_to")
        if collected and collected > self.on + timedelta(days=1):  # tomorrow is today further east
            raise BadInput(f"{collected} lies ahead: say the day on which it was collected.", field="collected_at")
        return evidence

    def verify_evidence(self) -> list[dict[str, str]]:
        """Every evidence file hashed again; what is missing or changed, as evidence key, name and reason."""
        held = [(r.key, Evidence(**dict(r.body or {}))) for r in self.ledger.current(self.name, "evidence")]
        keys = {e.sha256: key for key, e in held if e.form == "file"}
        found = self.vault.verify({e.sha256: (e.name, e.size) for _, e in held if e.form == "file"})
        return [{"evidence": keys[damage.sha256], "reason": damage.reason} for damage in found]

    # history ----------------------------------------------------------------------------------------------------

    def history(self, kind: str | None = None, key: str | None = None) -> list[Revision]:
        """Everything that was said, oldest first."""
        return self.ledger.history(self.name, kind, key)

    def issue(self, report: IssuedReport) -> Revision:
        """Record that a report left the house, so that the next one can say what changed since."""
        number = len(self.ledger.history(self.name, "issued")) + 1
        return self._one("issued", f"REP-{number:03d}", report.body(), 0)

    def acting_as(self, who: Person) -> "Store":
        """The same engagement, with somebody else speaking."""
        return replace(self, who=who)


def _same_facts(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two descriptions of the same bytes say the same; empty fields of the newer one say nothing."""
    return all(old.get(k) == v for k, v in new.items() if v not in ("", None, "internal") and k != "name")


def create(ledger: Ledger, name: str, engagement: Engagement, who: Person) -> None:
    """Begin the record of a new engagement; raises BadInput for a name that is taken or cannot be a folder's name."""
    if not re.fullmatch(SLUG, name) or ".." in name:
        raise BadInput(
            f"{name!r} cannot be an engagement's name: use lower-case letters, digits, dots, hyphens and underscores, "
            "for example isms-2027."
        )
    if name in ledger.engagements():
        raise BadInput(f"The engagement {name} exists already; choose another name or go on with it.")
    ledger.append(name, [Draft("engagement", "engagement", engagement.body())], who)


def parse_as_of(text: str) -> datetime | date | None:
    """The moment that `as_of` names: empty for now, a date, or a time with its zone; raises BadInput."""
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"as_of {text!r} is not a date; write it as 2026-11-30 or 2026-11-30T16:00+00:00.") from None
    if moment.tzinfo is None:
        raise BadInput(f"as_of {text!r} does not say its time zone; add it, for example {text}+00:00.")
    return moment.astimezone(UTC)
