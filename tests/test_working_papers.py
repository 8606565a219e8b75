"""Tests as working papers: the lines they test, who reviewed them, the finding of one that failed."""

from typing import Any

import pytest

from tests.helpers_audit import Rendered, an_audit_test, days_ago, plain, proof, record, row
from workbook.analysis.audit_gaps import unreported_failures
from workbook.analysis.audit_tests import weaknesses_of_test
from workbook.analysis.doubts import doubts_of_row
from workbook.errors import BadInput, NotAllowed
from workbook.model import Person, Role
from workbook.store import Store

QUESTION = "op-secure-deployment"


def paper(store: Store, key: str = "", base: int = 0, **more: Any) -> dict[str, Any]:
    """A test as it is kept, after it was saved."""
    values = {"name": "Deployments", "question": QUESTION, "system": "SYS-001", "auditor": "Lead auditor",
              "lines": [f"{QUESTION}/1"], **more}  # fmt: skip
    auditor = store.acting_as(Person("Lead auditor", Role.AUDITOR))
    return dict(auditor.save_row("tests", key, values, base).body or {})


def test_a_paper_keeps_the_words_of_the_lines_it_adopted(store: Store):
    kept = paper(store, "T-001")

    assert kept["steps"].startswith("1. list deployments from the serving log")
    again = paper(store, "T-001", 1, lines=[f"{QUESTION}/1"], note="seen", steps="something else")
    assert again["steps"] == kept["steps"]
    assert "\n2. in staging" in paper(store, "T-001", 2, lines=[f"{QUESTION}/1", f"{QUESTION}/2"])["steps"]


def test_a_line_of_another_question_or_of_none_is_refused_in_words(store: Store):
    with pytest.raises(BadInput, match=f"ac-rbac/1 is a line of another question; name lines of {QUESTION}"):
        paper(store, lines=["ac-rbac/1"])
    with pytest.raises(BadInput, match=r"Lines tested: .*op-secure-deployment/9"):
        paper(store, lines=[f"{QUESTION}/9"])


def test_who_made_a_paper_cannot_review_it(store: Store):
    with pytest.raises(NotAllowed, match="made this working paper and cannot review it"):
        paper(store, checked_by="lead auditor ")

    assert paper(store, checked_by="Second auditor")["checked_by"] == "Second auditor"


def test_a_line_that_reads_otherwise_today_is_said():
    old = an_audit_test(steps="1. take the list of last year")
    found = record(evidence={"EV-0001": proof()}, rows=[old])

    assert weaknesses_of_test(found, old) == ("a line that it tested reads otherwise today",)


FAILED = an_audit_test(operation="not effective", tested_on=days_ago(3))


def test_a_failed_test_asks_for_its_finding_until_one_is_named():
    named = an_audit_test(operation="not effective", tested_on=days_ago(3), finding="FI-007")
    other = row("findings", "FI-007", grade="minor nonconformity", requirement="A.7.4", raised_on=days_ago(1))

    assert [one.test.key for one in unreported_failures(record(rows=[FAILED, other]))] == ["T-001"]
    assert [one.test.key for one in unreported_failures(record(rows=[named, other]))] == []
    assert [one.test.key for one in unreported_failures(record(rows=[named]))] == ["T-001"]
    assert [d.field for d in doubts_of_row(record(), FAILED)] == ["finding"]
    assert doubts_of_row(record(), named) == ()


def test_a_finding_that_was_closed_before_the_test_is_not_its_finding():
    named = an_audit_test(operation="not effective", tested_on=days_ago(3), finding="FI-007")
    closed = row("findings", "FI-007", requirement="A.7.4", status="closed", closed_on=days_ago(30))

    assert [one.test.key for one in unreported_failures(record(rows=[named, closed]))] == ["T-001"]


def test_the_page_has_each_test_as_one_paper_and_says_what_it_lacks():
    shown = plain(Rendered(record(evidence={"EV-0001": proof()}, rows=[FAILED])).tests())

    assert "1 that nobody else reviewed; 1 that failed and led to no finding" in shown
    assert "T-001 ▲ Not effective 1 to look at Tests Roles take the list Population 64 deployments" in shown
    assert "Reviewed by nobody else To look at It failed, and no finding speaks of it" in shown
    bare = plain(Rendered(record(rows=[an_audit_test(lines=None)])).tests())
    assert "no line of the question named" in bare
