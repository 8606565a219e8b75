"""What surrounds the kernel: whether somebody can type here, and how a refusal is shown."""

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from IPython.core.getipython import get_ipython
from IPython.display import HTML, display, update_display

from workbook.errors import WorkbookError


def someone_can_type() -> bool:
    """Whether a live front end is attached to this kernel.

    A Jupyter server names the notebook in JPY_SESSION_NAME, Voilà and VS Code leave marks of their own; a kernel that
    Papermill, nbclient or nbval started has none of them.
    """
    if os.environ.get("JPY_SESSION_NAME") or os.environ.get("VOILA_REQUEST_URL"):
        return True
    shell = get_ipython()
    return bool(shell is not None and "__vsc_ipynb_file__" in shell.user_ns)


def is_drawn_once() -> bool:
    """Whether the front end draws a page when it is opened and never again, as Voilà does."""
    return bool(os.environ.get("VOILA_REQUEST_URL"))


class Place:
    """What one cell shows, made by `make` when the cell has run, and made anew in the same place by `again`."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self._name = make, uuid4().hex

    def _ipython_display_(self) -> None:
        display(self._make(), display_id=self._name)

    def again(self) -> None:
        """Show what `make` gives now, where a front end shows this.

        Nothing first: JupyterLab cannot draw a widget over another one.
        """
        update_display(HTML(""), display_id=self._name)
        update_display(self._make(), display_id=self._name)


def notebook() -> str:
    """The name of the notebook that somebody opened, without its ending; empty where no front end says it."""
    if address := os.environ.get("VOILA_REQUEST_URL"):
        return PurePosixPath(unquote(urlsplit(address).path)).stem
    shell = get_ipython()
    file = shell.user_ns.get("__vsc_ipynb_file__", "") if shell is not None else ""
    return Path(file).stem or PurePosixPath(os.environ.get("JPY_SESSION_NAME", "")).stem


def speak_plainly() -> None:
    """Let the kernel show a WorkbookError as its sentence alone; any other error keeps its traceback."""
    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((WorkbookError,), _say)


def _say(shell: Any, kind: type, value: BaseException, _trace: Any, tb_offset: int | None = None) -> list[str]:  # noqa: ARG001 - IPython's signature
    sentence = [str(value)]
    shell._showtraceback(kind, value, sentence)
    return sentence
