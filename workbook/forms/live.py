"""Views that follow the record by themselves."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from workbook.errors import WorkbookError
from workbook.forms.page import Page
from workbook.views.markup import note


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


def rendered(render: Callable[[], Markup]) -> str:
    """What `render` gives, or in its place the sentence that says why it cannot."""
    try:
        return f'<div class="mlaw">{render()}</div>'
    except WorkbookError as error:
        return f'<div class="mlaw">{note(str(error))}</div>'
