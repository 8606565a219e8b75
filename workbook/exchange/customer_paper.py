"""The edition for customers as a document to be edited: the parts that their page shows, in the same words."""

from collections.abc import Iterator

from workbook.analysis.customer_edition import NAMES, customer_part
from workbook.analysis.customer_words import Cell, Figures, Part, Said
from workbook.audience import language_of
from workbook.exchange.paper import Block, Heading, Paper, Paragraph, Table
from workbook.exchange.summary import head_of_copy
from workbook.language import speaking, term
from workbook.redacting import Redactions

TITLE = "Security of our ML systems"


def customer_paper(redactions: Redactions) -> Paper:
    """All parts of what customers read of an edition's record."""
    parts = (customer_part(redactions, name) for name in NAMES)
    with speaking(language_of(redactions.record)):
        head = head_of_copy(redactions.record)
        return Paper(term(TITLE), head, tuple(block for part in parts for block in _blocks(part)))


def _blocks(part: Part) -> Iterator[Block]:
    yield Heading(1, part.title)
    for line in part.lines:
        if isinstance(line, Said):
            yield Paragraph(line.words)
        else:
            yield from _table(line)


def _table(figures: Figures) -> Iterator[Block]:
    yield Paragraph(figures.caption)
    yield Table(figures.headers, tuple(tuple(_words(cell) for cell in row) for row in figures.rows))


def _words(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return " ".join(one.words for one in cell)
    return cell.words if isinstance(cell, Said) else str(cell)
