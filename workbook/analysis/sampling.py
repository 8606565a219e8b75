"""What a sample can say: how large it usually is, what is still open in it, what it proves of its population.

Sizes are practice, which no standard sets (checklists/reference/sampling_sizes.csv). Bounds hold for items that nobody
chose: random ones, and stratified ones in proportion.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import comb, exp, lgamma, log, log1p

from workbook.drawing import (
    FAILING,
    Comparison,
    OpenSample,
    Population,
    Sample,
    SampleResult,
    added,
    is_proportional,
    open_ones,
    open_reasons,
)
from workbook.errors import BadInput, Unknown
from workbook.language import say, written_figure
from workbook.record import Record, Stated, bare
from workbook.sample_rules import stratum
from workbook.words import capitalized, count, day, folded

ERROR = 0.05  # one-sided: how often a bound may be wrong
FINITE = 1_000  # larger populations are not counted item by item; their bound is wider and so on the safe side
AUTOMATED, ON_EVENT = "automated", "on event"
Sizes = list[dict[str, str]]


# how many -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Size:
    """How many items to take, why, and what an exception extends them to."""

    size: int
    following: int
    reason: str


def frequencies(sizes: Sizes) -> list[str]:
    """How often a control can run, as the table of sizes calls it; what runs on events goes by its count."""
    return [f for f in dict.fromkeys(row["frequency"] for row in sizes) if not f.startswith(ON_EVENT)]


def check_frequency(sizes: Sizes, frequency: str) -> None:
    """Raise Unknown for a frequency that the table does not have."""
    if frequency and frequency not in frequencies(sizes):
        raise Unknown("frequency", frequency, frequencies(sizes))


def usual_size(sizes: Sizes, frequency: str, risk: str, population: int) -> Size:
    """The usual size for a control that runs so often, or without a frequency for so many events; at most all of them.

    An exception extends it once: to the next larger size that the table has for this frequency, else for any, else to
    twice as many.
    """
    check_frequency(sizes, frequency)
    own = [row for row in sizes if row["frequency"] == (frequency or _events(sizes, population))]
    usual = int(next(row["sample_size"] for row in own if row["risk"] == risk))
    what = f"a control that runs {frequency}" if frequency else f"{own[0]['runs_per_year']} events"
    what = "an automated control whose configuration is shown not to have changed" if frequency == AUTOMATED else what
    if usual >= population:
        return Size(population, 0, f"All {_items(population)}: the usual size is {usual} for {what}.")
    reason = f"{_items(usual)}: the usual size for {what}, at {risk} risk."
    return Size(usual, _following(sizes, own, usual), reason)


def chosen_size(sizes: Sizes, frequency: str, risk: str, population: int, size: int) -> Size:
    """A size that somebody chose, beside the usual one."""
    usual = usual_size(sizes, frequency, risk, population)
    larger = [row for row in sizes if row["frequency"] == (frequency or _events(sizes, population))]
    says = f"{_items(size)}: chosen with --size; {usual.size} would be usual. ({usual.reason})"
    return Size(size, _following(sizes, larger, size), says)


def _items(number: int) -> str:
    """1 item, 2 items: for what is recorded, whatever language is spoken."""
    return f"{number} item{'' if number == 1 else 's'}"


def _following(sizes: Sizes, own: Sizes, size: int) -> int:
    for rows in (own, sizes):
        if larger := [int(row["sample_size"]) for row in rows if int(row["sample_size"]) > size]:
            return min(larger)
    return size * 2


def _events(sizes: Sizes, population: int) -> str:
    """The line of the table for so many events: 1 to 4, 5 to 49, over 250."""
    for row in sizes:
        if row["frequency"].startswith(ON_EVENT):
            last = row["runs_per_year"].rpartition(" to ")[2]
            if not last.isdigit() or population <= int(last):
                return row["frequency"]
    raise BadInput(say("The table of sample sizes has no line for events."))


# what it proves -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def upper_rate(exceptions: int, size: int) -> float:
    """The upper bound of the rate of exceptions, one-sided at 95 %: the rate p with P(X <= exceptions) = 0.05.

    Clopper and Pearson, Biometrika 26 (1934), 404-413; the binomial distribution, solved by bisection.
    """
    if exceptions >= size:
        return 1.0
    low, high = exceptions / size, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(exceptions, size, middle) > ERROR else (low, middle)
    return high


def _at_most(exceptions: int, size: int, rate: float) -> float:
    """P(X <= exceptions) of a binomial distribution."""
    if rate >= 1:
        return 0.0
    if rate <= 0:
        return 1.0
    ways = (lgamma(size + 1) - lgamma(k + 1) - lgamma(size - k + 1) for k in range(exceptions + 1))
    return sum(exp(w + k * log(rate) + (size - k) * log1p(-rate)) for k, w in enumerate(ways))


@lru_cache(maxsize=256)
def most_failing(exceptions: int, size: int, population: int) -> int:
    """The largest number of exceptions in the population that the sample does not rule out at 5 %, one-sided.

    The hypergeometric distribution, for drawing without putting back; the same test as `upper_rate`.
    """
    low, high = exceptions, population - (size - exceptions)
    ways = comb(population, size)
    while low < high:
        middle = (low + high + 1) // 2
        likely = sum(comb(middle, k) * comb(population - middle, size - k) for k in range(exceptions + 1))
        low, high = (middle, high) if 20 * likely > ways else (low, middle - 1)
    return low


@dataclass(frozen=True, slots=True)
class Bound:
    """At most so large is the rate of exceptions in the population, with 95 % confidence; with how many that would be.

    `at_most` is None where the population is too large to be counted item by item.
    """

    exceptions: int
    size: int
    rate: float
    at_most: int | None
    says: str


def bound(exceptions: int, size: int, population: int, *, extended: bool = False) -> Bound:
    """What `exceptions` in a random sample of `size` say of its population."""
    if size == population:
        says = say("All {n} were looked at: {exceptions}.", n=population, exceptions=count(exceptions, "exception"))
        return Bound(exceptions, size, exceptions / size, exceptions, says)
    at_most = most_failing(exceptions, size, population) if population <= FINITE else None
    rate = upper_rate(exceptions, size) if at_most is None else at_most / population
    of = "" if at_most is None else say(", {most} of {all}", most=at_most, all=population)
    says = say(
        "{exceptions} in {size}: with 95 % confidence at most {rate} %{of}, are exceptions (one-sided).",
        exceptions=capitalized(count(exceptions, "exception")), size=size,
        rate=written_figure(f"{100 * rate:.1f}"), of=of,
    )  # fmt: skip
    once = say("The sample was extended once, which this does not correct for.")
    return Bound(exceptions, size, rate, at_most, f"{says} {once}" if extended else says)


# samples of a record --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SampleState:
    """One sample with its population and results.

    `frozen` counts the populations that were frozen from this source until then, `drawn` the samples drawn from this
    population; `changed` says how the register differs from what was frozen.
    """

    key: str
    sample: Stated[Sample]
    population: Stated[Population]
    results: Mapping[str, SampleResult]
    frozen: int
    drawn: int
    changed: tuple[str, ...]

    @property
    def found(self) -> Counter[str]:
        """How many items showed what."""
        return Counter(result.result for result in self.results.values())

    @property
    def failing(self) -> int:
        """Exceptions, and items that are not available, which count as such."""
        return sum(self.found[result] for result in FAILING)

    @property
    def open(self) -> tuple[str, ...]:
        """Why nothing can be concluded yet, in words; nothing once all is there."""
        shown = {item: result.result for item, result in self.results.items()}
        return open_reasons(self.population.value, self.sample.value, shown)

    @property
    def to_add(self) -> int:
        """How many items an exception would add."""
        return len(added(self.population.value, self.sample.value))

    @property
    def strata(self) -> dict[str, tuple[int, int]]:
        """How many items each stratum has, and how many of them were drawn; nothing for other samples."""
        if self.sample.value.method != "stratified":
            return {}
        of, whole = self.population.value.stratum_of, Counter(self.population.value.strata)
        taken = Counter(of[item] for item in self.sample.value.items)
        return {name: (whole[name], taken[name]) for name in sorted(whole)}

    @property
    def why_no_bound(self) -> str:
        """Why the sample says nothing of the items that were not drawn; empty if it does."""
        sample, strata = self.sample.value, Counter(self.population.value.strata)
        if sample.method == "judgement":
            return say("Chosen by judgement: it says nothing about the items that were not chosen.")
        if sample.frequency == AUTOMATED:
            return say(
                "An automated control: one item says nothing of others, unless its configuration did not change."
            )
        if self.open:
            return say("Nothing is concluded yet.")
        forced = sample.method == "stratified" and not all(
            is_proportional(strata, size) for size in (sample.first, len(sample.items))
        )
        raised = say("Small strata were raised to one item, so it is not in proportion and says no rate.")
        return raised if forced else ""

    @property
    def bound(self) -> Bound | None:
        """What it says of its population; None where it says nothing."""
        if self.why_no_bound:
            return None
        sample = self.sample.value
        return bound(self.failing, len(sample.items), self.population.value.count, extended=bool(sample.extension))

    @property
    def says(self) -> str:
        """What it proves, or why it proves nothing, in a sentence."""
        return self.bound.says if self.bound else self.why_no_bound


def sample_states(record: Record) -> tuple[SampleState, ...]:
    """Every sample of a record, in the order of its number."""
    return tuple(sample_state(record, key) for key in record.samples)


def sample_state(record: Record, key: str) -> SampleState:
    """One sample; raises Unknown for one that was never drawn."""
    if key not in record.samples:
        raise Unknown("sample", key, record.samples)
    sample = record.samples[key]
    named = sample.value.population
    return SampleState(
        key,
        sample,
        record.populations[named],
        {r.value.item: r.value for r in record.sample_results.values() if r.value.sample == key},
        times_frozen(record, named),
        [k for k, s in record.samples.items() if s.value.population == named].index(key) + 1,
        differences(record, named),
    )


def open_sample(record: Record, key: str) -> tuple[str, ...]:
    """Why nothing can be concluded from a sample yet, in words; nothing for what is no sample."""
    found = open_samples(record)
    return found[key].reasons if key in found else ()


def open_samples(record: Record) -> Mapping[str, OpenSample]:
    """The samples in which something is still to be looked at, by their keys; also where an edition leaves them out."""
    return record.once(_open) if record.told_open is None else record.told_open


def _open(record: Record) -> Mapping[str, OpenSample]:
    tests = (row.values for row in record.rows.get("tests", ()))
    return open_ones(bare(record.populations), bare(record.samples), bare(record.sample_results), tests)


def testers(record: Record, key: str) -> set[str]:
    """Who said what the items of a sample showed."""
    return {r.actor for r in record.sample_results.values() if r.value.sample == key}


def times_frozen(record: Record, key: str) -> int:
    """How many populations were frozen from the same source until this one, itself included.

    A file under another name is the same source if most of its items are the same.
    """
    mine = record.populations[key]
    return sum(
        other.number <= mine.number and _same_source(other.value, mine.value) for other in record.populations.values()
    )


def _same_source(one: Population, other: Population) -> bool:
    if one.form == other.form and folded(one.source) == folded(other.source):
        return True
    return 2 * len(set(one.items) & set(other.items)) > min(one.count, other.count)


def register_items(record: Record, register: str, id_column: str, strata: str = "") -> dict[str, str]:
    """The ids of a register's rows, or what stands in a column of theirs, each with its stratum. Raises Unknown."""
    known = record.catalog.register(register)
    for name in filter(None, (id_column, strata)):
        if name not in (names := [field.id for field in known.fields]):
            raise Unknown(f"column of {register}", name, names)
    ids = [str(row[id_column] or "") if id_column else row.key for row in record.rows.get(register, ())]
    if len(set(ids)) < len(ids) or "" in ids:
        raise BadInput(
            say("The column {column} of {register} does not tell its rows apart; choose another one.",
                column=id_column, register=register)
        )  # fmt: skip
    return dict(zip(ids, (stratum(known, strata, row.values) for row in record.rows.get(register, ())), strict=True))


def differences(record: Record, key: str) -> tuple[str, ...]:
    """How the rows of a register differ from those that were frozen, which count; nothing for a file."""
    frozen = record.populations[key]
    about = frozen.value
    if about.form == "file" or about.source not in record.catalog.registers:
        return ()
    now = {str(row[about.column] if about.column else row.key): row for row in record.rows.get(about.source, ())}
    gone, new = set(about.items) - set(now), set(now) - set(about.items)
    other = [item for item in now if item in set(about.items) and now[item].number > frozen.number]
    counted = {
        say("{rows} added since it was frozen", rows=count(len(new), "row")): new,
        say("{rows} gone since it was frozen", rows=count(len(gone), "row")): gone,
        say("{rows} changed since it was frozen", rows=count(len(other), "row")): other,
    }
    return tuple(says for says, found in counted.items() if found)


def compare(source: str, here: Iterable[str], there: Iterable[str], digest: str = "") -> Comparison:
    """Two sources of the same ids, compared both ways."""
    ours, theirs = set(here), set(there)
    only = {"only_here": sorted(ours - theirs), "only_there": sorted(theirs - ours)}
    return Comparison.parse({"source": source, "sha256": digest, "count": len(theirs), **only})


def source_of(population: Population) -> str:
    """Where a population comes from, over which period, as a person reads it."""
    register = say("register {register}", register=population.source)
    what = register if population.form == "register" else population.source
    first, last = day(population.period_from) or say("the beginning"), day(population.period_to) or say("the end")
    period = say("{day} to {last}", day=first, last=last)
    return f"{what}, {period}" if population.period_from or population.period_to else what


def ordinal(number: int) -> str:
    """A place in a row as people say it: first, second, 11th."""
    words = {1: say("first"), 2: say("second"), 3: say("third")}
    ends = {1: say("{n}st", n=number), 2: say("{n}nd", n=number), 3: say("{n}rd", n=number)}
    other = say("{n}th", n=number)
    return words.get(number) or (other if number % 100 in (11, 12, 13) else ends.get(number % 10, other))
