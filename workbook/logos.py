"""A logo as it may stand in a page that is mailed: a picture and nothing else, without what its maker left in it.

An SVG is taken apart and put together again from an allow-list, a PNG from the chunks that hold the picture: comments,
authors, paths and places of whoever drew it stay behind. What would do anything, or ask anybody, is refused.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zlib import crc32

from workbook.errors import BadFile

MAX_BYTES = 100 * 1024  # each page carries it
MAX_SIDE = 4000  # pixels, which a browser unpacks
_DEEPEST = 40
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = 25  # bytes of the chunk that says how large the picture is
_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"IDAT", b"IEND")
_SHAPES = frozenset(
    {"svg", "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
     "linearGradient", "radialGradient", "stop", "clipPath", "mask", "style"}
)  # fmt: skip
_SILENT = frozenset(["title", "desc", "metadata"])  # say something about the picture and draw nothing
_ONCE = frozenset(["clipPath", "mask"])  # what they cut with may not be cut again: a few of them would never end
_PAINT = re.compile(r"(?:fill|stroke)\s*:\s*url\(#[\w.-]+\)")
_URL = re.compile(r"url\(#[\w.-]+\)")
_ACTIVE = re.compile(r"url|@|\\|expression|javascript", re.IGNORECASE)


def clean_png(content: bytes, name: str) -> bytes:
    """The PNG `content` with nothing but its picture; raises BadFile, naming `name`, for what is none."""
    if not content.startswith(_SIGNATURE):
        raise BadFile(f"{name} is not a PNG, whatever its name says; save the logo as PNG or SVG.")
    chunks = list(_chunks(content, name))
    kinds = [kind for kind, _ in chunks]
    if kinds[0] != b"IHDR" or len(chunks[0][1]) != _HEADER or b"IDAT" not in kinds:
        raise BadFile(f"{name} is damaged; save the logo again.")
    width, height = struct.unpack(">II", chunks[0][1][8:16])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise BadFile(f"{name} measures {width} × {height} pixels; each side may have {MAX_SIDE}. Save it smaller.")
    return _SIGNATURE + b"".join(whole for kind, whole in chunks if kind in _CHUNKS)


def _chunks(content: bytes, name: str) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG up to its end, each by its kind and whole; what follows the end is left behind."""
    at, kind = len(_SIGNATURE), b""
    while kind != b"IEND":
        length = int.from_bytes(content[at : at + 4])
        whole = content[at : at + 12 + length]
        kind = whole[4:8]
        if len(whole) != 12 + length or crc32(whole[4:-4]) != int.from_bytes(whole[-4:]):
            raise BadFile(f"{name} is damaged; save the logo again.")
        yield kind, whole
        at += len(whole)


def clean_svg(content: bytes, name: str) -> bytes:
    """The SVG `content` with nothing but its picture; raises BadFile, naming `name`, for what is more than that."""
    try:
        text = content.decode("utf-8-sig")
        if "<!ENTITY" in text:
            raise BadFile(f"{name} declares entities, which a logo does not need; export it as a plain SVG.")
        drawing = ElementTree.fromstring(text)  # noqa: S314 - bounded in size, without entities
    except (UnicodeDecodeError, ElementTree.ParseError, ValueError) as error:
        raise BadFile(f"{name} is not an SVG in UTF-8 ({error}); export the logo again, or save it as PNG.") from None
    if drawing.tag != f"{_SVG}svg":
        raise BadFile(f"{name} is not an SVG; export the logo again, or save it as PNG.")
    ElementTree.register_namespace("", _SVG[1:-1])
    return ElementTree.tostring(_clean(drawing, name, depth=0, cuts=False))


def _clean(element: ElementTree.Element, name: str, depth: int, cuts: bool) -> ElementTree.Element:
    """`element` as it may stay; what is of another namespace, or only speaks of the picture, is left behind."""
    kind = element.tag.removeprefix(_SVG)
    if kind not in _SHAPES:
        raise BadFile(
            f"{name} holds <{kind[:40]}>, which a logo may not; export it as plain shapes, or save it as PNG."
        )
    if depth > _DEEPEST:
        raise BadFile(f"{name} is nested more than {_DEEPEST} levels deep; export it as plain shapes.")
    kept = ElementTree.Element(element.tag, dict(_attributes(element, name, cuts)))
    kept.text, cuts = element.text, cuts or kind in _ONCE
    if kind == "style":
        _refuse_active(element.text or "", name)
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith(_SVG) and child.tag.removeprefix(_SVG) not in _SILENT:
            kept.append(_clean(child, name, depth + 1, cuts))
            kept[-1].tail = child.tail
    return kept


def _attributes(element: ElementTree.Element, name: str, cuts: bool) -> Iterator[tuple[str, str]]:
    for attribute, value in element.attrib.items():
        if attribute.lower().startswith("on"):
            raise BadFile(f"{name} holds {attribute[:40]}, which would run a script; export it as plain shapes.")
        if attribute in ("href", _HREF):
            if not value.startswith("#") or not element.tag.endswith("Gradient"):
                raise BadFile(
                    f"{name} refers to {value[:60]!r}; a logo may refer to nothing. Export it as plain shapes."
                )
            yield "href", value
        elif attribute == "style":
            _refuse_active(value, name)
            yield attribute, value
        elif not attribute.startswith("{") and not attribute.startswith(("data-", "aria-")):
            inside = _URL.sub("", value) if attribute in ("fill", "stroke") or not cuts else value
            _refuse_active(inside, name, of_address=attribute not in ("id", "class"))
            yield attribute, value


def _refuse_active(style: str, name: str, *, of_address: bool = True) -> None:
    """Raise BadFile for a style that reads something from elsewhere, moves, or could be read as more than it shows."""
    if of_address and (found := _ACTIVE.search(_PAINT.sub("", style))):
        raise BadFile(
            f"{name} holds {found[0]!r} in a style, which could fetch or animate something; export it as plain shapes."
        )


def clean(path: Path, content: bytes) -> bytes:
    """The logo in `content`, of the kind that the file's name says; raises BadFile."""
    return clean_png(content, path.name) if path.suffix == ".png" else clean_svg(content, path.name)
