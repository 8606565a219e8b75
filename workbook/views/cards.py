"""Questions as static cards: what was asked, what was answered, what proves it, what would."""

from collections.abc import Iterable
from itertools import groupby

from markupsafe import Markup

from workbook.analysis.coverage import count_results
from workbook.entries import Faq, Question
from workbook.record import Asked, Record
from workbook.references import Reference
from workbook.views.markup import (
    bar,
    due,
    facts,
    folded,
    items,
    mark,
    paragraph,
    render,
    source_name,
    table,
    text,
    under,
)
from workbook.views.states import EVIDENCE, NOT_ASKED, RESULTS, REVIEWS
from workbook.words import count, day


def card(asked: Asked, record: Record, open: bool = False) -> Markup:
    """One question as asked, behind one click; its element's id is the record's key of the answer."""
    return render(
        "card", asked=asked, opened=open, summary=_summary(asked), said=_said(asked), facts=_facts(asked, record)
    )


def section(record: Record, section_id: str) -> Markup:
    """A section for a reader: how it stands, one line per question, the cards, and help. Raises Unknown."""
    about = record.catalog.section(section_id)
    asked = record.of_section(section_id)
    if not asked:
        return paragraph(f"{about.intro} It is asked of each ML system: add those in scope in 00_start.")
    return render(
        "section",
        intro=about.intro,
        bar=bar(count_results(asked)),
        table=_table(record, asked),
        cards=[card(a, record) for a in asked if a.answer.version or a.folded],
        open_cards=[card(a, record) for a in asked if not a.answer.version and not a.folded],
        help=help_block(_help(record, section_id)),
    )


def references(found: Iterable[Reference]) -> Markup:
    """References with their titles, one line for each source and edition."""
    lines = []
    for (source, edition), group in groupby(found, key=lambda r: (source_name(r), r.edition)):
        named = "; ".join(f"{r.label} {r.title}" for r in group)
        lines.append(Markup('{} <span class="ref">{}, {}</span>').format(text(named), text(source), text(edition)))
    return items(lines)


def help_block(entries: Iterable[Faq]) -> Markup:
    """Questions people ask, each behind one click; nothing for none."""
    return Markup("").join(
        folded(text(entry.question), "often asked", Markup("<p>{}</p>").format(text(entry.answer))) for entry in entries
    )


def evidence_line(asked: Asked) -> Markup:
    """How the evidence of a question stands, in a few words."""
    if not asked.evidence:
        return mark(EVIDENCE["none"])
    ages = [f.age_days for _, _, f in asked.evidence if f.age_days is not None]
    newest = f", newest {count(min(ages), 'day')}" if ages else ""
    words = f"{count(len(asked.evidence), 'item')}{newest}"
    state = asked.evidence_state
    return text(words) if state == "fresh" else mark(EVIDENCE[state], f"{words}: {state}")


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
    cells = [_pill(a) for a in found]
    if len(cells) < width:  # asked once, in a table with a column per system
        cells = [Markup("{} <span class='ref'>all systems</span>").format(cells[0]), *([Markup("")] * (width - 1))]
    proof = _proof([a for a in found if a.applicable])
    owners = sorted({a.answer.value.owner for a in found if a.answer.value.owner})
    return [title, *cells, proof, text(", ".join(owners))]


def _proof(found: list[Asked]) -> Markup:
    lines = [evidence_line(a) for a in found]
    if len(set(lines)) < 2:
        return Markup("").join(lines[:1])
    named = zip((a.system.name if a.system else "" for a in found), lines, strict=True)
    return Markup("<br>").join(Markup("{}: {}").format(text(name), line) for name, line in named)


def _first(record: Record, question: Question) -> list[Reference]:
    return [r for r in record.catalog.references(question.refs) if r.source == "iso27001"]


def _pill(asked: Asked) -> Markup:
    return mark(NOT_ASKED if asked.folded else RESULTS[asked.result])


def _summary(asked: Asked) -> Markup:
    where = f" · {asked.system.name}" if asked.system else ""
    return Markup("{} {}").format(text(asked.question.title + where), _pill(asked))


def _said(asked: Asked) -> str:
    if not asked.answer.version:
        return "not answered yet"
    by = f", {asked.answer.actor}" if asked.answer.actor else ""
    return f"version {asked.answer.version} · {day(asked.answer.at.date() if asked.answer.at else None)}{by}"


def _facts(asked: Asked, record: Record) -> Markup:
    question, answer = asked.question, asked.answer.value
    return facts(
        [
            ("Asked", question.ask),
            ("Not asked because", asked.folded),
            ("Answer", answer.rationale or ("no words beside the result" if asked.answer.version else "")),
            ("Evidence", _evidence(asked)),
            ("Owner", answer.owner),
            ("Due", due(record.on, answer.due) if answer.due and not asked.proven else ""),
            ("Reviewed", _reviewed(asked) if asked.answer.version else ""),
            ("Why it matters", question.why),
            ("An auditor will look for", items(question.look_for)),
            ("A good answer", question.good_answer),
            ("References", references(record.catalog.references(question.refs))),
        ]
    )


def _reviewed(asked: Asked) -> Markup:
    comment = asked.review.value.comment if asked.review else ""
    return Markup("{} {}").format(mark(REVIEWS[asked.reviewed]), text(comment))


def _evidence(asked: Asked) -> Markup:
    held = [
        Markup('{} {} <span class="ref">{}{}</span>').format(
            text(e.value.label),
            mark(EVIDENCE[age.state], age.text),
            text(f"{e.value.artefact} · " if e.value.artefact and e.value.artefact != e.value.label else ""),
            text(
                f"{key} · SHA-256 {e.value.sha256[:16]}…" if e.value.sha256 else f"{key} · an address, content not kept"
            ),
        )
        for key, e, age in asked.evidence
    ]
    if held:
        return items(held)
    wanted = [
        f"{w.artefact} ({f'at most {w.max_age_days} days old' if w.max_age_days else 'any age'})"
        for w in asked.question.evidence
    ]
    return Markup("None yet. Would count:{}").format(items(wanted))
