"""Predicted nonconformities: each rule trips on what it is for and on nothing else, and only the team reads them."""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.helpers_audit import an_audit_test, answer, days_ago, plain, proof, record, row
from workbook import catalog, contract, judging
from workbook.analysis.predictions import DETECTORS, Predicted, predict
from workbook.audience import Edition
from workbook.cli import main
from workbook.errors import BadChecklist
from workbook.model import Engagement, Result
from workbook.record import Record, Row, Stated
from workbook.report import make
from workbook.report.index import frame_of, front_page
from workbook.store import Store
from workbook.views.predictions import first_predicted, predicted, predictions

REAL = catalog.load(ROOT / "checklists")
MINOR = "minor nonconformity"
Pair = tuple[Record, Record]


def real(answers: Iterable = (), evidence=None, rows: Iterable[Row] = (), **more) -> Record:
    """A record of the shipped checklists."""
    return replace(record(answers, evidence, rows, **more), catalog=REAL)


def rows(*trip: Row, clean: Iterable[Row]) -> Pair:
    return real(rows=trip), real(rows=clean)


def accepted(facts: dict) -> dict:
    """An acceptance of a risk that holds."""
    about = row("risks", "R-001", **facts)
    return {"accepted_by": "Product owner", "accepted_on": days_ago(5), "acceptance_ends": days_ago(-90),
            "accepted_state": judging.risk_state(about.values)}  # fmt: skip


def one(register: str, key: str, facts: dict, clean: dict) -> Pair:
    """Two records of one row each, which differ in what `clean` says."""
    return rows(row(register, key, **facts), clean=[row(register, key, **(facts | clean))])


def failing(question: str = "ac-rbac", **more) -> Row:
    facts = {"question": question, "system": "SYS-001", "operation": "not effective", "tested_on": days_ago(5)}
    return an_audit_test(**(facts | more))


def live(**more) -> Row:
    facts = {
        "name": "gbm",
        "version": "3.2.0",
        "system": "SYS-001",
        "stage": "production",
        "validated_on": days_ago(10),
    }
    return row("models", "M-001", **(facts | more))


def claim(question: str = "ac-rbac", **more) -> Stated:
    return answer(question, Result.IMPLEMENTED, "SYS-001", evidence=("EV-0001",), **more)


def trained() -> Pair:
    data = [
        row("data_sources", "SRC-001", agreement_expires=days_ago(50)),
        row("datasets", "DS-001", sources=("SRC-001",)),
    ]
    late, early = (live(training_data=("DS-001",), validated_on=days_ago(days)) for days in (10, 60))
    return rows(*data, late, clean=[*data, early])


def assessed() -> Pair:
    old, new = (row("flows", "F-001", systems=("SYS-001",), impact_assessment=text)
                for text in ("DPIA-1, reviewed 2026-04-14", "DPIA-1, reviewed 2026-11-20"))  # fmt: skip
    return rows(live(), old, clean=[live(), new])


def profiled() -> Pair:
    flow = row("flows", "F-001", systems=("SYS-001",), decision="profiling")
    silent, open_ = (row("systems", "SYS-001", decides_about_people=said) for said in ("no", "with human review"))
    return rows(silent, flow, clean=[open_, flow])


def beside() -> Pair:
    facts = {"grade": MINOR, "requirement": "A.5.18", "question": "ac-access-reviews"}
    near, far = (row("findings", "FI-001", **(facts | more), status="open") for more in ({}, {"requirement": "A.7.4"}))
    return real([claim()], rows=[near]), real([claim()], rows=[far])


def proved(artefact: str, collected: date, question: str = "ac-rbac") -> Record:
    about = Engagement(title="ISMS audit", period_from=date(2026, 1, 1), period_to=date(2026, 12, 31))
    piece = proof(artefact=artefact, collected_at=collected)
    system = "SYS-001" if REAL.questions[question].per == "system" else ""
    said = answer(question, Result.IMPLEMENTED, system, evidence=("EV-0001",))
    return real([said], {"EV-0001": piece}, engagement=about)


def operating() -> tuple[str, str]:
    """A question and an artefact of it that shows operation."""
    return next((q.id, e.artefact) for q in REAL.questions.values() for e in q.evidence if e.proves != "design")


def outside() -> Pair:
    question, artefact = operating()
    return proved(artefact, date(2025, 12, 1), question), proved(artefact, date(2026, 6, 1), question)


def of_other_artefacts() -> Pair:
    asked_for = REAL.questions["ac-rbac"].evidence[0].artefact
    return proved("Lunch menu", days_ago(5)), proved(asked_for, days_ago(5))


def spoken() -> Pair:
    ids = [q.id for q in REAL.questions.values() if q.per == "engagement"][:12]
    alone = [answer(i, Result.PARTIAL) for i in ids]
    return real(alone), real([*alone[:6], *(answer(i, Result.PARTIAL, actor="Data steward") for i in ids[6:])])


def excluded() -> Pair:
    why = "No model of this system reads free text, so nothing of the kind can be entered."
    thin, sound = (answer("ac-rbac", Result.NOT_APPLICABLE, "SYS-001", rationale=text) for text in (".", why))
    return real([thin]), real([sound])


def followed() -> Pair:
    finding = row("findings", "FI-001", grade=MINOR, question="ac-rbac", status="open")
    return rows(failing(), clean=[failing(), finding])


def slots() -> Pair:
    done = row("plan", "PL-001", status="done", criteria="A.5.18", date=days_ago(5))
    return rows(done, clean=[done, failing(question="ac-access-reviews", operation="effective")])


def reported() -> Pair:
    piece = proof(artefact=REAL.questions["ia-reporting"].evidence[0].artefact, collected_at=days_ago(5))
    said = answer("ia-reporting", Result.IMPLEMENTED, evidence=("EV-0001",))
    late, early = (row("plan", "PL-001", status="planned", date=days_ago(days)) for days in (-9, 9))
    return real([said], {"EV-0001": piece}, [late]), real([said], {"EV-0001": piece}, [early])


def reviewed() -> Pair:
    piece = proof(artefact=REAL.questions["ia-management-review"].evidence[0].artefact, collected_at=days_ago(20))
    said = answer("ia-management-review", Result.IMPLEMENTED, evidence=("EV-0001",))
    late, early = (row("findings", "FI-001", grade=MINOR, raised_on=days_ago(days)) for days in (5, 30))
    return real([said], {"EV-0001": piece}, [late]), real([said], {"EV-0001": piece}, [early])


def closed() -> Pair:
    finding = row("findings", "FI-001", grade=MINOR, status="closed")
    left, done = (row("actions", "CA-001", finding="FI-001", status=status) for status in ("under way", "done"))
    return rows(finding, left, clean=[finding, done])


def signed() -> Pair:
    said = replace(answer("ac-rbac", Result.PARTIAL, "SYS-001"), at=datetime(2026, 11, 20, tzinfo=UTC))
    early, late = (row("sign_offs", "SO-001", signed_on=days_ago(days)) for days in (10, 1))
    return real([said], rows=[early]), real([said], rows=[late])


def populations() -> Pair:
    name = "Validation before release"
    some, every = (failing(name=name, operation="effective", population=text)
                   for text in ("2 releases with a validation", "14 deployments of the year"))  # fmt: skip
    return rows(some, clean=[every])


APPROVED = {"change_ticket": "PLAT-1", "approved_by": "Product owner"}
HIGH = {"name": "Theft", "likelihood": 4, "consequence": 4, "owner": "Product owner"}
TREATED = HIGH | {"treatment": "modify", "treated_on": days_ago(9), "residual_likelihood": 1, "residual_consequence": 4}
CHECKED = {"name": "Restore test every year", "status": "effectiveness confirmed", "effective": "yes",
           "done_on": days_ago(40)}  # fmt: skip
LOOKED = {"kind": "data source changed", "happened_on": days_ago(30)}
# for each rule a record that trips it and one, as close to it as can be, that does not
CASES: dict[str, Callable[[], Pair]] = {
    "pn-model-without-approval": lambda: rows(live(change_ticket="PLAT-1"), clean=[live(**APPROVED)]),
    "pn-trained-after-licence": trained,
    "pn-assessment-of-another-version": assessed,
    "pn-limit-missed-without-decision": lambda: rows(
        failing("op-model-validation"), live(), clean=[failing("op-model-validation"), live(**APPROVED)]
    ),
    "pn-profiling-not-declared": profiled,
    "pn-supplier-without-retention": lambda: one(
        "suppliers", "SUP-001", {"personal_data": "yes", "security_terms": "EU region, no retention clause"},
        {"security_terms": "EU region; deletion within 30 days"},
    ),
    "pn-change-without-reassessment": lambda: one("changes", "CH-001", LOOKED, {"reassessed_on": days_ago(31)}),
    "pn-late-reassessment": lambda: one(
        "changes", "CH-001", LOOKED | {"reassessed_on": days_ago(2)}, {"kind": "incident"}
    ),
    "pn-unaccepted-risk": lambda: one("risks", "R-001", HIGH, accepted(HIGH)),
    "pn-risk-owned-by-security": lambda: one("risks", "R-001", {"owner": "Security lead"}, {"owner": "Product owner"}),
    "pn-treated-without-control": lambda: one("risks", "R-001", TREATED, {"treated_on": None}),
    "pn-claim-contradicted": lambda: (
        real([claim()], rows=[failing()]), real([claim()], rows=[failing(operation="effective")])
    ),
    "pn-claim-beside-finding": beside,
    "pn-evidence-of-other-artefacts": of_other_artefacts,
    "pn-evidence-outside-period": outside,
    "pn-one-person-answers": spoken,
    "pn-thin-exclusion": excluded,
    "pn-excluded-through-supplier": lambda: one(
        "controls", "A.7.4", {"applicable": "no", "reason": "Covered by its certificate"},
        {"reason": "No rooms of our own"},
    ),
    "pn-control-without-hold": lambda: one(
        "controls", "A.7.4", {"applicable": "yes"}, {"statement": "Cameras at both doors"}
    ),
    "pn-failed-test-without-finding": followed,
    "pn-slot-without-test": slots,
    "pn-report-before-last-audit": reported,
    "pn-review-before-results": reviewed,
    "pn-early-effectiveness-check": lambda: one(
        "actions", "CA-001", CHECKED | {"effectiveness": days_ago(24)}, {"name": "Remove the old role"}
    ),
    "pn-closed-with-open-action": closed,
    "pn-sign-off-outdated": signed,
    "pn-population-by-attribute": populations,
}  # fmt: skip
EVERY_RULE = pytest.mark.parametrize("rule", [p.id for p in REAL.predictions])


def found(base: Record) -> dict[str, Predicted]:
    return {p.rule.id: p for p in predict(base)}


def keys_of(base: Record) -> set[str]:
    rows = {r.key for found in base.rows.values() for r in found}
    return rows | set(base.evidence) | {a.key for a in base.asked}


@EVERY_RULE
def test_a_rule_trips_on_what_it_is_for_and_not_on_its_neighbour(rule: str):
    trips, does_not = CASES[rule]()

    assert rule in found(trips)
    assert rule not in found(does_not)


@EVERY_RULE
def test_a_statement_has_three_parts_and_names_what_it_rests_on(rule: str):
    base = CASES[rule]()[0]
    drafted = found(base)[rule]

    assert all(len(part.split()) > 5 for part in (drafted.requirement, drafted.gap))
    assert all(hit.keys[0] in drafted.evidence for hit in drafted.hits)
    assert set(drafted.keys) <= keys_of(base)
    assert drafted.clause in drafted.requirement
    assert "{" not in drafted.statement


@EVERY_RULE
def test_where_a_rule_is_a_hint_the_statement_leaves_the_judgement_to_a_person(rule: str):
    drafted = found(CASES[rule]()[0])[rule]

    assert ("A person has to judge: " in drafted.gap) is bool(drafted.rule.judge)


def test_there_are_at_least_25_rules_and_every_function_is_used_by_one():
    assert len(REAL.predictions) >= 25
    assert {p.rule for p in REAL.predictions if p.rule} == set(DETECTORS) == set(contract.DETECTORS)


def test_the_gravest_come_first():
    base = real(rows=[live(), row("risks", "R-001", owner="Security lead"), row("changes", "CH-001")])
    grades = [p.rule.grade for p in predict(base)]

    assert grades == ["major nonconformity", *[MINOR] * (len(grades) - 2), "observation"]


def test_an_approval_by_nobody_is_none():
    base = real(rows=[live(change_ticket="PLAT-1", approved_by="none")])

    assert "pn-model-without-approval" in found(base)


def test_an_assessment_as_evidence_speaks_of_the_version_that_runs():
    def with_version(version: str) -> Record:
        said = answer("gv-impact-assessment", Result.IMPLEMENTED, "SYS-001", evidence=("EV-0001",))
        return real([said], {"EV-0001": proof(version=version)}, [live()])

    assert found(with_version("3.1.4"))["pn-assessment-of-another-version"].keys[1:] == ("EV-0001", "M-001")
    assert "pn-assessment-of-another-version" not in found(with_version("3.2.0"))


def test_one_reason_for_many_questions_is_thin_however_long_it_is():
    ids = [q.id for q in REAL.questions.values() if q.per == "engagement"][:6]
    why = "This is done by the parent company and was looked at there."

    assert (
        len(found(real([answer(i, Result.NOT_APPLICABLE, rationale=why) for i in ids]))["pn-thin-exclusion"].hits) == 6
    )


def test_a_finding_closed_before_the_test_does_not_answer_for_it():
    old = row("findings", "FI-001", grade=MINOR, question="ac-rbac", status="closed", closed_on=days_ago(90))

    assert "pn-failed-test-without-finding" in found(real(rows=[failing(), old]))


def test_a_finding_that_rests_on_what_only_this_test_saw_speaks_of_it():
    finding = row("findings", "FI-001", grade=MINOR, question="op-secure-deployment", evidence=("EV-0011", "EV-0050"))
    test, other = failing(evidence=("EV-0011", "EV-0050")), failing(key="T-002", evidence=("EV-0050",))

    assert found(real(rows=[test, other, finding]))["pn-failed-test-without-finding"].keys[0] == "T-002"
    assert len(found(real(rows=[test, other, finding]))["pn-failed-test-without-finding"].hits) == 1


def test_an_empty_record_is_told_that_silence_proves_nothing():
    words = plain(predictions(real()))

    assert "None of" in words
    assert "What nobody recorded, none of them can find." in words


# the demo ------------------------------------------------------------------------------------------------------------


def test_the_demo_trips_many_rules_and_each_case_names_what_exists(demo: Record):
    drafted = predict(demo)
    named = found(demo)

    assert len(drafted) >= 10
    assert {key for p in drafted for key in p.keys} <= keys_of(demo)
    assert "M-001" in named["pn-model-without-approval"].keys
    assert "T-008" in named["pn-failed-test-without-finding"].keys


def test_status_gives_them_to_a_script(demo: Record):
    told = json.loads(CliRunner().invoke(main, ["status", "demo", "--json"], catch_exceptions=False).stdout)

    assert [one["rule"] for one in told["predicted"]] == [p.rule.id for p in predict(demo)]
    assert told["predicted"][0].keys() == {"rule", "clause", "grade", "keys", "says"}
    assert told["predicted"][0]["says"].startswith("Requirement: Every release of a model")


def test_the_team_finds_the_gravest_on_the_front_page_before_what_needs_attention(demo: Record):
    html = front_page(demo, [], frame_of(demo))
    words = plain(html)

    assert html.index('id="predicted"') < html.index('id="attention"')
    assert "1 major nonconformity, " in words
    assert "A model in production that nobody approved" in words


# who reads them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", ["auditor", "customer"])
def test_an_edition_for_somebody_else_has_none(demo: Record, audience: str):
    edition = Edition(audience).of(demo)

    assert predict(edition) == ()
    assert 'id="predicted"' not in front_page(edition, [], frame_of(edition))
    assert [str(view) for view in (predictions(edition), predicted(edition), first_predicted(edition, 5))] == [""] * 3


def test_no_file_of_another_edition_says_what_the_team_expects_of_an_auditor(store: Store):
    store.save_row("risks", "R-001", {"name": "TOKENrisk", "area": "data privacy", "owner": "Security lead"}, 0)
    told = {}
    for audience in ("internal", "auditor", "customer"):
        pages = () if audience == "customer" else ("00_start", "05_internal_audit", "06_audit_report",
                                                   "08_statement_of_applicability")  # fmt: skip
        run = make("isms-2027", {"audience": audience}, pages=pages)
        assert run.exit_code == 0, run.summary()
        mine = [f for f in sorted(run.folder.rglob("*")) if f.is_file() and (audience == "customer" or not
                {"customer", "auditor"} & set(f.relative_to(run.folder).parts))]  # fmt: skip
        told[audience] = "".join(f.read_text(encoding="utf-8", errors="replace") for f in mine).lower()

    telling = [
        "predicted nonc",
        "predicted f",
        "an auditor would write",
        *(p.title.lower() for p in REAL.predictions),
        "pn-",
        *(ready := ("not ready", "% claimed", "what stands between here", "would stop a certification auditor")),
        *(aids := ("the preparation counted back", "which artefact proves what, from", "four common findings",
                   "before logs rotate", "questions people ask", "the verdict and its figures")),
        'id="readiness"',
    ]  # fmt: skip
    expected = (*ready, *aids, "predicted nonc", "an auditor would write", "a risk that security owns")
    assert [word for word in expected if word not in told["internal"]] == []
    assert [(a, word) for a in ("auditor", "customer") for word in telling if word in told[a]] == []


# checklists ----------------------------------------------------------------------------------------------------------

SOUND = """
id: own
title: Own
predictions:
  - id: pn-own
    title: A risk of our own
    refs: {iso27001: ["8.2"]}
    grade: observation
    test: It is one case.
    requirement: Risks are looked at.
    gap: "{count} were not."
    mends: Look at them.
    rule: unaccepted-risk
"""
BAD = {
    "a field that is none": ("mends: Look", "mend: Look", "line 12, item pn-own, field mend: unknown field"),
    "a function that is none": ("unaccepted-risk", "unacepted-risk", "field rule: .*Did you mean unaccepted-risk"),
    "a clause that is none": ('"8.2"', '"8.9"', "field refs.iso27001: No reference is called '8.9'"),
    "a grade that is none": ("grade: observation", "grade: critical", "item pn-own, field grade"),
    "a place that is none": ("{count}", "{cases}", "item pn-own, field gap: .*{cases} stands for nothing"),
    "a place that is shaped": ("{count}", "{count:>99999999999}", "item pn-own, field gap: .*write nothing behind"),
    "a place that breaks off": ("{count}", "{count", "item pn-own, field gap"),
    "no way to find it": ("    rule: unaccepted-risk\n", "", "item pn-own.*found by a rule or by signals"),
    "a clause of another standard alone": ("iso27001: ", "iso42001: ", "item pn-own.*name one in refs under iso27001"),
    "a question that is none": ("rule:", "questions: [ac-rbax]\n    rule:", "field questions: .*Did you mean ac-rbac"),
    "a column that is none": ("rule: unaccepted-risk", "signals: [{register: risks, empty: [ownr], says: x}]",
                              "field signals: .*Did you mean owner"),
}  # fmt: skip


def loaded(tmp_path: Path, text: str) -> catalog.Catalog:
    folder = tmp_path / "checklists"
    shutil.copytree(ROOT / "checklists", folder)
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return catalog.load(folder)


def test_a_rule_of_ones_own_works_beside_the_others(tmp_path: Path):
    known = loaded(tmp_path, SOUND)
    base = replace(real(rows=[row("risks", "R-001", **HIGH)]), catalog=known)

    assert found(base)["pn-own"].gap == "1 case were not."


@pytest.mark.parametrize("why", BAD)
def test_a_rule_that_could_not_work_is_refused_by_file_line_and_item(tmp_path: Path, why: str):
    old, new, says = BAD[why]
    assert SOUND.count(old) == 1

    with pytest.raises(BadChecklist, match=f"own.yaml, line .*{says}" if "line" not in says else f"own.yaml, {says}"):
        loaded(tmp_path, SOUND.replace(old, new))
