"""The page on all engagements: how each of them stands, the worst first, and which audits are due."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from workbook.analysis.portfolio import ORDER, Audit, Figures, MadeReport, Standing, due_audits
from workbook.language import later, say, say_many, term
from workbook.views import tag, verdict
from workbook.views.markup import (
    alarm,
    aside,
    card,
    cards,
    fact_line,
    hint,
    mark,
    note,
    page_link,
    quiet,
    table,
    under,
    view,
)
from workbook.views.states import GRADES, UNREADABLE, stage_state
from workbook.views.tag import fragment, text
from workbook.words import away, capitalized, count, day

SOON = 90  # days; audits that begin within them are counted
COLUMNS = {
    later("Engagement"): 20,
    later("Stage"): 14,
    later("Claim and proof"): 18,
    later("Open nonconformities"): 17,
    later("Stale evidence"): 10,
    later("Risks above the limit"): 9,
    later("Audit"): 12,
}
LEGEND = later(
    "Figures are those of each engagement's own pages; days are days in its time zone. A nonconformity is open until "
    "it is closed with all that closure needs. Evidence is counted by the answers that rest on it. Risks are "
    "counted that lie above the limit of the risk method today and that nobody accepts who may. For the team alone: it "
    "shows several engagements side by side. It supports audits and is not a certificate."
)


def engagements(standings: Sequence[Standing]) -> Markup:
    """Every engagement with its figures, the worst first; those that cannot be read before all others."""
    if not standings:
        how = say("Begin one in {page}, or with {command}.")
        begin = hint(text(how).format(page=page_link("00_start"), command=tag.code["workbook new NAME"]))
        return note(say("There is no engagement in this workspace yet."), begin)
    begun = [one for one in standings if one.figures or one.problem]
    ahead = [one.name for one in standings if one not in begun]
    waiting = note(say("Not begun yet at that time: {names}.", names=", ".join(ahead))) if ahead else None
    if not begun:
        return fragment(waiting)
    caption = say(
        "{engagements}, the worst first: what cannot be read, then by {order}.",
        engagements=count(len(begun), "engagement"),
        order=", ".join(map(term, ORDER)),
    )
    columns = {term(name): width for name, width in COLUMNS.items()}
    lines = [card(COLUMNS, _cells(one), f"engagement-{one.name}" if one.figures else None) for one in begun]
    return view(fact_line(_facts(begun)), cards(caption, columns, lines), waiting, note(say(LEGEND)), tells_facts=True)


def opened(standings: Sequence[Standing]) -> Markup:
    """How many engagements there are, in one line."""
    engagements = capitalized(count(len(standings), "engagement"))
    return note(say("{engagements} in this workspace.", engagements=engagements))


def _facts(begun: Sequence[Standing]) -> list[tuple[str, object]]:
    """What stands above all of it, in one line."""
    read = [one.figures for one in begun if one.figures]
    days = sorted({figures.on for figures in read})
    near = sum(bool(f.audit and 0 <= (f.audit.day - f.on).days <= SOON) for f in read)
    unread = len(begun) - len(read)
    return [
        (say("As of"), _span(days)),
        (say("Engagements"), len(begun)),
        (say("Cannot be read"), alarm(str(unread)) if unread else ""),
        (say("Not ready"), text(sum(not figures.rank for figures in read))),
        (say("Audit within {n} days", n=SOON), text(near)),
    ]


def _span(days: Sequence[date]) -> str:
    if len(days) > 1:
        return say("{day} to {last}", day=day(days[0]), last=day(days[-1]))
    return day(days[0]) if days else ""


def audits(standings: Sequence[Standing]) -> Markup:
    """The audits of all engagements that are not done yet, the earliest first."""
    rows = [_due(audit, figures) for audit, figures in due_audits(standings)]
    undated = sum(one.figures.undated for one in standings if one.figures)
    unsaid = say_many("{n} planned audit has no date.", "{n} planned audits have no date.", undated)
    where = text(say("Set it in {page}.")).format(page=page_link("00_start"))
    listed = table(
        say("{audits} still to be held, the earliest first.", audits=count(len(rows), "audit")),
        (say("Audit"), say("Date"), say("Engagement")),
        rows,
        empty=(say("No audit has a date ahead."), hint(where)),
    )
    return fragment(listed, note(unsaid) if undated else None)


def _due(audit: Audit, f: Figures) -> list[Markup]:
    what = under(audit.title, say("planned audit {key}", key=audit.key)) if audit.key else text(say("Audit begins"))
    return [what, _when(audit, f.on), under(f.title, f.organisation)]


# one engagement -----------------------------------------------------------------------------------------------------


def _cells(one: Standing) -> list[Markup]:
    f = one.figures
    if f is None:
        return [_named(one.name, one), fragment(mark(UNREADABLE), quiet(one.problem))]
    return [
        _named(f.title, one),
        _stage(f),
        _proof(f),
        _nonconformities(f),
        alarm(count(f.stale, "answer")) if f.stale else text(say("none")),
        _risks(f),
        _audit(f),
    ]


def _named(title: str, one: Standing) -> Markup:
    """What an engagement is called, whose it is, and where its report lies."""
    whose = " · ".join(filter(None, [one.figures.organisation if one.figures else "", one.name]))
    return fragment(tag.b[title], quiet(whose) if whose != title else None, quiet(_report(one)))


def _report(one: Standing) -> Markup:
    made = one.report
    if made is None:
        return text(say("no report made yet"))
    where = tag.a(href=f"../{made.folder}/index.html")[say("Report of revision {number}", number=made.revision)]
    flaws = [flaw for flaw in (_age(one.figures, made), "" if made.complete else say("incomplete")) if flaw]
    return fragment(where, ((", ", alarm(flaw)) for flaw in flaws))


def _age(f: Figures | None, made: MadeReport) -> str:
    """How a report differs from what stands here; empty if it does not."""
    if f is None:
        return ""
    if made.revision == f.head.number and made.hash != f.head.hash:
        return say("of another record than this one")
    if made.revision == f.head.number:
        return "" if made.as_of == f.on else say("as of {day}", day=day(made.as_of))
    if made.revision < f.head.number:
        return say("older than revision {number} here", number=f.head.number)
    return say("newer than revision {number} here", number=f.head.number)


def _stage(f: Figures) -> Markup:
    stage = mark(stage_state(f.stage, last=f.next_stage is None), capitalized(term(f.stage)))
    if f.next_stage is None:
        return under(stage, say("every condition is met"))
    left = count(f.missing, "condition")
    return under(stage, say("{conditions} short of “{stage}”", conditions=left, stage=term(f.next_stage)))


def _proof(f: Figures) -> Markup:
    if f.claimed is None or f.shown is None:
        return under("–", say("no question applies yet"))
    said = say("{claimed} % claimed, {shown} % shown", claimed=f.claimed, shown=f.shown)
    return fragment(said, verdict.bars(f.claimed, f.shown), aside(_counts(f)))


def _counts(f: Figures) -> Markup:
    """The counts as the verdict words them; what speaks against a claim stands out."""
    against = say("{n} contradicted", n=f.counts.contradicted)
    before, found, after = f.counts.text.rpartition(against)
    return fragment(before, alarm(found), after) if found and f.counts.contradicted else text(f.counts.text)


def _nonconformities(f: Figures) -> Markup:
    """The open ones by grade, and the corrective actions that are overdue."""
    majors, minors = say_many("{n} major", "{n} major", f.majors), say_many("{n} minor", "{n} minor", f.minors)
    found = (("major nonconformity", f.majors, majors), ("minor nonconformity", f.minors, minors))
    marks = [mark(GRADES[grade], words) for grade, many, words in found if many]
    actions, days = count(f.late_actions, "action"), count(f.late_days, "day")
    late = say("{actions} overdue, up to {days}", actions=actions, days=days)
    ungraded = say("{findings} without a grade", findings=count(f.ungraded, "open finding"))
    said = [words for words, many in ((ungraded, f.ungraded), (late, f.late_actions)) if many]
    return fragment(text(" ").join(marks) if marks else say("none"), (quiet(alarm(words)) for words in said))


def _risks(f: Figures) -> Markup:
    """Those above the limit, of how many; what nobody rated may be above it, too."""
    above = alarm(str(f.unaccepted)) if f.unaccepted else text(say("none"))
    unrated = quiet(alarm(say("{n} not rated", n=f.unrated))) if f.unrated else None
    return fragment(under(above, say("of {n} above the limit", n=f.high_risks)), unrated)


def _audit(f: Figures) -> Markup:
    own = _when(f.audit, f.on) if f.audit else alarm(say("no date"))
    return fragment(own, quiet(_planned(f)) if f.planned or f.undated else None)


def _planned(f: Figures) -> Markup:
    """How many planned audits are still to be held, and when the first of them is."""
    audits = count(len(f.planned) + f.undated, "planned audit")
    if not f.planned:
        return text(say("{audits}, without a date", audits=audits))
    return text(say("{audits}, the first {away}")).format(audits=audits, away=_away(f.planned[0], f.on))


def _when(audit: Audit, on: date) -> Markup:
    return under(tag.span(style="white-space:nowrap")[day(audit.day)], _away(audit, on))


def _away(audit: Audit, on: date) -> Markup:
    """How far an audit is; a planned one whose day has gone by was not held in time."""
    words = away(audit.day, on)
    return alarm(say("{away} and not done", away=words)) if audit.key and audit.day < on else text(words)
