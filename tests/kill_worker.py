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
from contextlib import closing
from pathlib import Path

from workbook import catalog
from workbook.ledger import Ledger
from workbook.model import Answer, Engagement, Person, Revision
from workbook.store import Store, create
from workbook.vault import Vault

ENGAGEMENT = "demo"
WHO = Person("Killed while saving")


QUESTIONS = ("am-dev-tools", "am-rnd-documentation")  # one for each of the two processes that live at a time
CATALOG = catalog.load(Path(__file__).parents[1] / "checklists")


def opened(folder: Path) -> Store:
    """The engagement in `folder`, as a form or the command line has it open."""
    ledger = Ledger.open(f"sqlite:///{folder / 'work book.db'}")
    return Store(ledger, Vault(folder / "evidence", ledger=ledger.identity), CATALOG, ENGAGEMENT, WHO)


def save(store: Store, question: str, content: bytes) -> Revision:
    """An evidence file and the answer that names it, through the calls that every face of the workbook makes."""
    key, _ = store.attach_bytes(f"{question}.txt", [content])
    newest = store.ledger.get(ENGAGEMENT, "answer", question)
    answer = Answer(question=question, rationale=f"with {key}", evidence=(key,))
    return store.save_answer(answer, newest.version if newest else 0)


def work(folder: Path, name: str, pipe: int) -> None:
    """Save until killed, and acknowledge each save after it returned."""
    rng = random.Random(name)
    store, question = opened(folder), QUESTIONS[int(name[1:]) % 2]
    while True:
        done = save(store, question, rng.randbytes(rng.choice([40, 4_000, 60_000])))
        os.write(pipe, f"{done.number} {done.hash}\n".encode())


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
    with closing(Ledger.open(f"sqlite:///{folder / 'work book.db'}")) as ledger:
        create(ledger, ENGAGEMENT, Engagement(title="To be killed"), WHO)
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
