"""What an executed notebook shows a reader: its texts and results as HTML that passed the sanitiser, and its headings.

Headings and scrolling regions come from those who make them: from the Markdown as it is rendered, and from what a view
says about itself in the metadata of its result. Nothing here looks for them in finished HTML.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from workbook.language import say
from workbook.prose import in_english, parts, read
from workbook.report.run import NOT_IN_REPORT
from workbook.report.sanitize import harmless, sanitize
from workbook.views import tag
from workbook.views.markup import ABOUT, Heading, region, slug
from workbook.views.tag import fragment

# what a page shows of a result that comes in several forms, best first; everything else is not shown
SHOWN = ("text/html", "image/svg+xml", "image/png", "text/plain")
WIDGET = "application/vnd.jupyter.widget-view+json"
ATTACHED = "attachment:"  # how a text names a picture that its cell holds
PICTURES = ("image/svg+xml", "image/png")
FRAME_IDS = frozenset({"main", "about"})  # anchors that the page around has


@dataclass(frozen=True, slots=True)
class Content:
    """The title of a page, its texts and results, its headings below the title, and whether it tells the facts."""

    title: str
    main: Markup
    headings: tuple[Heading, ...]
    tells_facts: bool


def content_of(notebook: NotebookNode) -> Content:
    """What an executed notebook shows; its title is its first h1, empty where it has none."""
    cells = readers_cells(notebook)
    ids = set(FRAME_IDS)
    results = {number: list(_results(cell, ids)) for number, cell in enumerate(cells) if cell.cell_type == "code"}
    texts = _Texts(ids)
    pieces: list[Markup] = []
    headings: list[Heading] = []
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            pieces.append(texts.html(in_english(cell.source, notebook.metadata), cell.get("attachments")))
            headings += texts.new_headings()
        for result in results.get(number, ()):
            pieces.append(result.html)
            headings += result.headings
    tells_facts = any(result.tells_facts for found in results.values() for result in found)
    shown = tuple(heading for heading in headings if heading.level <= 3)
    return Content(texts.title, Markup("\n").join(pieces), shown, tells_facts)


# which cells ----------------------------------------------------------------------------------------------------------


def readers_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that speak to a reader of the page.

    Left out: cells tagged `not-in-report`; a cell that shows nothing, and the text that introduces it; the cell that
    opens the audit (tagged `open`: the frame says the same); and of the opening text all but the first paragraph, which
    speaks to whoever fills it in.
    """
    kept: list[NotebookNode] = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if NOT_IN_REPORT in tags:
            continue
        if cell.cell_type == "markdown":
            kept.append(_opening(cell) if cell.source.startswith("# ") else cell)
        elif cell.cell_type == "code" and "open" not in tags and shows_something(cell):
            kept.append(cell)
        elif cell.cell_type == "code" and not {"parameters", "injected-parameters"} & set(tags):
            _drop_introduction(kept)
    return kept


def _opening(cell: NotebookNode) -> NotebookNode:
    return NotebookNode(cell | {"source": parts(cell.source)[0]})


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
    return any(kind in output.data for kind in SHOWN) and WIDGET not in output.data


# results --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Result:
    html: Markup
    headings: tuple[Heading, ...] = ()
    tells_facts: bool = False


def _results(cell: NotebookNode, ids: set[str]) -> Iterator[_Result]:
    """The results of a cell that a page shows; the anchors in them are added to `ids`."""
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            yield _Result(tag.pre[output.text])
        elif output.output_type in ("execute_result", "display_data"):
            yield from _displayed(output, ids)


def _displayed(output: NotebookNode, ids: set[str]) -> Iterator[_Result]:
    kind = next((kind for kind in SHOWN if kind in output.data), "")
    if kind == "text/html":
        yield _html(output, ids)
    elif kind == "image/svg+xml":
        yield _Result(_picture(output, kind, b64encode(output.data[kind].encode()).decode()))
    elif kind == "image/png":
        yield _Result(_picture(output, kind, output.data[kind].replace("\n", "")))
    elif kind == "text/plain" and WIDGET not in output.data:
        yield _Result(tag.pre[output.data[kind]])


def _html(output: NotebookNode, ids: set[str]) -> _Result:
    """A view of ours, which brings its regions and says which headings it has; anything else in one region."""
    clean = sanitize(output.data["text/html"], ids)
    about = output.metadata.get(ABOUT)
    if about is None:
        return _Result(region(say("Result"), clean))
    return _Result(clean, tuple(_headings(about.get("headings", ()))), about.get("tells_facts") is True)


def _headings(described: Iterable[Any]) -> Iterator[Heading]:
    for one in described:
        level, anchor, words = int(one["level"]), str(one["anchor"]), str(one["text"])
        yield Heading(level, anchor, words)


def _picture(output: NotebookNode, kind: str, data: str) -> Markup:
    """A picture with its description: `display(picture, metadata={kind: {"alt": …}})`."""
    about = output.get("metadata", {})
    alt = str(about.get(kind, {}).get("alt", "") or about.get("alt", ""))
    return sanitize(tag.figure[tag.img(src=f"data:{kind};base64,{data}", alt=alt)])


# texts ----------------------------------------------------------------------------------------------------------------


class _Texts:
    """Renders the texts of one page in reading order and gives each heading an anchor that nothing else on it has.

    The anchors are the same in every language.
    """

    def __init__(self, taken: set[str]) -> None:
        self.title = ""
        self._taken = set(taken)
        self._found: list[Heading] = []
        self._names: list[str] = []  # what the headings to come are called in English
        self._renderer = _Renderer(self._heading)
        self._markdown = MarkdownWithMath(renderer=self._renderer)

    def html(self, source: str, attachments: object = None) -> Markup:
        """The HTML of one text in the language that is spoken, with the pictures that its cell holds."""
        said = read(source)
        self._names = [] if said == source else _headings_in(source)
        self._renderer.attachments = attachments if isinstance(attachments, dict) else {}
        return sanitize(str(self._markdown.render(said)))

    def new_headings(self) -> list[Heading]:
        """The headings since this was asked last."""
        found, self._found = self._found, []
        return found

    def _heading(self, inner: str, level: int) -> Markup:
        clean = sanitize(inner)
        words = clean.striptags()
        name = self._names.pop(0) if self._names else words
        if level == 1 and not self.title:
            self.title = words
            return fragment()
        heading = Heading(max(level, 2), self._anchor(name), words)
        self._found.append(heading)
        return tag.Element(f"h{heading.level}")(id=heading.anchor)[clean]

    def _anchor(self, words: str) -> str:
        base = slug(words)
        anchor, number = base, 2
        while anchor in self._taken:
            anchor, number = f"{base}-{number}", number + 1
        self._taken.add(anchor)
        return anchor


def _headings_in(source: str) -> list[str]:
    found: list[str] = []

    def heading(inner: str, _level: int) -> Markup:
        found.append(sanitize(inner).striptags())
        return fragment()

    MarkdownWithMath(renderer=_Renderer(heading)).render(source)
    return found


class _Renderer(IPythonRenderer):
    """Markdown whose headings are made by `heading`, and whose tables scroll by themselves."""

    def __init__(self, heading: Any) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._make_heading = heading

    def heading(self, text: str, level: int, **_attributes: Any) -> str:
        return f"{self._make_heading(text, level)}\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture; one that the cell should hold and does not, or not as a picture, stands as its words."""
        if not url.startswith(ATTACHED):
            return str(super().image(text, url, title))
        held = self.attachments.get(url.removeprefix(ATTACHED))
        kinds = [kind for kind in PICTURES if isinstance(held, dict) and isinstance(held.get(kind), str)]
        data = f"data:{kinds[0]};base64,{held[kinds[0]]}" if kinds else ""
        return fragment(
            tag.img(src=data, alt=text) if harmless(data) else tag.span[say("[picture not shown: {words}]", words=text)]
        )

    def table(self, text: str) -> str:
        return f"{region(say('Table'), Markup(f'<table>{text}</table>'))}\n"  # noqa: S704 - the text passes the sanitiser as a whole
