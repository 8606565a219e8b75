"""Page 4: the risk register as a picture and as lists: levels, treatment, acceptance, triggers, risks to start from."""

from collections import Counter
from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.approvals import standing
from workbook.analysis.method import SUBJECT, method_of, why_no_method
from workbook.analysis.overdue import days_late
from workbook.analysis.reassessment import Trigger, reassessment_triggers
from workbook.analysis.risk import RatedRisk, open_treatments, rated_risks, risks_by_area, why_not_lowered
from workbook.analysis.risk_controls import control_conflicts
from workbook.analysis.risk_events import TOUCHED, risk_events
from workbook.analysis.risk_suggestions import SuggestedRisk, suggested_risks
from workbook.record import Record
from workbook.registers import says_nothing
from workbook.risk_method import Level, Rating, RiskMethod
from workbook.views import states, tag
from workbook.views.markup import (
    alarm,
    body,
    due,
    folded,
    hint,
    items,
    long_table,
    mark,
    note,
    page_link,
    paragraph,
    region,
    table,
    under,
    who,
)
from workbook.views.places import with_trails
from workbook.views.states import ACCEPTANCES, NOT_RATED, State
from workbook.views.tag import fragment, text
from workbook.words import capitalized, count, day, first_of, natural

NONE = "No risk is in the register yet."


def _first() -> Markup:
    return note(NONE, _begin())


def _begin() -> Markup:
    return hint("Begin with the risks to start from, in ", page_link("04_risk_assessment"), ".")


def level(rating: Rating | None) -> Markup:
    """A level as a small label: sign, level, figure."""
    if rating is None:
        return mark(NOT_RATED)
    return mark(states.BANDS[rating.band], f"{rating.of.name} {rating.level}")


def method(record: Record) -> Markup:
    """How risks are rated: whose method it is, whether it is approved, its limit, and who agrees above it."""
    found, approved = method_of(record), standing(record, SUBJECT)
    says = why_no_method(record)
    state = paragraph(alarm(says)) if says else paragraph(approved.reason)
    if found.own:
        return fragment(state, paragraph(limit(found)))
    take = hint("“workbook risk-method NAME --take-usual” takes it over as rows to change.")
    usual = "Ratings are read by the usual 5 × 5 meanwhile, which is nobody’s own."
    return fragment(state, note(usual, take if not found.begun else None))


def limit(found: RiskMethod) -> str:
    """Up to which level risks are lived with, and who agrees to accept a higher one, in a sentence."""
    within = next((one for one in found.levels if one.within), None)
    figure = _reach(found, within) if within else ""
    most = f" ({figure.partition(' to ')[2]} at most)" if " to " in figure else ""
    names = dict.fromkeys(one.agrees for one in found.levels if one.agrees)
    levels = {name: " and ".join(one.name for one in found.levels if one.agrees == name) for name in names}
    agree = "".join(f"; to a {which} one {name} agrees as well" for name, which in levels.items())
    return f"Acceptance limit: {within.name if within else 'none'}{most}. The owner of a risk accepts it{agree}."


def heat_map(record: Record) -> Markup:
    """Three maps, before treatment, today and as planned, with the risks' numbers; below, the same as a table."""
    found, method = rated_risks(record), method_of(record)
    if not found:
        return _first()
    maps = (
        _map(method, "Before treatment (inherent)", ((r.row.key, r.inherent) for r in found)),
        _map(method, "Today", ((r.row.key, r.today) for r in found)),
        _map(method, "Planned, after treatment (residual)", ((r.row.key, r.residual) for r in found)),
    )
    listed = long_table(
        "The risks of the map, the highest of today first.",
        ["Risk", "Owner", "Inherent", "Today", "Planned (residual)"],
        [_line(record, r) for r in found],
    )
    return fragment(tag.div(class_="maps")[maps], _legend(method, bool(why_no_method(record))), listed)


def _map(method: RiskMethod, title: str, placed: Iterable[tuple[str, Rating | None]]) -> Markup:
    """The numbers of risks in the matrix of the method: likelihood upwards, consequence to the right."""
    caption = f"{title}: likelihood upwards, consequence to the right"
    keys: dict[tuple[int, int], list[str]] = {}
    for key, rating in placed:
        if rating:
            keys.setdefault((rating.likelihood, rating.consequence), []).append(key)
    across = range(1, method.sizes["consequence"] + 1)
    columns = tag.thead[tag.tr[tag.td, (tag.th(scope="col")[c] for c in across)]]
    lines = (
        tag.tr[tag.th(scope="row")[likelihood], (_square(method, (likelihood, c), keys) for c in across)]
        for likelihood in range(method.sizes["likelihood"], 0, -1)
    )
    return region(caption, tag.table(class_="heat map")[tag.caption[caption], columns, body(lines)])


def _square(method: RiskMethod, cell: tuple[int, int], keys: dict[tuple[int, int], list[str]]) -> Markup:
    rating = method.rate(*cell)
    if rating is None:
        return tag.td(class_="unk")["?"]
    state = states.BANDS[rating.band]
    kind = f"{state.kind} worst" if rating.band == "critical" else state.kind
    numbers = (tag.b[key] for key in keys.get(cell, ()))
    return tag.td(class_=kind, title=rating.text)[tag.small[f"{state.sign} {rating.level}"], numbers]


def _legend(method: RiskMethod, unapproved: bool) -> Markup:
    reaches = [(one, _reach(method, one)) for one in method.levels]
    named = "; ".join(f"{states.BANDS[one.rank].sign} {one.name}: {reach}" for one, reach in reaches if reach)
    rated = alarm("Rated by no approved method. ") if unapproved else ""
    return note(
        rated,
        f"The figure is likelihood × consequence. {named}. "
        "Today is the inherent level, lowered only by a treatment that is done and whose controls are shown.",
    )


def _reach(method: RiskMethod, one: Level) -> str:
    """From which figure to which a level goes; in how many cells it stands where figures do not tell it apart."""
    figures = sorted(a * b for (a, b), level in method.cells.items() if level == one)
    others = (a * b for (a, b), level in method.cells.items() if level != one)
    if not figures:
        return ""
    if any(figures[0] <= other <= figures[-1] for other in others):
        return f"{len(figures)} cells"
    return f"{figures[0]} to {figures[-1]}" if figures[0] < figures[-1] else str(figures[0])


def _line(record: Record, one: RatedRisk) -> tuple[Markup, ...]:
    named = under(f"{one.row.key} {one.row.name}", _harms(record, one))
    today = under(level(one.today), why_not_lowered(one))
    return named, who(one.row["owner"]), level(one.inherent), today, level(one.residual)


def _systems(record: Record, one: RatedRisk) -> str:
    return ", ".join(record.label("systems", key) for key in one.row["systems"] or ())


def _harms(record: Record, one: RatedRisk) -> str:
    """The systems of a risk, what it harms, and what it touches by key."""
    touched = [key for register in TOUCHED for key in one.row[register] or ()]
    return " · ".join(filter(None, (_systems(record, one), one.row["properties"], first_of(touched, 4))))


def areas(record: Record) -> Markup:
    """For each area the number of risks per level of today, and how many of the catalogue nobody has rated."""
    unlooked = Counter(s.area for s in suggested_risks(record))
    levels = method_of(record).levels
    rows = []
    for area, risks in risks_by_area(record).items():
        found = Counter(r.today.of.name if r.today else "" for r in risks)
        figures = [found[name] or "–" for name in (*(one.name for one in levels), "")]
        rows.append((area.capitalize(), *figures, unlooked[area] or "–"))
    headers = ["Area", *(f"{states.BANDS[one.rank].sign} {capitalized(one.name)}" for one in levels), "Not rated"]
    return table(
        "Risks by area and level of today. The last column counts risks of the catalogue that nobody has rated.",
        [*headers, "Of the catalogue, open"],
        rows,
    )


def treatment(record: Record) -> Markup:
    """What is still to be done about risks, by due date; below, what is done."""
    waiting = open_treatments(record)
    every = rated_risks(record)
    if not every:
        return _first()
    late = sum(bool(days_late(r.row["due"], record.on)) for r in waiting)
    listed = table(
        f"{count(len(waiting), 'risk')} with treatment still to be done, {late or 'none'} of them overdue.",
        ["Risk", "Level today", "Treatment", "Owner", "Due", "Level afterwards"],
        [_treated(record, r) for r in waiting],
        empty="Every risk is treated or retained; nothing is waiting.",
    )
    listed += _controls(record)
    done = [r for r in every if r.treated]
    if not done:
        return listed
    lines = items(f"{r.row.key} {r.row.name}: {_how(r)}" for r in done)
    return listed + folded(text(f"{count(len(done), 'risk')} treated or retained"), "", lines)


def _controls(record: Record) -> Markup:
    """Where risks and decided controls disagree, and how the plan stands."""
    found = control_conflicts(record)
    plan = standing(record, "risk treatment plan")
    says = note(plan.reason) if plan.current else note(alarm(plan.reason))
    lines = items(f"{c.control}: {c.says} ({first_of(c.risks, 4)})" for c in found)
    if not found:
        return says
    title = f"{count(len(found), 'control')} on which risks and the Statement of Applicability disagree"
    return says + folded(text(title), "", lines, opened=len(found) < 4)


def _how(one: RatedRisk) -> str:
    if one.row["treatment"] == "retain":
        return "retained"
    return f"treated on {day(one.row['treated_on'])}"


def _treated(record: Record, one: RatedRisk) -> tuple[Markup, ...]:
    row = one.row
    option = text(row["treatment"].capitalize()) if row["treatment"] else alarm("no treatment chosen")
    measures = row["measures"] or alarm("no measures planned")
    if row["controls"]:
        measures = fragment(measures, f" (controls {', '.join(row['controls'])})")
    return (
        under(f"{row.key} {row.name}", _systems(record, one)),
        level(one.today),
        under(option, measures),
        who(row["owner"]),
        due(record.on, row["due"]),
        level(one.residual),
    )


def acceptance(record: Record) -> Markup:
    """Who accepted what remains of each risk, until when, and what contradicts itself."""
    found = rated_risks(record)
    accepted = sum(r.accepted for r in found)
    weak = sum(bool(r.weaknesses) for r in found)
    return long_table(
        f"{accepted} of {count(len(found), 'risk')} accepted today; "
        f"{count(weak, 'acceptance')} to look at again. The risk owner accepts what remains "
        "(clause 6.1.3 f).",
        ["Risk", "What remains", "State", "Accepted by", "To look at"],
        [_accepted(r) for r in found],
        empty=(NONE, _begin()),
    )


def _accepted(one: RatedRisk) -> tuple[Markup, ...]:
    row = one.row
    until = f"until {day(row['acceptance_ends'])}" if row["acceptance_ends"] else "no end date"
    by = under(who(row["accepted_by"]), f"{day(row['accepted_on']) or 'no date'}, {until}")
    if not one.accepted and says_nothing(row["accepted_by"]):
        by = text("–")
    look = items(capitalized(t.says) for t in one.weaknesses) or text("–")
    return text(f"{row.key} {row.name}"), level(one.today), mark(_acceptance(one)), by, look


def _acceptance(one: RatedRisk) -> State:
    if one.accepted:
        return ACCEPTANCES["accepted"]
    if not says_nothing(one.row["accepted_by"]):
        kinds = [w.kind for w in one.weaknesses]
        return ACCEPTANCES[next((k for k in kinds if k in ("expired", "lapsed")), "void")]
    return ACCEPTANCES["unacceptable" if one.unaccepted else "not accepted"]


def triggers(record: Record) -> Markup:
    """What asks for a new assessment now: changes since, risks not reviewed for a year, review dates gone by."""
    found = reassessment_triggers(record)
    if not found and not record.register("risks") and not record.register("changes"):
        return note(NONE, _begin(), hint("Then note every new model, data source or incident among the changes."))
    return table(
        f"{count(len(found), 'reason')} to assess risks again, oldest first (clause 8.2).",
        ["What", "Why", "Since"],
        [_trigger(record, t) for t in found],
        empty="Nothing asks for a new assessment today: every change was followed up and no review is overdue.",
    ) + _events(record)


def _events(record: Record) -> Markup:
    """What the record itself holds that happened after a risk was last reviewed, the newest first."""
    found = risk_events(record)
    touched = {key for one in found for key in one.risks}
    if not found:
        return text("")
    return long_table(
        f"{count(len(found), 'event')} in the record after the last review of {count(len(touched), 'risk')}, newest "
        "first: failed tests, findings, new versions, rows and answers. A review of the risk settles them.",
        ["What", "Event", "Risks it touches", "Day"],
        [(under(e.key, e.name), text(capitalized(e.says)), text(first_of(e.risks, 6)), day(e.day)) for e in found],
    )


def _trigger(record: Record, one: Trigger) -> tuple[Markup, Markup, str]:
    row = next(r for r in record.register(one.register) if r.key == one.key)
    kind = str(row["kind"] or "change").capitalize() if one.register == "changes" else "Risk"
    named = under(with_trails(record, f"{row.key} {row.name}"), kind)
    why = under(capitalized(one.says), f"Touches {first_of(one.risks, 6)}" if one.risks else "")
    return named, why, day(one.since) or "no date"


def suggestions(record: Record) -> Markup:
    """The risks of the catalogue that nobody has rated: those the record points to, each with why; the rest short."""
    found, every = suggested_risks(record), len(record.catalog.risk_catalogue())
    if not found:
        return note(f"All {every} risks of the catalogue are rated in the register.")
    pointed, rest = [s for s in found if s.reasons], [s for s in found if not s.reasons]
    lead = (
        f"Rated so far: {every - len(found)} of the {every} risks of the catalogue. The record points to "
        f"{len(pointed) or 'none'} of the others."
    )
    add = hint("Add those that fit with the number of the catalogue, and note why the others do not.")
    listed = long_table(
        "Risks that the record points to and nobody has rated.",
        ["Risk", "What points to it", "How it happens", "What would show it"],
        [_suggested(record, one) for one in pointed],
        empty="Nothing in the record points to the risks that are left.",
    )
    lines = items(f"{one.entry['risk_id']} {one.entry['title']}{_standing(one)}" for one in rest)
    kept = folded(text(f"Nothing in the record points to {count(len(rest), 'other risk')}"), "", lines)
    return fragment(paragraph(lead, add), listed, kept if rest else None)


def _standing(one: SuggestedRisk) -> str:
    return f" (in the register as {one.row.key}, not rated)" if one.row else ""


def _suggested(record: Record, one: SuggestedRisk) -> tuple[Markup, ...]:
    entry = one.entry
    where = ", ".join(record.label("systems", key) for key in one.systems)
    happens = under(entry["threat"], entry["vulnerability"])
    controls = ", ".join(sorted(entry["controls_2022"].split(";"), key=natural))
    shows = under(entry["detection_evidence"], f"Controls: {controls}")
    reasons = items(capitalized(says) for says in one.reasons)
    named = under(f"{entry['risk_id']} {entry['title']}", f"{where}{_standing(one)}")
    return named, reasons, happens, shows
