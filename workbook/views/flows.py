"""Data flows: the diagram, and where personal data goes and decides something."""

from markupsafe import Markup

from workbook.analysis import flows as moving
from workbook.record import Record
from workbook.views import diagrams, parts
from workbook.views.html import count, table, text


def diagram(record: Record) -> Markup:
    """The data-flow diagram by trust zone, and the same flows as a table."""
    flows = moving.of(record)
    if not flows:
        return parts.paragraph("The diagram draws itself from the register above; add the first data flow.")
    personal = sum(f.personal for f in flows)
    crossing = sum(f.crosses for f in flows)
    words = (
        f"{count(len(flows), 'data flow')}, {personal or 'none'} with personal data, "
        f"{crossing or 'none'} across a trust boundary"
    )
    rows = [
        (
            parts.under(f.row.name, f.row.key),
            record.label("components", f.row["source"]),
            record.label("components", f.row["target"]),
            f.row["data"] or "",
            Markup("<b>{}</b>").format(text(f.row["personal_data"]))
            if f.personal
            else text(f.row["personal_data"] or "not said"),
            "crosses: " + " → ".join(f.zones) if f.crosses else f"stays in {f.zones[0]}",
        )
        for f in flows
    ]
    headers = ("Data flow", "From", "To", "Data", "Personal data", "Trust boundary")
    return Markup("{}{}").format(diagrams.drawing(record, f"Data-flow diagram: {words}"), table(words, headers, rows))


def personal_data(record: Record) -> Markup:
    """Flows with personal data, those that feed decisions about people first; and the datasets that hold it."""
    flows = moving.about_people(record)
    rows = [
        (
            parts.under(f.row.name, f.row.key),
            parts.alarm(f.decision) if f.decision else text("none named"),
            f.row["personal_data"] or "not said",
            f.row["legal_basis"] or parts.alarm("no legal basis"),
            f.row["transfer"] or "none named",
            f.row["impact_assessment"] or (parts.alarm("no impact assessment") if f.decision else text("")),
        )
        for f in flows
    ]
    decided = sum(bool(f.decision) for f in flows)
    caption = (
        f"{count(len(flows), 'data flow')} about people, {decided or 'none'} with profiling or automated decisions"
    )
    headers = ("Data flow", "Decision", "Personal data", "Legal basis", "Transfer outside the EEA", "Impact assessment")
    return Markup("{}{}").format(
        table(caption, headers, rows, empty="No flow with personal data is registered."), _datasets(record)
    )


def _datasets(record: Record) -> Markup:
    held = [r for r in record.register("datasets") if r["personal_data"] in moving.PERSONAL]
    rows = [
        (parts.under(r.name, r.key), r["personal_data"], r["legal_basis"] or parts.alarm("no legal basis"),
         r["retention"] or parts.alarm("no retention period"))
        for r in held
    ]  # fmt: skip
    caption = f"{count(len(rows), 'dataset')} with personal data"
    headers = ("Dataset", "Personal data", "Legal basis", "Kept for")
    return table(caption, headers, rows, empty="No dataset with personal data is registered.")
