"""Only what a notebook asks for, as plain values, reaches the program that pastes it into a cell."""

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers_pages import code, executed, notebook, saved
from workbook.errors import BadInput, Unknown
from workbook.report import Page, check, read_page


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return read_page(saved(tmp_path, notebook()))


def test_parameters_of_the_notebook_pass_unchanged(page: Page):
    given = {"engagement": 'a"b\n; \u202e', "limit": 7}

    assert check(page, given) == given


def test_a_mistyped_parameter_is_refused_with_the_right_name(page: Page):
    with pytest.raises(Unknown, match=r"engagment.*Did you mean engagement\?.*first cell of 01_page\.ipynb"):
        check(page, {"engagment": "demo"})


@pytest.mark.parametrize(
    "name",
    ['x=0;open("canary","w");y', "engagement\nimport os", "my-name", "class", "", " engagement", "__import__('os')"],
)
def test_a_name_that_is_no_plain_parameter_is_refused(page: Page, name: str):
    with pytest.raises(Unknown):
        check(page, {name: 1})


@pytest.mark.parametrize(
    "value",
    [
        ("a",), b"a", Path("a"), {1, 2}, object(), ["a", ("b",)], {"k": b"v"}, {1: "a"}, math.nan, math.inf,
        [[-math.inf]], {"k": {"k": [Path("a")]}}, 1j, range(3),
    ],
    ids=lambda v: type(v).__name__,
)  # fmt: skip
def test_a_value_that_is_not_plain_json_is_refused_by_the_parameters_name(page: Page, value: object):
    with pytest.raises(BadInput, match="engagement"):
        check(page, {"engagement": value})


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", ["\udfff"], {"a\x00": 1}], ids=ascii)
def test_text_that_cannot_be_kept_is_refused(page: Page, value: object):
    with pytest.raises(BadInput, match=r"NUL|surrogate"):
        check(page, {"engagement": value})


def test_a_value_without_end_is_refused(page: Page):
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(BadInput, match="levels deep"):
        check(page, {"engagement": endless})


class Sly(str):
    """Looks like text, and is not."""


def test_a_value_that_only_looks_like_text_is_refused(page: Page):
    with pytest.raises(BadInput, match="Sly"):
        check(page, {"engagement": Sly("a")})


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=PLAIN)
def test_every_plain_value_passes(page: Page, value: object):
    assert check(page, {"engagement": value}) == {"engagement": value}


def test_a_folder_with_braces_in_its_name_is_no_template(tmp_path: Path):
    folder = tmp_path / "a {engagement} ü 'q\" $(x)"
    folder.mkdir()

    page = executed(saved(folder, notebook(code("print(engagement)"))), {"engagement": "demo"})

    assert page.run.ok
    assert page.notebook.cells[-1].outputs[0].text == "demo\n"


@pytest.mark.parametrize(
    "text",
    ['"; open("CANARY", "w") #', "'''\nopen('CANARY','w')\n'''", "{{7*7}}${x}\\", "\u2028open('CANARY','w')"],
    ids=ascii,
)
def test_text_that_is_code_arrives_as_text_and_does_nothing(tmp_path: Path, text: str):
    canary = tmp_path / "canary"
    given = text.replace("CANARY", str(canary))

    page = executed(saved(tmp_path, notebook(code("print(ascii(engagement))"))), {"engagement": given})

    assert page.run.ok
    assert page.notebook.cells[-1].outputs[0].text.strip() == ascii(given)
    assert not canary.exists()


@pytest.mark.parametrize(
    "given",
    [
        {'x=0;open("CANARY","w");y': 1},
        {"engagement": b'"; open("CANARY","w") #'},
        {"engagement": ('"; open("CANARY","w") #',)},
        {"engagement": [('"; open("CANARY","w") #',)]},
        {"engagement": Path('"; open("CANARY","w") #')},
    ],
    ids=["name", "bytes", "tuple", "nested tuple", "path"],
)
def test_parameters_that_would_run_as_code_are_refused_before_anything_runs(tmp_path: Path, given: dict[str, object]):
    canary = code(f"open({str(tmp_path / 'RAN')!r}, 'w')")

    with pytest.raises(BadInput):
        executed(saved(tmp_path, notebook(canary)), given)

    assert not (tmp_path / "RAN").exists()
    assert not list(tmp_path.glob("**/CANARY"))
