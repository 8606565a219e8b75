"""The columns and choices of registers that the analysis reads: a register that lacks one of them is refused.

Registers are data, and a workspace may add to them; but a column that was renamed would read as empty, and an accepted
risk as not accepted. A test compares this list with what the analysis and the views really read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workbook.entries import Register, RegisterField, RiskSuggestion, Watch

# kinds of revision, and names of tables and keys, that are no register: one of this name would be mixed up with them
RESERVED = frozenset(
    {"about", "answer", "answers", "columns", "crosswalk", "engagement", "evidence", "issued", "lines", "points"}
    | {
        "population",
        "question",
        "questions",
        "requirements",
        "review",
        "reviews",
        "sample",
        "sample_result",
        "task",
        "tasks",
    }
)
# the functions in `analysis` that find what a prediction names as its rule
DETECTORS = frozenset({
    "approved-against-validation", "assessment-of-another-version", "claim-beside-finding", "claim-contradicted",
    "closed-with-open-action", "control-without-hold", "early-effectiveness-check", "evidence-of-other-artefacts",
    "evidence-outside-period", "excluded-through-supplier", "failed-test-without-finding", "late-reassessment",
    "one-person-answers", "population-by-attribute", "profiling-not-declared", "report-before-last-audit",
    "review-before-results", "risk-owned-by-security", "sign-off-outdated", "slot-without-test",
    "supplier-without-retention", "thin-exclusion", "trained-after-licence", "treated-without-control",
    "unaccepted-risk",
})  # fmt: skip
# and what an item of a rehearsed visit names
VISIT_RULES = frozenset({
    "certificate", "changes", "condition", "document", "earlier-findings", "nonconformities", "not-held",
    "part-of-controls", "questions", "rows",
})  # fmt: skip
# the functions in `analysis` that look at what a link of an audit trail names as its rule
TRAIL_RULES = frozenset({
    "assessed", "contract", "data-rights", "decides", "deployed", "exit", "findings", "handover", "incidents",
    "looked", "lineage", "mended", "months", "overdue", "purpose", "reassessed", "recorded", "rests", "review",
    "rights", "risks", "serving", "standing", "storage", "supplier", "transfers", "used",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExpectedColumn:
    """What the analysis expects of a column: one of these types, with at least these choices, with keys of this
    register, with numbers no smaller and no larger than these.
    """

    types: tuple[str, ...]
    choices: tuple[str, ...] = ()
    register: str | None = None
    bounds: tuple[int, int] | None = None


def _choice(*choices: str) -> ExpectedColumn:
    return ExpectedColumn(("choice",), choices)


def _ref(register: str) -> ExpectedColumn:
    return ExpectedColumn(("ref",), register=register)


def _refs(register: str) -> ExpectedColumn:
    return ExpectedColumn(("refs",), register=register)


TEXT, DATE, NUMBER = ExpectedColumn(("text", "long_text")), ExpectedColumn(("date",)), ExpectedColumn(("number",))
EVIDENCE, QUESTION, RATING = (
    ExpectedColumn(("evidence",)),
    ExpectedColumn(("question",)),
    ExpectedColumn(("number",), bounds=(1, 10)),
)
LEVELS = _choice("public", "internal", "confidential", "strictly confidential")
PERSONAL = _choice("pseudonymised", "yes", "special categories")
# what can be approved in versions; `approving` says what an approval of each speaks of
SUBJECTS = (
    "Statement of Applicability", "risk method", "risk treatment plan", "audit programme",
    "information security objectives", "scope statement", "management review record",
)  # fmt: skip
EFFECTIVE = _choice("effective", "not effective", "not tested")

CONTRACT: Mapping[str, Mapping[str, ExpectedColumn]] = {
    "actions": {
        "cause": TEXT, "checked_by": TEXT, "correction": TEXT, "criterion": TEXT,
        "cycle": _choice("continuous", "weekly", "monthly", "quarterly", "yearly"), "done_on": DATE, "due": DATE,
        "effect_sample": TEXT, "effectiveness": DATE, "effective": _choice("yes", "no"),
        "finding": _ref("findings"), "owner": TEXT, "retest": _ref("tests"),
        "status": _choice("planned", "under way", "done", "effectiveness confirmed"),
    },
    "approvals": {
        "approved_by": TEXT, "approved_on": DATE, "paper": EVIDENCE, "recorded_by": TEXT, "at_revision": NUMBER,
        "state": TEXT, "subject": _choice(*SUBJECTS), "version": TEXT,
    },
    "assets": {"classification": LEVELS},
    "audit_meetings": {
        "held_on": DATE, "kind": _choice("opening meeting", "closing meeting"), "programme": _ref("programme"),
    },
    "certificates": {
        "body": TEXT, "cycle_year": NUMBER, "next_kind": _choice(), "next_on": DATE, "scope": TEXT,
        "soa_version": TEXT, "standard": TEXT, "status": _choice("in application", "valid", "suspended"),
        "valid_until": DATE,
    },
    "changes": {
        "happened_on": DATE, "kind": _choice("incident"), "models": _refs("models"), "reassessed_on": DATE,
        "systems": _refs("systems"),
    },
    "components": {
        "authentication": TEXT, "controls": _refs("controls"), "encryption": TEXT,
        "exposure": _choice("internet", "partner network", "company network", "private network only"),
        "hosting": _choice(), "kind": _choice("data storage", "endpoint or integration"), "logging": TEXT,
        "owner": TEXT, "region": TEXT, "supplier": _ref("suppliers"), "technology": TEXT, "zone": TEXT,
    },
    "controls": {
        "applicable": _choice("yes", "no"), "evidence": EVIDENCE, "exception_until": DATE, "exceptions": TEXT,
        "monitoring": TEXT, "owner": TEXT, "reason": TEXT, "statement": TEXT,
        "stated_status": _choice("implemented", "partly implemented", "planned", "not implemented"),
        "status_by": TEXT, "status_reason": TEXT,
    },
    "data_sources": {
        "agreement": TEXT, "agreement_expires": DATE, "origin": _choice("internal system", "customer", "synthetic"),
        "sensitivity": LEVELS, "supplier": _ref("suppliers"),
    },
    "datasets": {
        "classification": LEVELS, "delete_by": DATE, "disposal": TEXT, "legal_basis": _choice(),
        "licence_expires": DATE, "owner": TEXT, "personal_data": PERSONAL, "retention": TEXT,
        "lineage": TEXT, "location": _ref("components"), "sources": _refs("data_sources"), "systems": _refs("systems"),
        "use": _choice("training"), "version": TEXT,
    },
    "decisions": {
        "due": DATE, "kind": _choice("improvement"), "status": _choice("open", "done", "dropped"),
    },
    "documents": {
        "approved_by": TEXT, "approved_on": DATE,
        "kind": _choice(
            "architecture diagram", "data flow diagram", "development and deployment procedure",
            "control implementation guide", "governance policy", "risk assessment report", "incident response plan",
            "training record", "scope statement", "information security policy", "risk method",
            "Statement of Applicability", "risk treatment plan", "information security objectives",
            "evidence of competence", "audit programme", "internal audit report", "management review record",
        ),
        "location": TEXT, "next_review": DATE, "version": TEXT,
    },
    "external_findings": {
        "closed_on": DATE, "due": DATE, "grade": _choice(
            "major nonconformity", "minor nonconformity", "observation", "opportunity for improvement"
        ),
        "requirement": TEXT, "statement": TEXT, "status": _choice("open", "answered", "closed"),
    },
    "findings": {
        "closed_by": TEXT, "closed_on": DATE, "due": DATE, "evidence": EVIDENCE,
        "grade": _choice(
            "major nonconformity", "minor nonconformity", "observation", "opportunity for improvement"
        ),
        "grade_reason": _choice(), "owner": TEXT, "question": QUESTION, "raised_on": DATE, "requirement": TEXT,
        "shortfall": TEXT, "statement": TEXT,
        "status": _choice("closed"), "systems": _refs("systems"),
    },
    "flows": {
        "classification": LEVELS, "data": TEXT,
        "decision": _choice("profiling", "decision with human review", "decision without human review"),
        "impact_assessment": TEXT, "legal_basis": _choice(), "personal_data": PERSONAL, "protection": TEXT,
        "source": _ref("components"), "systems": _refs("systems"), "target": _ref("components"), "transfer": TEXT,
    },
    "interested_parties": {
        "addressed": _choice("yes", "partly", "no"), "climate": _choice("yes"), "feedback": TEXT, "reviewed_on": DATE,
    },
    "issues": {"relevant": _choice("yes", "no"), "reviewed_on": DATE, "subject": _choice("climate change")},
    "legal": {"controls": _refs("controls"), "met": _choice("yes", "partly", "no")},
    "management_reviews": {
        "audits": _refs("programme"), "chair": TEXT, "conclusion": _choice(), "held_on": DATE, "next_on": DATE,
        "paper": EVIDENCE,
    },
    "measurements": {
        "action": TEXT, "analysed_by": TEXT,
        "cycle": _choice("continuous", "weekly", "monthly", "quarterly", "yearly"),
        "direction": _choice("at least", "at most"), "limit": NUMBER, "measured_on": DATE, "value": NUMBER,
    },
    "models": {
        "approved_by": TEXT, "artefact_hash": TEXT, "classification": LEVELS, "retired_on": DATE,
        "serving_hash": TEXT, "stage": _choice("production", "retired"), "supplier": _ref("suppliers"),
        "system": _ref("systems"), "training_data": _refs("datasets"), "validated_on": DATE, "version": TEXT,
    },
    "objectives": {
        "current": NUMBER, "direction": _choice("at least", "at most"), "measure": TEXT, "owner": TEXT,
        "status": _choice("running", "reached", "missed", "given up"), "target": NUMBER, "unit": TEXT,
    },
    "people": {"competence": TEXT, "left_on": DATE, "part": _choice("auditor", "reviewer"), "worked_on": TEXT},
    "plan": {
        "auditee": TEXT, "auditor": TEXT, "criteria": TEXT, "date": DATE, "method": _choice(),
        "programme": _ref("programme"), "sampling": TEXT, "status": _choice("planned", "done"),
        "systems": _refs("systems"),
    },
    "programme": {
        "change": TEXT, "clauses": TEXT, "controls": _refs("controls"), "experts": TEXT, "lead": TEXT,
        "planned_from": DATE, "planned_to": DATE, "reason": TEXT, "reported_on": DATE,
        "status": _choice("done", "cancelled"), "systems": _refs("systems"),
    },
    "risk_criteria": {
        "says": TEXT,
        "settles": _choice("when a risk may be accepted", "when risks are assessed", "how ratings stay comparable"),
    },
    "risk_levels": {
        "agrees": TEXT, "rank": _choice("low", "medium", "high", "critical"), "within": _choice("yes", "no"),
    },
    "risk_scales": {
        "levels": TEXT, "scale": _choice("likelihood", "consequence"), "sentence": TEXT, "step": RATING,
    },
    "risks": {
        "acceptance_ends": DATE, "accepted_by": TEXT, "accepted_on": DATE, "accepted_state": TEXT, "agreed_by": TEXT,
        "agreed_on": DATE,
        "area": _choice(
            "adversarial attack", "data privacy", "algorithmic governance", "operations and access",
            "suppliers and people",
        ),
        "assets": _refs("assets"), "catalogue": TEXT, "components": _refs("components"), "consequence": RATING,
        "controls": _refs("controls"), "datasets": _refs("datasets"), "due": DATE, "existing_controls": TEXT,
        "last_review": DATE, "likelihood": RATING, "measures": TEXT, "models": _refs("models"), "next_review": DATE,
        "owner": TEXT, "properties": _choice(), "residual_consequence": RATING, "residual_likelihood": RATING,
        "scenario": TEXT, "systems": _refs("systems"), "treated_on": DATE, "treatment": _choice("retain"),
    },
    "sign_offs": {
        "capacity": _choice(), "decision": _choice("agrees", "agrees with reservations", "does not agree"),
        "paper": EVIDENCE, "recorded_by": TEXT, "revision": NUMBER, "signed_on": DATE, "statement": TEXT,
    },
    "suppliers": {
        "certificate_until": DATE, "contract": TEXT, "contract_ends": DATE, "due_diligence": DATE, "next_review": DATE,
        "personal_data": _choice("yes"), "processing_agreement": TEXT, "security_terms": TEXT,
    },
    "systems": {
        "ai_act_class": _choice(
            "prohibited", "high", "high and transparency", "transparency", "general-purpose", "minimal", "not assessed"
        ),
        "ai_act_role": _choice("provider", "deployer", "both", "importer", "distributor", "none"),
        "decides_about_people": _choice("no"), "owner": TEXT, "purpose": TEXT,
    },
    "tests": {
        "auditor": TEXT, "checked_by": TEXT, "design": EFFECTIVE, "evidence": EVIDENCE, "exceptions_found": NUMBER,
        "finding": _ref("findings"), "lines": ExpectedColumn(("lines",)), "method": _choice("inquiry"), "note": TEXT,
        "objective": TEXT, "operation": EFFECTIVE, "own_steps": TEXT, "population": TEXT, "question": QUESTION,
        "sample": TEXT, "sampled": NUMBER, "steps": TEXT, "system": _ref("systems"), "tested_on": DATE,
    },
}  # fmt: skip


def hidden_figures(
    registers: Iterable[Register], watches: Iterable[Watch | RiskSuggestion]
) -> Iterator[tuple[str, str]]:
    """Columns that figures rest on and that customers do not read, as register and column: without them an edition
    would look better than the record. Short texts are no such columns; what replaces them is as good to compare.
    """
    watched = {(s.register_, column) for w in watches for s in w.signals for column in s.where}
    for register in registers:
        counted = {name for name, expected in CONTRACT.get(register.id, {}).items() if expected != TEXT}
        counted |= {f.id for f in register.fields if f.past} | {c for f in register.fields for c in f.only_if}
        for one in register.fields:
            if not one.public and (one.id in counted or (register.id, one.id) in watched):
                yield register.id, one.id


def missing_registers(registers: Iterable[str]) -> list[str]:
    """The registers that the analysis reads and a set of checklists that has some of them lacks."""
    found = set(registers) & set(CONTRACT)
    return sorted(set(CONTRACT) - found) if found else []


def _is_within(field: RegisterField, bounds: tuple[int, int]) -> bool:
    return field.min is not None and field.max is not None and bounds[0] <= field.min <= field.max <= bounds[1]


def breaches(register: Register) -> Iterator[tuple[str, str]]:
    """What the analysis relies on and `register` does not have: the column's id and a sentence for each."""
    fields = {f.id: f for f in register.fields}
    for name, expected in CONTRACT.get(register.id, {}).items():
        if name not in fields:
            yield name, "the analysis reads this column; bring it back, and change its label if it needs another name"
        elif fields[name].type not in expected.types:
            yield name, f"the type must be {' or '.join(expected.types)}, because the analysis reads it so"
        elif expected.register and fields[name].register_ != expected.register:
            yield name, f"the analysis reads keys of the register {expected.register} here; write register: so"
        elif expected.bounds and not _is_within(fields[name], expected.bounds):
            low, high = expected.bounds
            yield name, f"the analysis knows the numbers from {low} to {high}; set min and max so"
        elif lacking := [c for c in expected.choices if c not in fields[name].choices]:
            yield name, f"the analysis reads the choice {lacking[0]!r}; bring it back"
