"""The management summary as a document to be edited: what page 06 shows before its appendices, in the same words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
from workbook.audience import shows_forecast
from workbook.exchange.paper import Block, Bullets, Gap, Heading, Paper, Paragraph, Table
from workbook.exchange.soa import made_from
from workbook.language import say, term
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.scale import NONCONFORMITIES, SEVERITIES
from workbook.words import capitalized, count, day

TITLE = "Management summary"
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
    blocks = [block for part in parts for block in part(record)]
    blocks += [*_changes(record, before), *_decisions(record), *_sign_offs(record)]
    limits = (Heading(1, "What this report does not say"), Bullets(not_covered(record)))
    return Paper(TITLE, (*head_of_copy(record), *_about(record)), (*blocks, *limits))


def _about(record: Record) -> Iterator[tuple[str, str]]:
    about = record.engagement
    yield "Kind of audit", about.audit_kind
    yield "Audit starts", say_starts(about, day) or "no date yet"
    yield "Period", " to ".join(filter(None, [day(about.period_from), day(about.period_to)])) or "not written down yet"
    yield "Systems", ", ".join(s.name for s in record.systems) or "none named yet"
    yield "Prepared by", about.prepared_by or "nobody named"
    yield "Lead auditor", about.lead_auditor or "nobody named"


def more(whole: int, one: str, where: str) -> Iterator[Block]:
    """How many there are beyond those that are listed."""
    if whole > MOST:
        yield Paragraph(f"And {count(whole - MOST, f'more {one}')}: {where}.")


def _verdict(record: Record) -> Iterator[Block]:
    found, scope = judge(record), record.engagement.scope
    yield Heading(1, "Summary")
    yield Gap("the scope in words.") if says_nothing(scope) else Paragraph(scope, "Scope.")
    if not shows_forecast(record.audience):
        yield Paragraph(f"{capitalized(found.counts.text)}.")
        return
    yield Paragraph(f"{capitalized(found.stage)}.", "Verdict:")
    figures = f"{found.readiness.claimed} % claimed, {found.readiness.shown} % shown."
    yield Paragraph(f"{figures} {capitalized(found.counts.text)}.")
    if found.next_stage is None:
        yield Paragraph("Every condition is met. The certification body decides, not this workbook.")
        return
    unmet = [c for c in found.unmet if c.stage == found.next_stage]
    yield Paragraph(f"{count(len(unmet), 'condition')} short of “{found.next_stage}”:")
    yield Bullets(tuple(f"{c.says} (clause {c.clause})" for c in unmet))


def _points(record: Record) -> Iterator[Block]:
    found = collect_points(record)
    yield Heading(1, "What matters most")
    if not found:
        yield Paragraph("Nothing is open: all that counts is implemented and tested, and no register has a gap.")
        return
    counted = Counter(p.severity for p in found)
    yield Paragraph(f"{count(len(found), 'open point')}: {', '.join(f'{counted[s]} {s}' for s in SEVERITIES)}.")
    rows = tuple(_point(record, p) for p in found[:POINTS])
    yield Table(("Severity", "Point", "Why", "Owner", "Due"), rows)


def _point(record: Record, point: Point) -> tuple[str, ...]:
    result = f" ({point.result})" if point.result else ""
    due = when(record, point) if point.due else "no date"
    return point.severity, point.title + result, point.why, point.owner or "nobody named", due


def when(record: Record, of: Point | Row, late: int | None = None) -> str:
    """The day on which something is due, and by how many days that has gone by."""
    due = of.due if isinstance(of, Point) else of["due"]
    days = days_late(due, record.on) if late is None else late
    late_by = f", overdue {count(days, 'day')}" if days else ""
    return f"{day(due) or 'no date'}{late_by}"


def _risks(record: Record) -> Iterator[Block]:
    found, no_method = rated_risks(record), why_no_method(record)
    yield Heading(1, "Risks today")
    if not found:
        yield Paragraph("No risk is in the register yet.")
        return
    bands = Counter(one.today.band if one.today else None for one in found)
    levels = [f"{bands[name]} {name}" for name in SEVERITIES if bands[name]]
    levels += [f"{bands[None]} not rated"] if bands[None] else []
    yield Paragraph(f"{', '.join(levels)}. A treatment lowers a risk only when it is done and shown.", "By level:")
    if no_method:
        yield Paragraph(no_method)
    open_ones = [one for one in found if one.unaccepted]
    if open_ones:
        yield Paragraph("Above the limit today, and nobody accepts that who may:")
        rows = tuple(_risk(record, one) for one in open_ones[:MOST])
        yield Table(("Risk", "Today", "Owner", "Treatment", "Due"), rows)
        yield from more(len(open_ones), "risk", "Risk assessment, a page of the report")
    elif not no_method:
        yield Paragraph("No risk that lies above the limit today is unaccepted.")


def _risk(record: Record, one: RatedRisk) -> tuple[str, ...]:
    row = one.row
    today = one.today.text if one.today else "not rated"
    owner, treatment = row["owner"] or "nobody named", row["treatment"] or "none chosen"
    return called(row), today, owner, treatment, when(record, row, 0 if one.treated else None)


def _findings(record: Record) -> Iterator[Block]:
    every = ranked_findings(record)
    found = [one for one in every if one.open]
    yield Heading(1, "Findings and how they are answered")
    if not every:
        yield Paragraph("The internal audit has raised no finding yet.")
        return
    if not found:
        yield Paragraph(f"{count(len(every), 'finding')} raised, none of them open.")
        return
    yield Paragraph(f"{len(found)} of {count(len(every), 'finding')} open; overdue first, then by grade.")
    rows = tuple(
        (called(f.row), f.row["grade"] or "no grade", f.row["owner"] or "nobody named",
         when(record, f.row, f.late), answered(record, f.row, f.actions))
        for f in found[:MOST]
    )  # fmt: skip
    yield Table(("Finding", "Grade", "Owner", "Due", "Response"), rows)
    yield from more(len(found), "finding", "findings.docx, or Internal audit, a page of the report")


def answered(record: Record, finding: Row, actions: Sequence[Row]) -> str:
    """The corrective actions of a finding, shortly; that there is none, where one is needed."""
    if not actions:
        return "no corrective action" if finding["grade"] in NONCONFORMITIES else "–"
    return "\n".join(_action(record, action) for action in actions)


def _action(record: Record, action: Row) -> str:
    late = action_late(record, action)
    until = f", overdue {count(late, 'day')}" if late else ""
    return f"{called(action)}: {action['status'] or 'no status'}{until}"


def _changes(record: Record, before: Before) -> Iterator[Block]:
    yield Heading(1, "What changed")
    if before.goes_on:
        yield from _year(record, before.last_year)
    if before.issued is not None:
        found = changes_since(before.issued, record)
        since = f"{day(before.issued.on)}, the day of the report that was issued last"
        yield Paragraph(then_and_now(since, before.issued, record))
        yield from _changed(found)
    elif not before.goes_on:
        yield Paragraph("No report was issued yet, so there is nothing to compare this one with.")


def _year(record: Record, earlier: Record | None) -> Iterator[Block]:
    if earlier is None:
        says = "The audit that this one goes on from is not in this ledger as it was then: nothing is compared."
        yield Paragraph(says)
        return
    found = compare(earlier, record, goes_on=True)
    yield Paragraph(then_and_now(f"{earlier.engagement.title}, {day(earlier.on)}", earlier, record))
    counted = [(kind, found.counts(kind)) for kind in KINDS if any(found.counts(kind))]
    rows = tuple((capitalized(kind), *map(str, counts)) for kind, counts in counted)
    yield Table(("Kind", *(capitalized(name) for name in COLUMNS)), rows)


def _changed(found: Sequence[Change]) -> Iterator[Block]:
    """How many things of each kind changed, and those for the worse by name."""
    if not found:
        yield Paragraph("No answer, finding, risk, evidence or system is different.")
        return
    rows = tuple(_balance(kind, same) for kind in KINDS if (same := [c for c in found if c.kind == kind]))
    yield Table(("Kind", "Changes", "For the better", "For the worse"), rows)
    if worse := [c for c in found if c.way == "worse"]:
        yield Paragraph("For the worse:")
        yield Bullets(tuple(f"{c.name}: {c.says}" for c in worse[:MOST]))
        yield from more(len(worse), "change", "for the worse, too, on the page Audit report")


def _balance(kind: str, same: Iterable[Change]) -> tuple[str, ...]:
    ways = Counter(c.way for c in same)
    return capitalized(kind), str(ways.total()), str(ways["better"]), str(ways["worse"])


def _decisions(record: Record) -> Iterator[Block]:
    found = decisions_asked(record)
    yield Heading(1, "Decisions asked for")
    if not found:
        yield Paragraph("Nothing in the record waits for a decision of management.")
        return
    rows = tuple((d.says, d.by or "top management", f"clause {d.clause}") for d in found[:MOST])
    yield Table(("Decision", "By", "Asked for by"), rows)
    yield from more(len(found), "decision", "of the same kinds, in the record")


def _sign_offs(record: Record) -> Iterator[Block]:
    found = given_sign_offs(record)
    yield Heading(1, "Sign-offs")
    yield Paragraph(says_given(found) if found else "Nobody has signed yet.")
    if found:
        yield Table(("Who", "Signs as", "Decision", "Statement", "Date", "Since"), tuple(map(_sign_off, found)))
    if open_ones := unsigned_capacities(record):
        yield Paragraph(f"{', '.join(open_ones)}.", "Not signed as:")


def _sign_off(one: SignOff) -> tuple[str, ...]:
    row = one.row
    person = f"{row.name} ({one.entered})" if one.entered else row.name
    decision, date = row["decision"] or "not decided", day(row["signed_on"]) if one.signed else "not signed"
    return person, row["capacity"] or "–", decision, row["statement"] or "–", date, one.since or "–"
