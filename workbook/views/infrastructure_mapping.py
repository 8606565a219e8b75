"""Page 2: the map of the infrastructure by trust zone, what crosses a boundary, and what lacks protection."""

from typing import Any

from markupsafe import Markup

from workbook.analysis.components import NO_ZONE, trust_zones, unprotected_components, zone_of
from workbook.analysis.data_flows import data_flows
from workbook.language import say, say_many, term
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
            say("No component yet."),
            hint(say("The map draws itself: add the first one in"), " ", page_link(PAGE), say(", with its zone.")),
        )
    flows = data_flows(record)
    words = say(
        "{components} in {zones}, {flows} between them",
        components=count(sum(map(len, zones.values())), "component"),
        zones=count(len(set(zones) - {NO_ZONE}), "trust zone"),
        flows=count(len(flows), "data flow"),
    )
    words += f", {diagrams.crossings(flows)}" if flows else ""
    drawing = diagrams.drawing(record, say("Map of the infrastructure: {words}", words=words), labels=False)
    rows = [(_zone(zone), items(_component(r) for r in inside)) for zone, inside in zones.items()]
    return fragment(drawing, table(words, (say("Trust zone"), say("Components")), rows))


def _zone(name: str) -> Markup:
    return alarm(diagrams.zone_name(name)) if name == NO_ZONE else text(name)


def _component(row: Row) -> Markup:
    what = ", ".join(str(v) for v in (row["technology"], term(row["hosting"] or ""), row["region"]) if v)
    return under(f"{row.key} {row.name}", f"{term(row['kind'])}{': ' + what if what else ''}")


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
            term(r["exposure"] or "") or alarm(say("nobody has said who can reach it")),
            _named(r["authentication"], say("no authentication")),
            _named(r["encryption"], say("no encryption")),
            _named(r["logging"], say("not logged")),
        )
        for r in sorted(ends, key=lambda r: (EXPOSURE.get(r["exposure"] or "", 0), natural(r.key)))
    ]
    headers = (say("Endpoint"), say("Reachable from"), say("Authentication"), say("Encryption"), say("Logs go to"))
    caption = say_many("{n} endpoint, the most exposed first", "{n} endpoints, the most exposed first", len(rows))
    return fragment(table(caption, headers, rows, empty=_no_ends(record)), _crossings(record))


def _no_ends(record: Record) -> Markup:
    if record.register("components"):
        return text(say("No registered component is an endpoint or can be reached from the internet."))
    return fragment(
        say("No component yet."), hint(say("Add everything that can be called in"), " ", page_link(PAGE), ".")
    )


def _crossings(record: Record) -> Markup:
    flows = data_flows(record)
    rows = [
        (
            under(f.row.name, f.row.key),
            diagrams.boundary(f),
            f.row["data"] or "",
            _named(f.row["protection"], say("no protection")),
        )
        for f in flows
        if f.boundary != "stays"
    ]
    caption = f"{count(len(flows), 'data flow')}, {diagrams.crossings(flows)}"
    headers = (say("Data flow"), say("Boundary"), say("Data"), say("Protection"))
    inside = say("Every data flow stays in one trust zone.")
    first = say("No data flow yet."), hint(say("Add them in"), " ", page_link("01_data_inventory"), ".")
    return table(caption, headers, rows, empty=inside if flows else first)


def _named(value: Any, otherwise: str) -> Markup:
    return alarm(otherwise) if says_nothing(value) else text(value)


def unprotected(record: Record) -> Markup:
    """Components that lack a linked control, authentication, encryption or a log."""
    everything = record.register("components")
    rows = [
        (
            under(r.name, r.key),
            text(diagrams.zone_name(zone_of(r))),
            alarm("; ".join(map(term, lacks))),
            who(r["owner"]),
        )
        for r, lacks in unprotected_components(record)
    ]
    caption = say_many("{lacking} of {n} component without full protection",
                       "{lacking} of {n} components without full protection",
                       len(everything), lacking=len(rows))  # fmt: skip
    all_well = say("Every component has controls, authentication, encryption and a log.")
    none = say("No component yet."), hint(say("Add the first one in"), " ", page_link(PAGE), ".")
    headers = (say("Component"), say("Trust zone"), say("Lacks"), say("Owner"))
    return table(caption, headers, rows, empty=all_well if everything else none)
