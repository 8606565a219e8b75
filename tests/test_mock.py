"""Mock certification: asks what this kind of visit asks, has no score, and is for the team alone."""

from dataclasses import replace
from typing import get_args

import pytest

from tests.conftest import ROOT
from tests.helpers_audit import an_audit_test, days_ago, plain, record, row
from workbook import catalog
from workbook.analysis.mock import rehearse, talks, walks
from workbook.analysis.mock_items import ITEMS, Stood
from workbook.audience import Edition
from workbook.contract import VISIT_RULES
from workbook.model import Engagement, Head
from workbook.record import Record, Row
from workbook.views.mock import mock

REAL = catalog.load(ROOT / "checklists")
KINDS = get_args(Engagement.model_fields["audit_kind"].annotation)


def real(*rows: Row, kind: str = "surveillance", **more) -> Record:
    about = Engagement(title="ISMS audit", audit_kind=kind)
    return replace(record(rows=rows, engagement=about, **more), catalog=REAL)


def item(found: Record, name: str) -> Stood:
    return next(s for visit in rehearse(found) for s in visit.items if s.item.id == name)


def model(key: str, system: str = "SYS-001") -> Row:
    return row("models", key, name="gbm", version=f"{key[-1]}.0.0", system=system, stage="production")


def test_each_kind_of_audit_is_asked_what_its_visits_ask():
    asked = {kind: [one.visit.id for one in rehearse(real(kind=kind))] for kind in KINDS}

    assert asked["surveillance"] == ["mock-surveillance"]
    assert asked["recertification"] == ["mock-recertification"]
    assert asked["stage 1"] == asked["internal"] == ["mock-stage-1", "mock-stage-2"]
    titles = " ".join(s.item.title for s in rehearse(real())[0].items)
    assert all(word in titles for word in ("Internal audit", "review", "findings", "Complaints", "mark", "Changes"))


def test_the_rules_that_visits_name_are_those_there_are():
    assert set(ITEMS) == VISIT_RULES == {i.rule for visit in REAL.visits for i in visit.items}
    for refs in (i.refs for visit in REAL.visits for i in visit.items):
        assert REAL.references(refs) or not refs


def test_an_empty_record_could_show_nothing():
    for kind in KINDS:
        states = {s.state for visit in rehearse(real(kind=kind)) for s in visit.items}
        assert "could be shown" not in states


def test_a_document_is_asked_for_until_somebody_approved_it():
    scope = {"kind": "scope statement", "version": "1"}
    draft, approved = (row("documents", "DOC-001", **scope, approved_by=by) for by in (None, "Management"))

    assert item(real(kind="stage 1"), "mock-scope").state == "missing"
    assert item(real(draft, kind="stage 1"), "mock-scope").state == "not ready"
    assert item(real(approved, kind="stage 1"), "mock-scope").state == "could be shown"


def test_controls_that_a_test_speaks_against_are_taken_first():
    test = an_audit_test(question="op-secure-deployment", system="SYS-001", operation="not effective",
                         tested_on=days_ago(2))  # fmt: skip

    assert "A.8.32" in item(real(test), "mock-s-operation").says


def test_the_worst_trail_is_walked_first_and_one_that_nobody_chose():
    risk = row("risks", "R-001", systems=("SYS-002",), likelihood=4, consequence=4)
    systems = [row("systems", key, name=key) for key in ("SYS-001", "SYS-002")]
    models = [model(f"M-{n:03}", "SYS-001") for n in range(1, 8)]
    found = real(*systems, risk, *models, model("M-009", "SYS-002"))
    again = replace(found, head=Head(13, "3e1a" * 16))

    first, _, lot = walks(found, 2)
    assert (first.trail.row.key, first.why) == ("M-009", "model, highest risk 16")
    assert lot.why == "drawn by the head of the chain, r12"
    assert walks(found, 2)[-1].trail.row.key == lot.trail.row.key
    drawn = {walks(replace(found, head=Head(n, f"{n:064x}")), 2)[-1].trail.row.key for n in range(12)}
    assert len(drawn) > 2
    assert len({walk.trail.row.key for walk in walks(again, 2)}) == 3


def test_a_role_that_nobody_holds_is_said_and_a_leaver_holds_none():
    people = [
        row("people", "P-001", name="Managing director", part="management"),
        row("people", "P-002", name="HR lead", part="takes no part"),
    ]
    held = {talk.interview.role: [p.key for p in talk.people] for talk in talks(real(*people))}
    words = plain(mock(real(*people)))

    assert (held["Top management"], held["Human resources"], held["Procurement"]) == (["P-001"], [], [])
    assert "names nobody for" in words
    assert "Human resources" in words.partition("names nobody for")[2]


@pytest.mark.parametrize("audience", ["auditor", "customer"])
def test_no_other_reader_learns_of_it(audience: str):
    edition = Edition(audience).of(real(model("M-001")))

    assert mock(edition) == ""
    assert (rehearse(edition), talks(edition)) == ((), ())


def test_it_has_no_score_and_nothing_in_it_is_green():
    html = mock(real(model("M-001")))

    assert "certifies nothing" in plain(html)
    assert "%" not in plain(html)
    assert 'class="st ok"' not in html


def test_what_the_body_found_before_comes_first_and_only_the_body_closes_it():
    found = row("external_findings", "XF-001", grade="minor nonconformity", status="answered")
    done = replace(found, values={**found.values, "status": "closed", "closed_on": days_ago(9)})

    assert item(real(), "mock-s-earlier").state == "missing"
    assert item(real(found), "mock-s-earlier").state == "not ready"
    assert item(real(done), "mock-s-earlier").state == "could be shown"


def test_the_use_of_the_mark_is_never_said_to_be_shown():
    held = row("certificates", "CT-001", status="valid", valid_until=days_ago(-200))

    assert [item(real(*rows), "mock-s-mark").state for rows in ([], [held])] == ["missing", "in part"]
