"""From an empty folder to a first answer: what somebody who has never seen Jupyter lives through."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import (
    ROOT,
    Server,
    built,
    eventually,
    jupyterlab,
    open_notebook,
    open_question,
    picture,
    section,
    settle,
)
from workbook.store import Store

TOKEN = "a-word-that-only-a-person-typed"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    """JupyterLab on a workspace in which nothing has begun and nobody has said who speaks."""
    with jupyterlab(tmp_path / "first", begun=False, WORKBOOK_ACTOR="") as server:
        yield server


def written(server: Server, name: str) -> Store:
    return replace(server.store(), name=name)


def go_to(page: Page, control: Locator, key: str = "Tab") -> None:
    """Reach a control with the keyboard alone."""
    for _ in range(120):
        if control.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not reach {control}")


def test_the_keyboard_alone_leads_from_an_empty_folder_to_an_answer_with_evidence(empty: Server, page: Page):
    page.goto(f"{empty.url}/lab/tree/00_start.ipynb?token={empty.token}&reset")
    built(page)
    expect(page.get_by_role("heading", name="Begin your first audit")).to_be_visible()
    expect(page.locator(".jp-mod-error, .jp-OutputArea-output[data-mime-type*=stderr]")).to_have_count(0)
    expect(page.get_by_role("heading", name="Scope questions")).to_be_hidden()
    picture(page, "first-minute")

    go_to(page, page.get_by_label("What is it called?"))
    page.keyboard.type("ISMS audit 2027")
    go_to(page, page.get_by_label("Your name or role"))
    page.keyboard.type("Security lead")
    page.keyboard.press("Enter")

    expect(page.locator(".jp-CodeCell .facts").first).to_contain_text("You speak as Security lead", timeout=30_000)
    questions = page.locator(".jp-Notebook .questions").first
    line = questions.get_by_role("button", name="Scope statement names the ML systems")
    line.wait_for(timeout=30_000)
    settle(page)
    go_to(page, line)
    page.keyboard.press("Enter")
    form = page.locator(".form")
    field = form.get_by_label("What is the case today?")
    field.wait_for(timeout=30_000)
    go_to(page, field)
    page.keyboard.type(TOKEN)
    expect(form.get_by_role("status")).to_contain_text("✓ Saved", timeout=15_000)
    go_to(page, form.get_by_role("button", name="Link …"))
    page.keyboard.press("Enter")
    go_to(page, form.get_by_label("Address"))
    page.keyboard.type("https://wiki.example/scope")
    expect(form.get_by_label("Address")).to_have_value("https://wiki.example/scope")
    expect(field).to_have_value(TOKEN)
    page.keyboard.press("Enter")
    expect(form.locator(".piece")).to_contain_text("wiki.example", timeout=15_000)

    def answered() -> bool:
        store = written(empty, "isms-audit-2027")
        found = [a for a in store.record().asked if a.answer.value.rationale == TOKEN and a.evidence]
        authors = {r.actor for r in store.history()}
        store.ledger.close()
        return bool(found) and authors == {"Security lead"}

    eventually(answered, seconds=20)
    picture(page, "first-answer")


def test_what_is_typed_is_in_no_notebook_after_a_save_and_a_second_run(empty: Server, page: Page):
    page.goto(f"{empty.url}/lab/tree/00_start.ipynb?token={empty.token}&reset")
    built(page)
    page.get_by_label("What is it called?").fill(TOKEN)
    page.get_by_label("Your name or role").fill("Security lead")
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.locator(".jp-CodeCell .facts").first).to_contain_text("You speak as", timeout=30_000)
    notebooks = empty.home.parent / "work" / "notebooks"

    for _ in range(2):
        page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
        built(page)
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")

    assert (notebooks / ".ipynb_checkpoints").is_dir()
    assert not [f for f in notebooks.rglob("*") if f.is_file() and TOKEN.encode() in f.read_bytes()]
    for shipped in (ROOT / "notebooks").glob("*.ipynb"):
        assert (notebooks / shipped.name).read_bytes() == shipped.read_bytes()
    expect(page.get_by_label("Title")).to_have_value(TOKEN)  # it is still there to see


def test_an_old_tab_records_under_whoever_speaks_now(page: Page, tmp_path: Path):
    with jupyterlab(tmp_path / "two", WORKBOOK_ACTOR="") as server:
        open_notebook(page, server, "00_start")
        section(page, "audit.identity()").get_by_label("Your name or role").fill("Compliance lead")
        section(page, "audit.identity()").get_by_role("button", name="Speak as this").click()
        form = open_question(page, "Scope statement names the ML systems", 'audit.ask("scope")')
        other = page.context.new_page()
        other.goto(f"{server.url}/lab/workspaces/other/tree/05_internal_audit.ipynb")
        built(other)
        other.evaluate(SPEAK)

        form.get_by_role("radio", name="planned").check()

        def said() -> list[str]:
            store = server.store()
            names = [r.actor for r in store.history("answer")]
            store.ledger.close()
            return names

        assert eventually(said) == ["Internal auditor"]
        expect(page.locator(".jp-CodeCell .facts").first).to_contain_text("You speak as Internal auditor")


SPEAK = """async () => {
  const token = document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? "";
  const reply = await fetch("/workbook/speaker", {method: "POST", headers: {"X-XSRFToken": token},
    body: JSON.stringify({name: "Internal auditor", role: "auditor"})});
  if (!reply.ok) throw new Error(await reply.text());
}"""


def test_without_our_extension_the_pages_are_plain_notebooks_that_work(page: Page, tmp_path: Path):
    room = tmp_path / "plain"
    (room / "config" / "labconfig").mkdir(parents=True)
    (room / "config" / "labconfig" / "page_config.json").write_text(
        '{"disabledExtensions": {"ml-audit-workbook": true}}'
    )
    with jupyterlab(room, begun=False, WORKBOOK_ACTOR="") as server:
        page.goto(f"{server.url}/lab/tree/00_start.ipynb?token={server.token}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        expect(page.locator("[data-mlaw]")).to_have_count(0)
        page.wait_for_function(
            "() => jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000
        )
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
        page.get_by_label("What is it called?").fill(TOKEN, timeout=60_000)
        page.get_by_label("Your name or role").fill("Security lead")
        page.get_by_role("button", name="Begin", exact=True).click()

        expect(page.get_by_label("Title")).to_have_value(TOKEN, timeout=30_000)
        page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        saved = (room / "work" / "notebooks" / "00_start.ipynb").read_text()
        assert TOKEN not in saved
        assert os.linesep + ' "nbformat": 4' in saved
