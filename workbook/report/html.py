"""One executed notebook as one HTML page that can be mailed: no code, no script, no request to anywhere.

Texts and results come through nbconvert with our own template; everything passes the sanitiser; the frame around them
(title, contents, facts, provenance) is ours. The same notebook and frame give the same bytes.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from workbook import __version__
from workbook.report.sanitize import sanitize
from workbook.views import markup, states
from workbook.views.tag import text
from workbook.words import count

HERE = Path(__file__).parent
# what a page shows of a result that comes in several forms, best first; everything else is not shown
SHOWN = ("text/html", "image/svg+xml", "image/png", "text/plain")
_TAG = r'(?:\s+[^\s"=<>/]+(?:="[^"]*")?)*'
_HEADING = re.compile(rf"<h([1-6])({_TAG})\s*>(.*?)</h\1>", re.DOTALL)
_TABLE = re.compile(rf"<table{_TAG}\s*>.*?</table>", re.DOTALL)
_ID = re.compile(r'\sid="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the set: its name, where it lies, whether it is the one being read, whether it failed."""

    label: str
    href: str
    current: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: what it belongs to, facts for its head, its sisters, and what it rests on.

    `provenance` has the keys engagement, as_of, head_number, head_hash, checklists, standards, version and made_by.
    """

    title: str
    belongs_to: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    nav: tuple[Link, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the table of contents."""

    level: int
    anchor: str
    text: str


def page_html(notebook: NotebookNode, frame: Frame) -> str:
    """The page of an executed notebook; its first h1 names the page, `frame.title` where it has none."""
    body, _ = _exporter().from_notebook_node(readers_part(notebook))
    title, main, contents = outlined(body)
    return framed(main, frame, title or frame.title, contents)


def framed(main: Markup, frame: Frame, title: str, contents: tuple[Heading, ...] = ()) -> str:
    """`main` inside the page that every part of a report shares."""
    page = _environment().get_template("page.html.j2")
    return page.render(main=main, frame=frame, title=title, contents=contents, style=_style(), version=__version__)


def part(template: str, **values: Any) -> Markup:
    """The template `template/<template>` filled with `values`, escaped."""
    return Markup(_environment().get_template(template).render(**values))  # noqa: S704 - autoescaped


def readers_part(notebook: NotebookNode) -> NotebookNode:
    """The cells that speak to a reader of the page.

    Left out: a cell that shows nothing, and the text that introduces it; the cell that opens the audit (tagged `open`:
    the frame says the same); and of the opening text all but the first paragraph, which speaks to whoever fills it in.
    """
    kept: list[NotebookNode] = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            kept.append(_opening(cell) if cell.source.startswith("# ") else cell)
        elif cell.cell_type == "code" and "open" not in tags and shows_something(cell):
            kept.append(cell)
        elif cell.cell_type == "code" and not {"parameters", "injected-parameters"} & set(tags):
            _drop_introduction(kept)
    return NotebookNode(notebook | {"cells": kept})


def _opening(cell: NotebookNode) -> NotebookNode:
    return NotebookNode(cell | {"source": "\n\n".join(cell.source.split("\n\n")[:2])})


def _drop_introduction(kept: list[NotebookNode]) -> None:
    if kept and kept[-1].cell_type == "markdown" and not kept[-1].source.startswith("# "):
        kept.pop()


def shows_something(cell: NotebookNode) -> bool:
    """Whether a code cell has a result that a page shows."""
    return any(_visible(output) for output in cell.outputs)


def _visible(output: NotebookNode) -> bool:
    if output.output_type == "stream":
        return output.name == "stdout" and bool(output.text.strip())
    if output.output_type not in ("execute_result", "display_data"):
        return False
    if "text/html" in output.data:
        html = output.data["text/html"]
        return "<img" in html or bool(Markup(html).striptags())  # noqa: S704 - only looked at
    return any(kind in output.data for kind in SHOWN) and "application/vnd.jupyter.widget-view+json" not in output.data


def outlined(body: str) -> tuple[str, Markup, tuple[Heading, ...]]:
    """The first h1 as text, the rest with an anchor on every heading, and its table of contents.

    Ends with the sanitiser: nothing that is done to the text here can open what was closed before.
    """
    outline = _Outline({unescape(i) for i in _ID.findall(body)})
    body = _HEADING.sub(outline.heading, body)
    return outline.title, sanitize(_TABLE.sub(_in_region, body)), tuple(outline.contents)


class _Outline:
    """Gives every heading its anchor, in reading order."""

    def __init__(self, taken: set[str]) -> None:
        self.taken, self.seen = taken, set[str]()
        self.title = ""
        self.contents: list[Heading] = []

    def heading(self, found: re.Match[str]) -> str:
        level, attributes, inner = int(found[1]), found[2], found[3]
        text = str(Markup(inner).striptags())  # noqa: S704 - only its text is used
        if level == 1 and not self.title:
            self.title = text
            return ""
        level = max(level, 2)
        own = _ID.search(attributes)
        anchor = self._anchor(unescape(own[1]) if own else "", text)
        if level <= 3:
            self.contents.append(Heading(level, anchor, text))
        return f'<h{level}{_ID.sub("", attributes)} id="{Markup.escape(anchor)}">{inner}</h{level}>'

    def _anchor(self, own: str, text: str) -> str:
        if own and own not in self.seen:
            self.seen.add(own)
            return own
        base = markup.slug(own or text)
        anchor, number = base, 2
        while anchor in self.taken or anchor in self.seen:
            anchor, number = f"{base}-{number}", number + 1
        self.seen.add(anchor)
        return anchor


def _in_region(found: re.Match[str]) -> str:
    """A table in a region of its own that scrolls, unless a view has put it in one."""
    before = found.string[max(0, found.start() - 300) : found.start()].rstrip()
    if re.search(r'<div class="scroll"[^>]*>$', before):
        return found[0]
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Table">{found[0]}</div>'


class _Exporter(TemplateExporter):
    """nbconvert with our template, which escapes whatever it is not told to trust."""

    def _create_environment(self) -> Environment:
        made = super()._create_environment()
        made.autoescape = True
        return made


def _exporter() -> TemplateExporter:
    """A new one for each page: it remembers what it converts, and pages are made side by side."""
    options = Config(
        {
            "TemplateExporter": {
                "extra_template_basedirs": [str(HERE)],
                "template_name": "template",
                "template_file": "index.html.j2",
                "filters": {
                    "sanitize": sanitize, "markdown": _markdown, "svg_address": _svg_address, "described": _described,
                },
            },
            "Exporter": {"default_preprocessors": []},  # none applies, and each would validate the notebook anew
            "NbConvertBase": {"display_data_priority": list(SHOWN)},
        }
    )  # fmt: skip
    return _Exporter(config=options)


def _markdown(source: str) -> str:
    return str(MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(source))


def _svg_address(drawing: str) -> str:
    return "data:image/svg+xml;base64," + b64encode(drawing.encode()).decode()


def _described(output: NotebookNode, kind: str) -> str:
    """What the notebook says a picture shows: `display(picture, metadata={kind: {"alt": …}})`."""
    about = output.get("metadata", {})
    return str(about.get(kind, {}).get("alt", "") or about.get("alt", ""))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "template"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=text,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(mark=markup.mark, states=states, count=count)
    return made


@cache
def _style() -> Markup:
    return Markup(markup.style() + (HERE / "template" / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own
