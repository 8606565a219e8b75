"""All engagements on one page, each of which can be opened for the other pages."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workbook.forms.base import Form, Message, Reply, Static
from workbook.forms.live import rendered
from workbook.forms.page import Page
from workbook.frontend import is_drawn_once
from workbook.views.pages import START
from workbook.workspace import choose


class PortfolioForm(Form):
    """What `static` shows, with a button for each engagement that opens it in the other pages."""

    kind = "portfolio"

    def __init__(self, page: Page, static: Static, open_other: Callable[[str], None]) -> None:
        self._open_other = open_other
        super().__init__(page, static)

    def shown(self) -> Reply:
        """The page as HTML."""
        return {"value": rendered(self._static)}

    def do_open(self, message: Message, _buffers: list[Any]) -> Reply:
        """Open an engagement in the other pages; raises what keeps its record from being read."""
        name = str(message["name"])
        replace(self.store, name=name, as_of=None).record()
        choose(name)
        reply: Reply = {"page": f"{START}.ipynb"}
        return reply if is_drawn_once() else reply | {"then": lambda: self._open_other(name)}
