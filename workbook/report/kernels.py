"""The kernels that pages run in: this Python, this package, nobody's session, and not reachable over the network."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_core.utils import ensure_event_loop

from workbook import paths
from workbook.warm.kernels import WarmKernels

# what a server, an app or a hub tells the kernels it starts; a page must not take itself for one of those
FOREIGN = ("JPY_", "VOILA_", "JUPYTERHUB_")


def clean_environment() -> dict[str, str]:
    """The environment without what would tell a page that somebody can type, and without a hub's tokens."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    return kept | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class PageKernels(WarmKernels):
    """Starts this Python as a kernel, whatever kernels are installed, with a clean environment."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The shipped kernel spec; jupyter_client starts its bare `python` as sys.executable."""
        return KernelSpec.from_resource_dir(str(paths.KERNEL))

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # async above too
        """Start the kernel process; nbclient calls this. What it says of its own end is told by the PageRun."""
        await super().start_kernel(env=clean_environment(), stdout=DEVNULL, stderr=DEVNULL, **options)


@contextmanager
def worker_thread() -> Iterator[None]:
    """Around what a thread of ours runs in kernels: Jupyter makes an event loop for each thread and never closes it."""
    loop = ensure_event_loop()
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()
