"""Questions as static cards: what was asked, what was answered, what proves it, what would."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from markupsafe import Markup

from workbook.analysis.coverage import count_asked, count_results
from workbook.analysis.proof import Proof, prove
from workbook.entries import Faq, Question
from workbook.language import say, say_many, term
from workbook.model import Evidence, Result
from workbook.record import Asked, Freshness, Record
from workbook.references import SOURCES, Reference
from workbook.views import tag
from workbook.views.markup import (
    aid,
    alarm,
    aside,
    bar,
    behind,
    due,
    facts,
    folded,
    hint,
    items,
    link,
    mark,
    note,
    page_link,
    paragraph,
    source_name,
    table,
)
from workbook.views.places import place, with_trails
from workbook.views.states import CONTRADICTED, EVIDENCE, NOT_ASKED, RESULTS, REVIEWS, STEPS, TO_REVERIFY
from workbook.views.tag import fragment, text
from workbook.words import count, day, natural, page_name

STATEMENT = "08_statement_of_applicability"  # the page that names every control
MOST_NAMED = 3  # systems that the head of a card names with their results; more are counted


def card(record: Record, asked: Sequence[Asked], open: bool = False) -> Markup:
    """One question behind one click, as it is `asked` of each system; what helps to judge the answers is said once.

    The element of each answer has the record's key of it as id, so that a link to it opens the card.
    """
    question = asked[0].question
    inside = facts([(say("Asked"), term(question.ask))]), (_answer(record, a, len(asked) > 1) for a in asked)
    guidance = _guidance(record, question, answered=any(a.answer.version for a in asked))
    return folded(_summary(record, asked), _versions(record, asked), "\n", inside, guidance, opened=open)


def section(record: Record, section_id: str) -> Markup:
    """A section for a reader: how it stands, one line per question, the cards, and help. Raises Unknown."""
    about = record.catalog.section(section_id)
    asked = record.of_section(section_id)
    if not asked:
        lacks = say("These questions are asked of each ML system, and none is in scope yet.")
        name = hint(text(say("Add those in scope in {page}.")).format(page=page_link("00_start")))
        return fragment(hint(paragraph(term(about.intro))), note(lacks, name))
    questions = [list(group) for _, group in groupby(asked, key=lambda a: a.question.id)]
    unanswered = [found for found in questions if not any(a.answer.version or a.folded for a in found)]
    many = len(unanswered)
    left = say_many("{n} question nobody has answered yet:", "{n} questions nobody has answered yet:", many)
    return fragment(
        hint(paragraph(term(about.intro))),
        bar(count_results(asked)),
        _reviews(asked),
        behind(
            _caption(asked),
            _table(record, questions),
            (card(record, found) for found in questions if found not in unanswered),
            note(left) if unanswered else None,
            (card(record, found) for found in unanswered),
            right=_shown_of(record, asked),
        ),
        hint(help_block(_help(record, section_id))),  # a page has all of it in one place
        _key(record, section_id),
    )


def _caption(asked: Sequence[Asked]) -> str:
    questions = count(len({a.question.id for a in asked}), "question")
    return say("{questions}, {answers} asked for", questions=questions, answers=count(len(asked), "answer"))


def _shown_of(record: Record, asked: Sequence[Asked]) -> Markup:
    """How many claims are shown, and how many contradicted, where questions are folded."""
    tally, contradicted = count_asked(record, asked), sum(bool(prove(record)[a.key].contradicted) for a in asked)
    against = fragment(", ", alarm(say("{n} contradicted", n=contradicted))) if contradicted else None
    return fragment(say("{n} of {all} evidenced", n=tally.evidenced, all=tally.applicable), against)


def _reviews(asked: Iterable[Asked]) -> Markup:
    """How many answers nobody has reviewed, in one sentence instead of one at each of them."""
    given = [a for a in asked if a.answer.version]
    waiting = sum(not a.reviewed for a in given)
    every = count(len(given), "answer")
    said = say("{n} of {answers} not reviewed by a second person yet.", n=waiting, answers=every)
    return note(said) if waiting else text("")


def where(record: Record, asked: Asked) -> Markup:
    """A link to an answer, by question and system."""
    return link(record.catalog.page_asking[asked.question.id], asked.key, asked.label)


def attached(record: Record, asked: Asked, key: str) -> Markup:
    """What was attached to a question, and what the question still lacks."""
    piece = next(_piece(record, k, e.value, age) for k, e, age in asked.evidence if k == key)
    page = record.catalog.page_asking[asked.question.id]
    question = fragment(link(page, asked.key, asked.label), " ", _pills(record, asked))
    lacks = items(_lacks(prove(record)[asked.key])) if _lacks(prove(record)[asked.key]) else say("nothing")
    return facts([(say("Attached"), piece), (say("Question"), question), (say("It still lacks"), lacks)])


def _lacks(proof: Proof) -> list[str]:
    """What the next step of a question needs; of one that claims nothing, an answer and what would show it."""
    if proof.step != "nothing":
        return list(proof.short)
    missing = [f"{term(a.expected.artefact)}: {a.says}" for a in proof.artefacts if not a.proven]
    unsaid = proof.asked.result is Result.NOT_ASSESSED
    return [say("an answer: nobody has said yet how it stands"), *missing] if unsaid else missing


def references(found: Iterable[Reference]) -> Markup:
    """References with their titles, one line for each source and edition."""
    lines = []
    for (source, edition), group in groupby(found, key=lambda r: (source_name(r), r.dated)):
        named = "; ".join(f"{r.label} {r.words}" for r in group)
        lines.append(fragment(named, " ", aside(f"{source}, {edition}")))
    return items(lines)


def _codes(found: Iterable[Reference]) -> str:
    """References by their codes, those of a source together; the key of the page has their titles and editions."""
    before, groups = "", []
    for (source, edition), group in groupby(found, key=lambda r: (source_name(r), r.dated)):
        groups.append(f"{edition if source == before else source}: {', '.join(r.label for r in group)}")
        before = source
    return " · ".join(groups)


def _key(record: Record, section_id: str) -> Markup:
    """What the codes of the references say, once for all questions of a page: below the last section of it.

    The controls of Annex A are named in the Statement of Applicability, with their numbers of 2013.
    """
    page = record.catalog.page_of[section_id]
    asked = record.of_page(page)
    if record.catalog.section_of[asked[-1].question.id].id != section_id:
        return fragment()
    found = {(r.source, r.id): r for a in asked for r in record.catalog.references(a.question.refs)}
    order = list(SOURCES)
    key = sorted(found.values(), key=lambda r: (order.index(r.source), natural(r.id)))
    others = references(r for r in key if not r.id.startswith("A."))
    statement = link(STATEMENT, "", page_name(STATEMENT))
    controls = say("Controls, A.5.1 to A.8.34 and those of 2013: {page}, by control.")
    said, named = count(len(key), "reference"), paragraph(text(controls).format(page=statement))
    return aid(say("Key to the references of this page"), said, named, others) if key else others


def evidence_line(asked: Asked) -> Markup:
    """How the evidence of a question stands, in a few words."""
    if not asked.evidence:
        return mark(EVIDENCE["none"])
    ages = [f.age_days for _, _, f in asked.evidence if f.age_days is not None]
    words, state = _pieces(len(asked.evidence), ages), asked.evidence_state
    says = say("none of it is asked for") if state == "none" else term(state)
    return text(words) if state == "fresh" else mark(EVIDENCE[state], f"{words}: {says}")


def _pieces(many: int, ages: Sequence[int]) -> str:
    if not ages:
        return say_many("{n} item", "{n} items", many)
    newest = count(min(ages), "day")
    return say_many("{n} item, newest {days}", "{n} items, newest {days}", many, days=newest)


def help_block(entries: Iterable[Faq]) -> Markup:
    """Questions people ask, each behind one click; nothing for none."""
    return fragment(aid(term(entry.question), say("often asked"), paragraph(term(entry.answer))) for entry in entries)


def _help(record: Record, section_id: str) -> list[Faq]:
    ids = [section_id, *(q.id for q in record.catalog.section(section_id).questions)]
    found = {f.id: f for i in ids for f in record.catalog.help_for(i)}
    return list(found.values())


def _table(record: Record, questions: Sequence[Sequence[Asked]]) -> Markup:
    systems = [s for s in record.systems if any(found[0].system for found in questions)]
    headers = [say("Question"), *([s.name for s in systems] or [say("Result")])]
    rows = [_row(record, found, len(headers) - 1) for found in questions]
    return table(_caption([a for found in questions for a in found]), [*headers, say("Evidence"), say("Owner")], rows)


def _row(record: Record, found: Sequence[Asked], width: int) -> list[Markup]:
    question = found[0].question
    title = link(record.catalog.page_asking[question.id], found[0].key, term(question.title))
    cells = [_pills(record, a) for a in found]
    if len(cells) < width:  # asked once, in a table with a column per system
        cells = [fragment(cells[0], " ", aside(say("all systems"))), *([fragment()] * (width - 1))]
    proof = _proof([a for a in found if not a.set_aside])
    owners = sorted({a.answer.value.owner for a in found if a.answer.value.owner}, key=natural)
    return [title, *cells, proof, text(", ".join(owners))]


def _proof(found: list[Asked]) -> Markup:
    lines = [evidence_line(a) for a in found]
    if len(set(lines)) < 2:
        return fragment(lines[:1])
    named = zip((a.system.name if a.system else "" for a in found), lines, strict=True)
    return text(tag.br).join(fragment(name, ": ", line) for name, line in named)


def _pills(record: Record, asked: Asked) -> Markup:
    """What is claimed, and beside it how far that is shown, where anything is claimed."""
    claim = mark(NOT_ASKED if asked.folded else RESULTS[asked.result])
    proof = prove(record)[asked.key]
    if proof.step == "nothing" and not proof.contradicted:
        return fragment(claim, " ", mark(TO_REVERIFY)) if asked.to_reverify else claim
    return fragment(claim, " ", step(proof))


def _summary(record: Record, asked: Sequence[Asked]) -> Markup:
    if len(asked) == 1:
        return fragment(asked[0].label, " ", _pills(record, asked[0]))
    if len(asked) > MOST_NAMED:
        return fragment(term(asked[0].question.title), " ", aside(_spread(asked)))
    each = ((" ", aside(a.system.name if a.system else ""), " ", _pills(record, a)) for a in asked)
    return fragment(term(asked[0].question.title), each)


def _spread(asked: Sequence[Asked]) -> str:
    """The results of many systems, counted."""
    return ", ".join(f"{n} {term(str(result))}" for result, n in count_results(asked).items() if n)


def _versions(record: Record, asked: Sequence[Asked]) -> str:
    """Which version of its answer stands; of several systems, how many have one."""
    if len(asked) > 1:
        done = sum(a.answer.version > 0 for a in asked)
        return say_many("{done} of {n} system answered", "{done} of {n} systems answered", len(asked), done=done)
    return _version(record, asked[0])


def _version(record: Record, asked: Asked) -> str:
    if not asked.answer.version:
        return say("not answered yet")
    if asked.to_reverify and asked.answer.version == 1:
        return say("carried over from an earlier audit")
    by = f", {asked.answer.actor}" if asked.answer.actor else ""
    version = say("version {version}", version=asked.answer.version)
    return f"{version} · {day(record.local(asked.answer.at))}{by}"


def _answer(record: Record, asked: Asked, named: bool) -> Markup:
    """What was answered and what shows it; `named` where the card has answers of several systems."""
    system = asked.system.name if asked.system else ""
    above = (tag.b[system], " ", aside(_version(record, asked))) if named else ()
    return tag.div(id=asked.key)[tag.p[above] if above else None, _facts(asked, record)]


def _facts(asked: Asked, record: Record) -> Markup:
    answer = asked.answer.value
    silent = say("no words beside the result") if asked.answer.version else ""
    pieces = items(_piece(record, key, e.value, age) for key, e, age in asked.evidence)
    return facts(
        [
            (say("Not asked because"), term(asked.folded)),
            (say("Answer"), with_trails(record, answer.rationale or silent)),
            (say("Shown"), _shown(prove(record)[asked.key])),
            (say("Evidence"), pieces or say("None yet.")),
            (say("Owner") if answer.owner else say("Due"), _owner(record, asked)),
            (say("Reviewed"), _reviewed(asked) if asked.reviewed else ""),
        ]
    )


def _owner(record: Record, asked: Asked) -> Markup:
    """Who answers for it and, of what is not implemented yet, by when."""
    answer = asked.answer.value
    waits = answer.due and asked.result is not Result.IMPLEMENTED
    return text(", ").join(filter(None, (text(answer.owner), due(record.on, answer.due) if waits else "")))


def _guidance(record: Record, question: Question, answered: bool) -> Markup:
    """What helps to judge an answer; what helps to give one stands beside the form.

    What would count as evidence is told where nobody has answered; an answer says itself what is missing.
    """
    expected = "" if answered else "; ".join(f"{term(w.artefact)} ({w.limit})" for w in question.evidence)
    codes = _codes(record.catalog.references(question.refs))
    why = say("Why it matters"), term(question.why)
    pairs = [why, (say("Would count as evidence"), expected), (say("References"), codes)]
    return aid(say("Why it matters, and references"), "", facts(pairs))


def step(proof: Proof) -> Markup:
    """How far a claim is shown, as a small label; what contradicts it outweighs how far it was shown."""
    if proof.contradicted:
        return mark(CONTRADICTED)
    if proof.asked.to_reverify and not proof.asked.set_aside:
        return mark(TO_REVERIFY)
    return mark(RESULTS[proof.asked.result] if proof.step == "nothing" else STEPS[proof.step])


def _shown(proof: Proof) -> Markup:
    """What speaks against an answer, and what the next step needs; how far it is shown says the head of its card.

    That nobody reviewed it is said once for the section.
    """
    if proof.step == "nothing" and not proof.contradicted:
        return fragment()
    others, wanted = ", ".join(proof.others), proof.short if proof.step != "evidenced" or proof.asked.reviewed else ()
    lacking = [a for a in proof.artefacts if not a.proven] if proof.step == "claimed" else []  # they end what is wanted
    first = len(wanted) - len(lacking)
    missing = "; ".join(term(a.expected.artefact) for a in lacking if not a.keys)
    lines = [
        *(alarm(c.says) for c in proof.contradictions),
        say("No evidence of: {names}", names=missing) if missing else "",
        *wanted[:first],
        *(line for line, a in zip(wanted[first:], lacking, strict=True) if a.keys),
        say("{keys}: not an artefact asked for; counts for nothing.", keys=others) if others else "",
    ]
    return items(line for line in lines if line)


def _reviewed(asked: Asked) -> Markup:
    comment = asked.review.value.comment if asked.review else ""
    return fragment(mark(REVIEWS[asked.reviewed]), " ", comment)


def _piece(record: Record, key: str, about: Evidence, age: Freshness) -> Markup:
    artefact = f"{term(about.artefact)} · " if about.artefact and about.artefact != about.label else ""
    content = "" if about.sha256 else (" · ", say("an address, content not kept"))
    known = aside((artefact, place(record, key), content))
    return fragment(about.label, " ", mark(EVIDENCE[age.state], age.text), " ", known)
