"""A document of the management system as values, and as Markdown or DOCX: headings, paragraphs, gaps, tables.

What the record does not hold stands as a `Gap`, which both formats make visible; nobody can take it for text.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbook.branding import Branding
from workbook.language import ENGLISH, later, say, speaking, spoken
from workbook.words import shortened, visible

if TYPE_CHECKING:
    from docx.document import Document as Word

NOT_HELD = later("Not held yet")
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!~])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is that of a section."""

    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `lead` stands in front of it in bold."""

    words: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What the record does not hold, and what to do about it, in a sentence."""

    words: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header; every cell is text."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Bullets | Gap | Table


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its title, the facts of its head as names with values, and its blocks in order.

    It is in the language that was spoken when it was made.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    lang: str = field(default_factory=spoken, repr=False)

    @property
    def gaps(self) -> int:
        """How much of it the record does not hold."""
        return sum(isinstance(block, Gap) for block in self.blocks)


# as Markdown --------------------------------------------------------------------------------------------------------


def as_markdown(paper: Paper) -> str:
    """The document as Markdown; what somebody typed is text there, too, and no mark-up."""
    head = [f"# {_plain(paper.title)}", "", *_markdown_table(("", ""), paper.facts)]
    with speaking(paper.lang):
        lines = [line for block in paper.blocks for line in ("", *_markdown(block))]
    return "\n".join([*head, *lines]) + "\n"


def _markdown(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, words):
            yield f"{'#' * (level + 1)} {_plain(words)}"
        case Paragraph(words, lead):
            yield f"**{_plain(lead)}** {_plain(words)}" if lead else _plain(words)
        case Bullets(lines):
            yield from (f"- {_plain(line)}" for line in lines)
        case Gap(words):
            yield f"> **{say(NOT_HELD)}:** {_plain(words)}"
        case Table(headers, rows):
            yield from _markdown_table(headers, rows)


def _markdown_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _markdown_row(headers)
    yield _markdown_row(["---"] * len(headers), marks=False)
    yield from map(_markdown_row, rows)


def _markdown_row(cells: Iterable[str], *, marks: bool = True) -> str:
    return f"| {' | '.join(_plain(cell) if marks else cell for cell in cells)} |"


def _plain(words: str) -> str:
    """Words on one line, with every sign escaped that Markdown would take for its own."""
    line = " ".join(_CONTROL.sub(" ", words).split())
    escaped = _MARKS.sub(r"\\\1", line)
    return re.sub(r"^([-+>]|[0-9]+[.)])(?= )", r"\\\1", escaped)


# as DOCX ------------------------------------------------------------------------------------------------------------


def as_docx(paper: Paper, branding: Branding | None = None) -> bytes:
    """The document as a DOCX file, with real headings and tables, so that it can be edited and read aloud.

    With a `branding` its sheets have a head and a foot, and its headings that colour.
    """
    import docx  # here, because it takes long to import
    from docx.enum.section import WD_ORIENT

    word = docx.Document()
    page = word.sections[0]
    page.page_width, page.page_height = page.page_height, page.page_width
    page.orientation = WD_ORIENT.LANDSCAPE
    word.core_properties.title = shortened(_safe(paper.title), 200)
    word.core_properties.author = ""
    word.add_heading(_safe(paper.title), 0)
    _add_table(word, ("", ""), paper.facts)
    with speaking(paper.lang):
        for block in paper.blocks:
            _add(word, block)
    if paper.lang != ENGLISH:
        _speak(word, paper.lang)
    if branding:
        _dress(word, branding)
    _number(word, " · ".join([paper.title, *(value for _, value in paper.facts)]))
    target = io.BytesIO()
    word.save(target)
    return target.getvalue()


def _add(word: "Word", block: Block) -> None:
    match block:
        case Heading(level, words):
            word.add_heading(_safe(words), level)
        case Paragraph(words, lead):
            paragraph = word.add_paragraph()
            if lead:
                paragraph.add_run(f"{_safe(lead)} ").bold = True
            paragraph.add_run(_safe(words))
        case Bullets(lines):
            for line in lines:
                word.add_paragraph(_safe(line), style="List Bullet")
        case Gap(words):
            paragraph = word.add_paragraph(style="Intense Quote")
            paragraph.add_run(f"{say(NOT_HELD)}: ").bold = True
            paragraph.add_run(_safe(words))
        case Table(headers, rows):
            _add_table(word, headers, rows)


def _add_table(word: "Word", headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    named = any(headers)
    table: Any = word.add_table(rows=0, cols=len(headers), style="Table Grid")
    for cells in [headers, *rows] if named else rows:
        for cell, words in zip(table.add_row().cells, cells, strict=True):
            cell.text = _safe(words)
    if named:  # repeated on every page
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(mark)
    word.add_paragraph()


def _speak(word: "Word", language: str) -> None:
    """Let the file say in which language it is read aloud and checked; the template of ours says English."""
    from docx.oxml.ns import qn

    for mark in word.styles.element.iter(qn("w:lang")):
        mark.set(qn("w:val"), language)


def _dress(word: "Word", branding: Branding) -> None:
    """Give every sheet the head and foot of the own look: Word takes no SVG, so the logo is the PNG, or none."""
    from docx.shared import Cm, RGBColor

    sheet = word.sections[0]
    head, foot = sheet.header.paragraphs[0], sheet.footer.paragraphs[0]
    if png := branding.logos.get("logo.png"):
        picture = head.add_run().add_picture(io.BytesIO(png))
        smaller = min(Cm(1.2) / picture.height, Cm(6) / picture.width)
        picture.height, picture.width = int(picture.height * smaller), int(picture.width * smaller)
        picture._inline.docPr.set("descr", _safe(branding.alt or branding.name))
    says = " · ".join(filter(None, [branding.called, branding.line]))
    head.add_run(f"  {_safe(says)}" if png else _safe(says)).bold = True
    foot.add_run(_safe(" · ".join(filter(None, [branding.footer, branding.contact]))))
    for name in ("Title", *(f"Heading {level}" for level in range(1, 5))):
        if light := branding.colours.get("light"):
            word.styles[name].font.color.rgb = RGBColor.from_string(light.removeprefix("#"))


def _number(word: "Word", says: str) -> None:
    """Let the foot of every sheet say what it belongs to, and which it is of how many: sheets get separated."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    foot = word.sections[0].footer
    line = foot.add_paragraph() if foot.paragraphs[0].text else foot.paragraphs[0]
    for words, counts in ((f"{_safe(says)} · ", "PAGE"), (" / ", "NUMPAGES")):
        for run in (line.add_run(words), counted := line.add_run()):
            run.font.size = Pt(8)
        number = OxmlElement("w:fldSimple")
        number.set(qn("w:instr"), counts)
        number.append(counted._r)
        line._p.append(number)


def _safe(words: str) -> str:
    """Words with what nobody sees written out, as on the pages, and without the characters that XML does not take."""
    return _CONTROL.sub(" ", visible(words))
