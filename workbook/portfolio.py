"""What the notebook of the portfolio holds: all engagements of this workspace, one call for each thing it shows."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workbook import forms, views
from workbook.analysis.portfolio import Standing
from workbook.audit import Shown, as_text, is_live
from workbook.errors import Unknown
from workbook.forms.page import Page
from workbook.frontend import Place, notebook, someone_can_type, speak_plainly
from workbook.standings import FIGURES, check_asked, read_standings, standing_json
from workbook.store import Store
from workbook.views import markup
from workbook.words import count
from workbook.workspace import chosen, open_store

if TYPE_CHECKING:
    import pandas as pd


def open_portfolio(as_of: str = "", audience: str = "internal", mode: str = "auto") -> "Portfolio":
    """All engagements of this workspace; raises BadInput in one sentence for a parameter that is not usable.

    `as_of`: a day, every record as it stood at its end. `audience`: internal and no other. `mode`: auto, form or page.
    """
    speak_plainly()
    as_of = as_text("as_of", as_of)
    check_asked(as_of, as_text("audience", audience, "internal"))
    return Portfolio(as_of, is_live(as_text("mode", mode, "auto")))


class Portfolio:
    """All engagements in a notebook. Where a person can type, each of them can be opened for the other pages."""

    def __init__(self, as_of: str, live: bool) -> None:
        self._as_of, self._standings = as_of, read_standings(as_of)
        self._places: list[Place] = []
        self.live = live
        if live:
            store = open_store("", create=True)
            self._page = Page(replace(store, name=_open_now(store)))
            self._line = forms.form("line", self._page, self._status, self._open_other)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How every engagement stands now, the worst first."""
        self._standings = read_standings(self._as_of, known=self._standings)
        return self._standings

    def engagements(self) -> Any:
        """Every engagement with its figures, the worst first."""
        return self._view(
            lambda: views.portfolio.engagements(self.standings),
            lambda static: forms.form("portfolio", self._page, static, self._open_other),
        )

    def audits(self) -> Any:
        """The audits of all engagements that are not done yet, the earliest first."""
        return self._view(
            lambda: views.portfolio.audits(self.standings), lambda static: forms.form("live", self._page, static)
        )

    def table(self) -> "pd.DataFrame":
        """The same as a pandas DataFrame, one row for each engagement, the worst first."""
        import pandas as pd

        columns = ["engagement", "begun", "problem", *FIGURES, "report"]
        rows = [standing_json(one) for one in self.standings]
        return pd.DataFrame(rows, columns=columns).set_index("engagement")

    def _view(self, render: Callable[[], Markup], make: Callable[[Callable[[], Markup]], Any]) -> Any:
        if not self.live:
            return Shown(render())
        self._places.append(Place(lambda: make(render)))
        return self._places[-1]

    def _status(self) -> Markup:
        """The way to the other pages, what they show, and who speaks."""
        record = self._page.record()
        says = f"The other pages show {record.engagement.title}. You speak as {self._page.store.who.name}."
        return views.pages.nav(record, notebook()) + markup.paragraph(says)

    def _open_other(self, name: str) -> None:
        """Let this page know that the others show another engagement."""
        self._page = self._page.turned_to(replace(self._page.store, name=name), self._line)
        self._line.turn_to(self._page)
        for place in self._places:
            place.again()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if self.live:
            return self._line._repr_mimebundle_(**kwargs)
        style = markup.style_element() if someone_can_type() else ""
        return {"text/html": f'{style}<div class="mlaw">{views.portfolio.opened(self._standings)}</div>'}

    def __repr__(self) -> str:
        return f"<Portfolio of {count(len(self._standings), 'engagement')}>"


def _open_now(store: Store) -> str:
    """The engagement that the other pages show; empty while none is chosen."""
    try:
        return chosen(store)
    except Unknown:
        return ""
