"""The same notebooks in Notebook 7."""

import secrets
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server, begin, built, eventually, free_port, picture, serving, settle


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    room = tmp_path_factory.mktemp("notebook7")
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, room / "work" / name)
    begin(room / "home")
    port, token = free_port(), secrets.token_hex(16)
    server = Server(f"http://127.0.0.1:{port}", token, room / "home")
    command = [
        *(
            "-m",
            "notebook",
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--allow-root",
            "--expose-app-in-browser",
        ),
        *("--ServerApp.port_retries=0", f"--ServerApp.root_dir={room / 'work' / 'notebooks'}"),
    ]
    with serving(command, room, token, f"{server.url}/api", WORKBOOK_HOME=str(room / "home")):
        yield server


def test_an_answer_given_in_notebook_7_is_in_the_record(notebook: Server, page: Page):
    page.goto(f"{notebook.url}/notebooks/03_control_review.ipynb?token={notebook.token}")
    built(page)
    line = page.get_by_role("button", name="Privileged access for model deployment · Credit scoring")
    line.wait_for(timeout=60_000, state="attached")
    settle(page)
    line.click()
    form = page.locator(".form")
    form.get_by_label("What is the case today?").fill("Four people, at any time.")
    expect(form.get_by_role("status")).to_contain_text("✓ Saved", timeout=15_000)
    picture(page, "notebook7")

    store = notebook.store()
    said = eventually(lambda: store.record().ask("ac-privileged-deploy", "SYS-001").answer.value.rationale)
    store.ledger.close()
    assert said == "Four people, at any time."


def test_the_panel_leads_to_the_next_open_question_in_a_tab_of_its_own(notebook: Server, page: Page):
    page.goto(f"{notebook.url}/tree?token={notebook.token}")
    panel = page.get_by_role("region", name="Audit", exact=True)
    go_on = panel.get_by_role("button", name="Next open question")
    go_on.wait_for(timeout=60_000)
    picture(page, "notebook7-tree")
    title = go_on.locator("span").inner_text()
    with page.context.expect_page() as opened:
        go_on.click()

    built(tab := opened.value)
    line = tab.get_by_role("main").get_by_role("button", name=title).and_(tab.locator("[aria-expanded=true]"))
    expect(line).to_be_in_viewport(timeout=30_000)
    expect(tab.locator(".jp-InputArea-editor:visible")).to_have_count(0)
    picture(tab, "notebook7-arrived")


@pytest.mark.thorough
def test_the_end_of_a_page_leads_to_the_next_in_notebook_7(notebook: Server, page: Page):
    page.goto(f"{notebook.url}/notebooks/01_data_inventory.ipynb?token={notebook.token}")
    built(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Next: 02 Infrastructure mapping").click()

    built(tab := opened.value)
    pages = tab.get_by_role("main").get_by_role("navigation", name="Pages")
    expect(pages.locator("[aria-current=page]")).to_contain_text("Infrastructure mapping")
    expect(pages.get_by_role("link")).to_have_count(12)
