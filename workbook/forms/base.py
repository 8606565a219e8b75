"""One component per form: JavaScript that shows and asks, driven from here; nothing is remembered in the kernel.

The browser sends `{do, id, …}`, Python answers `{re: id, ok, …}`. A callback may run on any thread and its exceptions
are seen by nobody, so every one is caught here and told in words.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from markupsafe import Markup

from workbook import people
from workbook.errors import BadInput, Conflict, NotAllowed, WorkbookError
from workbook.model import Part, Revision
from workbook.store import Store

STATIC = Path(__file__).parent / "static"
LOG = logging.getLogger(__name__)
Message = Mapping[str, Any]
Reply = dict[str, Any]


@cache
def script(*names: str) -> str:
    """The module that a browser loads: common.js and the named files in one, ending with what anywidget expects."""
    parts = [(STATIC / f"{name}.js").read_text(encoding="utf-8") for name in ("common", *names)]
    return "\n".join([*parts, "export default { render };"])


class Form(anywidget.AnyWidget):
    """A form on one engagement. `state` is what the browser shows; `do_…` methods answer its messages."""

    state = traitlets.Dict().tag(sync=True)

    def __init__(self, store: Store, on_change: Callable[[], None], static: Callable[[], Markup]) -> None:
        self.store, self._on_change, self._static = store, on_change, static
        self._lock = threading.RLock()
        super().__init__(state=self.shown())
        self.on_msg(self._received)

    def shown(self) -> Reply:
        """What the browser shows, read from the record."""
        raise NotImplementedError

    def speaker(self) -> Reply:
        """Who speaks and which record is open: part of every form's state."""
        who = self.store.who
        return {
            "engagement": self.store.name,
            "who": who.name,
            "part": who.part.value,
            "parts": list(Part),
            "unnamed": who.name == people.UNNAMED,
            "fixed": people.is_fixed(),
            "head": self.store.head().number,
            "readOnly": self.store.why_read_only,
        }

    def _received(self, _: Any, message: Message, buffers: list[Any]) -> None:
        with self._lock:
            reply = self.answer(message, buffers)
            self.send({"re": message.get("id"), **reply})
            if reply.pop("changed", False):
                self.refresh()

    def answer(self, message: Message, buffers: list[Any]) -> Reply:
        """What to tell the browser; a mistake or conflict comes back as a sentence, never as a traceback."""
        action = getattr(self, f"do_{message.get('do')}", None)
        try:
            if action is None:
                return {"ok": False, "says": f"This form cannot do {message.get('do')!r}; run the cell again."}
            return {"ok": True, **action(message, buffers)}
        except Conflict as conflict:
            return {"ok": False, "says": str(conflict), "conflict": told(conflict.theirs)}
        except BadInput as error:
            return {"ok": False, "says": str(error), "field": error.field}
        except WorkbookError as error:
            return {"ok": False, "says": str(error)}
        except Exception as error:
            LOG.exception("a form could not answer %r", message.get("do"))
            return {"ok": False, "says": f"Something went wrong that should not: {type(error).__name__}: {error}."}

    def refresh(self) -> None:
        """Show what the record says now, here and in every view of the page."""
        self.state = self.shown()
        self._on_change()

    def do_reload(self, _message: Message, _buffers: list[Any]) -> Reply:
        """Read everything again, for example because somebody else saved."""
        return {"changed": True}

    def do_head(self, _message: Message, _buffers: list[Any]) -> Reply:
        """How long the record is now, so that the browser can tell that somebody saved."""
        return {"head": self.store.head().number}

    def do_speak(self, message: Message, _buffers: list[Any]) -> Reply:
        """Speak under this name and part from now on, on this page and in the next notebook."""
        who = people.person(message["name"], message["part"])
        if people.is_fixed() and who.name != self.store.who.name:
            raise NotAllowed("Your name comes from the hub or the environment; ask its administrator to change it.")
        self.store.who = who
        people.remember(who)
        return {"says": f"You speak as {who.name}, {who.part}.", "changed": True}

    def do_history(self, message: Message, _buffers: list[Any]) -> Reply:
        """Every version of one record, newest first."""
        found = self.store.history(message["kind"], message["key"])
        return {"history": [told(r) for r in reversed(found)]}

    def do_restore(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record an earlier version again, as a new one."""
        revision = self.store.restore(message["kind"], message["key"], int(message["number"]))
        return {"revision": told(revision), "changed": True}

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and beside it the static HTML that stays readable where no kernel runs."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        static = f'<div class="mlaw">{self._static()}</div>'
        return {**(data or {}), "text/html": static}, metadata


def told(revision: Revision) -> Reply:
    """A revision as the browser shows it; times in UTC, to be shown in the reader's own zone."""
    return {
        "number": revision.number,
        "version": revision.version,
        "key": revision.key,
        "by": revision.actor,
        "at": revision.at.isoformat(),
        "body": None if revision.body is None else dict(revision.body),
    }
