"""Who may say what: one check behind every save, whichever way a draft came.

Forms, commands and imports make drafts; nothing is recorded that has not passed `check`. What a draft is checked
against, its situation, is the ledger with the other drafts of the same save, which is recorded whole or not at all.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from workbook.catalog import Catalog
from workbook.entries import Register
from workbook.errors import BadInput, NotAllowed, Unknown, gather, refuse
from workbook.judging import tie
from workbook.keys import known_ids, numbering
from workbook.language import later, say
from workbook.model import (
    TO_REVERIFY,
    Answer,
    Draft,
    Engagement,
    Evidence,
    IssuedReport,
    Review,
    Role,
    Slot,
    TaskState,
    Value,
)
from workbook.registers import check_row
from workbook.reverifying import marked
from workbook.row_rules import check_row_deletion, check_scales, judge_row, why_no_judge
from workbook.sample_rules import KINDS, check_population, check_result, check_sample
from workbook.situation import Body, Situation, check_shape
from workbook.words import folded

V = TypeVar("V", bound=Value)
# what a cell can refer to: no comma, no semicolon, no line end; "@" stands between a question and its system
KEY = re.compile(r"[^\W_](?:[\w .:/+()-]{0,62}[\w.:/+()-])?")
FIXED = ("name", "form", "sha256", "size", "media_type", "link")  # what makes a piece of evidence this one
_UNPROVEN = {
    "file": later("Evidence that is a file needs the SHA-256 of its bytes; attach it to the record."),
    "link": later("Evidence that is a link needs an address; attach it to the record."),
    "reference": later("Evidence that is a reference needs a place on a file share; attach it to the record."),
}


def check(draft: Draft, situation: Situation) -> Draft:
    """`draft` as it may be recorded: its body trimmed and typed.

    Raises Unknown for a name that does not exist, BadInput naming the field that is wrong, `Several` for more than one,
    and NotAllowed for what its author may not say (control A.5.3, clause 9.2.2).
    """
    check_shape(draft)
    registers = situation.catalog.registers
    if draft.kind not in _RULES and draft.kind not in registers:
        raise Unknown("kind of revision", draft.kind, [*_RULES, *registers])
    if draft.body is None:
        _check_deletion(draft, situation)
        return draft
    rule = _RULES.get(draft.kind) or _row_rule
    body = rule(draft, draft.body, situation)
    carried = draft.kind == "answer" or draft.kind in registers
    return replace(draft, body=marked(draft, body, situation) if carried else body)


def _check_deletion(draft: Draft, situation: Situation) -> None:
    if draft.kind == "engagement":
        raise BadInput(say("What the audit is about cannot be deleted; change it instead."))
    if draft.kind in KINDS:
        raise BadInput(say(KINDS[draft.kind]))
    if draft.kind == "issued":
        raise BadInput(say("That a report was issued cannot be taken back; somebody has it."))
    if draft.kind == "review" and (reason := why_not_review(Slot.parse(draft.key), situation)):
        raise NotAllowed(reason)
    if draft.kind == "evidence":
        _check_unsaid(draft, (), situation)
    if draft.kind in situation.catalog.registers:
        check_row_deletion(draft, situation)


# judging ------------------------------------------------------------------------------------------------------------


def why_not_review(slot: Slot, situation: Situation) -> str:
    """Why the person who speaks may not review this answer; empty if they may."""
    if situation.who.role is Role.PREPARER:
        return say("Only a reviewer or an auditor may review; your role is preparer.")
    if tie(situation.who.name, situation.authors(slot.question, slot.system)):
        return say("You answered this yourself; somebody else has to review or test it (control A.5.3, clause 9.2.2).")
    return why_no_judge(situation)


# one rule for each kind -----------------------------------------------------------------------------------------------


def _parsed(shape: type[V], body: Body, *checks: Callable[[V], None]) -> V:
    """The value that `body` makes, if every one of `checks` lets it pass; raises BadInput with all that is wrong."""
    value, wrong = shape.salvage(body)
    if value is None:
        return shape.parse(body)
    gather(partial(refuse, wrong), *(partial(passes, value) for passes in checks))
    return value


def _engagement_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    if draft.key != "engagement":
        raise BadInput(say("What the audit is about is kept under the key 'engagement', not {key!r}.", key=draft.key))
    standing = situation.standing(draft) or {}
    engagement = Engagement.parse({**body, "carried_from": standing.get("carried_from")})
    check_engagement(engagement)
    return engagement.body()


def _answer_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    return _parsed(
        Answer,
        body,
        lambda answer: _check_slot(draft, answer.slot, situation),
        _check_reason,
        lambda answer: _check_evidence(answer.evidence, situation),
        lambda answer: _check_artefacts(draft, answer, situation),
    ).body()


def _check_reason(answer: Answer) -> None:
    if problem := answer.problem():
        raise BadInput(problem, field="rationale")


def _review_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    review = Review.parse(body)
    _check_slot(draft, review.slot, situation)
    if not situation.holds("answer", review.key):
        raise BadInput(say("Nobody has answered {key} yet, so there is nothing to review.", key=review.key))
    if situation.body("answer", review.key).get(TO_REVERIFY):
        raise BadInput(
            say("{key} was carried over; somebody has to confirm it in this audit before its review.", key=review.key)
        )
    if reason := why_not_review(review.slot, situation):
        raise NotAllowed(reason)
    if review.version > (newest := situation.version("answer", review.key)):
        raise BadInput(
            say("There is no version {version} of {key} yet; review version {newest}.", version=review.version,
                key=review.key, newest=newest)
        )  # fmt: skip
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
        check_period,
        lambda evidence: _check_collected(evidence, situation),
        lambda evidence: _check_proof(draft, evidence, situation),
        lambda evidence: _check_claims(draft, evidence, situation),
    ).body()


def _check_collected(evidence: Evidence, situation: Situation) -> None:
    collected = evidence.collected_at
    if collected and collected > situation.on + timedelta(days=1):  # tomorrow is today further east
        says = say("{day} lies ahead: say the day on which it was collected.", day=collected)
        raise BadInput(says, field="collected_at")


def _check_proof(draft: Draft, evidence: Evidence, situation: Situation) -> None:
    """Raise BadInput for evidence without what it proves with, or with other than what it has proven with so far."""
    if evidence.form == "erased":
        raise BadInput(say("What was erased is recorded by `workbook erase` alone."), field="form")
    now, before = evidence.body(), situation.replaced(draft)
    if before is None and not (evidence.sha256 if evidence.form == "file" else evidence.link):
        raise BadInput(say(_UNPROVEN[evidence.form]))
    if before is not None and any(_composed(now[fact]) != _composed(before.get(fact)) for fact in FIXED):
        raise BadInput(say("The file behind a piece of evidence cannot be exchanged; attach the new one beside it."))


def _check_claims(draft: Draft, evidence: Evidence, situation: Situation) -> None:
    """Raise what is wrong with what evidence says of itself: only of what is not recorded like this already."""
    before = situation.standing(draft) or {}
    fresh = {name for name, fact in evidence.body().items() if fact != before.get(name)}
    if fresh & {"period_from", "period_to"}:
        _check_within(evidence, situation)
    if "version" in fresh:
        _check_version(evidence.version, situation)
    if "artefact" in fresh and any(draft.key in body.get("evidence", ()) for body in situation.bodies("answer")):
        _check_artefact(evidence.artefact, situation)
    for claim in evidence.against if "against" in fresh else ():
        _check_claim(claim, situation)
    _check_unsaid(draft, evidence.against, situation)


def _check_within(evidence: Evidence, situation: Situation) -> None:
    """Raise BadInput for a period that lies wholly outside the period that the audit covers."""
    about = situation.body("engagement", "engagement")
    first, last, starts, ends = (
        about.get("period_from"),
        about.get("period_to"),
        evidence.period_from,
        evidence.period_to,
    )
    if not (first and last and starts and ends):
        return
    if ends.isoformat() < first or starts.isoformat() > last:
        says = say(
            "The period covered, {starts} to {ends}, lies outside the period of the audit, {first} to {last}; name "
            "evidence of that period.",
            starts=starts,
            ends=ends,
            first=first,
            last=last,
        )
        raise BadInput(says, field="period_to")


def _check_version(version: str, situation: Situation) -> None:
    """Raise Unknown for a version that no model or dataset of the registers has, as version or as hash."""
    columns = ("version", "artefact_hash")
    known = {str(r.get(c)) for kind in ("models", "datasets") for r in situation.rows(kind).values() for c in columns}
    known -= {"None", ""}
    if version.strip() and folded(version) not in {folded(text) for text in known}:
        hint = say("Enter it in the table of models or datasets first.")
        raise Unknown("version of a model or dataset", version, known, hint, field="version")


def _check_claim(claim: str, situation: Situation) -> None:
    """Raise Unknown for what is no question, or no question of a system, that evidence could speak against."""
    slot = Slot.parse(claim)
    if slot.question not in situation.catalog.questions:
        raise Unknown("question", slot.question, situation.catalog.questions, field="against")
    if slot.system and not situation.holds("systems", slot.system):
        raise Unknown("system", slot.system, situation.keys("systems"), field="against")


def _check_unsaid(draft: Draft, against: Iterable[str], situation: Situation) -> None:
    """Raise NotAllowed for a preparer who takes back that evidence speaks against a claim (control A.5.3)."""
    gone = set((situation.standing(draft) or {}).get("against", ())) - set(against)
    if not gone:
        return
    why = say("your role is preparer") if situation.who.role is Role.PREPARER else why_no_judge(situation)
    if why:
        says = say(
            "{key} speaks against {claims}; only a reviewer or an auditor may take that back (control A.5.3): {why}",
            key=draft.key,
            claims=", ".join(sorted(gone)),
            why=why,
        )
        raise NotAllowed(says)


def _check_artefacts(draft: Draft, answer: Answer, situation: Situation) -> None:
    """Raise Unknown for newly attached evidence whose artefact no question or task asks for."""
    before = (situation.standing(draft) or {}).get("evidence", ())
    named = (situation.body("evidence", key).get("artefact", "") for key in answer.evidence if key not in before)
    gather(*(partial(_check_artefact, artefact, situation) for artefact in named))


def _check_artefact(artefact: str, situation: Situation) -> None:
    if artefact.strip() and artefact not in situation.artefacts:
        hint = say("Name an artefact that a question or task asks for, or leave it empty.")
        raise Unknown("artefact", artefact, situation.artefacts, hint, field="evidence")


def _issued_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    if draft.base and situation.standing(draft) is not None:
        raise BadInput(
            say("{key} was issued and cannot be changed; somebody has it. Issue another one.", key=draft.key)
        )
    return IssuedReport.parse(body).body()


def _row_rule(draft: Draft, body: Body, situation: Situation) -> Body:
    register = situation.catalog.register(draft.kind)
    _check_form_of_key(draft, situation)
    _check_twin(draft, situation)
    row: dict[str, Any] = {}
    gather(
        lambda: check_key(situation.catalog, register, draft.key),
        lambda: row.update(check_row(register, body, situation.keys)),
        lambda: check_scales(draft, body, situation),
    )
    return judge_row(draft, row, situation)


_RULES: Mapping[str, Callable[[Draft, Body, Situation], Body]] = {
    "engagement": _engagement_rule,
    "answer": _answer_rule,
    "review": _review_rule,
    "task": _task_rule,
    "evidence": _evidence_rule,
    "issued": _issued_rule,
    "population": check_population,
    "sample": check_sample,
    "sample_result": check_result,
}


def check_engagement(engagement: Engagement) -> None:
    """Raise BadInput for an engagement without a title, or that ends before it begins: its period, its stages."""
    if not engagement.title.strip():
        raise BadInput(say("Audit, title: say what people call this audit."), field="title")
    check_period(engagement)
    if engagement.stage_1_date and engagement.audit_date and engagement.stage_1_date > engagement.audit_date:
        says = say(
            "Stage 1 would begin on {first}, after stage 2 on {second}; change one of the two days.",
            first=engagement.stage_1_date,
            second=engagement.audit_date,
        )
        raise BadInput(says, field="stage_1_date")


def check_key(catalog: Catalog, register: Register, key: str) -> None:
    """Raise Unknown for a key that is no reference, in a register that is keyed by references."""
    if not register.keyed_by:
        return
    known = known_ids(catalog, register)
    if key not in known:
        meant = known.find(key)
        if meant:
            raise BadInput(say("{key!r} is written {meant}.", key=key, meant=meant))
        raise known.unknown(register.one, key)


def _check_slot(draft: Draft, slot: Slot, situation: Situation) -> None:
    """Raise Unknown or BadInput for a question that is not asked like this."""
    question = situation.catalog.question(slot.question)
    if question.per == "engagement" and slot.system:
        says = say("{question} is asked once for the whole engagement; leave the system empty.", question=question.id)
        raise BadInput(says, field="system")
    if question.per == "system" and not situation.holds("systems", slot.system):
        hint = say("{question} is asked per system.", question=question.id)
        raise Unknown("system", slot.system, situation.keys("systems"), hint)
    _check_own_key(draft, slot.key)


def _composed(fact: Any) -> Any:
    """A fact as it is compared: however the letters of a name are composed."""
    return unicodedata.normalize("NFC", fact) if isinstance(fact, str) else fact


def check_period(about: Engagement | Evidence) -> None:
    """Raise BadInput for a period that ends before it begins."""
    first, last = about.period_from, about.period_to
    if first and last and last < first:
        if isinstance(about, Engagement):
            says = say("The audit period ends on {last}, before it begins on {first}.", last=last, first=first)
        else:
            says = say("The period covered ends on {last}, before it begins on {first}.", last=last, first=first)
        raise BadInput(says, field="period_to")


def _check_own_key(draft: Draft, key: str) -> None:
    if draft.key != key:
        raise BadInput(say("What speaks of {key} cannot be kept under {other}.", key=key, other=draft.key))


def _check_form_of_key(draft: Draft, situation: Situation) -> None:
    if draft.unkeyed and draft.unkeyed == numbering(situation.catalog, draft.kind):
        return
    if not KEY.fullmatch(draft.key):
        raise BadInput(
            say("{key!r} cannot be an id: use up to 64 letters, digits, hyphens, dots, such as DS-007.", key=draft.key)
        )


def _check_twin(draft: Draft, situation: Situation) -> None:
    """Raise BadInput for a new key that only its case tells from another: for people they are the same."""
    if twins := situation.twins(draft.kind, draft.key):
        raise BadInput(
            say("The id {key} differs from {other} only in how it is written; use {other}.", key=draft.key,
                other=twins[0])
        )  # fmt: skip


def _check_evidence(keys: Iterable[str], situation: Situation) -> None:
    unknown = (key for key in keys if not situation.holds("evidence", key))
    refuse(Unknown("piece of evidence", key, situation.keys("evidence"), field="evidence") for key in unknown)
