"""Who may say what in the rows of registers: accepting risks, closing findings, testing, signing off.

A rule gets a row as it was typed and checked, and returns it as it is kept: with the columns that the workbook keeps.
What stands in the record and is not changed is not judged again; the analysis does not count what does not hold.
"""

from collections.abc import Callable, Mapping
from typing import Any

from workbook.approval_rules import check_approval, check_approval_deletion, check_given
from workbook.drawing import Population, Sample, SampleResult, Shows, shown_by_samples
from workbook.errors import BadInput, NotAllowed, refuse
from workbook.judging import (
    ACCEPTANCE,
    CLOSURE,
    SIGNATURE,
    Audited,
    acceptance_fault,
    adopted,
    changed,
    closure_faults,
    is_signed,
    parts_said,
    risk_state,
    same_acceptance,
    tie,
)
from workbook.language import say
from workbook.model import Draft, Role
from workbook.people import same_person
from workbook.record import says_why
from workbook.registers import read_row, salvage_row, says_nothing
from workbook.reviewing import REVIEWED, review_faults
from workbook.risk_rules import check_level, check_ratings, check_step
from workbook.sample_rules import TYPED, check_drawn
from workbook.situation import Body, Situation

EXCLUSION = ("applicable", "reason")
STATUS = ("stated_status", "status_reason")
_JUDGES = ("auditor", "reviewer")  # parts in the audit that may judge what others answered


def judge_row(draft: Draft, row: Body, situation: Situation) -> Body:
    """A checked `row` as it may be kept; raises BadInput and NotAllowed for what its author may not say."""
    rule = _RULES.get(draft.kind)
    return rule(draft, row, situation) if rule else row


def check_scales(draft: Draft, body: Body, situation: Situation) -> None:
    """Raise BadInput for a rating beyond the scales of the risk method, beside whatever else is wrong with the row."""
    if draft.kind == "risks":
        typed = salvage_row(situation.catalog.register(draft.kind), body, situation.keys)
        check_ratings(typed, _before(draft, situation), situation)


def check_row_deletion(draft: Draft, situation: Situation) -> None:
    """Raise NotAllowed for a row that somebody else has to take back, BadInput for one that a closure rests on."""
    before = _before(draft, situation)
    if draft.kind == "actions":
        _check_closures(draft, before, situation)
    if draft.kind == "approvals":
        check_approval_deletion(before, situation)
    signed = draft.kind == "sign_offs" and is_signed(before) and not before["paper"]
    if signed and not same_person(situation.who.name, before["name"]):
        raise NotAllowed(say("{name} signed this; nobody else can take it back.", name=before["name"]))


def _before(draft: Draft, situation: Situation) -> Body:
    """The columns of the row that stands so far; all of them empty for a new row, and for one that was deleted."""
    return read_row(situation.catalog.register(draft.kind), situation.standing(draft) or {})


def _typed(draft: Draft, row: Body, situation: Situation) -> Body:
    return read_row(situation.catalog.register(draft.kind), row)


def _kept(row: Body, **made: Any) -> Body:
    """`row` with the columns that the workbook keeps; one that is None is empty."""
    others = {name: cell for name, cell in row.items() if name not in made}
    return others | {name: cell for name, cell in made.items() if cell is not None}


# risks --------------------------------------------------------------------------------------------------------------


def _risk_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    """An acceptance is given by the risk owner, with a day and an end, for the risk as it is (clause 6.1.3 f)."""
    now, before = _typed(draft, row, situation), _before(draft, situation)
    if says_nothing(now["accepted_by"]):
        return _kept(row, accepted_state=None)
    if changed(ACCEPTANCE, now, before) and (says := acceptance_fault(now, situation.on)):
        raise BadInput(says, field="accepted_by")
    return _kept(row, accepted_state=_accepted_state(draft, now, situation))


def _accepted_state(draft: Draft, now: Body, situation: Situation) -> str | None:
    """What was accepted: kept for as long as the acceptance is the same, and when one of an earlier day comes back."""
    register, past = situation.catalog.register("risks"), situation.past("risks", draft.key)
    if not past:
        return str(now["accepted_state"] or risk_state(now))
    earlier = past if now["accepted_on"] != situation.on or situation.standing(draft) is None else past[:1]
    known = (row for body in earlier if same_acceptance(now, row := read_row(register, body)))
    found = next(known, None)
    return risk_state(now) if found is None else found["accepted_state"]


def _level_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    check_level(draft.key, _typed(draft, row, situation), situation)
    return row


def _step_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    check_step(draft.key, _typed(draft, row, situation), situation)
    return row


# findings and corrective actions ------------------------------------------------------------------------------------


def _finding_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    """A nonconformity is closed when its corrective actions worked and somebody else verified it (clause 10.2)."""
    now = _typed(draft, row, situation)
    if changed(CLOSURE, now, _before(draft, situation)):
        audited = Audited(situation.rows("actions"), situation.rows("tests"), _samples(situation), situation.on)
        if found := closure_faults(draft.key, now, audited):
            says = say("The finding cannot be closed yet (clause 10.2): {faults}.", faults="; ".join(found))
            raise BadInput(says, field="status")
    return row


def _samples(situation: Situation) -> Mapping[str, Shows]:
    """What samples show, once this save is recorded."""
    return shown_by_samples(
        {key: Population(**body) for key, body in situation.keyed("population").items()},
        {key: Sample(**body) for key, body in situation.keyed("sample").items()},
        {key: SampleResult(**body) for key, body in situation.keyed("sample_result").items()},
    )


def _action_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    _check_closures(draft, _typed(draft, row, situation), situation)
    return row


def _check_closures(draft: Draft, row: Body, situation: Situation) -> None:
    """Raise BadInput for a corrective action that a closed finding rests on and that no longer bears it."""
    findings = situation.recorded("findings")
    samples = _samples(situation)
    before = Audited(situation.recorded("actions"), situation.recorded("tests"), samples, situation.on)
    after = Audited(situation.rows("actions"), situation.rows("tests"), samples, situation.on)
    for key in dict.fromkeys((_before(draft, situation)["finding"], row["finding"])):
        if key not in findings or situation.comes("findings", key) or findings[key]["status"] != "closed":
            continue
        held = not closure_faults(key, findings[key], before)
        if held and (found := closure_faults(key, situation.rows("findings").get(key, {}), after)):
            says = say(
                "{key} was closed on what this corrective action said (clause 10.2): {faults}. Open the finding again "
                "first.",
                key=key,
                faults="; ".join(found),
            )
            raise BadInput(says, field="finding")


# controls -----------------------------------------------------------------------------------------------------------


def _control_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    """An exclusion, and a status in place of the derived one, is said with a reason (clause 6.1.3 d)."""
    now, before = _typed(draft, row, situation), _before(draft, situation)
    wrong = []
    if now["applicable"] == "no" and changed(EXCLUSION, now, before):
        kept = before["applicable"] == "yes" and not changed(("reason",), now, before)  # it says why it was included
        if kept or not says_why(now["reason"] or ""):
            says = say(
                "An exclusion needs a reason of its own (clause 6.1.3 d): say in three words or more why {key} is not "
                "needed.",
                key=draft.key,
            )
            wrong.append(BadInput(says, field="reason"))
    restated = now["stated_status"] and changed(STATUS, now, before)
    if restated and not says_why(now["status_reason"] or ""):
        says = say(
            "The status of {key} follows from its answers; say in three words or more why it is another one.",
            key=draft.key,
        )
        wrong.append(BadInput(says, field="status_reason"))
    refuse(wrong)
    by = situation.who.name if restated else before["status_by"] if now["stated_status"] else None
    return _kept(row, status_by=by)


# tests --------------------------------------------------------------------------------------------------------------


def _test_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    """A test is of somebody who did not answer it, reviewed by somebody else, of lines of its own question."""
    now, before = _typed(draft, row, situation), _before(draft, situation)
    _check_auditor(now, situation)
    _check_paper(now, before)
    row = _kept(row, steps=_adopted_steps(now, before, situation) or None)
    if check_drawn(now, situation):
        return _kept(row, **dict.fromkeys(TYPED))  # they come from the sample
    sampled, exceptions = now["sampled"], now["exceptions_found"]
    if sampled is not None and (exceptions or 0) > sampled:
        says = say(
            "Exceptions found: {exceptions} of {sampled} items sampled cannot be; correct one of the two numbers.",
            exceptions=exceptions,
            sampled=sampled,
        )
        raise BadInput(says, field="exceptions_found")
    return row


def _check_paper(test: Body, before: Body) -> None:
    """Raise BadInput for lines of another question, NotAllowed for a paper that its own auditor reviewed."""
    if strange := [key for key in test["lines"] or () if key.rpartition("/")[0] != test["question"]]:
        says = say("Lines tested: {key} is a line of another question; name lines of {question}.", key=strange[0],
                   question=test["question"])  # fmt: skip
        raise BadInput(says, field="lines")
    own = same_person(test["checked_by"], test["auditor"])
    if own and changed(("checked_by", "auditor"), test, before):
        says = say(
            "{name} made this working paper and cannot review it; name somebody else, or leave it empty.",
            name=test["auditor"],
        )
        raise NotAllowed(says)


def _adopted_steps(test: Body, before: Body, situation: Situation) -> str:
    """The words of the lines, as they were adopted first: by the row that stands, or that comes in by import."""
    kept = before if before["lines"] else test
    if kept["steps"] and not changed(("lines",), test, kept):
        return str(kept["steps"])
    return adopted(situation.catalog.lines, test["lines"] or ())


def _check_auditor(test: Body, situation: Situation) -> None:
    question, auditor = situation.catalog.question(test["question"]), test["auditor"]
    system = (test["system"] or "") if question.per == "system" else ""
    if tie(auditor, situation.authors(question.id, system)):
        says = say(
            "{name} answered {question} and cannot test it (control A.5.3, clause 9.2.2); name another auditor.",
            name=auditor,
            question=question.id,
        )
        raise NotAllowed(says)
    if (found := situation.parts_of(auditor)) and "auditor" not in found:
        says = say(
            "{name} takes part as {parts} and cannot test as auditor (clause 9.2.2); name an auditor.",
            name=auditor,
            parts=parts_said(found),
        )
        raise NotAllowed(says)
    concludes = {test["design"], test["operation"]} & {"effective", "not effective"}
    own = situation.parts
    if concludes and situation.who.role is Role.AUDITOR and own and "auditor" not in own:
        says = say("You take part as {parts} and cannot conclude a test as auditor (clause 9.2.2).",
                   parts=parts_said(own))  # fmt: skip
        raise NotAllowed(says)


def why_no_judge(situation: Situation) -> str:
    """Why the person who speaks may not judge what others said, by their part in the audit; empty if they may."""
    own = situation.parts
    if not own or own & set(_JUDGES):
        return ""
    return say("You take part as {parts}; only a reviewer or an auditor may judge answers (clause 9.2.2).",
               parts=parts_said(own))  # fmt: skip


# sign-offs ----------------------------------------------------------------------------------------------------------


def _sign_off_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    """A signature is given by the person alone, or entered for them with what they signed; it names its revision."""
    now, before = _typed(draft, row, situation), _before(draft, situation)
    if situation.standing(draft) is not None and not changed((*SIGNATURE, "paper"), now, before):
        return _kept(row, revision=before["revision"], recorded_by=before["recorded_by"])
    if not is_signed(now) and not is_signed(before):
        return _kept(row, revision=None, recorded_by=None)
    _check_signature(now, before, situation)
    if not is_signed(now):
        return _kept(row, revision=None, recorded_by=None)
    number = situation.last
    if now["revision"] is not None and not situation.past("sign_offs", draft.key):
        number = min(number, now["revision"])
    return _kept(row, revision=number, recorded_by=situation.who.name)


def _check_signature(now: Body, before: Body, situation: Situation) -> None:
    if now["signed_on"] is not None and now["signed_on"] > situation.on:
        says = say("Signed on: {day} lies ahead; sign on the day itself.", day=now["signed_on"])
        raise BadInput(says, field="signed_on")
    check_given(tuple(row["name"] for row in (before, now) if is_signed(row)), now, before, situation)


# approvals ----------------------------------------------------------------------------------------------------------


def _approval_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    return _kept(row, **check_approval(draft, row, situation))


# management reviews -------------------------------------------------------------------------------------------------


def _review_rule(draft: Draft, row: Body, situation: Situation) -> Body:
    """A management review is dated after the audits that it says it looked at, and after their results (9.3.2 d)."""
    now = _typed(draft, row, situation)
    found = review_faults(now, situation.rows("programme"), situation.on)
    if found and changed(REVIEWED, now, _before(draft, situation)):
        says = say("The review cannot have seen what it says it saw (clause 9.3.2): {faults}.", faults="; ".join(found))
        raise BadInput(says, field="held_on")
    return row


_RULES: Mapping[str, Callable[[Draft, Body, Situation], Body]] = {
    "risk_levels": _level_rule,
    "risk_scales": _step_rule,
    "risks": _risk_rule,
    "controls": _control_rule,
    "findings": _finding_rule,
    "actions": _action_rule,
    "tests": _test_rule,
    "sign_offs": _sign_off_rule,
    "approvals": _approval_rule,
    "management_reviews": _review_rule,
}
