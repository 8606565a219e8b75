"""What the registers of models, data, flows, suppliers and changes would have an auditor write: A.5.20, A.5.32, 8.2.

Each function looks for one thing; what it means, and how grave it is, stands in checklists/predictions.yaml.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from workbook.analysis.artefacts import current_versions
from workbook.analysis.audit_tests import failed, find_tests
from workbook.analysis.counter import touches
from workbook.analysis.data_flows import data_flows
from workbook.analysis.findings import is_open
from workbook.analysis.prediction_hits import Detector, Hit, named_in, rows_by_key
from workbook.entries import Prediction
from workbook.language import say, say_many, term
from workbook.record import Asked, Record, Row
from workbook.registers import says_nothing
from workbook.scale import NONCONFORMITIES
from workbook.words import day, folded

_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DENIED = re.compile(
    r"\b(?:no|not|nothing|none|without|missing|lacks?|kein\w*|nicht|nichts|ohne|fehl\w*)\b[^.;]*", re.IGNORECASE
)


def _called(model: Row) -> str:
    return f"{model.key} {model['version'] or model.name}"


def trained_after_licence(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Models validated after the right to some of their training data had ended (controls A.5.31 and A.5.32)."""
    for model in record.register("models"):
        validated = model["validated_on"]
        if validated is None or model["stage"] == "retired":
            continue
        for keys, ended in licences(record, model):
            if ended < validated:
                says = say("{model} was validated on {validated}; the right to {key} ended {ended}",
                           model=_called(model), validated=day(validated), key=keys[-1],
                           ended=day(ended))  # fmt: skip
                yield Hit((model.key, *keys), says)


def licences(record: Record, model: Row) -> Iterator[tuple[tuple[str, ...], date]]:
    """When the right to each dataset that a model was trained on, and to each source of it, ends."""
    datasets, sources = rows_by_key(record, "datasets"), rows_by_key(record, "data_sources")
    for dataset in (datasets[key] for key in model["training_data"] or () if key in datasets):
        if dataset["licence_expires"]:
            yield (dataset.key,), dataset["licence_expires"]
        for source in (sources[key] for key in dataset["sources"] or () if key in sources):
            if source["agreement_expires"]:
                yield (dataset.key, source.key), source["agreement_expires"]


def assessment_of_another_version(record: Record, rule: Prediction) -> Iterator[Hit]:
    """Impact assessments of another version than the one in production, or older than it (control A.5.34)."""
    for asked in record.asked:
        models = current_versions(record, asked, "model") if asked.question.id in rule.questions else ()
        known = {folded(str(text)) for m in models for text in (m["version"], m["artefact_hash"]) if text}
        for key, stated, _ in asked.evidence if known else ():
            version = stated.value.version
            if version.strip() and folded(version) not in known:
                says = say("{key} speaks of version {version}, in production is {models}", key=key, version=version,
                           models=", ".join(map(_called, models)))  # fmt: skip
                yield Hit((asked.key, key, *(m.key for m in models)), says)
    yield from older_assessments(record)


def older_assessments(record: Record) -> Iterator[Hit]:
    """Flows that feed a decision of a model in production and rest on an assessment older than its validation."""
    live = [m for m in record.register("models") if m["stage"] == "production" and m["validated_on"]]
    for flow in record.register("flows"):
        last = _last_day(str(flow["impact_assessment"] or ""))
        newer = [m for m in live if last and m["system"] in (flow["systems"] or ()) and m["validated_on"] > last]
        if newer and last:
            versions = ", ".join(
                say("{model} validated on {day}", model=_called(m), day=day(m["validated_on"])) for m in newer
            )
            says = say("{key} rests on an assessment of {day}, older than {models}", key=flow.key, day=day(last),
                       models=versions)  # fmt: skip
            yield Hit((flow.key, *(m.key for m in newer)), says)


def _last_day(text: str) -> date | None:
    days = []
    for year, month, number in _DAY.findall(text):
        try:
            days.append(date(int(year), int(month), int(number)))
        except ValueError:
            continue
    return max(days, default=None)


def approved_against_validation(record: Record, rule: Prediction) -> Iterator[Hit]:
    """Production models whose validation something speaks against, and that nobody approved (control A.8.29).

    The answers do not matter here: what is not answered, or answered with no, is no better.
    """
    for model in record.register("models"):
        if model["stage"] != "production" or not says_nothing(model["approved_by"]):
            continue
        for asked in (a for a in record.asked if a.question.id in rule.questions and a.slot.system == model["system"]):
            if against := _against(record, asked):
                named = ", ".join(f"{row.key} ({row.name})" for row in against)
                says = say("{model} is in production without an approval; against its validation speak {rows}",
                           model=_called(model), rows=named)  # fmt: skip
                yield Hit((model.key, asked.key, *(row.key for row in against)), says)


def _against(record: Record, asked: Asked) -> list[Row]:
    """The open nonconformities that touch a question, and its newest test if that failed."""
    findings = (f for f in record.register("findings") if f["grade"] in NONCONFORMITIES and is_open(record, f))
    tests = [t for t in find_tests(record, asked) if t["tested_on"]]
    newest = max(tests, key=lambda t: (t["tested_on"], t.number), default=None)
    return [*(f for f in findings if touches(f, asked)), *([newest] if newest and failed(newest) else [])]


def late_reassessment(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Changes whose risks were looked at only after they had gone live; an incident cannot be foreseen (8.2)."""
    for change in record.register("changes"):
        happened, looked = change["happened_on"], change["reassessed_on"]
        if happened and looked and looked > happened and change["kind"] != "incident":
            says = say_many("{key} ({name}) of {happened} was assessed on {assessed}, {n} day later",
                            "{key} ({name}) of {happened} was assessed on {assessed}, {n} days later",
                            (looked - happened).days, key=change.key, name=change.name,
                            happened=day(happened), assessed=day(looked))  # fmt: skip
            yield Hit((change.key,), says)


def profiling_not_declared(record: Record, rule: Prediction) -> Iterator[Hit]:  # noqa: ARG001
    """Flows that feed profiling or decisions, of a system said not to decide about people (control A.5.34)."""
    for system in record.systems:
        if system["decides_about_people"] != "no":
            continue
        for flow in data_flows(record):
            if flow.decision and system.key in (flow.row["systems"] or ()):
                says = say("{key} ({name}) carries {decision}; {system} says it decides nothing about people",
                           key=flow.row.key, name=flow.row.name, decision=term(flow.decision),
                           system=system.key)  # fmt: skip
                yield Hit((system.key, flow.row.key), says)


def supplier_without_retention(record: Record, rule: Prediction) -> Iterator[Hit]:
    """Suppliers that receive personal data on terms which hold none of the rule's words (control A.5.20)."""
    for supplier in record.register("suppliers"):
        terms = " . ".join(str(supplier[c] or "") for c in ("security_terms", "processing_agreement", "contract"))
        if supplier["personal_data"] == "yes" and not named_in(_DENIED.sub("", terms), rule.words):
            says = say("{key} ({name}) receives personal data; its terms as recorded set no end to it",
                       key=supplier.key, name=supplier.name)  # fmt: skip
            yield Hit((supplier.key,), says)


def risk_owned_by_security(record: Record, rule: Prediction) -> Iterator[Hit]:
    """Risks whose owner is called by one of the rule's words: a role that runs security (clause 6.1.2 c)."""
    for risk in record.register("risks"):
        if named_in(risk["owner"], rule.words):
            says = say("{key} ({name}) is owned by {owner}", key=risk.key, name=risk.name, owner=risk["owner"])
            yield Hit((risk.key,), says)


DETECTORS: Mapping[str, Detector] = {
    "trained-after-licence": trained_after_licence,
    "assessment-of-another-version": assessment_of_another_version,
    "approved-against-validation": approved_against_validation,
    "late-reassessment": late_reassessment,
    "profiling-not-declared": profiling_not_declared,
    "supplier-without-retention": supplier_without_retention,
    "risk-owned-by-security": risk_owned_by_security,
}
