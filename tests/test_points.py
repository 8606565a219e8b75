from dataclasses import replace

import pytest

from tests.helpers_audit import (
    FLAG,
    PAGE,
    accepted,
    all_tested,
    an_audit_test,
    answer,
    catalog,
    closed,
    days_ago,
    proof,
    proven,
    record,
    row,
    usual_approved,
    with_rows,
)
from workbook.analysis.points import collect_points, points_by_owner
from workbook.analysis.verdict import judge
from workbook.audience import Edition
from workbook.judging import risk_state
from workbook.model import Result

DOCUMENTS = [
    row("documents", f"DOC-{n:03d}", kind=kind, version="1", location="Wiki", approved_by="A", next_review=days_ago(-9),
        owner="A")
    for n, kind in enumerate(catalog().register("documents").field("kind").choices, 1)
]  # fmt: skip
MANAGEMENT = [
    row("issues", "IS-001", kind="external", subject="climate change", relevant="no", effect="x", owner="A",
        reviewed_on=days_ago(9), next_review=days_ago(-90)),
    row("programme", "IA-001", planned_from=days_ago(30), planned_to=days_ago(29), clauses="4 to 10", objective="x",
        controls=("A.8.2",), criteria="x", reason="x", status="done",
        lead="Internal audit lead", reported_on=days_ago(20), report=("EV-0001",)),
    row("controls", "A.8.2", applicable="no", reason="x"),
    row("management_reviews", "MR-001", held_on=days_ago(0), chair="A", participants="A", audits=("IA-001",),
        conclusion="needs changes", paper=("EV-0002",), next_on=days_ago(-90)),
]  # fmt: skip
MISSING = "1 of 1 artefacts are not shown: Export for roles"
CLEAN_SYSTEM = row(
    "systems", "SYS-001", name="Credit scoring", owner="A", purpose="x", risk_tier="low", decides_about_people="no",
    ai_act_role="none", ai_act_class="minimal",
)  # fmt: skip


def stamped(register, key, **values):
    """A risk that was accepted as it is."""
    risk = row(register, key, **values)
    return row(register, key, **{**risk.values, "accepted_state": risk_state(risk.values)})


def clean():
    """A record in which nothing is open."""
    base = all_tested(accepted(proven()))
    base = replace(base, evidence={**base.evidence, "EV-0002": proof(0)})
    tests = tuple(
        replace(t, values={**t.values, "exceptions_found": 0, "checked_by": "Second auditor", "note": ""})
        for t in base.rows["tests"]
    )
    calm = {"area": "data privacy", "likelihood": 1, "consequence": 1, "residual_likelihood": 1}
    calm |= {"residual_consequence": 1, "owner": "A", "treatment": "retain", "systems": ("SYS-001",), "scenario": "x"}
    calm |= {"properties": "integrity"}
    calm |= {"accepted_by": "A", "accepted_on": days_ago(9), "acceptance_ends": days_ago(-90)}
    calm |= {"last_review": days_ago(9), "next_review": days_ago(-90)}
    rows = {**base.rows, "systems": (CLEAN_SYSTEM,), "tests": tests, "risks": (stamped("risks", "R-000", **calm),)}
    return with_rows(replace(base, rows=rows), *DOCUMENTS, *MANAGEMENT, *usual_approved())


def added(*rows):
    """The points that `rows` add to a record in which nothing was open, without the rolled-up gaps."""
    return [p for p in collect_points(with_rows(clean(), *rows)) if p.severity != "low"]


def test_nothing_is_open_when_all_is_proven_and_no_register_has_a_gap():
    assert collect_points(clean()) == ()


@pytest.mark.parametrize(
    ("question", "result", "severity"),
    [
        ("roles", Result.NOT_IMPLEMENTED, "high"),
        ("keys", Result.NOT_IMPLEMENTED, "medium"),
        ("roles", Result.PARTIAL, "high"),
        ("keys", Result.PARTIAL, "low"),
        ("keys", Result.PLANNED, "low"),
        ("keys", Result.IMPLEMENTED, "low"),
    ],
)
def test_an_answer_weighs_as_its_question_and_as_what_is_missing(question, result, severity):
    found = {p.anchor: p for p in collect_points(record([answer(question, result)]))}

    assert found[question].severity == severity
    assert (found[question].page, found[question].result) == (PAGE, result)


def test_a_point_carries_owner_date_and_references_of_its_answer():
    said = answer("roles", Result.NOT_IMPLEMENTED, owner="Data steward", due=days_ago(9), rationale="Nobody approves.")
    point = next(p for p in collect_points(record([said])) if p.anchor == "roles")

    assert (point.owner, point.due, point.overdue_days) == ("Data steward", days_ago(9), 9)
    assert (point.title, point.why, point.refs) == ("Roles", "Nobody approves.", ("A.5.15", "A.8.2"))


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        ({}, "1 of 1 artefacts are not shown: Export for roles: no evidence of it."),
        (
            {"EV-0001": proof(91)},
            "1 of 1 artefacts are not shown: Export for roles: its evidence is stale, 91 of 90 days.",
        ),
        (
            {"EV-0001": proof(artefact="Lunch menu")},
            "1 of 1 artefacts are not shown: Export for roles: no evidence of it. "
            "EV-0001 is another artefact and counts for nothing here.",
        ),
    ],
)
def test_a_claim_without_fresh_evidence_is_open_and_says_why(evidence, why):
    base = record([answer("roles", Result.IMPLEMENTED, evidence=tuple(evidence))], evidence)

    assert next(p for p in collect_points(base) if p.anchor == "roles").why == why


def test_a_proven_answer_and_one_that_does_not_apply_are_not_open():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("keys", Result.NOT_APPLICABLE, rationale="We hold no keys of our own."),
    ]
    anchors = {p.anchor for p in collect_points(accepted(record(said, {"EV-0001": proof()})))}

    assert anchors.isdisjoint({"roles", "keys"})


def test_unanswered_questions_are_one_point_per_section():
    found = [p for p in collect_points(record()) if "not assessed" in p.title]

    assert [p.title for p in found] == [
        "Access control: 2 questions are not assessed",
        "Cryptography: 1 question is not assessed",
    ]
    assert found[0].why == "Nobody has looked yet at Roles; Deploy."


def test_a_record_without_systems_says_so():
    base = record()
    found = collect_points(replace(base, rows={**base.rows, "systems": ()}))

    assert "No ML system is in scope yet" in [p.title for p in found]


@pytest.mark.parametrize(
    ("grade", "severity"),
    [
        ("major nonconformity", "critical"),
        ("minor nonconformity", "high"),
        ("observation", "medium"),
    ],
)
def test_an_open_finding_weighs_as_its_grade(grade, severity):
    (point,) = added(row("findings", "FI-001", grade=grade, status="open", due=days_ago(3), requirement="A.8.15"))

    assert (point.severity, point.overdue_days, point.refs) == (severity, 3, ("A.8.15",))
    assert point.anchor == "findings-FI-001"


def test_a_closed_finding_is_not_open():
    assert added(*closed("FI-001", grade="major nonconformity")) == []


def test_a_finding_closed_without_what_closure_needs_is_open_and_says_why():
    (point,) = added(row("findings", "FI-001", grade="major nonconformity", status="closed", owner="A", closed_by="B"))

    assert "closed, but not as closure asks: no corrective action names it" in point.why


def test_a_corrective_action_is_open_when_overdue_or_without_effect():
    late = row("actions", "CA-001", due=days_ago(2), status="under way")
    done = row("actions", "CA-002", due=days_ago(2), status="done")
    failed = row("actions", "CA-003", due=days_ago(2), status="done", effective="no")

    assert [(p.anchor, p.overdue_days) for p in added(late, done, failed)] == [
        ("actions-CA-001", 2),
        ("actions-CA-003", 0),
    ]


def test_a_corrective_action_in_a_state_of_the_organisations_own_is_overdue_as_well():
    waiting = row("actions", "CA-001", due=days_ago(2), status="waiting for budget")

    assert [(p.anchor, p.overdue_days) for p in added(waiting)] == [("actions-CA-001", 2)]


def rated(likelihood, **values):
    """A risk of this likelihood and consequence 4, of which nothing is accepted unless told otherwise."""
    return stamped("risks", "R-001", likelihood=likelihood, consequence=4, owner="A", **values)


ACCEPTED = {"accepted_by": "A", "accepted_on": days_ago(9), "acceptance_ends": days_ago(-9)}


@pytest.mark.parametrize(
    ("risk", "severities"),
    [
        (rated(3), ["critical"]),
        (rated(2), ["medium"]),
        (rated(1), []),
        (rated(None), ["high"]),
    ],
    ids=["high", "medium", "low", "not rated"],
)
def test_a_risk_is_open_while_today_is_not_accepted(risk, severities):
    assert [p.severity for p in added(risk)] == severities


def test_an_acceptance_that_ended_is_told_once():
    (point,) = added(rated(3, **{**ACCEPTED, "acceptance_ends": days_ago(5)}))

    assert point.why == "Today it is high, 12; the acceptance ended 5 days ago."


@pytest.mark.parametrize(
    ("row", "severity", "title"),
    [
        (row("suppliers", "SUP-001", name="Labels", contract_ends=days_ago(5)), "high", "Labels: contract expired"),
        (row("data_sources", "SRC-001", name="Feed", agreement_expires=days_ago(5)), "high", "Feed: agreement expired"),
        (row("datasets", "DS-001", name="Old", delete_by=days_ago(5)), "high", "Old: kept beyond its deletion date"),
        (row("documents", "DOC-099", name="Policy", kind="other", next_review=days_ago(5)), "medium",
         "Policy: review overdue"),
    ],
)  # fmt: skip
def test_what_has_run_out_is_a_point_of_its_own(row, severity, title):
    (point,) = added(row)

    assert (point.severity, point.title, point.overdue_days) == (severity, title, 5)


def test_gaps_are_rolled_up_to_one_point_per_register():
    rows = [row("datasets", f"DS-{n:03d}", name="x", delete_by=days_ago(1)) for n in range(50)]
    found = [p for p in collect_points(with_rows(clean(), *rows)) if p.severity == "low"]

    assert [p.title for p in found] == ["Datasets: 600 gaps in 50 rows"]
    assert found[0].why.startswith("50 × no classification, 50 × no data quality rules, ")
    assert found[0].why.endswith(" and 8 other kinds.")


@pytest.mark.parametrize(
    ("spoil", "condition"),
    [
        (
            row("findings", "FI-001", grade="major nonconformity", status="open", question="keys"),
            "major-nonconformities",
        ),
        (rated(3), "risk-treatment"),
        (row("documents", "DOC-001", kind="architecture diagram"), "documents"),
    ],
)
def test_a_critical_point_is_there_because_a_condition_of_the_verdict_is_not_met(spoil, condition):
    base = clean()
    if spoil.register == "documents":
        base = replace(base, rows={**base.rows, "documents": base.rows["documents"][1:]})
    spoilt = with_rows(base, spoil)

    assert not [p for p in collect_points(clean()) if p.severity == "critical"]
    assert [p for p in collect_points(spoilt) if p.severity == "critical"]
    assert condition in {c.id for c in judge(spoilt).unmet}
    assert condition not in {c.id for c in judge(clean()).unmet}


def test_the_most_severe_come_first_then_what_is_missing_then_the_most_overdue():
    said = [
        answer("roles", Result.NOT_IMPLEMENTED, due=days_ago(-5)),
        answer("deploy", Result.PARTIAL, "SYS-001", due=days_ago(30)),
    ]
    anchors = [p.anchor for p in collect_points(record(said))]

    assert anchors[:5] == ["documents", "management_reviews", "risks", "roles", "deploy@SYS-001"]


def test_the_order_does_not_depend_on_the_order_of_the_record():
    rows = [row("findings", f"FI-{n:03d}", name="Same", grade="observation", status="open") for n in range(5)]

    assert collect_points(with_rows(clean(), *rows)) == collect_points(with_rows(clean(), *reversed(rows)))


def test_points_are_grouped_by_owner_and_those_of_nobody_come_last():
    said = [answer("roles", Result.PARTIAL, owner="data steward"), answer("keys", Result.PARTIAL, owner="Board")]

    assert list(points_by_owner(collect_points(record(said)))) == ["Board", "data steward", ""]


def test_a_customer_reads_neither_owners_nor_reasons_nor_statements():
    said = [answer("roles", Result.NOT_IMPLEMENTED, owner="Data steward", rationale=FLAG)]
    finding = row("findings", "FI-001", grade="observation", status="open", statement="Secret detail", owner="Lead")
    found = collect_points(Edition("customer").of(with_rows(record(said), finding)))

    assert all(p.owner.startswith("withheld") or not p.owner for p in found)
    told = " ".join(p.why for p in found)
    assert FLAG not in told
    assert "Secret detail" not in told
    assert catalog().question("roles").why in told


# what red hides behind ------------------------------------------------------------------------------------------------


def test_a_failed_test_without_a_finding_is_a_point_and_one_with_a_finding_is_none_more():
    failed = an_audit_test("T-900", question="keys", operation="not effective", tested_on=days_ago(200))
    finding = row("findings", "FI-001", grade="observation", status="closed", question="keys")

    assert [(p.severity, p.anchor) for p in added(failed)] == [("high", "tests-T-900")]
    assert added(failed, finding) == []


def test_a_closed_finding_with_an_action_under_way_is_a_point():
    finding = row("findings", "FI-001", grade="observation", status="closed")
    under_way = row("actions", "CA-001", finding="FI-001", status="under way")

    assert [(p.severity, p.anchor) for p in added(finding, under_way)] == [("high", "findings-FI-001")]


def test_an_audit_that_is_done_without_a_test_is_a_point():
    slot = {"status": "done", "date": days_ago(3), "systems": ("SYS-001",)}

    assert added(row("plan", "PL-001", auditor="Internal audit lead", **slot)) == []
    assert [p.anchor for p in added(row("plan", "PL-001", auditor="Somebody else", **slot))] == ["plan-PL-001"]
    assert [p.anchor for p in added(row("plan", "PL-001", auditor="Internal audit lead", **slot | {
        "date": days_ago(90)}))] == ["plan-PL-001"]  # fmt: skip


def test_a_contradicted_claim_says_what_speaks_against_it():
    finding = row("findings", "FI-001", name="No key list", grade="minor nonconformity", status="open", question="keys",
                  raised_on=days_ago(0))  # fmt: skip
    point = next(p for p in added(finding) if p.anchor == "keys")

    assert point.severity == "high"
    assert point.why.startswith("Minor nonconformity FI-001, open: No key list.")


@pytest.mark.parametrize(
    ("reason", "says"),
    [("We hold no keys of our own.", "nobody else accepted the reason"), (".", "its reason says nothing")],
)
def test_what_is_said_not_to_apply_and_does_not_stand_is_a_point(reason: str, says: str):
    base = record([answer("keys", Result.NOT_APPLICABLE, rationale=reason)])

    assert [p.anchor for p in collect_points(base) if says in p.title] == ["keys"]


def test_an_empty_register_of_risks_is_critical_and_a_system_without_a_risk_is_named():
    base = clean()
    empty = replace(base, rows={**base.rows, "risks": ()})
    other = replace(base, rows={**base.rows, "risks": (row("risks", "R-001", owner="A", likelihood=1, consequence=1),)})

    assert [p.title for p in collect_points(empty) if p.severity == "critical"] == ["The risk register is empty"]
    assert "No risk names Credit scoring" in [p.title for p in collect_points(other)]


def test_claims_that_nobody_else_has_looked_at_are_counted_once():
    assert [p.title for p in collect_points(proven()) if "evidenced" in p.title] == [
        "3 evidenced claims: nobody else has reviewed them"
    ]
    assert [p.title for p in collect_points(accepted(proven())) if "evidenced" in p.title] == [
        "3 evidenced claims: no independent test stands for them"
    ]
