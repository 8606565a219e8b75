"""The warm parent as whoever starts kernels sees it: one per process, begun when it is needed, gone when it is not.

Each kernel has a pair of sockets of its own: through it go what is asked, how far it is, and how it ended. A kernel
whose socket closes is killed, so nothing outlives the process that asked for it, however that one ends.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# one thread each, or importing them starts more, and a process with several threads cannot be forked safely
SETTLED = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
           "PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # fmt: skip
# what a kernel imports while it starts, and then what our pages do; anything else is imported by the cell that needs it
STACK = (
    "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib", "IPython.extensions.storemagic",
    "zmq.utils.garbage", "pandas.io.formats.html", "pandas.io.formats.string", "pandas.core.reshape.reshape", "tzdata",
    "importlib.readers", "sqlalchemy.dialects.sqlite", "pygraphviz", "workbook.audit:get_ready_to_show",
)  # fmt: skip
PLACE = Path(__file__).parents[2]  # where Python finds the package, and no file of somebody's that is called so
READY_SECONDS = 60
REQUEST = b"k"
PLAIN = "WORKBOOK_PLAIN_KERNELS"  # a variable; while it is set, each page starts a new process


class NotWarm(Exception):
    """No kernel can be forked: the system has no fork that is safe, or the warm parent is gone."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A kernel as `python -m ipykernel_launcher` would start it, with these arguments, in this folder and environment.

    `safe_path` stands for Python's -P; `quiet` where nobody reads what it writes to its own output.
    """

    arguments: Sequence[str]
    folder: str
    environment: dict[str, str]
    safe_path: bool = True
    quiet: bool = False


class Forked:
    """A kernel process as `subprocess.Popen` would show it; `returncode` is None while it runs."""

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket) -> None:
        self._line, self._heard = line, b""
        self.returncode: int | None = None
        self.pid = 0
        self.pid = int(self._told("pid", READY_SECONDS))

    def wait_until_ready(self) -> None:
        """Return once its sockets are bound; raises NotWarm where it ends before, or takes too long."""
        self._told("ready", READY_SECONDS)

    def _told(self, what: str, seconds: float) -> Any:
        """What the warm parent tells of this kernel under the name `what`."""
        while True:
            line = self._next(seconds)
            if line is None or "code" in line:
                self._ended(line)
                raise NotWarm("The kernel ended while it started.")
            if what in line:
                return line[what]

    def _ended(self, line: Mapping[str, int] | None) -> None:
        """Keep how it ended; where the warm parent is gone and cannot tell, see to it that it has."""
        if line is None and self.pid:
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        self.returncode = line["code"] if line else -signal.SIGKILL
        self._line.close()

    def _next(self, seconds: float | None) -> dict[str, Any] | None:
        """The next line that is told; None when nothing will be told any more; raises TimeoutError."""
        self._line.settimeout(seconds)
        while b"\n" not in self._heard:
            try:
                more = self._line.recv(4096)
            except (TimeoutError, BlockingIOError):
                raise TimeoutError("The warm parent does not answer.") from None
            except OSError:
                more = b""
            if not more:
                return None
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def poll(self) -> int | None:
        """How it ended, as Popen counts it; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; raises subprocess.TimeoutExpired."""
        while self.returncode is None:
            try:
                line = self._next(timeout)
            except TimeoutError:
                raise subprocess.TimeoutExpired("kernel", timeout or 0) from None
            if line is None or "code" in line:
                self._ended(line)
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send it a signal while it runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class WarmParent:
    """A process that has imported `modules`; started at once, asked when it is ready."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            os.set_inheritable(theirs.fileno(), True)
            command = [sys.executable, "-m", "workbook.warm", str(theirs.fileno()), str(Path.cwd()), *modules]
            # what Jupyter told this process about its own parent is not meant for others
            kept = {name: value for name, value in os.environ.items() if not name.startswith("JPY_")}
            self._process = subprocess.Popen(  # noqa: S603 - this Python, and names of our own
                command, stdin=subprocess.DEVNULL, env=kept | SETTLED, start_new_session=True, cwd=PLACE,
                pass_fds=[theirs.fileno()],
            )  # fmt: skip

    def fork(self, wanted: Wanted) -> Forked:
        """The kernel that is wanted; raises NotWarm."""
        line, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._ours, [REQUEST], [theirs.fileno()])
            line.sendall(json.dumps(asdict(wanted)).encode() + b"\n")
            kernel = Forked(line)
            kernel.wait_until_ready()
        except (OSError, NotWarm) as error:  # a TimeoutError is an OSError
            line.close()
            raise NotWarm(str(error)) from error
        return kernel

    def close(self) -> None:
        """End it, and every kernel that still runs."""
        self._ours.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_lock = threading.Lock()
_parents: dict[int, WarmParent] = {}  # by the process that started it: a fork of that one must not use it


def is_safe() -> bool:
    """Whether kernels can be forked here: not on Windows, and not on macOS, whose own libraries do not stand it.

    `WORKBOOK_PLAIN_KERNELS`, set to anything, says no.
    """
    return sys.platform not in ("win32", "darwin", "cygwin") and hasattr(os, "fork") and not os.environ.get(PLAIN)


def warm_parent() -> WarmParent:
    """The warm parent of this process, begun when it is first asked for; raises NotWarm.

    It gets ready while whoever asked goes on.
    """
    if not is_safe():
        raise NotWarm("This system has no fork that is safe.")
    with _lock:
        if os.getpid() not in _parents:
            try:
                _parents[os.getpid()] = WarmParent(STACK)
            except OSError as error:
                raise NotWarm(str(error)) from error
            atexit.register(close)
        return _parents[os.getpid()]


def get_warm() -> None:
    """Begin the warm parent, where there can be one, so that it imports what pages need while the caller does."""
    with suppress(NotWarm):
        warm_parent()


def close() -> None:
    """End the warm parent of this process, and every kernel of it that still runs."""
    with _lock:
        parent = _parents.pop(os.getpid(), None)
    if parent:
        parent.close()
