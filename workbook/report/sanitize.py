"""Sanitises the HTML that a notebook holds before it becomes a page: only what an allow-list names gets through.

`views.tag` has escaped what people typed. This assumes that it was forgotten, or that somebody else's code made the
HTML: no script, form, frame, handler, foreign address or overlay gets through.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from xml.etree import ElementTree

import nh3
from markupsafe import Markup


def _words(text: str) -> set[str]:
    return set(text.split())


TAGS = _words(
    """a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption
    figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup table
    tbody td tfoot th thead time tr u ul var wbr"""
)
# shapes and words; not `title` and `desc`, inside which HTML would be HTML again, and nothing that names another place
DRAWN = _words("svg g path rect text tspan")
WITH_CONTENT = _words(
    "script style template noscript iframe object embed math title desc foreignObject textarea select xmp"
)
ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "role", "style", "tabindex", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
}
# of shapes each attribute with all that its value may be: figures, so that nothing in it can be an address
_FIGURE = r"-?\d{1,5}(?:\.\d{1,3})?"
DRAWN_AS = {
    "viewBox": rf"0 0 {_FIGURE} {_FIGURE}",
    "d": r"[MLCcQqZz0-9 .,-]{0,20000}",
    "class": r"[a-z -]{0,40}",
    "style": r"min-width:\d{1,5}px",
    "role": "img",
    **dict.fromkeys(("x", "y", "width", "height", "rx"), _FIGURE),
}
# nothing that lifts content out of its place, over other content or out of sight
STYLES = _words(
    """align-content align-items align-self background background-color border border-bottom border-collapse
    border-color border-left border-radius border-right border-spacing border-style border-top border-width break-inside
    color column-gap display flex flex-basis flex-direction flex-grow flex-shrink flex-wrap float font font-family
    font-size font-style font-variant-numeric font-weight gap grid-column grid-row grid-template-columns
    grid-template-rows height hyphens justify-content justify-items justify-self letter-spacing line-height list-style
    margin margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width overflow
    overflow-wrap overflow-x padding padding-bottom padding-left padding-right padding-top row-gap table-layout
    text-align text-decoration text-transform vertical-align white-space width word-break"""
)
FUNCTIONS = {"var", "calc", "min", "max", "clamp", "repeat", "minmax", "rgb", "rgba", "hsl", "hsla", "light-dark"}
ROLES = {"group", "img", "list", "listitem", "none", "note", "presentation", "region", "status"}
# of other folders only the reports beside this one, which `links.live` leaves to the page of the portfolio alone
LINK = re.compile(
    r"(?:https?://|mailto:|#|[\w.-]+\.html(?:#|$)|[\w.-]+\.ipynb(?:#|$)|\.\./\w[\w.-]*/index\.html$)", re.IGNORECASE
)
PICTURE = re.compile(r"data:image/(png|svg\+xml);base64,([A-Za-z0-9+/=\s]+)")


def sanitize(html: str, ids: set[str] | None = None) -> Markup:
    """`html` with only what a report page may hold; links to notebooks become links to their pages.

    The anchors in it are added to `ids`.
    """
    anchors = set() if ids is None else ids

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag in DRAWN:
            return _of_shape(name, value)
        if name == "id":
            anchors.add(value)
        return _attribute(tag, name, value)

    clean = nh3.clean(
        html,
        tags=TAGS | DRAWN,
        clean_content_tags=WITH_CONTENT,
        attributes=ATTRIBUTES | {shape: set(DRAWN_AS) for shape in DRAWN},
        generic_attribute_prefixes={"aria-"},
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties=STYLES,
        link_rel=None,
    )
    return Markup(clean)  # noqa: S704 - what nh3 let through


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """The value that an attribute keeps, or None to drop it."""
    if name == "href":
        return re.sub(r"\.ipynb(?=#|$)", ".html", value) if LINK.match(value) else None
    if name == "src":
        return value if harmless(value) else None
    if name == "style":
        functions = set(re.findall(r"([\w-]+)\s*\(", value.lower()))
        return value if functions <= FUNCTIONS and "\\" not in value and "/*" not in value else None
    if name == "role":
        return value if value in ROLES else None
    if name == "tabindex":
        return value if value in ("0", "-1") else None
    return value


def _of_shape(name: str, value: str) -> str | None:
    """As `_attribute`, of a shape in a picture; its only other attribute is the label that a screen reader hears."""
    if name == "aria-label":
        return value
    return value if name in DRAWN_AS and re.fullmatch(DRAWN_AS[name], value) else None


def harmless(address: str) -> bool:
    """Whether an image is a PNG or an SVG that would do nothing even if it were opened by itself."""
    found = PICTURE.fullmatch(address)
    if found is None:
        return False
    try:
        content = b64decode(found[2], validate=False)
        return found[1] == "png" or _inert(ElementTree.fromstring(content))  # noqa: S314 - expat limits expansion
    except (NotBase64, ElementTree.ParseError):
        return False


def _inert(drawing: ElementTree.Element) -> bool:
    for element in drawing.iter():
        kind = str(element.tag).rpartition("}")[2].lower()
        if kind in ("script", "foreignobject", "iframe", "embed", "object", "handler", "listener"):
            return False
        for attribute, value in element.attrib.items():
            name = attribute.rpartition("}")[2].lower()
            if name.startswith("on") or (name == "href" and not value.startswith(("#", "data:image/png"))):
                return False
    return True
