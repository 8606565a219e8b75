"""The page on all engagements: how each of them stands, the worst first, and which audits are due."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from workbook.analysis.portfolio import ORDER, Audit, Figures, MadeReport, Standing, due_audits
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
    "Engagement": 20,
    "Stage": 14,
    "Claim and proof": 20,
    "Open nonconformities": 15,
    "Stale evidence": 10,
    "Risks above the limit": 9,
    "Audit": 12,
}
LEGEND = (
    "Figures are those of each engagement's own pages; days are days in its time zone. A nonconformity is open until "
    "it is closed with all that closure needs. Evidence is counted by the answers that rest on it. Risks are "
    "counted that lie above the limit of the risk method today and that nobody accepts who may. For the team alone: it "
    "shows several engagements side by side. It supports audits and is not a certificate."
)


def engagements(standings: Sequence[Standing]) -> Markup:
    """Every engagement with its figures, the worst first; those that cannot be read before all others."""
    if not standings:
        begin = hint("Begin one in ", page_link("00_start"), ", or with ", tag.code["workbook new NAME"], ".")
        return note("There is no engagement in this workspace yet.", begin)
    begun = [one for one in standings if one.figures or one.problem]
    ahead = [one.name for one in standings if one not in begun]
    later = note(f"Not begun yet at that time: {', '.join(ahead)}.") if ahead else None
    if not begun:
        return fragment(later)
    caption = f"{count(len(begun), 'engagement')}, the worst first: what cannot be read, then by {', '.join(ORDER)}."
    lines = [card(COLUMNS, _cells(one), f"engagement-{one.name}" if one.figures else None) for one in begun]
    return view(fact_line(_facts(begun)), cards(caption, COLUMNS, lines), later, note(LEGEND), tells_facts=True)


def opened(standings: Sequence[Standing]) -> Markup:
    """How many engagements there are, in one line."""
    return note(f"{capitalized(count(len(standings), 'engagement'))} in this workspace.")


def _facts(begun: Sequence[Standing]) -> list[tuple[str, object]]:
    """What stands above all of it, in one line."""
    read = [one.figures for one in begun if one.figures]
    days = sorted({figures.on for figures in read})
    near = sum(bool(f.audit and 0 <= (f.audit.day - f.on).days <= SOON) for f in read)
    unread = len(begun) - len(read)
    return [
        ("As of", " to ".join(dict.fromkeys(map(day, days[:1] + days[-1:])))),
        ("Engagements", len(begun)),
        ("Cannot be read", alarm(str(unread)) if unread else ""),
        ("Not ready", text(sum(not figures.rank for figures in read))),
        (f"Audit within {SOON} days", text(near)),
    ]


def audits(standings: Sequence[Standing]) -> Markup:
    """The audits of all engagements that are not done yet, the earliest first."""
    rows = [_due(audit, figures) for audit, figures in due_audits(standings)]
    undated = sum(one.figures.undated for one in standings if one.figures)
    unsaid = note(f"{capitalized(count(undated, 'planned audit has', 'planned audits have'))} no date.")
    listed = table(
        f"{count(len(rows), 'audit')} still to be held, the earliest first.",
        ("Audit", "Date", "Engagement"),
        rows,
        empty=("No audit has a date ahead.", hint("Set it in ", page_link("00_start"), ".")),
    )
    return fragment(listed, unsaid if undated else None)


def _due(audit: Audit, f: Figures) -> list[Markup]:
    what = under(audit.title, f"planned audit {audit.key}") if audit.key else text("Audit begins")
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
        alarm(count(f.stale, "answer")) if f.stale else text("none"),
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
        return text("no report made yet")
    where = tag.a(href=f"../{made.folder}/index.html")[f"Report of revision {made.revision}"]
    flaws = [flaw for flaw in (_age(one.figures, made), "" if made.complete else "incomplete") if flaw]
    return fragment(where, ((", ", alarm(flaw)) for flaw in flaws))


def _age(f: Figures | None, made: MadeReport) -> str:
    """How a report differs from what stands here; empty if it does not."""
    if f is None:
        return ""
    if made.revision == f.head.number and made.hash != f.head.hash:
        return "of another record than this one"
    if made.revision == f.head.number:
        return "" if made.as_of == f.on else f"as of {day(made.as_of)}"
    return f"{'older' if made.revision < f.head.number else 'newer'} than revision {f.head.number} here"


def _stage(f: Figures) -> Markup:
    left = f"{count(f.missing, 'condition')} short of “{f.next_stage}”" if f.next_stage else "every condition is met"
    return under(mark(stage_state(f.stage, last=f.next_stage is None), capitalized(f.stage)), left)


def _proof(f: Figures) -> Markup:
    if f.claimed is None or f.shown is None:
        return under("–", "no question applies yet")
    return fragment(f"{f.claimed} % claimed, {f.shown} % shown", verdict.bars(f.claimed, f.shown), aside(_counts(f)))


def _counts(f: Figures) -> Markup:
    """The counts as the verdict words them; what speaks against a claim stands out."""
    whole, against = f.counts.text, f"{f.counts.contradicted} contradicted"
    return fragment(whole.removesuffix(against), alarm(against)) if f.counts.contradicted else text(whole)


def _nonconformities(f: Figures) -> Markup:
    """The open ones by grade, and the corrective actions that are overdue."""
    found = {"major nonconformity": f.majors, "minor nonconformity": f.minors}
    marks = [mark(GRADES[grade], f"{n} {grade.partition(' ')[0]}") for grade, n in found.items() if n]
    late = f"{count(f.late_actions, 'action')} overdue, up to {count(f.late_days, 'day')}"
    ungraded = f"{count(f.ungraded, 'open finding')} without a grade"
    said = [words for words, many in ((ungraded, f.ungraded), (late, f.late_actions)) if many]
    return fragment(text(" ").join(marks) if marks else "none", (quiet(alarm(words)) for words in said))


def _risks(f: Figures) -> Markup:
    """Those above the limit, of how many; what nobody rated may be above it, too."""
    above = alarm(str(f.unaccepted)) if f.unaccepted else text("none")
    unrated = quiet(alarm(f"{f.unrated} not rated")) if f.unrated else None
    return fragment(under(above, f"of {f.high_risks} above the limit"), unrated)


def _audit(f: Figures) -> Markup:
    own = _when(f.audit, f.on) if f.audit else alarm("no date")
    return fragment(own, quiet(_planned(f)) if f.planned or f.undated else None)


def _planned(f: Figures) -> Markup:
    """How many planned audits are still to be held, and when the first of them is."""
    words = count(len(f.planned) + f.undated, "planned audit")
    first = (", the first ", _away(f.planned[0], f.on)) if f.planned else ", without a date"
    return fragment(words, first)


def _when(audit: Audit, on: date) -> Markup:
    return under(tag.span(style="white-space:nowrap")[day(audit.day)], _away(audit, on))


def _away(audit: Audit, on: date) -> Markup:
    """How far an audit is; a planned one whose day has gone by was not held in time."""
    words = away(audit.day, on)
    return alarm(f"{words} and not done") if audit.key and audit.day < on else text(words)
