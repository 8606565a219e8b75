"""The screens that docs/guide.md shows are reached as it says; WORKBOOK_GUIDE_PICTURES=1 takes its pictures anew."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, Server, built, jupyterlab, settle

pytestmark = pytest.mark.thorough

DOCS = ROOT / "docs"
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    """JupyterLab on a workspace in which nothing has begun and nobody has said who speaks."""
    with jupyterlab(tmp_path / "guide", begun=False, WORKBOOK_ACTOR="") as server:
        yield server


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    """A window of the size of the pictures."""
    context = browser.new_context(viewport={"width": 1180, "height": 760})
    yield context.new_page()
    context.close()


def shown(page: Page, name: str, part: str = "") -> None:
    """What the guide shows under this name; kept as its picture when that is asked for."""
    settle(page)
    page.mouse.move(0, 0)
    if os.environ.get("WORKBOOK_GUIDE_PICTURES"):
        (page.locator(part) if part else page).screenshot(path=DOCS / f"guide-{name}.png")
    assert f"](guide-{name}.png)" in (DOCS / "guide.md").read_text(encoding="utf-8")


def to_the_top(part: Locator) -> None:
    part.evaluate("element => element.scrollIntoView({block: 'start'})")


def go_on(page: Page, name: str) -> None:
    """To another page by the line above this one."""
    page.locator(SHOWN).get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
    expect(page.locator(SHOWN).get_by_role("heading", level=1)).to_contain_text(name[3:], timeout=60_000)
    built(page)


def test_the_screens_of_the_guide_are_reached_as_it_says(empty: Server, window: Page):
    page = window
    page.goto(f"{empty.url}/lab/tree/00_start.ipynb?token={empty.token}&reset")
    built(page)
    expect(page.get_by_role("heading", name="Begin your first audit")).to_be_visible()
    shown(page, "begin")

    page.get_by_role("button", name="Look at the demo", exact=True).click()
    expect(page.get_by_role("button", name="Show me around")).to_be_visible(timeout=120_000)
    settle(page)
    panel = page.get_by_role("region", name="Audit", exact=True)
    panel.get_by_label("Name or role").fill("Security lead")
    panel.get_by_role("button", name="Speak as this").click()
    expect(panel).to_contain_text("You speak as Security lead", timeout=30_000)
    expect(page.locator(".facts")).to_contain_text("You speak as Security lead", timeout=30_000)
    shown(page, "page")

    go_on(page, "03 Control review")
    line = page.locator(SHOWN).get_by_role("button", name="Privileged access for model deployment · Credit scoring")
    line.click()
    expect(page.locator(SHOWN).get_by_text("Which result fits?")).to_be_visible()
    to_the_top(line)
    shown(page, "question", SHOWN)

    go_on(page, "01 Data inventory")
    add = page.locator(SHOWN).get_by_role("button", name="Add dataset")
    page.set_viewport_size({"width": 1500, "height": 760})
    to_the_top(page.locator(SHOWN).get_by_role("heading", name="Datasets"))
    expect(add).to_be_in_viewport()
    shown(page, "register", SHOWN)

    page.set_viewport_size({"width": 1180, "height": 760})
    go_on(page, "06 Audit report")
    page.locator(SHOWN).get_by_role("button", name="Make the report").click()
    expect(page.locator(SHOWN).get_by_role("link", name="Open the internal report")).to_be_visible(timeout=180_000)
    to_the_top(page.locator(SHOWN).get_by_role("heading", name="Make the report"))
    shown(page, "report", SHOWN)
