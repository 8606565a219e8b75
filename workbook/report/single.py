"""A whole report as one file, made of the pages that lie in its folder: links between them lead inside it."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape, unescape

from markupsafe import Markup

from workbook.errors import BadInput
from workbook.report.links import live
from workbook.report.looks import only_shared, share, unshare
from workbook.seals import seal

NAME, FRONT = "report.html", "index.html"
_MAIN = re.compile(r'(<main id="main">)(.*)(</main>)', re.DOTALL)
# what the frame puts above a page: once, and before all else; views have facts and eyebrows of their own
_HEADER = re.compile(
    r"<header>.*?(<h1>.*?</h1>).*?</header>(?:\s*<details class=\"small-toc\">.*?</details>)?", re.DOTALL
)
_ABOUT = '<section id="about"'
_TOC = re.compile(r'<nav class="toc".*?</nav>', re.DOTALL)
_HEAD = re.compile(r"<(/?)h([1-5])(?=[ >])")
_ID = re.compile(r'(<[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"]*")?)*? )id="([^"]+)"')
_HREF = re.compile(r'(<a(?: [a-z-]+(?:="[^"]*")?)*? )href="([^"]*)"')
_MADE = re.compile(r'(<meta name="ml-audit-workbook-made" content=")([^"]*)(">)')


def combine(pages: Mapping[str, str]) -> str:
    """One page of all `pages`, by the names of their files: index.html first, then in the order of their names.

    Raises BadInput where there is no index.html among them.
    """
    if FRONT not in pages:
        raise BadInput("There is no index.html to begin with; make the whole report once, without --page.")
    names = [FRONT, *sorted(set(pages) - {FRONT})]
    parts = "\n".join(_part(name, pages[name], names) for name in names[1:])
    front = _TOC.sub("", pages[FRONT], count=1)
    before, main, after = _main(front)
    own, about = main.split(_ABOUT, 1)
    start = f'<span id="{_anchor(FRONT, names)}"></span>'
    whole, rules = share(Markup(start + unshare(_inside(own, FRONT, names), front) + parts))  # noqa: S704 - pages of ours
    text = _front_links(before, names) + str(whole) + _ABOUT + _links(about, FRONT, names) + after
    text = _with_evidence(only_shared(text, rules), pages.values())
    return seal(live({NAME: text})[NAME])  # a link to a page that is not in it reads as its words


def _main(html: str) -> tuple[str, str, str]:
    found = _MAIN.search(html)
    if found is None:
        raise BadInput("A page of this report was changed by somebody else; make the whole report again.")
    return html[: found.end(1)], found[2], html[found.start(3) :]


def _part(name: str, html: str, names: Sequence[str]) -> str:
    """The content of a page inside the whole: its headings one level lower, its anchors and links its own."""
    own = _HEADER.sub(r"\1", _main(html)[1], count=1).partition(_ABOUT)[0]
    content = _HEAD.sub(lambda h: f"<{h[1]}h{int(h[2]) + 1}", own)
    return f'<section id="{_anchor(name, names)}">{unshare(_inside(content, name, names), html)}</section>'


def _anchor(name: str, names: Sequence[str], inside: str = "") -> str:
    """Where the page `name`, or an anchor on it, stands in the whole; short, as there are thousands of them."""
    own = f"p{names.index(name)}"
    return f"{own}.{inside}" if inside else own


def _inside(content: str, name: str, names: Sequence[str]) -> str:
    named = _ID.sub(lambda found: f'{found[1]}id="{_anchor(name, names, found[2])}"', content)
    return _links(named, name, names)


def _links(content: str, name: str, names: Sequence[str]) -> str:
    def lead(found: re.Match[str]) -> str:
        page, hash_, inside = found[2].partition("#")
        if (page or name) not in names or (not page and not hash_):
            return found[0]
        return f'{found[1]}href="#{_anchor(page or name, names, inside)}"'

    return _HREF.sub(lead, content)


def _front_links(before: str, names: Sequence[str]) -> str:
    """What stands before the content, its links to pages leading inside; the one to skip to the content stays."""
    head, body = before.split("<body", 1)
    return f"{head}<body{_links(body, '', names)}"


def _with_evidence(text: str, pages: Iterable[str]) -> str:
    """`text` naming the evidence that any of the `pages` shows, as the state it rests on."""
    shown: dict[str, str] = {}
    for page in pages:
        if made := _MADE.search(page):
            shown |= json.loads(unescape(made[2]))["evidence"]

    def tell(made: re.Match[str]) -> str:
        facts = json.loads(unescape(made[2])) | {"evidence": shown}
        return made[1] + escape(json.dumps(facts, sort_keys=True, separators=(",", ":"))) + made[3]

    return _MADE.sub(tell, text, count=1)
