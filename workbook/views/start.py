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
from workbook.language import ENGLISH, is_said, later, say, say_many, spoken, term, written
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
from workbook.wording import wording
from workbook.words import away, count, day, day_in, moment, natural

# the line above every page, who speaks ------------------------------------------------------------------------------


def line(record: Record, speaker: str = "") -> Markup:
    """Which engagement is open, as of when, for which systems and audience; and who speaks, where one can type."""
    facts = [
        (say("As of"), day_in(record.on, record.engagement.time_zone)),
        (say("Audit"), say_starts(record.engagement, day) or say("no date yet")),
        (say("Systems"), ", ".join(s.name for s in record.systems) or say("none yet")),
        (say("Edition"), term(record.audience)),
        (say("Record"), _revisions(record, moment(record.local(record.head.at)))),
    ]
    if speaker:
        facts.append((say("You speak as"), speaker))
    title = tag.p(class_="eyebrow")[record.engagement.title]
    return fragment(title, fact_line(facts), note(untold) if (untold := untranslated(record)) else None)


def untranslated(record: Record) -> str:
    """How much of the checklists stands in another language than the one that is spoken; empty where all is said."""
    return "" if spoken() == ENGLISH else record.once(_untranslated)


def _untranslated(record: Record) -> str:
    every = set(wording(record.catalog.topics))
    left = sum(not is_said(words) for words in every)
    says = say("{n} of {all} texts of the checklists are not translated: they stand as they were written.",
               n=written(left), all=written(len(every)))  # fmt: skip
    return says if left else ""


def _revisions(record: Record, last: str) -> str:
    return say("{revisions}, last {moment}", revisions=count(record.head.number, "revision"), moment=last)


def reviews(record: Record) -> Markup:
    """How many answers wait for review, by who gave them, who is not the one to review them; those to look at again."""
    queue = answers_to_review(record)
    again = [a for a in queue if a.reviewed]
    given = whole_progress(record).answered
    if not queue:
        return note(say("Every answer given so far has been reviewed by a second person."))
    every = count(given, "answer")
    lead = say("{n} of {answers} wait for a second person (control A.5.3).", n=len(queue), answers=every)
    by = sorted(Counter(a.answer.actor for a in queue).items(), key=lambda pair: (-pair[1], natural(pair[0])))
    rows = [(cards.where(record, a), mark(RESULTS[a.result]), a.answer.actor, mark(REVIEWS[a.reviewed])) for a in again]
    headers = (say("Question"), say("Result"), say("Answered by"), say("Review"))
    listed = table(say("Changed since they were reviewed."), headers, rows)
    return fragment(
        paragraph(lead),
        table(say("Answers that wait, by who gave them."), (say("Answered by"), say("Wait for somebody else")), by),
        listed if rows else None,
    )


def speakers(record: Record, revisions: Sequence[Revision]) -> Markup:
    """Everybody who recorded something up to the end of `record`, in which role, and when last."""
    revisions_by_speaker: dict[tuple[str, str], list[Revision]] = defaultdict(list)
    for revision in revisions:
        if revision.number <= record.head.number:
            revisions_by_speaker[revision.actor, revision.role].append(revision)
    rows = [
        (who, term(role), len(mine), moment(record.local(mine[-1].at)))
        for (who, role), mine in revisions_by_speaker.items()
    ]
    names = count(len({who for who, _ in revisions_by_speaker}), "name")
    caption = say("Who has spoken in this record: {names}", names=names)
    headers = (say("Name or role"), say("Role in the audit"), say("Revisions"), say("Last"))
    return table(caption, headers, rows, empty=say("Nobody has recorded anything yet."))


# what is audited, how far it is -------------------------------------------------------------------------------------


def overview(record: Record) -> Markup:
    """What the audit is about, as facts."""
    about = record.engagement
    return facts(
        [
            (say("Audit"), about.title),
            (say("Organisation"), about.organisation),
            (say("Scope"), about.scope or alarm(say("no scope written down"))),
            (say("Criteria"), about.criteria),
            (say("Kind of audit"), term(about.audit_kind)),
            (say("Audit begins"), _begins(record)),
            (say("Audit period"), _period(record) or alarm(say("no period set: nobody can say which evidence counts"))),
            (say("Goes on from"), _origin(record)),
            (say("Time zone"), say("{zone}: days begin and end there", zone=about.time_zone)),
            (say("Prepared by"), about.prepared_by),
            (say("Lead auditor"), about.lead_auditor),
            (say("ML systems"), ", ".join(s.name for s in record.systems) or alarm(say("none in scope yet"))),
            (say("People"), _people(record) or alarm(say("nobody named yet"))),
            (say("Record"), _revisions(record, moment(record.local(record.head.at)) or say("never"))),
        ]
    )


def _period(record: Record) -> str:
    first, last = record.engagement.period_from, record.engagement.period_to
    return say("{day} to {last}", day=day(first), last=day(last)) if first or last else ""


def _origin(record: Record) -> str:
    """The earlier audit, with its head then: a witness of that chain."""
    origin = record.engagement.carried_from
    if not origin:
        return ""
    number = written(origin.number)
    return say("{name} at revision {number}, {hash}", name=origin.engagement, number=number, hash=origin.hash[:16])


def _people(record: Record) -> str:
    taking = Counter(str(r["part"] or later("role not given")) for r in record.register("people"))
    return ", ".join(say("{n} {part}", n=n, part=term(part)) for part, n in sorted(taking.items()))


def _begins(record: Record) -> Markup:
    said = say_starts(record.engagement, lambda begins: f"{day(begins)}, {away(begins, record.on)}")
    return text(said) if said else alarm(say("no date: nothing can be due"))


def progress(record: Record) -> Markup:
    """How far every page is, with the question to answer next."""
    pages = page_progress(record)
    rows = [_progress(p) for p in pages]
    whole = whole_progress(record)
    caption = say(
        "{answered} of {asked} answered, {implemented} claimed as implemented; {evidenced} evidenced, "
        "{reviewed} reviewed, {tested} tested, {contradicted} contradicted",
        answered=whole.answered,
        asked=whole.asked,
        implemented=whole.implemented,
        evidenced=whole.evidenced,
        reviewed=whole.reviewed,
        tested=whole.tested,
        contradicted=whole.contradicted,
    )
    if whole.to_reverify:
        caption += "; " + say("{n} carried over and to re-verify", n=len(whole.to_reverify))
    figures = (say("Asked"), say("Answered"), say("Implemented"), say("Evidenced"), say("Tested"))
    return table(caption, (say("Page"), *figures, say("Next open question")), rows)


def _progress(p: Progress) -> list[Markup]:
    coming = p.next_open
    after = link(p.page, coming.key, coming.label) if coming else text(say("all answered"))
    page = page_link(p.page)
    evidenced = under(p.evidenced, say("{n} stale", n=p.stale) if p.stale else "")
    again = say("{n} to re-verify", n=len(p.to_reverify)) if p.to_reverify else ""
    tested = under(p.tested, alarm(say("{n} contradicted", n=p.contradicted)) if p.contradicted else "")
    return [page, text(p.asked), under(p.answered, again), text(p.implemented), evidenced, tested, after]


def timeline(record: Record) -> Markup:
    """The preparation counted back from the audit, with what is late and what comes next."""
    tasks = due_tasks(record)
    undated = (
        None
        if any(start.day for start in starts(record.engagement))
        else note(
            say("Without an audit date nothing has a due date."),
            hint(text(say("Set it in {page}.")).format(page=page_link("00_start"))),
        )
    )
    rows = [_task(record, d) for d in tasks]
    late = sum(d.late for d in tasks)
    caption = say(
        "{settled} of {tasks} settled, {late} late",
        settled=sum(d.status in SETTLED for d in tasks),
        tasks=count(len(tasks), "task"),
        late=late or say("none"),
    )
    listed = long_table(caption, (say("Task"), say("Due"), say("State"), say("Done when")), rows)
    return fragment(undated, times(milestones(record), record.on), listed)


def _task(record: Record, d: DueTask) -> list[Markup]:
    when = due(record.on, d.due) if d.late else text(day(d.due) or say("no date"))
    soon = fragment(" ", say("(next)")) if d.next else ""
    remarks = " · ".join(filter(None, [d.stated.value.owner, disclosed(d.stated.value.note)]))
    return [
        under(term(d.task.title), term(d.task.phase)),
        fragment(when, soon),
        under(mark(TASKS[d.status]), remarks),
        under(under(term(d.task.done_when), hint(term(d.task.do))), _yields(d.task)),
    ]


def _yields(task: Task) -> str:
    names = "; ".join(term(wanted.artefact) for wanted in task.artefacts)
    return say("Leaves behind: {names}", names=names) if names else ""


def evidence_plan(record: Record) -> Markup:
    """Which artefacts prove what, by whom, by when, collected or not: a line for each question, what is late first."""
    plan = planned_evidence(record)
    if not plan:
        return paragraph(
            say("Nothing to collect yet."), hint(say("Add the ML systems in scope, and the plan makes itself."))
        )
    collected = sum(p.proof.proven for p in plan)
    late = sum(p.late for p in plan)
    groups: dict[str, list[PlannedEvidence]] = {}
    for p in plan:
        groups.setdefault(record.catalog.section_of[p.asked.question.id].title, []).append(p)
    lead = say_many(
        "{done} of {n} artefact collected as asked for; {late} overdue.",
        "{done} of {n} artefacts collected as asked for; {late} overdue.",
        len(plan),
        done=collected,
        late=late or say("none"),
    )
    return fragment(tag.p(class_="lead")[lead], (_group(record, term(title), mine) for title, mine in groups.items()))


def _group(record: Record, title: str, plan: Sequence[PlannedEvidence]) -> Markup:
    proven = sum(p.proof.proven for p in plan)
    late = sum(p.late for p in plan)
    right = say_many("{done} of {n} artefact", "{done} of {n} artefacts", len(plan), done=proven)
    right += ", " + say("{late} overdue", late=late) if late else ""
    questions = [list(group) for _, group in groupby(plan, key=lambda p: p.asked.key)]
    questions.sort(key=lambda planned: (-sum(p.late for p in planned), all(p.proof.proven for p in planned)))
    headers = (say("Question"), say("Artefacts"), say("From"), say("By"))
    return aid(title, right, "\n", table(title, headers, [_planned(record, one) for one in questions]), "\n")


def _planned(record: Record, planned: Sequence[PlannedEvidence]) -> list[Markup]:
    """What is there for one question, and the names of what is still to come."""
    first = planned[0]
    asked = first.asked
    page = record.catalog.page_asking[asked.question.id]
    there = [_artefact(p) for p in planned if p.proof.state != "none"]
    missing = "; ".join(term(p.proof.expected.artefact) for p in planned if p.proof.state == "none")
    left = fragment(mark(EVIDENCE["none"]), " ", missing) if missing else fragment()
    return [
        under(
            link(page, asked.key, term(asked.question.title)),
            asked.system.name if asked.system else say("whole engagement"),
        ),
        items([*there, *filter(None, [left])]),
        who(first.owner),
        due(record.on, first.due) if any(p.late for p in planned) else text(day(first.due) or say("no date")),
    ]


def _artefact(planned: PlannedEvidence) -> Markup:
    proof = planned.proof
    lacks = proof.says if proof.state != "none" and not proof.proven else ""
    beside = " · ".join(filter(None, [lacks, ", ".join(proof.keys)]))
    artefact = term(proof.expected.artefact)
    return fragment(mark(EVIDENCE[proof.state]), " ", artefact, " ", aside(beside) if beside else None)


def context(record: Record) -> Markup:
    """What a reader should know before the questions, with the references it rests on."""
    entries = record.catalog.context
    if not entries:
        return note(say("The checklists hold nothing to read first."))
    return view(
        *(piece for c in entries for piece in (heading(c.title, c.id), paragraph(term(c.text)), _rests_on(record, c)))
    )


def _rests_on(record: Record, entry: Context) -> Markup:
    found = record.catalog.references(entry.refs)
    if not found:
        return fragment()
    return aid(say("What this rests on"), count(len(found), "reference"), cards.references(found))
