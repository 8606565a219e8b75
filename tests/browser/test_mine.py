"""`workbook lab --mine`: an engineer gets a link that opens exactly their questions."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import jupyterlab, picture
from workbook.model import Answer

pytestmark = pytest.mark.thorough


def test_the_link_arrives_at_the_questions_of_whom_it_names(page: Page, tmp_path: Path):
    with jupyterlab(tmp_path, "--mine", "Credit lead", WORKBOOK_ACTOR="") as server:
        store = server.store()
        store.save_answers([(Answer(question="ac-rbac", system="SYS-001", owner="Credit lead"), 0)])
        store.ledger.close()

        page.goto(f"{server.url}/lab/tree/00_start.ipynb?token={server.token}#Your-questions")  # what it printed

        mine = page.get_by_role("button", name="Role-based access to development environments · Credit scoring")
        expect(mine).to_be_in_viewport(timeout=120_000)
        expect(page.get_by_role("heading", name="Your questions").last).to_be_in_viewport()
        expect(page.get_by_text("You speak as Credit lead").first).to_be_attached()
        picture(page, "mine")
