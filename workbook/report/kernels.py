"""The kernels that pages run in: this Python, this package, nobody's session, and not reachable over the network."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop

from workbook import paths

# what a server, an app or a hub tells the kernels it starts; a page must not take itself for one of those
FOREIGN = ("JPY_", "VOILA_", "JUPYTERHUB_")
LONGEST_SOCKET = 90  # a Unix socket's path ends at 104 to 108 characters, and a port number is still to come


def clean_environment() -> dict[str, str]:
    """The environment without what would tell a page that somebody can type, and without a hub's tokens."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    return kept | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class PageKernels(AsyncKernelManager):
    """Starts this Python as a kernel, whatever kernels are installed, with a clean environment.

    On Unix it talks through sockets in a private folder.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._folder = TemporaryDirectory(prefix="mlaw-", ignore_cleanup_errors=True)
        if os.name == "posix" and len(self._folder.name) < LONGEST_SOCKET:
            self.transport = "ipc"
            self.ip = f"{self._folder.name}/k"
        self.connection_file = f"{self._folder.name}/kernel.json"

    @property
    def kernel_spec(self) -> KernelSpec:
        """The shipped kernel spec; jupyter_client starts its bare `python` as sys.executable."""
        return KernelSpec.from_resource_dir(str(paths.KERNEL))

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # async above too
        """Start the kernel process; nbclient calls this. What it says of its own end is told by the PageRun."""
        await super().start_kernel(env=clean_environment(), stdout=DEVNULL, stderr=DEVNULL, **options)

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]  # as above
        """Remove sockets and their folder when the kernel is gone; nbclient calls this."""
        await super().cleanup_resources(restart=restart)
        if not restart:
            self._folder.cleanup()


@contextmanager
def worker_thread() -> Iterator[None]:
    """Around what a thread of ours runs in kernels: Jupyter makes an event loop for each thread and never closes it."""
    loop = ensure_event_loop()
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()
