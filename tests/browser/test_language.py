"""Pages of an audit whose readers are spoken to in German, in JupyterLab."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, jupyterlab, open_notebook, section
from workbook.ledger import Ledger
from workbook.model import Engagement, Person
from workbook.store import create

pytestmark = pytest.mark.thorough


def also_in_german(server: Server) -> None:
    """A second audit beside the one of these tests."""
    ledger = Ledger.open(f"sqlite:///{server.home / 'workbook.db'}")
    about = Engagement(title="Unser Audit", audit_date="2027-02-01", language="de")
    create(ledger, "unser-audit", about, Person("Leitung Sicherheit"))
    ledger.close()


def test_a_page_speaks_the_language_of_the_audit_that_is_opened_on_it(tmp_path: Path, page: Page):
    with jupyterlab(tmp_path) as server:
        also_in_german(server)
        open_notebook(page, server, "00_start")
        line = page.locator('[data-form="line"]')
        line.get_by_role("button", name="ISMS audit 2027").click()
        systems = section(page, 'audit.register("systems")')
        expect(systems.get_by_role("button", name="Paste rows …")).to_be_visible(timeout=30_000)
        line.get_by_role("button", name="Another audit …").click()
        line.get_by_text("Begin a new audit").click()
        expect(line.get_by_label("Language")).to_be_visible()
        line.get_by_label("Goes on from an earlier audit?").select_option("unser-audit")
        expect(line.get_by_label("Language")).to_be_hidden()  # it comes along
        line.get_by_role("button", name="Unser Audit").click()

        expect(systems.get_by_role("button", name="Zeilen einfügen …")).to_be_visible(timeout=30_000)
        expect(line.get_by_role("button", name="Anderes Audit …")).to_be_visible()
        line.get_by_role("button", name="Anderes Audit …").click()
        line.get_by_role("button", name="ISMS audit 2027").click()
        expect(systems.get_by_role("button", name="Paste rows …")).to_be_visible(timeout=30_000)
        expect(line.get_by_role("button", name="Another audit …")).to_be_visible()
