"""The audit beside its pages: what a person who never met Jupyter relies on, in a real JupyterLab."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import (
    KERNEL_READY,
    Server,
    eventually,
    jupyterlab,
    open_question,
    picture,
    run_all,
    section,
    settle,
)
from workbook.model import Draft

REVIEW = "03_control_review"
PRIVILEGED = "Privileged access for model deployment"
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
TOP = f"document.querySelector('{SHOWN} .jp-WindowedPanel-outer').scrollTop"
PATH = "() => jupyterapp.shell.currentWidget.context.path"


def open_page(page: Page, server: Server, name: str, anchor: str = "") -> Locator:
    """Open a page as `workbook lab` does, touching nothing; returns it once it has run by itself."""
    page.goto(f"{server.url}/lab/tree/{name}.ipynb?token={server.token}&reset#{anchor}")
    return ready(page)


def ready(page: Page) -> Locator:
    """The page that is shown, once it has run."""
    shown = page.locator(f"{SHOWN}[data-mlaw=ready]")
    shown.wait_for(timeout=60_000)
    return shown


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Audit", exact=True)


def code_of(server: Server, name: str) -> Path:
    """The file of a page that this server shows."""
    return server.home.parent / "work" / "notebooks" / f"{name}.ipynb"


def expect_arrived(page: Page, title: str) -> None:
    """The question of this title is opened, where one sees it."""
    line = ready(page).get_by_role("button", name=title).and_(page.locator("[aria-expanded=true]"))
    expect(line).to_be_in_viewport(timeout=30_000)


def test_a_page_is_built_when_it_is_opened_with_its_code_folded_and_the_audit_beside_it(lab: Server, page: Page):
    shown = open_page(page, lab, "00_start")

    expect(shown.get_by_label("Title")).to_be_visible()
    expect(shown.locator(".jp-InputArea-editor:visible, .jp-InputPlaceholder:visible")).to_have_count(0)
    expect(panel(page).get_by_role("heading", level=2)).to_have_text("ISMS audit 2027")
    expect(panel(page).locator(".page")).to_have_count(12)
    expect(panel(page).locator("[aria-current=page]")).to_contain_text("00")
    assert page.evaluate(TOP) == 0
    assert page.locator(".jp-Dialog").count() == 0
    settle(page)
    assert not page.evaluate("() => jupyterapp.shell.currentWidget.context.model.dirty")  # nothing to ask at its end
    picture(page, "panel")


def test_the_next_open_question_is_opened_in_its_page_without_leaving_jupyterlab(lab: Server, page: Page):
    open_page(page, lab, "00_start")
    page.evaluate("() => { window.stayed = true; }")
    button = panel(page).get_by_role("button", name="Next open question")
    title = button.locator("span").inner_text()
    button.click()

    expect_arrived(page, title)
    assert page.evaluate("() => window.stayed")


def test_what_is_searched_for_is_reached_with_keys_alone(lab: Server, page: Page):
    open_page(page, lab, "00_start")
    field = panel(page).get_by_role("combobox", name="Search")
    field.focus()
    page.keyboard.type("privileged deployment")
    found = panel(page).get_by_role("option")
    expect(found).to_have_count(2)
    expect(panel(page).locator(".pages")).to_be_hidden()
    picture(page, "panel-search")

    page.keyboard.press("ArrowDown")
    expect(found.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect_arrived(page, f"{PRIVILEGED} · Support assistant")

    field.focus()
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    expect(panel(page).locator(".pages")).to_be_visible()


@pytest.mark.thorough
def test_the_command_palette_finds_every_question(lab: Server, page: Page):
    open_page(page, lab, "00_start")
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("privileged deployment")
    item = page.locator(".lm-CommandPalette-item", has_text=f"{PRIVILEGED} · Credit scoring")
    item.wait_for(timeout=15_000)
    item.click()

    expect_arrived(page, f"{PRIVILEGED} · Credit scoring")


@pytest.mark.thorough
def test_a_link_from_elsewhere_arrives_at_its_question(lab: Server, page: Page):
    open_page(page, lab, REVIEW, "ac-privileged-deploy@SYS-002")

    expect_arrived(page, f"{PRIVILEGED} · Support assistant")


@pytest.mark.thorough
def test_a_section_of_the_panel_leads_to_its_heading(lab: Server, page: Page):
    open_page(page, lab, "00_start")
    panel(page).get_by_role("button", name="Duties of today").click()

    expect(ready(page).get_by_role("heading", name="Duties of today")).to_be_in_viewport()


@pytest.mark.thorough
def test_a_link_on_a_page_opens_the_other_page_beside_it(lab: Server, page: Page):
    open_page(page, lab, "00_start")
    page.evaluate("() => { window.stayed = true; }")
    section(page, "audit.progress()").locator(f"a[href*='{REVIEW}.ipynb']").first.click()

    eventually(lambda: page.evaluate(PATH) == f"{REVIEW}.ipynb")
    ready(page)
    assert page.evaluate("() => window.stayed")


@pytest.mark.thorough
def test_run_all_leaves_the_person_at_the_top_and_a_new_kernel_runs_the_page_again(lab: Server, page: Page):
    shown = open_page(page, lab, REVIEW)
    run_all(page)
    settle(page)
    ready(page)
    assert page.evaluate(TOP) == 0

    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(shown).to_have_count(0)
    ready(page)
    open_question(page, f"{PRIVILEGED} · Credit scoring")


@pytest.mark.thorough
def test_code_is_shown_to_whoever_wants_it_and_the_notebook_stays_as_it_was(lab: Server, page: Page):
    before = code_of(lab, REVIEW).read_bytes()
    shown = open_page(page, lab, REVIEW)
    editors = shown.locator(".jp-InputArea-editor:visible")
    expect(editors).to_have_count(0)

    shown.get_by_role("button", name="Show code").click()
    expect(editors).not_to_have_count(0)
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    shown = open_page(page, lab, REVIEW)
    expect(editors).not_to_have_count(0)
    shown.get_by_role("button", name="Hide code").click()
    expect(editors).to_have_count(0)
    assert code_of(lab, REVIEW).read_bytes() == before


@contextmanager
def added(server: Server, code: str) -> Iterator[str]:
    """A page to which somebody added code of their own."""
    name = "06_audit_report"
    file = code_of(server, name)
    shipped = file.read_bytes()
    notebook = nbformat.read(file, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    nbformat.write(notebook, file)
    try:
        yield name
    finally:
        file.write_bytes(shipped)


def test_a_page_with_code_of_ones_own_is_run_when_one_says_so(lab: Server, page: Page):
    with added(lab, "mine = 1") as name:
        page.goto(f"{lab.url}/lab/tree/{name}.ipynb?token={lab.token}&reset")
        page.get_by_text("was not run by itself").wait_for(timeout=60_000)
        assert page.locator(".jp-OutputArea-child").count() == 0
        picture(page, "panel-changed")

        page.get_by_role("button", name="Run this page").click()

        ready(page)
        assert page.get_by_text("was not run by itself").count() == 0


@pytest.mark.thorough
def test_a_page_that_ends_its_kernel_is_not_run_for_ever(lab: Server, page: Page):
    with added(lab, "import os\n\nos._exit(1)") as name:
        page.goto(f"{lab.url}/lab/tree/{name}.ipynb?token={lab.token}&reset")
        page.get_by_role("button", name="Run this page").click(timeout=60_000)

        page.get_by_text("What runs this page ended.").wait_for(timeout=60_000)
        page.locator(".jp-Dialog-button").click(timeout=60_000)  # JupyterLab says that the kernel began anew
        page.evaluate(KERNEL_READY)
        settle(page)
        expect(page.locator(f"{SHOWN}[data-mlaw=failed]")).to_be_visible()


@pytest.mark.thorough
def test_a_notebook_that_is_no_page_is_left_alone(lab: Server, page: Page):
    file = code_of(lab, "mine")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    notebook.metadata["kernelspec"] = {"name": "ml-audit-workbook", "display_name": "ML Audit Workbook"}
    nbformat.write(notebook, file)
    page.goto(f"{lab.url}/lab/tree/mine.ipynb?token={lab.token}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    panel(page).wait_for(timeout=60_000)
    page.evaluate(KERNEL_READY)
    settle(page)

    expect(page.locator(f"{SHOWN} .jp-InputArea-editor")).to_be_visible()
    assert page.locator(".jp-OutputArea-child").count() == 0
    assert page.get_by_role("button", name="Show code").count() == 0
    file.unlink()


@pytest.mark.thorough
def test_the_panel_and_the_status_bar_follow_what_is_recorded(lab: Server, page: Page):
    open_page(page, lab, REVIEW)
    status = page.locator(".mlaw-status")
    before = status.inner_text()
    form = open_question(page, "Least privilege · Credit scoring")
    form.get_by_label("What is the case today?").fill("Roles are reviewed each quarter.")

    expect(status).to_contain_text("✓ saved", timeout=15_000)
    expect(status).not_to_contain_text(before, timeout=15_000)
    revision = lab.store().head().number
    expect(status).to_contain_text(f"revision {revision}", timeout=15_000)


@pytest.mark.thorough
def test_what_somebody_else_records_is_found_and_the_forms_are_told(lab: Server, page: Page):
    open_page(page, lab, "00_start")
    page.evaluate("() => document.addEventListener('mlaw:look', () => { window.looks = (window.looks ?? 0) + 1; })")
    store = lab.store()
    store.save([Draft("assets", "AS-901", {"name": "Tone of voice", "kind": "prompt or configuration"})])
    store.ledger.close()

    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")  # the person comes back to the window
    panel(page).get_by_role("combobox", name="Search").fill("tone of voice")
    expect(panel(page).get_by_role("option")).to_contain_text("Tone of voice", timeout=15_000)
    assert page.evaluate("() => window.looks") == 1


@pytest.mark.thorough
def test_who_speaks_is_said_in_the_panel(lab: Server, page: Page):
    open_page(page, lab, "00_start")
    expect(panel(page)).to_contain_text("You speak as Security lead, preparer.")
    assert panel(page).get_by_role("button", name="Change who speaks").count() == 0  # the environment says it


@pytest.mark.thorough
def test_who_speaks_is_asked_once_and_stands_beside_the_next_answer(browser: Browser, tmp_path: Path):
    with jupyterlab(tmp_path, WORKBOOK_ACTOR="") as server:
        page = browser.new_page()
        open_page(page, server, REVIEW)
        name = panel(page).get_by_label("Name or role")
        name.fill("ML platform l")
        store = server.store()
        store.save([Draft("assets", "AS-901", {"name": "Tone of voice", "kind": "prompt or configuration"})])
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator(".mlaw-status")).to_contain_text(f"revision {store.head().number}", timeout=15_000)
        name.press_sequentially("ead")  # what was typed is still there, and the cursor
        name.press("Enter")
        expect(panel(page)).to_contain_text("You speak as ML platform lead, preparer.")
        expect(panel(page).get_by_role("button", name="Change who speaks")).to_be_focused()

        form = open_question(page, f"{PRIVILEGED} · Credit scoring")
        form.get_by_role("radio", name="planned").check()
        said = eventually(lambda: store.history("answer", "ac-privileged-deploy@SYS-001"))
        assert said[0].actor == "ML platform lead"
        store.ledger.close()
        page.close()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_the_panel(lab: Server, browser: Browser, theme: str):
    context = browser.new_context(viewport={"width": 1366, "height": 900}, bypass_csp=True)
    page = context.new_page()
    open_page(page, lab, "00_start")
    page.evaluate("(name) => jupyterapp.commands.execute('apputils:change-theme', {theme: name})", theme)
    settle(page)
    found = []
    for words in ("", "access"):
        panel(page).get_by_role("combobox", name="Search").fill(words)
        settle(page)
        found += Axe().run(page, context=".mlaw-audit, .mlaw-status, .mlaw-notice").response["violations"]
    picture(page, f"panel-{theme[11:].lower()}")
    page.evaluate("() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    settle(page)
    context.close()
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
