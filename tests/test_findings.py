import pytest

from tests.helpers_audit import Rendered, an_audit_test, closed, days_ago, plain, record, row
from workbook.analysis.findings import (
    closure_weaknesses,
    corrective_faults,
    is_open,
    open_by_age,
    ranked_findings,
    weaknesses_of_action,
)
from workbook.views import internal_audit


def finding(key, grade="minor nonconformity", status="open", **values):
    return row("findings", key, grade=grade, status=status, **values)


def test_findings_are_listed_overdue_first_then_by_grade_then_by_age_and_closed_ones_last():
    rows = [
        finding("FI-001", "observation", raised_on=days_ago(90)),
        *closed("FI-002", grade="major nonconformity", due=days_ago(99)),
        finding("FI-003", due=days_ago(2), raised_on=days_ago(5)),
        finding("FI-004", "major nonconformity", raised_on=days_ago(1)),
        finding("FI-005", raised_on=days_ago(3)),
        finding("FI-006", raised_on=days_ago(30)),
    ]
    found = ranked_findings(record(rows=rows))

    assert [f.row.key for f in found] == ["FI-003", "FI-004", "FI-006", "FI-005", "FI-001", "FI-002"]
    assert [f.late for f in found] == [2, 0, 0, 0, 0, 0]
    assert (found[1].age, found[-1].age, found[-1].open) == (1, None, False)


@pytest.mark.parametrize(
    ("finding", "action", "says"),
    [
        ({"closed_by": None}, {}, "nobody is named who verified the closure"),
        ({"closed_by": "platform LEAD"}, {}, "platform LEAD owns it and cannot verify the closure"),
        ({"closed_on": days_ago(-1)}, {}, "it is closed on 2026-11-23, which lies ahead"),
        ({}, {"finding": None}, "no corrective action names it"),
        ({}, {"status": "under way"}, "a corrective action is not done (CA-FI-001)"),
        ({}, {"effective": "not checked yet"}, "nobody said that a corrective action was effective (CA-FI-001)"),
        ({}, {"checked_by": "Platform lead"}, "Platform lead owns it and cannot check the effect (CA-FI-001)"),
        ({"owner": "Auditor", "closed_by": "B"}, {}, "Auditor owns it and cannot check the effect (CA-FI-001)"),
        ({}, {"cycle": None}, "nobody said how often the control works (CA-FI-001)"),
        (
            {}, {"cycle": "quarterly"},
            "the effect was checked before one cycle of the control had passed, of 90 days (CA-FI-001)",
        ),
        ({}, {"effectiveness": days_ago(-1)}, "no day says when the effect was checked (CA-FI-001)"),
        ({}, {"criterion": "n/a"}, "effective by no criterion (CA-FI-001)"),
        ({}, {"effect_sample": None}, "effective without a sample from after it (CA-FI-001)"),
        ({}, {"effect_sample": None, "retest": "T-009"}, "its re-test T-009 is not there (CA-FI-001)"),
    ],
)  # fmt: skip
def test_a_finding_closed_without_what_closure_needs_is_open(finding, action, says):
    row_, done = closed("FI-001", **finding)
    rows = [row_, row("actions", done.key, **{**done.values, **action})]
    found = record(rows=rows)

    assert closure_weaknesses(found, row_) == (says,)
    assert is_open(found, row_)
    assert corrective_faults(found) == (f"FI-001: closed, but {says}",)


@pytest.mark.parametrize(
    ("retest", "says"),
    [
        (None, "no corrective action names the re-test of what failed in T-001"),
        ({}, None),
        ({"question": "keys"}, "its re-test T-002 is of another question (CA-FI-001)"),
        ({"tested_on": days_ago(40)}, "its re-test T-002 was not made after it was done (CA-FI-001)"),
        ({"tested_on": days_ago(-1)}, "its re-test T-002 was not made after it was done (CA-FI-001)"),
        ({"operation": "not effective"}, "its re-test T-002 did not pass (CA-FI-001)"),
        ({"tested_on": days_ago(15)}, "its re-test T-002 came before T-001, which failed (CA-FI-001)"),
    ],
)
def test_what_a_test_found_is_closed_by_a_re_test_that_passed_and_nothing_failed_since(retest, says):
    row_, done = closed("FI-001")
    failed = an_audit_test(finding="FI-001", operation="not effective", tested_on=days_ago(12))
    rows = [
        row_,
        row("actions", done.key, **{**done.values, "retest": "T-002" if retest is not None else None}),
        failed,
    ]
    again = an_audit_test("T-002", **{"tested_on": days_ago(11), **(retest or {})})
    found = record(rows=[*rows, again] if retest is not None else rows)

    assert closure_weaknesses(found, row_) == (() if says is None else (says,))


def test_open_findings_are_counted_by_how_long_they_are_open():
    rows = [finding(f"F-{n}", raised_on=days_ago(n), due=days_ago(n - 5)) for n in (0, 30, 31, 366)]
    rows += [finding("F-undated", grade=None), finding("F-ahead", raised_on=days_ago(-3))]
    found = open_by_age(record(rows=rows))
    shown = plain(internal_audit.findings(record(rows=rows)))

    assert {says: {one.row.key for one in mine} for says, mine in found.items() if mine} == {
        "up to 30 days": {"F-0", "F-30"}, "31 to 90 days": {"F-31"}, "more than a year": {"F-366"},
        "no date to count from": {"F-undated", "F-ahead"},
    }  # fmt: skip
    assert "31 to 90 days ▲ 1 minor nonconformity; 1 overdue 91 to 180 days none" in shown
    assert "no date to count from ▲ 1 minor nonconformity; 1 without a grade" in shown
    assert "How long" not in plain(internal_audit.findings(record()))


def test_an_observation_is_closed_without_a_corrective_action():
    seen = finding("FI-001", "observation", "closed")

    assert not is_open(record(rows=[seen]), seen)


def test_a_finding_brings_its_corrective_actions():
    rows = [finding("FI-001"), row("actions", "CA-001", finding="FI-001"), row("actions", "CA-002", finding="FI-009")]

    assert [a.key for a in ranked_findings(record(rows=rows))[0].actions] == ["CA-001"]


SHOWN = {"cause": "The role allowed it", "criterion": "none of 10", "effect_sample": "10 releases since"}


@pytest.mark.parametrize(
    ("values", "weaknesses"),
    [
        ({"status": "under way", "due": days_ago(1)}, ("overdue 1 day",)),
        ({"status": "done", "due": days_ago(1), "effective": "yes"}, ()),
        ({"status": "done"}, ("effect not checked yet",)),
        ({"status": "planned", "cause": None}, ("no root cause",)),
        ({"status": "done", "effective": "no"}, ("did not work",)),
        ({"status": "effectiveness confirmed", "effective": "yes", "owner": "A", "checked_by": "a"},
         ("its owner checked the effect",)),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_corrective_action_is_named(values, weaknesses):
    action = row("actions", "CA-001", **(SHOWN | values))

    assert weaknesses_of_action(record(), action) == weaknesses


def test_an_effect_needs_a_criterion_and_a_sample_or_a_passed_re_test_from_after_the_change():
    done = {"status": "done", "effective": "yes", "cause": "Rights", "done_on": days_ago(20), "owner": "A"}
    bare, sound = row("actions", "CA-001", **done), {"criterion": "none of 10", "retest": "T-001", **done}

    assert weaknesses_of_action(record(), bare) == (
        "effective by no criterion", "effective without a sample from after it"
    )  # fmt: skip
    for test, says in (
        (an_audit_test(tested_on=days_ago(5)), ()),
        (an_audit_test(tested_on=days_ago(25)), ("its re-test T-001 was not made after it was done",)),
        (an_audit_test(tested_on=days_ago(5), operation="not effective"), ("its re-test T-001 did not pass",)),
        (an_audit_test("T-002"), ("its re-test T-001 is not there",)),
    ):
        assert weaknesses_of_action(record(rows=[test]), row("actions", "CA-001", **sound)) == says


def test_a_major_nonconformity_says_which_test_makes_it_so():
    major = row("findings", "FI-001", grade="major nonconformity", status="open")
    reasoned = row("findings", "FI-001", grade="major nonconformity", status="open", grade_reason="systemic failure")

    assert "major by no stated test" in plain(Rendered(record(rows=[major])).findings())
    assert "systemic failure" in plain(Rendered(record(rows=[reasoned])).findings())
