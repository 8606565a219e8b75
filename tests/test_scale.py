import pytest

from tests.helpers_audit import catalog
from workbook import scale
from workbook.analysis.readiness import CLAIMS
from workbook.model import Result
from workbook.scale import best_evidence, is_worse, worst_result


def test_every_result_has_its_place():
    assert sorted(scale.RESULTS) == sorted(Result)


def test_what_nobody_looked_at_is_better_than_what_is_missing_and_worse_than_what_is_planned():
    assert worst_result([Result.PLANNED, Result.NOT_ASSESSED]) is Result.NOT_ASSESSED
    assert worst_result([Result.NOT_IMPLEMENTED, Result.NOT_ASSESSED]) is Result.NOT_IMPLEMENTED
    assert worst_result([]) is None


def test_a_result_is_not_worse_than_itself():
    assert is_worse(Result.PARTIAL, Result.IMPLEMENTED)
    assert not is_worse(Result.PARTIAL, Result.PARTIAL)


def test_a_worse_result_never_claims_more():
    claims = [CLAIMS[result] for result in scale.RESULTS if result is not Result.NOT_APPLICABLE]

    assert claims == sorted(claims)


@pytest.mark.parametrize(
    ("states", "best"),
    [(["stale", "fresh"], "fresh"), (["stale", "undated"], "undated"), (["stale"], "stale"), ([], "none")],
)
def test_the_best_piece_of_evidence_counts(states, best):
    assert best_evidence(states) == best


def test_grades_and_bands_are_those_of_the_registers():
    assert set(catalog().register("findings").field("grade").choices) == set(scale.GRADES)
    assert set(catalog().register("risk_levels").field("rank").choices) == set(scale.SEVERITIES)
