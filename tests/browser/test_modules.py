"""The forms' JavaScript module by module, in a real browser; the tests lie in tests/javascript."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.conftest import ROOT
from workbook import forms
from workbook.forms import modules
from workbook.language import ENGLISH

HERE = "http://localhost:9"  # nothing listens there: every request is answered by `serve`
TESTS = ROOT / "tests" / "javascript"
NAMES = [
    (path.name, name)
    for path in sorted(TESTS.glob("*.test.js"))
    for name in re.findall(r'^test\("(.+?)", ', path.read_text(encoding="utf-8"), re.MULTILINE)
]
RUN = """async ([file, name]) => {
  await import(`/tests/${file}`);
  const { tests } = await import('/tests/harness.js');
  await tests.get(name)();
}"""

DRAW = """async (text) => {
  const { forms } = await import(text);
  const item = { key: "q", title: "Q", ask: "?", lookFor: [], system: "0 %", result: "not assessed", evidence: [] };
  const state = { queue: ["a", "b", "c"].map((key) => ({ ...item, key })), role: "reviewer" };
  const el = document.createElement("div");
  forms.reviews({ el, model: { get: (name) => (name === "state" ? state : name), on() {}, send() {} } });
  return el.textContent;
}"""


def serve(route: Route) -> None:
    """The modules as they are written, each with the tests' own files beside them."""
    path = route.request.url.removeprefix(f"{HERE}/")
    folder, _, name = path.partition("/")
    file = {"static": modules.STATIC, "tests": TESTS}.get(folder, TESTS) / name
    if not path:
        route.fulfill(content_type="text/html", body="<!doctype html><title>modules</title>")
    elif file.is_file():
        route.fulfill(content_type="text/javascript", path=file)
    else:
        route.fulfill(status=404)


@pytest.fixture
def empty(browser: Browser, page: Page) -> Page:
    """A page with nothing in it, from which the modules can be imported, and whose clock a test can move."""
    page.route("**/*", serve)
    page.clock.install()
    page.expose_function("tick", lambda milliseconds: page.clock.fast_forward(milliseconds))
    page.goto(f"{HERE}/")
    page.clock.resume()
    return page


@pytest.mark.parametrize(("file", "name"), NAMES, ids=[name for _, name in NAMES])
def test_module(empty: Page, file: str, name: str):
    empty.evaluate(RUN, [file, name])


def address(text: str) -> str:
    """Where a script lies that is its own address."""
    return "data:text/javascript," + text.replace("%", "%25").replace("#", "%23")


def test_joined_modules_give_what_the_single_files_give(empty: Page):
    kinds = empty.evaluate("async () => Object.keys((await import('/static/main.js')).forms)")

    joined = empty.evaluate("async (text) => Object.keys((await import(text)).forms)", address(modules.script(ENGLISH)))

    assert joined == kinds
    assert set(kinds) == set(forms.FORMS) - {"live", "line", "portfolio line"}


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (ENGLISH, ["3 answers wait for a second person.", "Your role is reviewer.", "0 % · not assessed ·"]),
        ("de", ["3 Antworten warten auf eine zweite Person.", "Ihre Rolle:", "0 % · nicht beurteilt ·"]),
    ],
)
def test_joined_modules_speak_the_language_of_the_page(empty: Page, language: str, says: list[str]):
    text = empty.evaluate(DRAW, address(modules.script(language)))

    assert [words for words in says if words not in text] == []
