"""What changed between two states: of one engagement, for example since the report that was issued last, or of an audit
and the one that goes on from it. Rows are the same if their keys are; no key is given twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from workbook.analysis.findings import is_open
from workbook.analysis.risk import RatedRisk, rated_risks
from workbook.analysis.verdict import judge
from workbook.audience import shows_forecast
from workbook.language import say, term, written
from workbook.model import Result
from workbook.record import Asked, Record, Row
from workbook.scale import is_worse
from workbook.words import natural

Kind = Literal["system", "answer", "finding", "risk", "evidence"]
Way = Literal["better", "worse", ""]
What = Literal["new", "gone", "changed"]

# between these nothing got better or worse: somebody looked, or forgot what was seen
_NOTHING_THERE = {Result.NOT_ASSESSED, Result.NOT_IMPLEMENTED}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different now: of what kind, what people call it, what changed, and whether for the better.

    `what` says whether it is new, gone or another one.
    """

    kind: Kind
    key: str
    name: str
    says: str
    way: Way = ""
    what: What = "changed"


def then_and_now(since: str, old: Record, new: Record) -> str:
    """How claim and proof stood in `old`, which `since` names, and stand in `new`; for the team with the verdict."""
    was, now = judge(old), judge(new)
    revision = written(old.head.number)
    if not shows_forecast(new.audience):
        return say(
            "Since {since} (revision {revision}): then {then}; now {now}.",
            since=since,
            revision=revision,
            then=was.counts.text,
            now=now.counts.text,
        )
    return say(
        "Since {since} (revision {revision}): {stage}; claimed {claimed} %, shown {shown} %.",
        since=since,
        revision=revision,
        stage=f"{term(was.stage)} → {term(now.stage)}",
        claimed=f"{was.readiness.claimed} → {now.readiness.claimed}",
        shown=f"{was.readiness.shown} → {now.readiness.shown}",
    )


def changes_since(old: Record, new: Record) -> list[Change]:
    """What is different in `new`: systems, answers, findings, risks, evidence, in this order."""
    return [
        *_system_changes(old, new),
        *_answer_changes(old, new),
        *_finding_changes(old, new),
        *_risk_changes(old, new),
        *_evidence_changes(old, new),
    ]


def _system_changes(old: Record, new: Record) -> Iterable[Change]:
    """Systems that came into scope and systems that left it."""
    before, after = _rows_by_key(old, "systems"), _rows_by_key(new, "systems")
    for key, row in after.items():
        if key not in before:
            yield Change("system", key, row.name, say("new in scope"), what="new")
    for key, row in before.items():
        if key not in after:
            yield Change("system", key, row.name, say("no longer in scope"), what="gone")


def _rows_by_key(record: Record, register: str) -> dict[str, Row]:
    return {r.key: r for r in record.register(register)}


def _answer_changes(old: Record, new: Record) -> Iterable[Change]:
    before = {a.key: a for a in old.asked}
    for asked in new.asked:
        was = before.get(asked.key)
        if was is None and asked.result is not Result.NOT_ASSESSED:
            yield Change("answer", asked.key, asked.label, say("new, {state}", state=_called(asked.result)), what="new")
        elif was is not None:
            yield from _result_changes(was, asked)
    for key, stated in old.answers.items():
        if stated.value.question not in new.catalog.questions and key not in new.answers:
            says = say("{result}; the checklists no longer ask it", result=_called(stated.value.result))
            yield Change("answer", key, key, says, what="gone")


def _result_changes(was: Asked, now: Asked) -> Iterable[Change]:
    """A result that is another now, or the same result whose evidence became fresh or stopped being so."""
    if was.result is not now.result:
        says = f"{_called(was.result)} → {_called(now.result)}"
        yield Change("answer", now.key, now.label, says, _way(was.result, now.result))
    elif was.evidence_state != now.evidence_state and "fresh" in (was.evidence_state, now.evidence_state):
        better = now.evidence_state == "fresh"
        stale = say("its evidence is no longer fresh ({state})", state=term(now.evidence_state))
        says = say("now has fresh evidence") if better else stale
        yield Change("answer", now.key, now.label, says, "better" if better else "worse")


def _called(result: Result) -> str:
    return term(str(result))


def _way(was: Result, now: Result) -> Way:
    if Result.NOT_APPLICABLE in (was, now) or {was, now} <= _NOTHING_THERE:
        return ""
    return "better" if is_worse(was, now) else "worse"


def _finding_changes(old: Record, new: Record) -> Iterable[Change]:
    before = _rows_by_key(old, "findings")
    for key, row in _rows_by_key(new, "findings").items():
        was = before.get(key)
        if was is None:
            fresh: Way = "worse" if is_open(new, row) else ""
            says = say("raised, {grade}, {status}", grade=_cell(row, "grade"), status=_cell(row, "status"))
            yield Change("finding", key, row.name, says, fresh, "new")
            continue
        if was["grade"] != row["grade"]:
            yield Change("finding", key, row.name, f"{_cell(was, 'grade')} → {_cell(row, 'grade')}")
        if was["status"] != row["status"]:
            way: Way = "worse" if was["status"] == "closed" else ""
            if row["status"] == "closed":
                way = "" if is_open(new, row) else "better"
            yield Change("finding", key, row.name, f"{_cell(was, 'status')} → {_cell(row, 'status')}", way)
    yield from _removals(before, _rows_by_key(new, "findings"), "finding", old)


def _cell(row: Row, column: str) -> str:
    return term(str(row[column]))


def _removals(before: dict[str, Row], after: dict[str, Row], kind: Kind, old: Record) -> Iterable[Change]:
    for key, row in before.items():
        if key not in after:
            closed = kind == "finding" and not is_open(old, row)
            says = say("was closed") if closed else say("removed from the register")
            yield Change(kind, key, row.name, says, what="gone")


def _risk_changes(old: Record, new: Record) -> Iterable[Change]:
    before, after = ({r.row.key: r for r in rated_risks(record)} for record in (old, new))
    for key in sorted(after, key=natural):
        now, was = after[key], before.get(key)
        level = now.today.text if now.today else say("not rated")
        if was is None:
            yield Change("risk", key, now.row.name, say("new, {state}", state=level), what="new")
            continue
        then = was.today.text if was.today else say("not rated")
        if then != level:
            yield Change("risk", key, now.row.name, f"{then} → {level}", _lower(was, now))
        if was.accepted != now.accepted:
            by = say("residual risk accepted by {name}", name=now.row["accepted_by"])
            says = by if now.accepted else say("no longer accepted")
            yield Change("risk", key, now.row.name, says, "better" if now.accepted else "worse")
    yield from _removals(_rows_by_key(old, "risks"), _rows_by_key(new, "risks"), "risk", old)


def _lower(was: RatedRisk, now: RatedRisk) -> Way:
    if was.today is None or now.today is None or was.today.order == now.today.order:
        return ""
    return "better" if now.today.order < was.today.order else "worse"


def _evidence_changes(old: Record, new: Record) -> Iterable[Change]:
    for key in sorted(set(old.evidence) | set(new.evidence), key=natural):
        was: Any = old.evidence.get(key)
        now: Any = new.evidence.get(key)
        if was is None:
            yield Change("evidence", key, now.value.label, say("added"), "better" if new.proofs([key]) else "", "new")
        elif now is None:
            yield Change("evidence", key, was.value.label, say("removed"), "worse" if old.proofs([key]) else "", "gone")
        elif was.value != now.value:
            named = (n for n in type(now.value).model_fields if getattr(was.value, n) != getattr(now.value, n))
            fields = ", ".join(term(name.replace("_", " ")) for name in named)
            yield Change("evidence", key, now.value.label, say("another {fields}", fields=fields))
