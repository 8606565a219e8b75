"""Page 6 for those who decide: risks today, what answers each finding, the decisions asked for."""

from collections import Counter

from markupsafe import Markup

from workbook.analysis.asked_of_management import called, decisions_asked
from workbook.analysis.findings import Finding, action_late, ranked_findings
from workbook.analysis.method import why_no_method
from workbook.analysis.risk import RatedRisk, rated_risks
from workbook.language import say, say_many, term
from workbook.record import Record, Row
from workbook.scale import NONCONFORMITIES, SEVERITIES
from workbook.views import states, tag
from workbook.views.markup import alarm, due, items, link, mark, note, paragraph, table, under, who
from workbook.views.tag import fragment, text
from workbook.words import capitalized

MOST = 5  # rows that a summary shows; the others are counted


def risks_today(record: Record) -> Markup:
    """How many risks stand at which level today, and the ones that nobody accepts as they are."""
    found = rated_risks(record)
    if not found:
        return note(say("No risk is in the register yet."))
    bands = Counter(one.today.band if one.today else None for one in found)
    rated = (tag.li[mark(states.BANDS[name]), " ", tag.b[bands[name]]] for name in SEVERITIES if bands[name])
    unrated = tag.li[mark(states.NOT_RATED), " ", tag.b[bands[None]]] if bands[None] else None
    open_ones = [one for one in found if one.unaccepted]
    rows = [_risk(record, one) for one in open_ones[:MOST]]
    listed = table(
        say("Above the limit today, and nobody accepts that who may."),
        [say("Risk"), say("Today"), say("Owner"), say("Treatment")],
        rows,
    )
    no_method = why_no_method(record)
    accepted = None if no_method else paragraph(say("No risk that lies above the limit today is unaccepted."))
    left = len(open_ones) - MOST
    return fragment(
        paragraph(alarm(no_method)) if no_method else None,
        tag.ul(class_="key")[rated, unrated],
        listed if rows else accepted,
        _more(record, say_many("{n} more risk", "{n} more risks", left), "04_risk_assessment") if left > 0 else None,
    )


def _risk(record: Record, one: RatedRisk) -> tuple[object, ...]:
    today = mark(states.BANDS[one.today.band], one.today.text) if one.today else mark(states.NOT_RATED)
    row = one.row
    chosen = term(row["treatment"]) or alarm(say("none chosen"))
    treatment = under(chosen, due(record.on, row["due"]) if row["due"] else "")
    return link("04_risk_assessment", f"risks-{row.key}", called(row)), today, who(row["owner"]), treatment


def responses(record: Record) -> Markup:
    """The open findings of the internal audit, and beside each how it is answered: its corrective actions."""
    every = ranked_findings(record)
    if not every:
        return note(say("The internal audit has raised no finding yet."))
    found = [one for one in every if one.open]
    if not found:
        return paragraph(
            say_many("{n} finding raised, none of them open.", "{n} findings raised, none of them open.", len(every))
        )
    listed = table(
        say_many(
            "{open} of {n} finding open; overdue first, then by grade.",
            "{open} of {n} findings open; overdue first, then by grade.",
            len(every),
            open=len(found),
        ),
        [say("Finding"), say("Grade"), say("Owner"), say("Response")],
        [_response(record, one) for one in found[:MOST]],
    )
    left = len(found) - MOST
    more = _more(record, say_many("{n} more finding", "{n} more findings", left), "05_internal_audit")
    return fragment(listed, more if left > 0 else None)


def _response(record: Record, one: Finding) -> tuple[object, ...]:
    row = one.row
    grade = mark(states.GRADES[row["grade"]]) if row["grade"] in states.GRADES else text("–")
    named = link("05_internal_audit", f"findings-{row.key}", called(row))
    nothing = alarm(say("no corrective action")) if row["grade"] in NONCONFORMITIES else text("–")
    answer = items(_action(record, action) for action in one.actions) or nothing
    return named, grade, under(who(row["owner"]), due(record.on, row["due"])), answer


def _action(record: Record, action: Row) -> Markup:
    late = action_late(record, action)
    until = alarm(say_many("overdue {n} day", "overdue {n} days", late)) if late else text("")
    return fragment(f"{called(action)}: {term(str(action['status']))} ", until)


def _more(record: Record, more: str, page: str) -> Markup:
    says = text(say("And {more} of {engagement}."))
    return note(says.format(more=link(page, "", more), engagement=text(record.engagement.title)))


def decisions(record: Record) -> Markup:
    """What only management can decide, with who decides it and the clause behind it."""
    found = decisions_asked(record)
    rows = [
        (link(d.page, "", d.says), d.by or say("top management"), say("clause {clause}", clause=d.clause))
        for d in found[:MOST]
    ]
    listed = table(
        say("Asked of those who decide, the gravest first."),
        [say("Decision"), capitalized(say("by")), say("Asked for by")],
        rows,
        empty=say("Nothing in the record waits for a decision of management."),
    )
    left = len(found) - MOST
    return fragment(
        listed, note(say_many("And {n} more decision.", "And {n} more decisions.", left)) if left > 0 else None
    )
