"""Who may say what about approvals: given by the person, or entered with the signed paper, for what stands then."""

from collections.abc import Mapping
from typing import Any

from workbook.approving import APPROVAL, faults_of, may_approve, state_of
from workbook.errors import BadInput, NotAllowed
from workbook.judging import changed, parts, parts_said
from workbook.language import say, term
from workbook.model import Draft
from workbook.people import same_person
from workbook.registers import read_row
from workbook.situation import Body, Situation
from workbook.words import first_of, folded

_MADE = ("recorded_by", "at_revision", "state")


def check_approval(draft: Draft, row: Body, situation: Situation) -> Mapping[str, Any]:
    """What the workbook keeps of an approval: who recorded it, at which revision, and the state that was approved.

    Raises BadInput for a day that lies ahead, for a subject that the record does not hold yet and for a version that
    is another state already; NotAllowed for somebody who may not approve, and without the signed paper for somebody
    else (clauses 5.3 and 7.5.2).
    """
    register = situation.catalog.register("approvals")
    now, before = read_row(register, row), read_row(register, situation.standing(draft) or {})
    if situation.standing(draft) is not None and not changed((*APPROVAL, "paper"), now, before):
        return {column: before[column] for column in _MADE}
    _check_part(now, situation)
    check_given((now["approved_by"],), now, before, situation)
    made = {"recorded_by": situation.who.name, **_state(draft, now, situation)}
    _check_version(draft, {**now, **made}, situation)
    return made


def check_approval_deletion(before: Body, situation: Situation) -> None:
    """Raise NotAllowed for an approval that somebody else gave by themself."""
    if not before["paper"] and not same_person(situation.who.name, before["approved_by"]):
        says = say("{name} approved this; nobody else can take it back.", name=before["approved_by"])
        raise NotAllowed(says)


def check_given(names: tuple[str, ...], now: Body, before: Body, situation: Situation) -> None:
    """Raise NotAllowed unless each of `names` is who speaks, or a paper comes along that they signed."""
    if all(same_person(situation.who.name, name) for name in names):
        return
    fresh = set(now["paper"] or ()) - set(before["paper"] or ())
    if not any(_is_proof(situation.body("evidence", key)) or situation.comes("evidence", key) for key in fresh):
        raise NotAllowed(
            say(
                "You are not {name}: attach what {name} signed as evidence and name it as the signed paper, or let "
                "them sign themselves.",
                name=names[-1],
            )
        )


def _is_proof(evidence: Mapping[str, Any]) -> bool:
    return bool(evidence) and evidence.get("form", "file") not in ("reference", "erased")


def _check_part(now: Body, situation: Situation) -> None:
    if now["approved_on"] > situation.on:
        says = say("Approved on: {day} lies ahead; approve on the day itself.", day=now["approved_on"])
        raise BadInput(says, field="approved_on")
    name, found = now["approved_by"], parts(now["approved_by"], situation.rows("people").values())
    if may_approve(found):
        return
    if not found:
        says = say("{name} is not in the table of people; say there first which part {name} has.", name=name)
        raise NotAllowed(says)
    raise NotAllowed(
        say(
            "{name} takes part as {parts} and approves nothing; let management or another owner of it approve "
            "(clause 5.3).",
            name=name,
            parts=parts_said(found),
        )
    )


def _state(draft: Draft, now: Body, situation: Situation) -> Mapping[str, Any]:
    """The state that is approved and its revision: of now; of then, for one that comes back or came from elsewhere."""
    register, past = situation.catalog.register("approvals"), situation.past("approvals", draft.key)
    for body in past:
        if not changed(APPROVAL, now, earlier := read_row(register, body)):
            return {"state": earlier["state"], "at_revision": earlier["at_revision"]}
    if not past and now["state"]:
        return {"state": now["state"], "at_revision": min(situation.last, now["at_revision"] or situation.last)}
    subject = now["subject"]
    if not (state := state_of(subject, lambda kind: _rows(kind, situation))):
        says = say(
            "The {subject} is not held in the record yet, so there is nothing to approve.", subject=term(subject)
        )
        raise BadInput(says, field="subject")
    if faults := faults_of(subject, lambda kind: _rows(kind, situation)):
        says = say("The {subject} cannot be approved as it stands: {faults}.", subject=term(subject),
                   faults=first_of(faults, 3))  # fmt: skip
        raise BadInput(says, field="subject")
    return {"state": state, "at_revision": situation.last}


def _rows(kind: str, situation: Situation) -> Mapping[str, Body]:
    if kind == "engagement":
        return {kind: situation.body(kind, kind)}
    return situation.rows(kind) if kind in situation.catalog.registers else {}


def _check_version(draft: Draft, now: Body, situation: Situation) -> None:
    """Raise BadInput for a version under which another state of the same subject was approved."""
    for key, other in situation.rows("approvals").items():
        same = other["subject"] == now["subject"] and folded(str(other["version"])) == folded(str(now["version"]))
        if key != draft.key and same and other["state"] not in (None, now["state"]):
            says = say(
                "Version {version} of the {subject} is approved already, in another state ({key}); give what stands "
                "now a version of its own.",
                version=now["version"],
                subject=term(now["subject"]),
                key=key,
            )
            raise BadInput(says, field="version")
