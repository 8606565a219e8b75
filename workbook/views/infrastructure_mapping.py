"""Page 2: the map of the infrastructure by trust zone, what crosses a boundary, and what lacks protection."""

from typing import Any

from markupsafe import Markup

from workbook.analysis.components import NO_ZONE, trust_zones, unprotected_components, zone_of
from workbook.analysis.data_flows import data_flows
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.views import diagrams
from workbook.views.markup import alarm, hint, items, page_link, paragraph, table, under, who
from workbook.views.tag import fragment, text
from workbook.words import count, natural

PAGE = "02_infrastructure_mapping"
EXPOSURE = {"internet": 1, "partner network": 2, "company network": 3, "private network only": 4}  # unsaid comes first


def infrastructure_map(record: Record) -> Markup:
    """Components by trust zone with the flows between them: a drawing, and the same as a table."""
    zones = trust_zones(record)
    if not zones:
        return paragraph(
            "No component yet.",
            hint("The map draws itself: add the first one in ", page_link(PAGE), ", with its zone."),
        )
    flows = data_flows(record)
    where = f" in {count(len(set(zones) - {NO_ZONE}), 'trust zone')}"
    words = (
        f"{count(sum(map(len, zones.values())), 'component')}{where}, {count(len(flows), 'data flow')} between them"
        f"{', ' + diagrams.crossings(flows) if flows else ''}"
    )
    drawing = diagrams.drawing(record, f"Map of the infrastructure: {words}", labels=False)
    rows = [(_zone(zone), items(_component(r) for r in inside)) for zone, inside in zones.items()]
    return fragment(drawing, table(words, ("Trust zone", "Components"), rows))


def _zone(name: str) -> Markup:
    return alarm(name) if name == NO_ZONE else text(name)


def _component(row: Row) -> Markup:
    what = ", ".join(str(v) for v in (row["technology"], row["hosting"], row["region"]) if v)
    return under(f"{row.key} {row.name}", f"{row['kind']}{': ' + what if what else ''}")


def integration_points(record: Record) -> Markup:
    """Endpoints with who can reach them, and the flows that cross a trust boundary."""
    ends = [
        r
        for r in record.register("components")
        if r["kind"] == "endpoint or integration" or r["exposure"] == "internet"
    ]
    rows = [
        (
            under(r.name, r.key),
            r["exposure"] or alarm("nobody has said who can reach it"),
            _named(r["authentication"], "no authentication"),
            _named(r["encryption"], "no encryption"),
            _named(r["logging"], "not logged"),
        )
        for r in sorted(ends, key=lambda r: (EXPOSURE.get(r["exposure"] or "", 0), natural(r.key)))
    ]
    headers = ("Endpoint", "Reachable from", "Authentication", "Encryption", "Logs go to")
    first = table(f"{count(len(rows), 'endpoint')}, the most exposed first", headers, rows, empty=_no_ends(record))
    return fragment(first, _crossings(record))


def _no_ends(record: Record) -> Markup:
    if record.register("components"):
        return text("No registered component is an endpoint or can be reached from the internet.")
    return fragment("No component yet.", hint("Add everything that can be called in ", page_link(PAGE), "."))


def _crossings(record: Record) -> Markup:
    flows = data_flows(record)
    rows = [
        (
            under(f.row.name, f.row.key),
            diagrams.boundary(f),
            f.row["data"] or "",
            _named(f.row["protection"], "no protection"),
        )
        for f in flows
        if f.boundary != "stays"
    ]
    caption = f"{count(len(flows), 'data flow')}, {diagrams.crossings(flows)}"
    headers = ("Data flow", "Boundary", "Data", "Protection")
    first = "No data flow yet.", hint("Add them in ", page_link("01_data_inventory"), ".")
    return table(caption, headers, rows, empty="Every data flow stays in one trust zone." if flows else first)


def _named(value: Any, otherwise: str) -> Markup:
    return alarm(otherwise) if says_nothing(value) else text(value)


def unprotected(record: Record) -> Markup:
    """Components that lack a linked control, authentication, encryption or a log."""
    everything = record.register("components")
    rows = [
        (
            under(r.name, r.key),
            text(zone_of(r)),
            alarm("; ".join(lacks)),
            who(r["owner"]),
        )
        for r, lacks in unprotected_components(record)
    ]
    caption = f"{len(rows) or 'none'} of {count(len(everything), 'component')} without full protection"
    all_well = "Every component has controls, authentication, encryption and a log."
    none = "No component yet.", hint("Add the first one in ", page_link(PAGE), ".")
    return table(caption, ("Component", "Trust zone", "Lacks", "Owner"), rows, empty=all_well if everything else none)
