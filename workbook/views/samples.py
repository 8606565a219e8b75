"""The samples of the internal audit: from what they were drawn, how and why so many, what they showed and prove."""

from markupsafe import Markup

from workbook.analysis.sampling import SampleState, ordinal, sample_states, source_of
from workbook.audience import shows_names
from workbook.drawing import FAILING, Comparison
from workbook.language import say, term
from workbook.record import Record
from workbook.views import states
from workbook.views.markup import alarm, aside, facts, folded, hint, items, mark, note, quiet, table, under
from workbook.views.tag import code, fragment, text
from workbook.words import capitalized, count, first_of

SHOWN = 8  # ids in a line
LISTED = 120  # items listed; those that failed come first
DIGITS = 12  # of a hash


def samples(record: Record) -> Markup:
    """Each sample with its population, size, seed, results and what it proves; the items folded below."""
    if not shows_names(record.audience):
        return note(say("Samples and their populations are not part of this edition."))
    found = sample_states(record)
    waiting = sum(bool(one.open) for one in found)
    listed = table(
        say("{samples}, {waiting} open.", samples=count(len(found), "sample"), waiting=waiting or say("none")),
        [say("Sample"), say("Population"), say("Size and why"), say("Results"), say("What it proves")],
        [_sample(record, one) for one in found],
        empty=(say("No sample is drawn yet."), hint(say("workbook sample freezes a population and draws from it."))),
    )
    return fragment(listed, (_items(one) for one in found))


def _sample(record: Record, one: SampleState) -> tuple[Markup, ...]:
    sample = one.sample.value
    slot = "@".join(filter(None, (sample.question, sample.system)))
    question = record.catalog.questions.get(sample.question)
    about = f"{term(question.title)} ({slot})" if question else say("names no question")
    seed = text(say("seed {seed}")).format(seed=code[sample.seed[:DIGITS]])
    return (
        under(f"{one.key} {term(sample.method)}", about),
        _population(one),
        fragment(sample.reason, quiet(seed), _extension(one)),
        _results(one),
        fragment(one.says, items(alarm(f"{capitalized(says)}.") for says in one.open)),
    )


def _population(one: SampleState) -> Markup:
    about = one.population.value
    again = say("the {place} population frozen from this source", place=ordinal(one.frozen))
    lines = [
        f"{count(about.count, 'item')}, SHA-256 {about.sha256[:DIGITS]}",
        f"{one.sample.value.population}, {again}",
    ]
    if one.drawn > 1:
        lines.append(say("the {place} sample of this population", place=ordinal(one.drawn)))
    differs = [alarm(say("{difference}; the frozen ones count", difference=says)) for says in one.changed]
    return fragment(source_of(about), map(quiet, lines), map(quiet, differs), _against(about.against))


def _against(against: Comparison | None) -> Markup:
    if against is None:
        return fragment()
    there = say("only in {source}", source=against.source)
    sides = ((say("only here"), against.only_here), (there, against.only_there))
    said = [f"{len(ids)} {where}: {first_of(ids, SHOWN)}" for where, ids in sides if ids]
    return quiet(alarm("; ".join(said)) if said else say("the same items as in {source}", source=against.source))


def _extension(one: SampleState) -> Markup:
    sample = one.sample.value
    if sample.extension:
        said = say("{first} drawn first, {added} added after an exception", first=sample.first, added=sample.extension)
        return quiet(said)
    return quiet(say("an exception would add {n}", n=one.to_add)) if one.to_add else fragment()


def _results(one: SampleState) -> Markup:
    looked = say("{n} of {all} items", n=len(one.results), all=len(one.sample.value.items))
    if one.failing:
        return under(mark(states.SAMPLES["exceptions"], count(one.failing, "exception")), looked)
    return under(mark(states.SAMPLES["open" if one.open else "clear"]), looked)


def _items(one: SampleState) -> Markup:
    """The items in the order of their ranks, what failed first; with what is needed to draw them again."""
    sample = one.sample.value
    lines = [_item(one, item) for item in sorted(sample.items, key=lambda item: not _fails(one, item))[:LISTED]]
    left = len(sample.items) - len(lines)
    lines += [text(say("and {n} more", n=left))] if left else []
    again = facts([(say("Seed"), code[sample.seed]), (say("Population"), code[one.population.value.sha256])])
    return folded(say("The items of {key}", key=one.key), count(len(sample.items), "item"), again, items(lines),
                  anchor=f"sample-{one.key}")  # fmt: skip


def _fails(one: SampleState, item: str) -> bool:
    return item in one.results and one.results[item].result in FAILING


def _item(one: SampleState, item: str) -> Markup:
    found = one.results.get(item)
    if found is None:
        return fragment(item, " ", aside(say("no result yet")))
    said = f"{term(found.result)}{': ' + found.note if found.note else ''}"
    return fragment(item, " ", aside(said) if found.result == "pass" else alarm(said))
