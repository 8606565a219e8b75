"""Page 4: the risk register as a picture and as lists: levels, treatment, acceptance, triggers, risks to start from."""

from collections import Counter
from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.overdue import days_late
from workbook.analysis.risk import (
    BANDS,
    RatedRisk,
    Rating,
    SuggestedRisk,
    Trigger,
    open_treatments,
    rated_risks,
    reassessment_triggers,
    risks_by_area,
    suggested_risks,
    why_not_lowered,
)
from workbook.record import Record
from workbook.registers import says_nothing
from workbook.views import states, tag
from workbook.views.markup import (
    alarm,
    body,
    colours,
    due,
    folded,
    items,
    mark,
    note,
    paragraph,
    region,
    table,
    under,
    who,
    wide,
)
from workbook.views.places import with_trails
from workbook.views.states import ACCEPTANCES, NOT_RATED, State
from workbook.views.tag import fragment, text
from workbook.words import capitalized, count, day, natural

FIRST = "No risk is in the register yet. Begin with the risks to start from, in notebook 04_risk_assessment."


def level(rating: Rating | None) -> Markup:
    """A level as a small label: sign, band, figure."""
    if rating is None:
        return mark(NOT_RATED)
    return mark(states.BANDS[rating.band], f"{rating.band} {rating.level}")


def heat_map(record: Record) -> Markup:
    """Two maps, before and after treatment, with the risks' numbers in their cells; below, the same as a table."""
    found = rated_risks(record)
    if not found:
        return note(FIRST)
    maps = (
        _map("Today", ((r.row.key, r.today) for r in found)),
        _map("Hoped for after treatment (residual)", ((r.row.key, r.residual) for r in found)),
    )
    listed = table(
        "The risks of the map, the highest of today first.",
        ["Risk", "Owner", "Today", "Inherent", "Hoped for (residual)"],
        [_line(record, r) for r in found],
    )
    return fragment(tag.div(style="display:flex;flex-wrap:wrap;gap:1em 2.5em")[maps], _legend(), listed)


def _map(title: str, placed: Iterable[tuple[str, Rating | None]]) -> Markup:
    """The numbers of risks in a square: likelihood upwards, consequence to the right."""
    caption = f"{title}: likelihood upwards, consequence to the right"
    columns = tag.thead[tag.tr[tag.td(style="width:3em"), (tag.th(scope="col")[c] for c in range(1, 6))]]
    named = tag.th(scope="row", style="vertical-align:middle")
    lines = (tag.tr[named[5 - n], (_square(*cell) for cell in cells)] for n, cells in enumerate(_cells(placed)))
    square = tag.table(class_="heat", style="table-layout:fixed;min-width:17em")[
        tag.caption[caption], columns, body(lines)
    ]
    return region(caption, square, style="flex:1 1 20em;min-width:0;margin:.75em 0")


def _square(state: State, level: int, keys: list[str]) -> Markup:
    frame = ";border:2px solid" if state is states.BANDS["critical"] else ""
    look = f"{colours(state)};height:3.2em;vertical-align:middle{frame}"
    figure = tag.span(style="font-weight:400;font-size:.85em")[f"{state.sign} {level}"]
    numbers = ((tag.br, tag.span(style="white-space:nowrap")[key]) for key in keys)
    return tag.td(class_=state.kind, title=f"{state.word}, {level}", style=look)[figure, numbers]


def _legend() -> Markup:
    bands = "; ".join(f"{states.BANDS[name].sign} {states.BANDS[name].word}: {_reach(name)}" for _, name in BANDS)
    return note(
        f"A level is likelihood × consequence, each from 1 to 5. {bands}. These bands are this workbook's convention. "
        "Today is the inherent level, lowered only by a treatment that is done and whose controls are shown."
    )


def _cells(placed: Iterable[tuple[str, Rating | None]]) -> list[list[tuple[State, int, list[str]]]]:
    """Rows from likelihood 5 down to 1; each cell with its state, level and the numbers in it."""
    numbers: dict[tuple[int, int], list[str]] = {}
    for key, rating in placed:
        if rating:
            numbers.setdefault((rating.likelihood, rating.consequence), []).append(key)
    return [
        [(states.BANDS[r.band], r.level, numbers.get((r.likelihood, r.consequence), [])) for r in line]
        for line in ([Rating(likelihood, c) for c in range(1, 6)] for likelihood in range(5, 0, -1))
    ]


def _reach(name: str) -> str:
    least = next(low for low, band in BANDS if band == name)
    higher = [low for low, _ in BANDS if low > least]
    return f"{least} to {min(higher) - 1 if higher else 25}"


def _line(record: Record, one: RatedRisk) -> tuple[Markup, ...]:
    named = under(f"{one.row.key} {one.row.name}", _systems(record, one))
    today = under(level(one.today), why_not_lowered(one))
    return named, who(one.row["owner"]), today, level(one.inherent), level(one.residual)


def _systems(record: Record, one: RatedRisk) -> str:
    return ", ".join(record.label("systems", key) for key in one.row["systems"] or ())


def areas(record: Record) -> Markup:
    """For each area the number of risks per level of today, and how many of the catalogue nobody has rated."""
    unlooked = Counter(s.area for s in suggested_risks(record))
    rows = []
    for area, risks in risks_by_area(record).items():
        bands = Counter(r.today.band if r.today else "not rated" for r in risks)
        figures = [bands[name] or "–" for name in (*(name for _, name in BANDS), "not rated")]
        rows.append((area.capitalize(), *figures, unlooked[area] or "–"))
    headers = ["Area", *(f"{states.BANDS[name].sign} {name.capitalize()}" for _, name in BANDS), "Not rated"]
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
        return note(FIRST)
    late = sum(bool(days_late(r.row["due"], record.on)) for r in waiting)
    listed = table(
        f"{count(len(waiting), 'risk')} with treatment still to be done, {late or 'none'} of them overdue.",
        ["Risk", "Level today", "Treatment", "Owner", "Due", "Level afterwards"],
        [_treated(record, r) for r in waiting],
        empty="Every risk is treated or retained; nothing is waiting.",
    )
    done = [r for r in every if r.treated]
    if not done:
        return listed
    lines = items(f"{r.row.key} {r.row.name}: {_how(r)}" for r in done)
    return listed + folded(text(f"{count(len(done), 'risk')} treated or retained"), "", lines)


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
    return table(
        f"{accepted} of {count(len(found), 'risk')} accepted today; "
        f"{count(weak, 'acceptance')} to look at again. The risk owner accepts what remains "
        "(clause 6.1.3 f).",
        ["Risk", "What remains", "State", "Accepted by", "To look at"],
        [_accepted(r) for r in found],
        empty=FIRST,
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
        return note(f"{FIRST} Then note every new model, data source or incident in the table of changes.")
    return table(
        f"{count(len(found), 'reason')} to assess risks again, oldest first (clause 8.2).",
        ["What", "Why", "Since"],
        [_trigger(record, t) for t in found],
        empty="Nothing asks for a new assessment today: every change was followed up and no review is overdue.",
    )


def _trigger(record: Record, one: Trigger) -> tuple[Markup, Markup, str]:
    row = next(r for r in record.register(one.register) if r.key == one.key)
    kind = str(row["kind"] or "change").capitalize() if one.register == "changes" else "Risk"
    named = under(with_trails(record, f"{row.key} {row.name}"), kind)
    return named, text(capitalized(one.says)), day(one.since) or "no date"


def suggestions(record: Record) -> Markup:
    """The risks of the catalogue that nobody has rated, by area: what lets them happen and what would show them."""
    found = suggested_risks(record)
    every = len(record.catalog.risk_catalogue())
    if not found:
        return note(f"All {every} risks of the catalogue are rated in the register.")
    lead = paragraph(
        f"Rated so far: {every - len(found)} of the {every} risks of the catalogue. Add the ones below that fit to the "
        "register, with the number of the catalogue, and note why the others do not."
    )
    by_area: dict[str, list[SuggestedRisk]] = {}
    for one in found:
        by_area.setdefault(one.area, []).append(one)
    order = [a for a in record.catalog.register("risks").field("area").choices if a in by_area]
    return fragment(lead, (_group(area, by_area[area], area == order[0]) for area in order))


def _group(area: str, found: list[SuggestedRisk], opened: bool) -> Markup:
    listed = table(
        f"Risks of the catalogue: {area}.",
        ["Risk", "Threat", "Vulnerability", "What would show it", "References"],
        [_suggested(one) for one in found],
    )
    return folded(text(area.capitalize()), count(len(found), "risk"), listed, opened=opened)


def _suggested(one: SuggestedRisk) -> tuple[Markup, ...]:
    entry = one.entry
    state = f"in the register as {one.row.key}, not rated" if one.row else f"harms: {entry['asset_type']}"
    columns = {
        "controls_2022": "",
        "atlas": "",
        "owasp_ml": "",
        "owasp_llm_2026": "",
        "owasp_llm_2025": " (superseded)",
    }
    refs = " · ".join(
        ", ".join(sorted(entry[c].split(";"), key=natural)) + says for c, says in columns.items() if entry[c]
    )
    texts = (entry["threat"], entry["vulnerability"], entry["detection_evidence"])
    return under(f"{entry['risk_id']} {entry['title']}", state), *(wide(t, "9em") for t in texts), text(refs)
