"""What the notebook of the portfolio holds: all engagements of this workspace, one call for each thing it shows."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workbook import forms, views
from workbook.analysis.portfolio import Standing
from workbook.audit import Shown, as_text, is_live
from workbook.errors import Unknown
from workbook.forms.page import Page
from workbook.frontend import notebook, someone_can_type, speak_plainly
from workbook.language import say, speaking
from workbook.standings import FIGURES, check_asked, read_standings, shared_language, standing_json
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
    language = shared_language()
    with speaking(language):
        check_asked(as_of, as_text("audience", audience, "internal"))
    return Portfolio(as_of, is_live(as_text("mode", mode, "auto")), language)


class Portfolio:
    """All engagements in a notebook. Where a person can type, each of them can be opened for the other pages."""

    def __init__(self, as_of: str, live: bool, language: str) -> None:
        self._as_of, self.live = as_of, live
        self._standings: tuple[Standing, ...] = ()
        self._line: Any = None
        self._language = language
        if live:
            self._page = Page(open_store("", create=True), language=self._language)
            self._line = forms.form("portfolio line", self._page, self._spoken(self._status), self._look)
        else:
            self._look()

    def _look(self) -> bool:
        """Read what was recorded since; whether there is any engagement."""
        with speaking(self._language):
            self._standings = read_standings(self._as_of, known=self._standings)
        return bool(self._standings)

    def engagements(self) -> Any:
        """Every engagement with its figures, the worst first."""
        return self._view("portfolio", lambda: views.portfolio.engagements(self._standings))

    def audits(self) -> Any:
        """The audits of all engagements that are still to be held, the earliest first."""
        return self._view("live", lambda: views.portfolio.audits(self._standings))

    def table(self) -> "pd.DataFrame":
        """The same as a pandas DataFrame, one row for each engagement, the worst first."""
        import pandas as pd

        columns = ["engagement", "begun", "problem", *FIGURES, "report"]
        rows = [standing_json(one) for one in self._standings]
        return pd.DataFrame(rows, columns=columns).set_index("engagement")

    def _view(self, kind: str, render: Callable[[], Markup]) -> Any:
        shown = self._spoken(render)
        return forms.form(kind, self._page, markup.with_hints(shown)) if self.live else Shown(shown())

    def _spoken(self, render: Callable[[], Markup]) -> Callable[[], Markup]:
        def shown() -> Markup:
            with speaking(self._language):
                return render()

        return shown

    def _status(self) -> Markup:
        """The way to the other pages, what they show, and who speaks."""
        store = self._page.store
        says = f"{_shown_elsewhere(store)} {say('You speak as {name}.', name=store.who.name)}"
        return views.pages.ways(store.catalog.pages, notebook()) + markup.paragraph(says)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if self._line is not None:
            return self._line._repr_mimebundle_(**kwargs)
        style = markup.style_element() if someone_can_type() else ""
        opened = self._spoken(lambda: views.portfolio.opened(self._standings))
        return {"text/html": f'{style}<div class="mlaw">{opened()}</div>'}

    def __repr__(self) -> str:
        return f"<Portfolio of {count(len(self._standings), 'engagement')}>"


def _shown_elsewhere(store: Store) -> str:
    """Which engagement the other pages show, as a sentence."""
    try:
        return say("The other pages show {name}.", name=chosen(store))
    except Unknown:
        return say("The other pages show none of them yet; open one.")
