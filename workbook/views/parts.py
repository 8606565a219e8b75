"""Small pieces that several pages share: links, owners, dates, folded details, lists of facts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from markupsafe import Markup

from workbook.analysis.overdue import days_late
from workbook.record import WITHHELD, Record
from workbook.references import SOURCES, Reference
from workbook.views.markup import count, day, text


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


def who(record: Record, name: Any) -> Markup:
    """An owner as this audience may read it; says so where nobody is named."""
    if record.audience == "customer":
        return text(WITHHELD)
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


def source(reference: Reference) -> str:
    """What the standard, law or list of a reference is called."""
    return SOURCES[reference.source].label
