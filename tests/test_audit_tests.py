import pytest

from tests.helpers_audit import SECOND, SYSTEM, an_audit_test, proof, proven, record
from workbook.analysis.audit_tests import area_tests, find_tests, weaknesses_of_test


def test_a_test_without_a_system_stands_for_all_of_them():
    base = record(
        rows=[
            SYSTEM,
            SECOND,
            an_audit_test(question="deploy"),
            an_audit_test("T-002", question="deploy", system="SYS-002"),
        ]
    )

    assert [t.key for t in find_tests(base, base.ask("deploy", "SYS-001"))] == ["T-001"]
    assert [t.key for t in find_tests(base, base.ask("deploy", "SYS-002"))] == ["T-001", "T-002"]


def test_an_area_tells_how_many_of_its_questions_were_tested_and_with_what_result():
    rows = [an_audit_test(exceptions_found=2), an_audit_test("T-002", operation="not effective", exceptions_found=1)]
    access, crypto = area_tests(record(rows=rows))

    assert (access.applicable, access.tested, access.passed, access.failed, access.exceptions) == (2, 1, 1, 1, 3)
    assert (crypto.tested, crypto.tests) == (0, ())


def test_a_sound_test_has_no_weakness():
    assert weaknesses_of_test(proven(), an_audit_test(exceptions_found=0, checked_by="Second auditor")) == ()


@pytest.mark.parametrize(
    ("values", "weakness"),
    [
        ({"method": "inquiry"}, "inquiry alone is not enough"),
        ({"population": None}, "population not described"),
        ({"sample": None}, "sample not described"),
        ({"evidence": ()}, "no evidence named"),
        ({"evidence": ("EV-0404",)}, "no evidence named"),
        ({"operation": "not effective"}, "operation not effective"),
        ({"operation": None}, "operation not tested"),
        ({"design": None, "operation": None}, "no conclusion yet"),
        ({"checked_by": "internal AUDIT lead"}, "reviewed by the auditor who made it"),
        ({"exceptions_found": 3}, "exceptions found, yet concluded as effective"),
    ],
)
def test_what_another_auditor_would_object_to_is_named(values, weakness):
    assert weaknesses_of_test(proven(), an_audit_test(**values)) == (weakness,)


def test_a_test_that_only_says_where_its_evidence_lies_names_none():
    held = {"EV-0001": proof(5, form="reference", link="\\\\audit\\share", sha256="", size=0)}
    test = an_audit_test(evidence=("EV-0001",))

    assert weaknesses_of_test(record(evidence=held), test) == ("no evidence named",)
