"""The edition for customers: each part as a heading, sentences, and tables that become cards on a phone."""

from typing import Any

from markupsafe import Markup

from workbook.analysis.customer_edition import customer_part
from workbook.analysis.customer_words import Cell, Figures, Said
from workbook.redacting import Redactions
from workbook.views import tag
from workbook.views.markup import Heading, View, alarm, card, cards, facts, paragraph, slug, view
from workbook.views.states import State
from workbook.views.tag import text

HELD, OPEN = State("unk", "●", "In place"), State("bad", "▲", "Open")


def part(redactions: Redactions, name: str) -> View:
    """The part `name` of what customers read of an edition's record; raises Unknown."""
    found = customer_part(redactions, name)
    return view(Heading(2, slug(found.title), found.title), *map(_line, found.lines))


def _line(line: Said | Figures) -> Markup:
    if isinstance(line, Said):
        return paragraph(_said(line))
    if not any(line.headers):
        return facts((str(name), _cell(value)) for name, value in line.rows)
    first, *rest = line.headers
    width = 38 if len(rest) == 2 else 100 // (len(rest) + 2)
    columns = {first: 100 - width * len(rest), **dict.fromkeys(rest, width)}
    return cards(line.caption, columns, (card(columns, [_cell(cell) for cell in row]) for row in line.rows))


def _said(words: Said) -> Markup:
    return alarm(words.words) if words.against else text(words.words)


def _sign(words: Said) -> Markup:
    """What is in place and what is open in the same weight, told apart by sign and colour."""
    state = OPEN if words.against else HELD
    return tag.span(style=f"color:var(--{state.kind},inherit)")[state.sign]


def _cell(cell: Cell) -> Any:
    if isinstance(cell, tuple):
        return [tag.div[_sign(words), " ", words.words] for words in cell]
    return _said(cell) if isinstance(cell, Said) else text(cell)
