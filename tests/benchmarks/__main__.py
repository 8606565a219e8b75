"""Runs every measurement against its yardstick, in one go, and prints a Markdown table."""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from tests.benchmarks import forms, pages, scale, writers

ROWS: list[tuple[str, str, str]] = []


def row(what: str, ours: str, yardstick: str = "") -> None:
    """One measured line, said at once."""
    ROWS.append((what, ours, yardstick))
    print(f"| {what} | {ours} | {yardstick} |", flush=True)


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds since the block began."""
    start = time.perf_counter()
    yield lambda: time.perf_counter() - start


def record(room: Path) -> None:
    """Saving and verifying, against plain SQLite with its defaults."""
    import sqlite3

    from workbook.ledger import Ledger
    from workbook.model import Draft, Person

    ledger, who = Ledger.open(f"sqlite:///{room / 'speed.db'}"), Person("bench")
    plain = sqlite3.connect(room / "plain.db")
    plain.execute("create table t (n integer primary key, body text)")
    ours, theirs = [], []
    for i in range(300):
        with stopwatch() as ours_took:
            ledger.append("speed", [Draft("answer", f"q{i}", {"rationale": "x" * 300})], who)
            ours.append(ours_took())
        with stopwatch() as theirs_took:
            plain.execute("insert into t (body) values (?)", ("x" * 300,))
            plain.commit()
            theirs.append(theirs_took())
    row("one save, durable, chained and read back (median)", f"{1000 * statistics.median(ours):.1f} ms",
        f"SQLite's default insert: {1000 * statistics.median(theirs):.1f} ms")  # fmt: skip
    ledger.append("big", [Draft("answer", f"q{i}", {"rationale": "x" * 300}) for i in range(10_000)], who)
    with stopwatch() as took:
        assert ledger.verify("big").ok
        row("verify 10,000 revisions", f"{took():.2f} s")
    ledger.close()
    plain.close()


def demo() -> None:
    """Loading the demo; and one page's HTML against nbconvert's own."""
    from workbook import paths
    from workbook.exchange.demo import load_demo
    from workbook.model import Person
    from workbook.report import make

    with stopwatch() as took:
        load_demo(Person("bench"), print)
        row("import of the demo engagement", f"{took():.1f} s")
    run = make("demo", {})
    assert run.exit_code == 0
    page = paths.results("demo") / "03_control_review.html"
    executed = next(paths.results("demo").rglob("03_control_review.ipynb"))
    stock, _ = HTMLExporter().from_notebook_node(nbformat.read(executed, as_version=4))
    theirs = f"{len(stock.encode()) / 1000:.0f} kB, {stock.count('https://cdnjs')} addresses of a CDN"
    row("control review as HTML", f"{page.stat().st_size / 1000:.0f} kB, 0 requests", f"nbconvert's own page: {theirs}")


def exchange(room: Path) -> None:
    """Taking the demo out; ten thousand rows out and in again, against openpyxl reading the same file."""
    import openpyxl

    from workbook.exchange import export, imports
    from workbook.model import Draft
    from workbook.workspace import open_store

    store = open_store("demo")
    with stopwatch() as took:
        export.save(export.make(store, "xlsx"), room / "demo.xlsx")
        row("export of the demo as XLSX", f"{took():.1f} s")
    store.save([Draft("assets", f"AS-{n:05}", _asset(n)) for n in range(10_000)])
    with stopwatch() as took:
        export.save(export.make(store, "xlsx", ["assets"]), room / "assets.xlsx")
        row("export of 10,000 rows as XLSX", f"{took():.1f} s")
    with stopwatch() as took:
        for cells in openpyxl.load_workbook(room / "assets.xlsx", read_only=True)["Other ML assets"].values:
            assert cells
        theirs = took()
    with stopwatch() as took:
        assert imports.plan(store, room / "assets.xlsx").drafts == []
        row("import of these rows, nothing to change", f"{took():.1f} s", f"openpyxl reads its cells: {theirs:.1f} s")
    store.ledger.close()


def _asset(number: int) -> dict[str, str]:
    return {"name": f"Notebook {number}", "kind": "feature or training code", "owner": "ML platform lead",
            "classification": "internal", "location": "Git repository notebooks"}  # fmt: skip


def main() -> None:
    """Measure everything in a workspace of its own."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| what | measured | yardstick in the same run |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        os.environ["WORKBOOK_HOME"] = str(room / "home")
        record(room)
        demo()
        pages.measure(room, row)
        exchange(room)
        forms.measure(room, row)
        writers.measure(room, row)
        scale.measure(room, row)


if __name__ == "__main__":
    sys.exit(main())
