"""All engagements on one page: what it shows, each of which can be opened for the other pages, and its line."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from workbook.forms.base import Form, Message, Reply
from workbook.forms.line import Line
from workbook.forms.live import rendered
from workbook.forms.page import Page
from workbook.paths import PORTFOLIO
from workbook.views.pages import START
from workbook.workspace import choose


class PortfolioForm(Form):
    """What `static` shows, with a button for each engagement that opens it in the other pages."""

    kind = "portfolio"

    def shown(self) -> Reply:
        """The page as HTML."""
        return {"value": rendered(self._static)}

    def do_open(self, message: Message, _buffers: list[Any]) -> Reply:
        """Open an engagement in the other pages; raises what keeps its record from being read."""
        name = str(message["name"])
        replace(self.store, name=name).record()
        choose(name)
        return {"page": f"{START}.ipynb", "changed": True}


class PortfolioLine(Line):
    """The line of a page that is about no single engagement, so that a damaged one cannot take the page away.

    `look` reads all of them again and says whether there are any; where there are none, the line begins one.
    """

    def __init__(self, page: Page, render: Callable[[], Markup], look: Callable[[], bool]) -> None:
        self._look, self._any = look, look()
        super().__init__(page, render, lambda _name: self._read_again())

    def shown(self) -> Reply:
        """The way to the other pages; whether an engagement may be begun here."""
        return {"value": self._value(), "revision": 0, "chooses": not self._any, "elsewhere": ""}

    def _speaker(self) -> Reply:
        return {**super()._speaker(), "engagement": PORTFOLIO if self._any else ""}

    def _value(self) -> str:
        return rendered(self._render) if self._any else ""

    def _read_again(self) -> None:
        self._any = self._look()
        self.page.changed()

    def do_look(self, _message: Message, _buffers: list[Any]) -> Reply:
        """Whether somebody recorded something, in any engagement."""
        self._read_again()
        return {"head": 0}
