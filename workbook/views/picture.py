"""A picture inside the page: SVG whose words can be found and selected, in the colours of the page's style sheet.

It has no ids, no links and no styles of its own, so that two of them never disturb each other and the sanitiser can
hold it to a short list. What it shows stands beside it in words, too; a screen reader hears its label.
"""

from typing import Any

from markupsafe import Markup

from workbook.views.markup import region
from workbook.views.tag import Element

g, path, rect, words_, tspan = Element("g"), Element("path"), Element("rect"), Element("text"), Element("tspan")
SMALLEST = 0.8  # of its own size; where there is less room, the picture scrolls


def picture(name: str, label: str, width: float, height: float, *shapes: Any) -> Markup:
    """Shapes as a picture `width` × `height` pixels large, in a region called `name`; `label` says what it shows."""
    size = {"viewBox": f"0 0 {width:.0f} {height:.0f}", "width": f"{width:.0f}", "height": f"{height:.0f}"}
    least = f"min-width:{width * SMALLEST:.0f}px"
    return region(name, Element("svg")(role="img", aria_label=label, class_="drawing", style=least, **size)[shapes])


def written(words: Any, x: float, y: float, **look: Any) -> Markup:
    """Words on one line, which begin at a point; with `class_="mid"` it is their middle."""
    return words_(x=f"{x:.0f}", y=f"{y:.0f}", **look)[words]
