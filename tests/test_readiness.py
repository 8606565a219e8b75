"""The two sums: what is claimed and what of it is shown, by area and by system."""

import pytest

from tests.helpers_audit import SECOND, SYSTEM, accepted, all_tested, answer, proof, proven, record
from workbook.analysis.proof import prove
from workbook.analysis.readiness import CLAIMS, Item, Readiness, score_readiness
from workbook.model import Result

FRESH = {"EV-0001": proof(10)}


def alone(found: Readiness):
    """The score of the one system in scope, with what is asked once."""
    (only,) = found.systems
    return only.score


def test_everything_tested_is_claimed_and_shown_in_full():
    found = score_readiness(all_tested(accepted(proven())))

    assert (found.claimed, found.shown) == (100, 100)


def test_a_claim_without_any_evidence_is_claimed_and_nothing_of_it_shown():
    said = [answer(q, Result.IMPLEMENTED, s) for q, s in (("roles", ""), ("deploy", "SYS-001"), ("keys", ""))]
    found = score_readiness(record(said))

    assert (found.claimed, found.shown) == (100, 0)


def test_the_sums_are_weights_times_claims_times_what_is_shown():
    said = [  # weights 3, 3, 1
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),  # evidenced: a third of the claim
        answer("deploy", Result.PARTIAL, "SYS-001", evidence=("EV-0001",)),
    ]
    score = alone(score_readiness(record(said, FRESH)))

    assert score.weight == 7
    assert score.claimed == pytest.approx(100 * (3 * 1 + 3 * 0.6) / 7)
    assert score.shown == pytest.approx(100 * (3 * 1 / 3 + 3 * 0.6 / 3) / 7)


@pytest.mark.parametrize("result", Result)
def test_each_result_claims_its_part(result: Result):
    base = record([answer("roles", result, rationale="We have no roles here at all.", evidence=("EV-0001",))], FRESH)
    asked = base.ask("roles")

    assert Item(asked, prove(base)[asked.key]).claimed == CLAIMS[result]
    assert (CLAIMS[result] > 0) is (result in (Result.PLANNED, Result.PARTIAL, Result.IMPLEMENTED))


def test_not_applicable_stays_in_the_sum_until_somebody_else_accepted_it():
    said = [answer("roles", Result.NOT_APPLICABLE, rationale="There are no roles in this company.")]

    assert alone(score_readiness(record(said))).weight == 7
    assert alone(score_readiness(accepted(record(said)))).weight == 4


def test_not_applicable_for_no_reason_stays_in_the_sum_even_if_accepted():
    said = [answer("roles", Result.NOT_APPLICABLE, rationale=".")]

    assert alone(score_readiness(accepted(record(said)))).weight == 7


def test_where_nothing_counts_both_figures_are_nothing():
    why = "There is nothing of the kind in this company."
    said = [answer(q, Result.NOT_APPLICABLE, s, rationale=why) for q, s in (("roles", ""), ("deploy", "SYS-001"),
            ("keys", ""))]  # fmt: skip
    found = score_readiness(accepted(record(said)))

    assert not found.counts
    assert (found.claimed, found.shown) == (0, 0)


def test_an_area_names_the_item_of_which_least_is_shown_and_of_equals_the_heaviest():
    said = [answer("deploy", Result.PLANNED, "SYS-001"), answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    access, crypto = score_readiness(record(said, FRESH)).areas

    assert access.score.lowest.asked.key == "deploy@SYS-001"
    assert crypto.score.lowest.asked.key == "keys"
    assert alone(score_readiness(record())).lowest.asked.key == "roles"


def test_the_figures_are_those_of_the_weakest_system():
    said = [
        answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("keys", Result.IMPLEMENTED, evidence=("EV-0001",)),
        answer("deploy", Result.IMPLEMENTED, "SYS-001", evidence=("EV-0001",)),
    ]
    found = score_readiness(all_tested(accepted(record(said, FRESH, [SYSTEM, SECOND]))))

    assert [int(s.score.shown) for s in found.systems] == [100, 57]  # 4 of 7
    assert (found.claimed, found.shown, found.weakest.id) == (57, 57, "SYS-002")


def test_figures_are_rounded_down():
    said = [answer("roles", Result.IMPLEMENTED), answer("deploy", Result.IMPLEMENTED, "SYS-001")]

    assert score_readiness(record(said)).claimed == 85  # 6 / 7 = 85.7


def test_what_would_raise_the_figure_most_comes_first_with_its_gain():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    gains = alone(score_readiness(record(said, FRESH))).most_to_gain

    assert [i.asked.key for i, _ in gains] == ["deploy@SYS-001", "roles", "keys"]
    assert [gain for _, gain in gains] == pytest.approx([300 / 7, 200 / 7, 100 / 7])


def test_the_figure_under_other_weights_is_told():
    said = [answer("roles", Result.IMPLEMENTED, evidence=("EV-0001",))]
    score = alone(score_readiness(record(said, FRESH)))

    assert score.weighed(lambda _: 1) == pytest.approx(100 / 9)
    assert score.weighed(lambda weight: int(weight == 3)) == pytest.approx(100 / 6)
