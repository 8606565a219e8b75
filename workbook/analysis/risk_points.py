"""The open points about risks: not assessed, not accepted, accepted by nobody who may, or lowered by nothing shown."""

from collections.abc import Iterable

from workbook.analysis.method import why_no_method
from workbook.analysis.point import Point, register_point, row_point
from workbook.analysis.reassessment import reassessment_triggers
from workbook.analysis.risk import RatedRisk, rated_risks, why_not_lowered
from workbook.analysis.risk_controls import conflicts_of
from workbook.analysis.risk_events import events_of
from workbook.language import say
from workbook.record import Record
from workbook.registers import says_nothing
from workbook.scale import Severity
from workbook.words import capitalized, day, first_of


def risk_points(record: Record) -> Iterable[Point]:
    """Every open point about risks: one about their method, one for each risk at most, and one for each change they
    were not looked at after (clauses 6.1.2, 6.1.3, 8.2).
    """
    found = rated_risks(record)
    if found and (says := why_no_method(record)):
        asks = say("Have one approved (clause 6.1.2).")
        yield register_point(record, "risk_levels", ("critical", say("No approved risk method"), f"{says} {asks}"))
    if not found and record.systems:
        says = say("Nobody has assessed what can happen to the systems in scope (clause 6.1.2).")
        yield register_point(record, "risks", ("critical", say("The risk register is empty"), says))
    named = {key for r in found for key in r.row["systems"] or ()}
    for system in record.systems if found else ():
        if system.key not in named:
            title = say("No risk names {system}", system=system.name)
            yield register_point(record, "risks", ("high", title, say("Assess it (clause 6.1.2).")))
    for one in found:
        if said := _said(record, one):
            yield row_point(record, one.row, said, one.row["due"])
    for trigger in reassessment_triggers(record):
        if trigger.register == "changes":
            row = next(r for r in record.register("changes") if r.key == trigger.key)
            says = say("{why} (clause 8.2).", why=capitalized(trigger.says))
            yield row_point(record, row, ("medium" if row["reassessed_on"] else "high", says), None)


def _said(record: Record, one: RatedRisk) -> tuple[Severity, str] | None:
    """How severe the worst is that can be said of a risk, and in words; None where nothing is open."""
    if one.inherent is None or says_nothing(one.row["owner"]):
        beyond = next((f"{capitalized(w.says)}." for w in one.weaknesses if w.kind == "beyond the scale"), "")
        return "high", beyond or (say("It is not rated.") if one.inherent is None else say("It has no risk owner."))
    today = one.today
    if today is not None and not one.accepted and today.band != "low":
        says = say("Today it is {level}; {why}.", level=today.text, why=one.why_not_accepted)
        return "critical" if one.unaccepted else "medium", f"{says} {why_not_lowered(one)}".strip()
    weak = [w.says for w in one.weaknesses]
    if lower := why_not_lowered(one):
        weak.append(lower.removesuffix("."))
    weak += [say("{control} is {says}", control=c.control, says=c.says) for c in conflicts_of(record, one.row.key)]
    if since := events_of(record, one.row.key):
        newest = since[0]
        says = say(
            "not reviewed since {key}, {event}, on {day}", key=newest.key, event=newest.says, day=day(newest.day)
        )
        more = say("and {n} more", n=len(since) - 1)
        weak.append(f"{says} {more}" if len(since) > 1 else says)
    return ("medium", f"{capitalized(first_of(weak, 3))}.") if weak else None
