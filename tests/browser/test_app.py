"""The same pages as an app, served by Voilà to people who should not see code."""

import json
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NAME, Server, app, eventually, picture, settle
from tests.nobody import as_nobody
from workbook.forms import guidance
from workbook.report import make

KERNEL = "0e7ab6c2-8f35-4f5e-9b5e-3f0a4c1d2e3f"
PLACES = {
    "/": 302,
    "/voila/tree": 302,
    "/voila/render/00_start.ipynb": 302,
    "/voila/files/00_start.png": 302,
    "/voila/templates/base/static/voila.js": 302,
    "/voila/static/extension.js": 302,
    "/voila/labextensions/anywidget/package.json": 403,
    "/voila/api/contents": 403,
    "/workbook/reports/browser/index.html": 302,
    f"/api/kernels/{KERNEL}": 403,
    f"/api/kernels/{KERNEL}/channels": 403,
}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def open_page(voila: Server, page: Page, name: str) -> None:
    page.goto(f"{voila.url}/voila/render/{name}.ipynb?token={voila.token}", timeout=120_000)


def answer(voila: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
    """How the server answers: its status, where it sends one instead, and what it says."""
    connection = HTTPConnection(urlsplit(voila.url).netloc, timeout=30)
    try:
        connection.request(method, path, headers={**(UPGRADE if path.endswith("channels") else {}), **headers})
        reply = connection.getresponse()
        return reply.status, reply.headers.get("Location", ""), reply.read().decode()
    finally:
        connection.close()


def test_an_audit_begins_in_the_app_and_its_page_comes_back_with_it(page: Page, tmp_path: Path):
    with app(tmp_path / "empty", begun=False, WORKBOOK_ACTOR="") as server:
        open_page(server, page, "00_start")
        page.get_by_label("What is it called?").fill("ISMS audit 2028", timeout=120_000)
        expect(page.get_by_role("heading", name="Scope questions")).to_be_hidden()
        page.get_by_label("Your name or role").fill("Security lead")
        page.get_by_role("button", name="Begin", exact=True).click()

        expect(page.get_by_label("Title")).to_have_value("ISMS audit 2028", timeout=120_000)
        expect(page.locator(".facts").first).to_contain_text("You speak as Security lead")


def test_an_answer_given_in_the_app_is_in_the_record(voila: Server, page: Page):
    open_page(voila, page, "03_control_review")
    line = page.get_by_role("button", name="Privileged access for model deployment · Credit scoring")
    line.wait_for(timeout=120_000)
    settle(page)
    line.click()
    form = page.locator(".form")
    form.get_by_role("radio", name="planned").check()
    form.get_by_label("What is the case today?").fill("An approval step is being built.")
    expect(form.get_by_role("status")).to_contain_text("Saved", timeout=15_000)

    store = voila.store()
    answer = eventually(lambda: store.record().ask("ac-privileged-deploy", "SYS-001").answer.value.rationale)
    store.ledger.close()
    assert answer == "An approval step is being built."
    expect(page.locator("text=audit.ask")).to_have_count(0)
    picture(page, "app")


def test_what_is_for_people_who_know_pandas_is_left_out_of_the_app(voila: Server, page: Page):
    open_page(voila, page, "02_infrastructure_mapping")

    expect(page.get_by_role("heading", name="Components without protection")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("pandas")).to_have_count(0)
    expect(page.locator("table.dataframe")).to_have_count(0)


def test_the_pages_lead_to_each_other_within_the_app(voila: Server, page: Page):
    open_page(voila, page, "00_start")
    pages = page.get_by_role("navigation", name="Pages")
    pages.wait_for(timeout=120_000)
    settle(page)
    pages.get_by_role("link", name="05 Internal audit").click()
    page.wait_for_url("**/voila/render/05_internal_audit.ipynb", timeout=120_000)
    expect(pages.locator("[aria-current=page]")).to_contain_text("Internal audit", timeout=120_000)
    settle(page)
    page.get_by_role("link", name="Next: 06 Audit report").click()

    page.wait_for_url("**/voila/render/06_audit_report.ipynb", timeout=120_000)
    expect(page.get_by_role("heading", name="Sign-offs")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("link", name="Next: 07 Management system")).to_be_attached(timeout=120_000)
    picture(page, "app-pages")


def test_a_link_to_a_question_opens_it_in_the_app(voila: Server, page: Page):
    open_page(voila, page, "00_start")
    progress = page.get_by_role("table", name="answered")
    progress.wait_for(timeout=120_000)
    settle(page)
    progress.locator("a[href^='02_'][href*='#']").click()
    page.wait_for_url("**/voila/render/02_infrastructure_mapping.ipynb#*", timeout=120_000)

    expect(page.locator("button.row[aria-expanded=true]")).to_be_in_viewport(timeout=120_000)
    expect(page.locator(".form textarea").first).to_be_attached()
    picture(page, "app-arrived")


@pytest.mark.thorough
def test_what_is_left_leads_to_the_row_with_a_gap_in_the_app(voila: Server, page: Page):
    open_page(voila, page, "00_start")
    left = page.get_by_text("Registers with gaps:")
    left.wait_for(timeout=120_000)
    settle(page)
    page.locator("a[href='00_start.ipynb#systems-SYS-001']").click()

    row = page.locator('[data-key="SYS-001"][data-column="name"]')
    expect(row).to_be_focused(timeout=120_000)
    expect(row).to_be_in_viewport()


@pytest.mark.thorough
def test_the_tour_leads_through_the_first_page_of_the_app(voila: Server, page: Page):
    open_page(voila, page, "00_start")
    begin = page.get_by_role("button", name="Show me around")
    begin.wait_for(timeout=120_000)
    settle(page)
    begin.press("Enter")
    for _, says in guidance.TOUR:
        expect(page.get_by_role("dialog", name="Around this page")).to_contain_text(says)
        expect(page.locator(".mlaw-toured")).to_be_in_viewport()
        page.keyboard.press("Enter")

    expect(begin).to_be_focused()
    picture(page, "app-tour")


@pytest.mark.parametrize("path", PLACES)
def test_another_user_of_the_machine_gets_nothing_without_the_token(voila: Server, path: str):
    status, instead, says = as_nobody(lambda: answer(voila, path))

    assert status == PLACES[path]
    assert instead.startswith("/login?") == (status == 302)
    assert "workbook" not in says
    assert as_nobody(lambda: answer(voila, f"{path}?token={'0' * 32}"))[0] == PLACES[path]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [f"/api/kernels/{KERNEL}", f"/voila/api/shutdown/{KERNEL}", "/voila/api/contents/x"])
def test_nothing_is_changed_or_stopped_without_the_token(voila: Server, method: str, path: str):
    assert answer(voila, path, method)[0] in (403, 405)


@pytest.mark.parametrize("path", [*PLACES, "/login"])
def test_a_name_that_is_not_this_machines_is_refused_even_with_the_token(voila: Server, path: str):
    assert answer(voila, f"{path}?token={voila.token}", Host="evil.example")[0] == 403


def test_a_page_elsewhere_cannot_speak_to_a_kernel_in_the_readers_name(voila: Server, page: Page):
    open_page(voila, page, "00_start")
    cookies = page.context.cookies()
    header = "; ".join(f"{c['name']}={c['value']}" for c in cookies)
    told = page.locator("#jupyter-config-data").text_content(timeout=120_000)
    path = f"/api/kernels/{json.loads(told or '')['kernelId']}"

    assert {c["sameSite"] for c in cookies} == {"Lax"}
    assert answer(voila, path, Cookie=header)[0] == 200
    assert answer(voila, f"{path}/channels", Cookie=header, Origin="http://evil.example")[0] == 403
    assert answer(voila, path, "DELETE", Cookie=header, Origin="http://evil.example")[0] == 404
    assert answer(voila, path, Cookie=header)[0] == 200


def test_a_made_report_opens_from_the_app_in_a_sandbox(voila: Server, page: Page, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_HOME", str(voila.home))
    make(NAME, pages=["05_internal_audit", "06_audit_report"])
    reply = page.goto(f"{voila.url}/workbook/reports/{NAME}/?token={voila.token}")
    page.get_by_role("link", name="Internal audit", exact=True).first.click()

    expect(page).to_have_url(f"{voila.url}/workbook/reports/{NAME}/05_internal_audit.html")
    expect(page.get_by_role("heading", name="Internal audit", exact=True)).to_be_visible()
    assert reply is not None
    assert reply.headers["content-security-policy"].startswith("sandbox ")


def test_the_token_stands_in_no_command_line(voila: Server):
    processes = [p for p in Path("/proc").glob("[0-9]*/cmdline") if b"app_server" in _bytes(p)]

    assert processes
    assert not any(voila.token.encode() in _bytes(p) for p in processes)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it ended
        return b""


def test_a_page_of_the_app_asks_nobody_else_for_anything(voila: Server, page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    open_page(voila, page, "00_start")
    expect(page.get_by_role("heading", name="Who speaks")).to_be_visible(timeout=120_000)
    settle(page)

    hosts = {urlsplit(url).netloc for url in asked if url.startswith(("http", "ws"))}
    assert hosts == {urlsplit(voila.url).netloc}
    assert page.evaluate("() => fetch('https://example.com/').then(() => 'sent', () => 'refused')") == "refused"


def test_a_table_is_downloaded_from_the_app(voila: Server, page: Page):
    open_page(voila, page, "00_start")
    button = page.get_by_role("button", name="Download …").first
    button.wait_for(timeout=120_000)
    settle(page)
    button.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel (XLSX)").first.click()
    assert download.value.path().read_bytes().startswith(b"PK")
