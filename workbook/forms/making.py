"""A report that `workbook report` or `workbook issue` makes in a process of its own, so that the kernel stays free.

What is made lies in the report's folder and nowhere else: a page that is closed meanwhile finds it there, and a kernel
that is restarted ends the command, which then leaves the earlier report as it was.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextvars import copy_context
from tempfile import TemporaryFile
from typing import IO, Any

from workbook.language import later, say

STOPPED = later("It was stopped before it was made; what was there before is unchanged. Make it again.")
_SAID = "workbook: "  # how the command begins the sentence that says what it could not do


class Making:
    """One run of the command that `arguments` begin with: `done` of `of` pages, and then what went wrong, if anything.

    `recipient` is who it is issued to, unless something goes wrong. `tell` is called with it whenever that changes,
    from a thread of its own.
    """

    def __init__(
        self, arguments: Iterable[str], of: int, tell: "Callable[[Making], None]", recipient: str = ""
    ) -> None:
        self.done, self.of, self.page = 0, of, ""
        self.recipient = recipient
        self.ended = False
        self.problems: tuple[str, ...] = ()
        self._tell = tell
        self._said = ""
        command = [sys.executable, "-P", "-m", "workbook", *arguments, "--json", "--progress"]
        out = TemporaryFile()  # noqa: SIM115 - closed by the thread that reads it
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
        )
        speaks = copy_context().run  # what goes wrong is said in the language of the form that began it
        threading.Thread(target=speaks, args=(self._follow, out), name="report", daemon=True).start()

    def _follow(self, out: IO[bytes]) -> None:
        with out, self._process as process:
            for line in process.stderr or ():
                self._hear(line.strip())
            process.wait()
            out.seek(0)
            self.problems = self._problems(_json(out.read().decode(errors="replace")))
        self.ended = True
        self._tell(self)

    def _hear(self, line: str) -> None:
        told = _json(line)
        if "done" in told:
            self.done, self.of, self.page = told["done"], told["of"], told["page"]
            self._tell(self)
        elif line.startswith(_SAID):
            self._said = line.removeprefix(_SAID)

    def _problems(self, summary: dict[str, Any]) -> tuple[str, ...]:
        """What to say of the pages that failed and of what was refused; nothing where all went well."""
        failed = [say("{page} is incomplete: {reason}", page=page["page"], reason=page["reason"])
                  for page in summary.get("pages", ()) if page["status"] != "complete"]  # fmt: skip
        other = [self._said] if self._said else [] if summary else [say(STOPPED)]
        return (*failed, *other)


def _json(text: str) -> dict[str, Any]:
    """The object that a text is in JSON; empty for any other text."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
