"""The findings of the internal audit as a document to be edited: each with its three parts, grade and actions."""

from collections import Counter
from collections.abc import Iterator

from workbook.analysis.asked_of_management import called
from workbook.analysis.findings import Finding, closure_weaknesses, ranked_findings, weaknesses_of_action
from workbook.audience import language_of
from workbook.exchange.paper import Block, Gap, Heading, Paper, Paragraph, Table
from workbook.exchange.summary import head_of_copy, when
from workbook.language import later, say, say_many, speaking, term
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.scale import GRADES, NONCONFORMITIES
from workbook.words import capitalized, day

TITLE = later("Findings")
PARTS = {"requirement": later("Requirement."), "statement": later("What was found."), "shortfall": later("Gap.")}
LACKING = {
    "requirement": later("requirement of {key}."),
    "statement": later("what was found of {key}."),
    "shortfall": later("gap of {key}."),
}
DETAILS = ("containment", "correction", "cause", "extent", "criterion", "effective")
ACTIONS = (
    later("Corrective action"),
    later("Owner"),
    later("Due"),
    later("Status"),
    later("What it is"),
    later("What is wrong with it"),
)


def findings_paper(record: Record) -> Paper:
    """Every finding of an edition's record, open ones first; what a finding lacks stands there as not held."""
    with speaking(language_of(record)):
        found = ranked_findings(record)
        blocks = [block for one in found for block in _finding(record, one)]
        return Paper(say(TITLE), head_of_copy(record), (_counted(found), *blocks))


def _counted(found: tuple[Finding, ...]) -> Block:
    if not found:
        return Paragraph(say("The internal audit has raised no finding yet."))
    waiting = [one for one in found if one.open]
    counted = Counter(one.row["grade"] for one in waiting)
    by_grade = ", ".join(say("{n} {grade}", n=counted[g], grade=term(g)) for g in GRADES if counted[g])
    late = sum(one.late > 0 for one in waiting)
    says = say_many("{open} of {n} finding open", "{open} of {n} findings open", len(found), open=len(waiting))
    says += f": {by_grade}" if by_grade else ""
    return Paragraph(f"{says}; {say('{late} overdue', late=late or say('none'))}.")


def _finding(record: Record, one: Finding) -> Iterator[Block]:
    row, nonconforms = one.row, one.row["grade"] in NONCONFORMITIES
    yield Heading(1, called(row))
    yield Table(("", ""), _facts(record, one))
    for part, lead in PARTS.items():
        if not says_nothing(row[part]):
            yield Paragraph(row[part], say(lead))
        elif part != "shortfall" or nonconforms:  # an observation falls short of nothing
            yield Gap(say(LACKING[part], key=row.key))
    if one.actions:
        yield Table(tuple(map(say, ACTIONS)), tuple(_action(record, action) for action in one.actions))
    elif nonconforms:
        yield Gap(
            say(
                "a corrective action for {key}; a {grade} needs one (clause 10.2).",
                key=row.key,
                grade=term(row["grade"]),
            )
        )


def _facts(record: Record, one: Finding) -> tuple[tuple[str, str], ...]:
    row = one.row
    reason = term(row["grade_reason"]) or say("major by no stated test")
    why = f" ({reason})" if row["grade"] == GRADES[0] else ""
    raised, nobody = day(row["raised_on"]) or say("no date"), say("nobody named")
    systems = ", ".join(record.label("systems", key) for key in row["systems"] or ())
    evidence = "; ".join(f"{key} {record.label('evidence', key)}" for key in row["evidence"] or ())
    return (
        (say("Grade"), f"{term(row['grade']) or say('no grade')}{why}"),
        (say("Status"), _status(record, one)),
        (say("Raised"), say("{raised}, by {auditor}", raised=raised, auditor=row["auditor"] or nobody)),
        (say("Owner"), row["owner"] or nobody),
        (say("Due"), when(record, row, one.late)),
        (say("Systems"), systems or say("none named")),
        (say("Evidence"), evidence or say("none named")),
    )


def _status(record: Record, one: Finding) -> str:
    """Its status; a closure without what it needs is none, and is said to be none."""
    row = one.row
    if row["status"] != "closed":
        return term(row["status"]) or say("no status")
    if lacks := closure_weaknesses(record, row):
        return say("said to be closed, and open all the same: {lacks}", lacks="; ".join(lacks))
    closed, by = day(row["closed_on"]) or say("without a date"), row["closed_by"] or say("nobody named")
    return say("closed {closed}, verified by {name}", closed=closed, name=by)


def _action(record: Record, row: Row) -> tuple[str, ...]:
    done = f", {say('done {day}', day=day(row['done_on']))}" if row["done_on"] else ""
    labels = {f.id: f.label for f in record.catalog.register("actions").fields}
    told = {of: term(row[of]) if of == "effective" else row[of] for of in DETAILS if not says_nothing(row[of])}
    details = "\n".join(f"{term(labels[of])}: {words}" for of, words in told.items())
    wrong = capitalized("; ".join(weaknesses_of_action(record, row)))
    status = f"{term(row['status']) or say('no status')}{done}"
    due = day(row["due"]) or say("no date")
    return called(row), row["owner"] or say("nobody named"), due, status, details or "–", wrong or "–"
