import pytest
from markupsafe import escape

from tests.helpers_audit import SECOND, SYSTEM, answer, days_ago, proof, proven, record
from workbook.analysis.evidence_use import evidence_uses, find_doubts
from workbook.analysis.progress import whole_progress
from workbook.analysis.proof import prove
from workbook.audience import Edition
from workbook.model import Result, link_form
from workbook.views import audit_report


def test_doubts_are_stale_first_and_oldest_first_then_undated_then_missing():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.PARTIAL, "SYS-001", evidence=("EV-0002",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-002", evidence=("EV-0003",)),
        answer("keys", Result.IMPLEMENTED),
    ]
    held = {"EV-0001": proof(100), "EV-0002": proof(203), "EV-0003": proof(None)}
    found = find_doubts(record(said, held, [SYSTEM, SECOND]))

    assert [d.asked.key for d in found] == ["deploy@SYS-001", "roles", "deploy@SYS-002", "keys"]
    assert [d.words for d in found] == [
        "stale, 203 of 90 days",
        "stale, 100 of 90 days",
        "undated: nobody said when it was collected",
        "no evidence",
    ]


def test_evidence_past_its_own_end_is_in_doubt_whatever_its_age():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    (doubt,) = find_doubts(record(said, {"EV-0001": proof(5, valid_until=days_ago(1))}))

    assert (doubt.state, doubt.age) == ("stale", 5)


def test_an_answer_that_claims_nothing_needs_no_evidence():
    assert find_doubts(record([answer("roles", Result.PLANNED), answer("keys", Result.NOT_IMPLEMENTED)])) == ()


def test_one_fresh_piece_among_stale_ones_is_enough():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001", "EV-0002"))]

    assert find_doubts(record(said, {"EV-0001": proof(300), "EV-0002": proof(3)})) == ()


SHARE = "\\\\server\\audit\\roles.csv"


@pytest.mark.parametrize("link", [SHARE, "file:///srv/audit/roles.csv", "smb://server/audit/roles.csv"])
def test_a_reference_to_a_file_share_proves_nothing_however_young(link: str):
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    held = {"EV-0001": proof(1, form=link_form(link), link=link, name=link, sha256="", size=0)}
    full = record(said, held)
    edition = Edition("customer").of(full)

    for base in (full, edition):
        asked = base.ask("roles")
        assert asked.evidence_state == "reference"
        assert whole_progress(base).evidenced == 0
        [doubt] = find_doubts(base)
        assert doubt.words == "a reference, which proves nothing by itself"
    assert link not in str(edition.evidence)
    shown = audit_report.evidence_index(full)
    assert escape(link) in shown
    assert f'href="{link}' not in shown


def test_beside_a_fresh_file_a_reference_does_no_harm():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001", "EV-0002"))]
    held = {"EV-0001": proof(1, form="reference", link=SHARE, sha256=""), "EV-0002": proof(1)}

    assert prove(record(said, held))["roles"].reaches("evidenced")


def test_evidence_is_told_by_the_strictest_question_that_rests_on_it():
    use = evidence_uses(proven(days=30))["EV-0001"]

    assert len(use.questions) == 3
    assert (use.freshness.state, use.freshness.max_age_days, use.ruled) == ("fresh", 90, True)


def test_evidence_without_a_question_goes_by_its_artefact_and_says_when_no_rule_is_known():
    held = {"EV-0001": proof(100, artefact="Export for roles"), "EV-0002": proof(100, artefact="Lunch menu")}
    uses = evidence_uses(record(evidence=held))

    assert (uses["EV-0001"].freshness.state, uses["EV-0001"].ruled) == ("stale", True)
    assert (uses["EV-0002"].freshness.state, uses["EV-0002"].ruled) == ("fresh", False)
