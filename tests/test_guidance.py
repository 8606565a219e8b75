"""Help where one stands: it speaks of all there is to choose, and of nothing that is not there."""

from workbook.forms import FORMS, guidance, modules
from workbook.model import Result


def test_every_result_is_explained_those_that_claim_something_with_an_example():
    assert list(guidance.RESULTS) == list(Result)
    assert [r for r, says in guidance.RESULTS.items() if "For example: " not in says] == [Result.NOT_ASSESSED]


def test_the_tour_has_five_steps_at_most_each_one_sentence_or_two_on_a_section_that_exists():
    assert len(guidance.TOUR) <= 5
    assert {place for place, _ in guidance.TOUR} <= {*FORMS, "pages"}
    assert max(says.count(". ") for _, says in guidance.TOUR) <= 1


def test_every_piece_of_advice_has_its_place_in_a_question():
    question = (modules.STATIC / "question.js").read_text(encoding="utf-8")

    assert [place for place in guidance.ADVICE if f"advice(detail.advice.{place})" not in question] == []
