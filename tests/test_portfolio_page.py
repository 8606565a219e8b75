"""The page on all engagements, made by the command in a real kernel, as its readers see it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import LEAD, ROOT
from tests.helpers_chromium import chromium, visit, wide
from tests.helpers_cli import workbook
from tests.test_portfolio import alter, begin, lay_report
from workbook import paths, zones
from workbook.model import Draft, Engagement
from workbook.store import create
from workbook.workspace import open_ledger

# what the style sheet writes before each cell
CAPTIONS = "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
LONG = "Recertification of the integrated management system of the whole group with all subsidiaries abroad " + "a" * 90


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Engagements of all kinds: whole, damaged, of a newer version, with a long name and hostile words."""
    place = tmp_path_factory.mktemp("portfolio") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_HOME", str(place))
        for name in ("plain", "damaged"):
            begin(name)
        with closing(open_ledger()) as ledger:
            create(ledger, "l" * 64, Engagement(title=LONG, organisation="<script>alert(1)</script>"), LEAD)
            ledger.append("newer", [Draft("engagement", "engagement", {"title": "New", "moon": "full"})], LEAD)
            lay_report("plain", ledger.head("plain"), zones.today(ZoneInfo("UTC")))
        alter("UPDATE revision SET payload = x'ff' WHERE engagement = 'damaged'")
        yield place


@pytest.fixture(scope="module")
def told(home: Path) -> subprocess.CompletedProcess[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_HOME", str(home))
        return workbook("portfolio", "--json")


def test_the_command_tells_all_of_them_and_ends_with_1_where_one_cannot_be_read(
    home: Path, told: subprocess.CompletedProcess[str]
):
    said = json.loads(told.stdout)

    assert (told.returncode, told.stderr) == (1, "")
    assert said["index"] == str(home / "portfolio" / "index.html")
    assert [(one["engagement"], bool(one["problem"])) for one in said["engagements"]] == [
        ("damaged", True), ("newer", True), ("l" * 64, False), ("plain", False),
    ]  # fmt: skip


def test_its_page_says_the_same_and_leads_to_the_reports(home: Path, told: subprocess.CompletedProcess[str]):
    html = (home / "portfolio" / "index.html").read_text(encoding="utf-8")

    assert "Revision 1 " in html
    assert "no field moon" in html
    assert 'href="../plain/index.html"' in html
    assert str(home) not in html
    assert sorted(file.name for file in (home / "portfolio").rglob("*") if file.is_file()) == [
        "10_portfolio.ipynb", "index.html",
    ]  # fmt: skip


def test_it_is_one_quiet_page_that_fits_every_screen(home: Path, told: subprocess.CompletedProcess[str]):
    file = home / "portfolio" / "index.html"
    with chromium() as browser:
        seen = visit(browser, file)
        assert (seen.fired, seen.requests, [a for a in seen.live if "../plain/index.html" not in a]) == ([], [], [])
        for width, scheme in ((1280, "light"), (390, "dark")):
            with browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
            ) as context:
                page = context.new_page()
                page.goto(file.as_uri())
                assert wide(page) == 0
                assert Axe().run(page).response["violations"] == []
                row = page.get_by_role("row", name="Audit plain")
                said = row.locator("td").evaluate_all(CAPTIONS)
                assert ('"Claim and proof: "' in said) == (width == 390)  # a card says what each of its lines is
                assert row.locator("td").count() == 6


def test_a_page_that_fails_stands_in_the_place_of_an_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, tmp_path / "mine" / name)
    monkeypatch.delenv("WORKBOOK_HOME")
    monkeypatch.chdir(tmp_path / "mine")
    broken = paths.notebooks() / "10_portfolio.ipynb"
    broken.write_text(broken.read_text().replace("portfolio.audits()", "1 / 0"))
    paths.portfolio().mkdir(parents=True)
    (paths.portfolio() / "index.html").write_text("an earlier page")

    run = workbook("portfolio", "--json")

    assert run.returncode == 1
    assert "FAILED The page of the portfolio failed in cell 4: ZeroDivisionError" in run.stderr
    assert "stopped in cell 4" in (paths.portfolio() / "index.html").read_text()


def test_a_workspace_without_the_notebook_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, tmp_path / "mine" / name)
    (tmp_path / "mine" / "notebooks" / "10_portfolio.ipynb").unlink()

    run = workbook("portfolio", cwd=tmp_path / "mine")

    assert (run.returncode, run.stdout) == (2, "")
    assert f"10_portfolio.ipynb is missing. `workbook init {tmp_path / 'mine'}`" in run.stderr
