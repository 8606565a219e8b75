from tests.helpers_audit import SECOND, SYSTEM, an_audit_test, answer, record, row
from workbook.analysis.independence import auditors, unplanned_systems
from workbook.model import Result


def person(name="Internal audit lead", **values):
    told = {"part": "auditor", "worked_on": "Group audit", "competence": "Lead auditor"}
    return row("people", "P-001", name=name, **(told | values))


def test_an_auditor_who_declared_everything_and_tests_the_work_of_others_is_free_of_conflicts():
    (auditor,) = auditors(record([answer("roles", Result.PARTIAL)], rows=[person(), an_audit_test()]))

    assert (auditor.conflicts, auditor.gaps) == ((), ())
    assert [t.key for t in auditor.tests] == ["T-001"]


def test_testing_an_answer_of_ones_own_is_a_conflict():
    said = [answer("roles", Result.PARTIAL, actor="internal audit LEAD")]
    (auditor,) = auditors(record(said, rows=[person(), an_audit_test()]))

    assert auditor.conflicts == ("T-001 tests an answer of their own: Roles",)


def test_testing_what_one_owns_is_a_conflict():
    said = [answer("roles", Result.PARTIAL, owner="Internal audit lead")]
    (auditor,) = auditors(record(said, rows=[person(), an_audit_test()]))

    assert auditor.conflicts == ("T-001 tests what they own: Roles",)


def test_a_test_of_another_system_is_no_conflict():
    said = [answer("deploy", Result.PARTIAL, "SYS-001", actor="Internal audit lead")]
    rows = [SYSTEM, SECOND, person(), an_audit_test(question="deploy", system="SYS-002")]

    assert auditors(record(said, rows=rows))[0].conflicts == ()


def test_auditing_a_system_one_declared_to_have_worked_on_is_a_conflict():
    rows = [person(worked_on="credit scoring: features"), row("plan", "PL-001", auditor="Internal audit lead",
            systems=("SYS-001",))]  # fmt: skip
    (auditor,) = auditors(record(rows=rows))

    assert auditor.conflicts == ("PL-001: declared work on Credit scoring in the last 24 months",)


def test_an_auditor_who_declared_nothing_is_not_shown_to_be_independent():
    found = auditors(record(rows=[person(worked_on=None, competence=None), an_audit_test(auditor="Somebody else")]))

    assert {a.name: a.gaps for a in found} == {
        "Internal audit lead": ("areas worked on not declared", "competence not recorded"),
        "Somebody else": ("not in the table of people as auditor",),
    }


def test_systems_without_a_planned_audit_are_named():
    audit = row("plan", "PL-001", systems=("SYS-001",))
    assert [s.key for s in unplanned_systems(record(rows=[SYSTEM, SECOND, audit]))] == ["SYS-002"]

    assert unplanned_systems(record(rows=[SYSTEM, SECOND, row("plan", "PL-001")])) == ()
