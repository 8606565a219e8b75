"""Attempts to make red look green, through the public doors: none may yield a verdict above what is shown."""

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.helpers_green import (
    AUDITOR,
    REVIEWER,
    artefacts,
    claim_everything,
    day,
    frame,
    review_everything,
    test_everything,
    test_row,
)
from workbook.analysis.proof import prove
from workbook.analysis.risk import rated_risks
from workbook.analysis.verdict import Verdict, judge
from workbook.errors import WorkbookError
from workbook.exchange import imports
from workbook.model import Draft, Engagement, Person, Role, Slot
from workbook.record import Asked, Record, Row
from workbook.store import Store

LUNCH = {"name": "lunch-menu.pdf", "form": "link", "link": "https://wiki.example/lunch"}


def verdict(store: Store) -> Verdict:
    return judge(store.record())


def met(store: Store, condition: str) -> bool:
    return next(c.met for c in verdict(store).conditions if c.id == condition)


def answer_all(store: Store, result: str, rationale: str = "", evidence: tuple[str, ...] = ()) -> None:
    store.save(
        Draft("answer", a.key, {"question": a.question.id, "system": a.slot.system, "result": result,
              "rationale": rationale, "evidence": evidence}, a.answer.version)
        for a in store.record().asked
    )  # fmt: skip


def heavy(record: Record, per: str = "system") -> Asked:
    """A question of the highest weight on which no other hangs."""
    return next(a for a in record.asked if a.question.weight == 3 and a.question.per == per)


def change(store: Store, kind: str, key: str, **cells: Any) -> None:
    rewrite(store, next(r for r in store.record().rows[kind] if r.key == key), **cells)


def rewrite(store: Store, row: Row, **cells: Any) -> None:
    said = {k: v for k, v in row.values.items() if v is not None}
    store.save_row(row.register, row.key, said | cells, row.version)


def attempt(*saves: Callable[[], object]) -> None:
    """Save what the rules let through; what they refuse is as good as a verdict that does not move."""
    for save in saves:
        try:
            save()
        except WorkbookError:
            continue


# what an auditor tried ------------------------------------------------------------------------------------------------


def test_saying_that_nothing_applies_shows_nothing(framed: Store):
    attempt(lambda: answer_all(framed, "not applicable", "."))
    review_everything(framed)
    found = verdict(framed)

    assert (found.stage, found.readiness.claimed, found.readiness.shown) == ("not ready", 0, 0)
    assert not met(framed, "exclusions")


def test_one_reason_for_everything_does_not_stand_even_if_accepted(framed: Store):
    answer_all(framed, "not applicable", "This is out of scope for our ML systems.")
    review_everything(framed)

    assert verdict(framed).stage == "not ready"
    assert not met(framed, "exclusions")
    assert verdict(framed).readiness.shown == 0


@pytest.mark.parametrize("result", ["partial", "implemented"])
def test_one_lunch_menu_proves_nothing(framed: Store, result: str):
    framed.save([Draft("evidence", "EV-0001", {**LUNCH, "collected_at": day(1, framed.on)})])
    answer_all(framed, result, evidence=("EV-0001",))
    review_everything(framed)
    test_everything(framed)
    found = verdict(framed)

    assert found.readiness.claimed in (60, 100)
    assert found.readiness.shown == 0
    assert found.counts.evidenced == 0
    assert not met(framed, "evidence")


def test_tests_that_found_nothing_effective_leave_nothing_shown(green: Store):
    green.acting_as(AUDITOR).save(
        Draft("tests", f"F-{n:03}", test_row(green, a.slot, design="not effective", operation="not effective",
              tested_on=day(1, green.on)))
        for n, a in enumerate(green.record().asked, 1)
    )  # fmt: skip
    found = verdict(green)

    assert found.readiness.shown == 0
    assert found.counts.failed == len(found.readiness.proofs)
    assert found.stage in ("not ready", "ready for internal audit")


def test_a_hoped_for_residual_does_not_lower_a_risk(green: Store):
    attempt(lambda: change(green, "risks", "R-001", likelihood=5, consequence=5, treatment="modify",
                           residual_likelihood=2, residual_consequence=2, accepted_by="", accepted_on=None),
    )  # fmt: skip

    assert rated_risks(green.record())[0].today.level == 25  # type: ignore[union-attr]
    assert not met(green, "risk-treatment")


@pytest.mark.parametrize(
    "acceptance",
    [
        {"accepted_by": "Intern", "accepted_on": None},
        {"accepted_by": "Intern"},
        {"accepted_on": "2030-01-01"},
        {"accepted_on": None},
        {"acceptance_ends": None},
        {"acceptance_ends": "2020-01-01"},
        {"owner": ""},
    ],
)
def test_an_acceptance_that_is_none_does_not_count(green: Store, acceptance: dict[str, Any]):
    attempt(lambda: change(green, "risks", "R-001", likelihood=5, consequence=5, accepted_by="", accepted_on=None))
    attempt(lambda: change(green, "risks", "R-001", **{"accepted_by": "Head of credit",
                                                       "accepted_on": day(1, green.on), **acceptance}))  # fmt: skip

    assert not met(green, "risk-treatment") or not met(green, "risk-assessment")


def test_a_retained_risk_stays_as_high_as_it_is(green: Store):
    attempt(lambda: change(green, "risks", "R-001", likelihood=5, consequence=5, treatment="retain",
                           residual_likelihood=1, residual_consequence=1, accepted_by="", accepted_on=None),
    )  # fmt: skip

    assert rated_risks(green.record())[0].today.level == 25  # type: ignore[union-attr]


@pytest.mark.parametrize("controls", [[], ["A.7.1"]])
def test_a_treatment_without_a_shown_control_lowers_nothing(green: Store, controls: list[str]):
    attempt(lambda: change(green, "risks", "R-001", likelihood=5, consequence=5, treatment="modify",
                           controls=controls, treated_on=day(10, green.on), accepted_by="", accepted_on=None,
                           residual_likelihood=1, residual_consequence=1))  # fmt: skip
    green.save([Draft("controls", "A.7.1", {"name": "Perimeters", "applicable": "yes", "reason": "x"}, 1)])

    assert rated_risks(green.record())[0].today.level == 25  # type: ignore[union-attr]


def test_an_empty_or_unrated_risk_register_is_no_assessment(green: Store):
    change(green, "risks", "R-001", likelihood=None, consequence=None)
    assert not met(green, "risk-assessment")
    for key in ("R-001", "R-002"):
        green.delete("risks", key, next(r.version for r in green.record().rows["risks"] if r.key == key))
    assert not met(green, "risk-assessment")
    assert verdict(green).stage == "not ready"


def test_a_closed_finding_with_its_action_under_way_stands(green: Store):
    asked = heavy(green.record())
    found = {"name": "Open door", "grade": "major nonconformity", "status": "open", "question": asked.question.id,
             "owner": "Credit lead", "raised_on": day(1, green.on)}  # fmt: skip
    action = {"name": "Lock", "finding": "FI-001", "owner": "Credit lead", "status": "under way"}
    green.acting_as(AUDITOR).save([Draft("findings", "FI-001", found)])
    green.save([Draft("actions", "CA-001", action)])
    attempt(lambda: change(green, "findings", "FI-001", status="closed", closed_on=day(0, green.on)))

    assert not met(green, "major-nonconformities")
    assert not met(green, "contradictions")
    assert verdict(green).stage not in ("ready for stage 2", "ready for surveillance")


def test_documents_without_approval_or_long_overdue_are_none(green: Store):
    for row in green.record().rows["documents"]:
        change(green, "documents", row.key, next_review="2019-01-01")

    assert not met(green, "documents")


def test_an_inquiry_without_anything_counts_as_no_test(reviewed: Store):
    asked = heavy(reviewed.record())
    bare = {"name": "Asked them", "question": asked.question.id, "auditor": AUDITOR.name, "method": "inquiry",
            "design": "effective", "operation": "effective"}  # fmt: skip
    attempt(lambda: reviewed.acting_as(AUDITOR).save([Draft("tests", "T-001", {**bare, "exceptions_found": 5})]))
    attempt(lambda: reviewed.acting_as(AUDITOR).save([Draft("tests", "T-002", bare)]))

    assert verdict(reviewed).counts.tested == 0


@pytest.mark.parametrize(
    "lacks",
    [
        {"method": "inquiry"}, {"population": ""}, {"sample": "none"}, {"evidence": []}, {"exceptions_found": 2},
        {"operation": "not tested"}, {"tested_on": None}, {"tested_on": "2999-01-01"}, {"system": "SYS-002"},
        {"system": ""}, {"auditor": "ML platform lead"},
    ],
)  # fmt: skip
def test_a_test_that_lacks_one_thing_shows_nothing(reviewed: Store, lacks: dict[str, Any]):
    asked = next(a for a in reviewed.record().asked if a.slot.system == "SYS-001" and a.question.weight == 3)
    row = {**test_row(reviewed, asked.slot), **lacks}
    attempt(lambda: reviewed.acting_as(AUDITOR).save([Draft("tests", "T-001", row)]))

    assert prove(reviewed.record())[asked.key].step == "reviewed"


def test_evidence_of_another_artefact_counts_for_nothing(green: Store):
    asked = heavy(green.record())
    other = next(
        name for name in artefacts(green.record()) if name not in {w.artefact for w in asked.question.evidence}
    )
    keys = {e.value.artefact: k for k, e in green.record().evidence.items()}
    body = {**asked.answer.value.body(), "evidence": [keys[other]]}
    green.save([Draft("answer", asked.key, body, asked.answer.version)])
    proof = prove(green.record())[asked.key]

    assert proof.step == "claimed"
    assert proof.others == (keys[other],)


# what nobody tried before ---------------------------------------------------------------------------------------------


def test_a_review_does_not_outlive_what_it_accepted(green: Store):
    """The reviewer accepts sound evidence; then its facts, or the answer, are exchanged."""
    asked = heavy(green.record())
    key = asked.evidence[0][0]
    green.save_evidence(key, {"source": "somewhere else"}, asked.evidence[0][1].version)

    assert prove(green.record())[asked.key].step == "evidenced"


def test_one_person_under_two_roles_does_not_review_themself(claimed: Store):
    for name in ("ML platform lead", "ml  PLATFORM lead", "ＭＬ platform lead"):
        same = claimed.acting_as(Person(name, Role.REVIEWER))
        asked = claimed.record().asked[0]
        body = {"question": asked.question.id, "system": asked.slot.system, "version": asked.answer.version}
        attempt(lambda s=same, a=asked, b=body: s.save([Draft("review", a.key, {**b, "verdict": "accepted"})]))

    assert verdict(claimed).counts.reviewed == 0


def test_deleting_evidence_takes_its_proof_along(green: Store):
    asked = heavy(green.record())
    attempt(lambda: green.delete("evidence", asked.evidence[0][0], 1))

    assert not prove(green.record())[asked.key].reaches("evidenced")


def test_a_new_version_of_the_model_voids_the_reports_on_the_old_one(green: Store):
    bound = [a for a in green.record().asked if any(w.bound_to == "model" for w in a.question.evidence)]
    change(green, "models", "M-001", version="2.0.0")

    mine = [a.key for a in bound if a.slot.system in ("", "SYS-001")]
    assert mine
    proofs = prove(green.record())
    assert not [key for key in mine if proofs[key].reaches("evidenced")]


def test_retiring_the_register_of_models_does_not_unbind_reports(green: Store):
    bound = [a.key for a in green.record().asked if any(w.bound_to == "model" for w in a.question.evidence)]
    for row in green.record().rows["models"]:
        green.delete("models", row.key, row.version)

    assert bound
    proofs = prove(green.record())
    assert not any(proofs[key].reaches("evidenced") for key in bound)


def test_yesterdays_picture_does_not_prove_a_period(green: Store):
    bound = [a for a in green.record().asked if any((w.over_days or 0) > 1 for w in a.question.evidence)]
    green.save(
        Draft("evidence", key, {**e.value.body(), "period_from": None, "period_to": None}, e.version)
        for key, e in green.record().evidence.items()
    )

    assert bound
    proofs = prove(green.record())
    assert not any(proofs[a.key].reaches("evidenced") for a in bound)


def test_a_change_after_the_test_makes_it_old(green: Store):
    green.save([Draft("changes", "CH-001", {"name": "New model", "kind": "new model deployed", "systems": ["SYS-001"],
                "happened_on": day(1, green.on)})])  # fmt: skip
    proofs = prove(green.record()).values()

    assert not any(p.reaches("tested") for p in proofs if p.asked.slot.system == "SYS-001")
    assert all(p.reaches("tested") for p in proofs if p.asked.slot.system == "SYS-002")


def test_folding_questions_away_takes_no_red_out_of_the_sum(claimed: Store):
    hanging = [a for a in claimed.record().asked if a.question.depends_on]
    before = len(verdict(claimed).readiness.proofs), sum(a.applicable for a in claimed.record().asked)
    for question in {a.question.depends_on.question for a in hanging if a.question.depends_on}:
        for asked in claimed.record().asked:
            if asked.question.id == question:
                body = {**asked.answer.value.body(), "result": "not applicable",
                        "rationale": "There is nothing of the kind in this company."}  # fmt: skip
                claimed.save([Draft("answer", asked.key, body, asked.answer.version)])

    assert hanging
    assert sum(a.applicable for a in claimed.record().asked) == before[1]
    assert not met(claimed, "exclusions")


def test_an_auditor_by_another_spelling_does_not_test_their_own_answer(reviewed: Store):
    asked = heavy(reviewed.record())
    row = test_row(reviewed, asked.slot, auditor="ML  Platform Lead")
    attempt(lambda: reviewed.acting_as(AUDITOR).save([Draft("tests", "T-001", row)]))

    assert verdict(reviewed).counts.tested == 0


def test_a_failed_test_is_not_outvoted_by_an_older_one(green: Store):
    asked = heavy(green.record())
    failed = test_row(green, asked.slot, operation="not effective", tested_on=day(2, green.on))
    testing = green.acting_as(AUDITOR)
    testing.save([Draft("tests", "T-900", failed)])
    testing.save([Draft("tests", "T-901", test_row(green, asked.slot, tested_on=day(3, green.on)))])
    assert prove(green.record())[asked.key].contradicted

    testing.save([Draft("tests", "T-902", test_row(green, asked.slot, tested_on=day(1, green.on)))])
    assert prove(green.record())[asked.key].reaches("tested")


def test_a_failed_test_of_no_system_speaks_against_all_of_them(green: Store):
    asked = heavy(green.record())
    row = test_row(green, Slot(asked.question.id), operation="not effective", tested_on=day(1, green.on))
    green.acting_as(AUDITOR).save([Draft("tests", "T-900", row)])

    touched = [p for p in prove(green.record()).values() if p.asked.question.id == asked.question.id]
    assert len(touched) == 2
    assert all(p.contradicted for p in touched)


def test_counter_evidence_stands_beside_every_claim_it_touches(green: Store):
    asked = heavy(green.record())
    green.save([Draft("evidence", "EV-9001", {**LUNCH, "against": [asked.question.id],
                "collected_at": day(1, green.on)})])  # fmt: skip
    touched = [p for p in prove(green.record()).values() if p.asked.question.id == asked.question.id]

    assert {c.by for p in touched for c in p.contradictions} == {"EV-9001"}
    assert len(touched) == 2
    assert not met(green, "contradictions")


def test_counter_evidence_does_not_prove_what_it_speaks_against(framed: Store):
    asked = heavy(framed.record())
    claim_everything(framed)
    for key, stated, _ in framed.record().ask(asked.question.id, asked.slot.system).evidence:
        framed.save([Draft("evidence", key, {**stated.value.body(), "against": [asked.key]}, stated.version)])

    assert prove(framed.record())[asked.key].step == "claimed"


def test_a_nonconformity_against_a_control_touches_its_questions(green: Store):
    row = {"name": "Open door", "status": "open", "grade": "minor nonconformity"}
    row |= {"requirement": "ISO/IEC 27001, A.8.32", "raised_on": day(0, green.on)}
    green.acting_as(AUDITOR).save([Draft("findings", "FI-001", row)])
    touched = {p.asked.question.id for p in prove(green.record()).values() if p.contradicted}
    citing = {q.id for q in green.catalog.questions.values() if "A.8.32" in q.refs["iso27001"]}

    assert touched == citing


def test_a_short_audit_period_does_not_make_a_picture_of_a_day_enough(green: Store):
    about = green.record().engagement
    short = {"period_from": green.on - timedelta(days=1), "period_to": green.on}
    attempt(lambda: green.save_engagement(Engagement(**{**about.model_dump(), **short}), 2))
    bound = [a for a in green.record().asked if any((w.over_days or 0) > 2 for w in a.question.evidence)]

    assert bound
    proofs = prove(green.record())
    assert not any(proofs[a.key].reaches("evidenced") for a in bound)


def test_dots_say_nothing_wherever_words_are_asked_for(green: Store):
    attempt(lambda: green.save_engagement(Engagement(**{**green.record().engagement.model_dump(), "scope": "."}), 2))
    for row in green.record().rows["controls"]:
        attempt(lambda r=row: rewrite(green, r, statement="...", reason="-"))

    assert not met(green, "scope")
    assert not met(green, "applicability")


def test_tests_that_tested_nothing_are_no_internal_audit(green: Store):
    for row in green.record().rows["tests"]:
        attempt(lambda r=row: rewrite(green, r, operation="not tested"))

    assert not met(green, "internal-audit")


def test_an_import_reaches_no_further_than_a_save(framed: Store, tmp_path: Path):
    """A table of answers, all implemented, with a review column and evidence by name: nothing of it is shown."""
    with (tmp_path / "answers.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "system", "result", "rationale"])
        writer.writerows([a.question.id, a.slot.system, "implemented", "done"] for a in framed.record().asked)
    imports.apply(framed, imports.plan(framed, tmp_path / "answers.csv"))
    found = verdict(framed)

    assert (found.readiness.claimed, found.readiness.shown) == (100, 0)
    assert found.stage in ("not ready", "ready for internal audit")


def test_the_order_of_saves_does_not_matter(store: Store):
    """Reviews cannot come before their answers, nor tests show what is evidenced only later."""
    frame(store)
    attempt(lambda: review_everything(store))
    claim_everything(store)
    found = verdict(store)

    assert found.counts.reviewed == found.counts.tested == 0
    assert found.readiness.shown == 33
    assert REVIEWER.role is Role.REVIEWER
