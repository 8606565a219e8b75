"""The Statement of Applicability (clause 6.1.3 d): each of the 93 controls of Annex A, if it is decided, its status.

- *decided*: it applies, with a reason and a statement of how; or it does not, with a reason that says why.
- *status*: derived from the answers that test it and their proof (`analysis/proof`). Somebody may say another one and
  why; both are then told, because what somebody says does not undo what speaks against it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from workbook.analysis.annex_a import Covered, control_uses
from workbook.analysis.approvals import standing
from workbook.analysis.exclusions import MANY
from workbook.analysis.prediction_hits import named_in
from workbook.language import later, say, say_many, term
from workbook.model import Result
from workbook.record import Record, Row, says_why
from workbook.references import Reference
from workbook.registers import says_nothing
from workbook.words import first_of, folded

SUBJECT = "Statement of Applicability"
Status = Literal[
    "implemented and evidenced", "claimed only", "partly", "planned", "not implemented", "contradicted",
    "not answered", "not asked",
]  # fmt: skip
Answer = Literal["yes", "no", ""]  # whether a control applies; empty while nobody decided
_CARRIED_OUT = ("implemented and evidenced", "claimed only", "partly", "contradicted")
# in which registers a control is named as needed, and what such a row is called as a reason
_NEEDS: Mapping[str, str] = {"risks": later("risk"), "legal": later("legal requirement")}


LACKS = {  # what keeps a control from being decided
    "decision": later("not decided"),
    "exclusion": later("no reason that says why it is excluded"),
    "inclusion": later("no reason why it is included"),
    "statement": later("no statement of how it is implemented"),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason for a control that the record itself holds: of what kind, and the rows that name it."""

    kind: str
    keys: tuple[str, ...]

    @property
    def text(self) -> str:
        """How a person says it."""
        return f"{term(self.kind)} {', '.join(self.keys)}"


@dataclass(frozen=True, slots=True)
class Decision:
    """One control of the Statement of Applicability.

    `row` is what people wrote of it, None while nobody did; `grounds` the reasons that the record holds; `derived` the
    status that follows from answers and proof; `lacks` what keeps it from being decided, in words; `doubts` what an
    auditor would object to all the same.
    """

    of: Reference
    row: Row | None
    covered: Covered
    grounds: tuple[Ground, ...]
    derived: Status
    lacks: str
    doubts: tuple[str, ...]

    @property
    def applicable(self) -> Answer:
        """Whether it applies; empty while nobody decided."""
        value = self.row["applicable"] if self.row else None
        return value if value in ("yes", "no") else ""

    @property
    def said(self) -> str:
        """The status that somebody says in place of the derived one; empty where nobody does, with a reason."""
        row = self.row
        return "" if row is None or not says_why(row["status_reason"] or "") else str(row["stated_status"] or "")

    @property
    def status(self) -> str:
        """The status that the statement names: what somebody says, else what is derived; empty where it is excluded."""
        return "" if self.applicable == "no" else self.said or self.derived


def decisions(record: Record) -> tuple[Decision, ...]:
    """Every control of Annex A in its order, whether or not anybody wrote a row of it."""
    return record.once(_decide_all)


def _decide_all(record: Record) -> tuple[Decision, ...]:
    rows = {row.key: row for row in record.rows.get("controls", ())}
    needed, shared = _grounds(record), _shared_reasons(rows.values())
    return tuple(
        _decide(record, use, rows.get(use.of.id), needed.get(use.of.id, ()), shared) for use in control_uses(record)
    )


def _decide(
    record: Record, use: Covered, row: Row | None, grounds: tuple[Ground, ...], shared: Mapping[str, int]
) -> Decision:
    derived = derive(use)
    doubts = tuple(_doubts(record, row, grounds, derived, shared)) if row else ()
    return Decision(use.of, row, use, grounds, derived, _lacks(row, grounds), doubts)


def derive(use: Covered) -> Status:
    """The status of a control by the questions that test it and count here: never better than its worst answer."""
    counted = [a.result for a in use.asked if a.applicable]
    found = set(counted)
    if not counted:
        return "not asked"
    if use.tally.contradicted:
        return "contradicted"
    if found == {Result.IMPLEMENTED}:
        return "implemented and evidenced" if use.tally.evidenced == len(counted) else "claimed only"
    if found & {Result.IMPLEMENTED, Result.PARTIAL}:
        return "partly"
    if Result.PLANNED in found:
        return "planned"
    return "not implemented" if Result.NOT_IMPLEMENTED in found else "not answered"


def _grounds(record: Record) -> Mapping[str, tuple[Ground, ...]]:
    """The reasons for controls that the record holds, by their numbers."""
    found: dict[str, tuple[Ground, ...]] = {}
    for register, kind in _NEEDS.items():
        keys: dict[str, list[str]] = {}
        for row in record.rows.get(register, ()):
            for control in row["controls"] or ():
                keys.setdefault(control, []).append(row.key)
        for control, naming in keys.items():
            found[control] = (*found.get(control, ()), Ground(kind, tuple(naming)))
    return found


def _shared_reasons(rows: Iterable[Row]) -> Mapping[str, int]:
    """For how many exclusions each reason stands."""
    return Counter(folded(str(row["reason"] or "")) for row in rows if row["applicable"] == "no")


def _lacks(row: Row | None, grounds: tuple[Ground, ...]) -> str:
    if row is None or not row["applicable"]:
        return LACKS["decision"]
    if row["applicable"] == "no":
        return "" if says_why(row["reason"] or "") else LACKS["exclusion"]
    if says_nothing(row["reason"]) and not grounds:
        return LACKS["inclusion"]
    return LACKS["statement"] if says_nothing(row["statement"]) else ""


def _doubts(
    record: Record, row: Row, grounds: tuple[Ground, ...], derived: Status, shared: Mapping[str, int]
) -> Iterator[str]:
    if row["applicable"] == "no":
        if grounds:
            yield say("excluded, and yet named by {grounds}", grounds="; ".join(ground.text for ground in grounds))
        if derived in _CARRIED_OUT:
            yield say("excluded, and yet answers say that it is carried out")
        if word := supplier_word(record, row["reason"]):
            yield say(
                "the reason names a supplier's proof (“{word}”): the need exists, a supplier meets it; include it",
                word=word,
            )
        if (many := shared[folded(str(row["reason"] or ""))]) > MANY:
            yield say_many("one reason stands for {n} control", "one reason stands for {n} controls", many)
    elif row["stated_status"] and derived == "contradicted":
        yield say(
            "said to be {status}, and something in the record speaks against it", status=term(row["stated_status"])
        )


def supplier_word(record: Record, reason: object) -> str:
    """The word by which a reason for an exclusion leans on a supplier's certificate; empty for none."""
    rules = (rule for rule in record.catalog.predictions if rule.rule == "excluded-through-supplier")
    return next((word for rule in rules if (word := named_in(reason, rule.words))), "")


# the whole of it ----------------------------------------------------------------------------------------------------


def undecided(record: Record) -> tuple[Decision, ...]:
    """The controls that keep the statement from being complete, in the order of Annex A."""
    return tuple(one for one in decisions(record) if one.lacks)


def incompleteness(record: Record) -> str:
    """How many controls are decided and why the others are not, in words; empty where all of them are."""
    every, open_ones = decisions(record), undecided(record)
    if not open_ones:
        return ""
    lacking = Counter(one.lacks for one in open_ones)
    why = first_of((f"{number} {term(says)}" for says, number in lacking.most_common()), 4)
    decided = len(every) - len(open_ones)
    return say("{decided} of {every} controls are decided ({why})", decided=decided, every=len(every), why=why)


def applicability_faults(record: Record) -> tuple[str, ...]:
    """Why the Statement of Applicability cannot be shown: what is undecided, and that it is not approved as it is."""
    approved = standing(record, SUBJECT)
    unapproved = "" if approved.current else approved.reason.rstrip(".")
    return tuple(filter(None, (incompleteness(record), unapproved)))


# compared with an earlier one ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One control that is decided or stands otherwise than before."""

    of: Reference
    says: str


def differences(old: Record, new: Record) -> tuple[Difference, ...]:
    """What is different in the statement of `new`, in the order of Annex A."""
    before = {one.of.id: one for one in decisions(old)}
    found = ((one.of, "; ".join(_changes(before[one.of.id], one))) for one in decisions(new) if one.of.id in before)
    return tuple(Difference(of, says) for of, says in found if says)


def _changes(was: Decision, now: Decision) -> Iterator[str]:
    words = {"yes": say("applies"), "no": say("excluded"), "": say("not decided")}
    if was.applicable != now.applicable:
        yield f"{words[was.applicable]} → {words[now.applicable]}"
    elif was.status != now.status:
        yield f"{term(was.status)} → {term(now.status)}"
    if was.said != now.said:
        again = say("status derived again")
        yield say("status said by {name}", name=now.row["status_by"]) if now.said and now.row else again
    rewritten = tuple(
        column
        for column in ("reason", "statement")
        if was.row and now.row and (was.row[column] or "") != (now.row[column] or "")
    )
    if rewritten:
        yield say(_REWRITTEN[rewritten])


_REWRITTEN = {
    ("reason",): later("reason rewritten"),
    ("statement",): later("statement rewritten"),
    ("reason", "statement"): later("reason and statement rewritten"),
}
