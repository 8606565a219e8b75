"""What elements of a page share, written once as a class: styles, and the names of columns for cells of cards.

Views style what they make at the element, because a notebook that nobody ran again has no style sheet; a page has one.
On a phone each row of a table is a card, whose cells say by the style sheet of which column they are.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape

from markupsafe import Markup

from workbook.words import visible

_SIGN = re.compile(r"[^A-Za-z0-9 .,:-]")
_TAG = re.compile(r'<[a-z][a-z0-9]*(?: [a-zA-Z-]+="[^"]*")+>')
_STYLE = re.compile(r' style="([^"]*)"')
_CLASS = re.compile(r' class="([^"]*)"')
_TABLE = re.compile(r"(<table[^>]*>)((?:<caption>.*?</caption>)?<thead>(.*?)</thead>)", re.DOTALL)
_ANY = re.compile(r"<[^>]*>")
_HEAD = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_NAMES = re.compile(r"^\.(t\d+)>\*>\*>:nth-child\(\d+\)\{[^}]*\}$\n?", re.MULTILINE)
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

    Returns it with the rules of these classes, and of those that name the columns of its tables. They outweigh what a
    style sheet says of the element, as a style at the element itself does.
    """
    found = Counter(style for element in _TAG.findall(main) for style in _STYLE.findall(element))
    shared = [style for style, _ in found.most_common() if _PLAIN.fullmatch(style)]
    names = {style: f"y{number}" for number, style in enumerate(shared)}
    heads: dict[tuple[str, ...], str] = {}
    named = _TABLE.sub(lambda table: _with_columns(table, heads), main)
    whole = _TAG.sub(lambda element: _with_class(element[0], names), named)
    return Markup(whole), "\n".join([*_rules(names), *_columns(heads)])  # noqa: S704 - as clean as it came


def unshare(content: str, page: str) -> str:
    """`content` of a finished `page`, with the styles at its elements again in place of their classes.

    Rules are read from the style sheet alone: what somebody typed may look like one.
    """
    sheet = page.partition(_END)[0]
    styles = {name: style for name, style in _RULE.findall(sheet) if _PLAIN.fullmatch(style)}
    columns = set(_NAMES.findall(sheet))

    def at_element(element: re.Match[str]) -> str:
        classes = _CLASS.search(element[0])
        all_ = classes[1].split() if classes else []
        others = [name for name in all_ if name not in styles and name not in columns]
        if not classes or others == all_:
            return element[0]
        kept = f' class="{" ".join(others)}"' if others else ""
        style = next((styles[name] for name in all_ if name in styles), "")
        return element[0].replace(classes[0], kept + (f' style="{style}"' if style else ""), 1)

    return _TAG.sub(at_element, content)


def only_shared(page: str, rules: str) -> str:
    """A finished `page` with `rules` in place of the ones that it had for its classes."""
    sheet, end, rest = page.partition(_END)
    return f"{_NAMES.sub('', _RULE.sub('', sheet))}{rules}\n{end}{rest}"


def _with_class(element: str, names: Mapping[str, str]) -> str:
    style = _STYLE.search(element)
    if style is None or style[1] not in names:
        return element
    return _and_class(element.replace(style[0], "", 1), names[style[1]])


def _and_class(element: str, name: str) -> str:
    if _CLASS.search(element):
        return _CLASS.sub(lambda classes: f' class="{classes[1]} {name}"', element, count=1)
    return element.removesuffix(">") + f' class="{name}">'


def _rules(names: Mapping[str, str]) -> Iterator[str]:
    return (f".{name}:not(#_){{{style}}}" for style, name in names.items())


def _with_columns(table: re.Match[str], heads: dict[tuple[str, ...], str]) -> str:
    """The beginning of a table with the class of its head, which `heads` has by the names in it."""
    names = tuple(unescape(_ANY.sub("", head)).strip() for head in _HEAD.findall(table[3]))
    return _and_class(table[1], heads.setdefault(names, f"t{len(heads)}")) + table[2]


def _columns(heads: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    """For each column but the first, whose cell heads the card, its name as what its cells may say."""
    for names, table in heads.items():
        for number, name in enumerate(names[1:], start=2):
            yield f".{table}>*>*>:nth-child({number}){{--of:{quoted(f'{name}: ')}}}"
