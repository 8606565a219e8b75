"""Page 8: every Annex A control and clause, what machine learning changes about it, and how far it is covered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from workbook import scale
from workbook.analysis.annex_a import Covered, clause_uses, control_uses
from workbook.analysis.audit_tests import failed
from workbook.model import Result
from workbook.record import Asked, Record, Row
from workbook.references import Reference
from workbook.scale import CoverState
from workbook.views import states, tag
from workbook.views.markup import aid, alarm, items, link, mark, note, paragraph, quiet, table, under, view
from workbook.views.tag import fragment, text
from workbook.words import capitalized, count, first_of

MOST = 3  # questions that a control names; the others are counted
THEMES = {"A.5": "organizational", "A.6": "people", "A.7": "physical", "A.8": "technological"}
HEADINGS = {"4": "context", "5": "leadership", "6": "planning", "7": "support", "8": "operation",
            "9": "performance evaluation", "10": "improvement"}  # fmt: skip
STATES: Mapping[CoverState, str] = {
    "tested": "an audit test with a conclusion names a line that tests it",
    "asked": "a question tests it, answered or not",
    "mentioned": "something refers to it, and nothing tests it",
    "silent": "nothing here speaks of it",
}


def by_control(record: Record) -> Markup:
    """Every Annex A control: how far it is covered, what is claimed and shown of it, what ML changes about it."""
    every = control_uses(record)
    outside = (
        "The general controls of the ISMS may cover them; the Statement of Applicability needs a decision on each "
        "(clause 6.1.3 d)."
    )
    groups = {
        f"{theme} {words}": [c for c in every if c.of.id.startswith(f"{theme}.")] for theme, words in THEMES.items()
    }
    return view(
        _lead("controls of ISO/IEC 27001:2022 Annex A", every),
        _silent(every, "control", outside),
        *(_group(record, title, covered, "Control, with its numbers of 2013") for title, covered in groups.items()),
    )


def by_clause(record: Record) -> Markup:
    """Every clause from 4 to 10: how far it is covered, what is claimed and shown of it, what ML changes about it."""
    every = clause_uses(record)
    outside = "A clause cannot be left out: whoever claims conformity shows each of them (clause 1)."
    groups = {f"Clause {n}, {words}": [c for c in every if c.of.id.split(".")[0] == n] for n, words in HEADINGS.items()}
    return view(
        _lead("clauses that require something", every, explained=False),
        _silent(every, "clause", outside),
        *(_group(record, title, covered, "Clause") for title, covered in groups.items()),
    )


def _lead(what: str, every: Sequence[Covered], explained: bool = True) -> Markup:
    """How many there are in each state and, once on a page, what the states say; apart from that, what was found."""
    counted = Counter(c.state for c in every)
    counts = ", ".join(f"{counted[state]} {state}" for state in STATES)
    meanings = "; ".join(f"{state}: {meaning}" for state, meaning in STATES.items())
    found = {
        "have a question that a test found not effective": sum(c.failed > 0 for c in every),
        "have a claim that is contradicted": sum(c.tally.contradicted > 0 for c in every),
        "are evidenced in every question": sum(0 < c.tally.applicable == c.tally.evidenced for c in every),
        "are shown by a test in every question": sum(0 < c.tally.applicable == c.tally.tested for c in every),
    }
    covered = f"How far one is covered says that somebody looked, and not what was found. {capitalized(meanings)}."
    return fragment(
        paragraph(f"Of {len(every)} {what}: {counts}."),
        paragraph("What was found: ", "; ".join(f"{number or 'none'} {words}" for words, number in found.items()), "."),
        note(covered) if explained else None,
    )


def _silent(every: Iterable[Covered], one: str, outside: str) -> Markup:
    """The ones that nothing tests, by name; they are said and never folded away."""
    silent = [c.of for c in every if c.state in ("silent", "mentioned")]
    if not silent:
        return fragment()
    named = "; ".join(f"{r.id} {r.title}" for r in silent)
    return paragraph(tag.b[f"{count(len(silent), one)} that no question tests here: "], f"{named}. {outside}")


def _group(record: Record, title: str, covered: Sequence[Covered], first: str) -> Markup:
    found = Counter(c.state for c in covered)
    right = ", ".join(f"{found[state]} {state}" for state in STATES if found[state])
    told: dict[str, str] = {}
    listed = table(
        f"{title}: worst claim, what is shown of it, and the questions that test it, worst first.",
        [first, "What machine learning changes", "Covered, claimed, shown", "Questions, worst first"],
        [_line(record, one, told) for one in covered],
    )
    return aid(title, right, listed)


def _line(record: Record, one: Covered, told: dict[str, str]) -> tuple[Markup, ...]:
    stands = fragment(mark(states.COVERED[one.state]), _looked(one))
    claims = fragment(worst_claim(one), quiet(shown(one))) if one.asked else fragment()
    return (
        control(one.of, one.before),
        text(_note(one, told)),
        fragment(stands, claims),
        _bearing(record, one.asked) if one.asked else text("–"),
    )


def _note(one: Covered, told: dict[str, str]) -> str:
    """The ML note; where it is that of a block, the first of the block has it and the others refer to it."""
    if one.note is None:
        return "Nobody has written what machine learning changes here."
    first = told.setdefault(one.note.note, one.of.id)
    return one.note.note if first == one.of.id else f"As for {first}."


def _looked(one: Covered) -> Markup:
    """What stands behind the state: which tests, and what they found; how many answers; or where it is named."""
    if one.state == "tested":
        named = f"a test of it names {one.audited} of {count(one.tally.applicable, 'question')}"
        return items([named, *(_test(test) for test in one.tests), *_lineless(one)])
    if one.state == "asked":
        answered = f"{one.tally.assessed} of {count(one.tally.applicable, 'question')} answered"
        return fragment(quiet(answered), items(_lineless(one)))
    return quiet(first_of(one.mentions, 3)) if one.mentions else fragment()


def _lineless(one: Covered) -> list[str]:
    """Tests that may have looked at it, and do not say so."""
    named = first_of((test.key for test in one.lineless), 3)
    return [f"{named}: line of the question not named, so not counted"] if named else []


def _test(test: Row) -> Markup:
    """A test by key and name, because its question may ask more than it looked at, and what it found."""
    named = test.key if test.name == test.key else f"{test.key} {test.name}"
    found = ", ".join(f"{part} {test[part] or 'not concluded'}" for part in ("design", "operation"))
    return fragment(f"{named}: ", alarm(found) if failed(test) else found)


def control(of: Reference, before: Iterable[Reference]) -> Markup:
    """Number and name of the 2022 edition, and below a control the numbers and names of 2013."""
    if not of.id.startswith("A."):
        return text(f"{of.id} {of.title}")
    old = "; ".join(f"{r.id} {r.title}" for r in before)
    return under(f"{of.id} {of.title}", f"2013: {old}" if old else "new in 2022")


def worst_claim(one: Covered) -> Markup:
    """The worst result among its questions; nothing where none is asked."""
    return mark(states.RESULTS[one.worst]) if one.worst is not None else text("–")


def shown(one: Covered) -> Markup:
    """How many of its questions are evidenced and shown by a test, and how many are contradicted."""
    if not one.tally.applicable:
        return text("–")
    against = alarm(f"{one.tally.contradicted} contradicted") if one.tally.contradicted else ""
    figures = f"{one.tally.evidenced} of {one.tally.applicable} evidenced, {one.tally.tested} by a test"
    return under(figures, against)


def _bearing(record: Record, asked: Iterable[Asked]) -> Markup:
    """Links to the questions of the worst result, with the systems they are weak in; the others are counted."""
    groups: dict[Result, dict[str, list[Asked]]] = {}
    for one in asked:
        if not one.folded:
            groups.setdefault(one.result, {}).setdefault(one.question.id, []).append(one)
    worst_first = sorted(groups, key=scale.RESULTS.index)
    named = [_named(record, result, list(groups[result].values())) for result in worst_first[:1]]
    others = ", ".join(f"{len(groups[result])} {result}" for result in worst_first[1:])
    return fragment(named, quiet(capitalized(others)) if others else None)


def _named(record: Record, result: Result, groups: Sequence[Sequence[Asked]]) -> Markup:
    """The first questions of one result, each as a link to its first answer and with the systems it is asked of."""
    links = []
    for first, *others in groups[:MOST]:
        page = record.catalog.page_asking[first.question.id]
        systems = ", ".join(one.system.name for one in (first, *others) if one.system)
        named = link(page, first.key, first.question.title)
        links += ["; ", named, f" ({systems})" if systems else ""]
    more = f"; {len(groups) - MOST} more" if len(groups) > MOST else ""
    return fragment(f"{result.capitalize()}: ", *links[1:], more)
