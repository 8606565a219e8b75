"""The one way from values to HTML: elements whose children and attributes are escaped as they are put in.

`td(class_="num")[name, small["quiet"]]` is `<td class="num">…</td>`. Only this module decides what is HTML: a string is
text unless one of these elements made it. What comes out is `Markup`, and survives an untrusted notebook: no script.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from workbook.words import day, moment, visible

_VOID = {"br", "img"}


def text(value: Any) -> Markup:
    """Any value as HTML: what elements made stays, strings are escaped, dates are written as people read them.

    Nothing stands for None; lists, tuples and generators are put one after the other.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return escape(visible(value))
    if value is None:
        return Markup("")
    if isinstance(value, Element):
        return value.__html__()
    if isinstance(value, datetime):
        return escape(moment(value))
    if isinstance(value, date):
        return escape(day(value))
    if isinstance(value, Iterable):
        return Markup("").join(map(text, value))
    return escape(value)


def fragment(*children: Any) -> Markup:
    """Several values one after the other, without an element around them."""
    return text(children)


class Element:
    """An HTML element: called with attributes it is one with them, indexed with children it is the finished Markup."""

    __slots__ = ("_attributes", "_name")

    def __init__(self, name: str, attributes: str = "") -> None:
        self._name, self._attributes = name, attributes

    def __call__(self, **attributes: Any) -> "Element":
        """The element with these attributes; `class_` is class, `aria_label` aria-label, None leaves one out."""
        return Element(self._name, "".join(_attribute(name, value) for name, value in attributes.items()))

    def __getitem__(self, children: Any) -> Markup:
        """The element around its children."""
        return Markup(f"<{self._name}{self._attributes}>{text(children)}</{self._name}>")  # noqa: S704 - escaped by text

    def __html__(self) -> Markup:
        """The element without children."""
        end = "" if self._name in _VOID else f"</{self._name}>"
        return Markup(f"<{self._name}{self._attributes}>{end}")  # noqa: S704 - escaped by _attribute


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(value)}"'


a, b, br, caption, code = Element("a"), Element("b"), Element("br"), Element("caption"), Element("code")
dd, details, div, dl, dt = Element("dd"), Element("details"), Element("div"), Element("dl"), Element("dt")
figcaption, figure, i, img = Element("figcaption"), Element("figure"), Element("i"), Element("img")
li, nav, ol, p, pre, section = (
    Element("li"),
    Element("nav"),
    Element("ol"),
    Element("p"),
    Element("pre"),
    Element("section"),
)
small, span, summary, table, tbody = (
    Element("small"),
    Element("span"),
    Element("summary"),
    Element("table"),
    Element("tbody"),
)
td, th, thead, tr, ul = Element("td"), Element("th"), Element("thead"), Element("tr"), Element("ul")
