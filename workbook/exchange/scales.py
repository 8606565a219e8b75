"""Ratings in other people's tables, read on the scales of an engagement's own risk method, by its words."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from workbook.catalog import Catalog
from workbook.entries import Register, RegisterField
from workbook.risk_method import RATED, RiskMethod
from workbook.risk_rules import method_of
from workbook.store import Store
from workbook.words import plain_name

USUAL = 5  # steps of the scales whose words the checklists list


def fitted(store: Store, kind: str) -> Catalog:
    """The checklists as a table of `kind` is read: what a rating may be, and which word means which step."""
    if kind != "risks":
        return store.catalog
    situation = store.situation()
    method = method_of(situation)
    scales = situation.recorded("risk_scales").values() if method.own else ()
    return fit(store.catalog, method, scales)


def fit(catalog: Catalog, method: RiskMethod, scales: Iterable[Mapping[str, Any]] = ()) -> Catalog:
    """The checklists with the ratings of risks on the scales of `method`, whose steps are called as `scales` say.

    The usual words stand for steps of the usual five; on a scale of another size they would mean something else.
    """
    named: dict[str, dict[str, str]] = {}
    for row in scales:
        named.setdefault(row["scale"], {})[plain_name(row["name"])] = str(row["step"])
    topics = tuple(
        topic.model_copy(update={"registers": tuple(_fit(r, method, named) for r in topic.registers)})
        for topic in catalog.topics
    )
    return replace(catalog, topics=topics)


def _fit(register: Register, method: RiskMethod, named: Mapping[str, Mapping[str, str]]) -> Register:
    if register.id != "risks":
        return register
    return register.model_copy(update={"fields": tuple(_rating(f, method, named) for f in register.fields)})


def _rating(field: RegisterField, method: RiskMethod, named: Mapping[str, Mapping[str, str]]) -> RegisterField:
    if field.id not in RATED:
        return field
    size, words = method.sizes[RATED[field.id]], dict(named.get(RATED[field.id], {}))
    for step, usual in field.means.items() if size == USUAL else ():
        for word in usual:
            words.setdefault(plain_name(word), step)
    means = {str(n): tuple(w for w, step in words.items() if step == str(n)) for n in range(1, size + 1)}
    return field.model_copy(update={"max": size, "means": means})
