"""Questions as forms: a calm list, one question open at a time, saved while one types."""

import tempfile
from typing import Any, get_args

from workbook import paths, people
from workbook.analysis.doubts import doubts_of_answer
from workbook.analysis.proof import Proof, prove
from workbook.errors import BadFile, BadInput
from workbook.forms import guidance
from workbook.forms.base import Message, Reply, Static, draft_id, moment_json
from workbook.forms.confirming import Confirming
from workbook.forms.downloads import Downloads
from workbook.forms.offers import known_people
from workbook.forms.page import Page
from workbook.forms.proofs import proof_json, step_json, steps_json
from workbook.forms.reviews import Reviewing
from workbook.forms.undoing import Undoing
from workbook.language import say, term, written
from workbook.model import TO_REVERIFY, Answer, Evidence, Result, Revision, Slot
from workbook.record import Asked, Record, freshness
from workbook.rules import FIXED, check_period, why_not_review
from workbook.scale import EVIDENCE_STATES
from workbook.vault import LIMIT
from workbook.views.markup import source_name
from workbook.views.states import EVIDENCE, NOT_ASKED, RESULTS
from workbook.words import count, natural

ABOUT = tuple(fact for fact in Evidence.model_fields if fact not in FIXED)


class Questions(Reviewing, Confirming, Undoing, Downloads):
    """The form of one section, or with no section of every question that names the speaker as its owner."""

    kind = "questions"
    table = "answers"
    confirms = "answer"

    def __init__(self, page: Page, section: str, system: str, static: Static) -> None:
        self._section, self._system = section, system
        self._uploads: dict[str, tuple[str, Any]] = {}
        super().__init__(page, static)

    # what is shown ----------------------------------------------------------------------------------------------

    def shown(self) -> Reply:
        """The list of questions as asked, each in a line; what a question says is sent when it is opened."""
        record = self.page.record(self._system)
        return {
            "mine": not self._section,
            **self.offered(),
            "minutes": record.catalog.section(self._section).minutes if self._section else 0,
            "limit": LIMIT,
            "results": [[r.value, RESULTS[r].sign, RESULTS[r].kind, term(RESULTS[r].word)] for r in Result],
            "notAsked": NOT_ASKED.said(),
            **steps_json(),
            "evidenceStates": [[state, EVIDENCE[state].kind] for state in reversed(EVIDENCE_STATES)],
            "classifications": list(get_args(Evidence.model_fields["classification"].annotation)),
            "systems": [[s.key, s.name] for s in record.systems],
            "owners": known_people(record),
            "items": self._items(record) if self._section else self._mine(record),
        }

    def _items(self, record: Record) -> list[Reply]:
        proofs, asked = prove(record), record.of_section(self._section)
        return [_line(record, proofs[a.key]) for a in sorted(asked, key=lambda a: not a.to_reverify)]

    def _mine(self, record: Record) -> list[Reply]:
        me, asked = self.store.who.name, (a for a in record.asked if not a.folded)
        owned = [a for a in asked if people.same_person(a.answer.value.owner, me)]
        section_of, proofs = record.catalog.section_of, prove(record)
        owned.sort(key=lambda a: not a.to_reverify)
        return [{**_line(record, proofs[a.key]), "section": term(section_of[a.question.id].title)} for a in owned]

    def do_open(self, message: Message, _buffers: list[Any]) -> Reply:
        """Everything one question says, and its answer as it stands."""
        record = self.page.record(self._system)
        asked = _found(record, message["key"])
        question = asked.question
        found = record.catalog.references(question.refs)
        references = [[r.label, r.words, source_name(r), r.dated] for r in found]
        return {
            "ask": term(question.ask),
            "why": term(question.why),
            "lookFor": [term(one) for one in question.look_for],
            "good": term(question.good_answer),
            "references": references,
            "advice": guidance.advice(),
            "help": [[term(f.question), term(f.answer)] for f in record.catalog.help_for(question.id)],
            "whyNotJudge": why_not_review(asked.slot, self.store.situation()),
            **_answered(record, asked),
        }

    def do_proof(self, message: Message, _buffers: list[Any]) -> Reply:
        """How far the claim of one question is shown now; asked again whenever something was recorded."""
        record = self.page.record(self._system)
        return {"proof": proof_json(record, prove(record)[_found(record, message["key"]).key])}

    # saving -----------------------------------------------------------------------------------------------------

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save an answer; the reply is sent when it is durable.

        Whoever says another result or other words gives the answer anew; who names an owner, a day or a piece of
        evidence does not confirm what was carried over.
        """
        stands, base = self.page.record().answers.get(message["key"]), int(message["base"])
        answer = _answer(message["key"], message["answer"])
        if stands is not None:  # what was sent before is as it was recorded then
            mark = _leaves_mark(stands.value, answer) if base == stands.version else stands.value.to_reverify
            answer = answer.model_copy(update={TO_REVERIFY: mark})
        revision = self.store.save_answer(answer, base, draft_id(message))
        doubts = [(doubt.field, doubt.says) for doubt in doubts_of_answer(answer, self.store.on)]
        return {"revision": self.revision_json(revision), "doubts": doubts, "changed": True}

    def do_same_for_all(self, message: Message, _buffers: list[Any]) -> Reply:
        """Give every system in scope the answer of one; answers that differ become new versions."""
        record = self.page.record()
        source = _found(record, message["key"])
        others = [a for a in record.asked if a.question.id == source.question.id and a.system and a.key != source.key]
        copies = [
            (source.answer.value.model_copy(update=_for_system(source, a)), a.answer.version)
            for a in others
            if a.system
        ]
        made = self.store.save_answers(copies, draft_id(message))
        return _saved(say("Copied to {n} more.", n=len(copies)), made)

    def do_not_applicable(self, message: Message, _buffers: list[Any]) -> Reply:
        """Set several questions to not applicable with one reason, all or none."""
        record = self.page.record(self._system)
        change = {"result": Result.NOT_APPLICABLE.value, "rationale": str(message["reason"]), TO_REVERIFY: False}
        changes = [_changed(_found(record, key), change) for key in message["keys"]]
        made = self.store.save_answers(changes, draft_id(message))
        return _saved(say("{n} set to not applicable.", n=len(changes)), made)

    def do_assign(self, message: Message, _buffers: list[Any]) -> Reply:
        """Name an owner, a due date or both for several questions, all or none; what is left empty stays as it is."""
        record = self.page.record(self._system)
        change = {name: value for name in ("owner", "due") if (value := str(message[name]).strip())}
        if not change:
            raise BadInput(say("Name an owner or a due date."), field="owner")
        changes = [_changed(_found(record, key), change) for key in message["keys"]]
        made = self.store.save_answers(changes, draft_id(message))
        due = say("due {day}", day=change["due"]) if "due" in change else ""
        owner = change.get("owner", "")
        words = say("{owner} and {due}", owner=owner, due=due) if owner and due else owner or due
        doubts = [(d.field, d.says) for answer, _ in changes for d in doubts_of_answer(answer, record.on)]
        says = say("{questions} set to {words}.", questions=count(len(changes), "question"), words=words)
        return {**_saved(says, made), "doubts": doubts[:1] if "due" in change else []}

    # evidence ---------------------------------------------------------------------------------------------------

    def do_evidence(self, _message: Message, _buffers: list[Any]) -> Reply:
        """Every piece of evidence in the record, to attach again; and the files that lie ready in the workspace."""
        record = self.page.record()
        pieces = [[key, e.value.label, e.value.artefact] for key, e in record.evidence.items()]
        folder = paths.inbox()
        found = (str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else ()
        ready = sorted(found, key=natural)
        return {"evidence": pieces, "inbox": str(folder), "files": ready[:500]}

    def do_upload(self, message: Message, buffers: list[Any]) -> Reply:
        """Take one piece of a file; the last piece makes it evidence. Pieces are small, so no size limit is hit."""
        upload = str(message["upload"])
        if upload not in self._uploads:
            if int(message["size"]) > LIMIT:
                says = say("{name} is larger than {most} bytes; attach an extract, or a link to it.",
                           name=message["name"], most=written(LIMIT))  # fmt: skip
                raise BadFile(says)
            self._uploads[upload] = (str(message["name"]), tempfile.TemporaryFile())  # noqa: SIM115 - closed with the last piece
        name, file = self._uploads[upload]
        for buffer in buffers:
            file.write(bytes(buffer))
        if not message.get("last"):
            return {"taken": file.tell()}
        with file:
            del self._uploads[upload]
            file.seek(0)
            chunks = iter(lambda: file.read(1 << 20), b"")
            key, stored = self.store.attach_bytes(name, chunks, _about(message), draft_id(message))
        return {"evidence": self._piece(key, message["key"]), "sha256": stored.sha256, "size": stored.size}

    def do_attach_path(self, message: Message, _buffers: list[Any]) -> Reply:
        """Keep a file that lies in the workspace on the server's disk: a path there, or one in the inbox."""
        path = paths.inside(paths.inbox() / str(message["path"]))
        key, stored = self.store.attach_file(path, _about(message), draft_id(message))
        return {"evidence": self._piece(key, message["key"]), "sha256": stored.sha256, "size": stored.size}

    def do_attach_link(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record an address as evidence."""
        key = self.store.attach_link(str(message["link"]).strip(), _about(message), draft_id(message))
        return {"evidence": self._piece(key, message["key"])}

    def do_piece(self, message: Message, _buffers: list[Any]) -> Reply:
        """One piece of evidence as it stands, to attach or edit it."""
        return {"evidence": self._piece(message["evidence"], message["key"])}

    def do_check_evidence(self, message: Message, _buffers: list[Any]) -> Reply:
        """What cannot stand in the facts about a piece of evidence that are being typed."""
        evidence, _ = Evidence.salvage({"name": "a piece of evidence", **_about(message)})
        try:
            if evidence is not None:
                check_period(evidence)
        except BadInput as error:
            return {"doubts": [(error.field, str(error))]}
        return {"doubts": []}

    def do_save_evidence(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record other facts about a piece of evidence: what it is, the period it covers, when it was collected."""
        about, base = _about(message, keep_empty=True), int(message["base"])
        self.store.save_evidence(message["evidence"], about, base, draft_id(message))
        return {"evidence": self._piece(message["evidence"], message["key"]), "changed": True}

    def _piece(self, key: str, slot: str) -> Reply:
        record = self.page.record()
        if key not in record.evidence:
            raise BadInput(say("The evidence {key} is no longer in the record.", key=key))
        question = record.catalog.question(Slot.parse(slot).question)
        stated = record.evidence[key]
        age = freshness(stated.value, question.max_age(stated.value.artefact), record.on)
        return _evidence(key, stated, age)


def _leaves_mark(stands: Answer, now: Answer) -> bool:
    """Whether an answer that was carried over is still to be confirmed after it is saved like this."""
    anew = any(getattr(stands, name) != getattr(now, name) for name in ("result", "rationale"))
    beside = any(getattr(stands, name) != getattr(now, name) for name in ("owner", "due", "evidence"))
    return stands.to_reverify and beside and not anew


def _for_system(source: Asked, other: Asked) -> dict[str, Any]:
    """What changes of an answer that is copied to another system; a copy confirms nothing that was carried over."""
    return {"system": other.slot.system, TO_REVERIFY: source.to_reverify or other.to_reverify}


def _saved(says: str, made: list[Revision]) -> Reply:
    """What was done to several answers, and by which revision it can be taken back."""
    return {"says": says, "number": made[0].number if made else 0, "changed": True}


def _found(record: Record, key: str) -> Asked:
    slot = Slot.parse(key)
    return record.ask(slot.question, slot.system)


def _line(record: Record, proof: Proof) -> Reply:
    asked = proof.asked
    return {
        "key": asked.key,
        "question": asked.question.id,
        "title": term(asked.question.title),
        "ask": term(asked.question.ask),
        "system": asked.system.key if asked.system else "",
        "systemName": asked.system.name if asked.system else "",
        "result": asked.result.value,
        "owner": asked.answer.value.owner,
        "evidence": asked.evidence_state,
        "pieces": len(asked.evidence),
        "reviewed": asked.reviewed,
        **step_json(record, proof),
        "folded": asked.folded,
        "version": asked.answer.version,
        "by": asked.answer.actor,
        "toReverify": asked.to_reverify,
    }


def _answered(record: Record, asked: Asked) -> Reply:
    answer, review = asked.answer, asked.review
    return {
        "answer": answer.value.body(),
        "carried": _carried(record) if asked.to_reverify else "",
        "version": answer.version,
        "by": answer.actor,
        "at": moment_json(record.local(answer.at)),
        "evidence": [_evidence(key, e, age) for key, e, age in asked.evidence],
        "proof": proof_json(record, prove(record)[asked.key]),
        "reviewed": asked.reviewed,
        "review": review.value.body() | {"by": review.actor} if review else None,
    }


def _carried(record: Record) -> str:
    """What is said above an answer that was carried over."""
    origin = record.engagement.carried_from
    where = origin.engagement if origin else say("an earlier audit")
    return say(
        "Carried over from {audit}, and nothing of it counts yet. "
        "Look at the answer and its evidence as they are today.",
        audit=where,
    )


def _evidence(key: str, stated: Any, age: Any) -> Reply:
    """`base` counts the revisions of the piece; its `version` is that of the model or dataset it speaks of."""
    return {"key": key, "base": stated.version, "state": age.state, "age": age.text, "label": stated.value.label,
            **stated.value.body()}  # fmt: skip


def _changed(asked: Asked, change: Message) -> tuple[Answer, int]:
    """An answer with some of its facts changed, and the version that was read; evidence that is gone goes."""
    kept = {"evidence": [key for key, _, _ in asked.evidence]}
    mark = {TO_REVERIFY: asked.to_reverify}
    return _answer(asked.key, {**asked.answer.value.body(), **kept, **mark, **change}), asked.answer.version


def _answer(key: str, facts: Message) -> Answer:
    slot = Slot.parse(key)
    return Answer.parse(
        {
            "question": slot.question,
            "system": slot.system,
            "result": facts["result"],
            "rationale": facts.get("rationale", ""),
            "owner": facts.get("owner", "").strip(),
            "due": facts.get("due") or None,
            "evidence": tuple(facts.get("evidence", ())),
            TO_REVERIFY: facts.get(TO_REVERIFY, False) is True,
        }
    )


def _about(message: Message, *, keep_empty: bool = False) -> Reply:
    """The facts about a piece of evidence that were typed; dates left empty say nothing."""
    about = message.get("about") or {}
    dates = {"collected_at", "period_from", "period_to", "valid_until"}
    if keep_empty:
        return {k: (about[k] or None) if k in dates else about[k] for k in ABOUT if k in about}
    return {k: about[k] for k in ABOUT if about.get(k)}
