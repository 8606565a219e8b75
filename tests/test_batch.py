"""Many reports at once: what is made, what is current by its content, what is tried again, and what a stop leaves."""

import fcntl
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner, Result

from tests.conftest import LEAD, ROOT
from tests.helpers_links import dead_links
from tests.helpers_pages import code, notebook, saved, text
from workbook import erasure, paths
from workbook.cli import main
from workbook.cli.interrupts import Interrupts
from workbook.model import Draft, Engagement
from workbook.report import MadePage, PageRun, index, make, unfinished
from workbook.report.batch import find_pages, read
from workbook.report.current import as_made, current
from workbook.report.portfolio import Batch, Outcome, Wanted, make_reports
from workbook.seals import seal
from workbook.store import create
from workbook.workspace import open_ledger, open_store

DAY = date(2026, 11, 29)
PARAMETERS = "\n".join(f'{n}: str = ""  # text' for n in ("engagement", "system", "as_of", "audience", "mode"))
INVENTORY, REVIEW = "01_data_inventory", "03_control_review"
BROKEN = "<<<<<<< HEAD"  # no notebook: its page fails, and no kernel is started for it
Statuses = dict[tuple[str, str], str]


class Heard:
    """Follows a batch; stops it when `enough` says so."""

    def __init__(self, enough: Callable[[], bool] = lambda: False) -> None:
        self.to_make = 0
        self.tries: list[tuple[str, bool]] = []
        self.refusals: list[str] = []
        self.stopped = enough

    def begun(self, pages: int) -> None:
        self.to_make = pages

    def running(self, pages: Sequence[str]) -> None: ...

    def ended(self, outcome: Outcome, again: bool) -> None:
        self.tries.append((str(outcome).partition(",")[0].partition(":")[0], again))

    def refused(self, engagement: str, reason: str) -> None:
        self.refusals.append(f"{engagement}: {reason}")


def page(folder: Path, name: str, source: str, words: str = "## Result") -> Path:
    folder.mkdir(exist_ok=True)
    return saved(folder, notebook(text(words), code(source), parameters=PARAMETERS), name)


def two_pages(folder: Path) -> None:
    page(folder, INVENTORY, "print('inventory of', engagement)", f"## Result\n\n[deep]({REVIEW}.ipynb#deep)")
    review = notebook(text("## Deep"), code("print('review of', engagement)"), parameters=PARAMETERS)
    review.cells[0].source = f"# {REVIEW}"  # what a page is called whose notebook cannot be read
    saved(folder, review, REVIEW)


def begin(*names: str) -> None:
    ledger = open_ledger()
    for name in names:
        create(ledger, name, Engagement(title=name.upper(), organisation="Northlight Credit"), LEAD)
    ledger.close()


def batch(*names: str, heard: Heard | None = None, jobs: int = 2, **wanted: Any) -> Batch:
    return make_reports(Wanted(names, **wanted), jobs, heard or Heard())


def statuses(made: Batch) -> Statuses:
    return {(one.engagement, one.page): one.status for one in made.outcomes}


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the reports of alpha and beta were made, two pages each."""
    room = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_HOME", str(room / "home"))
        patch.setenv("WORKBOOK_ACTOR", "Whoever made it")
        settle(patch, room)
        two_pages(room / "n")
        begin("alpha", "beta")
        (room / "outcomes.json").write_text(json.dumps([one.as_json() for one in batch("alpha", "beta").outcomes]))
    return room


@pytest.fixture
def work(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that workspace, for one test."""
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    settle(monkeypatch, tmp_path)
    return tmp_path


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the test's own, without notebooks."""
    settle(monkeypatch, tmp_path)
    return tmp_path


def settle(patch: pytest.MonkeyPatch, room: Path) -> None:
    patch.setattr("workbook.paths.notebooks", lambda: room / "n")
    patch.setattr("workbook.zones.today", lambda _zone: DAY)  # so that midnight does not fall into a test


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def stale(name: str = "alpha", **given: str) -> set[str]:
    """The pages that a batch would make."""
    report = read(name, given, find_pages([], given.get("audience", "internal")))
    return {one.name for one in report.pages} - current(as_made(report.folder), report.made_from)


# what is made ---------------------------------------------------------------------------------------------------------


def test_every_page_of_every_engagement_is_made_and_reported(made_once: Path):
    told = json.loads((made_once / "outcomes.json").read_text())

    assert [(one["engagement"], one["page"]) for one in told] == [
        ("alpha", INVENTORY), ("alpha", REVIEW), ("beta", INVENTORY), ("beta", REVIEW)
    ]  # fmt: skip
    assert {(one["status"], one["cell"], one["reason"], one["seconds"] > 0) for one in told} == {
        ("made", None, None, True)
    }
    for name in ("alpha", "beta"):
        assert f"inventory of {name}" in (made_once / "home" / name / f"{INVENTORY}.html").read_text()
        assert (made_once / "home" / name / "index.html").is_file()
    assert not (made_once / "home" / ".unfinished").exists()


def test_pages_of_several_engagements_run_at_the_same_time(empty: Path):
    """Each page waits for the other one: one after the other they would never end."""
    meet = f"""from pathlib import Path
from time import monotonic, sleep
(Path({str(empty)!r}) / engagement).touch()
end = monotonic() + 60
while not all((Path({str(empty)!r}) / name).exists() for name in ("alpha", "beta")):
    assert monotonic() < end
    sleep(0.02)"""
    page(empty / "n", INVENTORY, meet)
    begin("alpha", "beta")

    assert set(statuses(batch("alpha", "beta")).values()) == {"made"}


def test_a_second_batch_makes_nothing_and_writes_nothing(work: Path):
    before = files(work / "home")
    heard = Heard()

    assert set(statuses(batch("alpha", "beta", heard=heard)).values()) == {"current"}
    assert heard.to_make == 0
    assert files(work / "home") == before


def test_what_workbook_report_made_is_current_too(work: Path):
    page(work / "n", INVENTORY, "print('another')")
    make("alpha", pages=[INVENTORY])

    assert stale("alpha") == set()
    assert stale("beta") == {INVENTORY}


# what is current ------------------------------------------------------------------------------------------------------


def save_row(_: Path) -> None:
    store = open_store("alpha", LEAD)
    store.save([Draft("systems", "SYS-001", {"name": "x"})])
    store.ledger.close()


def change_checklist(work: Path) -> None:
    shutil.copytree(ROOT / "checklists", work / "checklists")
    file = work / "checklists" / "engagement.yaml"
    file.write_text(file.read_text() + "\n# another edition\n")


def look_otherwise(work: Path) -> None:
    (work / "branding").mkdir()
    (work / "branding" / "branding.yaml").write_text("name: Example Assurance")


def alter(name: str, old: str = "of alpha", new: str = "of omega") -> Callable[[Path], None]:
    def change(work: Path) -> None:
        file = work / "home" / "alpha" / name
        before = file.stat()
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # nobody looks at times

    return change


def lose(name: str) -> Callable[[Path], None]:
    return lambda work: (work / "home" / "alpha" / name).unlink()


@pytest.mark.parametrize(
    ("change", "pages"),
    [
        (save_row, {INVENTORY, REVIEW}),
        (change_checklist, {INVENTORY, REVIEW}),
        (look_otherwise, {INVENTORY, REVIEW}),
        (lambda work: page(work / "n", INVENTORY, "print('another')"), {INVENTORY}),
        (alter(f"{INVENTORY}.html"), {INVENTORY}),
        (alter(f"notebooks/{REVIEW}.ipynb"), {REVIEW}),
        (lose(f"{REVIEW}.html"), {REVIEW}),
        (lose(f"notebooks/{INVENTORY}.ipynb"), {INVENTORY}),
        (lose("manifest.json"), {INVENTORY, REVIEW}),
        (alter("manifest.json", '"pages"', '"pages": 3, "leaves"'), {INVENTORY, REVIEW}),
        (alter("manifest.json", '"files"', '"files": [3], "leaves"'), {INVENTORY, REVIEW}),
        (alter("manifest.json", '"unlinked": []', '"unlinked": 3'), {INVENTORY, REVIEW}),
        (alter("manifest.json", '"front"', '"front": 3, "back"'), set()),
    ],
    ids=["revision", "checklist", "own look", "notebook", "html", "executed", "html gone", "executed gone",
         "manifest gone", "pages damaged", "files damaged", "entries damaged", "front damaged"],
)  # fmt: skip
def test_what_is_out_of_date_altered_or_missing_has_to_be_made(
    work: Path, change: Callable[[Path], object], pages: set[str], monkeypatch: pytest.MonkeyPatch
):
    assert stale() == set()
    change(work)
    if (work / "checklists").exists():
        monkeypatch.setattr("workbook.paths.checklists", lambda: work / "checklists")
    if (work / "branding").exists():
        monkeypatch.setenv("WORKBOOK_BRANDING", str(work / "branding"))

    assert stale() == pages


def test_another_day_version_or_language_makes_every_page_out_of_date(work: Path, monkeypatch: pytest.MonkeyPatch):
    both = {INVENTORY, REVIEW}
    with monkeypatch.context() as patch:
        patch.setattr("workbook.zones.today", lambda _zone: date(2026, 11, 30))
        assert stale() == both
    with monkeypatch.context() as patch:
        patch.setattr("workbook.report.index.__version__", "9.9")
        assert stale() == both
    with monkeypatch.context() as patch:
        frame_of = index.frame_of
        patch.setattr("workbook.report.index.frame_of", lambda record: replace(frame_of(record), lang="de"))
        assert stale() == both
    assert stale() == set()


def test_who_makes_it_changes_nothing(work: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_ACTOR", "Somebody else")

    assert stale() == set()


def test_editions_and_states_do_not_count_as_each_other(work: Path):
    both = {INVENTORY, REVIEW}

    assert stale(audience="auditor") == both
    assert stale(as_of=f"r1@{DAY}") == set()  # the same state by its name
    save_row(work)
    assert stale(as_of=f"r1@{DAY}") == set()
    assert stale(as_of=f"r2@{DAY}") == both


def test_a_page_of_an_earlier_state_is_made_again_once_something_was_erased(work: Path):
    store = open_store("alpha", LEAD)
    store.save_row("datasets", "DS-001", {"name": "Loans", "owner": "Jane Q. Unlikely-Name"}, 0)
    assert stale(as_of=f"r1@{DAY}") == set()

    erasure.erase(store, erasure.find(store, "DS-001", "owner"), "Asked for it")
    store.ledger.close()

    assert stale(as_of=f"r1@{DAY}") == {INVENTORY, REVIEW}


def test_an_altered_page_stays_out_of_date_when_another_one_is_made(work: Path):
    alter(f"{INVENTORY}.html")(work)
    (work / "n" / f"{REVIEW}.ipynb").write_text(BROKEN)

    make("alpha", pages=[REVIEW])

    manifest = json.loads((work / "home" / "alpha" / "manifest.json").read_text())
    assert manifest["files"][f"{INVENTORY}.html"] == digest(work / "home" / "alpha" / f"{INVENTORY}.html")
    assert stale() == {INVENTORY, REVIEW}


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("change", [alter("index.html", "ALPHA", "OMEGA"), lose("index.html")], ids=["altered", "gone"])
def test_only_the_front_page_is_written_again_where_nothing_else_is_wrong(work: Path, change: Callable[[Path], None]):
    before, heard = files(work / "home" / "alpha"), Heard()
    change(work)

    assert set(statuses(batch("alpha", heard=heard)).values()) == {"current"}
    assert heard.to_make == 0
    after = files(work / "home" / "alpha")
    assert b"OMEGA" not in after["index.html"]
    assert {name for name in after if after[name] != before.get(name)} <= {"index.html", "manifest.json"}
    batch("alpha")
    assert files(work / "home" / "alpha") == after


def test_a_page_that_names_a_sister_which_is_gone_is_out_of_date(work: Path):
    (work / "n" / f"{REVIEW}.ipynb").unlink()

    assert stale() == {INVENTORY}


def test_a_page_that_lost_a_link_to_a_failed_page_has_it_again_when_that_one_is_made(work: Path):
    link = f'href="{REVIEW}.html#deep"'
    inventory, review = work / "home" / "alpha" / f"{INVENTORY}.html", work / "n" / f"{REVIEW}.ipynb"
    whole, before = review.read_text(), inventory.read_bytes()
    assert link in inventory.read_text()

    review.write_text(BROKEN)
    for _ in range(2):
        assert statuses(batch("alpha")) == {("alpha", INVENTORY): "current", ("alpha", REVIEW): "failed"}
        assert link not in inventory.read_text()

    review.write_text(whole)
    assert statuses(batch("alpha")) == {("alpha", INVENTORY): "current", ("alpha", REVIEW): "made"}
    assert inventory.read_text() == seal(before.decode().replace(" Made by Whoever made it with", " Made with"))
    assert dead_links(inventory.parent) == []
    assert stale() == set()


# what fails -----------------------------------------------------------------------------------------------------------


def test_a_failing_page_is_tried_once_more_and_then_reported_while_all_else_goes_on(empty: Path):
    """The first page fails once and counts its runs in a file, the second one fails always, the third one never."""
    runs = empty / "runs"
    count = f"from pathlib import Path\nwith Path({str(runs)!r}).open('a') as file:\n    file.write(name)\n"
    page(
        empty / "n", "01_data_inventory", f"name = '1'\n{count}\nassert Path({str(runs)!r}).read_text().count('1') > 1"
    )
    page(empty / "n", "02_infrastructure_mapping", f"name = '2'\n{count}\n1 / 0")
    page(empty / "n", "03_control_review", f"name = '3'\n{count}\nprint('review')")
    begin("alpha")
    heard = Heard()

    made = batch("alpha", heard=heard)

    assert sorted(runs.read_text()) == ["1", "1", "2", "2", "3"]
    assert [one.status for one in made.outcomes] == ["made", "failed", "made"]
    assert (made.outcomes[1].cell, made.outcomes[1].reason) == (2, "ZeroDivisionError: division by zero")
    assert made.exit_code == 1
    assert sorted(heard.tries) == [
        ("alpha 01_data_inventory", False), ("alpha 01_data_inventory", True),
        ("alpha 02_infrastructure_mapping", False), ("alpha 02_infrastructure_mapping", True),
        ("alpha 03_control_review", False),
    ]  # fmt: skip
    assert "division by zero" in (paths.results("alpha") / "02_infrastructure_mapping.html").read_text()
    assert stale() == {"02_infrastructure_mapping"}


def test_an_engagement_that_cannot_be_read_costs_its_own_pages_only(work: Path):
    save_row(work)  # alpha alone has a second revision
    for name in (INVENTORY, REVIEW):
        (work / "n" / f"{name}.ipynb").write_text(BROKEN)
    before, heard = files(work / "home" / "beta"), Heard()

    made = batch("beta", "alpha", heard=heard, as_of="r2")

    beta, alpha = made.outcomes[:2], made.outcomes[2:]
    assert {(one.engagement, one.status) for one in beta} == {("beta", "failed")}
    assert "beta has no revision 2" in beta[0].reason
    assert "is no notebook" in alpha[0].reason
    assert heard.refusals == [f"beta: {beta[0].reason}"]
    assert (made.begun, made.exit_code) == (True, 1)
    assert files(work / "home" / "beta") == before
    assert batch("beta", as_of="r2").exit_code == 2


def test_a_folder_that_cannot_be_written_costs_its_own_report_only(empty: Path):
    page(empty / "n", INVENTORY, "print('inventory')")
    begin("alpha", "beta")
    (paths.home() / "beta").write_text("in the way")

    made = batch("beta", "alpha")

    assert statuses(made) == {("beta", INVENTORY): "failed", ("alpha", INVENTORY): "made"}
    assert re.search(r"home/beta\S* could not be written: .*WORKBOOK_HOME", made.outcomes[0].reason)
    assert (paths.home() / "beta").read_text() == "in the way"


def test_a_front_page_that_cannot_be_written_again_is_a_failure(work: Path):
    front = paths.results("alpha") / "index.html"
    front.unlink()
    front.mkdir()

    made = batch("alpha")

    assert made.exit_code == 1
    assert {one.reason.partition(":")[0] for one in made.outcomes} == {f"{front} could not be written"}


class Gone(Executor):
    """One whose processes were ended from outside."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:  # type: ignore[override]
        raise BrokenExecutor("A process ended abruptly")


def test_an_executor_that_broke_leaves_the_reports_that_lie_there(work: Path):
    save_row(work)
    before, heard = files(work / "home" / "alpha"), Heard()

    made = make_reports(Wanted(("alpha",)), 2, heard, executor=Gone())

    assert {(one.status, one.reason) for one in made.outcomes} == {
        ("failed", "BrokenExecutor: A process ended abruptly")
    }
    assert len(heard.refusals) == 1
    assert files(work / "home" / "alpha") == before


def test_a_process_that_is_gone_breaks_no_other_report(work: Path):
    page(work / "n", INVENTORY, "print('another')")
    before = files(work / "home")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=os._exit, initargs=(3,)) as gone:
        made = make_reports(Wanted(("alpha", "beta")), 1, Heard(), executor=gone)

    assert statuses(made)["alpha", REVIEW] == "current"
    assert statuses(made)["beta", INVENTORY] == "failed"
    assert "abruptly" in made.outcomes[0].reason
    assert files(work / "home") == before


# what a stop leaves ---------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A workspace as it lies on a disk; its page 03 waits until there is a file `go`, and says when it has begun."""
    shutil.copytree(ROOT / "checklists", tmp_path / "work" / "checklists")
    folder = tmp_path / "work" / "notebooks"
    page(folder, INVENTORY, "print('inventory of', engagement)")
    wait = f"""from pathlib import Path
from time import sleep
room = Path({str(tmp_path)!r})
(room / f"began-{{engagement}}").touch()
while not (room / "go").exists():
    sleep(0.02)"""
    page(folder, REVIEW, wait)
    begin("alpha", "beta")
    (tmp_path / "tmp").mkdir()
    return tmp_path


@contextmanager
def started(shop: Path, *arguments: str, **streams: Any) -> "Iterator[subprocess.Popen[str]]":
    """The command in a process group of its own, with a folder of its own for what is temporary."""
    command = [sys.executable, "-m", "workbook", "batch", "--all", "--jobs", "3", *arguments]
    process = subprocess.Popen(
        command, cwd=shop / "work", env=os.environ | {"TMPDIR": str(shop / "tmp")}, start_new_session=True, text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
    )  # fmt: skip
    try:
        yield process
    finally:
        (shop / "go").touch()  # whatever went wrong, no page waits any longer
        process.terminate()
        process.communicate()


def test_ctrl_c_leaves_no_process_and_no_half_file_and_the_next_batch_makes_the_rest(shop: Path):
    with started(shop, "--json") as running:
        said = [running.stderr.readline() for _ in range(2)]  # both pages 01 are made
        while not all((shop / f"began-{name}").exists() for name in ("alpha", "beta")):
            assert running.poll() is None
        kernels = psutil.Process(running.pid).children(recursive=True)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
        assert not (shop / "go").exists()

    assert running.returncode == 130
    assert sorted(line.partition(" (")[0][6:] for line in said) == [f"alpha {INVENTORY}", f"beta {INVENTORY}"]
    assert len(kernels) >= 2
    assert not [kernel for kernel in kernels if kernel.is_running()]
    assert list((shop / "tmp").iterdir()) == []
    assert [*paths.home().rglob("*.html"), *paths.home().rglob("*.part")] == []
    assert err.startswith("Stopping")
    assert "2 kept aside, 2 not made. " in err
    assert "The same command goes on from there." in err
    assert {one["status"] for one in json.loads(out)} == {"failed"}

    with started(shop, "--json") as rest:
        out, _ = rest.communicate(timeout=60)
    assert [one["status"] for one in json.loads(out)] == ["current", "made", "current", "made"]
    assert "inventory of alpha" in (paths.results("alpha") / f"{INVENTORY}.html").read_text()
    assert not paths.unfinished().exists()


def test_a_person_at_a_terminal_sees_how_far_it_is_what_runs_and_how_long_is_left(shop: Path):
    for notebook_file in (shop / "work" / "notebooks").iterdir():
        notebook_file.write_text(BROKEN)
    there, here = pty.openpty()
    fcntl.ioctl(here, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))

    with started(shop, stderr=here) as process:
        os.close(here)
        shown = b"".join(iter(lambda: read_terminal(there), b"")).decode()
        out, _ = process.communicate(timeout=60)
    os.close(there)

    assert process.returncode == 1
    assert "4 pages: 0 made, 0 current, 4 failed" in out
    assert re.search(rf"0/4 \[\d\d:\d\d<[?\d].*alpha {INVENTORY}; alpha {REVIEW} and 1 more", shown)
    assert shown.count(f"FAILED alpha {INVENTORY}") == 2


def read_terminal(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except OSError:  # whoever wrote has gone
        return b""


def test_nothing_is_begun_any_more_once_it_is_to_stop(work: Path):
    save_row(work)
    before = files(work / "home")

    made = batch("alpha", "beta", heard=Heard(lambda: True))

    assert made.stopped
    assert {one.status for one in made.outcomes} == {"failed"}
    assert {one.stopped for one in made.outcomes} == {True}
    assert files(work / "home") == before


def test_a_signal_to_stop_is_noted_and_one_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            os.kill(os.getpid(), signal.SIGHUP)  # as under nohup
            assert interrupts.number == 0
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)
            assert interrupts.number == signal.SIGTERM
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(("old", "new"), [("kept", "forged"), ('"ok": true', '"ok": false'), ("{", "")])
def test_a_page_that_was_kept_aside_counts_only_as_it_was_made_and_for_the_same_state(work: Path, old: str, new: str):
    save_row(work)
    report = read("alpha", {}, find_pages([], "internal"))
    file = paths.unfinished() / "alpha" / f"{REVIEW}.json"
    assert unfinished.keep(report, MadePage(PageRun(REVIEW, True), "<p>kept</p>", "{}"))
    assert [one.html for one in unfinished.ready(report, report.made_from)] == ["<p>kept</p>"]

    earlier = read("alpha", {"as_of": "r1"}, find_pages([], "internal"))
    file_before = file.read_text()
    assert unfinished.ready(earlier, earlier.made_from) == []
    assert not file.exists()

    file.write_text(file_before.replace(old, new, 1))
    assert unfinished.ready(report, report.made_from) == []
    assert not file.exists()


def test_two_batches_at_once_leave_whole_reports(work: Path):
    page(work / "n", REVIEW, "print('review of', engagement, 'again')", "## Deep")

    with ThreadPoolExecutor(2) as both:
        made = [one.result() for one in [both.submit(batch, "alpha", jobs=1) for _ in range(2)]]

    assert [one.exit_code for one in made] == [0, 0]
    assert stale() == set()
    folder = paths.results("alpha")
    noted = json.loads((folder / "manifest.json").read_text())["files"]
    assert {name: digest(folder / name) for name in noted} == noted
    assert set(files(folder)) == {*noted, "manifest.json"}


# the command ----------------------------------------------------------------------------------------------------------


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["batch", *arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["alhpa", "alpha", "betta"], r"'alhpa'. Did you mean alpha\? .*'betta'. Did you mean beta\?"),
        (["--all", "--page", "03_control_revue"], "Did you mean 03_control_review"),
        (["--all", "--as-of", "soon"], "as_of 'soon'"),
        ([], "Name the engagements, or give --all"),
        (["alpha", "--all"], "not both"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_runs(work: Path, arguments: list[str], words: str):
    before = files(work / "home")

    result = run(*arguments, code=2)

    assert re.search(words, result.stderr)
    assert result.stdout == ""
    assert files(work / "home") == before


def test_an_empty_workspace_says_how_to_begin():
    assert "workbook new NAME" in run("--all", code=2).stderr
    assert not paths.home().exists()


def test_a_script_reads_each_page_and_a_person_the_sum(work: Path):
    (work / "n" / f"{REVIEW}.ipynb").write_text(BROKEN)

    told = json.loads(run("beta", "--json", code=1).stdout)
    assert [set(one) for one in told] == [{"engagement", "page", "status", "cell", "reason", "seconds"}] * 2
    assert [(one["page"], one["status"]) for one in told] == [(INVENTORY, "current"), (REVIEW, "failed")]

    shown = run("--all", code=1)
    assert re.search(r"^alpha +0 +1 +1 +/.*/alpha/index.html$", shown.stdout, re.MULTILINE)
    assert re.search(rf"^FAILED beta {REVIEW}: {REVIEW}.ipynb is no notebook", shown.stdout, re.MULTILINE)
    assert "4 pages: 0 made, 2 current, 2 failed" in shown.stdout
    assert f"FAILED alpha {REVIEW}" in shown.stderr
    assert "it is tried once more" in shown.stderr

    assert [one["page"] for one in json.loads(run("beta", "beta", "--page", INVENTORY, "--json").stdout)] == [INVENTORY]
