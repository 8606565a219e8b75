import pytest

from tests.helpers_audit import days_ago, record, row
from workbook.analysis.findings import ranked_findings, weaknesses_of_action


def finding(key, grade="minor nonconformity", status="open", **values):
    return row("findings", key, grade=grade, status=status, **values)


def test_findings_are_listed_overdue_first_then_by_grade_then_by_age_and_closed_ones_last():
    rows = [
        finding("FI-001", "observation", raised_on=days_ago(90)),
        finding("FI-002", "major nonconformity", "closed", due=days_ago(99)),
        finding("FI-003", due=days_ago(2), raised_on=days_ago(5)),
        finding("FI-004", "major nonconformity", raised_on=days_ago(1)),
        finding("FI-005", raised_on=days_ago(3)),
        finding("FI-006", raised_on=days_ago(30)),
    ]
    found = ranked_findings(record(rows=rows))

    assert [f.row.key for f in found] == ["FI-003", "FI-004", "FI-006", "FI-005", "FI-001", "FI-002"]
    assert [f.late for f in found] == [2, 0, 0, 0, 0, 0]
    assert (found[1].age, found[-1].age, found[-1].open) == (1, None, False)


def test_a_finding_brings_its_corrective_actions():
    rows = [finding("FI-001"), row("actions", "CA-001", finding="FI-001"), row("actions", "CA-002", finding="FI-009")]

    assert [a.key for a in ranked_findings(record(rows=rows))[0].actions] == ["CA-001"]


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
    action = row("actions", "CA-001", **({"cause": "The role allowed it"} | values))

    assert weaknesses_of_action(record(), action) == weaknesses
