import pytest

from tests.helpers_audit import SECOND, SYSTEM, answer, days_ago, record, row
from workbook.analysis import audit
from workbook.model import Result

SOUND = {
    "question": "roles",
    "auditor": "Internal audit lead",
    "method": "inspection of records",
    "population": "64 deployments",
    "sample": "15 by seed 7",
    "design": "effective",
    "operation": "effective",
    "evidence": ("EV-0001",),
}


def an_audit_test(key="T-001", **values):
    return row("tests", key, **(SOUND | values))


def test_a_test_without_a_system_stands_for_all_of_them():
    base = record(
        rows=[
            SYSTEM,
            SECOND,
            an_audit_test(question="deploy"),
            an_audit_test("T-002", question="deploy", system="SYS-002"),
        ]
    )

    assert [t.key for t in audit.tests_of(base, base.ask("deploy", "SYS-001"))] == ["T-001"]
    assert [t.key for t in audit.tests_of(base, base.ask("deploy", "SYS-002"))] == ["T-001", "T-002"]


def test_an_area_tells_how_many_of_its_questions_were_tested_and_with_what_result():
    rows = [an_audit_test(exceptions_found=2), an_audit_test("T-002", operation="not effective", exceptions_found=1)]
    access, crypto = audit.tested_areas(record(rows=rows))

    assert (access.applicable, access.tested, access.passed, access.failed, access.exceptions) == (2, 1, 1, 1, 3)
    assert (crypto.tested, crypto.tests) == (0, ())


def test_a_sound_test_has_no_weakness():
    assert audit.weaknesses(an_audit_test(exceptions_found=0, checked_by="Second auditor")) == ()


@pytest.mark.parametrize(
    ("values", "weakness"),
    [
        ({"method": "inquiry"}, "inquiry alone is not enough"),
        ({"population": None}, "population not described"),
        ({"sample": None}, "sample not described"),
        ({"evidence": ()}, "no evidence named"),
        ({"operation": "not effective"}, "operation not effective"),
        ({"operation": None}, "operation not tested"),
        ({"design": None, "operation": None}, "no conclusion yet"),
        ({"checked_by": "internal AUDIT lead"}, "reviewed by the auditor who made it"),
        ({"exceptions_found": 3}, "exceptions found, yet concluded as effective"),
    ],
)
def test_what_another_auditor_would_object_to_is_named(values, weakness):
    assert audit.weaknesses(an_audit_test(**values)) == (weakness,)


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
    found = audit.findings(record(rows=rows))

    assert [f.row.key for f in found] == ["FI-003", "FI-004", "FI-006", "FI-005", "FI-001", "FI-002"]
    assert [f.late for f in found] == [2, 0, 0, 0, 0, 0]
    assert (found[1].age, found[-1].age, found[-1].open) == (1, None, False)


def test_a_finding_brings_its_corrective_actions():
    rows = [finding("FI-001"), row("actions", "CA-001", finding="FI-001"), row("actions", "CA-002", finding="FI-009")]

    assert [a.key for a in audit.findings(record(rows=rows))[0].actions] == ["CA-001"]


@pytest.mark.parametrize(
    ("values", "troubles"),
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
def test_what_is_wrong_with_a_corrective_action_is_named(values, troubles):
    action = row("actions", "CA-001", **({"cause": "The role allowed it"} | values))

    assert audit.action_troubles(record(), action) == troubles


def person(name="Internal audit lead", **values):
    told = {"part": "auditor", "worked_on": "Group audit", "competence": "Lead auditor"}
    return row("people", "P-001", name=name, **(told | values))


def test_an_auditor_who_declared_everything_and_tests_the_work_of_others_is_free_of_conflicts():
    (auditor,) = audit.auditors(record([answer("roles", Result.PARTIAL)], rows=[person(), an_audit_test()]))

    assert (auditor.conflicts, auditor.gaps) == ((), ())
    assert [t.key for t in auditor.tests] == ["T-001"]


def test_testing_an_answer_of_ones_own_is_a_conflict():
    said = [answer("roles", Result.PARTIAL, actor="internal audit LEAD")]
    (auditor,) = audit.auditors(record(said, rows=[person(), an_audit_test()]))

    assert auditor.conflicts == ("T-001 tests an answer of their own: Roles",)


def test_testing_what_one_owns_is_a_conflict():
    said = [answer("roles", Result.PARTIAL, owner="Internal audit lead")]
    (auditor,) = audit.auditors(record(said, rows=[person(), an_audit_test()]))

    assert auditor.conflicts == ("T-001 tests what they own: Roles",)


def test_a_test_of_another_system_is_no_conflict():
    said = [answer("deploy", Result.PARTIAL, "SYS-001", actor="Internal audit lead")]
    rows = [SYSTEM, SECOND, person(), an_audit_test(question="deploy", system="SYS-002")]

    assert audit.auditors(record(said, rows=rows))[0].conflicts == ()


def test_auditing_a_system_one_declared_to_have_worked_on_is_a_conflict():
    rows = [person(worked_on="credit scoring: features"), row("plan", "PL-001", auditor="Internal audit lead",
            systems=("SYS-001",))]  # fmt: skip
    (auditor,) = audit.auditors(record(rows=rows))

    assert auditor.conflicts == ("PL-001: declared work on Credit scoring in the last 24 months",)


def test_an_auditor_who_declared_nothing_is_not_shown_to_be_independent():
    found = audit.auditors(
        record(rows=[person(worked_on=None, competence=None), an_audit_test(auditor="Somebody else")])
    )

    assert {a.name: a.gaps for a in found} == {
        "Internal audit lead": ("areas worked on not declared", "competence not recorded"),
        "Somebody else": ("not in the table of people as auditor",),
    }


def test_systems_that_no_slot_names_are_told():
    slot = row("plan", "PL-001", systems=("SYS-001",))
    assert [s.key for s in audit.unplanned(record(rows=[SYSTEM, SECOND, slot]))] == ["SYS-002"]

    assert audit.unplanned(record(rows=[SYSTEM, SECOND, row("plan", "PL-001")])) == ()
