"""Where the boxes, lines and names of a diagram stand: the layered layout of Graphviz, with room for every label.

The label of a line is a box of its own that the line runs through, and Graphviz leads lines around boxes; the name of a
zone moves along its upper edge to where no line runs. Sizes are reckoned from the letters, so they are the same on
every machine.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

Point = tuple[float, float]
LETTER, LEADING = 6.6, 15  # pixels of a letter of 12 pixels, and from one line of words to the next
PAGE = 900  # pixels of a page beside its contents; a drawing that is not wider is shown in its own size
INCH = 72
TRIES = (("TB", 22), ("LR", 22), ("TB", 36), ("LR", 36), ("TB", 50))  # from above or from left, and how far apart
_STEPS = 8  # straight pieces that stand in for a curve
_GIVE = 1  # pixels by which a line may touch the edge of a label


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Halfway from left to right."""
        return self.x + self.width / 2

    def crossed(self, line: Sequence[Point]) -> bool:
        """Whether a line of straight pieces runs through it, and not only along its edge."""
        left, top, right, low = _around(line)
        if left > self.x + self.width or right < self.x or top > self.y + self.height or low < self.y:
            return False
        return any(self._meets(a, b) for a, b in pairwise(line))

    def apart(self, other: "Rect") -> bool:
        """Whether nothing of the other lies in it."""
        return (
            self.x + self.width <= other.x
            or other.x + other.width <= self.x
            or self.y + self.height <= other.y
            or other.y + other.height <= self.y
        )

    def _meets(self, a: Point, b: Point) -> bool:
        low, high = 0.0, 1.0
        sides = ((a[0], b[0], self.x, self.width), (a[1], b[1], self.y, self.height))
        for start, end, least, size in sides:
            first, last = least + _GIVE - start, least + size - _GIVE - start
            way = end - start
            if way == 0:
                if first > 0 or last < 0:
                    return False
                continue
            near, far = sorted((first / way, last / way))
            low, high = max(low, near), min(high, far)
        return low < high


def _around(line: Sequence[Point]) -> tuple[float, float, float, float]:
    across, down = zip(*line, strict=True)
    return min(across), min(down), max(across), max(down)


@dataclass(frozen=True, slots=True)
class Box:
    """Something that lines join: its words line by line, the zone it stands in (empty for none), and its kind.

    `lid` is how much is left free above the words.
    """

    key: str
    words: tuple[str, ...]
    zone: str = ""
    kind: str = ""
    lid: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line from one box to another with the words that stand on it."""

    source: str
    target: str
    words: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line as it is drawn: the points of its Bézier pieces, and of the tip at its end where it has one."""

    points: tuple[Point, ...]
    tip: Point | None

    def straight(self) -> tuple[Point, ...]:
        """The line in straight pieces, its tip included."""
        first, *rest = self.points
        found = [first]
        for at in range(0, len(rest) - 2, 3):
            found += _bezier((found[-1], *rest[at : at + 3]))
        return (*found, self.tip) if self.tip else tuple(found)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands: boxes, the halves and the label of each line, zones with the places of their names."""

    width: float
    height: float
    boxes: tuple[tuple[Box, Rect], ...]
    lines: tuple[tuple[Line, Rect, tuple[Curve, Curve]], ...]
    zones: tuple[tuple[str, Rect, Rect], ...]

    @property
    def labels(self) -> Iterator[Rect]:
        """All that holds words."""
        yield from (place for _, place in self.boxes)
        yield from (place for _, place, _ in self.lines)
        yield from (name for _, _, name in self.zones)

    def crossings(self) -> int:
        """How many times a line runs through something that holds words."""
        drawn = [half.straight() for _, _, halves in self.lines for half in halves]
        return sum(label.crossed(line) for label in self.labels for line in drawn)


def lay_out(boxes: Sequence[Box], lines: Sequence[Line], names: dict[str, tuple[str, ...]]) -> Layout:
    """The layout with the fewest crossed labels, and of these the first that fits a page or else is the narrowest.

    `names` are the words of each zone. Raises ImportError without pygraphviz.
    """
    found: list[tuple[int, float, Layout]] = []
    for direction, gap in TRIES:
        layout = _layout(boxes, lines, names, direction, gap)
        found.append((layout.crossings(), max(layout.width, PAGE), layout))
        if found[-1][:2] == (0, PAGE):
            break
    return min(found, key=lambda one: one[:2])[2]


def size_of(words: Sequence[str]) -> tuple[float, float]:
    """How wide and high lines of words of 12 pixels are, with what is left free around them."""
    longest = max((sum(map(_letter, line)) for line in words), default=0)
    return longest * LETTER + 16, len(words) * LEADING + 8


def _letter(sign: str) -> float:
    if east_asian_width(sign) in "WF":
        return 2
    return 1.35 if sign.isupper() or sign in "mw" or sign > "\u2000" else 1


def _layout(boxes: Sequence[Box], lines: Sequence[Line], names: dict[str, tuple[str, ...]],
            direction: str, gap: int) -> Layout:  # fmt: skip
    placed = json.loads(_graph(boxes, lines, names, direction, gap).draw(format="json0", prog="dot"))
    *_, width, height = (float(n) for n in placed["bb"].split(","))
    drawn = {str(one["name"]): one for one in placed.get("objects", ())}
    halves: dict[str, list[Curve]] = {}
    for edge in placed.get("edges", ()):
        halves.setdefault(edge["half"], []).append(_curve(edge, height))
    run = tuple(
        (line, _rect(drawn[f"l{n}"], height), (halves[f"{n} a"][0], halves[f"{n} b"][0]))
        for n, line in enumerate(lines)
    )
    at = tuple((box, _rect(drawn[f"b{n}"], height)) for n, box in enumerate(boxes))
    straight = [half.straight() for _, _, both in run for half in both]
    taken = [place for _, place in at] + [place for _, place, _ in run]
    zones = tuple(
        (zone, area, _free(area, size_of(words), straight, taken))
        for n, (zone, words) in enumerate(names.items())
        if (area := _area(drawn.get(f"cluster_{n}"), height))
    )
    return Layout(width, height, at, run, zones)


def _graph(boxes: Sequence[Box], lines: Sequence[Line], names: dict[str, tuple[str, ...]],
           direction: str, gap: int) -> Any:  # fmt: skip
    """Boxes and labels as nodes without words: nothing that people typed reaches Graphviz."""
    import pygraphviz

    graph = pygraphviz.AGraph(directed=True, strict=False)
    graph.graph_attr.update(rankdir=direction, nodesep=gap / INCH, ranksep=gap / INCH, newrank="true", pad="0.1")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    numbers = {box.key: f"b{n}" for n, box in enumerate(boxes)}
    inside: dict[str, list[str]] = {zone: [] for zone in names}
    homes = {box.key: box.zone for box in boxes}
    for box in boxes:
        width, height = size_of(box.words)
        _node(graph, numbers[box.key], (width, height + box.lid))
        inside.get(box.zone, []).append(numbers[box.key])
    for n, line in enumerate(lines):
        _node(graph, f"l{n}", size_of(line.words))
        graph.add_edge(numbers[line.source], f"l{n}", half=f"{n} a", arrowhead="none")
        graph.add_edge(f"l{n}", numbers[line.target], half=f"{n} b", arrowsize="0.6")
        if homes[line.source] == homes[line.target]:
            inside.get(homes[line.source], []).append(f"l{n}")
    for n, (zone, words) in enumerate(names.items()):
        width, height = size_of(words)
        room = f'border="0" fixedsize="true" width="{2 * width:.0f}" height="{height:.0f}"'  # a name moves in it
        label = f"<<table {room}><tr><td></td></tr></table>>"
        graph.add_subgraph(inside[zone], name=f"cluster_{n}", label=label, margin="10")
    return graph


def _node(graph: Any, name: str, size: tuple[float, float]) -> None:
    graph.add_node(name, width=size[0] / INCH, height=size[1] / INCH)


def _rect(drawn: dict[str, str], height: float) -> Rect:
    x, y = (float(n) for n in drawn["pos"].split(","))
    wide, high = float(drawn["width"]) * INCH, float(drawn["height"]) * INCH
    return Rect(x - wide / 2, height - y - high / 2, wide, high)


def _area(drawn: dict[str, str] | None, height: float) -> Rect | None:
    if drawn is None or "bb" not in drawn:
        return None
    left, low, right, high = (float(n) for n in drawn["bb"].split(","))
    return Rect(left, height - high, right - left, high - low)


def _curve(edge: dict[str, str], height: float) -> Curve:
    """The points of a line; Graphviz marks that of the tip with an e, and counts from below."""
    points: list[Point] = []
    tip = None
    for place in edge["pos"].split(" "):
        *marked, x, y = place.split(",")
        point = (float(x), height - float(y))
        if marked == ["e"]:
            tip = point
        else:
            points.append(point)
    return Curve(tuple(points), tip)


def _bezier(corners: Sequence[Point]) -> Iterator[Point]:
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        yield (
            sum(part * corner[0] for part, corner in zip(parts, corners, strict=True)),
            sum(part * corner[1] for part, corner in zip(parts, corners, strict=True)),
        )


def _free(area: Rect, size: tuple[float, float], lines: Sequence[Sequence[Point]], taken: Iterable[Rect]) -> Rect:
    """Where the name of a zone stands: along its upper edge, else its lower one, where nothing is in the way."""
    width, height = size
    end = max(area.x + area.width - width - 4, area.x + 4)
    around = [place for place in taken if not area.apart(place)]
    near = [line for line in lines if any(area.y - 9 < y < area.y + area.height + 9 for _, y in line)]
    steps = [area.x + 4 + step * 6 for step in range(int((end - area.x - 4) / 6) + 1)]
    places = [Rect(x, y, width, height) for y in (area.y + 3, area.y + area.height - height - 3) for x in steps]
    clear = (p for p in places if all(p.apart(t) for t in around) and not any(p.crossed(line) for line in near))
    return next(clear, places[0])
