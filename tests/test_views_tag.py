"""Elements from values: only what elements made is HTML, everything else is text."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import STRINGS
from tests.test_escaping import Elements
from workbook.model import Result
from workbook.views import tag
from workbook.views.tag import fragment, text
from workbook.words import visible


def test_an_element_stands_around_its_children_in_their_order():
    shown = tag.td(class_="num")["one ", tag.b[2], [" of ", (n for n in "34")]]

    assert shown == '<td class="num">one <b>2</b> of 34</td>'


def test_an_element_without_children_is_closed_unless_it_never_has_any():
    assert fragment(tag.div(id="x"), tag.br, tag.img(alt="a")) == '<div id="x"></div><br><img alt="a">'


def test_attributes_are_named_as_html_names_them_and_left_out_without_a_value():
    shown = tag.details(aria_label="a", open=True, id=None, hidden=False)["x"]

    assert shown == '<details aria-label="a" open>x</details>'


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (0, "0"),
        (date(2026, 11, 2), "2 Nov 2026"),
        (datetime(2026, 11, 2, 9, 5, tzinfo=UTC), "2026-11-02 09:05 UTC"),
        (Result.PARTIAL, "partial"),
        (["a", None, "b"], "ab"),
    ],
)
def test_values_are_written_as_people_read_them(value: object, shown: str):
    assert text(value) == shown


@pytest.mark.parametrize("typed", STRINGS)
def test_a_hostile_string_is_text_as_child_and_as_attribute(typed: str):
    found = Elements(tag.p(title=typed)[typed, [typed], fragment(typed)])

    assert (found.names, found.attributes) == ({"p"}, {"title"})
    assert found.text == visible(typed) * 3


@given(st.text())
def test_any_text_stays_text_as_child_and_as_attribute(typed: str):
    found = Elements(tag.p(title=typed)[typed])

    assert (found.names, found.attributes) == ({"p"}, {"title"})


def test_what_an_element_made_is_not_escaped_again():
    assert tag.p[tag.p["<"]] == "<p><p>&lt;</p></p>"
    assert text(text("<")) == "&lt;"
