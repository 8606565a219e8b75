"""`python -m workbook.warm SOCKET FOLDER NAME …`: imports what is named, in FOLDER, and then forks kernels on request.

A name is a module, or `module:function` of a function to call. The process has one thread and opens nothing, so that a
fork of it is as good as a new process. When the socket closes, it ends every kernel that still runs, and itself.
"""

import builtins
import gc
import importlib.util
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

LAUNCHER = "ipykernel_launcher"


class Kernels:
    """The kernels that run, each with the line through which it was asked for."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.lines: dict[int, socket.socket] = {}
        self.woken, self.waker = os.pipe()
        os.set_blocking(self.waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(control, selectors.EVENT_READ)
        self.waiting.register(self.woken, selectors.EVENT_READ)

    def serve(self) -> tuple[dict[str, Any], socket.socket] | None:
        """Fork for each request until nobody asks any more; returns the request in each fork, and None in the end."""
        while True:
            for key, _ in self.waiting.select():
                if key.fileobj is self.control:
                    line = _received(self.control)
                    if line is None:
                        self.end()
                        return None
                    if asked := self.fork(line):
                        return asked
                elif key.fileobj == self.woken:
                    os.read(self.woken, 4096)
                    self.reap()
                else:  # nobody listens to this kernel any more
                    self.waiting.unregister(key.fileobj)
                    _kill(key.data)

    def fork(self, line: socket.socket) -> tuple[dict[str, Any], socket.socket] | None:
        """A fork for what is asked through `line`; returns that in the fork alone."""
        try:
            with line.makefile("rb") as reader:
                asked: dict[str, Any] = json.loads(reader.readline())
        except ValueError:  # whoever asked is gone again
            line.close()
            return None
        pid = os.fork()
        if pid == 0:
            self.leave()
            return asked, line
        with suppress(OSError):
            line.sendall(b'{"pid": %d}\n' % pid)
        self.lines[pid] = line
        self.waiting.register(line, selectors.EVENT_READ, pid)
        return None

    def leave(self) -> None:
        """In a fork: give up everything that belongs to the parent."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.waiting.close()
        for one in (self.control, *self.lines.values()):
            one.close()
        for end in (self.woken, self.waker):
            os.close(end)

    def reap(self) -> None:
        """Tell of each kernel that has ended how it did."""
        while self.lines:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            line = self.lines.pop(pid)
            with suppress(KeyError):
                self.waiting.unregister(line)
            with suppress(OSError):
                line.sendall(b'{"code": %d}\n' % os.waitstatus_to_exitcode(status))
            line.close()

    def end(self) -> None:
        """Kill every kernel that still runs."""
        for pid in self.lines:
            _kill(pid)


def _received(control: socket.socket) -> socket.socket | None:
    """The line through which the next kernel is asked for; None when nobody asks any more."""
    found, fds, _, _ = socket.recv_fds(control, 1, 1)
    return socket.socket(fileno=fds[0]) if found else None


def _kill(pid: int) -> None:
    """Kill a kernel and what it started in its session."""
    for kill in (os.killpg, os.kill):
        with suppress(OSError):
            kill(pid, signal.SIGKILL)


class _AsInAKernel:
    """What `get_ipython()` gives: some packages ask while they are imported whether they are in a kernel."""

    kernel = None


def _get_ready(names: list[str]) -> None:
    """Import what is named; what cannot be imported is told by the cell that needs it."""
    builtins.get_ipython = _AsInAKernel  # type: ignore[attr-defined]
    for name in names:
        with suppress(Exception):
            found = pkgutil.resolve_name(name)
            if callable(found):
                found()
    del builtins.get_ipython  # type: ignore[attr-defined]
    gc.collect()
    gc.freeze()


def _has_one_thread() -> bool:
    tasks = Path("/proc/self/task")
    return threading.active_count() == 1 and (not tasks.is_dir() or len(list(tasks.iterdir())) == 1)


def _become_kernel(asked: dict[str, Any], line: socket.socket, added: dict[str, str]) -> None:
    """What `python -m ipykernel_launcher` does, with its arguments, in its folder, in its environment.

    `added` is what imports put into the environment.
    """
    from ipykernel.kernelapp import IPKernelApp

    os.environ.clear()
    os.environ.update(added | asked["environment"])
    time.tzset()
    if asked["quiet"]:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
    os.chdir(asked["folder"])
    launcher = importlib.util.find_spec(LAUNCHER)
    sys.argv = [launcher.origin or LAUNCHER if launcher else LAUNCHER, *asked["arguments"]]
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()  # Python's own generator begins anew in a fork, NumPy's would go on the same in each
    # it ends when its parent does, and looks for modules in its folder where it would without -P
    app = IPKernelApp.instance(parent_handle=os.getppid(), ignore_cwd=asked["safe_path"])
    app.initialize(asked["arguments"])
    with line:
        line.sendall(b'{"ready": true}\n')
    app.start()


def main() -> int | None:
    """Serve until the socket closes; 1 where a fork would not be safe."""
    control = socket.socket(fileno=int(sys.argv[1]))
    if Path(sys.path[0]) == Path.cwd():  # as ipykernel_launcher does it
        del sys.path[0]
    os.chdir(sys.argv[2])
    before = dict(os.environ)
    _get_ready(sys.argv[3:])
    if not _has_one_thread():
        return 1
    if asked := Kernels(control).serve():
        _become_kernel(*asked, {name: value for name, value in os.environ.items() if before.get(name) != value})
    return None


if __name__ == "__main__":
    sys.exit(main())
