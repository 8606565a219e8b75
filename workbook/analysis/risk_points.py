"""The open points about risks: not assessed, not accepted, accepted by nobody who may, or lowered by nothing shown."""

from collections.abc import Iterable

from workbook.analysis.method import why_no_method
from workbook.analysis.point import Point, register_point, row_point
from workbook.analysis.reassessment import reassessment_triggers
from workbook.analysis.risk import RatedRisk, rated_risks, why_not_lowered
from workbook.analysis.risk_controls import conflicts_of
from workbook.analysis.risk_events import events_of
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
        title = "No approved risk method"
        yield register_point(record, "risk_levels", ("critical", title, f"{says} Have one approved (clause 6.1.2)."))
    if not found and record.systems:
        says = "Nobody has assessed what can happen to the systems in scope (clause 6.1.2)."
        yield register_point(record, "risks", ("critical", "The risk register is empty", says))
    named = {key for r in found for key in r.row["systems"] or ()}
    for system in record.systems if found else ():
        if system.key not in named:
            yield register_point(record, "risks", ("high", f"No risk names {system.name}", "Assess it (clause 6.1.2)."))
    for one in found:
        if said := _said(record, one):
            yield row_point(record, one.row, said, one.row["due"])
    for trigger in reassessment_triggers(record):
        if trigger.register == "changes":
            row = next(r for r in record.register("changes") if r.key == trigger.key)
            says = f"{capitalized(trigger.says)} (clause 8.2)."
            yield row_point(record, row, ("medium" if row["reassessed_on"] else "high", says), None)


def _said(record: Record, one: RatedRisk) -> tuple[Severity, str] | None:
    """How severe the worst is that can be said of a risk, and in words; None where nothing is open."""
    if one.inherent is None or says_nothing(one.row["owner"]):
        beyond = next((f"{capitalized(w.says)}." for w in one.weaknesses if w.kind == "beyond the scale"), "")
        return "high", beyond or ("It is not rated." if one.inherent is None else "It has no risk owner.")
    today = one.today
    if today is not None and not one.accepted and today.band != "low":
        says = f"Today it is {today.text}; {one.why_not_accepted}. {why_not_lowered(one)}".strip()
        return "critical" if one.unaccepted else "medium", says
    weak = [w.says for w in one.weaknesses]
    if lower := why_not_lowered(one):
        weak.append(lower.removesuffix("."))
    weak += [f"{c.control} is {c.says}" for c in conflicts_of(record, one.row.key)]
    if since := events_of(record, one.row.key):
        newest = f"{since[0].key}, {since[0].says}, on {day(since[0].day)}"
        weak.append(f"not reviewed since {newest}" + (f" and {len(since) - 1} more" if len(since) > 1 else ""))
    return ("medium", f"{capitalized(first_of(weak, 3))}.") if weak else None
