"""The pieces that pages are made of: tables, lists, states, facts, folded details, headings; and their style sheet.

What comes out has the class names of style.css, and survives an untrusted notebook: no style sheet of its own, colours
of states repeated in words and signs.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from workbook.analysis.overdue import days_late
from workbook.language import say, say_many, term
from workbook.model import Result
from workbook.references import SOURCES, Reference
from workbook.views import tag
from workbook.views.states import RESULTS, State
from workbook.views.tag import fragment, text
from workbook.words import day, page_name

HERE = Path(__file__).parent
ABOUT = "ml-audit-workbook"
MANY = 5  # rows; a longer table stands behind its caption
_ENDLESS = re.compile(r"(?<!<code)>[^<]*?[^\s<>/-]{40}")  # in what is shown; code may break anywhere by itself


@cache
def page_style() -> str:
    """The style sheet of what stands on a page of a report, scoped to the class `mlaw`."""
    return (HERE / "style.css").read_text(encoding="utf-8")


@cache
def style() -> str:
    """The style sheet of everything that views make, what asks for something among it, scoped to the class `mlaw`."""
    return page_style() + (HERE / "asking.css").read_text(encoding="utf-8")


def style_element() -> Markup:
    """The style sheet as an element of its own, for a notebook; in cell outputs it outweighs JupyterLab's own rules."""
    outputs = ".jp-RenderedHTMLCommon" * 2
    return Markup(f"<style>{style()}\n{outputs} {{\n{style()}\n}}</style>")  # noqa: S704 - our own file


# what only those read who can type ------------------------------------------------------------------------------------

_HINTS: ContextVar[bool] = ContextVar("hints", default=False)


def hint(*words: Any) -> Markup:
    """What whoever fills in the page may do next, after a blank; nothing in a page that is only read."""
    return fragment(" ", words) if _HINTS.get() else fragment()


def with_hints(render: Callable[[], Markup]) -> Callable[[], Markup]:
    """`render` as it is shown where somebody can type."""

    def hinting() -> Markup:
        before = _HINTS.set(True)
        try:
            return render()
        finally:
            _HINTS.reset(before)

    return hinting


# what a page can say of its contents ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its anchor; below the title of a page and the headings of its notebook, so 3 in a view."""

    level: int
    anchor: str
    text: str

    def __html__(self) -> Markup:
        return tag.Element(f"h{self.level}")(id=self.anchor)[self.text]


class View(Markup):
    """A view that has headings, or tells the facts of the engagement: what a page must know without reading it."""

    headings: tuple[Heading, ...] = ()
    tells_facts: bool = False


def heading(words: str, anchor: str = "") -> Heading:
    """A heading inside a view, in the language that is spoken; the headings above it are the notebook's.

    Its anchor is the same in every language.
    """
    return Heading(3, anchor or slug(words), term(words))


def view(*children: Any, tells_facts: bool = False) -> View:
    """Several pieces as one view that knows the headings among them."""
    whole = View(fragment(*children))
    whole.headings = tuple(child for child in children if isinstance(child, Heading))
    whole.tells_facts = tells_facts
    return whole


def about(shown: Markup) -> dict[str, Any]:
    """What a view says of itself, as plain JSON: the metadata of a result under the name `ABOUT`."""
    described = shown if isinstance(shown, View) else View()
    return {"headings": [asdict(h) for h in described.headings], "tells_facts": described.tells_facts}


def slug(words: str) -> str:
    """An anchor made of plain letters: `Access control` → `access-control`."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "part"


# tables and bars ------------------------------------------------------------------------------------------------------


def region(label: str, *children: Any, style: str | None = None) -> Markup:
    """What may be wider than the page: it scrolls by itself, and the keyboard reaches it.

    On paper, where nothing scrolls, a word too long for any column makes all of it break where it must.
    """
    shown = fragment(children)
    kind = "scroll endless" if _ENDLESS.search(shown) else "scroll"
    return tag.div(class_=kind, tabindex="0", role="group", aria_label=label, style=style)[shown]


def table(caption: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: Any = None) -> Markup:
    """A table whose first column names its rows; `empty` is said instead when there are none."""
    lines = [line(cells) for cells in rows]
    return (
        region(caption, tag.table[tag.caption[caption], head(headers), body(lines)])
        if lines
        else note(say("Nothing yet.") if empty is None else empty)
    )


def long_table(caption: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: Any = None) -> Markup:
    """A table as `table` makes it, behind its caption where it has many rows."""
    every = list(rows)
    shown = table(caption, headers, every, empty=empty)
    return behind(caption, shown) if len(every) > MANY else shown


def behind(caption: Any, *shown: Any, right: Any = None) -> Markup:
    """A table, and what belongs to it, behind the caption that it has; on paper it stands there all the same."""
    end = tag.span(class_="r")[right] if right else None
    return tag.details(class_="long")[tag.summary[caption, end], shown]


def head(headers: Iterable[Any]) -> Markup:
    """The head of a table."""
    return tag.thead[tag.tr[(_COLUMN[header] for header in headers)]]


def body(lines: Iterable[Markup]) -> Markup:
    """The body of a table, one line of HTML per row."""
    return tag.tbody["\n", *(fragment(line, "\n") for line in lines)]


def line(cells: Sequence[Any], anchor: str | None = None) -> Markup:
    """A row of a table; its first cell names it."""
    first, *rest = cells
    return tag.tr(id=anchor)[_ROW[first], *(tag.td[cell] for cell in rest)]


def cards(caption: str, columns: Mapping[str, int], lines: Iterable[Markup]) -> Markup:
    """A table whose lines are made by `card`; `columns` are their names and widths in percent."""
    named = (tag.th(scope="col", style=f"width:{width}%")[name] for name, width in columns.items())
    return region(caption, tag.table(class_="stack")[tag.caption[caption], tag.thead[tag.tr[named]], body(lines)])


def card(columns: Iterable[str], cells: Sequence[Any], anchor: str | None = None) -> Markup:
    """A row of such a table; with fewer cells than columns the last one is as wide as the rest of them."""
    first, *rest = cells
    *others, last = rest
    span = len(tuple(columns)) - len(rest)
    return tag.tr(id=anchor)[
        _ROW[first], (tag.td[cell] for cell in others), tag.td(colspan=str(span) if span > 1 else None)[last]
    ]


_COLUMN, _ROW = tag.th(scope="col"), tag.th(scope="row")


def bar(counts: Mapping[Result, int]) -> Markup:
    """How results are spread, as one bar with its key in words; what nobody assessed leaves the bar empty."""
    total = sum(counts.values())
    given = [(r, counts.get(r, 0)) for r in RESULTS if counts.get(r, 0)]
    label = ", ".join(f"{n} {term(str(r))}" for r, n in given) or say("nothing asked")
    pieces = [_piece(RESULTS[r], n / total) for r, n in given if r is not Result.NOT_ASSESSED]
    key = [tag.li[RESULTS[r].sign, " ", tag.b[n], " ", term(str(r))] for r, n in given]
    return fragment(tag.div(class_="bar", role="img", aria_label=label)[pieces], tag.ul(class_="key")[key])


def _piece(state: State, share: float) -> tag.Element:
    return tag.i(style=f"width:{100 * share:.4g}%;background:var(--{state.kind})")


# small pieces ---------------------------------------------------------------------------------------------------------


def mark(state: State, words: str = "") -> Markup:
    """A state as a small label: sign and word in its colour; `words` stand in place of its own."""
    return tag.span(class_=f"st {state.kind}")[f"{state.sign} {words or term(state.word)}"]


def note(*words: Any) -> Markup:
    """A quiet sentence, for example in place of an empty table."""
    return tag.p(class_="note")[words]


def link(page: str, anchor: str, words: str) -> Markup:
    """`words` as a link to a place on a page; plain words without a page.

    It names the notebook; a report makes it a link to the notebook's HTML page.
    """
    return tag.a(href=f"{page}.ipynb{'#' if anchor else ''}{anchor}")[words] if page else text(words)


def page_link(page: str) -> Markup:
    """A page as a link, under the name that it has everywhere."""
    return link(page, "", page_name(page))


def under(words: Any, small: Any) -> Markup:
    """`words` with a quiet second line."""
    return fragment(words, quiet(small)) if small else text(words)


def quiet(words: Any) -> Markup:
    """A line of lesser importance."""
    return tag.span(class_="ref", style="display:block")[words]


def aside(words: Any) -> Markup:
    """Words of lesser importance on the same line."""
    return tag.span(class_="ref")[words]


def alarm(words: str) -> Markup:
    """Words that say that something has run out or is missing."""
    return tag.span(class_="stale")[words]


def who(name: Any) -> Markup:
    """An owner; says so where nobody is named."""
    return text(name) if name else alarm(say("nobody named"))


def due(on: date, until: date | None) -> Markup:
    """A due date, or by how much it has gone by."""
    if until is None:
        return alarm(say("no date"))
    late = days_late(until, on)
    return (
        alarm(say_many("overdue {n} day", "overdue {n} days", late)) if late else text(say("due {day}", day=day(until)))
    )


def items(lines: Iterable[Any]) -> Markup:
    """A plain list; nothing for no lines."""
    listed = [tag.li[line] for line in lines]
    return tag.ul[listed] if listed else fragment()


def facts(pairs: Iterable[tuple[str, Any]]) -> Markup:
    """Names and what stands beside them; pairs with nothing to say are left out."""
    return tag.dl[((tag.dt[name], tag.dd[value]) for name, value in pairs if value)]


def fact_line(pairs: Iterable[tuple[str, Any]]) -> Markup:
    """The facts of an engagement in one line; pairs with nothing to say are left out."""
    return tag.ul(class_="facts")[(tag.li[name, " ", tag.b[value]] for name, value in pairs if value)]


def folded(summary: Any, right: Any, *inside: Any, opened: bool = False, anchor: str | None = None) -> Markup:
    """Details behind one click, with something at the right end of the line.

    The anchor stands inside them: a browser opens what a link leads into, and not what it leads to.
    """
    end = tag.span(class_="r")[right] if right else None
    return tag.details(open=opened)[tag.summary[summary, end], tag.div(id=anchor)[inside] if anchor else inside]


def aid(summary: Any, right: Any, *inside: Any) -> Markup:
    """Reference text behind one click: what helps to read a page, and is not printed with it."""
    end = tag.span(class_="r")[right] if right else None
    return tag.details(class_="aid")[tag.summary[summary, end], inside]


def paragraph(*words: Any) -> Markup:
    """One paragraph."""
    return tag.p[words]


def source_name(reference: Reference) -> str:
    """What the standard, law or list of a reference is called."""
    return term(SOURCES[reference.source].label)
