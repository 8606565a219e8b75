"""The portfolio in JupyterLab: every engagement is there, and one press opens it in the other pages."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NAME, built, jupyterlab, open_notebook, picture, section
from workbook.model import Engagement, Person
from workbook.store import create

CALL = "portfolio.engagements()"


def test_an_engagement_is_opened_from_the_portfolio_for_all_pages(page: Page, tmp_path: Path):
    with jupyterlab(tmp_path) as server:
        store = server.store()
        create(store.ledger, "second", Engagement(title="Audit of the second client"), Person("Security lead"))
        (server.home / "chosen").write_text(f"{NAME}\n")
        open_notebook(page, server, "10_portfolio")
        cell = section(page, CALL)

        expect(cell.get_by_role("rowheader")).to_contain_text(["ISMS audit 2027", "Audit of the second client"])
        assert Axe().run(page, context=f'[data-cell="{cell.get_attribute("data-cell")}"]').response["violations"] == []
        picture(page, "portfolio")
        cell.get_by_role("button", name="Open Audit of the second client").click()

        page.wait_for_function("() => jupyterapp.shell.currentWidget.context.path.endsWith('00_start.ipynb')")
        built(page)
        expect(page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .eyebrow").first).to_have_text(
            "Audit of the second client"
        )
        assert (server.home / "chosen").read_text() == "second\n"
