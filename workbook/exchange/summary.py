"""The management summary as a document to be edited: what page 06 shows before its appendices, in the same words."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from workbook.analysis.asked_of_management import called, decisions_asked
from workbook.analysis.changes import Change, changes_since, then_and_now
from workbook.analysis.findings import action_late, ranked_findings
from workbook.analysis.limits import not_covered
from workbook.analysis.method import why_no_method
from workbook.analysis.overdue import days_late
from workbook.analysis.point import Point
from workbook.analysis.points import collect_points
from workbook.analysis.risk import RatedRisk, rated_risks
from workbook.analysis.sign_offs import SignOff, given_sign_offs, says_given, unsigned_capacities
from workbook.analysis.timeline import say_starts
from workbook.analysis.verdict import judge
from workbook.analysis.years import COLUMNS, KINDS, compare
from workbook.audience import language_of, shows_forecast
from workbook.exchange.paper import Block, Bullets, Gap, Heading, Paper, Paragraph, Table
from workbook.exchange.soa import made_from
from workbook.language import later, say, say_many, speaking, term
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.scale import NONCONFORMITIES, SEVERITIES
from workbook.words import capitalized, day

TITLE = later("Management summary")
POINTS = 5  # that stand in it
MOST = 7  # rows of each other table; the rest is counted


@dataclass(frozen=True, slots=True)
class Before:
    """What a record is compared with: the report that was `issued` last, and the audit that it `goes_on` from.

    `issued` is None where none was; `last_year` where the ledger does not hold that audit as it was then.
    """

    issued: Record | None = None
    goes_on: bool = False
    last_year: Record | None = None


def head_of_copy(record: Record) -> tuple[tuple[str, str], ...]:
    """What stands at the head of a document that goes with a report: of which state, for whom, and not issued."""
    system = ((say("System"), record.label("systems", record.system)),) if record.system else ()
    return (
        *made_from(record),
        *system,
        (say("Edition"), term(record.audience)),
        (say("Status"), say("Working copy, not issued")),
    )


def summary_paper(record: Record, before: Before) -> Paper:
    """The summary of an edition's record; nothing stands in it that the record does not hold."""
    parts = (_verdict, _points, _risks, _findings)
    with speaking(language_of(record)):
        blocks = [block for part in parts for block in part(record)]
        blocks += [*_changes(record, before), *_decisions(record), *_sign_offs(record)]
        limits = (Heading(1, say("What this report does not say")), Bullets(not_covered(record)))
        return Paper(say(TITLE), (*head_of_copy(record), *_about(record)), (*blocks, *limits))


def _about(record: Record) -> Iterator[tuple[str, str]]:
    about = record.engagement
    first, last = day(about.period_from), day(about.period_to)
    period = say("{day} to {last}", day=first, last=last) if first and last else first or last
    yield say("Kind of audit"), term(about.audit_kind)
    yield say("Audit starts"), say_starts(about, day) or say("no date yet")
    yield say("Period"), period or say("not written down yet")
    yield say("Systems"), ", ".join(s.name for s in record.systems) or say("none named yet")
    yield say("Prepared by"), about.prepared_by or say("nobody named")
    yield say("Lead auditor"), about.lead_auditor or say("nobody named")


def more(whole: int, says: Callable[[int], str]) -> Iterator[Block]:
    """What is said of so many as there are beyond those that are listed."""
    if whole > MOST:
        yield Paragraph(says(whole - MOST))


def _verdict(record: Record) -> Iterator[Block]:
    found, scope = judge(record), record.engagement.scope
    yield Heading(1, say("Summary"))
    yield Gap(say("the scope in words.")) if says_nothing(scope) else Paragraph(scope, say("Scope."))
    if not shows_forecast(record.audience):
        yield Paragraph(f"{capitalized(found.counts.text)}.")
        return
    yield Paragraph(f"{capitalized(term(found.stage))}.", say("Verdict:"))
    claimed, shown = found.readiness.claimed, found.readiness.shown
    figures = say("{claimed} % claimed, {shown} % shown.", claimed=claimed, shown=shown)
    yield Paragraph(f"{figures} {capitalized(found.counts.text)}.")
    if found.next_stage is None:
        yield Paragraph(say("Every condition is met. The certification body decides, not this workbook."))
        return
    unmet = [c for c in found.unmet if c.stage == found.next_stage]
    yield Paragraph(
        say_many(
            "{n} condition short of “{stage}”:",
            "{n} conditions short of “{stage}”:",
            len(unmet),
            stage=term(found.next_stage),
        )
    )
    yield Bullets(tuple(say("{says} (clause {clause})", says=c.says, clause=c.clause) for c in unmet))


def _points(record: Record) -> Iterator[Block]:
    found = collect_points(record)
    yield Heading(1, say("What matters most"))
    if not found:
        yield Paragraph(say("Nothing is open: all that counts is implemented and tested, and no register has a gap."))
        return
    counted = Counter(p.severity for p in found)
    levels = ", ".join(f"{counted[s]} {term(s)}" for s in SEVERITIES)
    yield Paragraph(say_many("{n} open point: {levels}.", "{n} open points: {levels}.", len(found), levels=levels))
    rows = tuple(_point(record, p) for p in found[:POINTS])
    yield Table((say("Severity"), say("Point"), say("Why"), say("Owner"), say("Due")), rows)


def _point(record: Record, point: Point) -> tuple[str, ...]:
    result = f" ({term(str(point.result))})" if point.result else ""
    due = when(record, point) if point.due else say("no date")
    return term(point.severity), point.title + result, point.why, point.owner or say("nobody named"), due


def when(record: Record, of: Point | Row, late: int | None = None) -> str:
    """The day on which something is due, and by how many days that has gone by."""
    due = of.due if isinstance(of, Point) else of["due"]
    days = days_late(due, record.on) if late is None else late
    late_by = f", {_overdue(days)}" if days else ""
    return f"{day(due) or say('no date')}{late_by}"


def _overdue(days: int) -> str:
    return say_many("overdue {n} day", "overdue {n} days", days)


def _risks(record: Record) -> Iterator[Block]:
    found, no_method = rated_risks(record), why_no_method(record)
    yield Heading(1, say("Risks today"))
    if not found:
        yield Paragraph(say("No risk is in the register yet."))
        return
    bands = Counter(one.today.band if one.today else None for one in found)
    levels = [f"{bands[name]} {term(name)}" for name in SEVERITIES if bands[name]]
    levels += [say("{n} not rated", n=bands[None])] if bands[None] else []
    lowers = say("A treatment lowers a risk only when it is done and shown.")
    yield Paragraph(f"{', '.join(levels)}. {lowers}", say("By level:"))
    if no_method:
        yield Paragraph(no_method)
    open_ones = [one for one in found if one.unaccepted]
    if open_ones:
        yield Paragraph(say("Above the limit today, and nobody accepts that who may:"))
        rows = tuple(_risk(record, one) for one in open_ones[:MOST])
        yield Table((say("Risk"), say("Today"), say("Owner"), say("Treatment"), say("Due")), rows)
        yield from more(len(open_ones), _more_risks)
    elif not no_method:
        yield Paragraph(say("No risk that lies above the limit today is unaccepted."))


def _more_risks(n: int) -> str:
    return say_many(
        "And {n} more risk: Risk assessment, a page of the report.",
        "And {n} more risks: Risk assessment, a page of the report.",
        n,
    )


def _risk(record: Record, one: RatedRisk) -> tuple[str, ...]:
    row = one.row
    today = one.today.text if one.today else say("not rated")
    owner, treatment = row["owner"] or say("nobody named"), term(row["treatment"]) or say("none chosen")
    return called(row), today, owner, treatment, when(record, row, 0 if one.treated else None)


def _findings(record: Record) -> Iterator[Block]:
    every = ranked_findings(record)
    found = [one for one in every if one.open]
    yield Heading(1, say("Findings and how they are answered"))
    if not every:
        yield Paragraph(say("The internal audit has raised no finding yet."))
        return
    if not found:
        yield Paragraph(
            say_many("{n} finding raised, none of them open.", "{n} findings raised, none of them open.", len(every))
        )
        return
    yield Paragraph(
        say_many(
            "{open} of {n} finding open; overdue first, then by grade.",
            "{open} of {n} findings open; overdue first, then by grade.",
            len(every),
            open=len(found),
        )
    )
    rows = tuple(
        (called(f.row), term(f.row["grade"]) or say("no grade"), f.row["owner"] or say("nobody named"),
         when(record, f.row, f.late), answered(record, f.row, f.actions))
        for f in found[:MOST]
    )  # fmt: skip
    yield Table((say("Finding"), say("Grade"), say("Owner"), say("Due"), say("Response")), rows)
    yield from more(len(found), _more_findings)


def _more_findings(n: int) -> str:
    return say_many(
        "And {n} more finding: findings.docx, or Internal audit, a page of the report.",
        "And {n} more findings: findings.docx, or Internal audit, a page of the report.",
        n,
    )


def answered(record: Record, finding: Row, actions: Sequence[Row]) -> str:
    """The corrective actions of a finding, shortly; that there is none, where one is needed."""
    if not actions:
        return say("no corrective action") if finding["grade"] in NONCONFORMITIES else "–"
    return "\n".join(_action(record, action) for action in actions)


def _action(record: Record, action: Row) -> str:
    late = action_late(record, action)
    until = f", {_overdue(late)}" if late else ""
    return f"{called(action)}: {term(action['status']) or say('no status')}{until}"


def _changes(record: Record, before: Before) -> Iterator[Block]:
    yield Heading(1, say("What changed"))
    if before.goes_on:
        yield from _year(record, before.last_year)
    if before.issued is not None:
        found = changes_since(before.issued, record)
        since = say("{day}, the day of the report that was issued last", day=day(before.issued.on))
        yield Paragraph(then_and_now(since, before.issued, record))
        yield from _changed(found)
    elif not before.goes_on:
        yield Paragraph(say("No report was issued yet, so there is nothing to compare this one with."))


def _year(record: Record, earlier: Record | None) -> Iterator[Block]:
    if earlier is None:
        yield Paragraph(
            say("The audit that this one goes on from is not in this ledger as it was then: nothing is compared.")
        )
        return
    found = compare(earlier, record, goes_on=True)
    yield Paragraph(then_and_now(f"{earlier.engagement.title}, {day(earlier.on)}", earlier, record))
    counted = [(kind, found.counts(kind)) for kind in KINDS if any(found.counts(kind))]
    rows = tuple((capitalized(term(kind)), *map(str, counts)) for kind, counts in counted)
    yield Table((say("Kind"), *(capitalized(term(name)) for name in COLUMNS)), rows)


def _changed(found: Sequence[Change]) -> Iterator[Block]:
    """How many things of each kind changed, and those for the worse by name."""
    if not found:
        yield Paragraph(say("No answer, finding, risk, evidence or system is different."))
        return
    rows = tuple(_balance(kind, same) for kind in KINDS if (same := [c for c in found if c.kind == kind]))
    yield Table((say("Kind"), say("Changes"), say("For the better"), say("For the worse")), rows)
    if worse := [c for c in found if c.way == "worse"]:
        yield Paragraph(say("For the worse:"))
        yield Bullets(tuple(f"{c.name}: {c.says}" for c in worse[:MOST]))
        yield from more(len(worse), _more_changes)


def _more_changes(n: int) -> str:
    return say_many(
        "And {n} more change: for the worse, too, on the page Audit report.",
        "And {n} more changes: for the worse, too, on the page Audit report.",
        n,
    )


def _balance(kind: str, same: Iterable[Change]) -> tuple[str, ...]:
    ways = Counter(c.way for c in same)
    return capitalized(term(kind)), str(ways.total()), str(ways["better"]), str(ways["worse"])


def _decisions(record: Record) -> Iterator[Block]:
    found = decisions_asked(record)
    yield Heading(1, say("Decisions asked for"))
    if not found:
        yield Paragraph(say("Nothing in the record waits for a decision of management."))
        return
    rows = tuple((d.says, d.by or say("top management"), say("clause {clause}", clause=d.clause)) for d in found[:MOST])
    yield Table((say("Decision"), capitalized(say("by")), say("Asked for by")), rows)
    yield from more(len(found), _more_decisions)


def _more_decisions(n: int) -> str:
    return say_many(
        "And {n} more decision: of the same kinds, in the record.",
        "And {n} more decisions: of the same kinds, in the record.",
        n,
    )


def _sign_offs(record: Record) -> Iterator[Block]:
    found = given_sign_offs(record)
    yield Heading(1, say("Sign-offs"))
    yield Paragraph(says_given(found) if found else say("Nobody has signed yet."))
    if found:
        headers = (say("Who"), say("Signs as"), say("Decision"), say("Statement"), say("Date"), say("Since"))
        yield Table(headers, tuple(map(_sign_off, found)))
    if open_ones := unsigned_capacities(record):
        yield Paragraph(f"{', '.join(map(term, open_ones))}.", say("Not signed as:"))


def _sign_off(one: SignOff) -> tuple[str, ...]:
    row = one.row
    person = f"{row.name} ({one.entered})" if one.entered else row.name
    decision = term(row["decision"]) or say("not decided")
    date = day(row["signed_on"]) if one.signed else say("not signed")
    return person, term(row["capacity"]) or "–", decision, row["statement"] or "–", date, one.since or "–"
