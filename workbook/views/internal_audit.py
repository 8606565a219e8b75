"""Page 5: the internal audit: plan, independence, tests, findings, what is watched, readiness, questions people ask."""

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from workbook.analysis.findings import Finding, open_by_age, ranked_findings, weaknesses_of_action
from workbook.analysis.independence import Auditor, auditors, unplanned_systems
from workbook.analysis.verdict import judge
from workbook.analysis.watches import EvaluatedWatch, Indication, evaluate_watches
from workbook.audience import shows_forecast
from workbook.entries import Faq
from workbook.record import Record, Row, disclosed
from workbook.scale import GRADES, NONCONFORMITIES
from workbook.views import cards, states, tag, verdict
from workbook.views.markup import (
    aid,
    alarm,
    due,
    facts,
    folded,
    hint,
    items,
    long_table,
    mark,
    note,
    page_link,
    paragraph,
    quiet,
    table,
    under,
    view,
    who,
)
from workbook.views.places import with_trails
from workbook.views.states import INDEPENDENCE, WATCHES
from workbook.views.tag import fragment, text
from workbook.words import capitalized, count, day, first_of, natural

GATES = (
    "What no score outweighs: an open major nonconformity, a document that an auditor asks for and that is missing, "
    "a risk above the limit that nobody accepted."
)


def grade(name: str) -> Markup:
    """The grade of a finding as a small label: sign and word."""
    return mark(states.GRADES[name]) if name in states.GRADES else text(name)


# common findings, watched -------------------------------------------------------------------------------------------


def watches(record: Record) -> Markup:
    """Each common finding with the signs of it that the record shows today, and what prevents it; for the team."""
    if not shows_forecast(record.audience):
        return fragment()
    found = evaluate_watches(record)
    if not found:
        return note("The checklists name no finding to watch for.")
    return fragment(_watch(record, one) for one in found)


def _watch(record: Record, one: EvaluatedWatch) -> Markup:
    watch = one.watch
    about = facts(
        [
            ("Signs today", _indications(one)),
            ("Cannot tell yet", _unanswered(one)),
            ("An auditor writes", watch.finding),
            ("What prevents it", watch.prevent),
        ]
    )
    sources = aid("References", "", cards.references(record.catalog.references(watch.refs)))
    title = fragment(watch.title, " ", _watch_state(one))
    return folded(title, f"usually a {watch.grade}", about, sources)


def _watch_state(one: EvaluatedWatch) -> Markup:
    if one.indications:
        return mark(WATCHES["signs"], f"{count(len(one.indications), 'sign')} of it")
    return mark(WATCHES["clear" if one.clear else "unknown"])


def _indications(one: EvaluatedWatch) -> Markup:
    if not one.indications:
        return text("None in what is recorded.")
    return items(_indication(indication) for indication in one.indications)


def _indication(indication: Indication) -> Markup:
    return under(indication.says, first_of((words for _, words in indication.where), 6))


def _unanswered(one: EvaluatedWatch) -> str:
    if not one.examined and not one.unanswered:
        return "Nothing that it looks at is recorded yet."
    return f"Not assessed: {first_of((words for _, words in one.unanswered), 6)}." if one.unanswered else ""


# readiness ----------------------------------------------------------------------------------------------------------


def readiness(record: Record) -> Markup:
    """The verdict: its stage, its conditions, what is contradicted, and the arithmetic of its figures; for the team."""
    if not shows_forecast(record.audience):
        return fragment()
    return view(verdict.readiness(record, judge(record)))


# plan and independence ----------------------------------------------------------------------------------------------


def plan(record: Record) -> Markup:
    """The planned audits by date, what is late, and which systems none of them names."""
    audits = sorted(record.register("plan"), key=lambda r: (r["date"] is None, r["date"] or record.on, natural(r.key)))
    listed = table(
        f"{count(len(audits), 'planned audit')}.",
        ["What is audited", "Date", "Auditor", "With whom", "Systems", "Criteria and sampling"],
        [_planned_audit(record, row) for row in audits],
        empty=("Nothing is planned yet.", hint("Add one audit per area; name criteria and auditor (clause 9.2.2).")),
    )
    left = unplanned_systems(record) if audits else ()
    missed = f"No planned audit names {', '.join(s.name for s in left)}." if left else ""
    return fragment(listed, paragraph(alarm(missed)) if missed else None)


def _planned_audit(record: Record, row: Row) -> tuple[Markup, ...]:
    systems = ", ".join(record.label("systems", key) for key in row["systems"] or ()) or "all"
    return (
        text(row.name),
        _when(record, row),
        who(row["auditor"]),
        who(row["auditee"]),
        text(systems),
        under(row["criteria"] or alarm("no criteria"), ", ".join(filter(None, [row["method"], row["sampling"]]))),
    )


def _when(record: Record, row: Row) -> Markup:
    if row["date"] is None:
        return alarm("no date")
    late = (record.on - row["date"]).days
    if row["status"] == "planned" and late > 0:
        return under(day(row["date"]), alarm(f"{count(late, 'day')} ago and not done"))
    return under(day(row["date"]), row["status"])


def independence(record: Record) -> Markup:
    """Who audits what, what they declared, and where they would check their own work."""
    found = auditors(record)
    conflicted = sum(bool(one.conflicts) for one in found)
    return table(
        f"{count(len(found), 'auditor')}, {conflicted or 'none'} with a conflict. Nobody audits their own work "
        "(control A.5.3, clause 9.2.2).",
        ["Auditor", "Worked on in the last 24 months, and competence", "Audits", "Verdict"],
        [_auditor(one) for one in found],
        empty=("No auditor is named yet.", hint("Add one to the people in ", page_link("00_start"), ".")),
    )


def _auditor(one: Auditor) -> tuple[Markup, ...]:
    worked = text(one.person["worked_on"] if one.person and one.person["worked_on"] else "not declared")
    audits = "; ".join(s.name for s in one.planned) or "none planned"
    found = mark(INDEPENDENCE["conflict" if one.conflicts else "not shown" if one.gaps else "independent"])
    reasons = items(capitalized(t) for t in (*one.conflicts, *one.gaps))
    return (
        text(one.name),
        under(worked, one.person["competence"] if one.person else None),
        under(audits, count(len(one.tests), "test")),
        found + reasons,
    )


# findings -----------------------------------------------------------------------------------------------------------


def findings(record: Record) -> Markup:
    """The findings by grade and age with their corrective actions, overdue first; closed ones folded."""
    found = ranked_findings(record)
    waiting = [one for one in found if one.open]
    counted = Counter(one.row["grade"] for one in waiting)
    by_grade = ", ".join(f"{counted[g]} {g}" for g in GRADES if counted[g])
    late = sum(one.late > 0 for one in waiting)
    listed = long_table(
        f"{count(len(waiting), 'open finding')}{': ' + by_grade if by_grade else ''}; {late or 'none'} overdue.",
        ["Finding", "Grade", "Age", "Due", "Owner", "Corrective actions"],
        [_finding(record, one) for one in waiting],
        empty="No finding is open." if found else "No finding is raised yet.",
    )
    listed = _by_age(record) + listed if waiting else listed
    closed = [one for one in found if not one.open]
    if not closed:
        return listed
    many = count(len(closed), "closed finding")
    return listed + folded(many, "", items(_closed(one.row) for one in closed))


def _by_age(record: Record) -> Markup:
    """How long findings are open: a bar of grades for each span of time, with the same in words."""
    ages = open_by_age(record)
    most = max(map(len, ages.values()))
    rows = [(says, _age_bar(found, most), _aged(found)) for says, found in ages.items()]
    return table("How long findings are open, by grade.", ["Open for", "Share", "Findings"], rows)


def _age_bar(found: Sequence[Finding], most: int) -> Markup:
    counted = Counter(states.GRADES[one.row["grade"]] if one.row["grade"] in GRADES else None for one in found)
    pieces = [_piece(look.kind if look else "unk", counted[look] / most) for look in (*states.GRADES.values(), None)]
    return tag.div(class_="bar ages", aria_hidden="true")[pieces]


def _piece(kind: str, share: float) -> Markup | None:
    return tag.i(style=f"width:{100 * share:.0f}%;background:var(--{kind},#888)").__html__() if share else None


def _aged(found: Sequence[Finding]) -> Markup:
    counted = Counter(one.row["grade"] for one in found)
    named = [f"{states.GRADES[name].sign} {counted[name]} {name}" for name in GRADES if counted[name]]
    ungraded = sum(number for name, number in counted.items() if name not in GRADES)
    late = sum(one.late > 0 for one in found)
    words = "; ".join([*named, *([f"{ungraded} without a grade"] if ungraded else [])]) or "none"
    return fragment(words, "; " if late else None, alarm(f"{late} overdue") if late else None)


def _closed(row: Row) -> str:
    return f"{row.key} {row.name} ({row['grade']}), closed {day(row['closed_on']) or 'without a date'}"


def _finding(record: Record, one: Finding) -> tuple[object, ...]:
    row, nonconforms = one.row, one.row["grade"] in NONCONFORMITIES
    statement = disclosed(row["statement"] or "no statement")
    gap = f"Gap: {disclosed(row['shortfall'])}" if disclosed(row["shortfall"] or "") else ""
    details = " · ".join(filter(None, [row["requirement"] or "no requirement named", statement, gap]))
    named = under(with_trails(record, f"{row.key} {row.name}"), with_trails(record, details))
    age = "no date" if one.age is None else count(one.age, "day")
    actions = items(_action(record, action) for action in one.actions)
    return (
        named,
        fragment(grade(row["grade"]), quiet(row["status"]), _why_major(row)),
        age,
        due(record.on, row["due"]) if row["due"] or nonconforms else "–",
        who(row["owner"]),
        actions or (alarm("no corrective action") if nonconforms else "–"),
    )


def _why_major(row: Row) -> Markup:
    """Which of the tests for a major nonconformity is met; said where nobody named one."""
    if row["grade"] != NONCONFORMITIES[0]:
        return fragment()
    return quiet(row["grade_reason"] or alarm("major by no stated test"))


def _action(record: Record, row: Row) -> Markup:
    weaknesses = weaknesses_of_action(record, row)
    state = f"{row['status']}{', due ' + day(row['due']) if row['due'] else ''}"
    words = fragment(state, "; ", alarm("; ".join(weaknesses))) if weaknesses else text(state)
    return under(f"{row.key} {row.name}", words)


def faq(record: Record) -> Markup:
    """The questions people ask, each with its answer and what it rests on."""
    entries = record.catalog.faq
    if not entries:
        return note("The checklists hold no questions and answers.")
    return fragment(aid(f.question, "", paragraph(f.answer), facts([_references(record, f)])) for f in entries)


def _references(record: Record, entry: Faq) -> tuple[str, Markup]:
    return "References", cards.references(record.catalog.references(entry.refs))
