from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.words import away, capitalized, count, day, first_of, natural, plain_name

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("when", "says"),
    [
        (date(2027, 2, 2), "in 72 days"),
        (date(2026, 11, 23), "in 1 day"),
        (TODAY, "today"),
        (date(2026, 11, 21), "1 day ago"),
        (date(2026, 11, 19), "3 days ago"),
    ],
)
def test_a_date_is_said_as_its_distance_from_today(when: date, says: str):
    assert away(when, TODAY) == says


def test_a_date_is_written_without_leading_zero_and_with_a_month_in_letters():
    assert day(date(2027, 2, 2)) == "2 Feb 2027"
    assert day(None) == ""


@pytest.mark.parametrize(("number", "says"), [(0, "no gaps"), (1, "1 gap"), (2, "2 gaps")])
def test_a_number_comes_with_its_noun(number: int, says: str):
    assert count(number, "gap") == says


def test_a_list_names_the_first_ones_and_counts_the_rest():
    assert first_of(["a", "b", "c"], 3) == "a; b; c"
    assert first_of(["a", "b", "c", "d"], 2) == "a; b and 2 more"
    assert first_of([], 2) == ""


def test_a_sentence_begins_with_a_capital_and_keeps_the_others():
    assert capitalized("a GPU cluster") == "A GPU cluster"
    assert capitalized("") == ""


def test_ids_come_in_the_order_in_which_people_count():
    ids = ["A.5.10", "R-10", "a.5.2", "A.8.1", "R-2", "A.5", "EV-0010", "EV-0009", "4.1", "10.1", "R-010"]

    assert sorted(ids, key=natural) == [
        "4.1", "10.1", "A.5", "a.5.2", "A.5.10", "A.8.1", "EV-0009", "EV-0010", "R-2", "R-010", "R-10",
    ]  # fmt: skip


@given(st.lists(st.text("aA1029.-ß²٣ ", max_size=8), max_size=20))
def test_the_order_is_the_same_however_the_ids_came(ids: list[str]):
    assert sorted(set(ids), key=natural) == sorted(dict.fromkeys(ids), key=natural)
    assert sorted([*ids, "9" * 5000], key=natural)


@given(st.text())
def test_a_plain_name_is_plain_already(text: str):
    assert plain_name(plain_name(text)) == plain_name(text)


def test_a_plain_name_leaves_case_spaces_punctuation_and_composition_out():
    assert {plain_name(t) for t in ("Risk owner", "risk_owner", "RISK-\nOWNER:", "Ｒisk\u00a0owner *")} == {"riskowner"}
    assert plain_name("Pru\u0308fung") == plain_name("PRÜFUNG")
    assert plain_name(" # ") == "#"
