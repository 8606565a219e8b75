"""Certificates and findings of the body: what does not fit is told, and nothing is called valid that has run out."""

from datetime import date

import pytest

from tests.helpers_audit import days_ago, plain, record, row, with_rows
from workbook.analysis.certification import certificate_fault, certification_points, count_body_findings, mismatches
from workbook.analysis.deadlines import collect_deadlines
from workbook.analysis.doubts import doubts_of_row
from workbook.analysis.points import collect_points
from workbook.analysis.verdict import judge
from workbook.approving import rows_of, state_of
from workbook.audience import Edition
from workbook.model import Engagement
from workbook.record import Record, Row
from workbook.views.certification import certification

SUBJECT = "Statement of Applicability"


def certificate(**values: object) -> Row:
    facts = {"name": "AC-1", "body": "A body", "status": "valid", "scope": "Lending platform.", "soa_version": "v5",
             "valid_until": days_ago(-400), "standard": "ISO/IEC 27001:2022"}  # fmt: skip
    return row("certificates", "CT-001", **(facts | values))


def body_finding(**values: object) -> Row:
    facts = {"name": "No restore", "grade": "minor nonconformity", "status": "open", "due": days_ago(-30),
             "requirement": "A.8.13", "statement": "Nobody restored."}  # fmt: skip
    return row("external_findings", "XF-001", **(facts | values))


def audited(*rows: Row, **about: object) -> Record:
    facts = {"title": "ISMS", "scope": "Lending platform", "audit_kind": "surveillance", "audit_date": days_ago(-60)}
    return record(rows=rows, engagement=Engagement(**(facts | about)))


def approved(base: Record, version: str) -> Record:
    """`base` with one row of controls, approved as the Statement of Applicability in this version."""
    base = with_rows(base, row("controls", "A.8.13", applicable="yes", reason="Risk", statement="Backups run."))
    state = state_of(SUBJECT, lambda kind: rows_of(base.engagement, base.rows, kind))
    given = {"subject": SUBJECT, "version": version, "approved_by": "Director", "recorded_by": "Director",
             "approved_on": days_ago(9), "state": state}  # fmt: skip
    return with_rows(base, row("approvals", "AP-001", **given))


def says(base: Record) -> dict[str, str]:
    return {m.column: m.says for r in base.register("certificates") for m in mismatches(base, r)}


def test_a_certificate_that_fits_gives_no_point_and_no_doubt():
    base = approved(audited(certificate()), "5")

    assert says(base) == {}
    assert list(certification_points(base)) == []


def test_a_version_that_is_not_the_approved_one_is_told_with_both():
    base = approved(audited(certificate(soa_version="4")), "5")

    assert "names version 4" in says(base)["soa_version"]
    assert "version 5 was approved" in says(base)["soa_version"]
    assert [p.severity for p in certification_points(base)] == ["medium"]
    assert certificate_fault(base) == says(base)["soa_version"]
    assert certificate_fault(approved(audited(certificate()), "5")) == ""
    assert "no approved version is recorded" in says(audited(certificate()))["soa_version"]


def test_another_scope_is_a_doubt_beside_its_field_and_no_point():
    base = approved(audited(certificate(scope="Payments")), "5")

    assert [d.field for d in doubts_of_row(base, base.register("certificates")[0])] == ["scope"]
    assert list(certification_points(base)) == []


def test_a_certificate_that_ends_before_the_audit_that_rests_on_it_is_told():
    base = audited(certificate(valid_until=days_ago(-30)), audit_kind="recertification")

    assert "before the recertification audit begins" in says(base)["valid_until"]
    assert "valid_until" not in says(audited(certificate(valid_until=days_ago(-30)), audit_kind="internal"))


def test_a_certificate_that_ran_out_is_an_open_point_and_never_shown_as_valid():
    base = audited(certificate(valid_until=days_ago(1)))

    assert any("the certificate has run out" in p.title for p in collect_points(base))
    assert "Run out" in plain(certification(base))
    assert "Valid" not in plain(certification(base))


def test_a_suspended_certificate_says_so_and_an_ended_one_is_compared_with_nothing():
    assert "suspended" in says(audited(certificate(status="suspended")))["status"]
    assert says(audited(certificate(status="ended", valid_until=days_ago(5), soa_version="1"))) == {}


@pytest.mark.parametrize(("kind", "points"), [("surveillance", 1), ("recertification", 1), ("stage 2", 0)])
def test_an_audit_that_rests_on_a_certificate_misses_one(kind: str, points: int):
    assert len(list(certification_points(audited(audit_kind=kind)))) == points
    applied = audited(certificate(status="in application"), audit_kind=kind)
    assert len(list(certification_points(applied))) == points


def test_the_end_of_a_certificate_and_late_answers_stand_in_the_calendar():
    base = audited(certificate(next_on=days_ago(-80)), body_finding())

    found = {(d.kind, d.column): d.day for d in collect_deadlines(base)}
    assert found["certificates", "valid_until"] == days_ago(-400)
    assert found["certificates", "next_on"] == days_ago(-80)
    assert found["external_findings", "due"] == days_ago(-30)


def test_only_the_body_closes_a_finding_and_a_late_answer_is_one_point():
    late = audited(certificate(), body_finding(due=days_ago(3)))
    answered = audited(certificate(), body_finding(status="answered", due=days_ago(3), answered_on=days_ago(5)))
    closed = audited(certificate(), body_finding(status="closed", closed_on=days_ago(1), due=days_ago(3)))

    assert [p.title for p in collect_points(late) if "No restore" in p.title] == [
        "No restore: the answer to the body is late"
    ]
    assert next(p.why for p in collect_points(answered) if p.title == "No restore").startswith(
        "Minor nonconformity of the certification body, answered, and not closed by the body."
    )
    assert not any("No restore" in p.title for p in collect_points(closed))
    assert [count_body_findings(r).open for r in (late, answered, closed)] == [1, 1, 0]
    assert [count_body_findings(r).late for r in (late, answered, closed)] == [1, 0, 0]


def test_a_major_nonconformity_of_the_body_keeps_the_verdict_from_its_stage():
    unmet = [c.id for c in judge(audited(body_finding(grade="major nonconformity"))).unmet]

    assert "major-nonconformities" in unmet
    assert "major-nonconformities" not in [c.id for c in judge(audited(body_finding())).unmet]


def test_customers_read_days_and_states_and_nothing_that_somebody_typed():
    base = approved(audited(certificate(soa_version="4"), body_finding()), "5")
    words = plain(certification(Edition("customer").of(base)))

    assert "1 finding of the body" in words
    assert not any(typed in words for typed in ("AC-1", "A body", "Lending", "version 4", "No restore"))
    assert "Valid, as entered" in words


@pytest.mark.parametrize("closed_on", [None, days_ago(-3)])
def test_a_finding_that_is_called_closed_without_a_day_gone_by_stays_open(closed_on: date | None):
    base = audited(certificate(), body_finding(status="closed", grade="major nonconformity", closed_on=closed_on))

    assert "major-nonconformities" in [c.id for c in judge(base).unmet]
    assert count_body_findings(base).open == 1
