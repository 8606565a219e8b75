"""The risks of the catalogue: which of them the record points to, and which nobody has rated yet."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

from workbook.analysis.risk import RatedRisk, rated_risks
from workbook.analysis.watches import Where, places
from workbook.entries import Signal
from workbook.language import say, term
from workbook.record import Record, Row
from workbook.words import first_of

# The area of the register under which a risk of the catalogue falls, by the question it belongs to.
_AREAS: Mapping[str, str] = {
    "rk-input-manipulation": "adversarial attack",
    "rk-model-poisoning": "adversarial attack",
    "rk-model-extraction": "adversarial attack",
    "rk-model-inversion": "data privacy",
    "rk-membership-inference": "data privacy",
    "rk-output-leakage": "data privacy",
    "di-personal-data-flows": "data privacy",
    "di-third-party-sources": "suppliers and people",
    "faq-third-party": "suppliers and people",
    "am-dev-tools": "suppliers and people",
}


@dataclass(frozen=True, slots=True)
class SuggestedRisk:
    """A risk of the catalogue that nobody has rated yet; `row` when it stands unrated in the register.

    `reasons` say what in the record points to it, in words with the rows and answers they were found in, and `systems`
    for which; without any, nothing points to it.
    """

    entry: Mapping[str, str]
    area: str
    row: Row | None
    reasons: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


def suggested_risks(record: Record) -> tuple[SuggestedRisk, ...]:
    """The risks of the catalogue that no rated risk of the register comes from, in the order of the catalogue."""
    return record.once(_suggest)


def _suggest(record: Record) -> tuple[SuggestedRisk, ...]:
    listed = {n: r for r in rated_risks(record) for n in catalogue_numbers(r.row)}
    done = {n for r in rated_risks(record) if r.inherent for n in catalogue_numbers(r.row)}
    scoped = {system.key: record.for_system(system.key) for system in record.systems}
    left = (entry for entry in record.catalog.risk_catalogue() if entry["risk_id"] not in done)
    return tuple(_suggestion(entry, listed.get(entry["risk_id"]), scoped) for entry in left)


def _suggestion(entry: Mapping[str, str], listed: RatedRisk | None, scoped: Mapping[str, Record]) -> SuggestedRisk:
    found = {key: tuple(_reasons(record, entry["risk_id"])) for key, record in scoped.items()}
    says = tuple(dict.fromkeys(says for reasons in found.values() for says in reasons))
    pointed = tuple(key for key, reasons in found.items() if reasons)
    return SuggestedRisk(entry, area_of(entry), listed.row if listed else None, says, pointed)


def _reasons(record: Record, risk: str) -> Iterator[str]:
    """What points to a risk for the one system of `record`, in words; a reason shows when all its signals do."""
    rule = record.catalog.suggestions.get(risk)
    for signals in rule.reasons if rule else ():
        shown = [(signal, places(record, signal)) for signal in signals]
        if all(where for _, where in shown):
            yield reduce(_and, (f"{term(signal.says)}: {_named(signal, where)}" for signal, where in shown))


def _and(first: str, last: str) -> str:
    return say("{first} and {last}", first=first, last=last)


def _named(signal: Signal, where: Where) -> str:
    """The rows by their ids, the answers by their titles."""
    return first_of((key if signal.register_ else label for key, label in where), 3)


def catalogue_numbers(row: Row) -> list[str]:
    """The risks of the catalogue that a row of the register comes from."""
    return re.findall(r"R\d\d", str(row["catalogue"] or "").upper())


def area_of(entry: Mapping[str, str]) -> str:
    """The area of the register under which a risk of the catalogue falls."""
    item = entry["seed_item"]
    return _AREAS.get(item, "algorithmic governance" if item.startswith("gv-") else "operations and access")
