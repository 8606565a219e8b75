"""The one way from values to HTML: Jinja templates and small builders, everything typed by people escaped on its way.

What comes out is `Markup` with the class names of style.css, and survives an untrusted notebook: no script, no style
sheet of its own, colours of states repeated in words and signs.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from workbook.analysis.overdue import days_late
from workbook.model import Result
from workbook.references import SOURCES, Reference
from workbook.views import states
from workbook.views.states import RESULTS, State
from workbook.words import count, day, moment

HERE = Path(__file__).parent
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def visible(text: str) -> str:
    """`text` with characters that nobody sees, or that turn the reading direction, written out as ⟦U+202E⟧."""
    return _UNSEEN.sub(lambda m: f"⟦U+{ord(m[0]):04X}⟧", text)


def _finalize(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def text(value: Any) -> Markup:
    """Any value, escaped, dates written as people read them."""
    return escape(_finalize(value))


@cache
def style() -> str:
    """The style sheet of everything that views make, scoped to the class `mlaw`."""
    return (HERE / "style.css").read_text(encoding="utf-8")


def style_element() -> Markup:
    """The style sheet as an element of its own, for a notebook; in cell outputs it outweighs JupyterLab's own rules."""
    outputs = ".jp-RenderedHTMLCommon" * 2
    return Markup(f"<style>{style()}\n{outputs} {{\n{style()}\n}}</style>")  # noqa: S704 - our own file


@cache
def environment() -> Environment:
    """The templates beside this module; an unknown name in one of them is an error, not a blank."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=day, moment=moment)
    made.globals.update(mark=mark, states=states, count=count, table=table, bar=bar, slug=slug)
    return made


def render(template: str, **values: Any) -> Markup:
    """The template `templates/<template>.html.j2` filled with `values`."""
    return Markup(environment().get_template(f"{template}.html.j2").render(**values))  # noqa: S704 - autoescaped


def mark(state: State, words: str = "") -> Markup:
    """A state as a small label: sign and word in its colour; `words` stand in place of its own."""
    style = f"color:var(--{state.kind},inherit);background:var(--{state.kind}bg,transparent)"
    label = text(f"{state.sign} {words or state.word}")
    return Markup('<span class="st {0}" style="{1}">{2}</span>').format(state.kind, style, label)


def table(
    caption: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str = "Nothing yet.", kind: str = ""
) -> Markup:
    """A table whose first column names its rows; `empty` is said instead when there are none."""
    body = list(rows)
    if not body:
        return note(empty)
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(text(h)) for h in headers)
    lines = Markup("\n").join(_line(cells) for cells in body)
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}"><table class="{1}"><caption>{0}</caption>'
        "<thead><tr>{2}</tr></thead><tbody>\n{3}\n</tbody></table></div>"
    ).format(text(caption), kind, head, lines)


def _line(cells: Sequence[Any]) -> Markup:
    first, *rest = cells
    others = Markup("").join(Markup("<td>{}</td>").format(text(c)) for c in rest)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(text(first), others)


def note(words: str) -> Markup:
    """A quiet sentence, for example in place of an empty table."""
    return Markup('<p class="note">{}</p>').format(text(words))


def bar(counts: Mapping[Result, int]) -> Markup:
    """How results are spread, as one bar with its key in words; what nobody assessed leaves the bar empty."""
    total = sum(counts.values())
    parts = [(r, counts.get(r, 0)) for r in RESULTS if counts.get(r, 0)]
    label = ", ".join(f"{n} {r}" for r, n in parts) or "nothing asked"
    pieces = Markup("").join(
        Markup('<i style="display:block;width:{0:.2f}%;background:var(--{1},#888)"></i>').format(
            100 * n / total, RESULTS[r].kind
        )
        for r, n in parts
        if r is not Result.NOT_ASSESSED
    )
    key = Markup("").join(Markup("<li>{} <b>{}</b> {}</li>").format(RESULTS[r].sign, n, r) for r, n in parts)
    return Markup('<div class="bar" role="img" aria-label="{0}">{1}</div><ul class="key">{2}</ul>').format(
        text(label), pieces, key
    )


def slug(words: str) -> str:
    """An anchor made of plain letters: `Access control` → `access-control`."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "part"


def link(page: str, anchor: str, words: str) -> Markup:
    """`words` as a link to a place on a page; plain words without a page.

    It names the notebook; a report makes it a link to the notebook's HTML page.
    """
    if not page:
        return text(words)
    place = f"#{anchor}" if anchor else ""
    return Markup('<a href="{}.ipynb{}">{}</a>').format(text(page), text(place), text(words))


def under(words: Any, small: Any) -> Markup:
    """`words` with a quiet second line."""
    return Markup("{}{}").format(text(words), quiet(small)) if small else text(words)


def quiet(words: Any) -> Markup:
    """A line of lesser importance."""
    return Markup('<span class="ref" style="display:block">{}</span>').format(text(words))


def wide(words: Any, least: str = "16em") -> Markup:
    """Words that would make a tall, narrow column on a phone; the table scrolls instead."""
    return Markup('<div style="min-width:{}">{}</div>').format(least, text(words))


def alarm(words: str) -> Markup:
    """Words that say that something has run out or is missing."""
    return Markup('<span class="stale" style="color:var(--bad,inherit);font-weight:600">{}</span>').format(text(words))


def who(name: Any) -> Markup:
    """An owner; says so where nobody is named."""
    return text(name) if name else alarm("nobody named")


def due(on: date, until: date | None) -> Markup:
    """A due date, or by how much it has gone by."""
    if until is None:
        return alarm("no date")
    late = days_late(until, on)
    return alarm(f"overdue {count(late, 'day')}") if late else Markup("due {}").format(day(until))


def items(lines: Iterable[Any]) -> Markup:
    """A plain list; nothing for no lines."""
    body = Markup("").join(Markup("<li>{}</li>").format(text(line)) for line in lines)
    return Markup('<ul style="margin:0;padding-left:1.1em">{}</ul>').format(body) if body else Markup("")


def facts(pairs: Iterable[tuple[str, Any]]) -> Markup:
    """Names and what stands beside them; pairs with nothing to say are left out."""
    body = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(text(name), text(value)) for name, value in pairs if value
    )
    return Markup("<dl>{}</dl>").format(body)


def folded(summary: Markup, right: Any, body: Markup, *, opened: bool = False) -> Markup:
    """Details behind one click, with something at the right end of the line."""
    aside = Markup('<span class="r">{}</span>').format(text(right)) if right else Markup("")
    return Markup("<details{}><summary>{}{}</summary>{}</details>").format(
        Markup(" open") if opened else "", summary, aside, body
    )


def heading(words: str) -> Markup:
    """A heading inside a view; the headings above it are the notebook's."""
    return Markup("<h3>{}</h3>").format(text(words))


def paragraph(words: Any) -> Markup:
    """One paragraph."""
    return Markup("<p>{}</p>").format(text(words))


def source_name(reference: Reference) -> str:
    """What the standard, law or list of a reference is called."""
    return SOURCES[reference.source].label
