from dataclasses import replace

from tests.helpers_audit import SECOND, SYSTEM, TODAY, accepted_risk, answer, closed, days_ago, proof, record, row
from workbook.analysis.changes import changes_since
from workbook.model import Result

FRESH = {"EV-0001": proof(10)}


def since(old, new):
    return [(c.kind, c.key, c.says, c.way) for c in changes_since(old, new)]


def test_nothing_changed_between_a_state_and_itself():
    assert since(record([answer("roles", Result.PARTIAL)]), record([answer("roles", Result.PARTIAL)])) == []


def test_an_answer_tells_from_which_result_to_which():
    old, new = record([answer("roles", Result.PLANNED)]), record([answer("roles", Result.PARTIAL)])

    assert since(old, new) == [("answer", "roles", "planned → partial", "better")]
    assert since(new, old) == [("answer", "roles", "partial → planned", "worse")]


def test_from_not_assessed_to_not_implemented_is_neither_better_nor_worse():
    new = record([answer("roles", Result.NOT_IMPLEMENTED)])

    assert since(record(), new) == [("answer", "roles", "not assessed → not implemented", "")]


def test_not_applicable_is_neither_better_nor_worse():
    new = record([answer("roles", Result.NOT_APPLICABLE, rationale="x")])

    assert since(record([answer("roles", Result.PARTIAL)]), new)[0][3] == ""


def test_evidence_that_grew_too_old_is_a_change_though_nobody_touched_the_answer():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    old = record(said, FRESH, on=days_ago(0))
    new = replace(old, on=TODAY.replace(year=2027))

    assert since(old, new) == [("answer", "roles", "its evidence is no longer fresh (stale)", "worse")]
    assert since(new, old) == [("answer", "roles", "now has fresh evidence", "better")]


def test_a_system_that_came_brings_its_answers():
    new = record([answer("deploy", Result.PARTIAL, "SYS-002")], rows=[SYSTEM, SECOND])

    assert since(record(), new) == [
        ("system", "SYS-002", "new in scope", ""),
        ("answer", "deploy@SYS-002", "new, partial", ""),
    ]
    assert since(new, record()) == [("system", "SYS-002", "no longer in scope", "")]


def finding(status, grade="minor nonconformity"):
    if status == "closed":
        return record(rows=closed("FI-001", grade=grade))
    return record(rows=[row("findings", "FI-001", grade=grade, status=status)])


def test_a_finding_is_raised_closed_and_reopened():
    assert since(record(), finding("open")) == [("finding", "FI-001", "raised, minor nonconformity, open", "worse")]
    assert since(finding("open"), finding("closed")) == [("finding", "FI-001", "open → closed", "better")]
    assert since(finding("closed"), finding("open")) == [("finding", "FI-001", "closed → open", "worse")]
    assert since(finding("open"), finding("implemented")) == [("finding", "FI-001", "open → implemented", "")]


def test_a_finding_raised_and_closed_in_between_is_no_change_for_the_worse():
    assert since(record(), finding("closed"))[0][3] == ""


def test_another_grade_is_told():
    assert since(finding("open"), finding("open", "major nonconformity")) == [
        ("finding", "FI-001", "minor nonconformity → major nonconformity", "")
    ]


def test_a_finding_that_vanished_is_told():
    assert since(finding("open"), record()) == [("finding", "FI-001", "removed from the register", "")]


def risks(**values):
    return record(rows=[row("risks", "R-001", **values)])


def test_a_risk_tells_its_levels_of_today():
    old = risks(likelihood=4, consequence=4)
    new = risks(likelihood=2, consequence=4)

    assert since(old, new) == [("risk", "R-001", "high, 16 → medium, 8", "better")]
    assert since(risks(), new) == [("risk", "R-001", "not rated → medium, 8", "")]
    assert since(record(), new) == [("risk", "R-001", "new, medium, 8", "")]
    assert since(new, record()) == [("risk", "R-001", "removed from the register", "")]


def test_an_acceptance_that_came_or_ended_is_told():
    old, new = risks(), record(rows=[accepted_risk("Product owner")])

    assert since(old, new) == [("risk", "R-001", "residual risk accepted by Product owner", "better")]
    assert since(new, old) == [("risk", "R-001", "no longer accepted", "worse")]


def test_evidence_added_and_removed_is_told():
    assert since(record(), record(evidence=FRESH)) == [("evidence", "EV-0001", "added", "better")]
    assert since(record(evidence=FRESH), record()) == [("evidence", "EV-0001", "removed", "worse")]
