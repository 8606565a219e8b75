"""How quickly a page with all its questions is usable in JupyterLab, against a notebook with one trivial widget."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, KERNEL_READY, Server, jupyterlab, run_all

Row = Callable[..., None]
ROUNDS = 3
COUNT_COMMS = """() => {
  window.seen = {models: 0, bytes: 0};
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  kernel.anyMessage.connect((_, {msg, direction}) => {
    if (direction !== 'recv' || !msg.header.msg_type.startsWith('comm_')) return;
    if (msg.header.msg_type === 'comm_open') window.seen.models += 1;
    window.seen.bytes += JSON.stringify(msg.content).length;
  });
}"""


def measure(room: Path, row: Row) -> None:
    """Run All to first usable form, opening a question, a save, and how much goes over the wire."""
    if not CHROMIUM:
        row("forms in a browser", "not measured: no Chromium")
        return
    (room / "lab").mkdir()
    with jupyterlab(room / "lab") as server, sync_playwright() as playwright:
        _trivial(room / "lab" / "work" / "notebooks" / "trivial.ipynb")
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        trivial = [_first(page, server, "trivial", "input.widget-input, .widget-text input") for _ in range(ROUNDS)]
        ours = [_first(page, server, "03_control_review", ".mlaw-form .top button:enabled") for _ in range(ROUNDS)]
        row("Run All to the first usable form (control review, median of 3)", f"{statistics.median(ours):.2f} s",
            f"a notebook with one text field: {statistics.median(trivial):.2f} s")  # fmt: skip
        _one_page(page, row)
        browser.close()


def _trivial(path: Path) -> None:
    cell = nbformat.v4.new_code_cell("import ipywidgets\nipywidgets.Text(description='Name')")
    nbformat.write(
        nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": ""}}), path
    )


def _first(page: Page, server: Server, name: str, usable: str) -> float:
    page.goto(f"{server.url}/lab/tree/{name}.ipynb?token={server.token}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.evaluate(KERNEL_READY)
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.evaluate(KERNEL_READY)
    page.evaluate(COUNT_COMMS)
    start = time.perf_counter()
    run_all(page)
    page.wait_for_selector(usable, timeout=60_000, state="attached")
    return time.perf_counter() - start


def _one_page(page: Page, row: Row) -> None:
    page.wait_for_timeout(15_000)
    seen = page.evaluate("() => window.seen")
    questions = page.locator(".questions .item").count()
    row(
        f"widget models and comm bytes of a page with {questions} questions shown",
        f"{seen['models']}, {seen['bytes'] / 1000:.0f} kB",
    )
    lines = page.locator(".questions button.row")
    opening, saving = [], []
    for i in range(8):
        lines.nth(i).scroll_into_view_if_needed()
        opening.append(page.evaluate(_OPEN, i))
        saving.append(page.evaluate(_SAVE))
    row("opening one more question (median of 8)", f"{statistics.median(opening):.0f} ms")
    row("a choice to “saved” (median of 8)", f"{statistics.median(saving):.0f} ms")


_OPEN = """async (i) => {
  const line = document.querySelectorAll('.questions button.row')[i];
  const start = performance.now();
  line.click();
  const box = line.closest('.item');
  while (!box.querySelector('.form textarea')) await new Promise((done) => setTimeout(done, 2));
  return performance.now() - start;
}"""
_SAVE = """async () => {
  const form = document.querySelector('.questions .form');
  const status = form.querySelector('.saving');
  const choice = form.querySelectorAll('input[type=radio]')[2];
  const start = performance.now();
  choice.click();
  const saved = () => status.classList.contains("done") && status.textContent.includes("Saved");
  while (!saved()) await new Promise((done) => setTimeout(done, 2));
  return performance.now() - start;
}"""
