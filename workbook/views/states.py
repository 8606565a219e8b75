"""The one palette: each state with the kind of its colour, a sign that repeats it without colour, and its word.

The kinds are those of style.css: ok, part, plan, bad and unk. A state is a plain tuple, so that forms can send it as it
is to the browser.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from workbook.language import term
from workbook.model import Result
from workbook.scale import CoverState, EvidenceState, Posture, Severity, Step

Kind = Literal["ok", "part", "plan", "bad", "unk"]


class State(NamedTuple):
    """How a state looks: the kind of its colour, its sign, its word."""

    kind: Kind
    sign: str
    word: str

    def said(self) -> "State":
        """The same with its word in the language that is spoken."""
        return self._replace(word=term(self.word))


RESULTS: Mapping[Result, State] = {
    Result.IMPLEMENTED: State("plan", "●", "Implemented"),
    Result.PARTIAL: State("part", "◐", "Partial"),
    Result.PLANNED: State("unk", "▷", "Planned"),
    Result.NOT_IMPLEMENTED: State("bad", "○", "Not implemented"),
    Result.NOT_ASSESSED: State("unk", "?", "Not assessed"),
    Result.NOT_APPLICABLE: State("unk", "–", "Not applicable"),
}
NOT_ASKED = State("unk", "–", "Not asked")
STEPS: Mapping[Step, State] = {
    "nothing": State("unk", "–", "Nothing claimed"),
    "claimed": State("unk", "◌", "Claimed only"),
    "evidenced": State("plan", "◔", "Evidenced"),
    "reviewed": State("part", "◑", "Reviewed"),
    "tested": State("ok", "●", "Tested"),
}
# how far somebody looked at a control or clause: never green, because it does not say what was found
COVERED: Mapping[CoverState, State] = {
    "tested": State("plan", "◉", "Tested by the audit"),
    "asked": State("unk", "?", "Asked"),
    "mentioned": State("unk", "·", "Mentioned"),
    "silent": State("part", "–", "Silent"),
}
TO_REVERIFY = State("part", "↻", "To re-verify")
# what answers show of another frame: never green, because no answer settles what that frame asks
POSTURES: Mapping[Posture, State] = {
    "contradicted": State("bad", "✗", "Contradicted"),
    "nothing shown": State("unk", "○", "Nothing shown"),
    "not asked": State("unk", "–", "Not asked"),
    "partly shown": State("part", "◐", "Partly shown"),
    "shown as far as linked": State("plan", "◉", "Shown as far as the links carry"),
}
CONTRADICTED = State("bad", "✗", "Contradicted")
MONTHS: Mapping[str, State] = {
    "test": State("ok", "●", "Proven by test"),
    "evidence": State("plan", "◔", "By evidence"),
    "claim": State("unk", "◌", "By claim only"),
    "contradicted": CONTRADICTED,
    "nothing": State("unk", "–", "Nothing"),
    "ahead": State("unk", "·", "Ahead"),
}
# a link of an audit trail
LINKS: Mapping[str, State] = {
    "broken": State("bad", "✗", "Broken"),
    "missing": State("bad", "○", "Missing"),
    "claimed": STEPS["claimed"],
    "evidenced": STEPS["evidenced"],
    "reviewed": STEPS["reviewed"],
    "tested": STEPS["tested"],
    "not due": State("unk", "–", "Not due"),
}
# how the record stands to what is asked for on a rehearsed visit: never green, because nobody has looked yet
VISITS: Mapping[str, State] = {
    "could be shown": State("plan", "◔", "Could be shown"),
    "in part": State("part", "◐", "In part"),
    "not ready": State("bad", "✗", "Not ready"),
    "missing": State("bad", "○", "Missing"),
}
CONDITIONS: Mapping[str, State] = {
    "met": State("ok", "●", "Met"),
    "unmet": State("bad", "○", "Not met"),
}

EVIDENCE: Mapping[EvidenceState, State] = {
    "fresh": State("ok", "●", "Fresh"),
    "undated": State("part", "◐", "Undated"),
    "stale": State("bad", "○", "Stale"),
    "reference": State("bad", "○", "Only a reference"),
    "erased": State("bad", "○", "Erased"),
    "none": State("bad", "○", "Not collected"),
}

SEVERITIES: Mapping[Severity, State] = {
    "critical": State("bad", "▲▲", "critical"),
    "high": State("bad", "▲", "high"),
    "medium": State("part", "◆", "medium"),
    "low": State("unk", "▽", "low"),
}
# a risk as low as this is fine, an open point as low as that is only less urgent
BANDS: Mapping[Severity, State] = {**SEVERITIES, "low": State("ok", "▽", "low")}
NOT_RATED = State("unk", "?", "not rated")

GRADES: Mapping[str, State] = {
    "major nonconformity": State("bad", "▲▲", "Major nonconformity"),
    "minor nonconformity": State("part", "▲", "Minor nonconformity"),
    "observation": State("plan", "◇", "Observation"),
    "opportunity for improvement": State("unk", "+", "Opportunity"),
}

TASKS: Mapping[str, State] = {
    "done": State("ok", "●", "Done"),
    "under way": State("part", "◐", "Under way"),
    "open": State("unk", "?", "Open"),
    "not needed": State("unk", "–", "Not needed"),
}

# of a task that is not done, what matters more than how far it is
URGENCIES: Mapping[str, State] = {"late": State("bad", "○", "Late"), "next": State("part", "▷", "Next")}

REVIEWS: Mapping[str, State] = {
    "accepted": State("ok", "●", "Accepted"),
    "changed since": State("part", "◐", "Changed since its review"),
    "returned": State("bad", "○", "Returned"),
    "": State("unk", "?", "Not reviewed yet"),
}

DECISIONS: Mapping[str, State] = {
    "agrees": State("ok", "●", "agrees"),
    "agrees with reservations": State("part", "◐", "agrees with reservations"),
    "does not agree": State("bad", "○", "does not agree"),
}

# of what has to be written down: that it is there says nothing of whether it is lived, so it is never green
DOCUMENTS: Mapping[str, State] = {
    "found": State("plan", "●", "Found"),
    "outdated": State("part", "◐", "Outdated"),
    "unapproved": State("part", "○", "Not approved"),
    "missing": State("bad", "○", "Missing"),
    "nothing yet": State("unk", "?", "Nothing to show yet"),
    "not needed": State("unk", "–", "Not needed"),
}

APPLICABLE: Mapping[str, State] = {
    "yes": State("plan", "●", "Applies"),
    "no": State("unk", "/", "Excluded"),
    "": State("bad", "!", "Not decided"),
}
# of a control in the Statement of Applicability; what somebody says in place of it is no proof, so it is never green
SOA: Mapping[str, State] = {
    "implemented and evidenced": State("ok", "●", "Implemented and evidenced"),
    "claimed only": State("unk", "◌", "Claimed only"),
    "partly": State("part", "◐", "Partly"),
    "planned": State("unk", "▷", "Planned"),
    "not implemented": State("bad", "○", "Not implemented"),
    "contradicted": CONTRADICTED,
    "not answered": State("unk", "?", "Not answered"),
    "not asked": NOT_ASKED,
    "said": State("plan", "✎", "Said"),
}
# of what is approved in versions: that it was approved says nothing of whether it is carried out, so it is never green
APPROVALS: Mapping[str, State] = {
    "current": State("plan", "●", "As approved"),
    "changed": State("part", "◐", "Changed since"),
    "none": State("bad", "○", "Not approved"),
}

CERTIFICATES: Mapping[str, State] = {
    "in application": State("unk", "▷", "In application"),
    "valid": State("plan", "●", "Valid, as entered"),
    "suspended": State("bad", "▲", "Suspended"),
    "ended": State("unk", "–", "Ended"),
    "run out": State("bad", "○", "Run out"),
}

ACCEPTANCES: Mapping[str, State] = {
    "accepted": State("ok", "●", "Accepted"),
    "expired": State("bad", "○", "Expired"),
    "lapsed": State("bad", "○", "Lapsed"),
    "void": State("bad", "○", "Does not count"),
    "not accepted": State("part", "○", "Not accepted"),
    "unacceptable": State("bad", "○", "Not accepted"),  # above the limit, so a gate of readiness
}

INDEPENDENCE: Mapping[str, State] = {
    "independent": State("ok", "●", "Independent"),
    "not shown": State("part", "◐", "Not shown"),
    "conflict": State("bad", "▲", "Conflict"),
}

SAMPLES: Mapping[str, State] = {
    "open": State("part", "◐", "Open"),
    "exceptions": State("bad", "▲", "Exceptions"),
    "clear": State("ok", "●", "No exception"),
}

CONCLUSIONS: Mapping[str, State] = {
    "effective": State("ok", "●", "Effective"),
    "not effective": State("bad", "▲", "Not effective"),
    "open": State("unk", "?", "Not concluded"),
}

GATES: Mapping[str, State] = {"open": State("bad", "▲", "Open"), "none": State("ok", "●", "No gate is open")}

WATCHES: Mapping[str, State] = {
    "clear": State("ok", "●", "No sign of it"),
    "unknown": State("unk", "?", "Cannot tell yet"),
    "signs": State("bad", "▲", "Signs of it"),
}

DIRECTIONS: Mapping[str, State] = {
    "better": State("ok", "↑", "better"),
    "worse": State("bad", "↓", "worse"),
}

GOOD, FAIR = 0.8, 0.4  # from which share on something is called good or fair
SHARES: Mapping[str, State] = {
    "good": State("ok", "●", "good"),
    "fair": State("part", "◐", "fair"),
    "weak": State("bad", "○", "weak"),
    "contradicted": State("bad", "✗", "contradicted"),
    "not assessed": State("unk", "?", "not assessed"),
    "not asked": State("unk", "–", "not asked"),
}

PAGES: Mapping[str, State] = {
    "complete": State("plan", "●", "All answered"),
    "open": State("part", "◐", "Questions open"),
    "failed": State("bad", "○", "INCOMPLETE"),
    "elsewhere": State("part", "↺", "Another state"),
    "summary": State("unk", "–", "Summary"),
}

MISSING = State("bad", "○", "Missing")
UNREADABLE = State("bad", "✗", "Cannot be read")


def stage_state(stage: str, *, last: bool) -> State:
    """How a stage of the verdict looks: the last one is good, those before it are on the way."""
    if stage == "not ready":
        return State("bad", "○", stage)
    return State("ok", "●", stage) if last else State("part", "◐", stage)


def share_state(share: float) -> State:
    """How good a share from 0 to 1 is: good, fair or weak."""
    return SHARES["good" if share >= GOOD else "fair" if share >= FAIR else "weak"]
