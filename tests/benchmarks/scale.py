"""The ledger at scale: saving, opening and verifying, each against plain sqlite3 and hashlib in the same run, by turns.

By hand, with a million revisions: python -m tests.benchmarks.scale [revisions]
"""

import json
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from workbook import catalog
from workbook.ledger import Ledger, chain, schema
from workbook.ledger.database import apply_pragmas
from workbook.ledger.paging import pages
from workbook.ledger.verify import Walk
from workbook.model import Answer, Draft, Engagement, Person, Result
from workbook.store import Store
from workbook.vault import Vault

MILLION, SMALL = 1_000_000, 20_000
SAVES, OPENINGS = 400, 15
ANSWERS, ROWS = 200, 500
PEOPLE = [f"Person {n}" for n in range(5)]
CATALOG = catalog.load(Path(__file__).parents[2] / "checklists")
Row = Callable[[str, str, str], None]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def state() -> list[tuple[str, str, dict[str, object]]]:
    """What an engagement of some size holds: kind, key and body of each thing."""
    questions = [q.id for q in CATALOG.questions.values() if q.per == "system"]
    slots = [(q, f"SYS-{n:03}") for n in range(1, 30) for q in questions][:ANSWERS]
    systems = sorted({system for _, system in slots})
    text = "The pipeline's account deploys; two people may approve, and each approval is logged. " * 3
    found = [("engagement", "engagement", Engagement(title="ISMS audit", organisation="Northlight Credit").body())]
    found += [("systems", key, {"name": f"System {key}", "owner": "Credit lead"}) for key in systems]
    found += [("assets", f"AS-{n:05}", _asset(n)) for n in range(ROWS - len(systems))]
    for question, system in slots:
        answer = Answer(question=question, system=system, result=Result.PARTIAL, rationale=text, owner="Credit lead")
        found.append(("answer", answer.key, answer.body()))
    return found


def _asset(number: int) -> dict[str, object]:
    return {"name": f"Notebook {number}", "kind": "feature or training code", "owner": "ML platform lead",
            "classification": "internal", "location": "Git repository notebooks"}  # fmt: skip


def revisions(engagement: str, count: int) -> Iterator[dict[str, object]]:
    """`count` revisions in a proper chain, in which the same things are recorded again and again."""
    things, prev, versions = state(), chain.FIRST_PREV, {}
    for n in range(count):
        kind, key, body = things[n % len(things)]
        versions[kind, key] = version = versions.get((kind, key), 0) + 1
        header = {"id": str(uuid4()), "engagement": engagement, "number": n + 1, "kind": kind, "key": key,
                  "version": version, "actor": PEOPLE[n % 5], "part": "preparer",
                  "at": chain.stamp(BEGIN + timedelta(seconds=n))}  # fmt: skip
        whole = {**header, "body": body}  # all of it is text and small numbers: RFC 8785 is the same as sorted JSON
        payload = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        row = {**header, "payload": payload, "prev": prev, "hash": chain.digest(prev, payload)}
        prev = str(row["hash"])
        yield row


def fill(path: Path, engagement: str, count: int) -> None:
    """Put `count` revisions into the ledger at `path` in one go; what guards it is put aside meanwhile."""
    Ledger.open(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -600000")
        connection.execute("BEGIN")
        guard = next(s for s in schema.SQLITE if "revision_no_replace" in s)
        connection.execute("DROP TRIGGER revision_no_replace")
        connection.executemany(schema.INSERT, revisions(engagement, count))
        connection.execute(guard)
        connection.execute("COMMIT")


def opened(path: Path, engagement: str) -> Store:
    ledger = Ledger.open(f"sqlite:///{path}", heads=path.with_name("heads"))
    return Store(ledger, Vault(path.parent / "evidence"), CATALOG, engagement, Person(PEOPLE[0]))


class Watch:
    """Seconds on the wall and of the processor, of several things by turns."""

    def __init__(self) -> None:
        self.wall: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    def time(self, what: str, do: Callable[[], object]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        do()
        self.wall.setdefault(what, []).append(time.perf_counter() - wall)
        self.cpu.setdefault(what, []).append(time.process_time() - cpu)

    def said(self, what: str, unit: float = 1000, digits: int = 2) -> str:
        wall, cpu = (unit * statistics.median(found[what]) for found in (self.wall, self.cpu))
        return f"{wall:.{digits}f} {'ms' if unit == 1000 else 's'} ({cpu:.{digits}f} of the processor)"

    def times(self, one: str, other: str) -> str:
        wall, cpu = (statistics.median(f[one]) / statistics.median(f[other]) for f in (self.wall, self.cpu))
        return f"{wall:.2f} times ({cpu:.2f} of the processor)"


def save(room: Path, row: Row) -> None:
    """One durable append, against the same bytes into a bare table under the same pragmas."""
    ledger = Ledger.open(f"sqlite:///{room / 'save.db'}", heads=room / "save-heads")
    watch, body = Watch(), {"rationale": "x" * 300}
    with closing(sqlite3.connect(room / "plain.db", isolation_level=None)) as plain, closing(ledger):
        apply_pragmas(plain.execute, 30)
        plain.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, payload BLOB)")

        def theirs() -> None:
            plain.execute("BEGIN IMMEDIATE")
            plain.execute("INSERT INTO t (payload) VALUES (?)", (payload,))
            plain.execute("COMMIT")

        for n in range(SAVES):
            draft = Draft("answer", f"q{n}", body)
            place = chain.Place("speed", n + 1, 1, chain.stamp(BEGIN), "0" * 64)
            payload = chain.seal(place, draft, Person("bench"))["payload"]
            watch.time("ours", lambda draft=draft: ledger.append("speed", [draft], Person("bench")))
            watch.time("theirs", theirs)
    bare = f"bare insert, same pragmas and bytes: {watch.said('theirs')}; {watch.times('ours', 'theirs')}, goal 2"
    row(f"one save, durable, chained and read back (median of {SAVES})", watch.said("ours"), bare)


def open_record(room: Path, row: Row, count: int) -> None:
    """An engagement of some size opened in a store of `count` revisions, and alone in one."""
    for path in (room / "alone.db", room / "big.db"):
        fill(path, "own", len(state()))
    watch = Watch()
    places = {"alone": (room / "alone.db", "own"), "among": (room / "big.db", "own"), "long": (room / "big.db", "big")}

    def read(path: Path, engagement: str) -> None:
        with closing((store := opened(path, engagement)).ledger):
            assert len(store.record().answers) == ANSWERS

    for _ in range(OPENINGS):
        for what, (path, engagement) in places.items():
            watch.time(what, lambda path=path, engagement=engagement: read(path, engagement))
    alone = f"alone in a store: {watch.said('alone', digits=0)}; "
    size = f"{ANSWERS} answers, {ROWS} rows"
    row(f"open an engagement of {size} among {count:,} revisions of another (median of {OPENINGS})",
        watch.said("among", digits=0), f"{alone}{watch.times('among', 'alone')}, goal 1.5")  # fmt: skip
    row(f"open one of {size} that has {count:,} revisions itself", watch.said("long", digits=0),
        f"{alone}{watch.times('long', 'alone')}, goal 1.5")  # fmt: skip


def verify(room: Path, row: Row, count: int) -> None:
    """All of a long chain verified, against its bytes read by plain sqlite3 and hashed."""
    watch, walk = Watch(), Walk()
    _hash_all(room / "big.db", "big")  # so that neither reads from the disk
    with closing(opened(room / "big.db", "big").ledger) as ledger:
        before = _peak()
        watch.time("ours", lambda: ledger.verify("big").ok or sys.exit("it does not verify"))
        peak = _peak() - before
        watch.time("walk", lambda: all(not walk.take(one) for page in pages(ledger._base, "big") for one in page))
    watch.time("theirs", lambda: _hash_all(room / "big.db", "big"))
    watch.time("SQLite", lambda: _check_file(room / "big.db"))
    bare = f"read and hash the same bytes: {watch.said('theirs', 1, 1)}; {watch.times('ours', 'theirs')}, goal 3"
    row(f"verify {count:,} revisions", f"{watch.said('ours', 1, 1)}, {peak / 1024:.0f} MB more than before", bare)
    row("of that the walk along the chain alone", watch.said("walk", 1, 1), watch.times("walk", "theirs"))
    row("of that SQLite's own check of its file", watch.said("SQLite", 1, 1), watch.times("SQLite", "theirs"))


def _hash_all(path: Path, engagement: str) -> None:
    query = "SELECT prev, payload FROM revision WHERE engagement = ? ORDER BY number"
    with closing(sqlite3.connect(path)) as connection:
        for prev, payload in connection.execute(query, (engagement,)):
            sha256(prev.encode() + payload).hexdigest()


def _check_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA integrity_check(1)").fetchall()


def _peak() -> int:
    """The most memory that this process ever had, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(room: Path, row: Row, count: int = SMALL) -> None:
    """All of it, in a store of `count` revisions."""
    save(room, row)
    start = time.perf_counter()
    fill(room / "big.db", "big", count)
    row(f"a store of {count:,} revisions to try it on", f"{(room / 'big.db').stat().st_size / 1e6:.0f} MB",
        f"made in {time.perf_counter() - start:.0f} s; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    open_record(room, row, count)
    verify(room, row, count)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), lambda *cells: print(f"| {' | '.join(cells)} |", flush=True),
                int(sys.argv[1]) if len(sys.argv) > 1 else MILLION)  # fmt: skip
