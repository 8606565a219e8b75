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
from workbook.language import say, say_many, term
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
    return mark(states.GRADES[name]) if name in states.GRADES else text(term(name))


# common findings, watched -------------------------------------------------------------------------------------------


def watches(record: Record) -> Markup:
    """Each common finding with the signs of it that the record shows today, and what prevents it; for the team."""
    if not shows_forecast(record.audience):
        return fragment()
    found = evaluate_watches(record)
    if not found:
        return note(say("The checklists name no finding to watch for."))
    return fragment(_watch(record, one) for one in found)


def _watch(record: Record, one: EvaluatedWatch) -> Markup:
    watch = one.watch
    about = facts(
        [
            (say("Signs today"), _indications(one)),
            (say("Cannot tell yet"), _unanswered(one)),
            (say("An auditor writes"), term(watch.finding)),
            (say("What prevents it"), term(watch.prevent)),
        ]
    )
    sources = aid(say("References"), "", cards.references(record.catalog.references(watch.refs)))
    title = fragment(term(watch.title), " ", _watch_state(one))
    return folded(title, say("usually a {grade}", grade=term(watch.grade)), about, sources)


def _watch_state(one: EvaluatedWatch) -> Markup:
    if one.indications:
        return mark(WATCHES["signs"], say_many("{n} sign of it", "{n} signs of it", len(one.indications)))
    return mark(WATCHES["clear" if one.clear else "unknown"])


def _indications(one: EvaluatedWatch) -> Markup:
    if not one.indications:
        return text(say("None in what is recorded."))
    return items(_indication(indication) for indication in one.indications)


def _indication(indication: Indication) -> Markup:
    return under(term(indication.says), first_of((words for _, words in indication.where), 6))


def _unanswered(one: EvaluatedWatch) -> str:
    if not one.examined and not one.unanswered:
        return say("Nothing that it looks at is recorded yet.")
    named = first_of((words for _, words in one.unanswered), 6)
    return say("Not assessed: {questions}.", questions=named) if one.unanswered else ""


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
        [
            say("What is audited"),
            say("Date"),
            say("Auditor"),
            say("With whom"),
            say("Systems"),
            say("Criteria and sampling"),
        ],
        [_planned_audit(record, row) for row in audits],
        empty=(
            say("Nothing is planned yet."),
            hint(say("Add one audit per area; name criteria and auditor (clause 9.2.2).")),
        ),
    )
    left = unplanned_systems(record) if audits else ()
    missed = say("No planned audit names {systems}.", systems=", ".join(s.name for s in left)) if left else ""
    return fragment(listed, paragraph(alarm(missed)) if missed else None)


def _planned_audit(record: Record, row: Row) -> tuple[Markup, ...]:
    systems = ", ".join(record.label("systems", key) for key in row["systems"] or ()) or say("all")
    return (
        text(row.name),
        _when(record, row),
        who(row["auditor"]),
        who(row["auditee"]),
        text(systems),
        under(
            row["criteria"] or alarm(say("no criteria")),
            ", ".join(filter(None, [term(row["method"]), row["sampling"]])),
        ),
    )


def _when(record: Record, row: Row) -> Markup:
    if row["date"] is None:
        return alarm(say("no date"))
    late = (record.on - row["date"]).days
    if row["status"] == "planned" and late > 0:
        return under(day(row["date"]), alarm(say_many("{n} day ago and not done", "{n} days ago and not done", late)))
    return under(day(row["date"]), term(row["status"]))


def independence(record: Record) -> Markup:
    """Who audits what, what they declared, and where they would check their own work."""
    found = auditors(record)
    conflicted = sum(bool(one.conflicts) for one in found)
    many = count(len(found), "auditor")
    none = say("{auditors}, none with a conflict. Nobody audits their own work (control A.5.3, clause 9.2.2).",
               auditors=many)  # fmt: skip
    some = say("{auditors}, {conflicted} with a conflict. Nobody audits their own work (control A.5.3, clause 9.2.2).",
               auditors=many, conflicted=conflicted)  # fmt: skip
    return table(
        some if conflicted else none,
        [say("Auditor"), say("Worked on in the last 24 months, and competence"), say("Audits"), say("Verdict")],
        [_auditor(one) for one in found],
        empty=(
            say("No auditor is named yet."),
            hint(text(say("Add one to the people in {page}.")).format(page=page_link("00_start"))),
        ),
    )


def _auditor(one: Auditor) -> tuple[Markup, ...]:
    worked = text(one.person["worked_on"] if one.person and one.person["worked_on"] else say("not declared"))
    audits = "; ".join(s.name for s in one.planned) or say("none planned")
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
    by_grade = ", ".join(say("{n} {grade}", n=counted[g], grade=term(g)) for g in GRADES if counted[g])
    late = say("{late} overdue", late=sum(one.late > 0 for one in waiting) or say("none"))
    listed = long_table(
        f"{count(len(waiting), 'open finding')}{': ' + by_grade if by_grade else ''}; {late}.",
        [say("Finding"), say("Grade"), say("Age"), say("Due"), say("Owner"), say("Corrective actions")],
        [_finding(record, one) for one in waiting],
        empty=say("No finding is open.") if found else say("No finding is raised yet."),
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
    rows = [(term(says), _age_bar(found, most), _aged(found)) for says, found in ages.items()]
    headers = [say("Open for"), say("Share"), say("Findings")]
    return table(say("How long findings are open, by grade."), headers, rows)


def _age_bar(found: Sequence[Finding], most: int) -> Markup:
    counted = Counter(states.GRADES[one.row["grade"]] if one.row["grade"] in GRADES else None for one in found)
    pieces = [_piece(look.kind if look else "unk", counted[look] / most) for look in (*states.GRADES.values(), None)]
    return tag.div(class_="bar ages", aria_hidden="true")[pieces]


def _piece(kind: str, share: float) -> Markup | None:
    return tag.i(style=f"width:{100 * share:.0f}%;background:var(--{kind},#888)").__html__() if share else None


def _aged(found: Sequence[Finding]) -> Markup:
    counted = Counter(one.row["grade"] for one in found)
    listed = [(states.GRADES[name].sign, counted[name], term(name)) for name in GRADES if counted[name]]
    named = [f"{sign} {say('{n} {grade}', n=number, grade=name)}" for sign, number, name in listed]
    ungraded = sum(number for name, number in counted.items() if name not in GRADES)
    late = sum(one.late > 0 for one in found)
    named += [say("{n} without a grade", n=ungraded)] if ungraded else []
    words = "; ".join(named) or say("none")
    return fragment(words, "; " if late else None, alarm(say("{late} overdue", late=late)) if late else None)


def _closed(row: Row) -> str:
    named = f"{row.key} {row.name} ({term(row['grade'])})"
    if row["closed_on"] is None:
        return say("{finding}, closed without a date", finding=named)
    return say("{finding}, closed {day}", finding=named, day=day(row["closed_on"]))


def _finding(record: Record, one: Finding) -> tuple[object, ...]:
    row, nonconforms = one.row, one.row["grade"] in NONCONFORMITIES
    statement = disclosed(row["statement"] or say("no statement"))
    lacks = disclosed(row["shortfall"] or "")
    gap = say("Gap: {gap}", gap=lacks) if lacks else ""
    details = " · ".join(filter(None, [row["requirement"] or say("no requirement named"), statement, gap]))
    named = under(with_trails(record, f"{row.key} {row.name}"), with_trails(record, details))
    age = say("no date") if one.age is None else count(one.age, "day")
    actions = items(_action(record, action) for action in one.actions)
    return (
        named,
        fragment(grade(row["grade"]), quiet(term(row["status"])), _why_major(row)),
        age,
        due(record.on, row["due"]) if row["due"] or nonconforms else "–",
        who(row["owner"]),
        actions or (alarm(say("no corrective action")) if nonconforms else "–"),
    )


def _why_major(row: Row) -> Markup:
    """Which of the tests for a major nonconformity is met; said where nobody named one."""
    if row["grade"] != NONCONFORMITIES[0]:
        return fragment()
    return quiet(term(row["grade_reason"]) or alarm(say("major by no stated test")))


def _action(record: Record, row: Row) -> Markup:
    weaknesses = weaknesses_of_action(record, row)
    status = term(row["status"])
    state = say("{status}, due {day}", status=status, day=day(row["due"])) if row["due"] else status
    words = fragment(state, "; ", alarm("; ".join(weaknesses))) if weaknesses else text(state)
    return under(f"{row.key} {row.name}", words)


def faq(record: Record) -> Markup:
    """The questions people ask, each with its answer and what it rests on."""
    entries = record.catalog.faq
    if not entries:
        return note(say("The checklists hold no questions and answers."))
    told = (aid(term(f.question), "", paragraph(term(f.answer)), facts([_references(record, f)])) for f in entries)
    return tag.div(class_="aids")[told]


def _references(record: Record, entry: Faq) -> tuple[str, Markup]:
    return say("References"), cards.references(record.catalog.references(entry.refs))
