"""Freezes a population, draws a sample from it, keeps what its items showed, and extends it after an exception.

The population is a revision of its own before the seed is made, because the seed is made from that revision.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbook.drawing import (
    FAILING,
    POPULATIONS,
    SAMPLES,
    Population,
    Sample,
    SampleResult,
    added,
    drawn,
    result_key,
    results_of,
    seed_of,
)
from workbook.errors import BadFile, BadInput, Unknown, gather
from workbook.language import say, say_many
from workbook.model import Draft, Revision
from workbook.sample_rules import check_judgement, check_question
from workbook.store import Store
from workbook.words import first_of

UNDRAWN = "0" * 64  # the seed of a sample before its population is frozen


def planned(store: Store, population: Population, facts: Mapping[str, Any]) -> Sample:
    """The sample that `facts` ask for, as far as it is known before anything is frozen: `size` and fields of `Sample`.

    Raises BadInput and Unknown for whatever could not be drawn, so that nothing is frozen in vain.
    """
    store.refuse()
    about = {k: v for k, v in facts.items() if k != "size"}
    if about["method"] == "stratified" and not population.strata:
        raise BadInput(say("A stratified sample needs strata: name their column with --strata."))
    if about["method"] != "judgement":
        about["items"] = drawn(population, UNDRAWN, about["method"], facts["size"])
    sample = Sample.parse({"population": "", "seed": UNDRAWN, **about})
    if sample.method == "judgement":
        check_judgement(sample, population)
    check_question(sample, store.situation())
    return sample


def freeze(store: Store, population: Population, *files: tuple[Path, str]) -> Revision:
    """Record a population; the `files` that it was read from, each with its SHA-256 of then, are kept as evidence.

    Raises BadFile for one that was changed since it was read, and what a save raises.
    """
    for path, digest in files:
        if store.vault.look(path).sha256 != digest:
            raise BadFile(
                say("{name} changed while it was read; wait until nothing writes to it, then do it again.",
                    name=path.name)
            )  # fmt: skip
    keys = {digest: _keep(store, path, digest, population) for path, digest in files}
    body = population.model_copy(update={"evidence": keys.get(population.file, "")}).body()
    return store.save([Draft("population", "", body, numbers=POPULATIONS)])[0]


def _keep(store: Store, path: Path, digest: str, population: Population) -> str:
    """The key of the evidence that the file at `path` is, or becomes."""
    held = (key for name, key in store.named_by(digest) if name == store.name)
    if found := next((key for key in held if store.situation().holds("evidence", key)), ""):
        return found
    about = {"title": f"Source of a sample: {path.name}", "collected_at": store.on,
             "period_from": population.period_from, "period_to": population.period_to}  # fmt: skip
    key, kept = store.attach_file(path, about)
    if kept.sha256 != digest:
        raise BadFile(
            say("{name} changed while it was read; {key} holds it as it is now, and nothing was frozen.", key=key,
                name=path.name)
        )  # fmt: skip
    return key


def draw(store: Store, key: str, sample: Sample) -> Revision:
    """Record the `sample` that was planned, drawn from the population that is frozen under `key`."""
    frozen = store.ledger.get(store.name, "population", key)
    if frozen is None:
        raise Unknown("population", key, store.situation().keys("population"))
    population = Population(**(frozen.body or {}))
    seed = seed_of(population.sha256, frozen.hash)
    own = sample.method == "judgement"
    items = sample.items if own else drawn(population, seed, sample.method, len(sample.items))
    body = sample.model_copy(update={"population": key, "seed": seed, "items": items}).body()
    return store.save([Draft("sample", "", body, numbers=SAMPLES)])[0]


def record_results(
    store: Store, key: str, results: Mapping[str, tuple[str, str]], bases: Mapping[str, int] | None = None
) -> list[Revision]:
    """Record what items of a sample showed, each as result and note, in the name of whoever speaks; all or nothing.

    `bases` are the versions that somebody saw; without, those that stand. Raises Conflict for one that is older than
    what stands. The first exception draws the next items in the same save. What stands already is not recorded again.
    """
    store.refuse()
    record = store.record()
    if key not in record.samples:
        raise Unknown("sample", key, record.samples)
    stated, kept = record.samples[key], record.sample_results
    sample, seen = stated.value, bases or {}
    if strange := [item for item in results if item not in sample.items]:
        says = say_many("{n} item not drawn in {key}: {items}.", "{n} items not drawn in {key}: {items}.", len(strange),
                        key=key, items=first_of(strange, 5))  # fmt: skip
        raise BadInput(says, field="item")
    places = {item: result_key(key, place) for place, item in enumerate(sample.items, 1)}
    values = gather(*(_result(key, item, *said) for item, said in results.items()))
    drafts = [
        Draft("sample_result", place, value.body(), seen.get(value.item, kept[place].version if place in kept else 0))
        for value in values
        if (place := places[value.item]) not in kept or kept[place].value != value
    ]
    found = results_of(key, [*(s.value for s in kept.values()), *values])
    more = added(record.populations[sample.population].value, sample)
    if more and set(found.values()) & set(FAILING):
        longer = sample.model_copy(update={"items": sample.items + more, "extension": len(more)})
        drafts.append(Draft("sample", key, longer.body(), stated.version))
    return store.save(drafts)


def _result(key: str, item: str, result: str, note: str) -> Any:
    return lambda: SampleResult.parse({"sample": key, "item": item, "result": result.strip().casefold(), "note": note})
