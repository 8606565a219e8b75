"""One executed notebook as one HTML page that can be mailed: no code, no script, no request to anywhere.

The frame around texts and results (title, contents, facts, provenance) is our template. The same notebook and frame
give the same bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbformat import NotebookNode

from workbook import __version__
from workbook.language import say, speaking, term, written
from workbook.report.branded import rules
from workbook.report.content import content_of
from workbook.report.looks import quoted, running_head, share
from workbook.report.shown import Basis, Shown
from workbook.seals import UNSEALED
from workbook.views import markup, states
from workbook.views.markup import Heading
from workbook.views.tag import text
from workbook.words import count

HERE = Path(__file__).parent
_CODE = re.compile(r"(?<![\w-])([A-Z]{1,3}-)(?=\d{3})")  # not in anchors, which begin with the register
NUMBERED = '"page " counter(page) " of " counter(pages)'  # what our style sheet prints at the foot


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the set: its name, where it lies, whether it is the one being read, and what needs to be remarked."""

    label: str
    href: str
    current: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: what it belongs to, facts for its head, its sisters, and what it rests on.

    `provenance` has the keys engagement, as_of, head_number, head_hash, checklists, standards, version, made_by and
    untranslated;
    `shown` says the state of the page to a machine, and `basis` what else it rests on. `codes` are what keys begin
    with, what each stands for and where that is listed; a page shows those that stand on it.
    """

    title: str
    belongs_to: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    nav: tuple[Link, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    shown: Shown | None = None
    basis: Basis = field(default_factory=Basis)
    codes: tuple[tuple[str, str, str], ...] = ()
    lang: str = "en"


def page_html(notebook: NotebookNode, frame: Frame) -> str:
    """The page of an executed notebook; its first h1 names the page, `frame.title` where it has none."""
    with speaking(frame.lang):
        content = content_of(notebook)
    if content.tells_facts:
        frame = replace(frame, facts=())
    used = set(_CODE.findall(content.main))
    frame = replace(frame, codes=tuple(code for code in frame.codes if code[0] in used))
    return framed(content.main, frame, content.title or frame.title, content.headings)


def framed(main: Markup, frame: Frame, title: str, contents: tuple[Heading, ...] = ()) -> str:
    """`main` inside the page that every page of a report shares; it is sealed when it is written."""
    basis = frame.basis.text(main)
    main, looks = share(main)
    head = running_head(" · ".join(filter(None, [frame.belongs_to, title])))
    own = rules(frame.basis.branding)
    page = _environment().get_template("page.html.j2")
    with speaking(frame.lang):
        style = _spoken(_style()) + Markup(own + "\n".join([looks, head]))  # noqa: S704 - it cannot leave the sheet
        return page.render(
            main=main, frame=frame, title=title, contents=contents, style=style, version=__version__,
            unsealed=Markup(UNSEALED),  # noqa: S704 - our own
            basis=basis, face=frame.basis.face(), printed=quoted(frame.basis.face()), brand=frame.basis.branding,
            marked=frame.basis.marked(),
        )  # fmt: skip


def fill(template: str, **values: Any) -> Markup:
    """The template `template/<template>` filled with `values`, escaped."""
    return Markup(_environment().get_template(template).render(**values))  # noqa: S704 - autoescaped


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "template"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=text,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(mark=markup.mark, slug=markup.slug, states=states, count=count, say=say, term=term,
                               written=written)  # fmt: skip
    return environment


@cache
def _style() -> Markup:
    """Our style sheets, without comments and indents."""
    whole = markup.page_style() + (HERE / "template" / "page.css").read_text(encoding="utf-8")
    bare = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", whole, flags=re.DOTALL))
    return Markup(re.sub(r" ?([{};,]) ?", r"\1", bare).replace("}", "}\n"))  # noqa: S704 - our own


def _spoken(style: Markup) -> Markup:
    """A style sheet that numbers the printed pages in the language that is spoken."""
    said = say("page {n} of {pages}", n='" counter(page) "', pages='" counter(pages) "')
    numbered = f'"{said}"'.removesuffix(' ""')
    return Markup(str(style).replace(NUMBERED, numbered))  # noqa: S704 - our own
