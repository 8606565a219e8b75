"""What a management review has to look at, each filled from the record as it stands (clause 9.3.2 a to g)."""

from collections.abc import Callable, Iterable, Iterator
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
        ("a", "Earlier actions", "decisions", _decisions),
        ("b", "Issues, with climate change", "issues", _issues),
        ("c", "Interested parties", "interested_parties", _parties),
        ("d", "Nonconformities and corrective actions", "findings", _nonconformities),
        ("d", "Monitoring and measurement", "measurements", _measurements),
        ("d", "Audit results", "programme", _audits),
        ("d", "Objectives", "objectives", _objectives),
        ("e", "Feedback of interested parties", "interested_parties", _feedback),
        ("f", "Risk assessment and treatment", "risks", _risks),
        ("g", "Opportunities to improve", "findings", _opportunities),
    )
    return tuple(ReviewInput(letter, name, register, tuple(rule(record))) for letter, name, register, rule in rules)


def _told(register: str, rows: Iterable[Row], one: str, more: str = "") -> Iterator[Said]:
    """How many rows there are of what `one` calls one of them, and `more` several; nothing about none."""
    if found := [(register, r.key) for r in rows]:
        yield Said(f"{len(found)} {one if len(found) == 1 else more or one}", tuple(found))


def _whole(record: Record, register: str, one: str, more: str = "") -> Iterator[Said]:
    if rows := record.register(register):
        yield Said(f"{count(len(rows), one, more)} recorded")


def _decisions(record: Record) -> Iterator[Said]:
    yield from _whole(record, "decisions", "decision")
    yield from _told("decisions", open_decisions(record), "open")
    yield from _told("decisions", late_decisions(record), "overdue")
    yield from _told("decisions", [d for d in record.register("decisions") if d["status"] == "dropped"], "dropped")


def _fresh(record: Record, rows: Iterable[Row]) -> list[Row]:
    """The rows that somebody looked at since the last review."""
    begin = since(record) or date.min
    return [r for r in rows if r["reviewed_on"] and begin < r["reviewed_on"] <= record.on]


def _looked_at(record: Record, register: str) -> Said:
    looked, begin = _fresh(record, record.register(register)), since(record)
    when = f"since {day(begin)}" if begin else "so far"
    return Said(f"{len(looked)} looked at {when}", tuple((register, r.key) for r in looked))


def _issues(record: Record) -> Iterator[Said]:
    rows = record.register("issues")
    yield from _whole(record, "issues", "issue")
    if rows:
        yield _looked_at(record, "issues")
        yield from _told("issues", [r for r in rows if r["subject"] == "climate change"], "about climate change")
        if not climate_decided(record):
            yield Said("nobody decided whether climate change matters")


def _parties(record: Record) -> Iterator[Said]:
    rows = record.register("interested_parties")
    yield from _whole(record, "interested_parties", "party", "parties")
    if rows:
        told = partial(_told, "interested_parties")
        yield _looked_at(record, "interested_parties")
        yield from told([r for r in rows if not r["addressed"]], "of whom nobody decided whether the ISMS meets them")
        yield from told([r for r in rows if r["climate"] == "yes"], "with something about climate change")


def _nonconformities(record: Record) -> Iterator[Said]:
    found = [f for f in ranked_findings(record) if f.row["grade"] in NONCONFORMITIES]
    for grade in GRADES[:2]:
        mine = [f.row for f in found if f.row["grade"] == grade and is_open(record, f.row)]
        yield from _told("findings", mine, f"open, {grade}")
    yield from _told("findings", [f.row for f in found if not f.open], "closed")
    actions = record.register("actions")
    left = [a for a in actions if a["status"] not in SETTLED]
    yield from _told("actions", left, "corrective action not done", "corrective actions not done")
    yield from _told("actions", [a for a in actions if action_late(record, a)], "of them late")


def _measurements(record: Record) -> Iterator[Said]:
    rows = record.register("measurements")
    told = partial(_told, "measurements")
    yield from _whole(record, "measurements", "measurement")
    yield from told([r for r in rows if exceeded(r)], "past the limit")
    yield from told([r for r in rows if exceeded(r) and says_nothing(r["action"])], "of them without an action")
    yield from told([r for r in rows if days_unmeasured(record, r)], "not measured in time")
    yield from told([r for r in rows if exceeded(r) is None], "without value or limit")


def _audits(record: Record) -> Iterator[Said]:
    audits, tests = record.register("programme"), record.register("tests")
    yield from _told("programme", [a for a in audits if a["status"] == "done"], "audit held", "audits held")
    due = [a for a in audits if a["status"] in ("planned", "moved") and (a["planned_from"] or date.max) <= record.on]
    yield from _told("programme", due, "due and not held yet")
    if tests:
        bad = [t for t in tests if failed(t)]
        yield Said(
            f"{count(len(tests), 'test')}, {len(bad)} of them not effective", tuple(("tests", t.key) for t in bad)
        )
    begin = since(record)
    later = [f for f in record.register("findings") if f["raised_on"] and begin and f["raised_on"] > begin]
    yield from _told("findings", later, f"raised since {day(begin)}")


def _objectives(record: Record) -> Iterator[Said]:
    rows = [r for r in record.register("objectives") if r["status"] != "given up"]
    told = partial(_told, "objectives")
    yield from _whole(record, "objectives", "objective")
    yield from told([r for r in rows if missed(r) is False], "at the target")
    yield from told([r for r in rows if missed(r)], "short of it")
    yield from told([r for r in rows if not has_figure(r)], "without a figure")


def _feedback(record: Record) -> Iterator[Said]:
    said = [r for r in record.register("interested_parties") if not says_nothing(r["feedback"])]
    yield from _told("interested_parties", said, "party with feedback", "parties with feedback")


def _risks(record: Record) -> Iterator[Said]:
    found = rated_risks(record)
    told = partial(_told, "risks")
    yield from _whole(record, "risks", "risk")
    high = [r.row for r in found if r.today and not r.today.of.within]
    yield from told(high, "above the limit today")
    yield from told([r.row for r in found if r.unaccepted], "of them accepted by nobody")
    yield from told([r.row for r in open_treatments(record)], "with treatment still to be done")
    again = [t for t in reassessment_triggers(record) if t.register == "changes"]
    if again:
        keys = tuple(("changes", t.key) for t in again)
        yield Said(f"{count(len(again), 'change')} that asked for a new look at the risks", keys)


def _opportunities(record: Record) -> Iterator[Said]:
    wanted = ("observation", "opportunity for improvement")
    found = [f for f in record.register("findings") if f["grade"] in wanted and is_open(record, f)]
    yield from _told("findings", found, "open observation or opportunity", "open observations and opportunities")
    decided = [d for d in record.register("decisions") if d["kind"] == "improvement"]
    yield from _told("decisions", decided, "decision to improve", "decisions to improve")
