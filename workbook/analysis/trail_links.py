"""How far one link of an audit trail is shown: by its columns, its questions, and what its rule finds."""

from collections.abc import Iterable, Iterator, Mapping

from workbook.analysis.counter import Contradiction, speaking_against
from workbook.analysis.proof import Proof, prove
from workbook.analysis.trail import (
    SHOWN,
    WORST_FIRST,
    Followed,
    Link,
    LinkState,
    Told,
    begun,
    broken,
    claimed,
    is_shown,
    may_match,
    missing,
    names_of,
    not_due,
    rows_named,
    speaks_of,
    systems_of,
)
from workbook.analysis.trail_rules import RULES
from workbook.language import later, say, term
from workbook.model import Result
from workbook.record import Asked, Record
from workbook.registers import says_nothing
from workbook.words import capitalized, day, folded, shortened

MOST = 60  # characters of a cell that a link repeats
_ANSWER = {
    "evidenced": later("The answer is evidenced:"),
    "reviewed": later("The answer is reviewed:"),
    "tested": later("The answer is tested:"),
}


def judge_link(one: Followed) -> Link:
    """A link with its state: broken and missing first, then the weakest of what shows it, else what is claimed."""
    if not begun(one.kind, one.row) or not may_match(one.row, one.link.only_if):
        return Link(one.link, "not due", ())
    ruled = RULES[one.link.rule](one) if one.link.rule else ()
    told = [*_of_columns(one), *ruled, *_of_questions(one)]
    ranked = sorted(told, key=lambda t: WORST_FIRST.index(t.state))
    return Link(one.link, _state(told), tuple(ranked))


def _state(told: Iterable[Told]) -> LinkState:
    found = list(told)
    judged = [t.state for t in found if not t.claim and t.state != "not due"]
    if judged:
        return min(judged, key=WORST_FIRST.index)
    return "claimed" if any(t.claim for t in found) else "not due"


def _of_columns(one: Followed) -> Iterator[Told]:
    register = one.record.catalog.register(one.row.register)
    for name in one.link.columns:
        field, value = register.field(name), one.row[name]
        if not value or (isinstance(value, str) and says_nothing(value)):
            yield missing(say("{column}: nothing recorded.", column=term(field.label)))
        elif field.type in ("ref", "refs"):
            keys = (value,) if isinstance(value, str) else tuple(value)
            yield claimed(f"{term(field.label)}:", *keys)
        else:
            said = day(value) if field.type == "date" else one.record.shown(field, value)
            told = term(said) if field.type == "choice" else said
            yield claimed(f"{term(field.label)}: {shortened(told, MOST).rstrip('.')}.")


# questions ------------------------------------------------------------------------------------------------------------


def _of_questions(one: Followed) -> Iterator[Told]:
    """What speaks against the questions of a link, and how far they are shown."""
    systems = systems_of(one.record, one.row)
    wanted = [a for a in one.record.asked if a.question.id in one.link.questions]
    for asked in (a for a in wanted if a.slot.system in ("", *systems)):
        yield from _about(one, asked)


def _about(one: Followed, asked: Asked) -> Iterator[Told]:
    proof = prove(one.record)[asked.key]
    if asked.set_aside and not asked.applicable:
        yield not_due(say("Does not apply, and somebody else accepted that:"), asked.key)
        return
    against = speaking_against(one.record).get(asked.key, ())
    direct = [c for c in against if _is_of(one, c)]
    yield from (broken(f"{capitalized(c.says)}.", c.by) for c in direct)
    if others := [c.by for c in against if c not in direct]:
        yield Told("claimed", say("Stands against the same process without naming this one:"), tuple(others))
    yield _shown(one, asked, proof, bool(against))


def _shown(one: Followed, asked: Asked, proof: Proof, doubted: bool) -> Told:
    """How far the answer shows the link; no further than claimed where something stands against the process."""
    if proof.step == "nothing":
        state: LinkState = "claimed" if one.link.columns or one.link.rule else "missing"
        said = say("nobody answered") if asked.result is Result.NOT_ASSESSED else term(asked.result.value)
        return Told(state, say("The answer claims nothing ({said}):", said=said), (asked.key,))
    naming = _naming(one, proof)
    if one.link.bound and not naming:
        return Told("claimed", say("No fresh evidence asked for there names it:"), (asked.key,))
    state = "claimed" if doubted or proof.step == "claimed" else proof.step
    says = say(_ANSWER[proof.step]) if state in SHOWN else say("The answer is a claim:")
    return Told(state, says, (asked.key, *naming))


def _naming(one: Followed, proof: Proof) -> tuple[str, ...]:
    """The fresh pieces of artefacts asked for that name the row: by its version or hash, or in their title."""
    names = names_of(one.kind, one.row)
    versions = {folded(name) for name in names}
    kept = {key for artefact in proof.artefacts for key in artefact.keys}
    found = []
    for key, stated, age in proof.asked.evidence:
        about = stated.value
        text = " ".join((about.title, about.name, about.source))
        if key in kept and age.state == "fresh" and (folded(about.version) in versions or speaks_of(text, names)):
            found.append(key)
    return tuple(found)


def _is_of(one: Followed, against: Contradiction) -> bool:
    """Whether what speaks against a question speaks of this row: it names it; or no row, and there is no other."""
    for text in _texts(one, against):
        if named := rows_named(one.record, one.kind, text):
            return one.row.key in named
    return _is_alone(one)


def _texts(one: Followed, against: Contradiction) -> tuple[str, ...]:
    """What is said against a question, the conclusion first; what a test merely drew comes last."""
    if against.kind == "evidence":
        about = one.record.evidence[against.by].value
        return (f"{about.label} {about.version}",)
    register = "findings" if against.kind == "nonconformity" else "tests"
    row = next(r for r in one.record.register(register) if r.key == against.by)
    if register == "findings":
        return (f"{row.name} {row['statement'] or ''}",)
    return f"{row.name} {row['note'] or ''}", f"{row['population'] or ''} {row['sample'] or ''}"


def _is_alone(one: Followed) -> bool:
    """Whether a text without a name can mean no other row: none of the same systems is current too."""
    current = one.record.once(_current)[one.kind.id]
    systems = current.get(one.row.key)
    return systems is not None and not any(systems & other for key, other in current.items() if key != one.row.key)


def _current(record: Record) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """The rows of each kind of trail that are shown, retired models apart, with the systems of each."""
    return {
        kind.id: {
            row.key: frozenset(systems_of(record, row))
            for row in record.register(kind.register_)
            if is_shown(kind, row) and not (kind.register_ == "models" and row["stage"] == "retired")
        }
        for kind in record.catalog.trails
    }
