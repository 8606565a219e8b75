"""What follows the record on a page without asking anything: views, and the line that says which record is open."""

from collections.abc import Callable
from functools import cache
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets
from markupsafe import Markup

from workbook.errors import WorkbookError
from workbook.forms import modules
from workbook.forms.page import Page
from workbook.views.markup import note, style, style_element


class Live(widgets.HTML):
    """HTML made by `render`, made again by `refresh`; stays readable where no kernel runs."""

    def __init__(self, page: Page, render: Callable[[], Markup]) -> None:
        self._render = render
        super().__init__(value=rendered(render))
        page.follow(self)

    def refresh(self) -> None:
        """Show what the record says now; nothing is sent if that did not change."""
        self.value = rendered(self._render)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = dict(super()._repr_mimebundle_(**kwargs) or {})
        return {**data, "text/html": self.value}


class Line(anywidget.AnyWidget):
    """The line that says which record is open, and brings what a page needs once: style sheet and JavaScript.

    It also asks, for the whole page, whether somebody else recorded something. One sheet in the document's head: each
    `<style>` among the outputs would make the browser style the page again, and would be gone while JupyterLab keeps
    its cell out of the document.
    """

    _esm = modules.script()
    modules_version = traitlets.Unicode().tag(sync=True)
    page = traitlets.Unicode().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)
    sheet = traitlets.Unicode().tag(sync=True)

    def __init__(self, page: Page, render: Callable[[], Markup]) -> None:
        self._page, self._render = page, render
        super().__init__(value=rendered(render), sheet=sheet(), modules_version=modules.version(), page=page.key)
        self.on_msg(self._asked)
        page.follow(self)

    def _asked(self, _: Any, message: Any, _buffers: list[Any]) -> None:
        """Whether somebody else recorded something; what is newer then reaches every form and view by itself."""
        try:
            self.send({"re": message.get("id"), "ok": True, "head": self._page.look()})
        except WorkbookError as error:
            self.send({"re": message.get("id"), "ok": False, "says": str(error)})

    def refresh(self) -> None:
        """Say what is open now."""
        self.value = rendered(self._render)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/html": f"{style_element()}{self.value}"}, metadata


@cache
def sheet() -> str:
    """The style sheet of the views and of the forms."""
    return style() + (modules.STATIC / "forms.css").read_text(encoding="utf-8")


def rendered(render: Callable[[], Markup]) -> str:
    """What `render` gives, or in its place the sentence that says why it cannot."""
    try:
        return f'<div class="mlaw">{render()}</div>'
    except WorkbookError as error:
        return f'<div class="mlaw">{note(str(error))}</div>'
