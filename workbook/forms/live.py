"""What follows the answers given on the same page: views of the record, and the line that says which one is open."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets
from markupsafe import Markup

from workbook.errors import WorkbookError
from workbook.views.markup import note, style, style_element

STATIC = Path(__file__).parent / "static"


class Live(widgets.HTML):
    """HTML made by `render`, made again by `refresh`; stays readable where no kernel runs."""

    def __init__(self, render: Callable[[], Markup]) -> None:
        self._render = render
        super().__init__(value=made(render))

    def refresh(self) -> None:
        """Show what the record says now; nothing is sent if that did not change."""
        self.value = made(self._render)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = dict(super()._repr_mimebundle_(**kwargs) or {})
        return {**data, "text/html": self.value}


class Line(anywidget.AnyWidget):
    """The line that says which record is open; it dresses the page, so that no form has to bring its own style sheet.

    One sheet in the document's head: each `<style>` among the outputs would make the browser style the page again,
    and would be gone while JupyterLab keeps its cell out of the document.
    """

    _esm = STATIC / "line.js"
    value = traitlets.Unicode().tag(sync=True)
    sheet = traitlets.Unicode().tag(sync=True)

    def __init__(self, render: Callable[[], Markup]) -> None:
        self._render = render
        super().__init__(value=made(render), sheet=sheet())

    def refresh(self) -> None:
        """Say what is open now."""
        self.value = made(self._render)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/html": f"{style_element()}{self.value}"}, metadata


@cache
def sheet() -> str:
    """The style sheet of the views and of the forms."""
    return style() + (STATIC / "forms.css").read_text(encoding="utf-8")


def made(render: Callable[[], Markup]) -> str:
    """What `render` gives, or in its place the sentence that says why it cannot."""
    try:
        return f'<div class="mlaw">{render()}</div>'
    except WorkbookError as error:
        return f'<div class="mlaw">{note(str(error))}</div>'
