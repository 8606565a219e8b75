"""Runs a call as an ordinary user: root may write everywhere, which would make tests of missing rights pass unseen."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

NOBODY = 65534


def as_nobody(call: Callable[[], Any]) -> Any:
    """What `call` returns, or the text of what it raised, in a child process with an ordinary user's rights."""
    return in_a_child(call, _become_nobody)


def in_a_child(call: Callable[[], Any], prepare: Callable[[], None]) -> Any:
    """What `call` returns, or (class name, text) of what it raised, in a forked child after `prepare`."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_run, args=(call, prepare, there))
    child.start()
    there.close()
    try:
        return here.recv()
    finally:
        here.close()
        child.join()


def _run(call: Callable[[], Any], prepare: Callable[[], None], there: Connection) -> None:
    try:
        prepare()
        there.send(call())
    except Exception as error:
        there.send((type(error).__name__, str(error)))


def _become_nobody() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def small_files(most: int) -> None:
    """Let this process write no file beyond `most` bytes, as a full disk or a quota would."""
    import resource  # Unix only

    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
