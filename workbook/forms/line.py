"""The line that says which record is open; it begins another audit, and brings what a page needs once."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import traitlets
from markupsafe import Markup

from workbook import zones
from workbook.errors import NotAllowed, Unknown
from workbook.following import next_name
from workbook.forms import guidance, modules
from workbook.forms.base import Form, Message, Reply
from workbook.forms.live import rendered
from workbook.forms.page import Page
from workbook.frontend import is_drawn_once, notebook
from workbook.language import ENGLISH, LANGUAGES, say, speaking, term
from workbook.model import Engagement, Person
from workbook.store import create
from workbook.views.markup import slug, style, style_element
from workbook.views.pages import START
from workbook.workspace import choose, chosen

GUEST = "Guest"  # who loads the demo without having said who they are; nobody is audited there


class Line(Form):
    """Which record is open; without one, the way to begin an audit.

    One style sheet in the document's head: each `<style>` among the outputs would make the browser style the page
    again, and would be gone while JupyterLab keeps its cell out of the document. The line also asks, for the whole
    page, whether somebody else recorded something. `open_other` opens another engagement on this page; without it, the
    page was given one and stays with it.
    """

    kind = "line"
    sheet = traitlets.Unicode().tag(sync=True)

    helps = traitlets.Dict().tag(sync=True)

    @traitlets.default("sheet")
    def _sheet(self) -> str:
        return sheet()

    @traitlets.default("helps")
    def _helps(self) -> Reply:
        tour = [(part, term(says)) for part, says in guidance.TOUR] if notebook() == START else []
        return {"keys": guidance.lines(guidance.KEYS), "tour": tour}

    def __init__(
        self, page: Page, render: Callable[[], Markup], open_other: Callable[[str], None] | None = None
    ) -> None:
        self._render, self._open_other = render, open_other
        self._esm = modules.script(page.language)
        super().__init__(page, lambda: style_element() + Markup(self._value()))  # noqa: S704 - made by `rendered`

    def turn_to(self, page: Page) -> None:
        """Say of this page, from now on, what is open."""
        self.page = page
        page.follow(self)
        self.refresh()

    def refresh(self) -> None:
        """Show what the record says now; in another language the line is drawn anew, by what all forms then take."""
        language = self.page.language
        with self.hold_sync(), speaking(language):  # what is drawn anew needs all of it
            self._esm, self.modules_version = modules.script(language), modules.version(language)
            self.helps = self._helps()
            super().refresh()

    def shown(self) -> Reply:
        """What is open, in words, and its newest revision; whether another may be opened here, or was elsewhere."""
        revision = self.store.head().number
        chooses = self._open_other is not None
        elsewhere = self._chosen_elsewhere() if chooses else ""
        return {"value": self._value(), "revision": revision, "chooses": chooses, "elsewhere": elsewhere}

    def _chosen_elsewhere(self) -> str:
        """Another audit than that of this page, which somebody opened on another page since."""
        try:
            name = chosen(self.store)
        except Unknown:
            return ""
        return name if name != self.store.name else ""

    def _value(self) -> str:
        return rendered(self._render) if self.store.name else ""

    def do_look(self, _message: Message, _buffers: list[Any]) -> Reply:
        """Whether somebody else recorded something; what is newer then reaches every form and view by itself."""
        head = self.page.look()
        self.refresh()  # another audit may have been opened elsewhere, which no record tells
        return {"head": head}

    def do_audits(self, _message: Message, _buffers: list[Any]) -> Reply:
        """The audits of this workspace, and what the fields of a new one offer."""
        ledger = self.store.ledger
        audits = []
        for name in ledger.engagements():
            about = ledger.get(name, "engagement", "engagement")
            audits.append([name, str((about.body or {}).get("title") or name) if about else name])
        offered = {"zones": zones.names(), "zone": zones.machine_zone(), "languages": list(LANGUAGES.items())}
        return {"audits": audits, **offered}

    def do_begin(self, message: Message, _buffers: list[Any]) -> Reply:
        """Begin a new audit, and open it on this page and on every other one."""
        self._require_choice()
        title, source = message["title"].strip(), str(message.get("source", "")).strip()
        name = message["name"].strip() or (slug(title) if title else next_name(source) if source else "")
        if source:
            return self._go_on(source, name, message)
        facts = {"organisation": message["organisation"].strip(), "audit_date": message["audit_date"] or None}
        spoken = {"time_zone": message["time_zone"].strip(), "language": message.get("language", ENGLISH)}
        about = {"title": title or name or "audit", **facts, **spoken}
        create(self.store.ledger, name, Engagement.parse(about), self.store.who)
        return self._opened(name)

    def _go_on(self, source: str, name: str, message: Message) -> Reply:
        """Begin the audit after another one; what is left empty is proposed by that."""
        from workbook.carrying import carry  # when somebody asks, so that no page waits for it

        typed = {fact: message[fact].strip() for fact in ("title", "organisation", "audit_date")}
        chosen = {fact: value for fact, value in typed.items() if value}
        carry(replace(self.store, name=source, as_of=None), name, chosen, self.store.who)
        return self._opened(name)

    def do_open(self, message: Message, _buffers: list[Any]) -> Reply:
        """Open an audit that was begun before; raises Unknown, and what keeps its record from being read."""
        self._require_choice()
        replace(self.store, name=str(message["name"])).record()
        return self._opened(message["name"])

    def do_demo(self, _message: Message, _buffers: list[Any]) -> Reply:
        """Load the demo, an invented company, and open it."""
        from workbook.exchange.demo import NAME, load_demo  # when somebody asks, so that no page waits for it

        self._require_choice()
        who = Person(GUEST) if self._speaker()["unnamed"] else self.store.who
        load_demo(who, lambda _: None)
        return self._opened(NAME)

    def _require_choice(self) -> Callable[[str], None]:
        """What opens another audit here; raises NotAllowed where the page stays with its own."""
        if self._open_other is None:
            raise NotAllowed(
                say("This page was given its audit in the first cell; empty that parameter to open another.")
            )
        return self._open_other

    def _opened(self, name: str) -> Reply:
        choose(name)
        open_other = self._require_choice()
        return {"reload": True} if is_drawn_once() else {"then": lambda: open_other(name)}


@cache
def sheet() -> str:
    """The style sheet of the views and of the forms."""
    return style() + (modules.STATIC / "forms.css").read_text(encoding="utf-8")
