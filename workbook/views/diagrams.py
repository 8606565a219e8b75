"""Components and flows as a picture whose labels no line crosses, and in words what crosses a trust boundary."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import shorten, wrap

from markupsafe import Markup

from workbook.analysis.components import NO_ZONE, trust_zones
from workbook.analysis.data_flows import Flow, data_flows
from workbook.language import later, say, term
from workbook.record import Record, Row
from workbook.views import tag
from workbook.views.layout import LEADING, Box, Curve, Layout, Line, Point, Rect, lay_out
from workbook.views.markup import alarm, folded, note
from workbook.views.picture import g, path, picture, rect, tspan, words_
from workbook.views.tag import fragment, text
from workbook.words import count, first_of, natural, visible

KINDS = {"data storage": "store", "endpoint or integration": "end"}
LID = 6  # pixels above the words of what stores data
READING = later(
    "Large boxes are trust zones, ‖ marks a line that crosses a trust boundary. Dashed red lines carry personal data. "
    "Boxes with a lid store data, double frames are endpoints. The table below says the same in words."
)
MOST_BOXES, MOST_LINES = 20, 32  # of one picture that can still be read
PART = 12  # components of a part, where one picture would hold too many
MOST_PARTS = 12
PERSONAL = {
    "yes": later("personal data"),
    "pseudonymised": later("pseudonymised"),
    "special categories": later("special categories"),
}
OUTSIDE = "outside"  # the kind of a box that stands for a whole zone


def drawing(record: Record, alternative: str, *, labels: bool = True) -> Markup:
    """The picture of the component register and its flows, described by `alternative`; a sentence without Graphviz.

    Of many components it shows how the zones are joined, and each zone by itself behind a click. Without `labels` the
    lines carry the keys of flows alone.
    """
    ground = _ground(record)
    try:
        if len(ground.boxes) <= MOST_BOXES and len(ground.flows) <= MOST_LINES:
            lines = [_line(flow, labels) for flow in ground.flows]
            return tag.figure[_drawn(say("Drawing"), alternative, ground.boxes, lines), tag.figcaption[say(READING)]]
        return _in_parts(ground, alternative, labels)
    except ImportError:
        return note(say("The drawing needs pygraphviz, which is not installed here; the table says the same."))


def crossings(flows: Iterable[Flow]) -> str:
    """How many flows cross a trust boundary, and of how many nobody can say it; never silent about either."""
    every = list(flows)
    found = Counter(f.boundary for f in every)
    unknown = say("{n} with an end in no trust zone", n=found["unknown"]) if found["unknown"] else ""
    crossing = say("{n} across a trust boundary", n=found["crosses"] or say("none"))
    return ", ".join(filter(None, (crossing, unknown)))


def boundary(flow: Flow) -> Markup:
    """Which trust boundary a flow crosses, or that it stays inside, or that nobody can say."""
    leaves, enters = map(zone_name, flow.zones)
    if flow.boundary == "unknown":
        return alarm(say("not known: {leaves} → {enters}", leaves=leaves, enters=enters))
    if flow.crosses:
        return text(say("crosses: {leaves} → {enters}", leaves=leaves, enters=enters))
    return text(say("stays in {zone}", zone=leaves))


def zone_name(zone: str) -> str:
    """A trust zone as it was written; what has none says so."""
    return say("no trust zone") if zone == NO_ZONE else zone


# what is drawn --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ground:
    """Every component and what a flow names beside them, and every flow."""

    boxes: tuple[Box, ...]
    flows: tuple[Flow, ...]


def _ground(record: Record) -> _Ground:
    boxes = {row.key: _box(row, zone) for zone, rows in trust_zones(record).items() for row in rows}
    flows = data_flows(record)
    for key in sorted({end for flow in flows for end in _ends(flow)} - set(boxes), key=natural):
        boxes[key] = Box(key, _wrapped(record.label("components", key)))
    return _Ground(tuple(boxes.values()), flows)


def _ends(flow: Flow) -> tuple[str, str]:
    return str(flow.row["source"]), str(flow.row["target"])


def _box(row: Row, zone: str) -> Box:
    """A component; of those in no zone nobody may claim that they trust each other."""
    named = _wrapped(row.name) + ((row.key,) if row.name != row.key else ())
    kind = KINDS.get(str(row["kind"]), "")
    return Box(row.key, named, "" if zone == NO_ZONE else zone, kind, LID if kind == "store" else 0)


def _line(flow: Flow, labels: bool) -> Line:
    """A flow with its key; the whole of long data stands in the table."""
    words: tuple[str, ...] = (f"{flow.row.key}{' ‖' if flow.crosses else ''}",)
    if labels:
        data = shorten(visible(str(flow.row["data"] or "")), 40, placeholder=" …")
        words += _wrapped(data, 18) + tuple(filter(None, (term(PERSONAL.get(str(flow.row["personal_data"]), "")),)))
    return Line(*_ends(flow), words, "personal" if flow.personal else "")


def _wrapped(words: str, width: int = 20) -> tuple[str, ...]:
    return tuple(wrap(visible(words)[:120], width, break_on_hyphens=False))


# one picture, or several ----------------------------------------------------------------------------------------------


def _drawn(name: str, label: str, boxes: Sequence[Box], lines: Sequence[Line]) -> Markup:
    zones = {box.zone: _wrapped(box.zone) for box in boxes if box.zone}
    return _picture(name, label, lay_out(boxes, lines, zones))


def _in_parts(ground: _Ground, alternative: str, labels: bool) -> Markup:
    """How the zones are joined, and each zone by itself; says what of all this is not drawn."""
    homes = {box.key: box.zone or zone_name(NO_ZONE) for box in ground.boxes}
    inside: dict[str, list[Box]] = {}
    for box in ground.boxes:
        inside.setdefault(homes[box.key], []).append(box)
    busy = sorted(inside, key=lambda zone: (-len(inside[zone]), natural(zone)))[:MOST_BOXES]
    boxes = [_whole(zone, len(inside[zone])) for zone in inside if zone in busy]
    pairs = [(homes[a], homes[b], flow) for flow in ground.flows for a, b in [_ends(flow)] if homes[a] != homes[b]]
    lines = _bundled(pair for pair in pairs if {pair[0], pair[1]} <= set(busy))
    parts = [(zone, inside[zone][at : at + PART]) for zone in inside for at in range(0, len(inside[zone]), PART)]
    left = [
        say("{n} zones", n=len(inside) - len(busy)) if len(inside) > len(busy) else "",
        say("{n} lines between zones", n=len(lines) - MOST_LINES) if len(lines) > MOST_LINES else "",
        say("{n} parts of zones", n=len(parts) - MOST_PARTS) if len(parts) > MOST_PARTS else "",
    ]
    missing = f" {say('and')} ".join(filter(None, left))
    label = say("{words}. Drawn zone by zone.", words=alternative)
    parted = say("Too much for one picture: this one joins the zones, each zone is drawn by itself.")
    return fragment(
        tag.figure[
            _drawn(say("Zones"), label, boxes, lines[:MOST_LINES]),
            tag.figcaption[parted, " ", say(READING)],
        ],
        note(_not_drawn(missing)) if missing else None,
        (_part(ground, homes, zone, mine, labels) for zone, mine in parts[:MOST_PARTS]),
    )


def _not_drawn(what: str) -> str:
    return say("Not drawn: {what}. The table has everything.", what=what)


def _part(ground: _Ground, homes: dict[str, str], zone: str, mine: Sequence[Box], labels: bool) -> Markup:
    """Some components of a zone with the flows between them, and where their other flows lead, by zone."""
    keys = {box.key for box in mine}
    touching = [flow for flow in ground.flows if keys & set(_ends(flow))]
    inner = [_line(flow, labels) for flow in touching if set(_ends(flow)) <= keys]

    def end(key: str) -> str:
        return key if key in keys else _beyond(homes[key])

    outer = _bundled([(end(a), end(b), f) for f in touching for a, b in [_ends(f)] if not {a, b} <= keys])
    lines = [*inner, *outer]
    drawn = lines[:MOST_LINES]
    others = {name for line in drawn for name in (line.source, line.target)} - keys
    boxes = [*mine, *(Box(name, _wrapped(name), kind=OUTSIDE) for name in sorted(others, key=natural))]
    says = f"{zone}: {first_of((box.key for box in mine), PART)}; {count(len(touching), 'data flow')}"
    more = len(lines) - len(drawn)
    rest = note(_not_drawn(count(more, "more line"))) if more else None
    return folded(zone, count(len(mine), "component"), tag.figure[_drawn(zone, says, boxes, drawn)], rest)


def _beyond(zone: str) -> str:
    """What a box is called that stands for what lies elsewhere; no key of a component looks like it."""
    return f"→ {zone}"


def _whole(zone: str, components: int) -> Box:
    return Box(zone, (*_wrapped(zone), count(components, "component")), kind=OUTSIDE)


def _bundled(joined: Iterable[tuple[str, str, Flow]]) -> list[Line]:
    """One line for all flows that lead the same way, those of most flows first; personal if one of them is."""
    bundles: dict[tuple[str, str], list[Flow]] = {}
    for source, target, flow in joined:
        bundles.setdefault((source, target), []).append(flow)
    ordered = sorted(bundles.items(), key=lambda bundle: -len(bundle[1]))
    return [
        Line(*ends, (_several(flows),), "personal" if any(f.personal for f in flows) else "") for ends, flows in ordered
    ]


def _several(flows: Sequence[Flow]) -> str:
    sign = " ‖" if any(flow.crosses for flow in flows) else ""
    named = ", ".join(flow.row.key for flow in flows) if len(flows) <= 2 else count(len(flows), "flow")
    return named + sign


# how it is drawn ------------------------------------------------------------------------------------------------------


def _picture(name: str, label: str, layout: Layout) -> Markup:
    """Zones, over them the lines, over these all that holds words, on a ground of its own."""
    shapes = (
        (g(class_="zone")[_rect(area, rx=10)] for _, area, _ in layout.zones),
        (_run(line, halves) for line, _, halves in layout.lines),
        (g(class_="mark")[_rect(place), _words(line.words, place)] for line, place, _ in layout.lines),
        (_thing(box, place) for box, place in layout.boxes),
        (g(class_="name")[_rect(place, rx=4), _words(_wrapped(zone), place)] for zone, _, place in layout.zones),
    )
    return picture(name, label, layout.width, layout.height, shapes)


def _thing(box: Box, place: Rect) -> Markup:
    """A component by its kind: what stores data has a lid, an endpoint a second frame."""
    x, y, wide, high = place.x, place.y, place.width, place.height
    extra: Markup | None = None
    if box.kind == "store":
        extra = path(d=f"M{x:.0f} {y + 4:.0f}q{wide / 2:.0f} 9 {wide:.0f} 0").__html__()
    elif box.kind == "end":
        extra = _rect(Rect(x + 2, y + 2, wide - 4, high - 4), rx=4)
    words = _words(box.words, Rect(x, y + box.lid, wide, high - box.lid))
    return g(class_=f"box {box.kind}".rstrip())[_rect(place, rx=6), extra, words]


def _rect(place: Rect, **look: object) -> Markup:
    at = {"x": place.x, "y": place.y, "width": place.width, "height": place.height}
    return rect(**{name: f"{value:.0f}" for name, value in at.items()}, **look).__html__()


def _words(lines: Sequence[str], place: Rect) -> Markup:
    """Words line by line in the middle of a place; a space between the lines, so that they are found as one text."""
    first = place.y + place.height / 2 - (len(lines) - 1) * LEADING / 2 + 4
    x = f"{place.middle:.0f}"
    spans = (tspan(x=x, y=f"{first + n * LEADING:.0f}")[f"{' ' if n else ''}{line}"] for n, line in enumerate(lines))
    return words_[spans]


def _run(line: Line, halves: tuple[Curve, Curve]) -> Markup:
    tips = "".join(_tip(half) for half in halves)
    return g(class_=f"line {line.kind}".rstrip())[path(d="".join(map(_curve, halves))), path(class_="tip", d=tips)]


def _curve(half: Curve) -> str:
    first, *rest = (f"{x:.0f} {y:.0f}" for x, y in half.points)
    return f"M{first}C{' '.join(rest)}"


def _tip(half: Curve) -> str:
    """The arrow head between the end of a line and the box that it leads to."""
    if half.tip is None:
        return ""
    (x, y), (end_x, end_y) = half.points[-1], half.tip
    across, down = (end_y - y) / 2.2, (x - end_x) / 2.2
    corners: Iterator[Point] = iter([(end_x, end_y), (x + across, y + down), (x - across, y - down)])
    return "M" + "L".join(f"{a:.0f} {b:.0f}" for a, b in corners) + "z"
