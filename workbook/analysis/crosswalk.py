"""What answers show of another frame, ISO/IEC 42001 Annex A or the EU AI Act, and which duties bind which system.

A requirement stands where its weakest link stands, and where no link carries the whole of it, it is partly shown at
most. What counts is how far answers are shown (`proof`): a claim that is not evidenced shows nothing. All of this is a
posture: it says what answers show, and never that a requirement is met.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Literal, get_args

from workbook import references
from workbook.analysis.proof import Proof, prove
from workbook.catalog import Catalog
from workbook.entry import AiActClass, AiActRole, Crosswalk, Link, Requirement
from workbook.language import later, say, term
from workbook.model import Result
from workbook.record import Record, Row
from workbook.references import Applies, Reference
from workbook.scale import POSTURES, Posture

Binds = Literal["yes", "no", "undecided"]
ALL_ROLES: tuple[str, ...] = get_args(AiActRole)
# what a choice of the column `ai_act_role` stands for
ROLES: Mapping[str, tuple[str, ...]] = {r: (r,) for r in ALL_ROLES} | {"both": ("provider", "deployer"), "none": ()}
CLASSES: tuple[str, ...] = get_args(AiActClass)
PROHIBITED = "prohibited"


@dataclass(frozen=True, slots=True)
class Carried:
    """A link with the answers it rests on here: how far the weakest of them is shown.

    `not asked` where the question does not apply here, as somebody else accepted, or no system is named.
    """

    link: Link
    proofs: tuple[Proof, ...]
    state: Posture


@dataclass(frozen=True, slots=True)
class Stance:
    """What answers show of one requirement (`of` is its reference), for one system or for all (`system` None).

    `binds` says whether it concerns that system, `why` why it does not or why nobody knows.
    """

    requirement: Requirement
    of: Reference
    system: Row | None
    state: Posture
    carried: tuple[Carried, ...]
    binds: Binds = "yes"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of a law, from when it applies, and how each system stands to it."""

    requirement: Requirement
    of: Reference
    applies: Applies
    stances: tuple[Stance, ...]

    def in_force(self, on: date) -> bool:
        """Whether it applies on that day; of two days, for two kinds of high-risk systems, the earlier one counts."""
        return self.applies.listed <= on

    @property
    def binding(self) -> tuple[Stance, ...]:
        """The systems that it binds, or that it may bind."""
        return tuple(s for s in self.stances if s.binds != "no")

    @property
    def state(self) -> Posture:
        """Where the weakest of these systems stands."""
        return min((s.state for s in self.binding), key=POSTURES.index, default="not asked")


def stances(record: Record, frame: str) -> tuple[Stance, ...]:
    """What answers about all systems show of each requirement of a frame, in its order; none without a crosswalk."""
    walk = record.catalog.crosswalks.get(frame)
    return tuple(_stance(record, walk, one, None) for one in walk.requirements) if walk else ()


def duties(record: Record, frame: str = "eu_ai_act") -> tuple[Duty, ...]:
    """Each duty of the law, in its order, with how each system stands to it; none without a crosswalk."""
    if (walk := record.catalog.crosswalks.get(frame)) is None:
        return ()
    days = record.once(_applications)
    return tuple(_duty(record, walk, one, days) for one in walk.requirements)


def _applications(record: Record) -> Mapping[str, Applies]:
    return references.applications(record.catalog.folder / "reference")


def _duty(record: Record, walk: Crosswalk, one: Requirement, days: Mapping[str, Applies]) -> Duty:
    applies = days[one.of]
    if one.follows:
        later = days[one.follows]
        applies = replace(
            applies, listed=max(applies.listed, later.listed), product=max(applies.product, later.product)
        )
    found = tuple(_stance(record, walk, one, system) for system in record.systems)
    return Duty(one, _reference(record.catalog, walk, one), applies, found)


def _reference(catalog: Catalog, walk: Crosswalk, one: Requirement) -> Reference:
    return catalog.facts[walk.frame][one.of]


# what answers show --------------------------------------------------------------------------------------------------


def _stance(record: Record, walk: Crosswalk, one: Requirement, system: Row | None) -> Stance:
    carried = tuple(_carry(record, link, system) for link in one.links)
    binds, why = _bind(one, system) if system else ("yes", "")
    state = _weakest(carried)
    if system is not None and system["ai_act_class"] == PROHIBITED and one.of == "5" and binds != "no":
        state, why = "contradicted", say("it is classed as a prohibited practice")
    return Stance(one, _reference(record.catalog, walk, one), system, state, carried, binds, why)


def _weakest(carried: Iterable[Carried]) -> Posture:
    """Where the weakest link stands; partly at most unless one that counts here carries the whole."""
    counted = [c for c in carried if c.state != "not asked"]
    weakest: Posture = min((c.state for c in counted), key=POSTURES.index, default="not asked")
    if weakest == "shown as far as linked" and not any(c.link.carries == "whole" for c in counted):
        return "partly shown"
    return weakest


def _carry(record: Record, link: Link, system: Row | None) -> Carried:
    """A link with the answers to its question: for one system its own and those for the whole engagement."""
    proofs = record.once(_by_question).get(link.question, ())
    mine = tuple(p for p in proofs if system is None or p.asked.slot.system in ("", system.key))
    counted = tuple(p for p in mine if p.asked.applicable or p.contradicted)
    return Carried(link, counted, min(map(_shown, counted), key=POSTURES.index, default="not asked"))


def _by_question(record: Record) -> Mapping[str, tuple[Proof, ...]]:
    found: dict[str, list[Proof]] = {}
    for proof in prove(record).values():
        found.setdefault(proof.asked.question.id, []).append(proof)
    return {question: tuple(proofs) for question, proofs in found.items()}


def _shown(proof: Proof) -> Posture:
    """How far one answer is shown; what is claimed as partial is never more than partly shown."""
    if proof.contradicted:
        return "contradicted"
    if not proof.reaches("evidenced"):
        return "nothing shown"
    return "shown as far as linked" if proof.asked.result is Result.IMPLEMENTED else "partly shown"


# whom a duty binds --------------------------------------------------------------------------------------------------


def _bind(one: Requirement, system: Row) -> tuple[Binds, str]:
    """Whether a duty binds the organisation for a system, by its role and the class of the system; and why not.

    What nobody decided, or what this workbook does not know, takes no duty away.
    """
    role, risk_class = str(system["ai_act_role"] or ""), str(system["ai_act_class"] or "")
    roles, bound = ROLES.get(role), set(one.roles or ALL_ROLES)
    if roles is not None and not bound & set(roles):
        if role == "none":
            return "no", say("there is no role under the AI Act")
        return "no", say("it binds {roles}", roles=_plural(one.roles))
    if one.classes and risk_class == PROHIBITED:
        return "no", say("a prohibited practice may not be used at all (Article 5)")
    if one.classes and risk_class in CLASSES and risk_class not in one.classes:
        return "no", say("the class is {name}", name=term(risk_class))
    open_role, open_class = roles is None and bool(one.roles), bool(one.classes) and risk_class not in CLASSES
    if not open_role and not open_class:
        return "yes", ""
    if open_role and open_class:
        return "undecided", say("the role and the class is not decided")
    return "undecided", say("the role is not decided") if open_role else say("the class is not decided")


_PLURALS = {
    "provider": later("providers"),
    "deployer": later("deployers"),
    "importer": later("importers"),
    "distributor": later("distributors"),
}


def _plural(roles: Iterable[str]) -> str:
    named = (say(_PLURALS[role]) for role in roles)
    return reduce(lambda first, last: say("{first} and {last}", first=first, last=last), named)
