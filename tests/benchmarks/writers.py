"""Sixteen people who save at once: how long each save takes and whether any is refused, on SQLite and PostgreSQL."""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text

from workbook import catalog
from workbook.errors import WorkbookError
from workbook.ledger import Ledger
from workbook.model import Answer, Engagement, Person, Result
from workbook.store import Store, create
from workbook.vault import Vault

WRITERS = 16
CATALOG = catalog.load(Path(__file__).parents[2] / "checklists")
PER_ENGAGEMENT = [q.id for q in CATALOG.questions.values() if q.per == "engagement"]
SERVER = os.environ.get("WORKBOOK_TEST_POSTGRES", "")


def opened(url: str, room: Path, writer: int) -> Store:
    """The engagement, as one of the writers has it open."""
    return Store(Ledger.open(url), Vault(room / "evidence"), CATALOG, "busy", Person(f"Writer {writer}"))


def add_row(store: Store, writer: int, n: int) -> None:
    """A new row of a register."""
    store.save_row("datasets", "", {"name": f"Set {writer}-{n}", "owner": "Data steward"}, 0)


def mixed(store: Store, writer: int, n: int) -> None:
    """By turns a row, an answer and a piece of evidence."""
    if n % 3 == 0:
        add_row(store, writer, n)
    elif n % 3 == 1:
        question = PER_ENGAGEMENT[writer]
        newest = store.ledger.get(store.name, "answer", question)
        text = f"Answered for the {n}th time"
        answer = Answer(question=question, result=Result.PARTIAL, rationale=text)
        store.save_answer(answer, newest.version if newest else 0)
    else:
        store.attach_bytes(f"{writer}-{n}.txt", [f"{writer} {n}".encode()])


SAVES: dict[str, Callable[[Store, int, int], None]] = {"rows": add_row, "mixed": mixed}


def write(url: str, room: Path, what: str, writer: int, count: int) -> tuple[list[float], int]:
    """One writer: the seconds that each of `count` saves took, and how many were refused."""
    store, took, refused = opened(url, room, writer), [], 0
    with closing(store.ledger):
        for n in range(count):
            start = time.perf_counter()
            try:
                SAVES[what](store, writer, n)
            except WorkbookError:
                refused += 1
            took.append(time.perf_counter() - start)
    return took, refused


def trial(url: str, room: Path, what: str, saves: int) -> tuple[str, int]:
    """`saves` saves by all writers together: how long they took, in words, and how many were refused."""
    with closing(Ledger.open(url)) as ledger:
        create(ledger, "busy", Engagement(title="Busy"), Person("bench"))
    start = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(WRITERS) as pool:
        work = [(url, room, what, writer, saves // WRITERS) for writer in range(WRITERS)]
        found = pool.starmap(write, work, chunksize=1)
    total = time.perf_counter() - start
    took = sorted(seconds for each, _ in found for seconds in each)
    refused = sum(count for _, count in found)
    with closing(Ledger.open(url)) as ledger:
        verdict = ledger.verify("busy")
    assert (verdict.ok, verdict.revisions) == (True, 1 + saves - refused)  # none forked, none lost
    p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
    words = (
        f"{total:.1f} s; one save p50 {1000 * p50:.0f} ms, p99 {1000 * p99:.0f} ms, at most {1000 * took[-1]:.0f} ms"
    )
    return words, refused


@contextmanager
def _address(database: str, place: Path) -> Iterator[str]:
    """A new ledger's address: a file in `place`, or a schema of its own on the server."""
    place.mkdir()
    if database == "SQLite":
        yield f"sqlite:///{place / 'busy.db'}"
        return
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    name = f"busy_{place.name}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
        yield f"{SERVER}{'&' if '?' in SERVER else '?'}options=-csearch_path%3D{name}"
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


def measure(room: Path, row: Callable[[str, str, str], None]) -> None:
    """Rows alone and all kinds mixed, a quarter, half and all of 60 saves for each writer."""
    for database in ["SQLite", *(["PostgreSQL"] if SERVER else [])]:
        for what in SAVES:
            for saves in (240, 480, 960):
                place = room / uuid4().hex
                with _address(database, place) as url:
                    words, refused = trial(url, place, what, saves)
                row(f"{saves} saves by {WRITERS} at once, {what}, {database}", words, f"{refused} refused")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), lambda *cells: print(f"| {' | '.join(cells)} |", flush=True))
