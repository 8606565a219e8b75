"""The nonconformities an auditor would write from this record: for the team, on pages 5 and 6 and the front page.

An edition for somebody else shows none of this: no heading, no count, not that it exists.
"""

from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.prediction_hits import Hit
from workbook.analysis.predictions import Predicted, grades, predict
from workbook.audience import shows_forecast
from workbook.language import later, say, say_many, term
from workbook.record import Record
from workbook.views import states
from workbook.views.markup import (
    MANY,
    aid,
    aside,
    facts,
    folded,
    items,
    link,
    mark,
    note,
    paragraph,
    quiet,
    table,
    under,
)
from workbook.views.places import places, with_trails
from workbook.views.tag import fragment
from workbook.words import count, first_of

PAGE = "05_internal_audit"  # where the drafts stand
CASES = 12  # shown of one prediction; the others are counted
BRIEF = 2  # cases in a line of the table
LINKS = 8  # keys shown of one case
DRAFTS = later(
    "Drafted by rule from what is recorded, not by an auditor: each draft says what it rests on, why its grade is "
    "likely and what would mend it. They stand in the team’s own edition and in no other."
)


def predictions(record: Record) -> Markup:
    """Each predicted nonconformity as a drafted statement: requirement, evidence, gap; grade and what mends it."""
    if not shows_forecast(record.audience):
        return fragment()
    found = predict(record)
    if not found:
        return _nothing(record)
    drafts = [_draft(record, one) for one in found]
    return fragment(
        paragraph(_counted(found)),
        paragraph(aside(say(DRAFTS))),
        aid(say("The drafts, the gravest first"), "", drafts) if len(drafts) > MANY else drafts,
    )


def _nothing(record: Record) -> Markup:
    rules = len(record.catalog.predictions)
    if not rules:
        return note(say("The checklists hold no rule that predicts a nonconformity."))
    return note(
        say_many(
            "None of {n} rule finds anything. What nobody recorded, none of them can find.",
            "None of {n} rules finds anything. What nobody recorded, none of them can find.",
            rules,
        )
    )


def _counted(found: Iterable[Predicted]) -> str:
    listed = list(found)
    by_grade = ", ".join(say("{n} {grade}", n=number, grade=term(grade)) for grade, number in grades(listed).items())
    return f"{count(len(listed), 'predicted finding')}: {by_grade}."


def _draft(record: Record, one: Predicted) -> Markup:
    rest = len(one.hits) - CASES
    cases = [_case(record, hit) for hit in one.hits[:CASES]]
    more = [say_many("and {n} more case", "and {n} more cases", rest)] if rest > 0 else []
    statement = facts(
        [
            (say("Requirement"), one.requirement),
            (say("Evidence"), items([*cases, *more])),
            (say("Gap"), one.gap),
            (say("Why this grade"), term(one.rule.test)),
            (say("What mends it"), term(one.rule.mends)),
        ]
    )
    title = fragment(term(one.rule.title), " ", mark(states.GRADES[one.rule.grade]))
    return folded(title, one.clause, statement, anchor=one.rule.id)


def _case(record: Record, hit: Hit) -> Markup:
    """One case with links to what it rests on, and from what it says to audit trails."""
    rest = f" {say('and {n} more', n=len(hit.keys) - LINKS)}" if len(hit.keys) > LINKS else ""
    return fragment(with_trails(record, hit.says), quiet([places(record, hit.keys[:LINKS]), rest]))


def predicted(record: Record) -> Markup:
    """The predictions as one table, the gravest first, each with a link to its draft."""
    return _table(record, None)


def first_predicted(record: Record, most: int) -> Markup:
    """The gravest predictions, at most so many, and how many there are of which grade; nothing where there are none."""
    return _table(record, most) if predict(record) else fragment()


def _table(record: Record, most: int | None) -> Markup:
    if not shows_forecast(record.audience):
        return fragment()
    found = predict(record)
    if not found:
        return _nothing(record)
    rows = [
        (
            under(link(PAGE, one.rule.id, term(one.rule.title)), one.clause),
            mark(states.GRADES[one.rule.grade]),
            first_of((hit.says for hit in one.hits), BRIEF, later("and {n} more cases")),
        )
        for one in found[:most]
    ]
    whole = link(PAGE, "predicted-nonconformities", say("All drafts, with what would mend them"))
    return fragment(
        table(_counted(found), [say("Predicted finding"), say("Grade"), say("Evidence")], rows), paragraph(whole)
    )
