"""Finds the links of report pages that lead nowhere, as a link checker does: with a parser of its own."""

import re
from html.parser import HTMLParser
from pathlib import Path


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors.add(given.get("id") or "")
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))


_SAYING, _VALUES = {"p", "h1", "h2", "h3", "h4", "summary"}, {"table", "li", "dl"}


class _Prose(HTMLParser):
    """Collects the paragraphs, headings and lines to unfold that stand in no table, list or definition."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._within: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        if tag in _SAYING and not _VALUES & set(self._within):
            self.said.append("")
        if tag not in ("br", "img", "meta", "link", "wbr"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if {"p", "h1", "h2", "h3", "h4", "summary"} & set(self._within) and not set(self._within) & {
            "table",
            "li",
            "dl",
        }:
            self.said[-1] += data


def prose(html: str) -> list[str]:
    """What a page says in sentences of its own: no table, no list, nothing of the record's values."""
    return [" ".join(said.split()) for said in _Prose(html).said]


def links(folder: Path) -> list[tuple[str, str]]:
    """The links of the pages in `folder` to pages and anchors, with the page that they stand on."""
    found = {path.name: _Page(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}
    return [
        (name, link) for name, page in found.items() for link in page.links if not re.match(r"https?:|mailto:", link)
    ]


def dead_links(folder: Path) -> list[tuple[str, str]]:
    """Those links that lead to no page, or to an anchor which that page does not have."""
    found = {path.name: _Page(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}
    dead = []
    for name, link in links(folder):
        page, _, anchor = link.partition("#")
        if (page or name) not in found or anchor not in found[page or name].anchors:
            dead.append((name, link))
    return dead
