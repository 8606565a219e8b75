"""One open engagement: reads its record from the ledger and saves what people say, under the rules of who may say what.

Each save is one transaction of its own, durable when the call returns; it may come from any thread. A save names the
version its author saw: if somebody else was faster it raises Conflict and changes nothing. A save may carry the `id` of
its draft: sent again under the same id, because the first reply was lost, it is recorded once.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from workbook import origins, paths, people, reading, zones
from workbook.as_of import AsOf, AtRevision
from workbook.catalog import Catalog
from workbook.errors import BadInput, NotAllowed, Unknown, WorkbookError
from workbook.keys import require_numbering
from workbook.language import say
from workbook.ledger import Ledger
from workbook.model import (
    SLUG,
    TO_REVERIFY,
    Answer,
    Draft,
    Engagement,
    Evidence,
    Head,
    IssuedReport,
    Person,
    Review,
    Revision,
    TaskState,
    link_form,
)
from workbook.record import Record, build
from workbook.registers import without_lost
from workbook.rules import check, check_engagement
from workbook.situation import Situation
from workbook.vault import Stored, Vault


@dataclass
class Store:
    """One engagement of the ledger, as `who` may use it.

    `as_of` None: the newest state, dated today, and writable. Otherwise the record as it stood then, read only.
    """

    ledger: Ledger
    vault: Vault
    catalog: Catalog
    name: str
    who: Person
    as_of: AsOf = None

    @property
    def on(self) -> date:
        """The day ages are counted to, in `zone`: that of `as_of`, of its revision where it names none, else today."""
        return self._day_at(self.head())

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the engagement, as it stood at the end of what this store reads."""
        return self._zone_at(self.head())

    def _zone_at(self, head: Head) -> ZoneInfo:
        return reading.zone_at(self.ledger, self.name, head)

    def _day_at(self, head: Head) -> date:
        return reading.day_of(self.as_of, head, self._zone_at(head))

    @property
    def why_read_only(self) -> str:
        """Why nothing can be saved; empty when saving is possible."""
        if self.as_of is not None:
            return say("This shows the record as of {day}; open the newest state to change it.", day=self.on)
        if not self.ledger.writable:
            return say("The ledger lies in a place where you may only read.")
        return ""

    def head(self) -> Head:
        """The end of the chain that this store reads."""
        return reading.head_of(self.ledger, self.name, self.as_of)

    def record(self, system: str = "") -> Record:
        """What is known now, or was at `as_of`; nothing while the store names no engagement.

        Raises Unknown for an engagement or system that does not exist, BadInput for a revision that does not, and for a
        state that lies ahead.
        """
        head = self.head()
        if self.name and not head.number:
            self._refuse_empty()
        reading.check(self.name, self.as_of, head, self._zone_at(head))
        return self._record(head, self._day_at(head)).for_system(system)

    def _record(self, head: Head, on: date) -> Record:
        revisions = self.ledger.current(self.name, upto=head.number)
        authors = origins.authors(self.ledger, self.name, "answer", head.number)
        record = build(self.catalog, self.name, revisions, head, on)
        evidence = origins.without_erased(record.evidence, self.ledger.current(self.name, "erasure"))
        begun = origins.begun(self.ledger, self.name, "risks")
        return replace(record, authors=authors, evidence=evidence, begun=begun)

    def shows(self, record: Record) -> bool:
        """Whether `record`, which this store read before, is what it would read now."""
        if isinstance(self.as_of, AtRevision):
            return True  # nothing is recorded in front of a revision
        head = self.head()
        return record.head == head and record.on == reading.day_of(
            self.as_of, head, zones.zone(record.engagement.time_zone)
        )

    def record_at(self, number: int, on: date, system: str = "") -> Record:
        """What was known at revision `number`, with ages counted to the day `on`."""
        record = self._record(self.ledger.head(self.name, upto=number), on)
        in_scope = system if any(row.key == system for row in record.register("systems")) else ""
        return record.for_system(in_scope)

    def _refuse_empty(self) -> None:
        engagements = self.ledger.engagements()
        if self.name in engagements:
            first = self.ledger.head(self.name, upto=1)
            begins = reading.day_of(AtRevision(1), first, self._zone_at(first))
            raise BadInput(
                say(
                    "{name} has no entry yet on {day}; its record begins on {begins}. Choose that day or a later one.",
                    name=self.name,
                    day=self.on,
                    begins=begins,
                )
            )
        hint = say("`workbook new {name}` creates it.", name=self.name)
        raise Unknown("engagement", self.name, engagements, hint)

    # saving -----------------------------------------------------------------------------------------------------

    def save(self, drafts: Iterable[Draft]) -> list[Revision]:
        """Record all drafts or none; raises Conflict, NotRecorded, Unnamed, and what `rules.check` raises.

        Every save goes through here, so that nothing is recorded which the rules refuse.
        """
        self.refuse()
        changes, situation = list(drafts), self.situation()
        for draft in changes:
            situation.add(draft)
        made = self.ledger.append(self.name, [self._checked(draft, situation) for draft in changes], self.who)
        for digest in (r.body["sha256"] for r in made if r.kind == "evidence" and r.body):
            self.vault.settle(digest)
        return made

    def _checked(self, draft: Draft, situation: Situation) -> Draft:
        """`draft` as the rules let it be recorded; one that was recorded before is judged by what stood then."""
        try:
            return check(draft, situation)
        except WorkbookError:
            earlier = self.ledger.recorded(self.name, draft.id)
            if earlier is None:
                raise
            return check(draft, situation.before(earlier))

    def situation(self) -> Situation:
        """What a draft of the person who speaks is checked against."""
        return Situation(self.catalog, self.ledger, self.name, self.who, self.on)

    def save_engagement(self, engagement: Engagement, base: int, id: str = "") -> Revision:
        """Record what the audit is about."""
        return self._save_one("engagement", "engagement", engagement.body(), base, id)

    def save_answer(self, answer: Answer, base: int, id: str = "") -> Revision:
        """Record an answer; raises BadInput when it is not applicable without a reason, or names unknown evidence.

        Who gives an answer that is not `to_reverify` confirms what was carried over under its key.
        """
        return self._save_one("answer", answer.key, _said(answer), base, id)

    def save_answers(self, answers: Iterable[tuple[Answer, int]], id: str = "") -> list[Revision]:
        """Record several answers, all or none, each with the version its author saw."""
        drafts = (Draft("answer", answer.key, _said(answer), base) for answer, base in answers)
        return self.save(numbered(drafts, id))

    def confirm(self, drafts: Iterable[Draft], id: str = "") -> list[Revision]:
        """Record that these answers or rows, which were carried over, are still true; all or none, each one by name."""
        confirmed = [replace(draft, body={**(draft.body or {}), TO_REVERIFY: False}) for draft in drafts]
        return self.save(numbered(confirmed, id))

    def save_task(self, state: TaskState, base: int, id: str = "") -> Revision:
        """Record how far a task of the timeline is."""
        return self._save_one("task", state.task, state.body(), base, id)

    def save_review(self, review: Review, base: int, id: str = "") -> Revision:
        """Record a review of one version of an answer; raises NotAllowed for one's own answer."""
        return self._save_one("review", review.key, review.body(), base, id)

    def save_row(self, register: str, key: str, values: Mapping[str, Any], base: int, id: str = "") -> Revision:
        """Record a row of a register; an empty `key` makes a new one. Raises BadInput naming the column."""
        self.catalog.register(register)
        _check_values(values)
        if key:
            known = self.situation().meant(register, key) if self.known_keys(register) else key
            return self._save_one(register, known, values, base, id)
        return self._add(register, values, id)

    def delete(self, kind: str, key: str, base: int, id: str = "") -> Revision:
        """Record that a row, answer or piece of evidence is gone; its history stays."""
        return self._save_one(kind, key, None, base, id)

    def restore(self, kind: str, key: str, number: int, id: str = "") -> Revision:
        """Record again what stood in revision `number`, as a new version; nothing in between is lost.

        Columns that the checklists no longer have are left out.
        """
        past = [r for r in self.ledger.history(self.name, kind, key) if r.number == number]
        if not past:
            raise BadInput(say("Revision {number} does not belong to {kind} {key}.", number=number, kind=kind, key=key))
        newest, body = self.ledger.get(self.name, kind, key), past[0].body
        if body is not None and kind in self.catalog.registers:
            body = without_lost(self.catalog.registers[kind], body)
        return self._save_one(kind, key, body, newest.version if newest else 0, id)

    def _save_one(self, kind: str, key: str, body: Mapping[str, Any] | None, base: int, id: str = "") -> Revision:
        draft = Draft(kind, key, body, base, id) if id else Draft(kind, key, body, base)
        return self.save([draft])[0]

    def _add(self, kind: str, body: Mapping[str, Any], id: str = "") -> Revision:
        """Record `body` under the next key, which is never one that was used before.

        Raises BadInput for a register whose rows are keyed by references, for example controls by A.8.2.
        """
        draft = Draft(kind, "", body, numbers=require_numbering(self.catalog, kind))
        return self.save([replace(draft, id=id) if id else draft])[0]

    def known_keys(self, register: str) -> Mapping[str, Any]:
        """The references that may be keys of this register, by identifier; empty where keys are made."""
        return self.catalog.known_keys(self.catalog.register(register))

    # evidence ---------------------------------------------------------------------------------------------------

    def attach_file(self, path: Path, about: Mapping[str, Any] | None = None, id: str = "") -> tuple[str, Stored]:
        """Keep a file as evidence: its bytes first, then the revision that names them. Returns the evidence's key.

        `about` holds fields of `Evidence` (title, artefact, collected_at, period_from, …).
        """
        self.refuse()
        self.vault.sweep(self._is_named)
        stored = self.vault.add_file(path)
        return self._record_file(stored, about or {}, id), stored

    def attach_bytes(
        self, name: str, chunks: Iterable[bytes], about: Mapping[str, Any] | None = None, id: str = ""
    ) -> tuple[str, Stored]:
        """Keep uploaded bytes as evidence; as `attach_file`."""
        self.refuse()
        self.vault.sweep(self._is_named)
        stored = self.vault.add_bytes(name, chunks)
        return self._record_file(stored, about or {}, id), stored

    def attach_link(self, link: str, about: Mapping[str, Any] | None = None, id: str = "") -> str:
        """Record an address as evidence. Nobody keeps its content, so it can never prove what stood there; a place on a
        file share becomes a reference, which proves nothing at all.
        """
        facts = {"name": link, "form": link_form(link), "link": link}
        return self._add("evidence", {**_without_none(about or {}), **facts}, id).key

    def save_evidence(self, key: str, about: Mapping[str, Any], base: int, id: str = "") -> Revision:
        """Record other facts about a piece of evidence; its bytes never change."""
        versions = {r.version: r for r in self.ledger.history(self.name, "evidence", key)}
        old = versions.get(base) or versions.get(max(versions, default=0))
        if old is None or old.body is None:
            raise Unknown("piece of evidence", key, self.situation().keys("evidence"))
        return self._save_one("evidence", key, {**old.body, **about}, base, id)

    def _record_file(self, stored: Stored, about: Mapping[str, Any], id: str = "") -> str:
        facts = {"name": stored.name, "sha256": stored.sha256, "size": stored.size, "media_type": stored.media_type}
        evidence = Evidence.parse({**_without_none(about), **facts})
        for key in dict.fromkeys(r.key for r in self.ledger.mentions(self.name, "evidence", stored.sha256)):
            newest = self.ledger.get(self.name, "evidence", key)
            if newest is None or newest.body is None or key in self._erased(self.name):
                continue
            if _says_the_same(newest.body, evidence.body()):
                return key
        return self._add("evidence", evidence.body(), id).key

    def refuse(self) -> None:
        """Raise NotAllowed where nothing can be saved, Unnamed while nobody has said who speaks."""
        if self.why_read_only:
            raise NotAllowed(self.why_read_only)
        people.refuse_unnamed(self.who)

    def verify_evidence(self) -> list[dict[str, str]]:
        """Every evidence file that was ever recorded, hashed again: what is missing or changed.

        As evidence key, and reason. That a record was deleted does not account for its file; that it was erased does,
        and then it must be gone.
        """
        erased = self._erased(self.name)
        keys = {digest: key for key, (digest, _, _) in self._files(self.name).items() if key not in erased}
        found = [{"evidence": keys[d.sha256], "reason": d.reason} for d in self.vault.verify(self.kept_files())]
        undone = [key for digest, key in self.erased_files().items() if self.vault.has(digest)]
        says = "It was erased, but its file is there. Run `workbook erase` once more."
        return [*found, *({"evidence": key, "reason": says} for key in undone)]

    def kept_files(self) -> dict[str, tuple[str, Any]]:
        """The evidence files that have to be there: name and size by hash."""
        erased = self._erased(self.name)
        return {d: (name, size) for key, (d, name, size) in self._files(self.name).items() if key not in erased}

    def erased_files(self) -> dict[str, str]:
        """The evidence files that have to be gone, which no other piece of evidence in the ledger is: key by hash."""
        erased, kept = self._erased(self.name), self.kept_files()
        gone = {d: key for key, (d, _, _) in self._files(self.name).items() if key in erased and d not in kept}
        return {digest: key for digest, key in gone.items() if not self.named_by(digest)}

    def _is_named(self, sha256: str) -> bool:
        """Whether any revision of this ledger ever named the file with this hash."""
        return any(self.ledger.mentions(name, "evidence", sha256) for name in self.ledger.engagements())

    def unnamed(self) -> dict[str, int]:
        """The files in the evidence folder that no revision of this ledger names: size by hash."""
        named = {digest for name in self.ledger.engagements() for digest, _, _ in self._files(name).values()}
        return {digest: size for digest, size in self.vault.held().items() if digest not in named}

    def named_by(self, sha256: str) -> list[tuple[str, str]]:
        """The pieces of evidence in this ledger that are the file with this hash and not erased: engagement and key."""
        found = []
        for name in self.ledger.engagements():
            keys = dict.fromkeys(r.key for r in self.ledger.mentions(name, "evidence", sha256))
            found += [(name, key) for key in keys if key not in self._erased(name)]
        return found

    def _files(self, engagement: str) -> dict[str, tuple[str, str, Any]]:
        """The hash, name and size of every file that was ever recorded as evidence, by key."""
        bodies = ((r.key, r.body) for r in self.ledger.history(engagement, "evidence") if r.body)
        return {
            key: (str(body.get("sha256")), str(body.get("name")), body.get("size"))
            for key, body in bodies
            if body.get("form", "file") == "file"
        }

    def _erased(self, engagement: str) -> set[str]:
        """The evidence whose files were erased, by key."""
        bodies = (r.body or {} for r in self.ledger.history(engagement, "erasure"))
        return {str(body.get("key")) for body in bodies if body.get("kind") == "evidence" and body.get("sha256")}

    # history ----------------------------------------------------------------------------------------------------

    def history(self, kind: str | None = None, key: str | None = None) -> list[Revision]:
        """All revisions of this engagement, or of one kind or key, oldest first."""
        return self.ledger.history(self.name, kind, key)

    def issue(self, report: IssuedReport, key: str = "") -> Revision:
        """Record that a report was issued, under its number or the next one; raises Conflict where that is taken."""
        return self._save_one("issued", key, report.body(), 0) if key else self._add("issued", report.body())

    def next_issue(self) -> str:
        """The number that the next report to be issued gets."""
        return require_numbering(self.catalog, "issued").following_key(r.key for r in self.history("issued"))

    def acting_as(self, who: Person) -> "Store":
        """The same engagement, with somebody else speaking."""
        return replace(self, who=who)


def numbered(drafts: Iterable[Draft], id: str) -> list[Draft]:
    """Several drafts that were sent under one `id`, each with an id of its own made from it; unchanged without one."""
    return [replace(draft, id=f"{id}/{n}") if id else draft for n, draft in enumerate(drafts)]


def _said(answer: Answer) -> dict[str, Any]:
    """An answer as its author gives it, whether it is to be verified again, or not."""
    return {**answer.body(), TO_REVERIFY: answer.to_reverify}


def _check_values(values: object) -> None:
    """Raise BadInput for what is no row; None above all, which would be a deletion."""
    if not isinstance(values, Mapping):
        raise BadInput(f"A row is its columns with what they hold, not a {type(values).__name__}.")


def _without_none(about: Mapping[str, Any]) -> dict[str, Any]:
    return {fact: value for fact, value in about.items() if value is not None}


def _says_the_same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two descriptions of the same bytes say the same; empty fields of the newer one say nothing."""
    return all(old.get(k) == v for k, v in new.items() if v not in ("", None, "internal") and k != "name")


def earlier_audit(store: Store) -> Store | None:
    """The audit that this one goes on from, as it stood then, with ages counted to its day; None where there is none.

    Nor is there one where the ledger holds no such chain any more: what it says now was not taken over.
    """
    origin = origins.origin_of(store.ledger, store.name)
    if origin is None:
        return None
    found = replace(store, name=origin.engagement, as_of=AtRevision(origin.number))
    head = found.head()
    return found if (head.number, head.hash) == (origin.number, origin.hash) else None


def create(ledger: Ledger, name: str, engagement: Engagement, who: Person) -> None:
    """Begin a new engagement in the ledger; raises BadInput for a name that is taken or cannot be a folder's name,
    Unnamed while nobody has said who speaks.
    """
    people.refuse_unnamed(who)
    check_name(ledger, name)
    about = Engagement.parse({**engagement.body(), "carried_from": None})  # that is for `carrying` alone to say
    check_engagement(about)
    ledger.append(name, [Draft("engagement", "engagement", about.body())], who)


def check_name(ledger: Ledger, name: str) -> None:
    """Raise BadInput for the name of a new engagement that is taken or cannot be a folder's name."""
    if not re.fullmatch(SLUG, name) or ".." in name:
        raise BadInput(
            say(
                "{name!r} cannot be an engagement's name: use lower-case letters, digits, dots, hyphens and "
                "underscores, for example isms-2027.",
                name=name,
            )
        )
    if paths.is_reserved(name):
        raise BadInput(
            say(
                "{name!r} cannot be an engagement's name: something of the workspace's own is called so. Choose "
                "another one, for example {stem}-2027.",
                name=name,
                stem=name.partition(".")[0],
            )
        )
    if name in ledger.engagements():
        raise BadInput(say("The engagement {name} exists already; choose another name or go on with it.", name=name))
