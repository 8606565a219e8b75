from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.helpers_audit import SECOND, SYSTEM, TODAY, answer, catalog, days_ago, proof, question, record
from workbook.analysis.evidence_plan import planned_evidence
from workbook.entries import ExpectedEvidence, Section, Topic
from workbook.model import Engagement, Result

TWO = question(
    "leavers",
    evidence=(
        ExpectedEvidence(artefact="Policy", max_age_days=365),
        ExpectedEvidence(artefact="Access list", max_age_days=30),
    ),
)
AUDIT = Engagement(title="ISMS audit", audit_date=date(2027, 2, 1))


def plan(answers=(), evidence=None, **more):
    """The plan of the small catalog, by question as asked and artefact."""
    found = planned_evidence(record(answers, evidence, **({"engagement": AUDIT} | more)))
    return {(p.asked.key, p.proof.expected.artefact): p for p in found}


def of_two(evidence):
    """The plan of one question that wants two artefacts, answered with this evidence."""
    small = Topic(id="small", title="Small", page="03_control_review",
                  sections=(Section(id="access", title="Access", intro="Who.", questions=(TWO,)),))  # fmt: skip
    said = answer("leavers", Result.IMPLEMENTED, evidence=tuple(evidence))
    base = replace(record([said], evidence), catalog=replace(catalog(), topics=(small, *catalog().topics[1:])))
    return base, {p.proof.expected.artefact: p for p in planned_evidence(base)}


def test_every_artefact_is_planned_for_every_question_as_asked():
    found = plan(rows=[SYSTEM, SECOND])

    assert list(found) == [
        ("roles", "Export for roles"),
        ("deploy@SYS-001", "Export for deploy"),
        ("deploy@SYS-002", "Export for deploy"),
        ("keys", "Export for keys"),
    ]
    assert {p.proof.state for p in found.values()} == {"none"}


def test_nothing_is_collected_for_what_does_not_apply():
    found = plan([answer("roles", Result.NOT_APPLICABLE, rationale="No roles.")])

    assert ("roles", "Export for roles") not in found
    assert len(found) == 2


def test_it_comes_from_the_owner_of_the_answer_else_of_the_system_else_from_nobody():
    said = [answer("deploy", Result.PARTIAL, "SYS-001", owner="ML platform lead")]

    assert plan(said)["deploy@SYS-001", "Export for deploy"].owner == "ML platform lead"
    assert plan()["deploy@SYS-001", "Export for deploy"].owner == "Product owner"
    assert plan()["roles", "Export for roles"].owner == ""


def test_it_is_due_with_the_answer_else_a_month_before_the_audit_else_never():
    said = [answer("keys", Result.PLANNED, due=date(2026, 12, 1))]

    assert plan(said)["keys", "Export for keys"].due == date(2026, 12, 1)
    assert plan()["keys", "Export for keys"].due == date(2027, 1, 2)
    assert plan(engagement=Engagement(title="No date"))["keys", "Export for keys"].due is None


@pytest.mark.parametrize(("due", "late"), [(days_ago(1), True), (TODAY, False), (TODAY + timedelta(days=1), False)])
def test_it_is_late_from_the_day_after_it_was_due(due, late):
    assert plan([answer("keys", Result.PLANNED, due=due)])["keys", "Export for keys"].late is late


def test_what_is_collected_and_fresh_is_never_late_and_what_is_stale_is():
    for days, late in ((10, False), (91, True)):
        said = [answer("keys", Result.IMPLEMENTED, due=days_ago(5), evidence=("EV-0001",))]
        assert plan(said, {"EV-0001": proof(days)})["keys", "Export for keys"].late is late


@pytest.mark.parametrize(("days", "state"), [(90, "fresh"), (91, "stale"), (None, "undated")])
def test_the_state_is_that_of_the_evidence_held(days, state):
    found = plan([answer("keys", Result.IMPLEMENTED, evidence=("EV-0001",))], {"EV-0001": proof(days)})

    assert found["keys", "Export for keys"].proof.state == state
    assert found["keys", "Export for keys"].proof.keys == ("EV-0001",)


def test_the_freshest_of_several_counts():
    base, found = of_two({"EV-0001": proof(900, artefact="Policy"), "EV-0002": proof(3, artefact="Policy")})

    assert found["Policy"].proof.keys == ("EV-0001", "EV-0002")
    assert found["Policy"].proof.state == "fresh"
    assert base.asked[0].evidence_state == "fresh"


def test_evidence_counts_for_the_artefact_it_names_at_the_age_that_artefact_allows():
    _, found = of_two({"EV-0001": proof(100, artefact="Access list"), "EV-0002": proof(100, artefact="Policy")})

    assert (found["Policy"].proof.keys, found["Policy"].proof.state) == (("EV-0002",), "fresh")
    assert (found["Access list"].proof.keys, found["Access list"].proof.state) == (("EV-0001",), "stale")


def test_evidence_that_names_no_artefact_asked_for_counts_nowhere():
    base, found = of_two({"EV-0001": proof(5, artefact=""), "EV-0002": proof(5, artefact="Lunch menu")})

    assert base.asked[0].evidence_state == "none"
    assert {p.proof.keys for p in found.values()} == {()}
