"""The demo engagement: it loads as a user's own files would, holds together, and has the gaps it promises."""

import csv
import hashlib
import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbook.analysis.coverage import count_results
from workbook.analysis.evidence_use import find_doubts
from workbook.analysis.gaps import gaps_of_registers
from workbook.analysis.predictions import predict
from workbook.analysis.sampling import sample_states
from workbook.analysis.verdict import judge
from workbook.analysis.watches import evaluate_watches
from workbook.catalog import Catalog
from workbook.exchange import imports
from workbook.exchange.demo import TEXTS, audit_year, load_demo, record_reviews, record_samples, shift, whole_weeks
from workbook.ledger import Ledger
from workbook.model import Engagement, Person, Result
from workbook.record import Record
from workbook.store import Store, create
from workbook.vault import Vault
from workbook.workspace import open_store

DEMO = ROOT / "examples" / "demo"
WRITTEN = date.fromisoformat((DEMO / "DATE").read_text().strip())
LEAD = Person("Security lead")
AUDITOR = "Lead internal auditor"


@dataclass
class Loaded:
    store: Store
    record: Record  # as read on the day the demo was written for, or moved to
    files: Path


def load(folder: Path, catalog: Catalog, days: int) -> Loaded:
    """The demo moved by so many days, imported into a fresh record."""
    files = folder / "demo"
    shift(DEMO, files, days)
    ledger = Ledger.open(f"sqlite:///{folder / 'workbook.db'}")
    create(ledger, "demo", Engagement(title="demo"), LEAD)
    store = Store(ledger, Vault(folder / "evidence"), catalog, "demo", LEAD)
    made = imports.plan(store, files)
    assert not made.problems, made.text()
    imports.apply(store, made)
    record_reviews(store, files)
    record_samples(store, files)
    return Loaded(store, replace(store.record(), on=WRITTEN + timedelta(days=days)), files)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Iterator[Loaded]:
    loaded = load(tmp_path_factory.mktemp("demo"), catalog, 0)
    yield loaded
    loaded.store.ledger.close()


def said(record: Record) -> set[tuple[str, str, str]]:
    return {(g.register, g.key, g.says) for g in gaps_of_registers(record, record.catalog.registers)}


def told(record: Record) -> tuple[str, int, int, list[bool]]:
    """The verdict in figures."""
    found = judge(record)
    return found.stage, found.readiness.claimed, found.readiness.shown, [c.met for c in found.conditions]


def rows_of(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# loading ------------------------------------------------------------------------------------------------------------


def test_every_register_has_rows_and_a_second_import_changes_nothing(demo: Loaded):
    assert [r for r in demo.record.catalog.registers if not demo.record.register(r)] == []
    assert imports.plan(demo.store, demo.files).drafts == []
    assert demo.store.ledger.verify("demo").ok
    assert demo.store.verify_evidence() == []


def test_the_audit_lies_ten_weeks_ahead(demo: Loaded):
    assert demo.record.engagement.audit_date == WRITTEN + timedelta(weeks=10)


def test_moved_by_a_year_it_says_the_same(demo: Loaded, tmp_path: Path, catalog: Catalog):
    moved = load(tmp_path, catalog, -371)
    try:
        assert moved.record.engagement.audit_date == WRITTEN + timedelta(days=-371, weeks=10)
        assert said(moved.record) == said(demo.record)
        assert [d.words for d in find_doubts(moved.record)] == [d.words for d in find_doubts(demo.record)]
        assert told(moved.record) == told(demo.record)
        assert moved.store.verify_evidence() == []
    finally:
        moved.store.ledger.close()


def test_moved_by_whole_weeks_nothing_falls_on_a_weekend(demo: Loaded):
    record = demo.record
    days = {"audit": record.engagement.audit_date} | {a.key: a.answer.value.due for a in record.asked}
    for register, columns in {
        "plan": ["date"], "tests": ["tested_on"], "findings": ["raised_on", "due", "closed_on"],
        "actions": ["due", "done_on", "effectiveness"], "risks": ["due", "accepted_on", "last_review"],
        "sign_offs": ["signed_on"], "models": ["validated_on"],
    }.items():  # fmt: skip
        days |= {f"{row.key} {c}": row[c] for row in record.register(register) for c in columns}

    assert [key for key, day in days.items() if day and day.weekday() > 4] == []
    assert [whole_weeks(days) for days in (0, 6, 7, 13, -1)] == [0, 0, 7, 7, -7]


def test_the_verdict_is_the_same_on_every_day_of_the_week_it_is_shown(demo: Loaded):
    later = replace(demo.record, on=WRITTEN + timedelta(days=6))

    assert told(later) == told(demo.record)


def test_the_audit_period_is_a_year_of_whole_months():
    assert audit_year(date(2026, 1, 1)) == (date(2026, 1, 1), date(2026, 12, 31))
    assert audit_year(date(2026, 1, 15)) == (date(2026, 1, 1), date(2026, 12, 31))
    assert audit_year(date(2026, 12, 24)) == (date(2027, 1, 1), date(2027, 12, 31))


def test_the_demo_of_today_is_audited_on_a_weekday_in_about_ten_weeks():
    load_demo(LEAD, print)
    record = open_store("demo", LEAD).record()
    about = record.engagement

    assert about.audit_date
    assert about.period_from
    assert about.period_to
    assert about.audit_date.weekday() < 5
    assert 9 * 7 < (about.audit_date - record.on).days <= 10 * 7
    assert (about.period_from.day, (about.period_to + timedelta(days=1)).day) == (1, 1)
    assert record.reviews


# it is honest -------------------------------------------------------------------------------------------------------


def test_about_half_are_implemented_and_nine_questions_are_open(demo: Loaded):
    results = count_results(demo.record.asked)
    applicable = sum(results.values()) - results[Result.NOT_APPLICABLE]

    assert 0.45 <= results[Result.IMPLEMENTED] / applicable <= 0.55
    assert results[Result.NOT_ASSESSED] == 9
    assert all(results[r] >= 3 for r in Result)


def test_every_weak_answer_has_an_owner_a_reason_and_a_date(demo: Loaded):
    weak = [a for a in demo.record.asked if a.result in (Result.NOT_IMPLEMENTED, Result.PLANNED, Result.PARTIAL)]

    assert [a.key for a in weak if not (a.answer.value.owner and a.answer.value.due)] == []
    answered = [a for a in demo.record.asked if a.result is not Result.NOT_ASSESSED]
    assert [a.key for a in answered if len(a.answer.value.rationale) < 40 or not a.answer.value.owner] == []


def test_only_three_pieces_of_evidence_are_too_old_and_a_few_claims_have_none(demo: Loaded):
    doubts = find_doubts(demo.record)
    old = {a.key: f.text for a in demo.record.asked for _, _, f in a.evidence if f.state != "fresh"}

    assert old == {
        "ac-access-reviews@SYS-001": "stale, 203 of 100 days",
        "cr-key-management": "stale, 53 of 30 days",
        "op-rollback@SYS-001": "stale, 212 of 180 days",
    }
    assert 5 <= sum(not d.asked.evidence and d.asked.result is Result.IMPLEMENTED for d in doubts) <= 15


PROMISED = {
    ("datasets", "DS-005", "no owner"),
    ("suppliers", "SUP-002", "contract expired"),
    ("people", "P-008", "no deputy for the audit week"),
}


def test_the_registers_have_the_gaps_that_are_promised(demo: Loaded):
    assert PROMISED - said(demo.record) == set()


def planted() -> list[tuple[str, set[str], str]]:
    """The gaps of the README's table: in words, the ids, and the rule that finds them."""
    text = (DEMO / "README.md").read_text(encoding="utf-8").split("| gap | ids | rule |\n|---|---|---|\n")[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return [(gap, {i.strip() for i in ids.split(",") if i.strip()}, rule) for gap, ids, rule in rows]


def found_by(record: Record, rule: str) -> set[str]:
    """What a rule that the README names finds in the record: the ids it rests on, empty when it finds nothing."""
    kind, _, name = rule.partition(": ")
    if kind == "register":
        return {key for _, key, says in said(record) if says == name}
    if kind == "evidence":
        return {key for a in record.asked for key, _, age in a.evidence if age.state == name}
    if kind == "sample":
        return {one.key for one in sample_states(record) if name == "open" and one.open}
    verdict = judge(record)
    if kind == "condition":
        return {key for c in verdict.unmet if c.id == name for key in (name, *named_by(record, c.says))}
    if kind == "contradicted":
        return {key for c in verdict.contradicted for key in (c.asked.key, c.contradiction.by)}
    return {key for p in predict(record) if p.rule.id == rule for key in p.keys}


def named_by(record: Record, says: str) -> set[str]:
    """The keys of the findings whose names stand in a text."""
    return {f.key for f in record.register("findings") if f.name in says}


@pytest.mark.parametrize(("gap", "ids", "rule"), planted())
def test_each_planted_gap_is_found_by_the_rule_that_the_readme_names(demo: Loaded, gap: str, ids: set[str], rule: str):
    found = found_by(demo.record, rule)

    assert found, gap
    assert ids - found == set(), gap


def test_one_sample_has_an_exception_whatever_was_drawn_and_its_extension_is_open(demo: Loaded):
    decisions, versions = sample_states(demo.record)
    against = versions.population.value.against

    assert decisions.failing >= 1
    assert (decisions.sample.value.first, decisions.bound) == (10, None)
    assert len(decisions.sample.value.items) - len(decisions.results) == decisions.sample.value.extension >= 5
    assert (versions.failing, len(versions.results)) == (0, 3)
    assert against
    assert (against.only_here, against.only_there) == (
        ("snapshot 14 with prompts v18",), ("snapshot 14, prompts v18",))  # fmt: skip


def test_claims_are_shown_to_every_degree(demo: Loaded):
    found = judge(demo.record)
    counts = found.counts

    assert 60 <= found.readiness.claimed <= 70
    assert 10 <= found.readiness.shown <= 25
    assert (counts.evidenced, counts.reviewed, counts.tested, counts.contradicted) == (34, 14, 8, 4)
    assert "returned" in {a.reviewed for a in demo.record.asked}


def test_a_surveillance_audit_is_led_by_the_certification_body(demo: Loaded):
    assert demo.record.engagement.audit_kind == "surveillance"
    assert "certification body" in demo.record.engagement.lead_auditor
    assert AUDITOR in {r["auditor"] for r in demo.record.register("plan")}


def test_the_flow_of_personal_data_to_the_model_supplier_lacks_a_retention_clause(demo: Loaded):
    flow = next(r for r in demo.record.register("flows") if r.key == "F-009")
    supplier = next(r for r in demo.record.register("suppliers") if r.key == "SUP-001")

    assert (flow["personal_data"], flow["decision"]) == ("yes", "profiling")
    assert "no retention clause" in flow["data"]
    assert "nothing on how long prompts are kept" in supplier["security_terms"]


def test_a_major_nonconformity_and_a_risk_stop_it_and_every_watch_shows_a_sign(demo: Loaded):
    found = judge(demo.record)

    assert found.stage == "not ready"
    assert {"major-nonconformities", "risk-treatment"} <= {c.id for c in found.unmet}
    assert "FI-001" in {c.contradiction.by for c in found.contradicted}
    assert all(w.indications for w in evaluate_watches(demo.record))


def test_findings_of_every_grade_have_actions_in_every_state(demo: Loaded):
    findings, actions = demo.record.register("findings"), demo.record.register("actions")

    assert Counter(f["grade"] for f in findings) == {
        "major nonconformity": 1, "minor nonconformity": 6, "observation": 1, "opportunity for improvement": 1,
    }  # fmt: skip
    assert {a["status"] for a in actions} == {"planned", "under way", "effectiveness confirmed"}
    assert [a.key for a in actions if a["due"] < demo.record.on and not a["done_on"]] == ["CA-005"]


# it holds together --------------------------------------------------------------------------------------------------


def test_the_lead_internal_auditor_tested_and_answered_nothing(demo: Loaded):
    tests = demo.record.register("tests")

    assert len(tests) >= 10
    assert {t["auditor"] for t in tests} == {AUDITOR}
    assert AUDITOR not in {s.actor for s in demo.record.answers.values()}
    assert AUDITOR not in {s.value.owner for s in demo.record.answers.values()}


def test_everybody_named_is_a_role_of_the_register_of_people(demo: Loaded):
    roles = {p.name for p in demo.record.register("people")} | {"Top management", "Managing director", ""}
    named = {a.value.owner for a in demo.record.answers.values()} | {t.value.owner for t in demo.record.tasks.values()}
    for register in demo.record.catalog.registers:
        named |= {str(row.values.get("owner") or "") for row in demo.record.register(register)}
        named |= {str(row.values.get("accepted_by") or "") for row in demo.record.register(register)}

    assert named - roles == set()


def test_evidence_is_named_as_the_questions_name_it_and_all_of_it_is_used(demo: Loaded):
    catalog = demo.record.catalog
    wanted = {w.artefact for q in catalog.questions.values() for w in q.evidence}
    used = {key for a in demo.record.asked for key, _, _ in a.evidence}

    assert [e.value.name for e in demo.record.evidence.values() if e.value.artefact not in wanted] == []
    assert set(demo.record.evidence) - used == set()
    assert {f.name for f in (DEMO / "evidence").iterdir()} == {
        Path(r["file"]).name for r in rows_of("evidence.csv") if r["file"]
    }
    assert {e.value.form for e in demo.record.evidence.values()} == {"file", "link"}


def test_the_model_in_production_is_the_one_in_the_evidence(demo: Loaded):
    served = next(m for m in demo.record.register("models") if m.key == "M-001")["artefact_hash"]
    by_name = {e.value.name: e.value for e in demo.record.evidence.values()}
    exported = rows_of("evidence/model-registry-export.csv")

    assert by_name["credit-gbm-3.2.0.json"].sha256 == served
    assert {r["sha256"] for r in exported if r["stage"] == "production"} >= {served}
    assert served in (DEMO / "evidence" / "model_card.md").read_text()


def test_deployments_without_approval_are_those_the_finding_speaks_of(demo: Loaded):
    log = rows_of("evidence/deployment-log.csv")
    finding = next(f for f in demo.record.register("findings") if f.key == "FI-001")
    bare = [d["deployment"] for d in log if not d["approved_by"]]

    assert (len(log), bare) == (14, ["D-06", "D-10", "D-14"])
    assert all(d in finding["statement"] for d in bare)
    assert "3 of 14" in finding["statement"]
    per_system = Counter(d["system"] for d in log if not d["approved_by"])
    found = {t["system"]: t["exceptions_found"] for t in demo.record.register("tests") if t.key in ("T-001", "T-002")}
    assert found == per_system


def test_the_limit_that_validation_missed_stands_in_answer_and_finding(demo: Loaded):
    report = json.loads((DEMO / "evidence" / "validation_report.json").read_text())
    gap = f"{report['metrics']['held_gap_by_age']:.3f}"
    finding = next(f for f in demo.record.register("findings") if f.key == "FI-006")

    assert report["passed"] == {"auc": True, "brier": True, "held_gap_by_sex": True, "held_gap_by_age": False}
    assert gap in finding["statement"]
    for question in ("op-model-validation", "gv-bias"):
        asked = demo.record.ask(question, "SYS-001")
        assert asked.result is Result.PARTIAL
        assert gap in asked.answer.value.rationale


def test_figures_in_answers_agree_with_their_evidence(demo: Loaded):
    rationale = {a.key: a.answer.value.rationale for a in demo.record.asked}
    cases = rows_of("evidence/override-log.csv")
    attack = json.loads((DEMO / "evidence" / "membership_inference.json").read_text())
    noise = {r["noise_share_of_spread"]: r for r in rows_of("evidence/robustness_noise.csv")}["0.1"]
    attempts = rows_of("evidence/prompt-injection-test.csv")

    overruled, held = sum(int(r["overruled"]) for r in cases), sum(int(r["cases"]) for r in cases)
    assert f"{overruled} of {held:,}" in rationale["gv-human-oversight@SYS-001"]
    assert f"{attack['auc']:.3f}" in rationale["rk-membership-inference@SYS-001"]
    assert f"{noise['decisions_changed']} of {noise['rows']}" in rationale["rk-input-manipulation@SYS-001"]
    followed, tried = sum(int(r["followed"]) for r in attempts), sum(int(r["attempts"]) for r in attempts)
    assert f"Of {tried} attempts {followed} were followed" in rationale["rk-input-manipulation@SYS-002"]
    assert f"{len(demo.record.evidence)} pieces" in rationale["cm-effectiveness-evidence"]
    assert (
        f"{sum(c['applicable'] == 'yes' for c in demo.record.register('controls'))} controls"
        in (rationale["cm-control-statements"])
    )


def test_the_screening_sample_is_of_everybody_with_an_ml_role_and_says_what_the_answer_says(demo: Loaded):
    granted: dict[str, list[str]] = {}
    for one in rows_of("evidence/access-list.csv"):
        if one["role"].startswith("ml-") or one["role"] == "platform-admin":
            granted.setdefault(one["account"], []).append(one["granted_on"])
    checks = rows_of("evidence/screening-ml-roles.csv")
    late = [(date.fromisoformat(c["checked_on"]) - date.fromisoformat(c["first_access"])).days
            for c in checks if c["checked_on"] > c["first_access"]]  # fmt: skip
    (unchecked,) = [c["person"] for c in checks if not c["checked_on"]]
    says = next(a.answer.value.rationale for a in demo.record.asked if a.key == "pp-screening")

    assert {c["person"]: c["first_access"] for c in checks} == {who: min(days) for who, days in granted.items()}
    assert f"{len(checks)} people hold an ML role" in says
    assert f"{len(checks) - len(late) - 1} were checked before" in says
    assert f"a working student {late[0]} days after" in says
    assert f"({unchecked})" in says


def test_tickets_findings_and_rows_that_texts_mention_exist(demo: Loaded):
    kinds = {"FI": "findings", "CA": "actions", "CH": "changes", "DS": "datasets", "DOC": "documents", "R": "risks"}
    texts = " ".join(
        [
            *(f.read_text(encoding="utf-8") for f in sorted(DEMO.glob("*.csv"))),
            *(f.read_text(encoding="utf-8") for f in sorted((DEMO / "evidence").glob("*.[mct]*"))),
        ]
    )
    for prefix, register in kinds.items():
        mentioned = set(re.findall(rf"(?<![\w-]){prefix}-\d{{3}}(?!\d)", texts))
        assert mentioned - {r.key for r in demo.record.register(register)} == set()


def test_dates_are_written_so_that_they_can_be_moved():
    prose = re.compile(r"\b(January|February|March|April|June|July|August|September|October|November|December)\b")
    files = [f for f in DEMO.rglob("*.*") if f.suffix in TEXTS and f.name != "README.md"]

    assert [f.name for f in files if prose.search(f.read_text(encoding="utf-8"))] == []


def test_nothing_gives_itself_away_as_filler():
    texts = {f.name: f.read_text(encoding="utf-8") for f in DEMO.rglob("*.*") if f.suffix in TEXTS}

    assert [n for n, t in texts.items() if re.search(r"lorem|todo|tbd|xxx|foo\b|example text", t, re.IGNORECASE)] == []


# what is computed ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not importlib.util.find_spec("sklearn"), reason="scikit-learn computes this evidence")
def test_the_computed_evidence_comes_out_again(tmp_path: Path):
    script = [sys.executable, str(DEMO / "make_evidence.py"), str(tmp_path)]
    subprocess.run(script, check=True, capture_output=True, timeout=240)

    names = {f.name for f in tmp_path.iterdir()}
    assert names <= {f.name for f in (DEMO / "evidence").iterdir()}
    old = json.loads((DEMO / "evidence" / "validation_report.json").read_text())
    new = json.loads((tmp_path / "validation_report.json").read_text())
    assert new["metrics"] == pytest.approx(old["metrics"], abs=0.02)  # other versions compute a little differently
    assert new["passed"] == old["passed"]
    digest = hashlib.sha256((tmp_path / "credit-gbm-3.2.0.json").read_bytes()).hexdigest()
    assert digest in (tmp_path / "model_card.md").read_text()
    assert {r["equal_to_six_digits"] for r in rows_of("evidence/recomputed_decisions.csv")} == {"yes"}


def test_every_computed_file_says_what_it_was_computed_on():
    computed = [
        "validation_report.json", "validation_groups.csv", "membership_inference.json", "robustness_noise.csv",
        "drift_report.csv", "recomputed_decisions.csv", "feature_schema.json", "model_card.md", "credit-gbm-3.2.0.json",
    ]  # fmt: skip

    for name in computed:
        assert re.search("stand-in", (DEMO / "evidence" / name).read_text(), re.IGNORECASE), name
