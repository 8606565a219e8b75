"""What a population and a sample are, and how one is drawn from the other: an order that nobody chooses.

- *population*: one line for each item, its id, and behind a tab its stratum if there are strata; the lines sorted by
  their UTF-8 bytes, each ended by a line feed. Its hash is the SHA-256 of these bytes.
- *seed*: SHA-256 of the population's hash, a line feed, the hash of the revision that froze it, a line feed.
- *rank*: SHA-256 of the seed, a line feed, the item's id. Items are taken in the order of their ranks.
- *strata*: the size is shared out in proportion to their items by largest remainder; one that would get nothing gets
  one item from the stratum that got most. Within each, items are taken in the order of their ranks.

Hashes are written as 64 hexadecimal digits. `docs/draw_sample.py` does the same with nothing of ours.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from pydantic import Field

from workbook.errors import BadInput
from workbook.language import later, say, say_many, written
from workbook.model import Day, Numbering, Value
from workbook.words import count, first_of

POPULATIONS, SAMPLES = Numbering("POP", 3), Numbering("S", 3)
MAX_ITEMS, MAX_BYTES = 100_000, 1_200_000  # of one population, which is one revision of the ledger
FAILING = ("exception", "not available")  # what cannot be shown counts as an exception
HASH = r"^[0-9a-f]{64}$"
Method = Literal["random", "stratified", "all", "judgement"]
_NAMED = re.compile(r"S-[0-9]+", re.IGNORECASE)


class Comparison(Value):
    """A second source of the same items, such as a serving log, compared with a population both ways."""

    noun = later("Comparison")
    source: str = Field(min_length=1)
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")  # of the file
    count: int = Field(ge=0)
    only_here: tuple[str, ...] = ()
    only_there: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether an item stands on one side only."""
        return bool(self.only_here or self.only_there)


class Population(Value):
    """What a sample is drawn from, frozen: the ids of a register's rows or of a file's lines, sorted, and their hash.

    `column` holds the ids, the key of the rows if it is empty; `strata` are those of the `items`, one for one. A file
    lies in the vault under its hash `file`, as the piece of evidence `evidence`.
    """

    noun = later("Population")
    source: str = Field(min_length=1)
    form: Literal["register", "file"]
    column: str = ""
    items: tuple[str, ...] = Field(min_length=1)
    stratified_by: str = ""
    strata: tuple[str, ...] = ()
    count: int = Field(ge=1)
    sha256: str = Field(pattern=HASH)
    file: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    evidence: str = ""
    period_from: Day | None = None
    period_to: Day | None = None
    against: Comparison | None = None

    @property
    def stratum_of(self) -> dict[str, str]:
        """The stratum of each item; nothing without strata."""
        return dict(zip(self.items, self.strata, strict=False))


class Sample(Value):
    """Items drawn from a frozen population; the last `extension` of them were added after an exception.

    `next_size` is what an exception extends it to, fixed before anything was looked at; 0 for never.
    """

    noun = later("Sample")
    population: str
    method: Method
    seed: str = Field(pattern=HASH)
    items: tuple[str, ...] = Field(min_length=1)
    extension: int = Field(default=0, ge=0)
    next_size: int = Field(default=0, ge=0)
    reason: str = Field(min_length=1)
    why: str = ""
    frequency: str = ""
    risk: Literal["low", "normal", "high"] = "normal"
    question: str = ""
    system: str = ""

    @property
    def first(self) -> int:
        """How many items were drawn before any extension."""
        return len(self.items) - self.extension


class SampleResult(Value):
    """What one item of a sample showed; `not available` counts as an exception and needs words."""

    noun = later("Result of a sample")
    sample: str
    item: str
    result: Literal["pass", "exception", "not available"]
    note: str = ""


# freezing and drawing -------------------------------------------------------------------------------------------------


def check_items(items: Iterable[str], what: str) -> None:
    """Raise BadInput for a population that is empty or too large, or has an id that is empty, twice there or odd."""
    ids = list(items)
    if not ids:
        raise BadInput(say("{what} is empty; there is nothing to draw a sample from.", what=what))
    if len(ids) > MAX_ITEMS or sum(len(one.encode("utf-8", "replace")) + 3 for one in ids) > MAX_BYTES:
        raise BadInput(
            say("{what} holds {items} items, more than can be frozen at once; take a shorter period.", what=what,
                items=written(len(ids)))
        )  # fmt: skip
    if twice := [one for one, times in Counter(ids).items() if times > 1]:
        raise BadInput(
            say("{what} holds {ids} more than once: {named}.", what=what, ids=count(len(twice), "id"),
                named=first_of(twice, 5))
        )  # fmt: skip
    for one in ids:
        if not one or not _is_line(one):
            raise BadInput(
                say("{what}: {id} cannot be the id of an item; an id is one line of text.", what=what, id=repr(one))
            )


def _is_line(text: str) -> bool:
    return text == text.strip() and not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text)


def frozen(items: Mapping[str, str], **about: Any) -> Population:
    """The population of these items, each with its stratum (empty ones without strata), in canonical order."""
    check_items(items, str(about["source"]))
    if odd := next((kind for kind in items.values() if not _is_line(kind)), None):
        raise BadInput(
            say("{source}: {stratum} cannot be a stratum; a stratum is one line of text.", source=about["source"],
                stratum=repr(odd))
        )  # fmt: skip
    ids = sorted(items)  # by code points, which is the order of UTF-8 bytes
    strata = tuple(items[one] for one in ids) if about.get("stratified_by") else ()
    made = population_hash(ids, strata)
    return Population.parse({"items": ids, "strata": strata, "count": len(ids), "sha256": made, **about})


def population_hash(items: Iterable[str], strata: Iterable[str] = ()) -> str:
    """The SHA-256 over the canonical lines of a population."""
    ids, kinds = list(items), list(strata)
    lines = [f"{one}\t{kind}" for one, kind in zip(ids, kinds, strict=True)] if kinds else ids
    return sha256("".join(f"{line}\n" for line in sorted(lines)).encode()).hexdigest()


def seed_of(population: str, head: str) -> str:
    """The seed that a population's hash and the hash of the revision that froze it make."""
    return sha256(f"{population}\n{head}\n".encode()).hexdigest()


def ranked(seed: str, items: Iterable[str]) -> list[str]:
    """Items in the order of their ranks."""
    return sorted(items, key=lambda one: sha256(f"{seed}\n{one}".encode()).digest())


def shares(strata: Mapping[str, int], size: int) -> dict[str, int]:
    """How many items each stratum gives, of those it has; raises BadInput for a size below the number of strata."""
    if size < len(strata):
        raise BadInput(
            say_many("A stratified sample of {size} cannot cover {n} stratum; take at least --size {n}.",
                     "A stratified sample of {size} cannot cover {n} strata; take at least --size {n}.",
                     len(strata), size=size)
        )  # fmt: skip
    given = _proportional(strata, size)
    for name in sorted(name for name in given if not given[name]):
        most = min(given, key=lambda other: (-given[other], other))
        given[most], given[name] = given[most] - 1, 1
    return given


def _proportional(strata: Mapping[str, int], size: int) -> dict[str, int]:
    """Largest remainder: the whole part of each quota, and one more for the largest rests; of equal ones by name."""
    total = sum(strata.values())
    given = {name: size * held // total for name, held in strata.items()}
    by_rest = sorted(strata, key=lambda name: (-(size * strata[name] % total), name))
    for name in by_rest[: size - sum(given.values())]:
        given[name] += 1
    return given


def is_proportional(strata: Mapping[str, int], size: int) -> bool:
    """Whether no stratum was raised to one item, so that the sample speaks of the whole population."""
    return all(_proportional(strata, size).values())


def drawn(population: Population, seed: str, method: Method, size: int) -> tuple[str, ...]:
    """The first `size` items by their ranks, of each stratum its share; raises BadInput for more than there are."""
    if size > population.count:
        raise BadInput(
            say("A sample of {size} is larger than its population of {all}; take at most {all}, or --method all.",
                size=size, all=population.count)
        )  # fmt: skip
    if size < 1:
        raise BadInput(say("A sample has at least one item."))
    order = ranked(seed, population.items)
    if method != "stratified":
        return tuple(order[:size])
    left, strata, found = shares(Counter(population.strata), size), population.stratum_of, []
    for one in order:
        if left[strata[one]]:
            left[strata[one]] -= 1
            found.append(one)
    return tuple(found)


def added(population: Population, sample: Sample) -> tuple[str, ...]:
    """The items that an exception adds: what a sample of the next size takes and this one does not have yet."""
    if sample.method not in ("random", "stratified") or sample.extension or not sample.next_size:
        return ()
    size = min(sample.next_size, population.count)
    if size <= len(sample.items):
        return ()
    have = set(sample.items)
    return tuple(one for one in drawn(population, sample.seed, sample.method, size) if one not in have)


def misdrawn(population: Population, head: str, sample: Sample) -> str:
    """How a sample differs from what its population and the revision `head` that froze it give; empty if it does not.

    The rules refuse such a sample; this finds one that somebody wrote into the ledger past them.
    """
    first = sample.model_copy(update={"items": sample.items[: sample.first], "extension": 0})
    if population_hash(population.items, population.strata) != population.sha256:
        return say("its population does not have the hash that it was frozen under")
    if sample.seed != seed_of(population.sha256, head):
        return say("its seed was not made from its population and the revision that froze it")
    if sample.method == "judgement":
        foreign = set(sample.items) - set(population.items)
        return say("it has items that its population has not") if foreign else ""
    try:
        given = drawn(population, sample.seed, sample.method, sample.first)
    except BadInput as error:
        return str(error).removesuffix(".")
    if given != first.items or sample.items[sample.first :] not in ((), added(population, first)):
        return say("its items are not those that its seed gives")
    return ""


# how far a sample is --------------------------------------------------------------------------------------------------


def result_key(sample: str, place: int) -> str:
    """The ledger's key of the result of the item at this place of a sample, counted from 1."""
    return f"{sample}:{place}"


def open_reasons(population: Population, sample: Sample, results: Mapping[str, str]) -> tuple[str, ...]:
    """Why nothing can be concluded from a sample yet, in words; `results` by item."""
    missing = [one for one in sample.items if one not in results]
    failing = any(results.get(one) in FAILING for one in sample.items)
    unseen = say_many("no result yet for {missing} of {n} item", "no result yet for {missing} of {n} items",
                      len(sample.items), missing=len(missing))  # fmt: skip
    short = say("an exception was found and the sample is not extended")
    reasons = {unseen: bool(missing), short: failing and bool(added(population, sample))}
    return tuple(says for says, so in reasons.items() if so)


def sample_named(text: object) -> str:
    """The sample that the cell of a test names, and nothing else; empty for words of somebody's own."""
    found = str(text or "").strip()
    return found.upper() if _NAMED.fullmatch(found) else ""


def results_of(key: str, results: Iterable[SampleResult]) -> dict[str, str]:
    """What each item of a sample showed, as far as that is said."""
    return {one.item: one.result for one in results if one.sample == key}


class OpenSample(NamedTuple):
    """Why nothing can be concluded from a sample yet, in words, and whether an exception was found in it already."""

    reasons: tuple[str, ...]
    failing: bool


def open_ones(
    populations: Mapping[str, Population],
    samples: Mapping[str, Sample],
    results: Mapping[str, SampleResult],
    tests: Iterable[Mapping[str, Any]],
) -> dict[str, OpenSample]:
    """The samples in which something is still to be looked at, by their keys.

    One that found an exception is open until a test names it: else another one could be drawn until it suits.
    """
    found, named = {}, {sample_named(test.get("sample")) for test in tests}
    for key, sample in samples.items():
        shown = results_of(key, results.values())
        failing = bool(set(shown.values()) & set(FAILING))
        untold = [say("it found an exception, and no audit test names it")] if failing and key not in named else []
        if reasons := (*open_reasons(populations[sample.population], sample, shown), *untold):
            found[key] = OpenSample(reasons, failing)
    return found


class Shows(NamedTuple):
    """Since when the items of a sample are, None if nobody said, and why it shows no effect; empty if it does."""

    since: date | None
    fault: str


def shown_by_samples(
    populations: Mapping[str, Population], samples: Mapping[str, Sample], results: Mapping[str, SampleResult]
) -> dict[str, Shows]:
    """What each sample shows of a change that was to have an effect, by its key."""
    found = {}
    for key, sample in samples.items():
        population, shown = populations[sample.population], results_of(key, results.values())
        failing = say("showed an exception") if set(shown.values()) & set(FAILING) else ""
        left = "; ".join(open_reasons(population, sample, shown))
        found[key] = Shows(population.period_from, failing or (say("is open: {reasons}", reasons=left) if left else ""))
    return found


def filled(
    test: Mapping[str, Any],
    populations: Mapping[str, Population],
    samples: Mapping[str, Sample],
    results: Mapping[str, SampleResult],
) -> Mapping[str, Any]:
    """The cells of a test: if it names a sample, what was drawn and found stands in it, and is not typed.

    While the sample is open, the test concludes nothing: what it calls effective is not said.
    """
    key = sample_named(test.get("sample"))
    if key not in samples:
        return test
    sample, population = samples[key], populations[samples[key].population]
    found = results_of(key, results.values())
    counted = f"{population.count} item{'' if population.count == 1 else 's'}"
    cells = {
        **test,
        "population": f"{population.source}, {counted}, {population.sha256[:12]}",
        "sampled": len(found),
        "exceptions_found": sum(result in FAILING for result in found.values()),
    }
    if open_reasons(population, sample, found):
        cells |= {name: None for name in ("design", "operation") if test.get(name) == "effective"}
    return cells
