"""What makes an acceptance, a closure and a signature hold: the same for what is saved and for what was recorded.

The rules refuse what does not hold; the analysis does not count what was recorded before, or has lapsed since.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Any

from workbook.drawing import Shows, sample_named
from workbook.entries import LookFor
from workbook.language import say, term
from workbook.people import same_person
from workbook.registers import says_nothing
from workbook.scale import NONCONFORMITIES
from workbook.words import first_of

Values = Mapping[str, Any]  # the columns of a row, as `registers.read_row` reads them
Rows = Mapping[str, Values]  # the columns of rows, by their keys
ACCEPTANCE = ("accepted_by", "accepted_on", "acceptance_ends", "owner")
SIGNATURE = ("name", "capacity", "statement", "decision", "signed_on")
CLOSURE = ("status", "closed_by", "closed_on", "owner", "grade", "question")
ACTION = (
    "finding", "status", "effective", "owner", "checked_by", "done_on", "effectiveness", "cycle", "criterion",
    "effect_sample", "retest",
)  # fmt: skip
TESTED = ("finding", "question", "tested_on", "design", "operation")
SETTLED = ("done", "effectiveness confirmed")  # states of a corrective action that is no longer to be done
# how many days pass before a control has worked once more, by how often it works
CYCLES: Mapping[str, int] = {"continuous": 1, "weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365}
ACCEPTED = (
    "scenario", "systems", "likelihood", "consequence", "existing_controls", "treatment", "measures", "controls",
    "residual_likelihood", "residual_consequence",
)  # fmt: skip

TOUCHED = ("properties", "datasets", "models", "components", "assets")


class Tie(StrEnum):
    """What ties a person to an answer, so that they cannot test or review it."""

    ANSWERED = "answered"
    OWNS = "owns"


def tie(name: str, authors: Iterable[str], owner: str = "") -> Tie | None:
    """What ties `name` to an answer that `authors` gave and `owner` owns (control A.5.3, clause 9.2.2)."""
    if any(same_person(name, author) for author in authors):
        return Tie.ANSWERED
    return Tie.OWNS if same_person(name, owner) else None


def changed(columns: Iterable[str], now: Values, before: Values) -> bool:
    """Whether one of these columns says something else than it said before; spaces make no difference."""
    return any(plain(now.get(c)) != plain(before.get(c)) for c in columns)


# accepting a risk (clause 6.1.3 f) ----------------------------------------------------------------------------------


def risk_state(risk: Values) -> str:
    """A fingerprint of what an acceptance speaks of: scenario, systems, ratings, controls and treatment of a risk.

    What a risk touches counts where it is named, so that an acceptance of before there were such columns holds.
    """
    touched = [[c, plain(risk.get(c))] for c in TOUCHED if plain(risk.get(c))]
    return fingerprint([*(plain(risk.get(c)) for c in ACCEPTED), *touched])


def fingerprint(facts: Any) -> str:
    """A short hash of plain facts; the same facts in the same order give the same."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]


def plain(cell: Any) -> Any:
    """A cell as it is compared: a row read from the record and one that was typed give the same."""
    if isinstance(cell, list | tuple):
        return sorted(map(str, cell)) or None
    return " ".join(unicodedata.normalize("NFC", str(cell)).split()) or None if cell is not None else None


def same_acceptance(one: Values, other: Values) -> bool:
    """Whether two rows tell of one acceptance: by the same person on the same day."""
    same = same_person(one.get("accepted_by"), other.get("accepted_by"))
    return same and one.get("accepted_on") == other.get("accepted_on")


def acceptance_fault(risk: Values, on: date) -> str:
    """Why a risk cannot be said to be accepted on the day `on`, in a sentence; empty if it can (clause 6.1.3 f)."""
    by, owner, day, ends = (risk.get(c) for c in ("accepted_by", "owner", "accepted_on", "acceptance_ends"))
    reasons = {
        say("name the risk owner, who alone accepts it"): says_nothing(owner),
        say("{by} accepts it, but the risk owner is {owner}; let {owner} accept it", by=by, owner=owner):
            not same_person(by, owner),
        say("say on which day the owner accepted it"): day is None,
        say("{day} lies ahead; enter the acceptance on its day", day=day): day is not None and day > on,
        say("say when the acceptance ends, because no acceptance holds for ever"): ends is None,
        say("the acceptance ends on {end}, before it was given on {day}", end=ends, day=day):
            day is not None and ends is not None and ends < day,
    }  # fmt: skip
    says = next((says for says, so in reasons.items() if so), "")
    return say("The risk cannot be accepted like this (clause 6.1.3 f): {why}.", why=says) if says else ""


# closing a finding (clause 10.2) ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Audited:
    """What the closure of a finding rests on: corrective actions, audit tests and samples by keys, on the day `on`."""

    actions: Rows
    tests: Rows
    samples: Mapping[str, Shows]
    on: date


def actions_of(finding: str, actions: Rows) -> Rows:
    """The corrective actions that name a finding, by their keys."""
    return {key: action for key, action in actions.items() if finding and action.get("finding") == finding}


def closure_faults(key: str, finding: Values, audited: Audited) -> tuple[str, ...]:
    """What a closed finding lacks of what closure needs, in words; nothing for one that is not said to be closed."""
    if finding.get("status") != "closed":
        return ()
    return tuple(_closure_faults(key, finding, audited))


def _closure_faults(key: str, finding: Values, audited: Audited) -> Iterator[str]:
    by, owner, day = (finding.get(c) for c in ("closed_by", "owner", "closed_on"))
    if same_person(by, owner):
        yield say("{by} owns it and cannot verify the closure", by=by)
    if day is not None and day > audited.on:
        yield say("it is closed on {day}, which lies ahead", day=day)
    if finding.get("grade") not in NONCONFORMITIES:
        return
    if says_nothing(by):
        yield say("nobody is named who verified the closure")
    if says_nothing(owner):
        yield say("no owner is named")
    mine = actions_of(key, audited.actions)
    if not mine:
        yield say("no corrective action names it")
    for number, action in mine.items():
        faults = (_action_fault(action, owner, audited.on), *effect_faults(action, finding, audited))
        if says := next(filter(None, faults), ""):
            yield f"{says} ({number})"
    if (against := failed_for(key, audited.tests)) and not any(action.get("retest") for action in mine.values()):
        names = first_of(against, 3)
        yield say("no corrective action names the re-test of what failed in {names}", names=names)


def _action_fault(action: Values, owner: str | None, on: date) -> str:
    """Why a corrective action does not let its finding be closed; empty if it does."""
    done, seen, by = (action.get(c) for c in ("done_on", "effectiveness", "checked_by"))
    cycle = CYCLES.get(str(action.get("cycle")))
    reasons = {
        say("a corrective action is not done"): action.get("status") not in SETTLED,
        say("nobody said that a corrective action was effective"): action.get("effective") != "yes",
        say("a corrective action has no owner"): says_nothing(action.get("owner")),
        say("nobody is named who checked the effect"): says_nothing(by),
        say("{by} owns it and cannot check the effect", by=by):
            same_person(by, action.get("owner")) or same_person(by, owner),
        say("no day says when a corrective action was done"): done is None or done > on,
        say("no day says when the effect was checked"): seen is None or seen > on,
        say("nobody said how often the control works"): cycle is None,
        say("the effect was checked before one cycle of the control had passed, of {days} days", days=cycle):
            _too_soon(done, seen, cycle),
    }  # fmt: skip
    return next((says for says, so in reasons.items() if so), "")


def _too_soon(done: date | None, seen: date | None, cycle: int | None) -> bool:
    return done is not None and seen is not None and cycle is not None and (seen - done).days < cycle


def effect_faults(action: Values, finding: Values, audited: Audited) -> Iterator[str]:
    """What a corrective action said to be effective lacks: its criterion, and items or a re-test of after it."""
    named = action.get("retest")
    if action.get("effective") == "yes":
        if says_nothing(action.get("criterion")):
            yield say("effective by no criterion")
        if not named and says_nothing(action.get("effect_sample")):
            yield say("effective without a sample from after it")
        if says := effect_sample_fault(action, audited.samples):
            yield says
    if named:
        yield from _retest_faults(action, finding, audited)


def effect_sample_fault(action: Values, samples: Mapping[str, Shows]) -> str:
    """Why a drawn sample that a corrective action names shows no effect of it; empty for none, and for own words."""
    named, done = sample_named(action.get("effect_sample")), action.get("done_on")
    if not named:
        return ""
    if named not in samples:
        return say("its sample {key} is not there", key=named)
    since, fault = samples[named]
    if done is None or since is None or since <= done:
        return say("its sample {key} is not of a period that began after it was done", key=named)
    return say("its sample {key} {fault}", key=named, fault=fault) if fault else ""


def _retest_faults(action: Values, finding: Values, audited: Audited) -> Iterator[str]:
    """What is wrong with the audit test that is to show the effect: gone, of another thing, too early, red."""
    named, done = action["retest"], action.get("done_on")
    test = audited.tests.get(named)
    if test is None:
        yield say("its re-test {key} is not there", key=named)
        return
    failed = failed_for(str(action.get("finding") or ""), audited.tests)
    about = {finding.get("question"), *(one.get("question") for one in failed.values())} - {None}
    if about and test.get("question") not in about:
        yield say("its re-test {key} is of another question", key=named)
    tested = test.get("tested_on")
    if tested is None or done is None or not done < tested <= audited.on:
        yield say("its re-test {key} was not made after it was done", key=named)
    if (test.get("design"), test.get("operation")) != ("effective", "effective"):
        yield say("its re-test {key} did not pass", key=named)
    elif later := [key for key, one in failed.items() if tested and (one.get("tested_on") or tested) >= tested]:
        yield say("its re-test {key} came before {other}, which failed", key=named, other=later[0])


def failed_for(finding: str, tests: Rows) -> Rows:
    """The audit tests that failed and led to a finding, by their keys (clause 10.2)."""
    return {
        key: test
        for key, test in tests.items()
        if finding and test.get("finding") == finding and "not effective" in (test.get("design"), test.get("operation"))
    }


# sampling -----------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[0-9]{1,3}(?:[,.' ][0-9]{3})+(?![0-9])|[0-9]+")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_DAY = re.compile(r"[0-9]+[-./][0-9]+[-./][0-9]+")


def sample_fault(test: Values) -> str:
    """How a sample is larger than the population that it was drawn from, in words; empty if it is not, or not said."""
    sampled, population = test.get("sampled"), counted(test.get("population"))
    drawn = counted(test.get("sample")) if sampled is None else sampled
    if drawn is None or population is None or drawn <= population:
        return ""
    return say("a sample of {size} cannot be drawn from a population of {items}", size=drawn, items=population)


def counted(text: str | None) -> int | None:
    """How many things a text such as "214 deployments, January to June 2026" speaks of; None if that is not plain."""
    found = [number for number in _NUMBER.findall(_DAY.sub("", text or "")) if not _YEAR.fullmatch(number)]
    counts = list({int(re.sub(r"\D", "", number)) for number in found})
    return counts[0] if len(counts) == 1 else None


# what a test tested ---------------------------------------------------------------------------------------------------


def adopted(lines: Mapping[str, LookFor], keys: Iterable[str]) -> str:
    """The words of the lines of these keys, as a test keeps them, each on a line of its own."""
    return "\n".join(f"{key.rpartition('/')[2]}. {lines[key].says}" for key in keys if key in lines)


# signing off --------------------------------------------------------------------------------------------------------


def is_signed(row: Values) -> bool:
    """Whether a sign-off says that somebody decided or signed."""
    return bool(row.get("decision") or row.get("signed_on"))


# people -------------------------------------------------------------------------------------------------------------


def parts(name: str, people: Iterable[Values]) -> set[str]:
    """The parts in the audit of a person in the table of people; nothing for somebody who does not stand there."""
    return {str(p.get("part")) for p in people if same_person(p.get("name"), name)}


def parts_said(found: Iterable[str]) -> str:
    """Parts in the audit as a person says them: auditor and management."""
    named = map(term, sorted(found))
    return reduce(lambda first, last: say("{first} and {last}", first=first, last=last), named)
