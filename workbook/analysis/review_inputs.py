"""What a management review has to look at, each filled from the record as it stands (clause 9.3.2 a to g)."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from workbook.analysis.audit_tests import failed
from workbook.analysis.figures import days_unmeasured, exceeded, has_figure, missed
from workbook.analysis.findings import action_late, is_open, ranked_findings
from workbook.analysis.management_points import climate_decided
from workbook.analysis.management_review import held_reviews, late_decisions, open_decisions
from workbook.analysis.reassessment import reassessment_triggers
from workbook.analysis.risk import open_treatments, rated_risks
from workbook.judging import SETTLED
from workbook.language import later, say, say_many, term
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.scale import GRADES, NONCONFORMITIES
from workbook.words import count, day


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that the record says of an input, and the rows it speaks of, by register and key."""

    says: str
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewInput:
    """One required input: its letter in clause 9.3.2, its name, the register it is read from, and what that says.

    Where nothing is recorded, `said` is empty.
    """

    letter: str
    name: str
    register: str
    said: tuple[Said, ...]


def since(record: Record) -> date | None:
    """The day from which changes count: of the last management review, before the first the begin of the period."""
    held = held_reviews(record)
    return held[0]["held_on"] if held else record.engagement.period_from


def review_inputs(record: Record) -> tuple[ReviewInput, ...]:
    """Every required input of the next management review, in the order of the clause."""
    rules: tuple[tuple[str, str, str, Callable[[Record], Iterable[Said]]], ...] = (
        ("a", say("Earlier actions"), "decisions", _decisions),
        ("b", say("Issues, with climate change"), "issues", _issues),
        ("c", say("Interested parties"), "interested_parties", _parties),
        ("d", say("Nonconformities and corrective actions"), "findings", _nonconformities),
        ("d", say("Monitoring and measurement"), "measurements", _measurements),
        ("d", say("Audit results"), "programme", _audits),
        ("d", say("Objectives"), "objectives", _objectives),
        ("e", say("Feedback of interested parties"), "interested_parties", _feedback),
        ("f", say("Risk assessment and treatment"), "risks", _risks),
        ("g", say("Opportunities to improve"), "findings", _opportunities),
    )
    return tuple(ReviewInput(letter, name, register, tuple(rule(record))) for letter, name, register, rule in rules)


def _told(register: str, rows: Iterable[Row], says: str, **parts: str) -> Iterator[Said]:
    """How many rows there are, as `says` has it of {n} of them; nothing about none."""
    if found := tuple((register, r.key) for r in rows):
        yield Said(say(says, n=len(found), **parts), found)


def _counted(register: str, rows: Collection[Row], says: str) -> Iterator[Said]:
    """Rows that are counted in `says` already; nothing about none."""
    if rows:
        yield Said(says, tuple((register, r.key) for r in rows))


def _whole(rows: Collection[Row], called: str) -> Iterator[Said]:
    if rows:
        yield Said(say("{recorded} recorded", recorded=called))


def _decisions(record: Record) -> Iterator[Said]:
    rows = record.register("decisions")
    yield from _whole(rows, count(len(rows), "decision"))
    yield from _told("decisions", open_decisions(record), later("{n} open"))
    yield from _told("decisions", late_decisions(record), later("{n} overdue"))
    yield from _told("decisions", [d for d in rows if d["status"] == "dropped"], later("{n} dropped"))


def _fresh(record: Record, rows: Iterable[Row]) -> list[Row]:
    """The rows that somebody looked at since the last review."""
    begin = since(record) or date.min
    return [r for r in rows if r["reviewed_on"] and begin < r["reviewed_on"] <= record.on]


def _looked_at(record: Record, register: str) -> Said:
    looked, begin = _fresh(record, record.register(register)), since(record)
    so_far = say("{n} looked at so far", n=len(looked))
    says = say("{n} looked at since {day}", n=len(looked), day=day(begin)) if begin else so_far
    return Said(says, tuple((register, r.key) for r in looked))


def _issues(record: Record) -> Iterator[Said]:
    rows = record.register("issues")
    yield from _whole(rows, count(len(rows), "issue"))
    if rows:
        yield _looked_at(record, "issues")
        about = [r for r in rows if r["subject"] == "climate change"]
        yield from _told("issues", about, later("{n} about climate change"))
        if not climate_decided(record):
            yield Said(say("nobody decided whether climate change matters"))


def _parties(record: Record) -> Iterator[Said]:
    rows = record.register("interested_parties")
    yield from _whole(rows, count(len(rows), "party", "parties"))
    if rows:
        told = partial(_told, "interested_parties")
        yield _looked_at(record, "interested_parties")
        undecided = [r for r in rows if not r["addressed"]]
        yield from told(undecided, later("{n} of whom nobody decided whether the ISMS meets them"))
        yield from told([r for r in rows if r["climate"] == "yes"], later("{n} with something about climate change"))


def _nonconformities(record: Record) -> Iterator[Said]:
    found = [f for f in ranked_findings(record) if f.row["grade"] in NONCONFORMITIES]
    for grade in GRADES[:2]:
        mine = [f.row for f in found if f.row["grade"] == grade and is_open(record, f.row)]
        yield from _told("findings", mine, later("{n} open, {grade}"), grade=term(grade))
    yield from _told("findings", [f.row for f in found if not f.open], later("{n} closed"))
    actions = record.register("actions")
    left = [a for a in actions if a["status"] not in SETTLED]
    undone = say_many("{n} corrective action not done", "{n} corrective actions not done", len(left))
    yield from _counted("actions", left, undone)
    yield from _told("actions", [a for a in actions if action_late(record, a)], later("{n} of them late"))


def _measurements(record: Record) -> Iterator[Said]:
    rows = record.register("measurements")
    told = partial(_told, "measurements")
    past = [r for r in rows if exceeded(r)]
    yield from _whole(rows, count(len(rows), "measurement"))
    yield from told(past, later("{n} past the limit"))
    yield from told([r for r in past if says_nothing(r["action"])], later("{n} of them without an action"))
    yield from told([r for r in rows if days_unmeasured(record, r)], later("{n} not measured in time"))
    yield from told([r for r in rows if exceeded(r) is None], later("{n} without value or limit"))


def _audits(record: Record) -> Iterator[Said]:
    audits, tests = record.register("programme"), record.register("tests")
    held = [a for a in audits if a["status"] == "done"]
    yield from _counted("programme", held, say_many("{n} audit held", "{n} audits held", len(held)))
    due = [a for a in audits if a["status"] in ("planned", "moved") and (a["planned_from"] or date.max) <= record.on]
    yield from _told("programme", due, later("{n} due and not held yet"))
    if tests:
        bad = [t for t in tests if failed(t)]
        says = say("{tests}, {bad} of them not effective", tests=count(len(tests), "test"), bad=len(bad))
        yield Said(says, tuple(("tests", t.key) for t in bad))
    begin = since(record)
    raised = [f for f in record.register("findings") if f["raised_on"] and begin and f["raised_on"] > begin]
    yield from _told("findings", raised, later("{n} raised since {day}"), day=day(begin))


def _objectives(record: Record) -> Iterator[Said]:
    rows = [r for r in record.register("objectives") if r["status"] != "given up"]
    told = partial(_told, "objectives")
    every = record.register("objectives")
    yield from _whole(every, count(len(every), "objective"))
    yield from told([r for r in rows if missed(r) is False], later("{n} at the target"))
    yield from told([r for r in rows if missed(r)], later("{n} short of it"))
    yield from told([r for r in rows if not has_figure(r)], later("{n} without a figure"))


def _feedback(record: Record) -> Iterator[Said]:
    said = [r for r in record.register("interested_parties") if not says_nothing(r["feedback"])]
    says = say_many("{n} party with feedback", "{n} parties with feedback", len(said))
    yield from _counted("interested_parties", said, says)


def _risks(record: Record) -> Iterator[Said]:
    found = rated_risks(record)
    told = partial(_told, "risks")
    rows = record.register("risks")
    yield from _whole(rows, count(len(rows), "risk"))
    high = [r.row for r in found if r.today and not r.today.of.within]
    yield from told(high, later("{n} above the limit today"))
    yield from told([r.row for r in found if r.unaccepted], later("{n} of them accepted by nobody"))
    yield from told([r.row for r in open_treatments(record)], later("{n} with treatment still to be done"))
    again = [t for t in reassessment_triggers(record) if t.register == "changes"]
    if again:
        keys = tuple(("changes", t.key) for t in again)
        says = say_many("{n} change that asked for a new look at the risks",
                        "{n} changes that asked for a new look at the risks", len(again))  # fmt: skip
        yield Said(says, keys)


def _opportunities(record: Record) -> Iterator[Said]:
    wanted = ("observation", "opportunity for improvement")
    found = [f for f in record.register("findings") if f["grade"] in wanted and is_open(record, f)]
    says = say_many("{n} open observation or opportunity", "{n} open observations and opportunities", len(found))
    yield from _counted("findings", found, says)
    decided = [d for d in record.register("decisions") if d["kind"] == "improvement"]
    says = say_many("{n} decision to improve", "{n} decisions to improve", len(decided))
    yield from _counted("decisions", decided, says)
