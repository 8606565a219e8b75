"""Help where one stands: the tour of the first page, the keys that are listed, and what a question explains."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, open_notebook, open_question, picture, section, settle
from workbook.forms import guidance

pytestmark = pytest.mark.thorough


@pytest.fixture
def helps(lab: Server, page: Page) -> Locator:
    """The line of the first page."""
    open_notebook(page, lab, "00_start")
    found = page.locator("[data-form=line]")
    found.wait_for(state="attached", timeout=60_000)
    settle(page)
    found.scroll_into_view_if_needed()
    return found


def test_the_tour_leads_through_the_first_page_with_the_keyboard_alone(helps: Locator, page: Page):
    tour = page.get_by_role("dialog", name="Around this page")
    expect(tour).to_have_count(0)
    helps.get_by_role("button", name="Show me around").focus()
    for number, (_, says) in enumerate(guidance.TOUR, 1):
        page.keyboard.press("Enter")
        expect(tour).to_contain_text(says)
        expect(tour).to_contain_text(f"{number} of {len(guidance.TOUR)}")
        expect(page.locator(".mlaw-toured")).to_be_in_viewport()
        picture(page, f"tour-{number}")
    page.keyboard.press("Escape")

    expect(tour).to_have_count(0)
    expect(page.locator(".mlaw-toured")).to_have_count(0)
    expect(helps.get_by_role("button", name="Show me around")).to_be_focused()


def test_the_keys_are_listed_and_the_list_closes_with_escape(helps: Locator, page: Page):
    helps.get_by_role("button", name="Keys").press("Enter")
    listed = helps.get_by_role("region", name="Keys")
    expect(listed.locator("dt")).to_have_text([key for key, _ in guidance.KEYS])
    picture(page, "keys")
    page.keyboard.press("Escape")

    expect(listed).to_have_count(0)
    expect(helps.get_by_role("button", name="Keys")).to_be_focused()


def begun(cell: Locator) -> None:
    """Wait until this cell is being changed."""
    expect(cell.locator("input, select, textarea")).to_be_focused()


def test_every_key_that_is_listed_for_a_register_does_what_the_list_says(lab: Server, page: Page):
    open_notebook(page, lab, "00_start")
    cell = section(page, 'audit.register("systems")')
    name, kind = (cell.locator(f'[data-key="SYS-002"][data-column="{column}"]') for column in ("name", "kind"))
    owner = cell.locator('[data-key="SYS-002"][data-column="owner"]')
    name.wait_for(timeout=60_000)
    settle(page)
    name.focus()
    page.keyboard.press("ArrowRight")
    expect(kind).to_be_focused()
    page.keyboard.press("ArrowLeft")
    for begins in ("Enter", "F2"):
        expect(name).to_be_focused()
        page.keyboard.press(begins)
        begun(name)
        page.keyboard.type("something else")
        page.keyboard.press("Escape")
        expect(name).to_have_text("Support assistant")
    owner.focus()
    page.keyboard.press("Enter")
    begun(owner)
    page.keyboard.press("Control+A")
    page.keyboard.type("Support lead")
    page.keyboard.press("Enter")
    expect(owner).to_have_text("Support lead")
    expect(owner).to_be_focused()
    name.press("Enter")
    begun(name)
    page.keyboard.press("End")
    page.keyboard.type(" 2")
    page.keyboard.press("Tab")
    begun(kind)
    expect(name).to_have_text("Support assistant 2")


def test_a_question_explains_results_evidence_and_what_to_do_when_nobody_knows(lab: Server, page: Page):
    open_notebook(page, lab, "03_control_review")
    form = open_question(page, "Privileged access for model deployment · Credit scoring")
    for place, (title, lines) in guidance.ADVICE.items():
        fold = form.locator("details", has=page.locator("summary", has_text=title))
        expect(fold.locator("dd").first).to_be_hidden()
        fold.locator("summary").press("Enter")
        expect(fold.locator("dt")).to_have_text([what for what, _ in lines])
        expect(fold.locator("dd").first).to_be_visible()
        fold.scroll_into_view_if_needed()
        picture(page, f"advice-{place}")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious_in_the_keys_and_the_tour(helps: Locator, page: Page, theme: str):
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    helps.get_by_role("button", name="Keys").click()
    helps.get_by_role("button", name="Show me around").click()
    settle(page)
    picture(page, f"help-{theme.split()[-1].lower()}")
    found = Axe().run(page, context=".mlaw").response["violations"]

    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
