"""`workbook lab` and `workbook app` as somebody starts them: a few lines, or one sentence and no traceback."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import LEAD, ROOT
from tests.helpers_cli import workbook
from workbook import people
from workbook.model import Answer, Person, Role
from workbook.store import Store

ROOT_MAY = ("--allow-root",)  # tests may run as root, and in a container
needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="NOT RUN: this is not root")


@pytest.fixture(autouse=True)
def _jupyter_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace of its own, and neither settings nor a browser of whoever runs the tests."""
    for name in ("notebooks", "checklists"):
        shutil.copytree(ROOT / name, tmp_path / "work" / name)
    monkeypatch.chdir(tmp_path / "work")
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name.lower()))
    for name in ("JUPYTER_TOKEN", "JUPYTER_PORT", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@contextmanager
def taken_port() -> Iterator[str]:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        yield str(somebody.getsockname()[1])


def said(process: subprocess.Popen[str], log: Path) -> str:
    """What the server said until it told how to end it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and "Ctrl-C" not in log.read_text():
        time.sleep(0.1)
    return log.read_text()


@contextmanager
def running(log: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with log.open("w") as out:
        command = [sys.executable, "-m", "workbook", *arguments]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, text=True)
        try:
            yield said(process, log), process
        finally:
            process.kill()
            process.wait(30)


@pytest.mark.parametrize(
    ("command", "page"),
    [(("lab", "--", *ROOT_MAY), "/lab/tree/00_start.ipynb"), (("app",), "/voila/render/00_start.ipynb")],
    ids=["lab", "app"],
)
def test_without_a_browser_the_address_of_the_first_page_is_told_and_little_else(
    tmp_path: Path, command: tuple[str, ...], page: str
):
    with running(tmp_path / "log", *command) as (words, process):
        address = re.search(r"http://\S+", words)
        assert address, words
        assert address[0].partition("?")[0].endswith(page)
        assert "workbook" in urllib.request.urlopen(address[0], timeout=120).read().decode()
        assert len([line for line in words.splitlines() if line]) == 4
        assert str(tmp_path / "home" / "workbook.db") in words
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


@needs_root
def test_root_is_told_what_to_do(tmp_path: Path):
    found = workbook("lab")

    assert found.returncode == 2
    assert "workbook lab -- --allow-root" in found.stderr
    assert len(found.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("lab", "--", *ROOT_MAY), ("app", "--")], ids=["lab", "app"])
def test_a_port_that_was_asked_for_and_is_taken_is_told(command: tuple[str, ...]):
    with taken_port() as port:
        found = workbook(
            *command, f"--port={port}", "--ip=127.0.0.1" if command[0] == "lab" else "--Voila.ip=127.0.0.1"
        )

    assert found.returncode == 2
    assert f"Port {port} is not free" in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_an_old_jupyterlab_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, text in {"jupyterlab/__init__.py": "", "jupyterlab-4.1.8.dist-info/METADATA": "Version: 4.1.8\n"}.items():
        file = tmp_path / "old" / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "old"))

    found = workbook("lab")

    assert found.returncode == 2
    assert "JupyterLab 4.1.8 is too old" in found.stderr
    assert "pip install --upgrade jupyterlab" in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_a_missing_jupyterlab_is_told_with_what_to_do():
    without = "import sys; sys.modules['jupyterlab'] = None; from workbook.cli import main; main(['lab'])"
    found = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=False)

    assert found.returncode == 2
    assert "needs JupyterLab, which is not installed" in found.stderr
    assert len(found.stderr.splitlines()) == 1


# whose questions ----------------------------------------------------------------------------------------------------


def test_mine_opens_the_questions_of_a_person_who_then_speaks(store: Store, tmp_path: Path):
    store.save_row("people", "", {"name": "Internal auditor", "part": "auditor"}, 0)

    with running(tmp_path / "log", "lab", "--mine", "internal auditor", "--", *ROOT_MAY) as (words, _):
        assert re.search(r"/lab/tree/00_start\.ipynb\?token=\w+#Your-questions\n", words), words
    assert people.who() == Person("internal auditor", Role.AUDITOR)
    assert "Nobody called" not in words


def test_a_name_that_nobody_has_is_warned_of(store: Store):
    store.save_answers([(Answer(question="ac-rbac", system="SYS-001", owner=LEAD.name), 0)])
    strange, known = (workbook("lab", "--mine", name, "--", "--version") for name in ("ML platfrm lead", LEAD.name))

    assert "Nobody called 'ML platfrm lead'" in strange.stderr
    assert "Nobody called" not in known.stderr
    assert (strange.returncode, known.returncode) == (0, 0)


def test_before_an_audit_has_begun_anybody_may_speak_in_any_role():
    found = workbook("lab", "--mine", "ML engineer", "--role", "reviewer", "--", "--version")

    assert found.returncode == 0, found.stderr
    assert people.who() == Person("ML engineer", Role.REVIEWER)


@pytest.mark.parametrize("mistake", [("--role", "auditor"), ("--mine", " "), ("--mine", "x" * 300)])
def test_what_cannot_be_meant_is_refused_in_one_sentence(mistake: tuple[str, ...]):
    found = workbook("lab", *mistake)

    assert found.returncode == 2
    assert len(found.stderr.splitlines()) == 1
