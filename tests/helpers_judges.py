"""What judges of web pages find in files: html-validate and axe."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.conftest import ROOT

HTML_VALIDATE = ROOT / "tests" / "javascript" / "node_modules" / ".bin" / "html-validate"
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 390)]


def validate(pages: Iterable[Path]) -> list[str]:
    """What html-validate finds wrong, a line each; `make check` installs it, and without it the test is skipped."""
    if not HTML_VALIDATE.exists():
        pytest.skip("NOT RUN: html-validate is not here; `make check` installs it where there are node and npm")
    rules = ROOT / "tests" / "html-validate.json"
    command = [str(HTML_VALIDATE), "--config", str(rules), "--formatter", "json", *map(str, pages)]
    with TemporaryFile() as told:  # a pipe loses what stands in it when node ends
        done = subprocess.run(command, stdout=told, stderr=subprocess.PIPE, text=True, check=False)
        told.seek(0)
        found = told.read()
    assert found, done.stderr
    return [f"{Path(f['filePath']).name}: {m['message']}" for f in json.loads(found) for m in f["messages"]]


def axe(browser: Browser, page: Path, scheme: Any, width: int) -> Iterator[str]:
    """What axe finds wrong, of whatever impact, with everything unfolded."""
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True) as opened:
        tab = opened.new_page()
        tab.goto(page.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for found in Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]:
            at = found["nodes"][0]["html"][:200]
            yield f"{page.name}, {scheme}, {width}: {found['id']} ({found['impact']}), {at}"
