"""What the Jupyter server answers below `workbook/`; everything only to those who may use the server.

The record is read in a thread, so that kernels and documents never wait for it.
"""

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from workbook.errors import BadInput, WorkbookError
from workbook.server.reports import report_rules

if TYPE_CHECKING:
    from workbook.server.reader import Answer, Reader


def late_reader(root: Path) -> "Callable[[], Reader]":
    """Gives the reader for a server that shows the folder `root`; made with all the analysis when first asked for."""

    @cache
    def reader() -> "Reader":
        from workbook.server.reader import Reader

        return Reader(root)

    return reader


def rules(base_url: str, reader: "Callable[[], Reader]") -> list[tuple[Any, ...]]:
    """Places and who answers there."""
    state, index = {"read": lambda: reader().state()}, {"read": lambda: reader().index()}
    return [
        (url_path_join(base_url, "workbook/state"), _Reading, state),
        (url_path_join(base_url, "workbook/index"), _Reading, index),
        (url_path_join(base_url, "workbook/speaker"), _Speaker),
        *report_rules(base_url),
    ]


class _Reading(APIHandler):
    """Answers with what `read` gives; to whoever has that already, with 304."""

    auth_resource = "workbook"
    _track_activity = False  # a page that looks again by itself is nobody at work

    def initialize(self, read: "Callable[[], Answer]") -> None:
        """Tornado calls this with the options of the rule."""
        self._read, self._tag = read, ""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer from the newest state of the record."""
        answer = await asyncio.to_thread(self._read)
        self._tag = answer.tag
        self.set_header("Cache-Control", "no-cache")
        self.finish(answer.body)

    def compute_etag(self) -> str | None:
        """The tag of the answer; tornado compares it with If-None-Match."""
        return f'"{self._tag}"' if self._tag else None


class _Speaker(APIHandler):
    """Lets a person say who speaks."""

    auth_resource = "workbook"

    @authenticated
    @authorized
    async def post(self) -> None:
        """Remember who speaks; what cannot be is answered with 400 and a sentence."""
        try:
            reply: dict[str, Any] = {"speaker": await asyncio.to_thread(_speak, self.get_json_body())}
        except WorkbookError as error:
            self.set_status(400)
            reply = {"says": str(error)}
        self.finish(reply)


def _speak(said: Any) -> dict[str, Any]:
    from workbook import people
    from workbook.server.state import speaker_json

    if not isinstance(said, dict) or not all(isinstance(said.get(fact), str) for fact in ("name", "role")):
        raise BadInput("Say a name and a role, both as text.")
    speaker = people.speaker(said["name"], said["role"])
    people.remember(speaker)
    return speaker_json(speaker, fixed=people.is_fixed())
