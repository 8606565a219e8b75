"""The same notebooks in Notebook 7."""

import secrets
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server, begin, eventually, free_port, picture, serving, settle


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
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(
        "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
        timeout=60_000,
    )
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
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
