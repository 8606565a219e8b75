"""The nonconformities that an auditor would write from the record as it stands: drafted, graded, explained.

A statement has three parts, as clause 10.2 and the practice of auditing want them: the requirement, the evidence, the
gap. Nothing is scored: each prediction names what it rests on, why its grade is likely and what would mend it. They are
for the team alone; for any other audience there are none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workbook.analysis import prediction_audit, prediction_claims, prediction_models
from workbook.analysis.prediction_hits import Detector, Hit
from workbook.analysis.watches import places
from workbook.audience import shows_forecast
from workbook.entries import Prediction
from workbook.language import later, say, term
from workbook.record import Record
from workbook.references import Reference
from workbook.scale import GRADES
from workbook.words import count, day, first_of

TOLD = 6  # cases in the evidence of a statement; `hits` holds all
DETECTORS: Mapping[str, Detector] = {
    **prediction_audit.DETECTORS,
    **prediction_models.DETECTORS,
    **prediction_claims.DETECTORS,
}


@dataclass(frozen=True, slots=True)
class Predicted:
    """A rule that found something: its cases, the clauses it rests on, and the day of the record."""

    rule: Prediction
    hits: tuple[Hit, ...]
    references: tuple[Reference, ...]
    on: date

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of everything it rests on, each once."""
        return tuple(dict.fromkeys(key for hit in self.hits for key in hit.keys))

    @property
    def clause(self) -> str:
        """The clause or control that an auditor would name first, as a person writes it."""
        return self.references[0].label

    @property
    def requirement(self) -> str:
        """First part of the statement: what is required, and by which clause or control."""
        labels = ", ".join(r.label for r in self.references)
        return f"{term(self.rule.requirement).rstrip('.')} ({labels})."

    @property
    def evidence(self) -> str:
        """Second part: what the record shows, with its ids."""
        says = first_of((hit.says.rstrip(".") for hit in self.hits), TOLD, later("and {n} more cases"))
        return f"{says}."

    @property
    def gap(self) -> str:
        """Third part: what is missing between the two; where the rule is a hint, what a person has to judge."""
        many = count(len(self.hits), "case")
        says = term(self.rule.gap).format(keys=first_of(self.keys, TOLD), count=many, on=day(self.on))
        judge = say("A person has to judge: {what}", what=term(self.rule.judge))
        return f"{says} {judge}" if self.rule.judge else says

    @property
    def statement(self) -> str:
        """The three parts as one text, as an auditor writes a nonconformity (clause 10.2)."""
        return say("Requirement: {requirement} Evidence: {evidence} Gap: {gap}", requirement=self.requirement,
                   evidence=self.evidence, gap=self.gap)  # fmt: skip


def predict(record: Record) -> tuple[Predicted, ...]:
    """What the rules of the catalog find, the gravest first; nothing in an edition for somebody else."""
    return record.once(_predict_all) if shows_forecast(record.audience) else ()


def _predict_all(record: Record) -> tuple[Predicted, ...]:
    found = ((rule, _hits(record, rule)) for rule in record.catalog.predictions)
    named = (Predicted(rule, hits, _references(record, rule), record.on) for rule, hits in found if hits)
    return tuple(sorted(named, key=lambda p: GRADES.index(p.rule.grade)))


def _hits(record: Record, rule: Prediction) -> tuple[Hit, ...]:
    if rule.rule:
        return tuple(DETECTORS[rule.rule](record, rule))
    return tuple(
        Hit((key,), f"{key} ({name}): {term(signal.says)}")
        for signal in rule.signals
        for key, name in places(record, signal)
    )


def _references(record: Record, rule: Prediction) -> tuple[Reference, ...]:
    """The clauses and controls of a rule in its own order, the leading one first; then all else it refers to."""
    leading = [record.catalog.facts["iso27001"][i] for i in rule.refs["iso27001"]]
    others = {source: ids for source, ids in rule.refs.items() if source != "iso27001"}
    return (*leading, *record.catalog.references(others))


def grades(found: Iterable[Predicted]) -> Mapping[str, int]:
    """How many of some predictions have which grade, the gravest first; grades without any are left out."""
    counted: Counter[str] = Counter(one.rule.grade for one in found)
    return {grade: counted[grade] for grade in GRADES if counted[grade]}
