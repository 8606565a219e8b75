"""Page 5, for the team alone: the visit of a certification body, rehearsed without a score."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from workbook.analysis.mock import Rehearsal, Talk, Walk, rehearse, talks
from workbook.analysis.mock_items import WORST_FIRST, Stood, VisitState
from workbook.analysis.proof import Proof
from workbook.analysis.trails import followed_keys
from workbook.audience import shows_forecast
from workbook.language import later, say, say_many, term
from workbook.record import Record
from workbook.views import states, tag
from workbook.views.markup import alarm, aside, card, cards, folded, link, note, paragraph, quiet
from workbook.views.places import places, trail_link
from workbook.views.states import State
from workbook.views.tag import fragment, text
from workbook.words import capitalized, first_of

SAYS = later(
    "A rehearsal by rule from what is recorded: what would be asked for and how the record stands to it. It certifies "
    "nothing and gives no score; an auditor takes samples of their own. No other edition shows it."
)
STOOD: Mapping[VisitState, str] = {
    "missing": later("{n} missing"),
    "not ready": later("{n} not ready"),
    "in part": later("{n} in part"),
    "could be shown": later("{n} could be shown"),
}


def mock(record: Record) -> Markup:
    """The visits of this kind of audit: what would be asked for, which trails walked, who talked to."""
    if not shows_forecast(record.audience):
        return fragment()
    found = rehearse(record)
    if not found:
        kind = term(record.engagement.audit_kind)
        return note(say("The checklists rehearse no visit for the kind of audit “{kind}”.", kind=kind))
    booked = talks(record)
    return fragment(
        paragraph(aside(say(SAYS))),
        [_visit(record, one) for one in found],
        _interviews(record, booked) if booked else None,
    )


def _visit(record: Record, one: Rehearsal) -> Markup:
    counted = Counter(stood.state for stood in one.items)
    right = ", ".join(say(STOOD[state], n=counted[state]) for state in WORST_FIRST if counted[state])
    columns = {say("Asked for"): 36, say("State"): 16, say("What the record holds"): 48}
    listed = _table(say("What would be asked for"), columns, (_item(record, stood) for stood in one.items))
    source = say("What is looked at: {source}.", source=one.visit.source)
    parts = [paragraph(aside(source)), listed, _walks(record, one.walks)]
    return folded(term(one.visit.title), right, parts, anchor=one.visit.id)


def _item(record: Record, stood: Stood) -> tuple[Markup, ...]:
    refs = ", ".join(r.label for r in record.catalog.references(stood.item.refs))
    keys = places(record, stood.keys[:8])
    title = term(stood.item.title)
    named = fragment(title, " ", aside(refs)) if refs else text(title)
    return named, _mark(states.VISITS[stood.state]), fragment(stood.says, " ", keys)


def _walks(record: Record, walks: Iterable[Walk]) -> Markup:
    rows = [_walk(record, walk) for walk in walks]
    if not rows:
        return fragment()
    return _table(
        say("Audit trails that would be walked, the highest risk and the worst first, and one that nobody chose"),
        {say("Trail"): 34, say("Why this one"): 24, say("As it stands"): 42},
        rows,
    )


def _walk(record: Record, walk: Walk) -> tuple[Markup, ...]:
    key = walk.trail.row.key
    words = key if walk.trail.row.name == key else f"{key} {walk.trail.row.name}"
    named = trail_link(record, key, words) if key in followed_keys(record) else text(words)
    return named, text(walk.why), text(walk.trail.verdict)


def _interviews(record: Record, booked: Iterable[Talk]) -> Markup:
    listed = list(booked)
    absent = [term(one.interview.role) for one in listed if not one.people]
    without = say_many("{n} role without a person", "{n} roles without a person", len(absent))
    right = without if absent else say("each role has a person")
    rows = [_talk(record, one) for one in listed]
    lead = say("The register of people names nobody for: {roles}.", roles=first_of(absent, 12))
    columns = {say("Role"): 20, say("Who"): 20, say("Asked first, the worst first"): 60}
    parts = [
        paragraph(alarm(lead)) if absent else None,
        _table(say("Who would be talked to, and what first"), columns, rows),
    ]
    return folded(say("Interviews"), right, parts, anchor="mock-interviews")


def _talk(record: Record, one: Talk) -> tuple[Markup, ...]:
    who = text(", ".join(p.name for p in one.people)) if one.people else alarm(say("nobody is named"))
    return text(term(one.interview.role)), who, fragment(_question(record, p) for p in one.questions)


def _question(record: Record, proof: Proof) -> Markup:
    asked = proof.asked
    page = record.catalog.page_asking[asked.question.id]
    state = states.CONTRADICTED if proof.contradicted else states.STEPS[proof.step]
    says = fragment(_mark(state), " ", link(page, asked.key, asked.label))
    return tag.div[says, quiet(f"{capitalized(term(asked.question.look_for[0])).rstrip('.')}.")]


def _mark(state: State) -> Markup:
    return tag.span(class_=f"st {state.kind}")[f"{state.sign} {term(state.word)}"]


def _table(caption: str, columns: Mapping[str, int], rows: Iterable[Sequence[Markup]]) -> Markup:
    return cards(caption, columns, (card(columns, row) for row in rows))
