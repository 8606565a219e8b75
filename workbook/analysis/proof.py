"""How far each claim is shown: claimed, evidenced, reviewed, tested, or contradicted.

- *claimed*: somebody says so. What was carried over from an earlier audit is no more than that, whatever evidence it
  brings, until somebody confirms it in this one.
- *evidenced*: there is a fresh piece of each artefact that the question asks for, of the version and over the part of
  the audit period that binds it. Evidence of another artefact counts for nothing.
- *reviewed*: somebody else accepted this version of the answer and of its evidence (control A.5.3).
- *tested*: an auditor who is not tied to the answer tested design and operation of this system, and found both
  effective, after the last change to it (clause 9.2.2).

An open nonconformity, a failed test or counter-evidence contradicts a claim, however far it was shown, until a later
test says otherwise. All of this is a convention of the workbook, stricter than any clause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from workbook.analysis.artefacts import ArtefactProof, other_artefacts, prove_artefacts
from workbook.analysis.audit_tests import proves, touches_system, why_no_proof
from workbook.analysis.counter import Contradiction, contradictions
from workbook.language import later, say, term
from workbook.model import Result
from workbook.record import Asked, Record, Row
from workbook.scale import STEPS, Step
from workbook.words import count

# What part of a claim counts as shown at each step.
SHOWN: Mapping[Step, Fraction] = {
    "nothing": Fraction(0),
    "claimed": Fraction(0),
    "evidenced": Fraction(1, 3),
    "reviewed": Fraction(2, 3),
    "tested": Fraction(1),
}
CARRIED = later(
    "It was carried over from an earlier audit, and nobody has confirmed in this one that it is still true."
)
RULE = later(
    "Claimed: somebody says so; it counts for nothing yet. Evidenced: a fresh piece of each artefact that the question "
    "asks for, of the version and the part of the audit period that binds it; one third of the claim. Reviewed: "
    "somebody else accepted this version of answer and evidence; two thirds. Tested: an independent auditor found "
    "design and operation effective for this system, by more than inquiry, with population, sample and evidence, "
    "after its last change; the whole claim. An open nonconformity, a failed test or counter-evidence contradicts a "
    "claim: then nothing of it counts, until a later test says otherwise."
)


@dataclass(frozen=True, slots=True)
class Proof:
    """How far one answer is shown.

    `artefacts` holds one line for each artefact asked for, `contradictions` what speaks against it, `short` what is
    missing for the next step, in sentences, `tests` the tests that show it, and `others` the keys of attached evidence
    that is no artefact asked for.
    """

    asked: Asked
    step: Step
    artefacts: tuple[ArtefactProof, ...]
    contradictions: tuple[Contradiction, ...]
    short: tuple[str, ...]
    tests: tuple[Row, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def contradicted(self) -> bool:
        """Whether something in the record speaks against the claim."""
        return bool(self.contradictions)

    @property
    def shown(self) -> Fraction:
        """Which part of the claim counts as shown, from 0 to 1."""
        return Fraction(0) if self.contradicted else SHOWN[self.step]

    def reaches(self, step: Step) -> bool:
        """Whether the claim is shown at least that far, and nothing contradicts it."""
        return not self.contradicted and STEPS.index(self.step) >= STEPS.index(step)


def prove(record: Record) -> Mapping[str, Proof]:
    """The proof of every question as asked, by the key of its answer, in reading order."""
    return record.once(_prove_all)


def _prove_all(record: Record) -> Mapping[str, Proof]:
    tests: dict[str, list[Row]] = {}
    for row in record.register("tests"):
        tests.setdefault(str(row["question"]), []).append(row)
    against = contradictions(record)
    return {a.key: _prove(record, a, tests.get(a.question.id, ()), against.get(a.key, ())) for a in record.asked}


def _prove(record: Record, asked: Asked, tests: Iterable[Row], against: tuple[Contradiction, ...]) -> Proof:
    artefacts = prove_artefacts(record, asked)
    passed = tuple(t for t in tests if proves(record, asked, t))
    missing: dict[Step, tuple[str, ...]] = {
        "evidenced": tuple(says_lack(a) for a in artefacts if not a.proven),
        "reviewed": _why_not_reviewed(asked),
        "tested": () if passed else _why_not_tested(record, asked, tests),
    }
    step: Step = "nothing" if _claims_nothing(asked) else "claimed"
    if asked.to_reverify:
        missing["evidenced"] = (say(CARRIED), *missing["evidenced"])
    if asked.result in (Result.IMPLEMENTED, Result.PARTIAL):
        for following in STEPS[2:]:
            if missing[following]:
                break
            step = following
    ahead = STEPS[STEPS.index(step) + 1 :][:1]
    short = () if step == "nothing" or not ahead else missing.get(ahead[0], ())
    return Proof(asked, step, artefacts, against, short, passed, other_artefacts(asked))


def says_lack(artefact: ArtefactProof) -> str:
    """What an artefact that is not proven lacks, behind its name."""
    return f"{term(artefact.expected.artefact)}: {artefact.says}"


def _claims_nothing(asked: Asked) -> bool:
    return asked.folded != "" or asked.result in (Result.NOT_ASSESSED, Result.NOT_IMPLEMENTED, Result.NOT_APPLICABLE)


def _why_not_tested(record: Record, asked: Asked, tests: Iterable[Row]) -> tuple[str, ...]:
    """Why no test shows it: each test of the question with what it lacks, if there is any."""
    none = say("No independent test of design and operation stands for it.")
    found = [f"{t.key}: {why_no_proof(record, asked, t)}" for t in tests if touches_system(asked, t)]
    return (f"{none} {'; '.join(found)}." if found else none,)


def _why_not_reviewed(asked: Asked) -> tuple[str, ...]:
    says = {
        "": say("Nobody else has reviewed it."),
        "returned": say("The reviewer returned it."),
        "changed since": say("It or its evidence was changed after its review."),
        "accepted": say("It was accepted by somebody who answered it or may not review."),
    }
    return () if asked.accepted else (says[asked.reviewed],)


@dataclass(frozen=True, slots=True)
class ProofCount:
    """How many of some claims are shown how far: each number holds the claims that reach at least that step."""

    claimed: int
    evidenced: int
    reviewed: int
    tested: int
    failed: int
    contradicted: int

    @property
    def text(self) -> str:
        """How a person says it."""
        return say(
            "{claims} (implemented, partial or planned): {evidenced} evidenced, {reviewed} reviewed, {tested} tested, "
            "{failed} failed a test, {contradicted} contradicted",
            claims=count(self.claimed, "claim"), evidenced=self.evidenced, reviewed=self.reviewed, tested=self.tested,
            failed=self.failed, contradicted=self.contradicted,
        )  # fmt: skip


def count_proofs(proofs: Iterable[Proof]) -> ProofCount:
    """The counts over `proofs`."""
    found = list(proofs)
    return ProofCount(
        claimed=sum(p.step != "nothing" for p in found),
        evidenced=sum(p.reaches("evidenced") for p in found),
        reviewed=sum(p.reaches("reviewed") for p in found),
        tested=sum(p.reaches("tested") for p in found),
        failed=sum(any(c.kind == "test" for c in p.contradictions) for p in found),
        contradicted=sum(p.contradicted for p in found),
    )
