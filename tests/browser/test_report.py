"""The report without a terminal: made on page 06, opened from there, and downloaded to be mailed."""

import io
import re
import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NAME, Server, eventually, open_notebook, picture, section
from tests.browser.test_app import open_page

pytestmark = pytest.mark.thorough

CALL = "audit.report()"


def test_a_report_is_made_on_page_06_opened_and_downloaded(lab: Server, page: Page):
    open_notebook(page, lab, "06_audit_report")
    form = section(page, CALL)
    form.get_by_label("Who will read it").select_option("auditor")
    form.get_by_label("Goes to").fill("certification body")
    form.get_by_role("button", name="Make the report").click()
    expect(form.get_by_role("status").first).to_contain_text(re.compile(r"of \d+ pages"), timeout=30_000)
    picture(page, "report-being-made")
    form.get_by_role("button", name="Make the report").click()
    expect(form).to_contain_text("A report is being made already")
    expect(form.get_by_role("status").first).to_contain_text("✓ Issued to certification body", timeout=180_000)
    form.scroll_into_view_if_needed()
    picture(page, "report-made")
    found = Axe().run(page, context=".mlaw-form, .mlaw", options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")] == []

    store = lab.store()
    issued = eventually(lambda: store.record().issued)
    store.ledger.close()
    assert (issued[-1].value.recipient, issued[-1].value.audience) == ("certification body", "auditor")

    with page.context.expect_page() as opened:
        form.get_by_role("link", name="Open REP-001").click()
    report = opened.value
    expect(report.get_by_role("heading", name="ISMS audit 2027").first).to_be_visible()
    report.get_by_role("link", name="Risk assessment", exact=True).first.click()
    expect(report).to_have_url(f"{lab.url}/workbook/reports/{NAME}/issued/001/04_risk_assessment.html")
    expect(report.get_by_role("heading", name="Risk assessment", exact=True)).to_be_visible()

    with page.expect_download() as download:
        form.get_by_role("button", name="Download as ZIP to mail").click()
    assert download.value.suggested_filename == f"{NAME}-REP-001.zip"
    packed = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    names = [name.partition("/")[2] for name in packed.namelist()]
    assert {"index.html", "06_audit_report.html", "manifest.json", "verify_report.py"} <= set(names)


def test_a_report_that_was_begun_is_found_again_after_the_page_was_closed(lab: Server, page: Page):
    open_notebook(page, lab, "06_audit_report")
    form = section(page, CALL)
    form.get_by_role("button", name="Make the report").click()
    expect(form.get_by_role("status").first).to_contain_text(re.compile(r"of \d+ pages"), timeout=30_000)
    page.close()

    eventually(lambda: (lab.home / NAME / "index.html").is_file(), seconds=180)


def test_a_state_that_never_was_is_told_beside_its_field(lab: Server, page: Page):
    open_notebook(page, lab, "06_audit_report")
    form = section(page, CALL)
    form.get_by_label("As of").fill("r99999")
    form.get_by_role("button", name="Make the report").click()

    expect(form.get_by_label("As of")).to_have_attribute("aria-invalid", "true")
    expect(form).to_contain_text("has no revision 99999")


def test_a_report_is_made_in_the_app(voila: Server, page: Page):
    open_page(voila, page, "06_audit_report")
    button = page.get_by_role("button", name="Make the report")
    button.wait_for(timeout=120_000)
    button.click()

    link = page.get_by_role("link", name="Open the internal report")
    link.wait_for(timeout=180_000)
    with page.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", name="ISMS audit 2027").first).to_be_visible()
