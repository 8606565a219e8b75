"""A real JupyterLab server, real kernels and Debian's Chromium, on loopback and in folders of their own."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.conftest import ROOT
from workbook import catalog
from workbook.ledger import Ledger
from workbook.model import Draft, Engagement, Person
from workbook.store import Store, create
from workbook.vault import Vault

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARTIFACTS = Path(os.environ.get("WORKBOOK_SCREENSHOTS", ROOT / "outputs" / "screenshots"))
NAME = "browser"
WORKBOOK = str(Path(sys.executable).parent / "workbook")
KERNEL_READY = """async () => {
  const app = window.jupyterapp; await app.restored;
  const panel = app.shell.currentWidget;
  await panel.context.ready; await panel.sessionContext.ready;
  for (let i = 0; i < 600; i += 1) {
    const kernel = panel.sessionContext.session?.kernel;
    if (kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle') { await kernel.info; return; }
    // a restarted kernel may be shown so until it is asked again
    if (['starting', 'unknown'].includes(kernel?.status) && i % 30 === 29) kernel.requestKernelInfo();
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the kernel did not become idle');
}"""


CELL_OF = """call => {
  const cell = jupyterapp.shell.currentWidget.content.widgets.find((c) => c.model.sharedModel.source.includes(call));
  if (!cell) throw new Error(`no cell calls ${call}`);
  return cell.node.dataset.cell = cell.model.id;
}"""
SETTLED = """() => new Promise((done) => {
  const start = performance.now();
  let last = start;
  const watch = new MutationObserver(() => { last = performance.now(); });
  watch.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  const timer = setInterval(() => {
    if (performance.now() - last < 600 && performance.now() - start < 20000) return;
    clearInterval(timer);
    watch.disconnect();
    done();
  }, 50);
})"""


@dataclass
class Server:
    """A running JupyterLab or Voilà."""

    url: str
    token: str
    home: Path

    def store(self, who: str = "Somebody else") -> Store:
        """The record that the server's notebooks write to, as another person opens it."""
        ledger = Ledger.open(f"sqlite:///{self.home / 'workbook.db'}")
        return Store(ledger, Vault(self.home / "evidence"), catalog.load(ROOT / "checklists"), NAME, Person(who))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def begin(home: Path) -> None:
    """An engagement with two systems and nothing answered."""
    ledger = Ledger.open(f"sqlite:///{home / 'workbook.db'}")
    create(ledger, NAME, Engagement(title="ISMS audit 2027", audit_date="2027-02-01"), Person("Security lead"))
    systems = [("SYS-001", "Credit scoring"), ("SYS-002", "Support assistant")]
    ledger.append(
        NAME, [Draft("systems", k, {"name": n, "owner": "Credit lead"}) for k, n in systems], Person("Security lead")
    )
    ledger.close()


def environment(room: Path) -> dict[str, str]:
    """Variables that keep the server's files apart from those of whoever runs the tests."""
    own = {f"JUPYTER_{n}_DIR": str(room / n.lower()) for n in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{n}_DIR": str(room / f"lab-{n.lower()}") for n in ("SETTINGS", "WORKSPACES")}
    base = {k: v for k, v in os.environ.items() if not k.startswith(("WORKBOOK_", "JUPYTER", "JPY_"))}
    # relative on purpose: `workbook lab` is started in room/work, and its kernels run in a folder below it
    return base | own | {"IPYTHONDIR": str(room / "ipython"), "WORKBOOK_HOME": "../home",
                         "WORKBOOK_ACTOR": "Security lead", "XDG_CONFIG_HOME": str(room / "xdg")}  # fmt: skip


def wait_for(url: str, token: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"token {token}"}), timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the server did not answer: {log.read_text()}")


@contextmanager
def jupyterlab(room: Path, *options: str, begun: bool = True, **variables: str) -> Iterator[Server]:
    """JupyterLab as `workbook lab` starts it, on a copy of the notebooks, its files and its record in `room`."""
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, room / "work" / name)
    if begun:
        begin(room / "home")
    port, token = free_port(), secrets.token_hex(16)
    command = [
        *(WORKBOOK, "lab", *options, "--", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"),
        *("--ServerApp.port_retries=0", "--expose-app-in-browser"),
    ]
    server = Server(f"http://127.0.0.1:{port}", token, room / "home")
    with serving(command, room, token, f"{server.url}/api", **variables):
        yield server


@contextmanager
def serving(command: list[str], room: Path, token: str, ready: str, **variables: str) -> Iterator[None]:
    """A server that runs while the block does, and is then ended by its own process id."""
    log = room / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command],
            env=environment(room) | {"JUPYTER_TOKEN": token} | variables,
            stdout=out,
            stderr=out,
            cwd=room / "work",
        )
        try:
            wait_for(ready, token, process, log)
            yield
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running JupyterLab."""
    with jupyterlab(tmp_path_factory.mktemp("lab")) as server:
        yield server


@contextmanager
def app(room: Path, *, begun: bool = True, **variables: str) -> Iterator[Server]:
    """Voilà as `workbook app` starts it, on a copy of the notebooks, its files and its record in `room`."""
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, room / "work" / name)
    if begun:
        begin(room / "home")
    port, token = free_port(), secrets.token_hex(16)
    server = Server(f"http://127.0.0.1:{port}", token, room / "home")
    command = [WORKBOOK, "app", "--", "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    with serving(command, room, token, server.url, **variables):
        yield server


@pytest.fixture(scope="session")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The notebooks as pages without code."""
    with app(tmp_path_factory.mktemp("voila")) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; the tests say loudly that they were not run where there is none."""
    if not CHROMIUM:
        pytest.skip(
            "NOT RUN: no Chromium was found, so no form was opened in a browser (Debian: apt-get install chromium)"
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of its own; an exception in our script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    tab = context.new_page()
    broken: list[str] = []
    tab.on("pageerror", lambda error: broken.append(str(error)))
    yield tab
    context.close()
    assert [b for b in broken if "mlaw" in b or "anywidget" in b] == []


SHOWS = """() => [location.href, "focus: " + document.activeElement?.outerHTML.slice(0, 300),
  ...[...document.querySelectorAll("[role=status], [role=alert]")].map((e) => e.className + ": " + e.textContent),
  ...[...document.querySelectorAll(".form, .panel")].map((e) => e.outerHTML.slice(-3000))].join("\\n")"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A failed test says what its page showed: where it ran, nobody was there to look."""
    report = yield
    tab = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and isinstance(tab, Page):
        try:
            report.sections.append(("what the page showed", tab.evaluate(SHOWS)))
        except Error as error:
            report.sections.append(("the page cannot be asked", str(error)))
    return report


def open_notebook(page: Page, server: Server, name: str) -> None:
    """Open a notebook in JupyterLab, with the engagement of these tests; it builds itself."""
    page.goto(f"{server.url}/lab/tree/{name}.ipynb?token={server.token}&reset")
    built(page)


def built(page: Page) -> None:
    """Wait until the page that is shown was run to its end, as our extension does by itself."""
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden)[data-mlaw=ready]", timeout=90_000)


def run_all(page: Page) -> None:
    """Clear what an earlier run left, so that no old form is taken for the new one, and run every cell.

    Fire and forget, because the command's promise may never settle.
    """
    page.evaluate("() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
    built(page)


def settle(page: Page) -> None:
    """Wait until nothing moves: while outputs still appear above it, what is clicked slides away from the pointer."""
    page.evaluate(SETTLED)


def section(page: Page, call: str) -> Any:
    """The output of the cell that makes this call, scrolled into view; its code is folded away."""
    cell = page.locator(f'[data-cell="{page.evaluate(CELL_OF, call)}"]')
    cell.wait_for(state="attached", timeout=60_000)
    settle(page)
    cell.scroll_into_view_if_needed()
    return cell


def open_question(page: Page, title: str, call: str = 'audit.ask("access-control")') -> Any:
    """A question's form, opened; returns its locator."""
    cell = section(page, call)
    line = cell.get_by_role("button", name=title).first
    line.wait_for(timeout=60_000)
    settle(page)
    if line.get_attribute("aria-expanded") != "true":
        line.click()
    form = cell.locator(".form")
    expect(line).to_have_attribute("aria-expanded", "true")
    form.locator("textarea").first.wait_for(timeout=60_000)
    return form


def eventually(test: Any, seconds: float = 15) -> Any:
    """What `test()` returns once it is true; asserts that it becomes so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := test():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def picture(page: Page, name: str) -> None:
    """Keep a screenshot."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png")
