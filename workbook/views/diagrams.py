"""Components and flows as a drawing by Graphviz that stands alone, and in words what crosses a trust boundary."""

import base64
import re
from collections import Counter
from collections.abc import Iterable
from textwrap import shorten, wrap
from typing import Any

from markupsafe import Markup

from workbook.analysis.components import NO_ZONE, trust_zones
from workbook.analysis.data_flows import Flow, data_flows
from workbook.record import Record
from workbook.views import tag
from workbook.views.markup import alarm, note, region
from workbook.views.tag import text
from workbook.words import natural, visible

SHAPES = {"data storage": {"shape": "cylinder"}, "endpoint or integration": {"peripheries": "2"}}
ZONES = (
    "Boxes are trust zones, ‖ marks a line that crosses a trust boundary. Dashed red lines carry personal data. "
    "Cylinders store data, double frames are endpoints. The table below says the same in words."
)
WIDE = 1400  # points; a wider drawing is tried from top to bottom, because on a page its letters would be too small
PERSONAL = {"yes": "personal data", "pseudonymised": "pseudonymised", "special categories": "special categories"}
INK, MUTED, ALARM = "#1d2329", "#59636e", "#a5301a"


def drawing(record: Record, alternative: str, *, labels: bool = True) -> Markup:
    """The picture of the component register and its flows, described by `alternative`; a sentence without Graphviz."""
    try:
        import pygraphviz
    except ImportError:
        return note("The drawing needs pygraphviz, which is not installed here; the table says the same.")
    picture = _narrow(_graph(pygraphviz, record, labels))
    data = base64.b64encode(picture).decode("ascii")
    look = "background:#fff;border-radius:8px;padding:8px;min-width:48em;max-width:100%;height:auto"
    image = tag.img(alt=alternative, src=f"data:image/svg+xml;base64,{data}", style=look)
    return tag.figure[region("Drawing", image), tag.figcaption[ZONES]]


def crossings(flows: Iterable[Flow]) -> str:
    """How many flows cross a trust boundary, and of how many nobody can say it; never silent about either."""
    every = list(flows)
    found = Counter(f.boundary for f in every)
    unknown = f", {found['unknown']} with an end in no trust zone" if found["unknown"] else ""
    return f"{found['crosses'] or 'none'} across a trust boundary{unknown}"


def boundary(flow: Flow) -> Markup:
    """Which trust boundary a flow crosses, or that it stays inside, or that nobody can say."""
    leaves, enters = flow.zones
    if flow.boundary == "unknown":
        return alarm(f"not known: {leaves} → {enters}")
    return text(f"crosses: {leaves} → {enters}" if flow.crosses else f"stays in {leaves}")


def _graph(pygraphviz: Any, record: Record, labels: bool) -> Any:
    graph = pygraphviz.AGraph(directed=True, strict=False)
    graph.graph_attr.update(
        rankdir="LR", nodesep="0.3", ranksep="0.7", bgcolor="white", fontname="sans-serif", pad="0.2"
    )
    graph.node_attr.update(
        shape="box",
        style="rounded,filled",
        fillcolor="white",
        color=MUTED,
        fontname="sans-serif",
        fontsize="14",
        margin="0.16,0.08",
        fontcolor=INK,
    )
    graph.edge_attr.update(fontname="sans-serif", fontsize="12", color=MUTED, fontcolor=INK, arrowsize="0.7")
    for number, (zone, rows) in enumerate(trust_zones(record).items()):
        for row in rows:
            graph.add_node(row.key, label=_label(f"{row.name}\n{row.key}"), **SHAPES.get(str(row["kind"]), {}))
        if zone == NO_ZONE:  # a box would claim that these trust each other
            continue
        graph.add_subgraph(
            [r.key for r in rows], name=f"cluster_{number}", label=_label(zone), style="rounded,filled",
            fillcolor="#f5f7f9", color="#84909c", fontsize="14", fontcolor=INK, margin="14",
        )  # fmt: skip
    _edges(graph, record, labels)
    return graph


def _edges(graph: Any, record: Record, labels: bool) -> None:
    nodes = {str(n) for n in graph.nodes()}
    for flow in data_flows(record):
        source, target = str(flow.row["source"]), str(flow.row["target"])
        for key in sorted({source, target} - nodes, key=natural):
            graph.add_node(key, label=_label(record.label("components", key)))
        style = {"style": "dashed", "color": ALARM, "penwidth": "1.6"} if flow.personal else {}
        graph.add_edge(source, target, key=flow.row.key, label=_label(_words(flow, labels), 18), **style)


def _words(flow: Flow, labels: bool) -> str:
    """What stands beside a line; the whole of long data stands in the table."""
    name = f"{flow.row.key}{' ‖' if flow.crosses else ''}"
    if not labels:
        return name
    data = shorten(visible(str(flow.row["data"] or "")), 40, placeholder=" …")
    return "\n".join(filter(None, (f"{name} {data}", PERSONAL.get(str(flow.row["personal_data"]), ""))))


def _label(words: str, width: int = 22) -> str:
    """`words` wrapped, with nothing in it that Graphviz would take for an instruction (\\N, \\G, <b>, entities)."""
    lines = [part for line in visible(words)[:200].split("\n") for part in wrap(line, width, break_on_hyphens=False)]
    plain = "\n".join(lines).replace("\\", "\\\\").replace("&", "&amp;")
    return f" {plain}" if plain.startswith("<") and plain.endswith(">") else plain


def _narrow(graph: Any) -> bytes:
    """The drawing from left to right; from top to bottom where that makes a very wide one narrower."""
    across = _svg(graph)
    if _width(across) <= WIDE:
        return across
    graph.graph_attr["rankdir"] = "TB"
    return min(across, _svg(graph), key=_width)


def _width(drawn: bytes) -> float:
    found = re.search(rb'viewBox="\S+ \S+ (\S+)', drawn)
    return float(found[1]) if found else 0.0


def _svg(graph: Any) -> bytes:
    """The layered drawing, without the comment that names the version of Graphviz."""
    drawn = graph.draw(format="svg", prog="dot")
    return re.sub(rb"<!--.*?-->\s*", b"", drawn, flags=re.DOTALL)
