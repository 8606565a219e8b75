"""Report pages opened in a real Chromium, with an eye on everything that a page must not do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

# reports to the test instead of stopping the page, as a real dialog would
HOOKS = """for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
  window[name] = (...given) => { console.log('FIRED ' + name + given) }"""
# what must not be in the page at all, whether it fired or not
LIVE = """() => {
  const elements = ['script', 'iframe', 'frame', 'object', 'embed', 'form', 'input', 'button', 'base', 'link', 'use',
    'image', 'foreignObject', 'animate', 'set', 'math', 'video', 'audio', 'portal', 'template', 'textarea',
    'select'];
  const attributes = ['srcdoc', 'formaction', 'action', 'srcset', 'ping', 'background', 'autofocus', 'xlink:href',
    'contenteditable', 'popover', 'is', 'slot'];
  const address = /^(#|https?:|mailto:|data:image\\/(png|svg\\+xml);base64,|[\\w.-]+\\.html(#|$))/i;
  const style = /url\\(|expression|position|@import|behavior/i;
  return [...document.querySelectorAll('*')].flatMap(e => {
    const found = elements.includes(e.localName) ? ['<' + e.localName + '>'] : [];
    for (const a of e.attributes) {
      const said = e.localName + ' ' + a.name + '=' + a.value.slice(0, 80);
      if (a.name.startsWith('on') || attributes.includes(a.name)) found.push(said);
      if (/^(href|src)$/.test(a.name) && !address.test(a.value)) found.push(said);
      if (a.name === 'style' && style.test(a.value)) found.push(said);
    }
    const policy = e.httpEquiv === 'Content-Security-Policy';
    if (e.localName === 'meta' && e.httpEquiv && !policy) found.push('meta ' + e.httpEquiv);
    if (e.localName === 'style' && e.parentElement !== document.head) found.push('style in body');
    return found })
}"""


def executable() -> str:
    """Where Chromium lies; skips the test loudly where there is none."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        pytest.skip("NOT RUN: no Chromium here. Install chromium or set CHROMIUM, and run the browser tests again.")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """What a page did: scripts that ran, addresses it asked for, where it ended, active parts found in it."""

    fired: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    url: str = ""
    live: list[str] = field(default_factory=list)


def visit(browser: Browser, file: Path, *, csp: bool = True) -> Visit:
    """Open a file, wait for what it might start, and say what it did; `csp=False` ignores the page's own policy."""
    seen = Visit()
    with browser.new_context(bypass_csp=not csp) as context:
        page = context.new_page()
        page.add_init_script(HOOKS)
        page.on("console", lambda message: seen.fired.append(message.text) if "FIRED" in message.text else None)
        page.on("request", lambda request: _note(seen, request.url, file))
        page.goto(file.as_uri(), wait_until="load")
        page.wait_for_timeout(400)
        seen.url = page.url
        seen.live = page.evaluate(LIVE)
    return seen


def _note(seen: Visit, url: str, file: Path) -> None:
    if url != file.as_uri() and not url.startswith("data:"):
        seen.requests.append(url)


def wide(page: Page) -> int:
    """By how many pixels the page as a whole can be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
