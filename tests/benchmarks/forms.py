"""How quickly a page with all its questions is usable in JupyterLab, against a notebook with one trivial widget.

Once alone, and once in a notebook of as many cells, since sending and drawing cells takes JupyterLab time of its own.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, KERNEL_READY, Server, jupyterlab

Row = Callable[..., None]
ROUNDS = 9
PAGE = "03_control_review"
PLAIN = "control_review"  # a copy under a name that is none of our pages, so that nothing runs it but the command
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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        with _server(room / "cold", PYTHONSTARTUP="") as server:
            _compare(page, server, row, "in a kernel that knows nothing of the workbook")
        with _server(room / "lab") as server:
            _compare(page, server, row, "as `workbook lab` starts kernels")
            _one_page(page, row)
        with _server(room / "demo") as server:
            _panel(page, server, row)
        browser.close()


@contextmanager
def _server(room: Path, **environment: str) -> Iterator[Server]:
    room.mkdir()
    with jupyterlab(room, **environment) as server:
        notebooks = room / "work" / "notebooks"
        _trivial(notebooks / "trivial.ipynb")
        _trivial(notebooks / "trivial_long.ipynb", notebooks / f"{PAGE}.ipynb")
        shutil.copyfile(notebooks / f"{PAGE}.ipynb", notebooks / f"{PLAIN}.ipynb")
        yield server


def _compare(page: Page, server: Server, row: Row, where: str) -> None:
    """One row: the control review against the trivial notebook, by turns, on the same server."""
    trivial, long, ours = [], [], []
    for _ in range(ROUNDS):
        trivial.append(_first(page, server, "trivial", ".widget-text input"))
        long.append(_first(page, server, "trivial_long", ".widget-text input"))
        ours.append(_first(page, server, PLAIN, ".mlaw-form .top button:enabled"))
    row(
        f"Run All to the first usable form of the control review, {where} (median of {ROUNDS})",
        f"{statistics.median(ours):.0f} ms",
        f"a notebook with one text field: {statistics.median(trivial):.0f} ms; "
        f"the same field in the second of as many cells: {statistics.median(long):.0f} ms",
    )


def _trivial(path: Path, like: Path | None = None) -> None:
    """A notebook with one text field; in the second code cell of a copy of `like`, whose other cells do nothing."""
    field = "import ipywidgets\nipywidgets.Text(description='Name')"
    if like is None:
        kernel = {"kernelspec": {"name": "python3", "display_name": ""}}
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(field)], metadata=kernel)
    else:
        notebook = nbformat.read(like, as_version=4)
        for place, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
            cell.source = field if place == 1 else "pass"
    nbformat.write(notebook, path)


def _first(page: Page, server: Server, name: str, usable: str) -> float:
    """Milliseconds from Run All to the first usable control, in a kernel that was started for it."""
    page.goto("about:blank")
    allowed = {"Authorization": f"token {server.token}"}
    for kernel in page.request.get(f"{server.url}/api/kernels", headers=allowed).json():
        page.request.delete(f"{server.url}/api/kernels/{kernel['id']}", headers=allowed)
    page.goto(f"{server.url}/lab/tree/{name}.ipynb?token={server.token}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.evaluate(KERNEL_READY)
    page.evaluate(COUNT_COMMS)
    return float(page.evaluate(_FIRST, usable))


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


def _panel(page: Page, server: Server, row: Row) -> None:
    """The panel on the demo: what the server takes for it, and from the click to all of its pages drawn."""
    subprocess.run([sys.executable, "-c", _LOAD], env=os.environ | {"WORKBOOK_HOME": str(server.home)}, check=True)
    allowed = {"Authorization": f"token {server.token}"}
    asked = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        page.request.get(f"{server.url}/workbook/state", headers=allowed)
        asked.append((time.perf_counter() - start) * 1000)
    page.goto(f"{server.url}/lab/tree/{PLAIN}.ipynb?token={server.token}&reset")
    page.wait_for_selector("#mlaw-audit .pages li", timeout=60_000)
    page.wait_for_timeout(5_000)
    opened = [float(page.evaluate(_PANEL)) for _ in range(ROUNDS)]
    row("the panel's state of the demo, asked for the first time", f"{asked[0]:.0f} ms", "")
    row(f"the panel's state of the demo, again (median of {ROUNDS})", f"{statistics.median(asked):.0f} ms", "")
    row(f"opening the panel on the demo (median of {ROUNDS})", f"{statistics.median(opened):.0f} ms", "")


# timed in the page, to the frame after the one that shows it, so that Playwright's own polling is not measured
_FIRST = """async (usable) => {
  await jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
  const start = performance.now();
  const shown = new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector(usable)) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    });
    watch.observe(document.body, {subtree: true, childList: true, attributes: true});
  });
  jupyterapp.commands.execute('notebook:run-all-cells');
  return shown;
}"""
_LOAD = """
from workbook import workspace
from workbook.exchange.demo import NAME, load_demo
from workbook.model import Person
load_demo(Person("Security lead"), print)
workspace.choose(NAME)
"""
_PANEL = """async () => {
  jupyterapp.shell.collapseLeft();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)));
  const start = performance.now();
  jupyterapp.shell.activateById('mlaw-audit');
  while (!document.querySelector('#mlaw-audit .pages li')?.getClientRects().length) {
    await new Promise((done) => setTimeout(done, 1));
  }
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""
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
