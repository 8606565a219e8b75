"""The findings of the internal audit as a document to be edited: each with its three parts, grade and actions."""

from collections import Counter
from collections.abc import Iterator

from workbook.analysis.asked_of_management import called
from workbook.analysis.findings import Finding, closure_weaknesses, ranked_findings, weaknesses_of_action
from workbook.exchange.paper import Block, Gap, Heading, Paper, Paragraph, Table
from workbook.exchange.summary import head_of_copy, when
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.scale import GRADES, NONCONFORMITIES
from workbook.words import capitalized, count, day

TITLE = "Findings"
PARTS = {"requirement": "Requirement.", "statement": "What was found.", "shortfall": "Gap."}
DETAILS = ("containment", "correction", "cause", "extent", "criterion", "effective")
ACTIONS = ("Corrective action", "Owner", "Due", "Status", "What it is", "What is wrong with it")


def findings_paper(record: Record) -> Paper:
    """Every finding of an edition's record, open ones first; what a finding lacks stands there as not held."""
    found = ranked_findings(record)
    blocks = [block for one in found for block in _finding(record, one)]
    return Paper(TITLE, head_of_copy(record), (_counted(found), *blocks))


def _counted(found: tuple[Finding, ...]) -> Block:
    if not found:
        return Paragraph("The internal audit has raised no finding yet.")
    waiting = [one for one in found if one.open]
    counted = Counter(one.row["grade"] for one in waiting)
    by_grade = ", ".join(f"{counted[g]} {g}" for g in GRADES if counted[g])
    late = sum(one.late > 0 for one in waiting)
    says = f"{len(waiting)} of {count(len(found), 'finding')} open{f': {by_grade}' if by_grade else ''}"
    return Paragraph(f"{says}; {late or 'none'} overdue.")


def _finding(record: Record, one: Finding) -> Iterator[Block]:
    row, nonconforms = one.row, one.row["grade"] in NONCONFORMITIES
    yield Heading(1, called(row))
    yield Table(("", ""), _facts(record, one))
    for part, lead in PARTS.items():
        if not says_nothing(row[part]):
            yield Paragraph(row[part], lead)
        elif part != "shortfall" or nonconforms:  # an observation falls short of nothing
            yield Gap(f"{lead.rstrip('.').lower()} of {row.key}.")
    if one.actions:
        yield Table(ACTIONS, tuple(_action(record, action) for action in one.actions))
    elif nonconforms:
        yield Gap(f"a corrective action for {row.key}; a {row['grade']} needs one (clause 10.2).")


def _facts(record: Record, one: Finding) -> tuple[tuple[str, str], ...]:
    row = one.row
    why = f" ({row['grade_reason'] or 'major by no stated test'})" if row["grade"] == GRADES[0] else ""
    systems = ", ".join(record.label("systems", key) for key in row["systems"] or ())
    evidence = "; ".join(f"{key} {record.label('evidence', key)}" for key in row["evidence"] or ())
    return (
        ("Grade", f"{row['grade'] or 'no grade'}{why}"),
        ("Status", _status(record, one)),
        ("Raised", f"{day(row['raised_on']) or 'no date'}, by {row['auditor'] or 'nobody named'}"),
        ("Owner", row["owner"] or "nobody named"),
        ("Due", when(record, row, one.late)),
        ("Systems", systems or "none named"),
        ("Evidence", evidence or "none named"),
    )


def _status(record: Record, one: Finding) -> str:
    """Its status; a closure without what it needs is none, and is said to be none."""
    row = one.row
    if row["status"] != "closed":
        return row["status"] or "no status"
    if lacks := closure_weaknesses(record, row):
        return f"said to be closed, and open all the same: {'; '.join(lacks)}"
    return f"closed {day(row['closed_on']) or 'without a date'}, verified by {row['closed_by'] or 'nobody named'}"


def _action(record: Record, row: Row) -> tuple[str, ...]:
    done = f", done {day(row['done_on'])}" if row["done_on"] else ""
    labels = {f.id: f.label for f in record.catalog.register("actions").fields}
    details = "\n".join(f"{labels[of]}: {row[of]}" for of in DETAILS if not says_nothing(row[of]))
    wrong = capitalized("; ".join(weaknesses_of_action(record, row)))
    status = f"{row['status'] or 'no status'}{done}"
    due = day(row["due"]) or "no date"
    return called(row), row["owner"] or "nobody named", due, status, details or "–", wrong or "–"
