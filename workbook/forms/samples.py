"""Typing what each drawn item of a sample showed, item by item, beside what the sample was drawn from."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, get_args

from workbook.analysis.sampling import SampleState, ordinal, sample_states, source_of
from workbook.drawing import SampleResult, result_key
from workbook.errors import BadInput
from workbook.forms.base import Message, Reply, moment_json
from workbook.forms.undoing import Undoing
from workbook.freezing import record_results
from workbook.language import say, term
from workbook.record import Record
from workbook.sample_rules import why_no_tester
from workbook.situation import Situation
from workbook.views import states
from workbook.words import count

LISTED = 200  # items of one sample that are typed; more come by `workbook sample --of … --results FILE`


class SamplesForm(Undoing):
    """Every sample with its items, and what each of them showed."""

    kind = "samples"

    def shown(self) -> Reply:
        """The samples in the order of their numbers; for each why this person may not say what it showed, if so."""
        record, situation = self.page.record(), self.store.situation()
        choices = list(get_args(SampleResult.model_fields["result"].annotation))
        return {"choices": choices, "samples": [_sample(record, one, situation) for one in sample_states(record)]}

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save what one item showed; an exception draws the next items of its sample in the same save."""
        key, values = str(message["key"]), message["values"]
        name, _, place = key.partition(":")
        stated = self.page.record().samples.get(name)
        if stated is None or not place.isdigit() or not 0 < int(place) <= len(stated.value.items):
            raise BadInput(say("{key} is no item of a sample that was drawn; run the cell again.", key=key))
        item = stated.value.items[int(place) - 1]
        said = (str(values["result"] or ""), str(values["note"] or ""))
        if not said[0]:
            raise BadInput(say("Choose what the item showed."), field="result")
        record_results(self.store, name, {item: said}, {item: int(message["base"])})
        revision = self.store.history("sample_result", key)[-1]
        return {"revision": self.revision_json(revision), "changed": True}


def _sample(record: Record, one: SampleState, situation: Situation) -> Reply:
    items = one.sample.value.items
    state = states.SAMPLES["exceptions" if one.failing else "open" if one.open else "clear"]
    return {
        "key": one.key,
        "title": say(
            "{key} {method}, {done} of {items} looked at",
            key=one.key,
            method=term(one.sample.value.method),
            done=len(one.results),
            items=count(len(items), "item"),
        ),
        "badge": (state.kind, f"{state.sign} {term(state.word)}"),
        "about": list(_about(one)),
        "why": why_no_tester(one.sample.value, situation),
        "items": [_item(record, one, place) for place in islice(range(1, len(items) + 1), LISTED)],
        "more": max(0, len(items) - LISTED),
    }


def _about(one: SampleState) -> Iterator[str]:
    """From what it was drawn, why so many, and what it says so far."""
    sample, population = one.sample.value, one.population.value
    if sample.question:
        yield say("Tests {key}.", key="@".join(filter(None, (sample.question, sample.system))))
    drawn = say(", the {which} sample of it", which=ordinal(one.drawn)) if one.drawn > 1 else ""
    yield say(
        "From {source}, {items}: the {which} population frozen from this source{drawn}.",
        source=source_of(population), items=count(population.count, "item"), which=ordinal(one.frozen), drawn=drawn,
    )  # fmt: skip
    yield sample.reason
    yield from (say("{change}; the frozen ones count.", change=says) for says in one.changed)
    yield from (f"{says[:1].upper()}{says[1:]}." for says in one.open)
    yield one.says


def _item(record: Record, one: SampleState, place: int) -> Reply:
    item, key = one.sample.value.items[place - 1], result_key(one.key, place)
    stated = record.sample_results.get(key)
    said = stated.value if stated else None
    return {
        "key": key,
        "item": item,
        "values": {"result": said.result if said else "", "note": said.note if said else ""},
        "version": stated.version if stated else 0,
        "by": stated.actor if stated else "",
        "at": moment_json(record.local(stated.at if stated else None)),
    }
