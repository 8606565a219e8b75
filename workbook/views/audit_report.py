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
    scope, found, forecast = about.scope or "none is written down yet.", judge(record), shows_forecast(record.audience)
    return view(
        fact_line(_about(record)),
        paragraph(f"Scope: {scope}"),
        verdict.box(found) if forecast else paragraph(tag.b[f"{capitalized(found.counts.text)}."]),
        paragraph(_assessed(record), " ", _stopped(record)),
        bar(count_results(record.asked)),
        *(_conditions(found) if forecast else ()),
        tells_facts=True,
    )


def _conditions(found: Verdict) -> tuple[Heading, Markup]:
    unmet = items(f"{c.says} (clause {c.clause})" for c in found.unmet if c.stage == found.next_stage)
    return heading("What stands between here and the next stage"), unmet or paragraph("Every condition is met.")


def _about(record: Record) -> Iterable[tuple[str, str]]:
    about = record.engagement
    yield "Organisation", about.organisation
    yield "Audit", f"{about.audit_kind}, {about.criteria}"
    yield "As of", day_in(record.on, about.time_zone)
    yield "Audit starts", _start(record)
    yield "Period", " to ".join(filter(None, [day(about.period_from), day(about.period_to)]))
    yield "Systems", ", ".join(s.name for s in record.systems) or "none named yet"
    yield "Prepared by", about.prepared_by
    yield "Lead auditor", about.lead_auditor
    if not shows_names(record.audience):
        yield "Edition", describe(record.audience)


def _start(record: Record) -> str:
    said = say_starts(record.engagement, lambda start: f"{day(start)}, {away(start, record.on)}")
    return said or "no date yet"


def _assessed(record: Record) -> str:
    """One sentence on how many questions are answered."""
    tally = count_asked(record, record.asked)
    if not record.systems:
        return "No ML system is named yet, so most questions are not asked."
    if not tally.assessed:
        return f"None of the {tally.applicable} questions that count is assessed yet."
    blank = tally.applicable - tally.assessed
    rest = f" {count(blank, 'question')} not assessed, counting as nothing." if blank else ""
    return f"{tally.implemented} of {tally.applicable} questions that count are claimed as implemented.{rest}"


def _stopped(record: Record) -> str:
    critical = sum(p.severity == "critical" for p in collect_points(record)) if shows_forecast(record.audience) else 0
    return f"{count(critical, 'point')} would stop a certification auditor." if critical else ""


def verdict_by_area(record: Record) -> Markup:
    """Each area with its counts and its weakest item by name; for the team also how much is claimed and shown."""
    found = score_readiness(record)
    tallies = {area.section.id: area.total for area in area_coverage(record)}
    rows = [_area(record, area, tallies[area.id]) for area in found.areas if area.score.items]
    if not rows:
        return note("No question applies yet.", hint("Name the ML systems in ", page_link("00_start"), "."))
    headers = ["Area", "Claimed and shown", "Evidenced", "Tested", "Not assessed", "Least shown"]
    if not shows_forecast(record.audience):
        headers, rows = headers[:1] + headers[2:], [row[:1] + row[2:] for row in rows]
    says = "By area. The weakest item stands beside the figures, because a mean hides a hole."
    listed = table(says, headers, rows)
    return folded("Each area with its weakest item", count(len(rows), "area"), listed)


def _area(record: Record, area: AreaScore, tally: Tally) -> tuple[object, ...]:
    claimed, shown = int(area.score.claimed), int(area.score.shown)
    against = alarm(f"{tally.contradicted} contradicted") if tally.contradicted else ""
    return (
        link(area.page, "", area.title),
        under(f"{claimed} % claimed, {shown} % shown", verdict.bars(claimed, shown)),
        under(f"{tally.evidenced} of {tally.applicable}", against),
        f"{tally.tested} of {tally.applicable}",
        tally.applicable - tally.assessed or "–",
        verdict.weakest(record, area),
    )


# open points --------------------------------------------------------------------------------------------------------


def open_points(record: Record, limit: int | None = None) -> Markup:
    """The critical and high points with why, owner and date; with a `limit`, the first of all. The rest is counted."""
    found = collect_points(record)
    if not found:
        return note("Nothing is open: all that counts is implemented and tested, and no register has a gap.")
    grave = tuple(p for p in found if p.severity in GRAVE)
    shown = grave if limit is None else found[:limit]
    more = len(found) - len(shown)
    appendix = link(INDEX, "appendix-open-points", "in an appendix of the audit report")
    where = "below, by owner" if limit is None else appendix
    listed = tag.ol(class_="points")["\n", (fragment(_point(record, p), "\n") for p in shown)]
    return fragment(
        tag.ul(class_="key")[(_counted(s, found, record.audience) for s in SEVERITIES)],
        listed if limit is not None else folded("Critical and high", count(len(shown), "point"), listed),
        note(f"And {count(more, 'more point')}, ", where, ".") if more else None,
    )


def _counted(name: Severity, found: Iterable[Point], audience: str) -> Markup:
    number = sum(p.severity == name for p in found)
    meaning = MEANING if shows_forecast(audience) else PLAIN_MEANING
    return tag.li[severity(name), " ", tag.b[number], " ", meaning[name]]


def _point(record: Record, point: Point) -> Markup:
    title = link(point.page, point.anchor, point.title)
    result = (" ", mark(states.RESULTS[point.result])) if point.result else None
    refs = (" ", aside(", ".join(point.refs))) if point.refs else None
    what = tag.div[paragraph(title, " ", severity(point.severity), result), tag.p(class_="why")[point.why, refs]]
    return tag.li[what, tag.p(class_="who")[who(point.owner), tag.br, _date(record, point)]]


def _date(record: Record, point: Point) -> Markup:
    return due(record.on, point.due) if point.due else text("no date")


def points_of_owners(record: Record) -> Markup:
    """How many points are open by owner, and how many of them are grave or late; which ones says page 6."""
    found = points_by_owner(collect_points(record))
    lines = [
        (who(owner), len(mine), sum(p.severity in GRAVE for p in mine), sum(p.overdue_days > 0 for p in mine))
        for owner, mine in found.items()
    ]
    nothing = "Nothing is open, so nobody has anything to do."
    return table("Open points by owner.", ["Owner", "Open", "Critical or high", "Overdue"], lines, empty=nothing)


def open_by_owner(record: Record) -> Markup:
    """The open points of each owner, so that everybody finds their own; points without an owner last."""
    found = collect_points(record)
    if not found:
        return note("Nothing is open, so nobody has anything to do.")
    return fragment(_owner(record, owner, mine) for owner, mine in points_by_owner(found).items())


def _owner(record: Record, owner: str, mine: tuple[Point, ...]) -> Markup:
    late = sum(p.overdue_days > 0 for p in mine)
    listed = table(
        f"Open points of {owner}." if owner else "Open points that nobody is named for.",
        ["Point", "Severity", "Due"],
        [(_linked(p), severity(p.severity), _date(record, p)) for p in mine],
    )
    amount = count(len(mine), "point") + (f", {late} overdue" if late else "")
    return aid(owner or alarm("Nobody named"), amount, listed)


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
        return note("No evidence is attached yet.", hint("Open a question and attach the file that proves its answer."))
    pieces = count(len(uses), "piece", "pieces")
    listed = table(
        f"{pieces} of evidence; {stale or 'none'} stale or undated, "
        f"{unused or 'none'} without a question that rests on it.",
        ["Evidence", "What it proves", "Freshness", "Dates", "Fingerprint"],
        [_piece(record, use) for use in uses.values()],
    )
    return folded("Every piece of evidence", pieces, listed, _fingerprints(record))


def _fingerprints(record: Record) -> Markup:
    """The whole fingerprints, as programs that compare files read them: SHA-256 and name, a line for each file."""
    files = [s.value for s in record.evidence.values() if s.value.sha256]
    if not files:
        return fragment()
    lines = "\n".join(f"{about.sha256}  {about.name}" for about in files)
    return aid("The whole fingerprints (SHA-256)", count(len(files), "file"), tag.pre[lines])


def _piece(record: Record, use: EvidenceUse) -> tuple[object, ...]:
    stated = record.evidence[use.key]
    about = stated.value
    added = day(record.local(stated.at)) or "–"
    collected = f"collected {day(about.collected_at)}" if about.collected_at else alarm("no date of collection")
    proves = {a.key: link(record.catalog.page_asking[a.question.id], a.key, a.label)
              for a in use.questions}  # fmt: skip
    fresh = use.freshness
    return (
        under(fragment(tag.span(id=use.key)[use.key], " ", about.label), " · ".join(_kind(about))),
        _first(list(proves.values())) if proves else "nothing yet",
        under(mark(states.EVIDENCE[fresh.state]), _aged(use)),
        _lines([collected, *_covers(about), f"added {added}"]),
        _fingerprint(about),
    )


def _first(links: Sequence[Markup]) -> Markup:
    """The first questions that a piece proves; the others are counted."""
    more = [f"and {count(len(links) - PROVEN, 'more question')}"] if len(links) > PROVEN else []
    return items([*links[:PROVEN], *more])


def _kind(about: Evidence) -> Iterable[str]:
    if about.title and about.name != WITHHELD:
        yield about.name
    if about.artefact and about.artefact != about.label:
        yield about.artefact
    yield about.classification


def _lines(lines: Iterable[object]) -> Markup:
    """Lines that stay whole."""
    whole = tag.span(class_="ref", style="display:block;white-space:nowrap")
    return fragment(whole[words] for words in lines)


def _covers(about: Evidence) -> Iterable[str]:
    """The period that it covers, where somebody named one."""
    if about.period_from or about.period_to:
        yield f"covers {day(about.period_from) or '…'}"
        yield f"to {day(about.period_to) or 'no end named'}"


def _fingerprint(about: Evidence) -> Markup:
    if about.form != "file":
        address = tag.code[about.link] if about.link else "address"
        return under(address, "nobody keeps its content, so it has no fingerprint")
    return under(tag.code[about.sha256[:SIGNS]], f"{about.size:,} bytes")


def _aged(use: EvidenceUse) -> str:
    fresh = use.freshness
    if fresh.age_days is None:
        return ""
    if fresh.max_age_days:
        return f"{fresh.age_days} of {fresh.max_age_days} days"
    return f"{count(fresh.age_days, 'day')} old" + ("" if use.ruled else "; no maximum age is known")


def sign_offs(record: Record) -> Markup:
    """Who stands behind the report, and which capacities nobody has signed in."""
    found = given_sign_offs(record)
    listed = table(
        says_given(found),
        ["Who", "Signs as", "Decision", "Statement", "Date", "Since"],
        [_sign_off(one) for one in found],
        empty="Nobody has signed yet.",
    )
    open_ones = unsigned_capacities(record)
    if not open_ones:
        return listed
    return listed + paragraph(alarm(f"Not signed as: {', '.join(open_ones)}."))


def _sign_off(one: SignOff) -> tuple[object, ...]:
    row = one.row
    decision = mark(DECISIONS[row["decision"]]) if row["decision"] in DECISIONS else alarm("not decided")
    when = day(row["signed_on"]) if one.signed else alarm("not signed")
    entered = text(one.entered) if one.holds else alarm(one.entered)
    person = under(who(row.name), entered) if one.entered else who(row.name)
    return person, row["capacity"], decision, row["statement"] or "–", when, one.since or "–"


# what is not covered ------------------------------------------------------------------------------------------------


def limits(record: Record) -> Markup:
    """What this report does not cover, so that nobody reads more into it than the record holds."""
    return items(not_covered(record))
