"""Every page of every edition of the demo's report before its judges: axe, html-validate, a screen and paper."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import WORKBOOK
from tests.helpers_chromium import wide
from tests.helpers_judges import LOOKS, axe, validate
from workbook import catalog, paths
from workbook.language import ENGLISH, LANGUAGES
from workbook.ledger import Ledger
from workbook.model import Person
from workbook.store import Store
from workbook.vault import Vault

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(1800)]
COMMANDS = (
    "demo", "report demo --single", "report demo --audience auditor", "report demo --audience customer", "portfolio",
)  # fmt: skip
# words of which a part stands on another line; addresses and fingerprints may break
BROKEN = """() => {
  const broken = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text; text = texts.nextNode();) {
    if (text.parentElement.closest("code, pre") || !text.parentElement.checkVisibility()) continue
    for (const word of text.data.matchAll(/(?<![^\\s(])\\p{L}{2,24}(?![^\\s.,;:)])/gu)) {
      const range = document.createRange()
      range.setStart(text, word.index)
      range.setEnd(text, word.index + word[0].length)
      const lines = [...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top))
      if (new Set(lines).size > 1) broken.push(word[0])
    }
  }
  return broken
}"""
SHEET = 703  # CSS pixels between the margins of A4


def run(home: Path, command: str) -> None:
    environment = os.environ | {"WORKBOOK_HOME": str(home), "WORKBOOK_ACTOR": "Security lead"}
    subprocess.run([sys.executable, WORKBOOK, *command.split()], env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module", params=LANGUAGES)
def pages(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> list[Path]:
    home = tmp_path_factory.mktemp("home")
    demo, *reports = COMMANDS
    run(home, demo)
    if request.param != ENGLISH:
        speak(home, request.param)
    for command in reports:
        run(home, command)
    return sorted(home.rglob("*.html"))


def speak(home: Path, language: str) -> None:
    """Let the demo speak another language to everybody."""
    ledger, checklists = Ledger.open(f"sqlite:///{home / 'workbook.db'}"), catalog.load(paths.checklists())
    store = Store(ledger, Vault(home / "evidence"), checklists, "demo", Person("Security lead"))
    about = store.record().engagement.model_copy(update={"public_language": language, "language": language})
    store.save_engagement(about, store.history("engagement", "engagement")[-1].version)
    ledger.close()


def test_html_validate_finds_nothing_in_any_page(pages: list[Path]):
    assert {"report.html", "index.html", "06_audit_report.html"} <= {page.name for page in pages}
    assert validate(pages) == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing_in_any_page(browser: Browser, pages: list[Path], scheme: str, width: int):
    alone = [page for page in pages if page.name != "report.html"]  # it has the same content a second time
    assert [found for page in alone for found in axe(browser, page, scheme, width)] == []


def internal(pages: list[Path]) -> list[Path]:
    """The pages of the report for the team, with its index."""
    [index] = (page for page in pages if page.parent.name == "demo" and page.name == "index.html")
    return [page for page in pages if page.parent == index.parent and page.name != "report.html"]


def test_the_set_fits_on_fewer_than_120_sheets_of_paper(demo_home: Path, tmp_path: Path):
    shutil.copytree(demo_home, tmp_path / "copy")
    run(tmp_path / "copy", "report demo --pdf")

    printed = {file.stem: file.read_bytes() for file in (tmp_path / "copy" / "demo").glob("*.pdf")}
    sheets = {name: len(re.findall(rb"/Type\s*/Page\b", content)) for name, content in printed.items()}
    listed = json.loads((tmp_path / "copy" / "demo" / "manifest.json").read_text())["files"]
    assert {f"{name}.pdf" for name in printed} <= listed.keys()
    assert len(sheets) > 10
    assert min(sheets.values()) > 0
    assert sum(sheets.values()) < 120, sheets


def test_no_word_is_broken_on_paper(browser: Browser, pages: list[Path]):
    with browser.new_context(viewport={"width": SHEET, "height": 1000}, bypass_csp=True) as opened:
        tab = opened.new_page()
        tab.emulate_media(media="print")
        for page in pages:
            tab.goto(page.as_uri())
            tab.add_style_tag(content="* { hyphens: manual !important }")  # what is hyphenated is not broken
            assert (page.name, tab.evaluate(BROKEN)) == (page.name, [])
            assert (page.name, wide(tab)) == (page.name, 0)


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_no_page_is_scrolled_sideways_or_for_more_than_twelve_screens(browser: Browser, pages: list[Path], width: int):
    with browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True) as opened:
        tab = opened.new_page()
        for page in pages:
            tab.goto(page.as_uri())
            assert (page.name, wide(tab)) == (page.name, 0)
            if width == 1280 and page in internal(pages):
                assert tab.evaluate("document.documentElement.scrollHeight") <= 12 * 800, page.name
