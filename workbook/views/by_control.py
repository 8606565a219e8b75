"""Page 8: every Annex A control and clause, what machine learning changes about it, and how far it is covered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from workbook import scale
from workbook.analysis.annex_a import Covered, clause_uses, control_uses
from workbook.analysis.audit_tests import failed
from workbook.language import later, say, say_many, term
from workbook.model import Result
from workbook.record import Asked, Record, Row
from workbook.references import Reference
from workbook.scale import CoverState
from workbook.views import states, tag
from workbook.views.markup import aid, alarm, items, link, mark, note, paragraph, quiet, table, under, view
from workbook.views.tag import fragment, text
from workbook.words import capitalized, first_of

MOST = 3  # questions that a control names; the others are counted
THEMES = {
    "A.5": later("organizational"),
    "A.6": later("people"),
    "A.7": later("physical"),
    "A.8": later("technological"),
}
HEADINGS = {
    "4": later("context"),
    "5": later("leadership"),
    "6": later("planning"),
    "7": later("support"),
    "8": later("operation"),
    "9": later("performance evaluation"),
    "10": later("improvement"),
}
STATES: Mapping[CoverState, str] = {
    "tested": later("{n} tested"),
    "asked": later("{n} asked"),
    "mentioned": later("{n} mentioned"),
    "silent": later("{n} silent"),
}
MEANINGS = later(
    "How far one is covered says that somebody looked, and not what was found. Tested: an audit test with a conclusion "
    "names a line that tests it; asked: a question tests it, answered or not; mentioned: something refers to it, and "
    "nothing tests it; silent: nothing here speaks of it."
)


def by_control(record: Record) -> Markup:
    """Every Annex A control: how far it is covered, what is claimed and shown of it, what ML changes about it."""
    every = control_uses(record)
    silent = _silent(every)
    untested = say_many(
        "{n} control that no question tests here:", "{n} controls that no question tests here:", len(silent)
    )
    outside = say(
        "The general controls of the ISMS may cover them; the Statement of Applicability needs a decision on each "
        "(clause 6.1.3 d)."
    )
    groups = {
        f"{theme} {term(words)}": [c for c in every if c.of.id.startswith(f"{theme}.")]
        for theme, words in THEMES.items()
    }
    first = say("Control, with its numbers of 2013")
    return view(
        paragraph(
            say("Of {n} controls of ISO/IEC 27001:2022 Annex A: {counts}.", n=len(every), counts=_counts(every, STATES))
        ),
        _found(every),
        note(say(MEANINGS)),
        _named_silent(silent, untested, outside),
        *(_group(record, title, covered, first) for title, covered in groups.items()),
    )


def by_clause(record: Record) -> Markup:
    """Every clause from 4 to 10: how far it is covered, what is claimed and shown of it, what ML changes about it."""
    every = clause_uses(record)
    silent = _silent(every)
    untested = say_many(
        "{n} clause that no question tests here:", "{n} clauses that no question tests here:", len(silent)
    )
    outside = say("A clause cannot be left out: whoever claims conformity shows each of them (clause 1).")
    groups = {
        say("Clause {number}, {words}", number=n, words=term(words)): [c for c in every if c.of.id.split(".")[0] == n]
        for n, words in HEADINGS.items()
    }
    counts = _counts(every, STATES)
    return view(
        paragraph(say("Of {n} clauses that require something: {counts}.", n=len(every), counts=counts)),
        _found(every),
        _named_silent(silent, untested, outside),
        *(_group(record, title, covered, say("Clause")) for title, covered in groups.items()),
    )


def _counts(every: Iterable[Covered], told: Iterable[CoverState]) -> str:
    """How many there are in each of the states that are told."""
    counted = Counter(c.state for c in every)
    return ", ".join(say(STATES[state], n=counted[state]) for state in told)


def _found(every: Sequence[Covered]) -> Markup:
    """What was found, apart from how far somebody looked."""
    failing = sum(c.failed > 0 for c in every)
    against = sum(c.tally.contradicted > 0 for c in every)
    evidenced = sum(0 < c.tally.applicable == c.tally.evidenced for c in every)
    tested = sum(0 < c.tally.applicable == c.tally.tested for c in every)
    none = say("none")
    found = say(
        "What was found: {failing} have a question that a test found not effective; {against} have a claim that is "
        "contradicted; {evidenced} are evidenced in every question; {tested} are shown by a test in every question.",
        failing=failing or none,
        against=against or none,
        evidenced=evidenced or none,
        tested=tested or none,
    )
    return paragraph(found)


def _silent(every: Iterable[Covered]) -> list[Reference]:
    """The ones that nothing tests."""
    return [c.of for c in every if c.state in ("silent", "mentioned")]


def _named_silent(silent: Sequence[Reference], untested: str, outside: str) -> Markup:
    """The ones that nothing tests, by name; they are said and never folded away."""
    if not silent:
        return fragment()
    named = "; ".join(f"{r.id} {term(r.title)}" for r in silent)
    return paragraph(tag.b[untested, " "], f"{named}. {outside}")


def _group(record: Record, title: str, covered: Sequence[Covered], first: str) -> Markup:
    found = Counter(c.state for c in covered)
    right = _counts(covered, [state for state in STATES if found[state]])
    told: dict[str, str] = {}
    listed = table(
        say("{title}: worst claim, what is shown of it, and the questions that test it, worst first.", title=title),
        [first, say("What machine learning changes"), say("Covered, claimed, shown"), say("Questions, worst first")],
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
        return say("Nobody has written what machine learning changes here.")
    first = told.setdefault(one.note.note, one.of.id)
    return term(one.note.note) if first == one.of.id else say("As for {first}.", first=first)


def _looked(one: Covered) -> Markup:
    """What stands behind the state: which tests, and what they found; how many answers; or where it is named."""
    if one.state == "tested":
        named = say_many("a test of it names {some} of {n} question", "a test of it names {some} of {n} questions",
                         one.tally.applicable, some=one.audited)  # fmt: skip
        return items([named, *(_test(test) for test in one.tests), *_lineless(one)])
    if one.state == "asked":
        answered = say_many("{some} of {n} question answered", "{some} of {n} questions answered",
                            one.tally.applicable, some=one.tally.assessed)  # fmt: skip
        return fragment(quiet(answered), items(_lineless(one)))
    return quiet(first_of(map(_mention, one.mentions), 3)) if one.mentions else fragment()


def _mention(words: str) -> str:
    """Where it is named, as a reader has it: by an entry of a checklist, one set aside, a finding, the statement."""
    title, aside, _ = words.partition(" (does not apply here)")
    of, _, key = words.partition(" ")
    if aside:
        return say("{title} (does not apply here)", title=term(title))
    return say("finding {key}", key=key) if of == "finding" and key and " " not in key else term(words)


def _lineless(one: Covered) -> list[str]:
    """Tests that may have looked at it, and do not say so."""
    named = first_of((test.key for test in one.lineless), 3)
    return [say("{tests}: line of the question not named, so not counted", tests=named)] if named else []


def _test(test: Row) -> Markup:
    """A test by key and name, because its question may ask more than it looked at, and what it found."""
    named = test.key if test.name == test.key else f"{test.key} {test.name}"
    concluded = {part: term(test[part] or later("not concluded")) for part in ("design", "operation")}
    found = say("design {design}, operation {operation}", **concluded)
    return fragment(f"{named}: ", alarm(found) if failed(test) else found)


def control(of: Reference, before: Iterable[Reference]) -> Markup:
    """Number and name of the 2022 edition, and below a control the numbers and names of 2013."""
    if not of.id.startswith("A."):
        return text(f"{of.id} {term(of.title)}")
    old = "; ".join(f"{r.id} {term(r.title)}" for r in before)
    return under(f"{of.id} {term(of.title)}", f"2013: {old}" if old else say("new in 2022"))


def worst_claim(one: Covered) -> Markup:
    """The worst result among its questions; nothing where none is asked."""
    return mark(states.RESULTS[one.worst]) if one.worst is not None else text("–")


def shown(one: Covered) -> Markup:
    """How many of its questions are evidenced and shown by a test, and how many are contradicted."""
    if not one.tally.applicable:
        return text("–")
    against = alarm(say("{n} contradicted", n=one.tally.contradicted)) if one.tally.contradicted else ""
    figures = say("{some} of {all} evidenced, {tested} by a test", some=one.tally.evidenced,
                  all=one.tally.applicable, tested=one.tally.tested)  # fmt: skip
    return under(figures, against)


def _bearing(record: Record, asked: Iterable[Asked]) -> Markup:
    """Links to the questions of the worst result, with the systems they are weak in; the others are counted."""
    groups: dict[Result, dict[str, list[Asked]]] = {}
    for one in asked:
        if not one.folded:
            groups.setdefault(one.result, {}).setdefault(one.question.id, []).append(one)
    worst_first = sorted(groups, key=scale.RESULTS.index)
    named = [_named(record, result, list(groups[result].values())) for result in worst_first[:1]]
    others = ", ".join(f"{len(groups[result])} {term(str(result))}" for result in worst_first[1:])
    return fragment(named, quiet(capitalized(others)) if others else None)


def _named(record: Record, result: Result, groups: Sequence[Sequence[Asked]]) -> Markup:
    """The first questions of one result, each as a link to its first answer and with the systems it is asked of."""
    links = []
    for first, *others in groups[:MOST]:
        page = record.catalog.page_asking[first.question.id]
        systems = ", ".join(one.system.name for one in (first, *others) if one.system)
        named = link(page, first.key, term(first.question.title))
        links += ["; ", named, f" ({systems})" if systems else ""]
    more = f"; {say('{n} more', n=len(groups) - MOST)}" if len(groups) > MOST else ""
    return fragment(f"{capitalized(term(str(result)))}: ", *links[1:], more)
