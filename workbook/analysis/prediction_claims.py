"""What answers, evidence, risks and controls would have an auditor write: clauses 6.1.3, 7.5 and 9.1.

Each function looks for one thing; what it means, and how grave it is, stands in checklists/predictions.yaml.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from workbook.analysis.artefacts import span
from workbook.analysis.counter import cites
from workbook.analysis.exclusions import exclusions
from workbook.analysis.findings import is_open
from workbook.analysis.prediction_hits import Detector, Hit, named_in
from workbook.analysis.proof import Proof, prove
from workbook.analysis.risk import rated_risks
from workbook.entries import Prediction
from workbook.language import say, say_many
from workbook.model import Result
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.scale import NONCONFORMITIES
from workbook.words import day, folded, shortened

SHARE = 0.95  # of all answers; that much by one name is one person's view
LEAST = 10  # answers; of fewer nobody can say who answers


def claim_contradicted(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Claims of “implemented” that an open nonconformity, a failed test or evidence speaks against (9.1, 10.2)."""
    for proof in prove(record).values():
        if proof.asked.result is Result.IMPLEMENTED and proof.contradicted:
            against = "; ".join(c.says for c in proof.contradictions)
            keys = (proof.asked.key, *dict.fromkeys(c.by for c in proof.contradictions))
            yield Hit(keys, say("{key} says implemented, yet {against}", key=proof.asked.key, against=against))


def claim_beside_finding(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Claims of “implemented” that no one contradicts, beside an open nonconformity on the same control (9.1)."""
    findings = [f for f in record.register("findings") if f["grade"] in NONCONFORMITIES and is_open(record, f)]
    for proof in prove(record).values():
        beside = [f for f in findings if cites(f, proof.asked)]
        if proof.asked.result is Result.IMPLEMENTED and beside and not proof.contradicted:
            names = ", ".join(say("{key} on {requirement}", key=f.key, requirement=f["requirement"]) for f in beside)
            says = say("{key} says implemented; open is {findings}", key=proof.asked.key, findings=names)
            yield Hit((proof.asked.key, *(f.key for f in beside)), says)


def _claims(record: Record) -> Iterator[Proof]:
    for proof in prove(record).values():
        if proof.asked.applicable and proof.asked.result in (Result.IMPLEMENTED, Result.PARTIAL):
            yield proof


def evidence_of_other_artefacts(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Claims of which no piece of evidence is an artefact that the question asks for (clause 8.1)."""
    for proof in _claims(record):
        keys = tuple(key for key, _, _ in proof.asked.evidence)
        if keys and set(keys) <= set(proof.others):
            says = say("{key} rests on {evidence} alone", key=proof.asked.key, evidence=", ".join(keys))
            yield Hit((proof.asked.key, *keys), says)


def evidence_outside_period(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Evidence of operation that speaks of days before or after the audit period (clause 9.1)."""
    first, last = record.engagement.period_from, record.engagement.period_to
    for proof in _claims(record):
        operating = {key for a in proof.artefacts if a.expected.proves != "design" for key in a.keys}
        for key, stated, _ in proof.asked.evidence:
            begin, end = span(stated.value)
            outside = (first and end and end < first) or (last and begin and begin > last)
            if key in operating and outside:
                says = say("{evidence} behind {key} speaks of {first} to {last}", evidence=key, key=proof.asked.key,
                           first=day(begin), last=day(end))  # fmt: skip
                yield Hit((key, proof.asked.key), says)


def one_person_answers(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Answers that nearly all come from one person (clause 5.3, control A.5.3)."""
    given = [a for a in record.asked if a.answer.version]
    names = Counter(folded(a.answer.actor) for a in given)
    name, many = names.most_common(1)[0] if names else ("", 0)
    if len(given) >= LEAST and many >= SHARE * len(given):
        mine = [a for a in given if folded(a.answer.actor) == name]
        says = say_many("{name} gave {many} of {n} answer, {key} among them",
                        "{name} gave {many} of {n} answers, {key} among them", len(given),
                        name=mine[0].answer.actor, many=many, key=mine[0].key)  # fmt: skip
        yield Hit(tuple(a.key for a in mine), says)


def thin_exclusion(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Answers “not applicable” whose reason says nothing, or stands for many questions (clause 6.1.3 d)."""
    for one in exclusions(record):
        if one.thin:
            reason = one.asked.answer.value.rationale.strip()
            says = say("{key}: {lacks} (“{reason}”)", key=one.asked.key, lacks=one.lacks, reason=shortened(reason))
            yield Hit((one.asked.key,), says)


def unaccepted_risk(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Risks that lie above the limit today and that nobody accepts (clause 6.1.3 f)."""
    for rated in rated_risks(record):
        if rated.unaccepted and rated.today:
            expired = next((f"; {w.says}" for w in rated.weaknesses if w.kind == "expired"), "")
            says = say("{key} ({name}) is {level} today", key=rated.row.key, name=rated.row.name,
                       level=rated.today.text)  # fmt: skip
            yield Hit((rated.row.key,), f"{says}{expired}")


def treated_without_control(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Risks said to be treated, through controls that the record does not show (clause 8.3)."""
    stated = {row.key for row in record.register("controls")}
    for rated in rated_risks(record):
        if rated.treated and rated.row["treatment"] != "retain" and rated.unshown:
            says = say("{key} ({name}) is treated since {day}; not shown: {controls}", key=rated.row.key,
                       name=rated.row.name, day=day(rated.row["treated_on"]),
                       controls=", ".join(rated.unshown))  # fmt: skip
            yield Hit((rated.row.key, *(c for c in rated.unshown if c in stated)), says)


def excluded_through_supplier(record: Record, rule: Prediction) -> Iterator[Hit]:
    """Controls excluded for a reason that holds one of the rule's words: a supplier's certificate (6.1.3 d)."""
    for control in record.register("controls"):
        if control["applicable"] == "no" and named_in(control["reason"], rule.words):
            says = say("{key} ({name}) is excluded: {reason}", key=control.key, name=control.name,
                       reason=control["reason"])  # fmt: skip
            yield Hit((control.key,), says)


def control_without_hold(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Applicable controls without a statement, an answered question or a test (clauses 6.1.3 d and 8.1)."""
    for control in record.register("controls"):
        if control["applicable"] != "no" and says_nothing(control["statement"]) and not _is_held(record, control):
            says = say("{key} ({name}) has no statement, no answer and no test", key=control.key, name=control.name)
            yield Hit((control.key,), says)


def _is_held(record: Record, control: Row) -> bool:
    """Whether an answer or a test bears on a control."""
    bearing = {i for i, q in record.catalog.questions.items() if control.key in q.refs.get("iso27001", ())}
    answered = any(a.question.id in bearing and a.result is not Result.NOT_ASSESSED for a in record.asked)
    return answered or any(test["question"] in bearing for test in record.register("tests"))


DETECTORS: Mapping[str, Detector] = {
    "claim-contradicted": claim_contradicted,
    "claim-beside-finding": claim_beside_finding,
    "evidence-of-other-artefacts": evidence_of_other_artefacts,
    "evidence-outside-period": evidence_outside_period,
    "one-person-answers": one_person_answers,
    "thin-exclusion": thin_exclusion,
    "unaccepted-risk": unaccepted_risk,
    "treated-without-control": treated_without_control,
    "excluded-through-supplier": excluded_through_supplier,
    "control-without-hold": control_without_hold,
}
