"""Ids as people write them: the row or control that is meant, or a refusal; never another one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook import catalog
from workbook.ids import Ids, listed
from workbook.keys import as_kept, known_ids

CATALOG = catalog.load(Path(__file__).parent.parent / "checklists")
CONTROLS = known_ids(CATALOG, CATALOG.register("controls"))


@pytest.mark.parametrize(
    "text",
    [
        "A.5.15", "a.5.15", "A5.15", "A 5.15", "A.05.15", "5.15", "05.15", "A.5.15 Access control", "A.5.15: Access",
        "A.5.15 - Access control", "A.5.15 – Zugangssteuerung", "ISO 27001 A.5.15", "ISO/IEC 27001:2022 A.5.15",
        "ISO 27002 5.15", "Annex A 5.15", "control A.5.15", "5.15 Access control", "\uff21.5.15", "A.5.15\u00a0",
    ],
)  # fmt: skip
def test_a_control_is_known_in_every_way_people_write_it(text: str):
    assert CONTROLS.find(text.strip()) == "A.5.15"


@pytest.mark.parametrize(
    "text",
    [
        "A.5.15 and A.8.2", "A.5.15 / A.8.2", "A.5.15 not applicable", "A.5.15 (excluded)", "A.5.99", "A.9.1",
        "9.2", "ISO 27001 5.1", "clause 5.1", "A.5.1.1", "15", "5", "A.5.15, A.8.2", "",
    ],
)  # fmt: skip
def test_what_says_more_or_something_else_is_no_control(text: str):
    assert CONTROLS.find(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A.9.1.1", "'A.9.1.1' is a control of the 2013 edition; 2022 has A.5.15 in its place."),
        ("a9.2.3 Management of privileged access", "2022 has A.8.2 in its place"),
        ("ISO 27001:2013 A.10.1.1", "2022 has A.8.24 in its place"),
        ("9.1.1", "2022 has A.5.15 in its place"),
        ("9.2", "'9.2' is a clause of ISO/IEC 27001 and no control; name a control as A.5.1."),
        ("A.8.99", "No control is called 'A.8.99'. Did you mean A.8.9"),
    ],
)
def test_what_is_no_control_is_explained(text: str, says: str):
    assert says in str(CONTROLS.unknown("control", text))


def test_every_control_of_2013_names_successors_that_exist():
    for old, new in CATALOG.successors.items():
        assert CONTROLS.find(old) is None
        assert new
        assert all(CONTROLS.find(one) == one for one in new)


@pytest.mark.parametrize(
    "text",
    [
        "A.5.31; A.8.2", "A.5.31,A.8.2", "A.5.31 | A.8.2", "A.5.31\nA.8.2", "- A.5.31\r\n- A.8.2", "• a5.31\n• 8.2",
        "A.5.31 Legal, statutory, regulatory and contractual requirements, A.8.2 Privileged access rights",
        ", A.5.31;; A.8.2, A.5.31;",
    ],
)  # fmt: skip
def test_a_list_is_split_where_people_split_it(text: str):
    assert listed(text, CONTROLS.find) == ["A.5.31", "A.8.2"]


def test_a_name_that_holds_a_comma_is_looked_up_whole():
    people = Ids(["Smith, Jones", "Miller", "Lee; Partners"])

    assert listed("Miller, Smith, Jones", people.find) == ["Miller", "Smith, Jones"]
    assert listed("Lee; Partners", people.find) == ["Lee; Partners"]
    assert listed("Smith, Nobody", people.find) == ["Smith", "Nobody"]


def test_what_differs_in_its_case_from_two_ids_is_neither():
    rows = Ids(["r-1", "R-1", "DS-1"])

    assert rows.find("r-1") == "r-1"
    assert rows.find("ds-1") == "DS-1"
    rows.discard("DS-1")
    assert rows.find("ds-1") is None
    assert Ids(["one", "ONE"]).find("One") is None


def test_an_id_is_compared_however_its_letters_are_composed():
    assert Ids(["\u00dcbersicht"]).find("U\u0308bersicht") == "\u00dcbersicht"
    assert as_kept(CATALOG, "datasets", "U\u0308ber 1 ") == "\u00dcber 1"


@pytest.mark.parametrize(
    ("typed", "kept"), [("ds-7", "DS-7"), ("DS-007", "DS-007"), ("my-7", "my-7"), ("ds-x", "ds-x")]
)
def test_an_id_that_looks_like_ours_gets_our_prefix(typed: str, kept: str):
    assert as_kept(CATALOG, "datasets", typed) == kept


@given(st.text("aA5.18 9-–,;|no\nISO27001", max_size=24))
def test_whatever_is_typed_is_a_control_or_none(text: str):
    assert CONTROLS.find(text) in (None, *CONTROLS)
    assert all(name in CONTROLS or name.strip() for name in listed(text, CONTROLS.find))
    assert str(CONTROLS.unknown("control", text))
