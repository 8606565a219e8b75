"""Page 4: the risk register as a picture and as lists: levels, treatment, acceptance, triggers, risks to start from."""

from collections import Counter
from collections.abc import Collection, Iterable

from markupsafe import Markup

from workbook.analysis.approvals import standing
from workbook.analysis.method import SUBJECT, method_of, why_no_method
from workbook.analysis.overdue import days_late
from workbook.analysis.reassessment import Trigger, reassessment_triggers
from workbook.analysis.risk import RatedRisk, open_treatments, rated_risks, risks_by_area, why_not_lowered
from workbook.analysis.risk_controls import control_conflicts
from workbook.analysis.risk_events import TOUCHED, risk_events
from workbook.analysis.risk_suggestions import SuggestedRisk, suggested_risks
from workbook.language import later, say, term
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

NONE = later("No risk is in the register yet.")


def _first() -> Markup:
    return note(say(NONE), _begin())


def _begin() -> Markup:
    says = text(say("Begin with the risks to start from, in {page}."))
    return hint(says.format(page=page_link("04_risk_assessment")))


def level(rating: Rating | None) -> Markup:
    """A level as a small label: sign, level, figure."""
    if rating is None:
        return mark(NOT_RATED)
    return mark(states.BANDS[rating.band], f"{_named(rating.of)} {rating.level}")


def _named(one: Level) -> str:
    """What a level is called: by the word of its rank, or by one of the organisation's own."""
    return term(one.name) if one.name == one.rank else one.name


def method(record: Record) -> Markup:
    """How risks are rated: whose method it is, whether it is approved, its limit, and who agrees above it."""
    found, approved = method_of(record), standing(record, SUBJECT)
    says = why_no_method(record)
    state = paragraph(alarm(says)) if says else paragraph(approved.reason)
    if found.own:
        return fragment(state, paragraph(limit(found)))
    take = hint(say("“workbook risk-method NAME --take-usual” takes it over as rows to change."))
    usual = say("Ratings are read by the usual 5 × 5 meanwhile, which is nobody’s own.")
    return fragment(state, note(usual, take if not found.begun else None))


def limit(found: RiskMethod) -> str:
    """Up to which level risks are lived with, and who agrees to accept a higher one, in a sentence."""
    within = next((one for one in found.levels if one.within), None)
    level = _named(within) if within else say("none")
    first, last = _span(found, within) if within else (0, 0)
    most = say("Acceptance limit: {level} ({most} at most).", level=level, most=last)
    names = dict.fromkeys(one.agrees for one in found.levels if one.agrees)
    both = f" {say('and')} "
    levels = {name: both.join(_named(one) for one in found.levels if one.agrees == name) for name in names}
    agree = (say("to a {levels} one {name} agrees as well", levels=which, name=name) for name, which in levels.items())
    accepts = "; ".join((say("The owner of a risk accepts it"), *agree))
    return f"{most if first < last else say('Acceptance limit: {level}.', level=level)} {accepts}."


def heat_map(record: Record) -> Markup:
    """Three maps, before treatment, today and as planned, with the risks' numbers; below, the same as a table."""
    found, method = rated_risks(record), method_of(record)
    if not found:
        return _first()
    maps = (
        _map(method, say("Before treatment (inherent)"), ((r.row.key, r.inherent) for r in found)),
        _map(method, say("Today"), ((r.row.key, r.today) for r in found)),
        _map(method, say("Planned, after treatment (residual)"), ((r.row.key, r.residual) for r in found)),
    )
    listed = long_table(
        say("The risks of the map, the highest of today first."),
        [say("Risk"), say("Owner"), say("Inherent"), say("Today"), say("Planned (residual)")],
        [_line(record, r) for r in found],
    )
    return fragment(tag.div(class_="maps")[maps], _legend(method, bool(why_no_method(record))), listed)


def _map(method: RiskMethod, title: str, placed: Iterable[tuple[str, Rating | None]]) -> Markup:
    """The numbers of risks in the matrix of the method: likelihood upwards, consequence to the right."""
    caption = say("{title}: likelihood upwards, consequence to the right", title=title)
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
    return tag.td(class_=kind, title=f"{_named(rating.of)}, {rating.level}")[
        tag.small[f"{state.sign} {rating.level}"], numbers
    ]


def _legend(method: RiskMethod, unapproved: bool) -> Markup:
    reaches = [(one, _reach(method, one)) for one in method.levels]
    named = "; ".join(f"{states.BANDS[one.rank].sign} {_named(one)}: {reach}" for one, reach in reaches if reach)
    rated = alarm(f"{say('Rated by no approved method.')} ") if unapproved else ""
    return note(
        rated,
        say(
            "The figure is likelihood × consequence. {levels}. "
            "Today is the inherent level, lowered only by a treatment that is done and whose controls are shown.",
            levels=named,
        ),
    )


def _reach(method: RiskMethod, one: Level) -> str:
    """From which figure to which a level goes; in how many cells it stands where figures do not tell it apart."""
    first, last = _span(method, one)
    cells = sum(level == one for level in method.cells.values())
    if not first:
        return say("{n} cells", n=cells) if cells else ""
    return say("{first} to {last}", first=first, last=last) if first < last else str(first)


def _span(method: RiskMethod, one: Level) -> tuple[int, int]:
    """The lowest and the highest figure of a level; 0 and 0 where figures do not tell it apart."""
    figures = [a * b for (a, b), level in method.cells.items() if level == one]
    others = (a * b for (a, b), level in method.cells.items() if level != one)
    if not figures or any(min(figures) <= other <= max(figures) for other in others):
        return 0, 0
    return min(figures), max(figures)


def _line(record: Record, one: RatedRisk) -> tuple[Markup, ...]:
    named = under(f"{one.row.key} {one.row.name}", _harms(record, one))
    today = under(level(one.today), why_not_lowered(one))
    return named, who(one.row["owner"]), level(one.inherent), today, level(one.residual)


def _systems(record: Record, one: RatedRisk) -> str:
    return ", ".join(record.label("systems", key) for key in one.row["systems"] or ())


def _harms(record: Record, one: RatedRisk) -> str:
    """The systems of a risk, what it harms, and what it touches by key."""
    touched = [key for register in TOUCHED for key in one.row[register] or ()]
    return " · ".join(filter(None, (_systems(record, one), term(one.row["properties"]), first_of(touched, 4))))


def areas(record: Record) -> Markup:
    """For each area the number of risks per level of today, and how many of the catalogue nobody has rated."""
    unlooked = Counter(s.area for s in suggested_risks(record))
    levels = method_of(record).levels
    rows = []
    for area, risks in risks_by_area(record).items():
        found = Counter(r.today.of.name if r.today else "" for r in risks)
        figures = [found[name] or "–" for name in (*(one.name for one in levels), "")]
        rows.append((capitalized(term(area)), *figures, unlooked[area] or "–"))
    named = (f"{states.BANDS[one.rank].sign} {capitalized(_named(one))}" for one in levels)
    return table(
        say("Risks by area and level of today. The last column counts risks of the catalogue that nobody has rated."),
        [say("Area"), *named, say("Not rated"), say("Of the catalogue, open")],
        rows,
    )


def treatment(record: Record) -> Markup:
    """What is still to be done about risks, by due date; below, what is done."""
    waiting = open_treatments(record)
    every = rated_risks(record)
    if not every:
        return _first()
    late = sum(bool(days_late(r.row["due"], record.on)) for r in waiting) or say("none")
    risks = count(len(waiting), "risk")
    listed = table(
        say("{risks} with treatment still to be done, {late} of them overdue.", risks=risks, late=late),
        [say("Risk"), say("Level today"), say("Treatment"), say("Owner"), say("Due"), say("Level afterwards")],
        [_treated(record, r) for r in waiting],
        empty=say("Every risk is treated or retained; nothing is waiting."),
    )
    listed += _controls(record)
    done = [r for r in every if r.treated]
    if not done:
        return listed
    lines = items(f"{r.row.key} {r.row.name}: {_how(r)}" for r in done)
    return listed + folded(text(say("{risks} treated or retained", risks=count(len(done), "risk"))), "", lines)


def _controls(record: Record) -> Markup:
    """Where risks and decided controls disagree, and how the plan stands."""
    found = control_conflicts(record)
    plan = standing(record, "risk treatment plan")
    says = note(plan.reason) if plan.current else note(alarm(plan.reason))
    lines = items(f"{c.control}: {c.says} ({first_of(c.risks, 4)})" for c in found)
    if not found:
        return says
    controls = count(len(found), "control")
    title = say("{controls} on which risks and the Statement of Applicability disagree", controls=controls)
    return says + folded(text(title), "", lines, opened=len(found) < 4)


def _how(one: RatedRisk) -> str:
    if one.row["treatment"] == "retain":
        return say("retained")
    return say("treated on {day}", day=day(one.row["treated_on"]))


def _treated(record: Record, one: RatedRisk) -> tuple[Markup, ...]:
    row = one.row
    option = text(capitalized(term(row["treatment"]))) if row["treatment"] else alarm(say("no treatment chosen"))
    measures = row["measures"] or alarm(say("no measures planned"))
    if row["controls"]:
        measures = fragment(measures, " ", say("(controls {controls})", controls=", ".join(row["controls"])))
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
        say(
            "{accepted} of {risks} accepted today; {acceptances} to look at again. The risk owner accepts what remains "
            "(clause 6.1.3 f).",
            accepted=accepted,
            risks=count(len(found), "risk"),
            acceptances=count(weak, "acceptance"),
        ),
        [say("Risk"), say("What remains"), say("State"), say("Accepted by"), say("To look at")],
        [_accepted(r) for r in found],
        empty=(say(NONE), _begin()),
    )


def _accepted(one: RatedRisk) -> tuple[Markup, ...]:
    row = one.row
    until = say("until {day}", day=day(row["acceptance_ends"])) if row["acceptance_ends"] else say("no end date")
    by = under(who(row["accepted_by"]), f"{day(row['accepted_on']) or say('no date')}, {until}")
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
        then = hint(say("Then note every new model, data source or incident among the changes."))
        return note(say(NONE), _begin(), then)
    return table(
        say("{reasons} to assess risks again, oldest first (clause 8.2).", reasons=count(len(found), "reason")),
        [say("What"), say("Why"), say("Since")],
        [_trigger(record, t) for t in found],
        empty=say("Nothing asks for a new assessment today: every change was followed up and no review is overdue."),
    ) + _events(record)


def _events(record: Record) -> Markup:
    """What the record itself holds that happened after a risk was last reviewed, the newest first."""
    found = risk_events(record)
    touched = {key for one in found for key in one.risks}
    if not found:
        return text("")
    return long_table(
        say(
            "{events} in the record after the last review of {risks}, newest first: failed tests, findings, new "
            "versions, rows and answers. A review of the risk settles them.",
            events=count(len(found), "event"),
            risks=count(len(touched), "risk"),
        ),
        [say("What"), say("Event"), say("Risks it touches"), say("Day")],
        [(under(e.key, e.name), text(capitalized(e.says)), text(first_of(e.risks, 6)), day(e.day)) for e in found],
    )


def _trigger(record: Record, one: Trigger) -> tuple[Markup, Markup, str]:
    row = next(r for r in record.register(one.register) if r.key == one.key)
    kind = capitalized(term(row["kind"] or "change")) if one.register == "changes" else say("Risk")
    named = under(with_trails(record, f"{row.key} {row.name}"), kind)
    touched = say("Touches {risks}", risks=first_of(one.risks, 6)) if one.risks else ""
    return named, under(capitalized(one.says), touched), day(one.since) or say("no date")


def suggestions(record: Record) -> Markup:
    """The risks of the catalogue that nobody has rated: those the record points to, each with why; the rest short."""
    found, every = suggested_risks(record), len(record.catalog.risk_catalogue())
    if not found:
        return note(say("All {n} risks of the catalogue are rated in the register.", n=every))
    pointed, rest = [s for s in found if s.reasons], [s for s in found if not s.reasons]
    so_far = say("Rated so far: {rated} of the {all} risks of the catalogue.", rated=every - len(found), all=every)
    some = say("The record points to {n} of the others.", n=len(pointed))
    others = some if pointed else say("The record points to none of the others.")
    add = hint(say("Add those that fit with the number of the catalogue, and note why the others do not."))
    listed = long_table(
        say("Risks that the record points to and nobody has rated."),
        [say("Risk"), say("What points to it"), say("How it happens"), say("What would show it")],
        [_suggested(record, one) for one in pointed],
        empty=say("Nothing in the record points to the risks that are left."),
    )
    return fragment(paragraph(f"{so_far} {others}", add), listed, _rest(rest) if rest else None)


def _rest(rest: Collection[SuggestedRisk]) -> Markup:
    """The risks of the catalogue to which nothing points."""
    title = say("Nothing in the record points to {risks}", risks=count(len(rest), "other risk"))
    return folded(text(title), "", items(f"{_titled(one)}{_standing(one)}" for one in rest))


def _titled(one: SuggestedRisk) -> str:
    return f"{one.entry['risk_id']} {term(one.entry['title'])}"


def _standing(one: SuggestedRisk) -> str:
    return f" {say('(in the register as {key}, not rated)', key=one.row.key)}" if one.row else ""


def _suggested(record: Record, one: SuggestedRisk) -> tuple[Markup, ...]:
    entry = one.entry
    where = ", ".join(record.label("systems", key) for key in one.systems)
    happens = under(term(entry["threat"]), term(entry["vulnerability"]))
    controls = ", ".join(sorted(entry["controls_2022"].split(";"), key=natural))
    shows = under(term(entry["detection_evidence"]), say("Controls: {controls}", controls=controls))
    reasons = items(capitalized(says) for says in one.reasons)
    named = under(_titled(one), f"{where}{_standing(one)}")
    return named, reasons, happens, shows
