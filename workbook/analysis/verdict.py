"""The verdict: for which audit the engagement is ready, by conditions that are each met or not.

The stages follow ISO/IEC 27001 clauses 9.2 and 9.3 and the two stages of an initial certification (ISO/IEC 17021-1,
9.3.1); which condition belongs to which stage is a convention of this workbook. A stage is reached when its own
conditions and those of every stage before it are met. No figure takes part: a high score never opens a stage.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from workbook.analysis.applicability import applicability_faults
from workbook.analysis.carried import to_reverify
from workbook.analysis.certification import open_body_findings
from workbook.analysis.counter import Contradiction
from workbook.analysis.documents import document_faults
from workbook.analysis.exclusions import exclusions
from workbook.analysis.findings import corrective_faults, is_open
from workbook.analysis.management_review import management_review_faults
from workbook.analysis.programme import says_programme
from workbook.analysis.proof import Proof, ProofCount, count_proofs
from workbook.analysis.readiness import HIGHEST, Readiness, score_readiness
from workbook.analysis.risk import risk_faults, unrated_faults
from workbook.language import later, say, say_many, term
from workbook.model import Result
from workbook.record import Asked, Record
from workbook.registers import says_nothing
from workbook.scale import Step
from workbook.words import capitalized, first_of

Stage = Literal[
    "not ready",
    "ready for internal audit",
    "ready for stage 1",
    "ready for stage 2",
    "ready for surveillance",
    "ready for recertification",
]
SOA_PAGE = "08_statement_of_applicability"
INITIAL: tuple[Stage, ...] = ("ready for internal audit", "ready for stage 1", "ready for stage 2")
# Who is certified already has no first stage before them: all conditions of both stages count for the next audit.
_LAST: Mapping[str, Stage] = {"surveillance": "ready for surveillance", "recertification": "ready for recertification"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a stage: the clause it speaks of, and in words what is met or what is missing."""

    id: str
    stage: Stage
    clause: str
    met: bool
    says: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Contradicted:
    """One claim that something in the record speaks against."""

    asked: Asked
    contradiction: Contradiction


@dataclass(frozen=True, slots=True)
class Verdict:
    """The stage that is reached, its conditions in order, and the figures beside it."""

    stage: Stage
    conditions: tuple[Condition, ...]
    readiness: Readiness
    counts: ProofCount
    contradicted: tuple[Contradicted, ...]

    @property
    def unmet(self) -> tuple[Condition, ...]:
        """The conditions that are not met, those of the next stage first."""
        return tuple(c for c in self.conditions if not c.met)

    @property
    def next_stage(self) -> Stage | None:
        """The stage that is not reached yet; None when the last one is."""
        return self.unmet[0].stage if self.unmet else None


def stages(audit_kind: str) -> tuple[Stage, ...]:
    """The stages that an audit of this kind goes through, in order."""
    return (INITIAL[0], _LAST[audit_kind]) if audit_kind in _LAST else INITIAL


def judge(record: Record) -> Verdict:
    """The verdict on the day of the record."""
    found = score_readiness(record)
    proofs = [p for p in found.proofs.values() if p.asked.applicable]
    conditions = tuple(_conditions(record, proofs))
    against = tuple(Contradicted(p.asked, c) for p in found.proofs.values() for c in p.contradictions)
    reached: Stage = "not ready"
    for stage in stages(record.engagement.audit_kind):
        if not all(c.met for c in conditions if c.stage == stage):
            break
        reached = stage
    return Verdict(reached, conditions, found, count_proofs(proofs), against)


# conditions ---------------------------------------------------------------------------------------------------------

Judged = tuple[bool, str]  # whether it is met, and in words


def _conditions(record: Record, proofs: list[Proof]) -> Iterable[Condition]:
    first, *later = stages(record.engagement.audit_kind)
    mended = corrective_faults(record)
    one, two = later[0], later[-1]  # the same stage for who is certified already
    rules: list[tuple[str, Stage, str, str, Callable[[], Judged]]] = [
        ("scope", first, "4.3", "00_start", partial(_scope, record)),
        ("answers", first, "9.2.2", "00_start", partial(_answers, record)),
        ("exclusions", first, "6.1.3", "03_control_review", partial(_exclusions, record)),
        ("risk-assessment", first, "6.1.2", "04_risk_assessment", partial(_faultless, unrated_faults(record), _RATED)),
        ("audit-programme", first, "9.2.2", "05_internal_audit", partial(says_programme, record)),
        ("documents", one, "7.5", "07_management_system", partial(_faultless, document_faults(record), _DOCUMENTS)),
        ("applicability", one, "6.1.3", SOA_PAGE, partial(_faultless, applicability_faults(record), _APPLICABILITY)),
        ("risk-treatment", one, "6.1.3", "04_risk_assessment", partial(_faultless, risk_faults(record), _TREATED)),
        ("evidence", one, "7.5.1", "03_control_review", partial(_reached, proofs, "evidenced")),
        ("internal-audit", one, "9.2.1", "05_internal_audit", partial(_audited, record, proofs)),
        ("management-review", one, "9.3", "07_management_system", partial(_management_review, record, proofs)),
        ("major-nonconformities", one, "10.2", "05_internal_audit", partial(_majors, record)),
        ("contradictions", two, "9.1", "03_control_review", partial(_contradictions, proofs)),
        ("implemented", two, "8.1", "03_control_review", partial(_implemented, proofs)),
        ("operation", two, "9.1", "05_internal_audit", partial(_reached, proofs, "tested")),
        ("corrective-actions", two, "10.2", "05_internal_audit", partial(_faultless, mended, _MENDED)),
    ]  # fmt: skip
    if left := to_reverify(record).text:
        rules.insert(0, ("carried-over", first, "9.2.2", "00_start", lambda: (False, say(_CARRIED, left=left))))
    for name, stage, clause, page, rule in rules:
        met, says = rule()
        yield Condition(name, stage, clause, met, says, page)


_CARRIED = later("Carried over from an earlier audit, and to be verified in this one: {left}.")
_RATED = later("Every risk has an owner and a rating by an approved method, and every system has a risk.")
_TREATED = later("Every high risk of today is accepted by its owner, or treated by controls that are shown.")
_APPLICABILITY = later("Every control is decided, with a reason and a statement of how, and the statement is approved.")
_DOCUMENTS = later("Whatever has to be written down is there, approved where it has to be and reviewed in time.")
_MENDED = later("Every nonconformity has a corrective action that is in time, and none is left half closed.")


def _faultless(faults: tuple[str, ...], met: str) -> Judged:
    return not faults, f"{capitalized(first_of(faults, 4))}." if faults else say(met)


def _scope(record: Record) -> Judged:
    about = record.engagement
    missing = {
        say("the scope in words"): says_nothing(about.scope),
        say("an ML system"): not record.systems,
        say("the audit period"): not (about.period_from and about.period_to),
        say("the day of the audit"): about.audit_date is None,
    }
    lacking = [what for what, so in missing.items() if so]
    if lacking:
        return False, say("Not written down yet: {lacking}.", lacking=", ".join(lacking))
    return True, say("Scope, systems and period stand.")


def _answers(record: Record) -> Judged:
    blank = sum(not a.set_aside and a.result is Result.NOT_ASSESSED for a in record.asked)
    if not record.asked:
        return False, say("No question is asked yet.")
    if not blank:
        return True, say("Every question is assessed.")
    return False, say_many("{n} question is not assessed.", "{n} questions are not assessed.", blank)


def _exclusions(record: Record) -> Judged:
    lacking = [e for e in exclusions(record) if e.lacks]
    if not lacking:
        return True, say("Whatever does not apply has a reason of its own that somebody else accepted.")
    named = first_of(dict.fromkeys(f"{e.asked.label} ({e.lacks})" for e in lacking), 3)
    many = len(lacking)
    return False, say_many(
        "{n} exclusion does not stand: {named}.", "{n} exclusions do not stand: {named}.", many, named=named
    )


def _reached(proofs: list[Proof], step: Step) -> Judged:
    """Whether every question of the highest weight is shown that far."""
    heavy = [p for p in proofs if p.asked.question.weight == HIGHEST]
    left = [p for p in heavy if not p.reaches(step)]
    if not heavy:
        return False, say("No question of the highest weight counts.")
    if not left:
        return True, say("All {n} questions of the highest weight are {step}.", n=len(heavy), step=term(step))
    says = say(
        "{left} of {every} questions of the highest weight are not {step}: {named}.",
        left=len(left),
        every=len(heavy),
        step=term(step),
        named=first_of((p.asked.label for p in left), 3),
    )
    return False, says


def _audited(record: Record, proofs: list[Proof]) -> Judged:
    slots = record.register("plan")
    waiting = [s.name for s in slots if s["status"] != "done"]
    concluded = {
        (str(t["question"]), t["system"] or "")
        for t in record.register("tests")
        if {t["design"], t["operation"]} <= {"effective", "not effective"}
    }
    heavy = [p.asked for p in proofs if p.asked.question.weight == HIGHEST]
    untested = [a for a in heavy if not {(a.question.id, a.slot.system), (a.question.id, "")} & concluded]
    faults = [] if slots else [say("none is planned")]
    if waiting:
        faults.append(say("not held yet: {names}", names=first_of(waiting, 3)))
    if untested:
        faults.append(
            say_many(
                "{n} question of the highest weight without a concluded test",
                "{n} questions of the highest weight without a concluded test",
                len(untested),
            )
        )
    if not faults:
        return True, say("It is complete.")
    return False, say("The internal audit is not complete: {faults}.", faults="; ".join(faults))


def _management_review(record: Record, proofs: list[Proof]) -> Judged:
    if faults := management_review_faults(record):
        return False, f"{capitalized(first_of(faults, 4))}."
    asking = [p for p in proofs if any(r == "9.3" or r.startswith("9.3.") for r in p.asked.question.refs["iso27001"])]
    left = [p.asked.label for p in asking if not p.reaches("evidenced")]
    if not asking:
        return False, say("No question asks for the management review.")
    if left:
        return False, say("Not evidenced: {names}.", names=first_of(left, 3))
    return True, say("The management review is evidenced.")


def _majors(record: Record) -> Judged:
    """Whether no major nonconformity is open, of the internal audit or of the certification body."""
    found = [r.name for r in record.register("findings") if r["grade"] == "major nonconformity" and is_open(record, r)]
    found += [r.name for r in open_body_findings(record) if r["grade"] == "major nonconformity"]
    if not found:
        return True, say("No major nonconformity is open.")
    many, named = len(found), first_of(found, 4)
    return False, say_many(
        "{n} major nonconformity is open: {named}.", "{n} major nonconformities are open: {named}.", many, named=named
    )


def _contradictions(proofs: list[Proof]) -> Judged:
    found = [p.asked.label for p in proofs if p.contradicted]
    if not found:
        return True, say("Nothing speaks against a claim.")
    many, named = len(found), first_of(found, 3)
    return False, say_many(
        "{n} claim is contradicted: {named}.", "{n} claims are contradicted: {named}.", many, named=named
    )


def _implemented(proofs: list[Proof]) -> Judged:
    heavy = [p.asked for p in proofs if p.asked.question.weight == HIGHEST]
    left = [a.label for a in heavy if a.result is not Result.IMPLEMENTED]
    if not heavy or left:
        named = first_of(left, 3) or say("none is asked")
        return False, say("Not implemented among those of the highest weight: {named}.", named=named)
    return True, say("Everything of the highest weight is implemented.")
