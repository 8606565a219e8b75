"""The first page: who speaks, what is audited, how far everything is, what is due, which evidence is to come."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from workbook.analysis.evidence_plan import PlannedEvidence, planned_evidence
from workbook.analysis.progress import Progress, page_progress, whole_progress
from workbook.analysis.reviews import answers_to_review
from workbook.analysis.timeline import SETTLED, DueTask, due_tasks, milestones, say_starts, starts
from workbook.entries import Context, Task
from workbook.model import Revision
from workbook.record import Record, disclosed
from workbook.views import cards, tag
from workbook.views.markup import (
    aid,
    alarm,
    aside,
    due,
    fact_line,
    facts,
    heading,
    hint,
    items,
    link,
    long_table,
    mark,
    note,
    page_link,
    paragraph,
    table,
    under,
    view,
    who,
)
from workbook.views.states import EVIDENCE, RESULTS, REVIEWS, TASKS
from workbook.views.tag import fragment, text
from workbook.views.times import times
from workbook.words import away, count, day, day_in, moment, natural

# the line above every page, who speaks ------------------------------------------------------------------------------


def line(record: Record, speaker: str = "") -> Markup:
    """Which engagement is open, as of when, for which systems and audience; and who speaks, where one can type."""
    facts = [
        ("As of", day_in(record.on, record.engagement.time_zone)),
        ("Audit", say_starts(record.engagement, day) or "no date yet"),
        ("Systems", ", ".join(s.name for s in record.systems) or "none yet"),
        ("Edition", record.audience),
        ("Record", f"{count(record.head.number, 'revision')}, last {moment(record.local(record.head.at))}"),
    ]
    if speaker:
        facts.append(("You speak as", speaker))
    return fragment(tag.p(class_="eyebrow")[record.engagement.title], fact_line(facts))


def reviews(record: Record) -> Markup:
    """How many answers wait for review, by who gave them, who is not the one to review them; those to look at again."""
    queue = answers_to_review(record)
    again = [a for a in queue if a.reviewed]
    given = whole_progress(record).answered
    lead = f"{len(queue)} of {count(given, 'answer')} wait for a second person (control A.5.3)."
    if not queue:
        return note("Every answer given so far has been reviewed by a second person.")
    by = sorted(Counter(a.answer.actor for a in queue).items(), key=lambda pair: (-pair[1], natural(pair[0])))
    rows = [(cards.where(record, a), mark(RESULTS[a.result]), a.answer.actor, mark(REVIEWS[a.reviewed])) for a in again]
    listed = table("Changed since they were reviewed.", ("Question", "Result", "Answered by", "Review"), rows)
    return fragment(
        paragraph(lead),
        table("Answers that wait, by who gave them.", ("Answered by", "Wait for somebody else"), by),
        listed if rows else None,
    )


def speakers(record: Record, revisions: Sequence[Revision]) -> Markup:
    """Everybody who recorded something up to the end of `record`, in which role, and when last."""
    revisions_by_speaker: dict[tuple[str, str], list[Revision]] = defaultdict(list)
    for revision in revisions:
        if revision.number <= record.head.number:
            revisions_by_speaker[revision.actor, revision.role].append(revision)
    rows = [
        (who, role, len(mine), moment(record.local(mine[-1].at))) for (who, role), mine in revisions_by_speaker.items()
    ]
    caption = f"Who has spoken in this record: {count(len({who for who, _ in revisions_by_speaker}), 'name')}"
    headers = ("Name or role", "Role in the audit", "Revisions", "Last")
    return table(caption, headers, rows, empty="Nobody has recorded anything yet.")


# what is audited, how far it is -------------------------------------------------------------------------------------


def overview(record: Record) -> Markup:
    """What the audit is about, as facts."""
    about = record.engagement
    period = f"{day(about.period_from)} to {day(about.period_to)}" if about.period_from or about.period_to else ""
    return facts(
        [
            ("Audit", about.title),
            ("Organisation", about.organisation),
            ("Scope", about.scope or alarm("no scope written down")),
            ("Criteria", about.criteria),
            ("Kind of audit", about.audit_kind),
            ("Audit begins", _begins(record)),
            ("Audit period", period or alarm("no period set: nobody can say which evidence counts")),
            ("Goes on from", _origin(record)),
            ("Time zone", f"{about.time_zone}: days begin and end there"),
            ("Prepared by", about.prepared_by),
            ("Lead auditor", about.lead_auditor),
            ("ML systems", ", ".join(s.name for s in record.systems) or alarm("none in scope yet")),
            ("People", _people(record) or alarm("nobody named yet")),
            (
                "Record",
                f"{count(record.head.number, 'revision')}, last {moment(record.local(record.head.at)) or 'never'}",
            ),
        ]
    )


def _origin(record: Record) -> str:
    """The earlier audit, with its head then: a witness of that chain."""
    origin = record.engagement.carried_from
    return f"{origin.engagement} at revision {origin.number:,}, {origin.hash[:16]}" if origin else ""


def _people(record: Record) -> str:
    taking = Counter(str(r["part"] or "role not given") for r in record.register("people"))
    return ", ".join(f"{n} {part}" for part, n in sorted(taking.items()))


def _begins(record: Record) -> Markup:
    said = say_starts(record.engagement, lambda begins: f"{day(begins)}, {away(begins, record.on)}")
    return text(said) if said else alarm("no date: nothing can be due")


def progress(record: Record) -> Markup:
    """How far every page is, with the question to answer next."""
    pages = page_progress(record)
    rows = [_progress(p) for p in pages]
    whole = whole_progress(record)
    caption = (
        f"{whole.answered} of {whole.asked} answered, {whole.implemented} claimed as implemented; "
        f"{whole.evidenced} evidenced, {whole.reviewed} reviewed, {whole.tested} tested, "
        f"{whole.contradicted} contradicted"
    )
    if whole.to_reverify:
        caption += f"; {len(whole.to_reverify)} carried over and to re-verify"
    return table(
        caption, ("Page", "Asked", "Answered", "Implemented", "Evidenced", "Tested", "Next open question"), rows
    )


def _progress(p: Progress) -> list[Markup]:
    coming = p.next_open
    after = link(p.page, coming.key, coming.label) if coming else text("all answered")
    page = page_link(p.page)
    evidenced = under(p.evidenced, f"{p.stale} stale" if p.stale else "")
    again = f"{len(p.to_reverify)} to re-verify" if p.to_reverify else ""
    tested = under(p.tested, alarm(f"{p.contradicted} contradicted") if p.contradicted else "")
    return [page, text(p.asked), under(p.answered, again), text(p.implemented), evidenced, tested, after]


def timeline(record: Record) -> Markup:
    """The preparation counted back from the audit, with what is late and what comes next."""
    tasks = due_tasks(record)
    undated = (
        None
        if any(start.day for start in starts(record.engagement))
        else note("Without an audit date nothing has a due date.", hint("Set it in ", page_link("00_start"), "."))
    )
    rows = [_task(record, d) for d in tasks]
    late = sum(d.late for d in tasks)
    caption = f"{sum(d.status in SETTLED for d in tasks)} of {count(len(tasks), 'task')} settled, {late or 'none'} late"
    listed = long_table(caption, ("Task", "Due", "State", "Done when"), rows)
    return fragment(undated, times(milestones(record), record.on), listed)


def _task(record: Record, d: DueTask) -> list[Markup]:
    when = due(record.on, d.due) if d.late else text(day(d.due) or "no date")
    soon = " (next)" if d.next else ""
    remarks = " · ".join(filter(None, [d.stated.value.owner, disclosed(d.stated.value.note)]))
    return [
        under(d.task.title, d.task.phase),
        fragment(when, soon),
        under(mark(TASKS[d.status]), remarks),
        under(under(d.task.done_when, hint(d.task.do)), _yields(d.task)),
    ]


def _yields(task: Task) -> str:
    names = "; ".join(wanted.artefact for wanted in task.artefacts)
    return f"Leaves behind: {names}" if names else ""


def evidence_plan(record: Record) -> Markup:
    """Which artefacts prove what, by whom, by when, collected or not: a line for each question, what is late first."""
    plan = planned_evidence(record)
    if not plan:
        return paragraph("Nothing to collect yet.", hint("Add the ML systems in scope, and the plan makes itself."))
    collected = sum(p.proof.proven for p in plan)
    late = sum(p.late for p in plan)
    groups: dict[str, list[PlannedEvidence]] = {}
    for p in plan:
        groups.setdefault(record.catalog.section_of[p.asked.question.id].title, []).append(p)
    lead = f"{collected} of {count(len(plan), 'artefact')} collected as asked for; {late or 'none'} overdue."
    return fragment(tag.p(class_="lead")[lead], (_group(record, title, mine) for title, mine in groups.items()))


def _group(record: Record, title: str, plan: Sequence[PlannedEvidence]) -> Markup:
    proven = sum(p.proof.proven for p in plan)
    late = sum(p.late for p in plan)
    right = f"{proven} of {count(len(plan), 'artefact')}" + (f", {late} overdue" if late else "")
    questions = [list(group) for _, group in groupby(plan, key=lambda p: p.asked.key)]
    questions.sort(key=lambda planned: (-sum(p.late for p in planned), all(p.proof.proven for p in planned)))
    headers = ("Question", "Artefacts", "From", "By")
    return aid(title, right, "\n", table(title, headers, [_planned(record, one) for one in questions]), "\n")


def _planned(record: Record, planned: Sequence[PlannedEvidence]) -> list[Markup]:
    """What is there for one question, and the names of what is still to come."""
    first = planned[0]
    asked = first.asked
    page = record.catalog.page_asking[asked.question.id]
    there = [_artefact(p) for p in planned if p.proof.state != "none"]
    missing = "; ".join(p.proof.expected.artefact for p in planned if p.proof.state == "none")
    left = fragment(mark(EVIDENCE["none"]), " ", missing) if missing else fragment()
    return [
        under(link(page, asked.key, asked.question.title), asked.system.name if asked.system else "whole engagement"),
        items([*there, *filter(None, [left])]),
        who(first.owner),
        due(record.on, first.due) if any(p.late for p in planned) else text(day(first.due) or "no date"),
    ]


def _artefact(planned: PlannedEvidence) -> Markup:
    proof = planned.proof
    lacks = proof.says if proof.state != "none" and not proof.proven else ""
    beside = " · ".join(filter(None, [lacks, ", ".join(proof.keys)]))
    return fragment(mark(EVIDENCE[proof.state]), " ", proof.expected.artefact, " ", aside(beside) if beside else None)


def context(record: Record) -> Markup:
    """What a reader should know before the questions, with the references it rests on."""
    entries = record.catalog.context
    if not entries:
        return note("The checklists hold nothing to read first.")
    return view(
        *(piece for c in entries for piece in (heading(c.title, c.id), paragraph(c.text), _rests_on(record, c)))
    )


def _rests_on(record: Record, entry: Context) -> Markup:
    found = record.catalog.references(entry.refs)
    if not found:
        return fragment()
    return aid("What this rests on", count(len(found), "reference"), cards.references(found))
