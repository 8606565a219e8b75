"""Saves evidence and answers for as long as it lives, in processes that are killed: `python -m tests.kill_worker`.

Imports are paid for once: each process that is killed is a fork of this one. Two of them at a time work on one record.
What a process says it saved goes through a pipe and into a file, one line per save, for the test to compare.
"""

import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from workbook.ledger import Ledger
from workbook.model import Draft, Evidence, Person
from workbook.vault import Vault

ENGAGEMENT = "demo"
WHO = Person("Killed while saving")


def opened(folder: Path) -> Callable[[str, bytes], str]:
    """`save(key, content)` on the record in `folder`: an evidence file and the answer that names it; its hash."""
    ledger = Ledger.open(f"sqlite:///{folder / 'work book.db'}")
    vault = Vault(folder / "evidence")

    def save(key: str, content: bytes) -> str:
        stored = vault.add_bytes(f"{key}.txt", [content])
        evidence = Evidence(name=stored.name, sha256=stored.sha256, size=stored.size, media_type=stored.media_type)
        answer = {"rationale": key, "evidence": [key]}
        drafts = [Draft("evidence", key, evidence.body()), Draft("answer", key, answer)]
        return ledger.append(ENGAGEMENT, drafts, WHO)[-1].hash

    return save


def work(folder: Path, name: str, pipe: int) -> None:
    """Save until killed, and acknowledge each save after it returned."""
    rng = random.Random(name)
    save = opened(folder)
    for n in range(100_000):
        key = f"{name}-{n}"
        done = save(key, rng.randbytes(rng.choice([40, 4_000, 60_000])))
        os.write(pipe, f"{key} {done}\n".encode())


def started(folder: Path, name: str) -> tuple[int, int]:
    """A process that works: its id, and where to read what it acknowledges."""
    here, there = os.pipe()
    if pid := os.fork():
        os.close(there)
        return pid, here
    try:
        os.close(here)
        work(folder, name, there)
    finally:
        os._exit(1)  # only if saving failed: then it was not killed


def killed(pid: int, pipe: int) -> str:
    """Kill the process without warning; what it had acknowledged."""
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    with closing(os.fdopen(pipe)) as acknowledged:
        said = acknowledged.read()
    if not os.WIFSIGNALED(status):
        sys.exit("A process ended by itself; saving failed:\n" + said)
    return said


def main(folder: Path, kills: int, seed: int) -> None:
    """Kill `kills` processes, two at a time, and write what they acknowledged to `acknowledged.txt`."""
    rng = random.Random(seed)
    with (folder / "acknowledged.txt").open("w") as acknowledged:
        for n in range(0, kills, 2):
            early, late = started(folder, f"p{n}"), started(folder, f"p{n + 1}")
            time.sleep(rng.uniform(0, 0.08))
            acknowledged.write(killed(*early))
            select.select([late[1]], [], [], 60)  # on a slow machine, too, half of them get to save something
            time.sleep(rng.uniform(0, 0.08))
            acknowledged.write(killed(*late))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
