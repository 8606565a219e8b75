"""How quickly pages are made: one engagement from a cold shell, one warm page, a portfolio; each beside its yardstick.

`python -m tests.benchmarks.pages 20 40 80` makes portfolios of so many engagements; `make bench` one of two.
"""

import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from tests.conftest import ROOT
from workbook.audit import get_ready_to_show
from workbook.exchange.demo import load_demo
from workbook.model import Person
from workbook.report import Frame, check, page_html, read_page, run_page

Row = Callable[..., None]
BIN = Path(sys.executable).parent
PAGES = sorted((ROOT / "notebooks").glob("0[0-9]_*.ipynb"))
ROUNDS = 3
PEER = (
    "out={out}/$1-$(basename $0); {bin}/papermill --no-progress-bar $0 $out -p engagement $1 >/dev/null 2>&1 "
    "&& {bin}/jupyter nbconvert --to html --no-input $out >/dev/null 2>&1"
)


@dataclass(frozen=True)
class Took:
    """Seconds of a command: by the clock and of processors, its children's with it; and its largest process in MB."""

    wall: float
    processor: float
    memory: float

    def __str__(self) -> str:
        return f"{self.wall:.1f} s ({self.processor:.1f} s of processor)"


def run(*command: str | Path) -> Took:
    """A command of a shell, run to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return Took(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def peer(room: Path, engagements: Sequence[str], side_by_side: int) -> Took:
    """The loop of a shell over all pages of these engagements: papermill, then nbconvert."""
    one = PEER.format(out=shlex.quote(str(room)), bin=shlex.quote(str(BIN)))
    pages = "\n".join(f"{page} {name}" for name in engagements for page in PAGES)
    (room / "pages").write_text(pages)
    return run("bash", "-c", f"xargs -P {side_by_side} -L 1 bash -c {shlex.quote(one)} < {room / 'pages'}")


def measure(room: Path, row: Row, sizes: Sequence[int] = (2,)) -> None:
    """All of it, in the workspace that WORKBOOK_HOME names, with the demo engagement in it."""
    room = Path(tempfile.mkdtemp(dir=room))
    _cold(room, row)
    _warm(row)
    for size in sizes:
        _portfolio(room, row, size, beside=size == sizes[0])


def _cold(room: Path, row: Row) -> None:
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(run(BIN / "workbook", "report", "demo"))
        theirs.append(peer(room, ["demo"], 1))
    mine, loop = (min(took, key=lambda one: one.wall) for took in (ours, theirs))
    row(f"report of the demo, {len(PAGES)} pages, from a cold shell (best of {ROUNDS})", str(mine),
        f"papermill, then nbconvert, page by page: {loop}; {loop.wall / mine.wall:.1f} times")  # fmt: skip


def _warm(row: Row) -> None:
    """Each page in a forked kernel and made into HTML, against its cells in this process and the same HTML."""
    get_ready_to_show()
    ours, theirs = [], []
    for page in PAGES:
        mine, cells = [], []
        for _ in range(ROUNDS + 1):  # the first also starts the warm parent, or imports what the cells need
            start = time.perf_counter()
            made = run_page(page, check(read_page(page), {"engagement": "demo"}))
            assert made.run.ok, made.run.reason
            html = page_html(made.notebook, Frame(page.stem))  # type: ignore[arg-type]
            mine.append(time.perf_counter() - start)
            start = time.perf_counter()
            _in_process(page)
            assert page_html(made.notebook, Frame(page.stem)) == html  # type: ignore[arg-type]
            cells.append(time.perf_counter() - start)
        ours.append(statistics.median(mine[1:]))
        theirs.append(statistics.median(cells[1:]))
    row(f"one warm page, from its notebook to its HTML (mean of {len(PAGES)} pages, median of {ROUNDS} each)",
        f"{statistics.mean(ours):.2f} s",
        f"its cells in one process that has imported all, and the same HTML: {statistics.mean(theirs):.2f} s; "
        f"{statistics.mean(ours) / statistics.mean(theirs):.1f} times")  # fmt: skip


def _in_process(page: Path) -> None:
    shell, folder = InteractiveShell.instance(), Path.cwd()
    os.chdir(page.parent)
    for cell in nbformat.read(page, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and "not-in-report" not in tags:
            with capture_output():
                shell.run_cell(cell.source, store_history=False).raise_error()
                if "parameters" in tags:
                    shell.user_ns["engagement"] = "demo"
    os.chdir(folder)


def _portfolio(room: Path, row: Row, size: int, *, beside: bool) -> None:
    names = [f"of-{size}-{number}" for number in range(size)]  # none is there yet, or it would be current
    for name in names:
        load_demo(Person("bench"), lambda _: None, name)
    ours = run(BIN / "workbook", "batch", *names, "--jobs", "2")
    mine = ours.wall / size / len(PAGES)
    said = ""
    if beside:  # two engagements tell what one page takes
        loop = peer(room, names[:2], 2).wall / len(names[:2]) / len(PAGES)
        said = f"papermill, then nbconvert, likewise: {loop:.2f} s a page; {loop / mine:.1f} times"
    row(f"{size} engagements, {size * len(PAGES)} pages, 2 at a time",
        f"{ours}, {mine:.2f} s a page, its largest process {ours.memory:.0f} MB", said)  # fmt: skip


def main(sizes: Sequence[str]) -> None:
    """Print the rows for portfolios of these sizes."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBOOK_HOME"] = str(Path(folder) / "home")
        load_demo(Person("bench"), print)
        show: Any = lambda *cells: print("|", " | ".join(cells), "|", flush=True)  # noqa: E731
        measure(Path(folder), show, [int(size) for size in sizes])


if __name__ == "__main__":
    main(sys.argv[1:])
