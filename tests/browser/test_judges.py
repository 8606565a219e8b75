"""Every page of every edition of the demo's report before the judges of web pages: axe and html-validate."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import WORKBOOK
from tests.helpers_judges import LOOKS, axe, validate

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(1800)]
COMMANDS = (
    "demo", "report demo --single", "report demo --audience auditor", "report demo --audience customer", "portfolio",
)  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    home = tmp_path_factory.mktemp("home")
    for command in COMMANDS:
        environment = os.environ | {"WORKBOOK_HOME": str(home), "WORKBOOK_ACTOR": "Security lead"}
        subprocess.run([sys.executable, WORKBOOK, *command.split()], env=environment, check=True, capture_output=True)
    return sorted(home.rglob("*.html"))


def test_html_validate_finds_nothing_in_any_page(pages: list[Path]):
    assert {"report.html", "index.html", "06_audit_report.html"} <= {page.name for page in pages}
    assert validate(pages) == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing_in_any_page(browser: Browser, pages: list[Path], scheme: str, width: int):
    alone = [page for page in pages if page.name != "report.html"]  # it has the same content a second time
    assert [found for page in alone for found in axe(browser, page, scheme, width)] == []
