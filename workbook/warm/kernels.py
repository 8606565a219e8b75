"""Kernels that are forked from the warm parent, for whoever starts them through Jupyter's kernel manager."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from workbook.warm.parent import NotWarm, Wanted, warm_parent

LAUNCHED = ["-m", "ipykernel_launcher"]
LONGEST_SOCKET = 90  # a Unix socket's path ends at 104 to 108 characters, and a port number is still to come


class PromptClient(AsyncKernelClient):
    """A client that asks until it is answered on both channels, instead of listening for a while to silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return once the kernel answers and its outputs are heard; raises RuntimeError after `timeout` seconds."""
        until = monotonic() + (timeout or float("inf"))
        while True:
            asked = self.kernel_info()
            try:
                reply = await _answer(self.shell_channel, asked, "kernel_info_reply")
                await _answer(self.iopub_channel, asked, "status", execution_state="idle")
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if monotonic() > until:
                    raise RuntimeError(f"Kernel didn't respond in {timeout} seconds") from None
            else:
                self._handle_kernel_info_reply(reply)
                return


async def _answer(channel: Any, asked: str, kind: str, **content: str) -> dict[str, Any]:
    """The message of this kind and content that follows what was `asked`; raises Empty after a second of silence."""
    while True:
        found: dict[str, Any] = await channel.get_msg(timeout=1)
        answers = found["parent_header"].get("msg_id") == asked and found["msg_type"] == kind
        if answers and content.items() <= found["content"].items():
            return found


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel where its command is one that the warm parent stands for, and starts a new process otherwise."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; jupyter_client calls this."""
        wanted = _wanted(cmd, kwargs)
        if wanted is None:
            return await super().launch_kernel(cmd, **kwargs)
        try:
            kernel = warm_parent().fork(wanted)
        except NotWarm:
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.cwd = kernel, wanted.folder  # type: ignore[assignment]  # it is used as a Popen is
        self.pid = self.pgid = kernel.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the process, and see that it has ended."""
        process = self.process
        await super().kill(restart)
        if process:
            process.wait()


def _wanted(command: Sequence[str], options: Mapping[str, Any]) -> Wanted | None:
    """The kernel that `command` would start with these options of Popen; None if it is none of this Python's."""
    own, *rest = command
    safe_path, rest = rest[:1] == ["-P"], rest[1:] if rest[:1] == ["-P"] else rest
    if own != sys.executable or rest[:2] != LAUNCHED:
        return None
    environment = {**options.get("env", os.environ), "JPY_PARENT_PID": str(os.getpid())}
    folder, quiet = str(options.get("cwd") or Path.cwd()), options.get("stdout") == subprocess.DEVNULL
    return Wanted(rest[2:], folder, environment, safe_path, quiet)


class WarmKernels(AsyncKernelManager):
    """Kernels that are forked where that is safe; on Unix an ipykernel talks through sockets in a private folder."""

    client_factory = PromptClient

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._folder = TemporaryDirectory(prefix="mlaw-", ignore_cleanup_errors=True)
        is_ours = self.kernel_spec is not None and LAUNCHED[1] in self.kernel_spec.argv
        if is_ours and os.name == "posix" and len(self._folder.name) < LONGEST_SOCKET:
            self.transport = "ipc"
            self.ip = f"{self._folder.name}/k"
        self.connection_file = f"{self._folder.name}/kernel.json"

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # async above too
        """Start the kernel; nbclient calls this."""
        self.provisioner = self.provisioner or WarmProvisioner(parent=self, kernel_spec=self.kernel_spec)
        await super().start_kernel(**options)

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]  # as above
        """Remove sockets and their folder when the kernel is gone; nbclient calls this."""
        await super().cleanup_resources(restart=restart)
        if not restart:
            self._folder.cleanup()
