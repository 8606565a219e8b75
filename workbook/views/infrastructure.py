"""Infrastructure: the map by trust zone, what crosses a boundary, and what lacks protection."""

from markupsafe import Markup

from workbook.analysis import flows as moving
from workbook.record import Record, Row
from workbook.views import diagrams, parts
from workbook.views.html import count, table, text


def infrastructure_map(record: Record) -> Markup:
    """Components by trust zone with the flows between them: a drawing, and the same as a table."""
    zones = moving.zones(record)
    if not zones:
        return parts.paragraph("The map draws itself from the component register above; add the first component.")
    flows = moving.of(record)
    crossing = sum(f.crosses for f in flows)
    words = (
        f"{count(sum(map(len, zones.values())), 'component')} in {count(len(zones), 'trust zone')}, "
        f"{count(len(flows), 'data flow')} between them, {crossing or 'none'} across a trust boundary"
    )
    drawing = diagrams.drawing(record, f"Map of the infrastructure: {words}", labels=False)
    rows = [(zone, parts.items(_component(r) for r in parts_)) for zone, parts_ in zones.items()]
    return Markup("{}{}").format(drawing, table(words, ("Trust zone", "Components"), rows))


def _component(row: Row) -> Markup:
    what = ", ".join(str(v) for v in (row["technology"], row["hosting"], row["region"]) if v)
    return parts.under(f"{row.key} {row.name}", f"{row['kind']}{': ' + what if what else ''}")


def integration_points(record: Record) -> Markup:
    """Endpoints with who can reach them, and the flows that cross a trust boundary."""
    ends = [
        r
        for r in record.register("components")
        if r["kind"] == "endpoint or integration" or r["exposure"] == "internet"
    ]
    rows = [
        (
            parts.under(r.name, r.key),
            r["exposure"] or parts.alarm("nobody has said who can reach it"),
            r["authentication"] or parts.alarm("no authentication named"),
            r["encryption"] or parts.alarm("no encryption named"),
            r["logging"] or parts.alarm("not logged"),
        )
        for r in ends
    ]
    headers = ("Endpoint", "Reachable from", "Authentication", "Encryption", "Logs go to")
    first = table(f"{count(len(rows), 'endpoint')}", headers, rows, empty="No endpoint is registered yet.")
    crossing = [f for f in moving.of(record) if f.crosses]
    lines = [
        (
            parts.under(f.row.name, f.row.key),
            " → ".join(f.zones),
            f.row["data"] or "",
            f.row["protection"] or parts.alarm("no protection named"),
        )
        for f in crossing
    ]
    caption = f"{count(len(lines), 'data flow')} across a trust boundary"
    second = table(
        caption, ("Data flow", "Boundary", "Data", "Protection"), lines, empty="No flow crosses a trust boundary."
    )
    return Markup("{}{}").format(first, second)


def unprotected(record: Record) -> Markup:
    """Components that lack a linked control, authentication, encryption or a log."""
    everything = record.register("components")
    rows = [
        (
            parts.under(r.name, r.key),
            text(moving.zone_of(r)),
            parts.alarm("; ".join(lacks)),
            parts.who(record, r["owner"]),
        )
        for r, lacks in moving.unprotected(record)
    ]
    caption = f"{len(rows)} of {count(len(everything), 'component')} lack something"
    empty = "Every component has controls, authentication, encryption and a log." if everything else "No component yet."
    return table(caption, ("Component", "Trust zone", "Lacks", "Owner"), rows, empty=empty)
