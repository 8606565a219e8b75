"""A view of the record that follows the answers given on the same page."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from workbook.errors import WorkbookError
from workbook.views.html import note


class Live(widgets.HTML):
    """HTML made by `render`, made again by `refresh`; stays readable where no kernel runs."""

    def __init__(self, render: Callable[[], Markup]) -> None:
        self._render = render
        self._shown: str = self._made()
        super().__init__(value=self._shown)

    def refresh(self) -> None:
        """Show what the record says now; nothing is sent if that did not change."""
        made = self._made()
        if made != self._shown:
            self._shown = made
            self.value = made

    def _made(self) -> str:
        try:
            return f'<div class="mlaw">{self._render()}</div>'
        except WorkbookError as error:
            return f'<div class="mlaw">{note(str(error))}</div>'

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = dict(super()._repr_mimebundle_(**kwargs) or {})
        return {**data, "text/html": self._shown}
