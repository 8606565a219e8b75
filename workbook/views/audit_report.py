"""Page 6: the management summary: verdict, open points, evidence index, sign-offs, what is left out."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from workbook.analysis.coverage import Tally, area_coverage, count_asked, count_results
from workbook.analysis.evidence_use import EvidenceUse, evidence_uses
from workbook.analysis.limits import not_covered
from workbook.analysis.point import Point
from workbook.analysis.points import MEANING, PLAIN_MEANING, collect_points, points_by_owner
from workbook.analysis.readiness import AreaScore, score_readiness
from workbook.analysis.sign_offs import SignOff, given_sign_offs, says_given, unsigned_capacities
from workbook.analysis.timeline import say_starts
from workbook.analysis.verdict import Verdict, judge
from workbook.audience import describe, shows_forecast, shows_names
from workbook.language import say, say_many, term, written
from workbook.model import Evidence
from workbook.record import WITHHELD, Record
from workbook.scale import SEVERITIES, Severity
from workbook.views import states, tag, verdict
from workbook.views.markup import (
    Heading,
    aid,
    alarm,
    aside,
    bar,
    due,
    fact_line,
    folded,
    heading,
    hint,
    items,
    link,
    mark,
    note,
    page_link,
    paragraph,
    table,
    under,
    view,
    who,
)
from workbook.views.places import INDEX
from workbook.views.states import DECISIONS
from workbook.views.tag import fragment, text
from workbook.words import away, capitalized, count, day, day_in

GRAVE: tuple[Severity, ...] = ("critical", "high")
PROVEN = 3  # questions that a piece of evidence names
SIGNS = 12  # of a fingerprint, which nobody compares by eye further than that


def severity(name: Severity) -> Markup:
    """A severity as a small label: sign and word."""
    return mark(states.SEVERITIES[name])


# summary ------------------------------------------------------------------------------------------------------------


def summary(record: Record) -> Markup:
    """Scope and dates, then how far claims are shown; for the team as a verdict, with what the next stage needs."""
    about = record.engagement
    scope, found = about.scope or say("none is written down yet."), judge(record)
    forecast = shows_forecast(record.audience)
    return view(
        fact_line(_about(record)),
        paragraph(say("Scope: {scope}", scope=scope)),
        verdict.box(found) if forecast else paragraph(tag.b[f"{capitalized(found.counts.text)}."]),
        paragraph(_assessed(record), " ", _stopped(record)),
        bar(count_results(record.asked)),
        *(_conditions(found) if forecast else ()),
        tells_facts=True,
    )


def _conditions(found: Verdict) -> tuple[Heading, Markup]:
    left = (c for c in found.unmet if c.stage == found.next_stage)
    unmet = items(say("{says} (clause {clause})", says=c.says, clause=c.clause) for c in left)
    return heading("What stands between here and the next stage"), unmet or paragraph(say("Every condition is met."))


def _about(record: Record) -> Iterable[tuple[str, str]]:
    about = record.engagement
    first, last = day(about.period_from), day(about.period_to)
    yield say("Organisation"), about.organisation
    yield say("Audit"), f"{term(about.audit_kind)}, {about.criteria}"
    yield say("As of"), day_in(record.on, about.time_zone)
    yield say("Audit starts"), _start(record)
    yield say("Period"), say("{day} to {last}", day=first, last=last) if first and last else first or last
    yield say("Systems"), ", ".join(s.name for s in record.systems) or say("none named yet")
    yield say("Prepared by"), about.prepared_by
    yield say("Lead auditor"), about.lead_auditor
    if not shows_names(record.audience):
        yield say("Edition"), describe(record.audience)


def _start(record: Record) -> str:
    said = say_starts(record.engagement, lambda start: f"{day(start)}, {away(start, record.on)}")
    return said or say("no date yet")


def _assessed(record: Record) -> str:
    """One sentence on how many questions are answered."""
    tally = count_asked(record, record.asked)
    if not record.systems:
        return say("No ML system is named yet, so most questions are not asked.")
    if not tally.assessed:
        return say("None of the {every} questions that count is assessed yet.", every=tally.applicable)
    blank = tally.applicable - tally.assessed
    done = say("{claimed} of {every} questions that count are claimed as implemented.",
               claimed=tally.implemented, every=tally.applicable)  # fmt: skip
    rest = say_many(
        "{n} question not assessed, counting as nothing.", "{n} questions not assessed, counting as nothing.", blank
    )
    return f"{done} {rest}" if blank else done


def _stopped(record: Record) -> str:
    critical = sum(p.severity == "critical" for p in collect_points(record)) if shows_forecast(record.audience) else 0
    if not critical:
        return ""
    return say_many(
        "{n} point would stop a certification auditor.", "{n} points would stop a certification auditor.", critical
    )


def verdict_by_area(record: Record) -> Markup:
    """Each area with its counts and its weakest item by name; for the team also how much is claimed and shown."""
    found = score_readiness(record)
    tallies = {area.section.id: area.total for area in area_coverage(record)}
    rows = [_area(record, area, tallies[area.id]) for area in found.areas if area.score.items]
    if not rows:
        start = text(say("Name the ML systems in {page}.")).format(page=page_link("00_start"))
        return note(say("No question applies yet."), hint(start))
    headers = [say("Area"), say("Claimed and shown"), say("Evidenced"), say("Tested"), say("Not assessed"),
               say("Least shown")]  # fmt: skip
    if not shows_forecast(record.audience):
        headers, rows = headers[:1] + headers[2:], [row[:1] + row[2:] for row in rows]
    says = say("By area. The weakest item stands beside the figures, because a mean hides a hole.")
    listed = table(says, headers, rows)
    return folded(say("Each area with its weakest item"), count(len(rows), "area"), listed)


def _area(record: Record, area: AreaScore, tally: Tally) -> tuple[object, ...]:
    claimed, shown = int(area.score.claimed), int(area.score.shown)
    against = alarm(say("{n} contradicted", n=tally.contradicted)) if tally.contradicted else ""
    figures = say("{claimed} % claimed, {shown} % shown", claimed=claimed, shown=shown)
    return (
        link(area.page, "", term(area.title)),
        under(figures, verdict.bars(claimed, shown)),
        under(say("{n} of {every}", n=tally.evidenced, every=tally.applicable), against),
        say("{n} of {every}", n=tally.tested, every=tally.applicable),
        tally.applicable - tally.assessed or "–",
        verdict.weakest(record, area),
    )


# open points --------------------------------------------------------------------------------------------------------


def open_points(record: Record, limit: int | None = None) -> Markup:
    """The critical and high points with why, owner and date; with a `limit`, the first of all. The rest is counted."""
    found = collect_points(record)
    if not found:
        return note(say("Nothing is open: all that counts is implemented and tested, and no register has a gap."))
    grave = tuple(p for p in found if p.severity in GRAVE)
    shown = grave if limit is None else found[:limit]
    more = len(found) - len(shown)
    appendix = link(INDEX, "appendix-open-points", say("in an appendix of the audit report"))
    where = say("below, by owner") if limit is None else appendix
    listed = tag.ol(class_="points")["\n", (fragment(_point(record, p), "\n") for p in shown)]
    return fragment(
        tag.ul(class_="key")[(_counted(s, found, record.audience) for s in SEVERITIES)],
        listed if limit is not None else folded(say("Critical and high"), count(len(shown), "point"), listed),
        note(say_many("And {n} more point", "And {n} more points", more), ", ", where, ".") if more else None,
    )


def _counted(name: Severity, found: Iterable[Point], audience: str) -> Markup:
    number = sum(p.severity == name for p in found)
    meaning = MEANING if shows_forecast(audience) else PLAIN_MEANING
    return tag.li[severity(name), " ", tag.b[number], " ", term(meaning[name])]


def _point(record: Record, point: Point) -> Markup:
    title = link(point.page, point.anchor, point.title)
    result = (" ", mark(states.RESULTS[point.result])) if point.result else None
    refs = (" ", aside(", ".join(point.refs))) if point.refs else None
    what = tag.div[paragraph(title, " ", severity(point.severity), result), tag.p(class_="why")[point.why, refs]]
    return tag.li[what, tag.p(class_="who")[who(point.owner), tag.br, _date(record, point)]]


def _date(record: Record, point: Point) -> Markup:
    return due(record.on, point.due) if point.due else text(say("no date"))


def points_of_owners(record: Record) -> Markup:
    """How many points are open by owner, and how many of them are grave or late; which ones says page 6."""
    found = points_by_owner(collect_points(record))
    lines = [
        (who(owner), len(mine), sum(p.severity in GRAVE for p in mine), sum(p.overdue_days > 0 for p in mine))
        for owner, mine in found.items()
    ]
    nothing = say("Nothing is open, so nobody has anything to do.")
    headers = [say("Owner"), say("Open"), say("Critical or high"), say("Overdue")]
    return table(say("Open points by owner."), headers, lines, empty=nothing)


def open_by_owner(record: Record) -> Markup:
    """The open points of each owner, so that everybody finds their own; points without an owner last."""
    found = collect_points(record)
    if not found:
        return note(say("Nothing is open, so nobody has anything to do."))
    return fragment(_owner(record, owner, mine) for owner, mine in points_by_owner(found).items())


def _owner(record: Record, owner: str, mine: tuple[Point, ...]) -> Markup:
    late = sum(p.overdue_days > 0 for p in mine)
    listed = table(
        say("Open points of {owner}.", owner=owner) if owner else say("Open points that nobody is named for."),
        [say("Point"), say("Severity"), say("Due")],
        [(_linked(p), severity(p.severity), _date(record, p)) for p in mine],
    )
    amount = count(len(mine), "point") + (f", {say('{late} overdue', late=late)}" if late else "")
    return aid(owner or alarm(say("Nobody named")), amount, listed)


def _linked(point: Point) -> Markup:
    """A point with why, where that does not stand in the list of the grave ones."""
    why = "" if point.severity in GRAVE else point.why
    return under(link(point.page, point.anchor, point.title), why)


# evidence, sign-offs ------------------------------------------------------------------------------------------------


def evidence_index(record: Record) -> Markup:
    """Every piece of evidence: what it is and covers, its fingerprint, what rests on it, whether it is fresh."""
    uses = evidence_uses(record)
    stale = sum(use.freshness.state != "fresh" for use in uses.values())
    unused = sum(not use.questions for use in uses.values())
    if not uses:
        how = say("Open a question and attach the file that proves its answer.")
        return note(say("No evidence is attached yet."), hint(how))
    listed = table(
        say_many(
            "{n} piece of evidence; {stale} stale or undated, {unused} without a question that rests on it.",
            "{n} pieces of evidence; {stale} stale or undated, {unused} without a question that rests on it.",
            len(uses),
            stale=stale or say("none"),
            unused=unused or say("none"),
        ),
        [say("Evidence"), say("What it proves"), say("Freshness"), say("Dates"), say("Fingerprint")],
        [_piece(record, use) for use in uses.values()],
    )
    return folded(say("Every piece of evidence"), count(len(uses), "piece"), listed, _fingerprints(record))


def _fingerprints(record: Record) -> Markup:
    """The whole fingerprints, as programs that compare files read them: SHA-256 and name, a line for each file."""
    files = [s.value for s in record.evidence.values() if s.value.sha256]
    if not files:
        return fragment()
    lines = "\n".join(f"{about.sha256}  {about.name}" for about in files)
    return aid(say("The whole fingerprints (SHA-256)"), count(len(files), "file"), tag.pre[lines])


def _piece(record: Record, use: EvidenceUse) -> tuple[object, ...]:
    stated = record.evidence[use.key]
    about = stated.value
    added = day(record.local(stated.at)) or "–"
    on = day(about.collected_at)
    collected = say("collected {day}", day=on) if on else alarm(say("no date of collection"))
    proves = {a.key: link(record.catalog.page_asking[a.question.id], a.key, a.label)
              for a in use.questions}  # fmt: skip
    fresh = use.freshness
    return (
        under(fragment(tag.span(id=use.key)[use.key], " ", about.label), " · ".join(_kind(about))),
        _first(list(proves.values())) if proves else say("nothing yet"),
        under(mark(states.EVIDENCE[fresh.state]), _aged(use)),
        _lines([collected, *_covers(about), say("added {day}", day=added)]),
        _fingerprint(about),
    )


def _first(links: Sequence[Markup]) -> Markup:
    """The first questions that a piece proves; the others are counted."""
    left = len(links) - PROVEN
    more = [say_many("and {n} more question", "and {n} more questions", left)] if left > 0 else []
    return items([*links[:PROVEN], *more])


def _kind(about: Evidence) -> Iterable[str]:
    if about.title and about.name != WITHHELD:
        yield about.name
    if about.artefact and about.artefact != about.label:
        yield term(about.artefact)
    yield term(about.classification)


def _lines(lines: Iterable[object]) -> Markup:
    """Lines that stay whole."""
    whole = tag.span(class_="ref", style="display:block;white-space:nowrap")
    return fragment(whole[words] for words in lines)


def _covers(about: Evidence) -> Iterable[str]:
    """The period that it covers, where somebody named one."""
    if about.period_from or about.period_to:
        end = day(about.period_to)
        yield say("covers {day}", day=day(about.period_from) or "…")
        yield say("to {day}", day=end) if end else say("to no end named")


def _fingerprint(about: Evidence) -> Markup:
    if about.form != "file":
        address = tag.code[about.link] if about.link else say("address")
        return under(address, say("nobody keeps its content, so it has no fingerprint"))
    return under(tag.code[about.sha256[:SIGNS]], say("{size} bytes", size=written(about.size)))


def _aged(use: EvidenceUse) -> str:
    fresh = use.freshness
    if fresh.age_days is None:
        return ""
    if fresh.max_age_days:
        return say("{age} of {most} days", age=fresh.age_days, most=fresh.max_age_days)
    age = count(fresh.age_days, "day")
    return say("{age} old", age=age) if use.ruled else say("{age} old; no maximum age is known", age=age)


def sign_offs(record: Record) -> Markup:
    """Who stands behind the report, and which capacities nobody has signed in."""
    found = given_sign_offs(record)
    listed = table(
        says_given(found),
        [say("Who"), say("Signs as"), say("Decision"), say("Statement"), say("Date"), say("Since")],
        [_sign_off(one) for one in found],
        empty=say("Nobody has signed yet."),
    )
    open_ones = unsigned_capacities(record)
    if not open_ones:
        return listed
    return listed + paragraph(alarm(say("Not signed as: {capacities}.", capacities=", ".join(map(term, open_ones)))))


def _sign_off(one: SignOff) -> tuple[object, ...]:
    row = one.row
    decision = mark(DECISIONS[row["decision"]]) if row["decision"] in DECISIONS else alarm(say("not decided"))
    when = day(row["signed_on"]) if one.signed else alarm(say("not signed"))
    entered = text(one.entered) if one.holds else alarm(one.entered)
    person = under(who(row.name), entered) if one.entered else who(row.name)
    return person, term(row["capacity"]), decision, row["statement"] or "–", when, one.since or "–"


# what is not covered ------------------------------------------------------------------------------------------------


def limits(record: Record) -> Markup:
    """What this report does not cover, so that nobody reads more into it than the record holds."""
    return items(not_covered(record))
