"""The orders in which things are better or worse: results, states of evidence, severities, grades; each stands once."""

from collections.abc import Iterable
from typing import Literal

from workbook.model import Result

# What is known to be missing is worse than what nobody has looked at; neither ever counts as fine.
RESULTS: tuple[Result, ...] = (
    Result.NOT_IMPLEMENTED,
    Result.NOT_ASSESSED,
    Result.PLANNED,
    Result.PARTIAL,
    Result.IMPLEMENTED,
    Result.NOT_APPLICABLE,
)

EvidenceState = Literal["none", "erased", "reference", "stale", "undated", "fresh"]
# Undated evidence may be young enough, stale evidence surely is not, and a reference never proved anything.
EVIDENCE_STATES: tuple[EvidenceState, ...] = ("none", "erased", "reference", "stale", "undated", "fresh")

# How far a claim is shown; each step stands on the one before.
Step = Literal["nothing", "claimed", "evidenced", "reviewed", "tested"]
STEPS: tuple[Step, ...] = ("nothing", "claimed", "evidenced", "reviewed", "tested")

# How far a control or clause was looked at; none of these says that it is in place.
CoverState = Literal["silent", "mentioned", "asked", "tested"]
COVERED: tuple[CoverState, ...] = ("silent", "mentioned", "asked", "tested")

# What answers show of a requirement of another frame: it stands where its weakest link stands.
Posture = Literal["not asked", "contradicted", "nothing shown", "partly shown", "shown as far as linked"]
POSTURES: tuple[Posture, ...] = ("contradicted", "nothing shown", "not asked", "partly shown", "shown as far as linked")

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")

GRADES = ("major nonconformity", "minor nonconformity", "observation", "opportunity for improvement")
NONCONFORMITIES = GRADES[:2]  # these need a corrective action (clause 10.2)


def worst_result(results: Iterable[Result]) -> Result | None:
    """The worst of some results, or None of none."""
    return min(results, key=RESULTS.index, default=None)


def is_worse(one: Result, other: Result) -> bool:
    """Whether `one` is a worse result than `other`."""
    return RESULTS.index(one) < RESULTS.index(other)


def best_evidence(states: Iterable[EvidenceState]) -> EvidenceState:
    """The best of some states of evidence, `none` of none: one fresh piece is enough."""
    return max(states, key=EVIDENCE_STATES.index, default="none")
