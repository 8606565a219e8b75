"""Page 6 for those who decide: risks today, what answers each finding, the decisions asked for."""

from collections import Counter

from markupsafe import Markup

from workbook.analysis.asked_of_management import called, decisions_asked
from workbook.analysis.findings import Finding, action_late, ranked_findings
from workbook.analysis.method import why_no_method
from workbook.analysis.risk import RatedRisk, rated_risks
from workbook.record import Record, Row
from workbook.scale import NONCONFORMITIES, SEVERITIES
from workbook.views import states, tag
from workbook.views.markup import alarm, due, items, link, mark, note, paragraph, table, under, who
from workbook.views.tag import fragment, text
from workbook.words import count

MOST = 5  # rows that a summary shows; the others are counted


def risks_today(record: Record) -> Markup:
    """How many risks stand at which level today, and the ones that nobody accepts as they are."""
    found = rated_risks(record)
    if not found:
        return note("No risk is in the register yet.")
    bands = Counter(one.today.band if one.today else None for one in found)
    rated = (tag.li[mark(states.BANDS[name]), " ", tag.b[bands[name]]] for name in SEVERITIES if bands[name])
    unrated = tag.li[mark(states.NOT_RATED), " ", tag.b[bands[None]]] if bands[None] else None
    open_ones = [one for one in found if one.unaccepted]
    rows = [_risk(record, one) for one in open_ones[:MOST]]
    listed = table(
        "Above the limit today, and nobody accepts that who may.", ["Risk", "Today", "Owner", "Treatment"], rows
    )
    no_method = why_no_method(record)
    accepted = None if no_method else paragraph("No risk that lies above the limit today is unaccepted.")
    return fragment(
        paragraph(alarm(no_method)) if no_method else None,
        tag.ul(class_="key")[rated, unrated],
        listed if rows else accepted,
        _more(record, len(open_ones), "risk", "04_risk_assessment"),
    )


def _risk(record: Record, one: RatedRisk) -> tuple[object, ...]:
    today = mark(states.BANDS[one.today.band], one.today.text) if one.today else mark(states.NOT_RATED)
    row = one.row
    treatment = under(row["treatment"] or alarm("none chosen"), due(record.on, row["due"]) if row["due"] else "")
    return link("04_risk_assessment", f"risks-{row.key}", called(row)), today, who(row["owner"]), treatment


def responses(record: Record) -> Markup:
    """The open findings of the internal audit, and beside each how it is answered: its corrective actions."""
    every = ranked_findings(record)
    if not every:
        return note("The internal audit has raised no finding yet.")
    found = [one for one in every if one.open]
    if not found:
        return paragraph(f"{count(len(every), 'finding')} raised, none of them open.")
    listed = table(
        f"{len(found)} of {count(len(every), 'finding')} open; overdue first, then by grade.",
        ["Finding", "Grade", "Owner", "Response"],
        [_response(record, one) for one in found[:MOST]],
    )
    return fragment(listed, _more(record, len(found), "finding", "05_internal_audit"))


def _response(record: Record, one: Finding) -> tuple[object, ...]:
    row = one.row
    grade = mark(states.GRADES[row["grade"]]) if row["grade"] in states.GRADES else text("–")
    named = link("05_internal_audit", f"findings-{row.key}", called(row))
    nothing = alarm("no corrective action") if row["grade"] in NONCONFORMITIES else text("–")
    answer = items(_action(record, action) for action in one.actions) or nothing
    return named, grade, under(who(row["owner"]), due(record.on, row["due"])), answer


def _action(record: Record, action: Row) -> Markup:
    late = action_late(record, action)
    until = alarm(f"overdue {count(late, 'day')}") if late else text("")
    return fragment(f"{called(action)}: {action['status']} ", until)


def _more(record: Record, whole: int, one: str, page: str) -> Markup:
    if whole <= MOST:
        return fragment()
    return note("And ", link(page, "", f"{count(whole - MOST, f'more {one}')}"), f" of {record.engagement.title}.")


def decisions(record: Record) -> Markup:
    """What only management can decide, with who decides it and the clause behind it."""
    found = decisions_asked(record)
    rows = [(link(d.page, "", d.says), d.by or "top management", f"clause {d.clause}") for d in found[:MOST]]
    listed = table("Asked of those who decide, the gravest first.", ["Decision", "By", "Asked for by"], rows,
                   empty="Nothing in the record waits for a decision of management.")  # fmt: skip
    return fragment(listed, note(f"And {count(len(found) - MOST, 'more decision')}.") if len(found) > MOST else None)
