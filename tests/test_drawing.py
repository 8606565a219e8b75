"""Nobody can choose what is drawn, and everybody can draw it again, with nothing of ours."""

import csv
import random
import runpy
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbook.drawing import Population, Sample, added, drawn, frozen, population_hash, ranked, seed_of, shares
from workbook.errors import BadInput

SCRIPT = ROOT / "docs" / "draw_sample.py"
TELL = "import sys; print(sys.executable)"
draw_again = runpy.run_path(str(SCRIPT))["draw"]
LETTERS = "ABCabc019-_. äßé漢字😀"


def population(items: dict[str, str], stratified: bool = False) -> Population:
    return frozen(items, source="log.csv", form="file", file="a" * 64, stratified_by="kind" if stratified else "")


def some_items(chance: random.Random) -> dict[str, str]:
    """A few items with odd ids, each of one of a few kinds."""
    many, kinds = chance.randint(1, 12), chance.sample(["", "a", "b", "Z", "ä", "a b"], chance.randint(1, 4))
    ids = {"".join(chance.choices(LETTERS, k=chance.randint(1, 5))).strip() for _ in range(many)} - {""} or {"x"}
    return {one: chance.choice(kinds) for one in ids}


def test_the_published_script_draws_the_same_from_ten_thousand_populations():
    chance = random.Random(9)
    for number in range(10_000):
        items, stratified, seed = some_items(chance), number % 2 == 0, sha256(str(number).encode()).hexdigest()
        kinds = len(set(items.values())) if stratified else 1
        size = chance.randint(kinds, len(items))
        found = population(items, stratified)
        ours = drawn(found, seed, "stratified" if stratified else "random", size)
        theirs = list(draw_again(items if stratified else dict.fromkeys(items, ""), seed, size))

        assert list(ours) == theirs, (items, seed, size)


@cache
def pythons() -> tuple[str, ...]:
    """Every Python on this machine that runs."""
    names = ["python3", *(f"python3.{n}" for n in range(9, 16))]
    asked = [subprocess.run([n, "-IS", "-c", TELL], capture_output=True, text=True) for n in names if shutil.which(n)]
    return tuple(sorted({sys.executable, *(run.stdout.strip() for run in asked if run.returncode == 0)}))


@pytest.mark.parametrize("stratified", [False, True])
def test_the_script_reads_a_population_from_a_file_with_any_python(tmp_path: Path, stratified: bool):
    items = {f"D-{n:03}é": ("manual" if n % 7 == 0 else "pipeline, ours") for n in range(1, 61)}
    file = tmp_path / "population.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target).writerows([("id", "kind"), *items.items()])
    found, seed = population(items, stratified), "5eed" * 16
    more = ["id", "kind"] if stratified else []
    ours = drawn(found, seed, "stratified" if stratified else "random", 10)
    for python in pythons():
        run = subprocess.run([python, "-ISX", "utf8", SCRIPT, file, seed, "10", *more], capture_output=True, check=True)

        assert run.stdout.decode().splitlines() == [f"population {found.sha256}", *ours], python


def test_the_rule_is_what_is_written_down_and_stays_so():
    """The hashes here were made by hand with sha256sum; samples of earlier years must be drawn again for ever."""
    plain, strata = population_hash(["b", "a"]), population_hash(["b", "a"], ["y", "x"])

    assert plain == "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2"
    assert strata == "e8d47f137cab36ac7ca41fba1e478d5abc35cd74978ff8835a995b884b54502d"
    assert seed_of("1" * 64, "2" * 64) == "f5404fd407075eb9ef6261cbfc12da4cbe2906c3a04dcffd2be12daa6a475c89"
    assert ranked("seed", ["d", "c", "b", "a"]) == ["a", "b", "c", "d"]


def test_the_order_of_a_file_changes_nothing():
    items = {f"M-{n}": "" for n in range(30)}
    backwards = dict(reversed(items.items()))

    assert population(items) == population(backwards)
    assert drawn(population(items), "s", "random", 7) == drawn(population(backwards), "s", "random", 7)


def test_a_larger_sample_begins_with_the_smaller_one():
    found = population({f"M-{n}": "" for n in range(50)})

    assert drawn(found, "s", "random", 25)[:10] == drawn(found, "s", "random", 10)


def test_every_item_is_as_likely_as_any_other():
    """Over many seeds each item is drawn about as often; a chi-squared of 30, of 9 degrees, is 1 in 2,000."""
    found = population({f"M-{n}": "" for n in range(10)})
    seeds = [sha256(str(n).encode()).hexdigest() for n in range(2_000)]
    counts = Counter(item for seed in seeds for item in drawn(found, seed, "random", 3))

    expected = 600
    assert sum((counts[item] - expected) ** 2 / (expected * 0.7) for item in found.items) < 30


@pytest.mark.parametrize(
    ("strata", "size", "given"),
    [
        ({"pipeline": 12, "manual": 2}, 5, {"pipeline": 4, "manual": 1}),
        ({"a": 60, "b": 30, "c": 10}, 10, {"a": 6, "b": 3, "c": 1}),
        ({"a": 97, "b": 2, "c": 1}, 10, {"a": 8, "b": 1, "c": 1}),  # by proportion alone the last two would get nothing
        ({"b": 1, "a": 1, "c": 1}, 3, {"a": 1, "b": 1, "c": 1}),
        ({"b": 5, "a": 5}, 3, {"a": 2, "b": 1}),  # equal rests: by name
    ],
)
def test_strata_share_by_largest_remainder_and_none_goes_empty(strata, size, given):
    assert shares(strata, size) == given


def test_shares_add_up_and_take_no_more_than_there_is():
    chance = random.Random(3)
    for _ in range(2_000):
        strata = {str(n): chance.choice([1, 1, 2, 5, 40, 300]) for n in range(chance.randint(1, 6))}
        size = chance.randint(len(strata), sum(strata.values()))
        given = shares(strata, size)

        assert sum(given.values()) == size
        assert all(1 <= given[name] <= held for name, held in strata.items())


def test_an_extension_keeps_what_was_drawn_and_adds_the_next():
    chance = random.Random(5)
    for _ in range(500):
        items = {f"D-{n}": chance.choice("aab") for n in range(chance.randint(6, 30))}
        found, method = population(items, True), chance.choice(["random", "stratified"])
        first = drawn(found, "s", method, 4)
        sample = Sample(population="POP-001", method=method, seed="a" * 64, items=first, next_size=9, reason="r")
        sample = sample.model_copy(update={"seed": "s"})
        more, target = added(found, sample), min(9, len(items))

        assert not set(more) & set(first)
        assert set(drawn(found, "s", method, target)) <= {*first, *more}
        assert target <= len(first) + len(more) <= target + 1  # a share may shrink while the whole grows


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ({}, "empty"),
        ({"": ""}, "'' cannot be the id"),
        ({"a\nb": ""}, "one line of text"),
        ({"a\tb": ""}, "one line of text"),
        ({"a\u2028b": ""}, "one line of text"),
        ({" a": ""}, "one line of text"),
        ({"a": "b\tc"}, "cannot be a stratum"),
        ({str(n) * 20: "" for n in range(100_001)}, "more than can be frozen at once"),
    ],
)
def test_what_no_other_language_would_read_alike_is_refused(items, says):
    with pytest.raises(BadInput, match=says):
        population(items, True)
