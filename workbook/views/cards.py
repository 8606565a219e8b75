"""Questions as static cards: what was asked, what was answered, what proves it, what would."""

from collections.abc import Iterable
from itertools import groupby

from markupsafe import Markup

from workbook.analysis.coverage import count_results
from workbook.analysis.proof import Proof, prove
from workbook.entries import Faq, Question
from workbook.model import Evidence, Result
from workbook.record import Asked, Freshness, Record
from workbook.references import Reference
from workbook.views import tag
from workbook.views.markup import (
    alarm,
    aside,
    bar,
    due,
    facts,
    folded,
    items,
    link,
    mark,
    note,
    paragraph,
    source_name,
    table,
    under,
)
from workbook.views.states import CONTRADICTED, EVIDENCE, NOT_ASKED, RESULTS, REVIEWS, STEPS
from workbook.views.tag import fragment, text
from workbook.words import count, day, natural


def card(asked: Asked, record: Record, open: bool = False) -> Markup:
    """One question as asked, behind one click; its element's id is the record's key of the answer."""
    return folded(
        _summary(record, asked), _version(record, asked), "\n", _facts(asked, record), opened=open, anchor=asked.key
    )


def section(record: Record, section_id: str) -> Markup:
    """A section for a reader: how it stands, one line per question, the cards, and help. Raises Unknown."""
    about = record.catalog.section(section_id)
    asked = record.of_section(section_id)
    if not asked:
        return paragraph(f"{about.intro} It is asked of each ML system: add those in scope in 00_start.")
    unanswered = [a for a in asked if not a.answer.version and not a.folded]
    return fragment(
        paragraph(about.intro),
        bar(count_results(asked)),
        _table(record, asked),
        (card(a, record) for a in asked if a not in unanswered),
        note(f"{count(len(unanswered), 'question')} nobody has answered yet:") if unanswered else None,
        (card(a, record) for a in unanswered),
        help_block(_help(record, section_id)),
    )


def attached(record: Record, asked: Asked, key: str) -> Markup:
    """What was attached to a question, and what the question still lacks."""
    piece = next(_piece(k, e.value, age) for k, e, age in asked.evidence if k == key)
    page = record.catalog.page_of[record.catalog.section_of[asked.question.id].id]
    question = fragment(link(page, asked.key, asked.label), " ", _pills(record, asked))
    lacks = items(_lacks(prove(record)[asked.key])) if _lacks(prove(record)[asked.key]) else "nothing"
    return facts([("Attached", piece), ("Question", question), ("It still lacks", lacks)])


def _lacks(proof: Proof) -> list[str]:
    """What the next step of a question needs; of one that claims nothing, an answer and what would show it."""
    if proof.step != "nothing":
        return list(proof.short)
    missing = [f"{a.expected.artefact}: {a.says}" for a in proof.artefacts if not a.proven]
    answer = ["an answer: nobody has said yet how it stands"] if proof.asked.result is Result.NOT_ASSESSED else []
    return [*answer, *missing]


def references(found: Iterable[Reference]) -> Markup:
    """References with their titles, one line for each source and edition."""
    lines = []
    for (source, edition), group in groupby(found, key=lambda r: (source_name(r), r.edition)):
        named = "; ".join(f"{r.label} {r.words}" for r in group)
        lines.append(fragment(named, " ", aside(f"{source}, {edition}")))
    return items(lines)


def help_block(entries: Iterable[Faq]) -> Markup:
    """Questions people ask, each behind one click; nothing for none."""
    return fragment(folded(entry.question, "often asked", paragraph(entry.answer)) for entry in entries)


def evidence_line(asked: Asked) -> Markup:
    """How the evidence of a question stands, in a few words."""
    if not asked.evidence:
        return mark(EVIDENCE["none"])
    ages = [f.age_days for _, _, f in asked.evidence if f.age_days is not None]
    newest = f", newest {count(min(ages), 'day')}" if ages else ""
    words = f"{count(len(asked.evidence), 'item')}{newest}"
    state = asked.evidence_state
    says = "none of it is asked for" if state == "none" else state
    return text(words) if state == "fresh" else mark(EVIDENCE[state], f"{words}: {says}")


def _help(record: Record, section_id: str) -> list[Faq]:
    ids = [section_id, *(q.id for q in record.catalog.section(section_id).questions)]
    found = {f.id: f for i in ids for f in record.catalog.help_for(i)}
    return list(found.values())


def _table(record: Record, asked: tuple[Asked, ...]) -> Markup:
    systems = [s for s in record.systems if any(a.system for a in asked)]
    headers = ["Question", *(s.name for s in systems)] if systems else ["Question", "Result"]
    by_question: dict[str, list[Asked]] = {}
    for a in asked:
        by_question.setdefault(a.question.id, []).append(a)
    rows = [_row(record, found, len(headers) - 1) for found in by_question.values()]
    caption = f"{count(len(rows), 'question')}, {count(len(asked), 'answer')} asked for"
    return table(caption, [*headers, "Evidence", "Owner"], rows)


def _row(record: Record, found: list[Asked], width: int) -> list[Markup]:
    question = found[0].question
    title = under(question.title, " · ".join(r.label for r in _first(record, question)))
    cells = [_pills(record, a) for a in found]
    if len(cells) < width:  # asked once, in a table with a column per system
        cells = [fragment(cells[0], " ", aside("all systems")), *([fragment()] * (width - 1))]
    proof = _proof([a for a in found if not a.set_aside])
    owners = sorted({a.answer.value.owner for a in found if a.answer.value.owner}, key=natural)
    return [title, *cells, proof, text(", ".join(owners))]


def _proof(found: list[Asked]) -> Markup:
    lines = [evidence_line(a) for a in found]
    if len(set(lines)) < 2:
        return fragment(lines[:1])
    named = zip((a.system.name if a.system else "" for a in found), lines, strict=True)
    return text(tag.br).join(fragment(name, ": ", line) for name, line in named)


def _first(record: Record, question: Question) -> list[Reference]:
    return [r for r in record.catalog.references(question.refs) if r.source == "iso27001"]


def _pills(record: Record, asked: Asked) -> Markup:
    """What is claimed, and beside it how far that is shown, where anything is claimed."""
    claim = mark(NOT_ASKED if asked.folded else RESULTS[asked.result])
    proof = prove(record)[asked.key]
    return claim if proof.step == "nothing" and not proof.contradicted else fragment(claim, " ", step(proof))


def _summary(record: Record, asked: Asked) -> Markup:
    return fragment(asked.label, " ", _pills(record, asked))


def _version(record: Record, asked: Asked) -> str:
    if not asked.answer.version:
        return "not answered yet"
    by = f", {asked.answer.actor}" if asked.answer.actor else ""
    return f"version {asked.answer.version} · {day(record.local(asked.answer.at))}{by}"


def _facts(asked: Asked, record: Record) -> Markup:
    question, answer = asked.question, asked.answer.value
    return facts(
        [
            ("Asked", question.ask),
            ("Not asked because", asked.folded),
            ("Answer", answer.rationale or ("no words beside the result" if asked.answer.version else "")),
            ("Shown", _shown(prove(record)[asked.key])),
            ("Evidence", _evidence(asked)),
            ("Owner", answer.owner),
            ("Due", due(record.on, answer.due) if answer.due and asked.result is not Result.IMPLEMENTED else ""),
            ("Reviewed", _reviewed(asked) if asked.answer.version else ""),
            ("Why it matters", question.why),
            ("An auditor will look for", items(question.look_for)),
            ("A good answer", question.good_answer),
            ("References", references(record.catalog.references(question.refs))),
        ]
    )


def step(proof: Proof) -> Markup:
    """How far a claim is shown, as a small label; what contradicts it outweighs how far it was shown."""
    if proof.contradicted:
        return mark(CONTRADICTED)
    return mark(RESULTS[proof.asked.result] if proof.step == "nothing" else STEPS[proof.step])


def _shown(proof: Proof) -> Markup:
    """How far an answer is shown, what speaks against it, and what the next step needs."""
    if proof.step == "nothing" and not proof.contradicted:
        return fragment()
    others = ", ".join(proof.others)
    lines = [
        *(alarm(c.says) for c in proof.contradictions),
        *proof.short,
        f"{others}: another artefact than those asked for; counts for nothing here." if others else "",
    ]
    return fragment(step(proof), items(line for line in lines if line))


def _reviewed(asked: Asked) -> Markup:
    comment = asked.review.value.comment if asked.review else ""
    return fragment(mark(REVIEWS[asked.reviewed]), " ", comment)


def _evidence(asked: Asked) -> Markup:
    if asked.evidence:
        return items(_piece(key, e.value, age) for key, e, age in asked.evidence)
    wanted = [f"{w.artefact} ({w.limit})" for w in asked.question.evidence]
    return fragment("None yet. Would count:", items(wanted))


def _piece(key: str, about: Evidence, age: Freshness) -> Markup:
    artefact = f"{about.artefact} · " if about.artefact and about.artefact != about.label else ""
    content = f"SHA-256 {about.sha256[:16]}…" if about.sha256 else "an address, content not kept"
    return fragment(about.label, " ", mark(EVIDENCE[age.state], age.text), " ", aside(f"{artefact}{key} · {content}"))
