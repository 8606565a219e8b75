"""Styles of a page's elements, written once as a class instead of at each of them.

Views style what they make at the element, because a notebook that nobody ran again has no style sheet; a page has one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from workbook.words import visible

_SIGN = re.compile(r"[^A-Za-z0-9 .,:-]")
_TAG = re.compile(r'<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")+>')
_STYLE = re.compile(r' style="([^"]*)"')
_CLASS = re.compile(r' class="([^"]*)"')
_RULE = re.compile(r"^\.(y\d+):not\(#_\)\{([^}]*)\}$", re.MULTILINE)
_END = "</style>"
_PLAIN = re.compile(r"[\w\s:;#.,%()+-]+")  # what cannot end a rule, begin another one or leave the style sheet


def running_head(words: str, corner: str = "top-left") -> str:
    """The rule that prints `words` above each sheet of paper; they cannot end it, whatever they are."""
    return f"@media print{{@page{{@{corner}{{content:{quoted(words)};font:8pt sans-serif;color:#59636e}}}}}}"


def quoted(words: str) -> Markup:
    """Words as a string of a style sheet, with all but plain letters, digits and blanks written as their numbers."""
    # a blank ends each number, and is no part of the words: without it, the next one would be taken for it
    plain = _SIGN.sub(lambda sign: f"\\{ord(sign[0]):06x} ", visible(words))
    return Markup(f'"{plain}"')  # noqa: S704 - nothing of it can end the string


def share(main: Markup) -> tuple[Markup, str]:
    """`main`, which passed the sanitiser, with a class in place of each style at an element.

    Returns it with the rules of these classes. They outweigh what a style sheet says of the element, as a style at the
    element itself does.
    """
    found = Counter(style for element in _TAG.findall(main) for style in _STYLE.findall(element))
    shared = [style for style, _ in found.most_common() if _PLAIN.fullmatch(style)]
    names = {style: f"y{number}" for number, style in enumerate(shared)}
    whole = _TAG.sub(lambda element: _with_class(element[0], names), main)
    return Markup(whole), "\n".join(_rules(names))  # noqa: S704 - as clean as it came


def unshare(content: str, page: str) -> str:
    """`content` of a finished `page`, with the styles at its elements again in place of their classes.

    Rules are read from the style sheet alone: what somebody typed may look like one.
    """
    styles = {name: style for name, style in _RULE.findall(page.partition(_END)[0]) if _PLAIN.fullmatch(style)}

    def at_element(element: re.Match[str]) -> str:
        classes = _CLASS.search(element[0])
        mine = [name for name in classes[1].split() if name in styles] if classes else []
        if not classes or not mine:
            return element[0]
        others = " ".join(name for name in classes[1].split() if name not in styles)
        kept = f' class="{others}"' if others else ""
        return element[0].replace(classes[0], f'{kept} style="{styles[mine[0]]}"', 1)

    return _TAG.sub(at_element, content)


def only_shared(page: str, rules: str) -> str:
    """A finished `page` with `rules` in place of the ones that it had for its classes."""
    sheet, end, rest = page.partition(_END)
    return f"{_RULE.sub('', sheet)}{rules}\n{end}{rest}"


def _with_class(element: str, names: Mapping[str, str]) -> str:
    style = _STYLE.search(element)
    if style is None or style[1] not in names:
        return element
    rest, name = element.replace(style[0], "", 1), names[style[1]]
    if _CLASS.search(rest):
        return _CLASS.sub(lambda classes: f' class="{classes[1]} {name}"', rest, count=1)
    return rest.removesuffix(">") + f' class="{name}">'


def _rules(names: Mapping[str, str]) -> Iterator[str]:
    return (f".{name}:not(#_){{{style}}}" for style, name in names.items())
