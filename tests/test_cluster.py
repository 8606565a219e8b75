"""Pages on the workers of a Dask cluster: a real scheduler, two real workers and PostgreSQL, all on loopback."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import LEAD, ROOT
from tests.helpers_pages import code, notebook, saved
from workbook import paths
from workbook.errors import BadInput
from workbook.ledger import Ledger
from workbook.model import Engagement
from workbook.report import PageWork, check, make_page, read_page
from workbook.report.cluster import cluster, difference, facts_here
from workbook.report.html import Frame
from workbook.store import create

NAMES = ("engagement", "system", "as_of", "audience", "mode")
PARAMETERS = "\n".join(f'{name}: str = ""  # a parameter' for name in NAMES)
READS = (
    "from workbook.workspace import open_store\nprint(open_store(engagement, as_of=as_of).record().engagement.title)"
)
UNTIL_KILLED = """
import os, time
from pathlib import Path
room = Path({room!r})
(room / f"run-{{os.getpid()}}").write_text(os.environ["JPY_PARENT_PID"])
if len(list(room.glob("run-*"))) == 1:
    time.sleep(600)
"""
ABOUT = Engagement(title="The ledger that all share")


def workspace(folder: Path, room: Path) -> Path:
    """A workspace as each machine has it, with two pages; the second one waits to be killed when it first runs."""
    (folder / "notebooks").mkdir(parents=True)
    (folder / "checklists").symlink_to(ROOT / "checklists")
    for name, source in {"01_quick": READS, "02_slow": UNTIL_KILLED.format(room=str(room))}.items():
        saved(folder / "notebooks", notebook(code(source), parameters=PARAMETERS), name)
    return folder


def in_time(found: Callable[[], object]) -> None:
    """Wait until there is something."""
    end = time.monotonic() + 120
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)


class Cluster:
    """A scheduler and two workers, each a process of its own on this machine."""

    def __init__(self, folder: Path, cwd: Path) -> None:
        self._file, self._cwd = folder / "scheduler.json", cwd
        self._log = (folder / "log").open("w")
        self._scheduler = self._start("dask_scheduler", "--port", "0")
        self.workers = [self._start("dask_worker", "--no-nanny", "--nthreads", "1") for _ in range(2)]
        in_time(lambda: self._file.exists() and self._file.read_text().strip())
        self.address = json.loads(self._file.read_text())["address"]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{what}", "--scheduler-file", self._file, "--no-dashboard"]
        return subprocess.Popen([*command, "--host", "127.0.0.1", *options], cwd=self._cwd, stdout=self._log,
                                stderr=subprocess.STDOUT)  # fmt: skip

    def close(self) -> None:
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()
        self._log.close()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_url: str) -> Path:
    """The folder of one test; whatever it starts reads the same ledger in PostgreSQL."""
    monkeypatch.setenv("WORKBOOK_DATABASE_URL", postgresql_url)
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "60s")  # a worker may be there first
    with closing(Ledger.open(postgresql_url)) as ledger:
        create(ledger, "isms-2027", ABOUT, LEAD)
    monkeypatch.chdir(workspace(tmp_path / "here", tmp_path))
    return tmp_path


@pytest.fixture
def running(room: Path) -> Iterator[Cluster]:
    started = Cluster(room, workspace(room / "elsewhere", room))
    yield started
    started.close()


def test_a_report_is_whole_although_a_worker_is_killed_and_workers_that_differ_are_refused(
    running: Cluster, room: Path, monkeypatch: pytest.MonkeyPatch
):
    in_time(lambda: (room / "log").read_text().count("Registered to") == 2)
    slow = room / "here" / "notebooks" / "02_slow.ipynb"

    # a worker would make other pages
    shutil.copy(slow, room / "here" / "notebooks" / "03_more.ipynb")
    with pytest.raises(BadInput, match=r"(?s)tcp://.* has other notebooks.*; tcp://.* has other notebooks"):
        cluster(running.address, ["isms-2027"]).__enter__()
    (room / "here" / "notebooks" / "03_more.ipynb").unlink()
    with monkeypatch.context() as elsewhere, closing(Ledger.open(f"sqlite:///{room / 'other.db'}")) as other:
        create(other, "isms-2027", ABOUT, LEAD)
        elsewhere.setenv("WORKBOOK_DATABASE_URL", f"sqlite:///{room / 'other.db'}")
        with pytest.raises(BadInput, match="reads another ledger, in which revision 1 of isms-2027"):
            cluster(running.address, ["isms-2027"]).__enter__()

    # a worker is killed while a page runs
    command = [sys.executable, "-m", "workbook", "report", "isms-2027", "--scheduler", running.address, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as report:
        try:
            in_time(lambda: [mark for mark in room.glob("run-*") if mark.read_text()] or report.poll() is not None)
            [first] = room.glob("run-*")
            killed = int(first.read_text())
            assert killed in [worker.pid for worker in running.workers]
            os.kill(killed, signal.SIGKILL)
            out, said = report.communicate(timeout=120)
        finally:
            report.kill()

    assert report.returncode == 0, said
    assert [page["status"] for page in json.loads(out)["pages"]] == ["complete", "complete"]
    folder = room / "home" / "isms-2027"
    assert "The ledger that all share" in (folder / "01_quick.html").read_text()
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")) == [
        "01_quick.html", "02_slow.html", "index.html", "manifest.json", "notebooks/01_quick.ipynb",
        "notebooks/02_slow.ipynb",
    ]  # fmt: skip
    assert len({mark.read_text() for mark in room.glob("run-*")}) == 2, "the page ran again, on the other worker"

    # and then the last one
    monkeypatch.setattr("workbook.report.cluster.ALONE_SECONDS", 1)
    page = room / "here" / "notebooks" / "01_quick.ipynb"
    work = PageWork(page, check(read_page(page), dict.fromkeys(NAMES, "")), Frame("x", "x", (), (), {}))
    with cluster(running.address, ["isms-2027"]) as pages:
        for worker in running.workers:
            worker.kill()
            worker.wait()
        with pytest.raises(BadInput, match="The last worker of the Dask cluster was lost"):
            pages.submit(make_page, work).result(timeout=60)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"version": "0.0.1"}, "instead of 0.0.1"),
        ({"checklists": "x"}, "has other checklists, in"),
        ({"notebooks": "x"}, "has other notebooks, in"),
        ({"head": ("isms-2027", 1, "x")}, "says: "),
    ],
)
def test_a_worker_says_what_it_has_otherwise(other: dict[str, str], said: str):
    assert difference(facts_here()) == ""
    assert said in difference(replace(facts_here(), **other))


def test_a_scheduler_that_does_not_answer_is_one_sentence(store: object, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workbook.report.cluster.ANSWER_SECONDS", 0.5)
    with pytest.raises(BadInput, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1: .* leave --scheduler out"):
        cluster("tcp://127.0.0.1:1", ["isms-2027"]).__enter__()

    assert not paths.results("isms-2027").exists()


@pytest.mark.parametrize(
    "address", ["scheduler", "tcp://host", "http://host:1", "tcp://me:CANARY@host:1", "tcp://h:1\n"]
)
def test_what_is_no_address_of_a_scheduler_is_one_sentence(address: str):
    with pytest.raises(BadInput, match=r"is no address of a scheduler\. Write one as tcp://") as caught:
        cluster(address, []).__enter__()
    assert str(caught.value).isprintable()
    assert "CANARY" not in str(caught.value)


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"pip install 'ml-audit-workbook\[dask\]'"):
        cluster("tcp://127.0.0.1:1", []).__enter__()
