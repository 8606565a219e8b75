"""One component per form: JavaScript that shows and asks, driven from here; nothing is remembered in the kernel.

The browser sends `{do, id, …}`, Python answers `{re: id, ok, …}`: `says` is for people, what code must know has a field
of its own. `changed` (the record did) and `then` (what to do after the answer) stay here. A callback may run on any
thread and its exceptions are seen by nobody, so every one is caught here.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

import anywidget
import traitlets
from markupsafe import Markup

from workbook import people
from workbook.errors import BadInput, Conflict, Unnamed, WorkbookError
from workbook.forms import modules
from workbook.forms.page import Page
from workbook.language import say, speaking, term
from workbook.masking import mask
from workbook.model import Revision, Role
from workbook.store import Store

LOG = logging.getLogger(__name__)
Message = Mapping[str, Any]
Reply = dict[str, Any]
Static = Callable[[], Markup]


class _Received(dict[str, Any]):
    """A message as it came from a browser, or a part of one."""

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        return _Received(found) if isinstance(found, dict) else found

    def __missing__(self, name: str) -> Any:
        raise BadInput(
            say("The page did not say {name!r}, which this needs; run the cell again.", name=name), field=name
        )


class Form(anywidget.AnyWidget):
    """A form on one engagement. `state` is what the browser shows; `do_…` methods answer its messages.

    `static` gives what stands in its place where no kernel runs.
    """

    _esm = modules.stub()
    kind = ""  # the function of the modules that draws it
    form = traitlets.Unicode().tag(sync=True)
    modules_version = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, page: Page, static: Static) -> None:
        self.page, self._static = page, static
        self._name = uuid4().hex
        with speaking(page.language):
            super().__init__(form=self.kind, modules_version=modules.version(page.language), state=self._state())
        self.on_msg(self._received)
        page.follow(self)

    @property
    def store(self) -> Store:
        """The record that the form reads and writes."""
        return self.page.store

    def shown(self) -> Reply:
        """What the browser shows of this form, read from the record."""
        raise NotImplementedError

    def _state(self) -> Reply:
        return {**self._speaker(), **self.shown(), "form": self._name, "page": self.page.key, "error": ""}

    def _speaker(self) -> Reply:
        """Who speaks and which record is open: part of every form's state."""
        who = self.store.who
        return {
            "engagement": self.store.name,
            "who": who.name,
            "role": who.role.value,
            "roles": list(Role),
            "unnamed": who.name == people.UNNAMED,
            "fixed": people.is_fixed(),
            "readOnly": self.store.why_read_only,
        }

    def refresh(self) -> None:
        """Show what the record says now, or why that cannot be shown; nothing is sent if it is the same."""
        try:
            with speaking(self.page.language):
                self.state = self._state()
        except WorkbookError as error:
            self.state = {**self.state, "error": str(error)}

    def _received(self, _: Any, message: Message, buffers: list[Any]) -> None:
        with self.page.lock:
            reply = self.answer(message, buffers)
            changed, content, then = (reply.pop(name, None) for name in ("changed", "buffers", "then"))
            self.send({"re": message.get("id"), **reply}, content)
            if changed:
                with suppress(WorkbookError):  # it is recorded and told; what cannot be read now follows later
                    self.page.changed()
            if then:
                then()

    def answer(self, message: Message, buffers: list[Any]) -> Reply:
        """What to tell the browser; a mistake or conflict comes back as a sentence, never as a traceback."""
        with speaking(self.page.language):
            return self._answer(message, buffers)

    def _answer(self, message: Message, buffers: list[Any]) -> Reply:
        action = getattr(self, f"do_{message.get('do')}", None)
        try:
            self.page.hear_speaker()
            if action is None:
                says = say("This form cannot do {what!r}; run the cell again.", what=message.get("do"))
                return {"ok": False, "says": says}
            return {"ok": True, **action(_Received(message), buffers)}
        except Conflict as conflict:
            return {"ok": False, "says": str(conflict), "conflict": self.revision_json(conflict.theirs)}
        except BadInput as error:
            return {"ok": False, "says": str(error), "field": error.field}
        except Unnamed as error:
            return {"ok": False, "says": str(error), "unnamed": True}
        except WorkbookError as error:
            return {"ok": False, "says": str(error), **({"lost": True} if error.lost else {})}
        except Exception as error:
            LOG.exception("a form could not answer %r", message.get("do"))
            what = f"{type(error).__name__}: {error}"
            return {"ok": False, "says": mask(say("Something went wrong that should not: {what}.", what=what))}

    def do_modules(self, _message: Message, _buffers: list[Any]) -> Reply:
        """The JavaScript of the page, for a form that stands in a browser window without its page's line."""
        return {"modules": modules.script(self.page.language)}

    def do_reload(self, _message: Message, _buffers: list[Any]) -> Reply:
        """Read everything again, for example because somebody else saved."""
        return {"changed": True}

    def do_speak(self, message: Message, _buffers: list[Any]) -> Reply:
        """Speak under this name and role from now on, on this page and in the next notebook."""
        who = self.store.who = people.speaker(message["name"], message["role"])
        people.remember(who)
        return {"says": say("You speak as {name}, {role}.", name=who.name, role=term(who.role.value)), "changed": True}

    def do_history(self, message: Message, _buffers: list[Any]) -> Reply:
        """Every version of one record, newest first."""
        versions = self.store.history(message["kind"], message["key"])
        return {"history": [self.revision_json(r) for r in reversed(versions)]}

    def do_restore(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record an earlier version again, as a new one."""
        kind, key, number = message["kind"], message["key"], int(message["number"])
        revision = self.store.restore(kind, key, number, draft_id(message))
        return {"revision": self.revision_json(revision), "changed": True}

    def revision_json(self, revision: Revision) -> Reply:
        """A revision as the browser shows it; its moment by the clock of the engagement's time zone."""
        return {
            "number": revision.number,
            "version": revision.version,
            "key": revision.key,
            "by": revision.actor,
            "at": moment_json(revision.at.astimezone(self.store.zone)),
            "body": None if revision.body is None else dict(revision.body),
        }

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and beside it the static HTML that stays readable where no kernel runs."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        with speaking(self.page.language):
            static = f'<div class="mlaw">{self._static()}</div>'
        return {**(data or {}), "text/html": static}, metadata


def moment_json(at: datetime | None) -> str:
    """A moment as the browser shows it, by the clock that it carries; empty for none."""
    return at.isoformat() if at else ""


def draft_id(message: Message) -> str:
    """The id under which what is sent is recorded once, however often it is sent."""
    return str(message.get("draft", ""))
