"""Deadlines: what is still to be done by which day, and the last day on which evidence counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_audit import TODAY, answer, days_ago, proof, record, row
from workbook.analysis.deadlines import collect_deadlines
from workbook.analysis.evidence_use import last_fresh_day
from workbook.model import Engagement, Evidence, Result
from workbook.record import Record, freshness


def days(found: Record) -> dict[tuple[str, str, str], date]:
    return {(d.kind, d.key, d.column): d.day for d in collect_deadlines(found)}


@given(
    collected=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    until=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    limit=st.none() | st.integers(1, 10**9),
)
def test_evidence_is_fresh_on_its_last_day_and_stale_on_the_next(
    collected: date | None, until: date | None, limit: int | None
):
    about = Evidence(name="export.csv", collected_at=collected, valid_until=until)
    last = last_fresh_day(about, limit)

    if last and collected:
        assert freshness(about, limit, last).state == "fresh"
        assert freshness(about, limit, last + timedelta(days=1)).state == "stale"
    if last is None:
        assert freshness(about, limit, date(9000, 1, 1)).state != "stale"


def test_the_strictest_question_that_applies_says_when_evidence_is_too_old():
    about = {"EV-0001": proof(10), "EV-0002": proof(10)}
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
            answer("keys", Result.NOT_APPLICABLE, rationale="None.", evidence=("EV-0002",))]  # fmt: skip

    assert days(record(said, about)) == {("evidence", "EV-0001", "stale"): days_ago(10) + timedelta(days=90)}


@pytest.mark.parametrize(
    ("register", "values", "column"),
    [
        ("actions", {"status": "planned", "due": TODAY}, "due"),
        ("findings", {"status": "open", "grade": "minor nonconformity", "due": days_ago(5)}, "due"),
        ("risks", {"treatment": "modify", "due": TODAY}, "due"),
        ("risks", {"acceptance_ends": TODAY}, "acceptance_ends"),
        ("plan", {"status": "planned", "date": TODAY}, "date"),
        ("suppliers", {"next_review": TODAY}, "next_review"),
    ],
)
def test_a_row_that_waits_has_its_day_late_or_not(register: str, values: dict, column: str):
    found = days(record(rows=[row(register, "X-001", **values)]))

    assert found == {(register, "X-001", column): values[column]}


@pytest.mark.parametrize(
    ("register", "values"),
    [
        ("actions", {"status": "effectiveness confirmed", "due": TODAY}),
        ("findings", {"status": "closed", "grade": "minor nonconformity", "due": TODAY}),
        ("risks", {"treatment": "modify", "due": TODAY, "treated_on": TODAY}),
        ("risks", {"treatment": "retain", "due": TODAY}),
        ("plan", {"status": "done", "date": TODAY}),
        ("tests", {"tested_on": TODAY}),
    ],
)
def test_what_is_done_or_only_happened_has_none(register: str, values: dict):
    assert days(record(rows=[row(register, "X-001", **values)])) == {}


def test_an_answer_waits_until_it_is_implemented():
    said = [answer("roles", Result.PLANNED, due=TODAY), answer("keys", Result.IMPLEMENTED, due=TODAY)]

    assert days(record(said)) == {("answer", "roles", "due"): TODAY}


def test_the_audit_itself_stands_in_the_calendar():
    found = record(engagement=Engagement(title="ISMS", audit_date=TODAY))

    assert days(found) == {("engagement", "engagement", "audit_date"): TODAY}
