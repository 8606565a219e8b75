"""Links between the pages of a report: one that leads nowhere is no link.

Works on what our template and the sanitiser wrote: in such a page `<` stands only where a tag begins, and every value
is quoted.
"""

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import unquote

_TAG = r'(?:\s+[^\s=>"]+(?:="[^"]*")?)*'
_ID = re.compile(rf'<[a-z][a-z0-9]*(?={_TAG}\s*>)(?:\s+(?!id=)[^\s=>"]+(?:="[^"]*")?)*\s+id="([^"]*)"')
_LINK = re.compile(rf"<a({_TAG})\s*>(.*?)</a>", re.DOTALL)
_HREF = re.compile(r'\s+([^\s=>"]+)(?:="([^"]*)")?')
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def targets(html: str) -> set[str]:
    """Where the links of a page lead, as they are written there."""
    attributes = (dict(_HREF.findall(found[1])) for found in _LINK.finditer(html))
    return {unescape(found["href"]) for found in attributes if "href" in found}


def live(pages: Mapping[str, str]) -> dict[str, str]:
    """The same pages by file name; a link to a page or an anchor that is not among them has become its words.

    A link within a page does not name the page, so that it leads there whatever the file is called later.
    """
    anchors = {name: {unescape(found) for found in _ID.findall(html)} for name, html in pages.items()}

    def leads_somewhere(name: str, href: str) -> bool:
        page, _, anchor = href.partition("#")
        there = anchors.get(page or name)
        return there is not None and (not anchor or anchor in there or unquote(anchor) in there)

    def rewritten(name: str, found: re.Match[str]) -> str:
        href = next((unescape(value) for attribute, value in _HREF.findall(found[1]) if attribute == "href"), None)
        if href is None or _ELSEWHERE.match(href) or leads_somewhere(name, href):
            return found[0].replace(f' href="{name}#', ' href="#', 1)
        return found[2]

    return {
        name: _LINK.sub(lambda found, name=name: rewritten(name, found), html)  # type: ignore[misc]
        for name, html in pages.items()
    }
