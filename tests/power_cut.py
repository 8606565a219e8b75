"""A disk whose power can be cut: writes reach it only when they are synced, the rest in part or not at all.

The record's own statements run on it (tables, triggers, settings, insert, hash), through apsw, whose SQLite asks a
Python class for every read and write. What the model assumes, and where it is kinder than some disks:

- Of a file, what xSync made durable survives. Of later writes and truncations any subset may survive, in sectors of
  512 bytes, with a chance of 0, 0.5 or 0.9 each; the cut can come at every write, truncation, sync and deletion.
- A new file's name survives once a journal beside it was synced for the first time (SQLite's Unix layer then syncs the
  folder). A deletion survives once its folder was synced; without that the file may come back.
- The disk does not lie about syncing, and a sector is written whole.
"""

import json
import random
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw
import rfc8785

from workbook.ledger import chain, schema
from workbook.ledger.database import apply_pragmas
from workbook.ledger.verify import Verdict, Walk
from workbook.model import ERASED, Draft, Person

SECTOR = 512
LAST = 500  # the latest write, sync or deletion at which the power is cut
ANN = Person("Ann")
NAME = "record.db"


class PowerCut(Exception):
    """The power went; nothing more reaches the disk."""


@dataclass
class Disk:
    """What is durable of each file, what is under way to it, and when the power goes."""

    cut_at: int
    durable: dict[str, bytearray] = field(default_factory=dict)
    under_way: dict[str, list[tuple[int, bytes | None]]] = field(default_factory=dict)  # None: truncate to there
    deleted: dict[str, tuple[bytearray, list[tuple[int, bytes | None]]]] = field(default_factory=dict)
    steps: int = 0

    def step(self) -> None:
        """One more call that changes the disk; raises PowerCut when it is the one, and ever after."""
        self.steps += 1
        if self.steps >= self.cut_at:
            raise PowerCut

    def survivors(self, chance: float, rng: random.Random) -> dict[str, bytes]:
        """What is on the disk when the power is back."""
        for name, changes in self.under_way.items():
            put(self.durable[name], changes, chance, rng)
        back = {name: image for name, (image, _) in self.deleted.items() if rng.random() < 0.5}
        return {name: bytes(image) for name, image in {**self.durable, **back}.items()}


def put(image: bytearray, changes: list[tuple[int, bytes | None]], chance: float, rng: random.Random) -> None:
    """Let each sector of `changes` reach `image` with this chance."""
    for offset, data in changes:
        if data is None:
            if rng.random() < chance:
                del image[offset:]
            continue
        for start in range(0, len(data), SECTOR):
            if rng.random() < chance:
                piece, at = data[start : start + SECTOR], offset + start
                image.extend(bytes(max(0, at + len(piece) - len(image))))
                image[at : at + len(piece)] = piece


class DiskFile(apsw.VFSFile):
    """A file on the disk in `Power`; SQLite reads it as if nothing were ever lost."""

    def __init__(self, power: "Power", name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = power.disk
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name
        self._new = self._name not in self._disk.durable
        self._disk.durable.setdefault(self._name, bytearray())
        self._disk.under_way.setdefault(self._name, [])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.step()
        super().xWrite(data, offset)
        self._disk.under_way[self._name].append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self._disk.step()
        super().xTruncate(size)
        self._disk.under_way[self._name].append((size, None))

    def xSync(self, flags: int) -> None:  # noqa: ARG002 - SQLite passes it
        self._disk.step()
        put(self._disk.durable[self._name], self._disk.under_way[self._name], 1.0, random.Random(0))
        self._disk.under_way[self._name].clear()
        if self._new and self._name.endswith("-journal"):
            self._disk.deleted.clear()  # its first sync syncs the folder, too
            self._new = False


class Power(apsw.VFS):
    """The file system of the trial; `disk` is plugged in for each cut."""

    def __init__(self) -> None:
        super().__init__("power", "")
        self.disk = Disk(0)

    def xOpen(self, name: Any, flags: list[int]) -> DiskFile:
        return DiskFile(self, name, flags)

    def xDelete(self, name: str, sync_folder: int) -> None:
        self.disk.step()
        super().xDelete(name, sync_folder)
        own = Path(name).name
        gone = self.disk.durable.pop(own), self.disk.under_way.pop(own)
        if sync_folder:
            self.disk.deleted.pop(own, None)
        else:
            self.disk.deleted[own] = gone


def runner(connection: apsw.Connection) -> Callable[[str, Mapping[str, Any] | None], Any]:
    """`run(sql, values)` of the ledger's own helpers, on apsw."""
    return lambda sql, values=None: connection.execute(sql, values) if values else connection.execute(sql)


def make(connection: apsw.Connection, settings: Mapping[str, str | int]) -> None:
    """The record's settings and tables, with `settings` changed for a control."""
    apply_pragmas(connection.execute, 0)
    for name, value in settings.items():
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
    for number in range(1, schema.VERSION + 1):
        connection.execute("BEGIN IMMEDIATE")
        schema.migrate(runner(connection), "sqlite", number, "2026-01-01T00:00:00.000000Z")
        connection.execute("COMMIT")


def save(connection: apsw.Connection, number: int, prev: str, text: str) -> str:
    """One revision in a transaction of its own, as the ledger writes it; its hash, once it is acknowledged."""
    place = chain.Place("demo", number, 1, "2026-01-01T00:00:00.000000Z", prev)
    row = chain.seal(place, Draft("answer", f"ac-{number}", {"rationale": text}, id=str(number)), ANN)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(schema.INSERT, row)
    connection.execute("COMMIT")
    return str(row["hash"])


def erase(connection: apsw.Connection, number: int, prev: str) -> str:
    """Erase the text of the revision before, as the ledger does, under `number`; the hash of what records it."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("PRAGMA secure_delete = ON").fetchall()
    connection.execute(schema.UNGUARD["sqlite"])
    [[payload]] = connection.execute("SELECT payload FROM revision WHERE number = ?", (number - 1,))
    left = rfc8785.dumps({**json.loads(payload), "body": {"rationale": ERASED}})
    connection.execute("UPDATE revision SET payload = ? WHERE number = ?", (left, number - 1))
    connection.execute(schema.NO_CHANGE["sqlite"])
    body = {"revisions": {str(number - 1): sha256(left).hexdigest()}}
    place = chain.Place("demo", number, 1, "2026-01-01T00:00:00.000000Z", prev)
    row = chain.seal(place, Draft("erasure", f"ER-{number}", body, id=str(number)), ANN)
    connection.execute(schema.INSERT, row)
    connection.execute("COMMIT")
    return str(row["hash"])


def saves_until_the_cut(folder: Path, power: Power, settings: Mapping[str, str | int], rng: random.Random) -> int:
    """Save until the power goes; how many saves were acknowledged."""
    connection, saved, prev = None, 0, ""
    try:
        connection = apsw.Connection(str(folder / NAME), vfs="power")
        make(connection, settings)
        while True:
            if saved % 4 == 3:
                prev = erase(connection, saved + 1, prev)
            else:
                prev = save(connection, saved + 1, prev, rng.choice(["short", "x" * 3000, "y" * 9000]))
            saved += 1
    except (PowerCut, apsw.Error):
        return saved
    finally:
        power.disk.cut_at = 0
        try:
            if connection:
                connection.close(True)
        except (PowerCut, apsw.Error):
            pass  # it wants to roll back, without power


def read_back(folder: Path) -> Verdict | None:
    """What the record's own verification says when the power is back; None if there are no tables."""
    connection = apsw.Connection(str(folder / NAME))
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'revision'").fetchall():
            return None
        [[state]] = connection.execute("PRAGMA integrity_check(1)").fetchall()
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'revision_no_update'").fetchall():
            state = "the trigger that an erasure takes away did not come back"
        columns = ("seq", *chain.COLUMNS)
        rows = connection.execute(
            f"SELECT {', '.join(columns)} FROM revision WHERE engagement = 'demo' ORDER BY number"
        )
        found = Walk(left=left_by(connection)).along(rows)
        return found if state == "ok" else Verdict(False, 0, found.head, None, state)
    except (apsw.Error, ValueError, KeyError, TypeError) as error:
        return Verdict(False, 0, Walk().head, None, str(error))
    finally:
        connection.close()


def left_by(connection: apsw.Connection) -> dict[int, str]:
    """What the erasures left of the revisions that they name."""
    found = connection.execute("SELECT payload FROM revision WHERE kind = 'erasure'")
    erasures = [json.loads(payload) for (payload,) in found]
    return {int(n): digest for one in erasures for n, digest in one["body"]["revisions"].items()}


@dataclass
class Outcome:
    """What many cuts did."""

    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    damaged: int = 0


def cuts(
    power: Power, at: range, settings: Mapping[str, str | int], look: Callable[[Path], None] = lambda _: None
) -> Outcome:
    """Cut the power once at each step in `at` (again from the first after LAST); `look` sees what each one left."""
    outcome = Outcome()
    for step in at:
        rng = random.Random(step)
        power.disk = Disk(1 + step % LAST)
        with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as scratch:
            before, after = Path(scratch, "before"), Path(scratch, "after")
            before.mkdir()
            after.mkdir()
            saved = saves_until_the_cut(before, power, settings, rng)
            for name, image in power.disk.survivors(rng.choice([0, 0.5, 0.9]), rng).items():
                (after / name).write_bytes(image)
            look(after)
            found = read_back(after)
        outcome.cuts += 1
        outcome.acknowledged += saved
        outcome.lost += max(0, saved - (found.revisions if found else 0))
        outcome.damaged += bool(found and not found.ok)
    return outcome
