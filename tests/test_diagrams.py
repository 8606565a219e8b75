"""The pictures of infrastructure and data flows: read from the SVG that a page holds, not from how it was made."""

import random
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.helpers_audit import record, row
from workbook.record import Record
from workbook.report.sanitize import sanitize
from workbook.views import data_inventory, diagrams, infrastructure_mapping

DRAWN = (data_inventory.diagram, infrastructure_mapping.infrastructure_map)
Box = tuple[float, float, float, float]
Point = tuple[float, float]


def pictures(shown: str) -> list[ElementTree.Element]:
    """The drawings of a view, as they stand in a page."""
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", str(sanitize(shown)), re.DOTALL)]


def labels(svg: ElementTree.Element) -> list[Box]:
    """The rectangles of all that holds words."""
    groups = [g for g in svg.iter("g") if g.get("class", "").split()[0] in ("box", "mark", "name")]
    corners = (("x", "y", "width", "height"), (0, 0, 1, 1))
    found = [[float(next(g.iter("rect")).attrib[name]) for name in corners[0]] for g in groups]
    return [(x, y, x + width, y + height) for x, y, width, height in found]


def lines(svg: ElementTree.Element) -> list[list[Point]]:
    """Every line, as the points that it runs through."""
    drawn = [p.attrib["d"] for g in svg.iter("g") if g.get("class", "").startswith("line") for p in g.iter("path")]
    return [_points(part) for d in drawn for part in d.split("M")[1:] if "C" in part]


def _points(part: str) -> list[Point]:
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", part)]
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    found = [corners[0]]
    for at in range(1, len(corners) - 2, 3):
        a, (b, c, d) = corners[at - 1], corners[at : at + 3]
        for t in (step / 20 for step in range(1, 21)):
            u = 1 - t
            found.append(tuple(u**3 * a[i] + 3 * u * u * t * b[i] + 3 * u * t * t * c[i] + t**3 * d[i] for i in (0, 1)))
    return found


def crossings(svg: ElementTree.Element) -> int:
    """How many lines run more than two pixels deep through something that holds words."""
    return sum(_through(box, line) for box in labels(svg) for line in lines(svg))


def _through(box: Box, line: list[Point]) -> bool:
    if any(max(p[i] for p in line) < box[i] or min(p[i] for p in line) > box[i + 2] for i in (0, 1)):
        return False
    steps = ((a[0] + (b[0] - a[0]) * n / 8, a[1] + (b[1] - a[1]) * n / 8) for a, b in pairwise(line) for n in range(9))
    return any(box[0] + 2 < x < box[2] - 2 and box[1] + 2 < y < box[3] - 2 for x, y in steps)


def overlaps(svg: ElementTree.Element) -> int:
    """How many pairs of words lie on each other."""
    every = labels(svg)
    return sum(
        a[0] + 1 < b[2] and b[0] + 1 < a[2] and a[1] + 1 < b[3] and b[1] + 1 < a[3]
        for n, a in enumerate(every)
        for b in every[:n]
    )


def generated(components: int, seed: int) -> Record:
    """An infrastructure as they are: zones of about eight, most data goes on to a neighbour, some far away."""
    chance = random.Random(seed)
    zones = [f"Zone {n}" for n in range(max(2, components // 8))]
    keys = [f"C-{n:03d}" for n in range(components)]
    ends = [(keys[chance.randrange(max(0, n - 6), n)], keys[n]) for n in range(1, components)]
    ends += [(chance.choice(keys), chance.choice(keys)) for _ in range(components // 4)]
    personal = ("yes", "no", "pseudonymised")
    return record(
        rows=[
            *(row("components", key, name=f"Service number {n}", zone=zones[min(n // 8, len(zones) - 1)],
                  kind=chance.choice(("data storage", "endpoint or integration", "deployment platform")))
              for n, key in enumerate(keys)),
            *(row("flows", f"F-{n:03d}", source=a, target=b, data="Table rows", personal_data=chance.choice(personal))
              for n, (a, b) in enumerate(ends, 1)),
        ]
    )  # fmt: skip


@pytest.mark.parametrize(("components", "view"), [*zip([5, 20, 50, 100], DRAWN * 2, strict=True)])
def test_no_line_crosses_words_however_large_the_map(view, components):
    drawn = pictures(view(generated(components, components)))

    assert drawn
    assert [(crossings(svg), overlaps(svg)) for svg in drawn] == [(0, 0)] * len(drawn)


def test_the_measure_finds_a_line_through_words():
    through = (
        '<svg><g class="line"><path d="M0 10C5 10 15 10 40 10"></path></g>'
        '<g class="mark"><rect x="10" y="0" width="20" height="20"></rect></g>'
        '<g class="name"><rect x="25" y="0" width="20" height="20"></rect></g></svg>'
    )

    assert (crossings(ElementTree.fromstring(through)), overlaps(ElementTree.fromstring(through))) == (2, 1)


def test_no_line_crosses_words_in_the_demo(demo):
    for (drawn,) in (pictures(view(demo)) for view in DRAWN):
        assert (crossings(drawn), overlaps(drawn)) == (0, 0)
        assert float(drawn.get("width")) <= 1000


def test_a_large_map_says_what_it_does_not_draw():
    """Bounded however much there is: at most a picture of the zones and one for each of some parts."""
    rows = [row("components", f"C-{n:03d}", name=f"S {n}", zone=f"Z {n % 30}") for n in range(400)]
    rows += [row("flows", f"F-{n:04d}", source=f"C-{n % 400:03d}", target=f"C-{n * 7 % 400:03d}") for n in range(2000)]
    shown = infrastructure_mapping.infrastructure_map(record(rows=rows))

    assert len(pictures(shown)) == 1 + diagrams.MOST_PARTS
    assert "Not drawn: 10 zones" in shown
    assert re.search(r"and \d+ parts of zones\. The table has everything\.", shown)


@pytest.mark.parametrize(
    "typed", ['"><script>alert(1)</script>', "javascript:alert(1)", "</text></svg><img src=x onerror=alert(1)>",
              "<foreignObject><p>x", "<use href='#a'/>", "a\u202eb\x00\x07", "x" * 10_000, "<style>*{color:red}"],
)  # fmt: skip
def test_what_people_type_stays_words_in_a_picture(typed):
    rows = [row("components", f"C-{n}", name=typed, zone=typed, kind=typed) for n in range(2)]
    rows.append(row("flows", typed[:50], source="C-0", target="C-1", data=typed, personal_data="yes"))
    shown = str(data_inventory.diagram(record(rows=rows)))
    (drawn,) = pictures(shown)

    assert {e.tag for e in drawn.iter()} == {"svg", "g", "rect", "path", "text", "tspan"}
    assert {a for e in drawn.iter() for a in e.attrib} <= {
        "viewBox", "width", "height", "role", "aria-label", "class", "style", "x", "y", "rx", "d"
    }  # fmt: skip
    assert len(shown) < 60_000 + 8 * len(typed)


def test_the_sanitiser_lets_nothing_into_a_picture_but_shapes_and_words():
    hostile = (
        '<svg onload="x" viewBox="0 0 1 1" id="main" style="position:fixed"><title><img src=x></title>'
        '<a href="javascript:1"><text x="1;url(x)" class="a&quot;b" onclick="x">words</text></a>'
        '<use href="#x"></use><image href="https://e.invalid"></image><foreignObject><p>p</p></foreignObject>'
        '<path d="url(https://e.invalid)" fill="url(#x)"></path><animate attributeName="href"></animate></svg>'
    )

    assert sanitize(hostile) == '<svg viewBox="0 0 1 1"><a><text>words</text></a><path></path></svg>'
