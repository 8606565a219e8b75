"""How far a claim is shown: each step, what it lacks, and what speaks against it."""

from dataclasses import replace

import pytest

from tests.helpers_audit import (
    SECOND,
    SYSTEM,
    TODAY,
    accepted,
    all_tested,
    an_audit_test,
    answer,
    days_ago,
    proof,
    proven,
    record,
    row,
    with_review,
    with_rows,
)
from workbook.analysis.proof import RULE, count_proofs, prove
from workbook.model import Result, Review
from workbook.record import Record


def step(base: Record, key: str = "roles") -> str:
    return prove(base)[key].step


def test_the_steps_follow_each_other():
    claimed = record([answer("roles", Result.IMPLEMENTED)])

    assert step(record()) == "nothing"
    assert step(claimed) == "claimed"
    assert step(proven()) == "evidenced"
    assert step(accepted(proven())) == "reviewed"
    assert step(all_tested(accepted(proven()))) == "tested"


def test_no_step_is_skipped():
    assert step(accepted(record([answer("roles", Result.IMPLEMENTED)]))) == "claimed"
    assert step(all_tested(proven())) == "evidenced"


@pytest.mark.parametrize("result", [Result.NOT_ASSESSED, Result.NOT_IMPLEMENTED, Result.PLANNED])
def test_what_is_not_there_cannot_be_shown(result: Result):
    base = all_tested(accepted(record([answer("roles", result, evidence=("EV-0001",))], {"EV-0001": proof()})))

    assert prove(base)["roles"].shown == 0


@pytest.mark.parametrize("days", [91, None])
def test_old_and_undated_evidence_shows_nothing(days: int | None):
    assert step(proven(days)) == "claimed"


def test_the_rule_on_the_page_names_every_step():
    assert all(word in RULE.lower() for word in ("claimed", "evidenced", "reviewed", "tested", "contradict"))


def test_what_is_short_of_the_next_step_is_said():
    assert prove(record([answer("roles", Result.IMPLEMENTED)]))["roles"].short == (
        "Export for roles: no evidence of it",
    )
    assert prove(proven())["roles"].short == ("Nobody else has reviewed it.",)
    assert prove(accepted(proven()))["roles"].short[0].startswith("No independent test")
    assert prove(all_tested(accepted(proven())))["roles"].short == ()


@pytest.mark.parametrize(
    ("review", "actor", "says"),
    [
        ({"verdict": "returned"}, "Security lead", "The reviewer returned it."),
        ({"version": 2}, "Security lead", "It or its evidence was changed after its review."),
        ({}, "ml PLATFORM lead", "It was accepted by somebody who answered it or may not review."),
    ],
)
def test_a_review_that_does_not_stand_shows_nothing_more(review: dict, actor: str, says: str):
    facts = {"question": "roles", "version": 1, "verdict": "accepted", **review}
    found = prove(with_review(proven(), Review(**facts), actor))["roles"]

    assert (found.step, found.short) == ("evidenced", (says,))


def test_evidence_that_changed_after_the_review_is_not_reviewed():
    base = accepted(proven())
    later = replace(base.evidence["EV-0001"], number=99)

    assert step(replace(base, evidence={"EV-0001": later})) == "evidenced"


TESTS = {
    "the other system": {"system": "SYS-002"}, "no system": {"system": None}, "inquiry": {"method": "inquiry"},
    "no method": {"method": None}, "no population": {"population": ""}, "no sample": {"sample": "none"},
    "no evidence": {"evidence": ()}, "evidence that is gone": {"evidence": ("EV-0404",)},
    "design alone": {"operation": None}, "not effective": {"operation": "not effective"},
    "exceptions": {"exceptions_found": 1}, "no day": {"tested_on": None}, "a day ahead": {"tested_on": days_ago(-1)},
    "their own answer": {"auditor": "ML platform lead"},
}  # fmt: skip


@pytest.mark.parametrize("lacks", TESTS.values(), ids=TESTS)
def test_a_test_that_lacks_something_shows_nothing(lacks: dict):
    sound = {"question": "deploy", "system": "SYS-001", "tested_on": days_ago(1)}
    base = with_rows(accepted(proven()), an_audit_test(**(sound | lacks)))

    assert step(base, "deploy@SYS-001") == "reviewed"
    assert step(with_rows(accepted(proven()), an_audit_test(**sound)), "deploy@SYS-001") == "tested"


def change(days: int, *systems: str):
    return row("changes", "CH-001", happened_on=days_ago(days), systems=systems, kind="new model deployed")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [(change(0, "SYS-001"), "reviewed"), (change(0), "reviewed"), (change(0, "SYS-002"), "tested"),
     (change(1, "SYS-001"), "tested"), (change(-5, "SYS-001"), "tested")],
)  # fmt: skip
def test_a_test_speaks_of_the_system_as_it_was_then(changed, expected: str):
    assert step(with_rows(all_tested(accepted(proven())), SYSTEM, SECOND, changed), "deploy@SYS-001") == expected


def test_a_contradicted_claim_shows_nothing_whatever_its_step():
    finding = row("findings", "FI-001", grade="minor nonconformity", status="open", question="roles", raised_on=TODAY)
    found = prove(with_rows(all_tested(accepted(proven())), finding))["roles"]

    assert (found.step, found.shown, found.reaches("claimed")) == ("tested", 0, False)
    assert [(c.kind, c.by) for c in found.contradictions] == [("nonconformity", "FI-001")]


def test_other_artefacts_are_named_and_count_for_nothing():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001", "EV-0002"))]
    held = {"EV-0001": proof(artefact="Lunch menu"), "EV-0002": proof(artefact="export FOR roles")}
    found = prove(record(said, held))["roles"]

    assert found.others == ("EV-0001",)
    assert found.artefacts[0].keys == ("EV-0002",)
    assert found.step == "evidenced"


def test_counts_hold_who_reaches_at_least_a_step():
    failed = an_audit_test("F-001", question="keys", tested_on=TODAY, operation="not effective")
    counts = count_proofs(prove(with_rows(all_tested(accepted(proven())), failed)).values())

    assert (counts.claimed, counts.evidenced, counts.reviewed, counts.tested) == (3, 2, 2, 2)
    assert (counts.failed, counts.contradicted) == (1, 1)
