from dataclasses import replace

import pytest

from tests.helpers_audit import FLAG, PAGE, answer, catalog, days_ago, proof, proven, record, row, with_rows
from workbook.analysis.documents import DOCUMENTS
from workbook.analysis.points import collect_points, points_by_owner
from workbook.analysis.readiness import open_gates
from workbook.audience import Edition
from workbook.model import Result

DOCUMENTS = [
    row("documents", f"DOC-{n:03d}", kind=kind, version="1", location="Wiki", approved_by="A", next_review=days_ago(-9),
        owner="A")
    for n, kind in enumerate([k for kinds in DOCUMENTS.values() for k in kinds], 1)
]  # fmt: skip
CLEAN_SYSTEM = row(
    "systems", "SYS-001", name="Credit scoring", owner="A", purpose="x", risk_tier="low", decides_about_people="no"
)


def clean():
    """A record in which nothing is open."""
    base = proven()
    return with_rows(replace(base, rows={**base.rows, "systems": (CLEAN_SYSTEM,)}), *DOCUMENTS)


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
        ({}, "There is no evidence for it."),
        ({"EV-0001": proof(91)}, "Its evidence is too old to count."),
        ({"EV-0001": proof(None)}, "Nobody said when its evidence was collected."),
    ],
)
def test_a_claim_without_fresh_evidence_is_open_and_says_why(evidence, why):
    base = record([answer("roles", Result.IMPLEMENTED, evidence=tuple(evidence))], evidence)

    assert next(p for p in collect_points(base) if p.anchor == "roles").why == why


def test_a_proven_answer_and_one_that_does_not_apply_are_not_open():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("keys", Result.NOT_APPLICABLE, rationale="none"),
    ]
    anchors = {p.anchor for p in collect_points(record(said, {"EV-0001": proof()}))}

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
    (point,) = added(row("findings", "FI-001", grade=grade, status="open", due=days_ago(3), requirement="A.8.32"))

    assert (point.severity, point.overdue_days, point.refs) == (severity, 3, ("A.8.32",))
    assert point.anchor == "findings-FI-001"


def test_a_closed_finding_is_not_open():
    assert added(row("findings", "FI-001", grade="major nonconformity", status="closed")) == []


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
    left = {"residual_likelihood": likelihood, "residual_consequence": 4}
    return row("risks", "R-001", likelihood=4, consequence=4, **(left | values))


@pytest.mark.parametrize(
    ("risk", "severities"),
    [
        (rated(3), ["critical"]),
        (rated(2), ["medium"]),
        (rated(1), []),
        (rated(3, accepted_by="A"), []),
        (rated(5, accepted_by="A"), ["medium"]),
    ],
    ids=["high", "medium", "low", "accepted", "contradiction"],
)
def test_a_risk_is_open_while_what_remains_is_not_accepted(risk, severities):
    assert [p.severity for p in added(risk)] == severities


def test_an_acceptance_that_ended_is_told_once():
    (point,) = added(rated(3, accepted_by="A", acceptance_ends=days_ago(5)))

    assert point.why == "What remains is high, 12; the acceptance ended 5 days ago."


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


def test_the_critical_points_are_the_gates_of_readiness():
    major = row("findings", "FI-001", grade="major nonconformity", status="open")
    base = with_rows(proven(), major, rated(3))
    critical = [p.anchor for p in collect_points(base) if p.severity == "critical"]

    assert len(critical) == len(open_gates(base)) == 3
    assert sorted(critical) == ["documents", "findings-FI-001", "risks-R-001"]


def test_the_most_severe_come_first_then_what_is_missing_then_the_most_overdue():
    said = [
        answer("roles", Result.NOT_IMPLEMENTED, due=days_ago(-5)),
        answer("deploy", Result.PARTIAL, "SYS-001", due=days_ago(30)),
    ]
    anchors = [p.anchor for p in collect_points(record(said))]

    assert anchors[:3] == ["documents", "roles", "deploy@SYS-001"]


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
