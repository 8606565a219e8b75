"""Data flows: the diagram, and where personal data goes and decides something."""

from collections import Counter
from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.data_flows import PERSONAL, Flow, data_flows, flows_about_people
from workbook.record import WITHHELD, Record
from workbook.views import diagrams, parts
from workbook.views.markup import count, table, text


def diagram(record: Record) -> Markup:
    """The data-flow diagram by trust zone, and the same flows as a table."""
    flows = data_flows(record)
    if not flows:
        return parts.paragraph(
            "The diagram draws itself. Add the two ends of the first data flow to the components in "
            "02_infrastructure_mapping, then the flow itself to the register in 01_data_inventory."
        )
    personal = sum(f.personal for f in flows)
    words = f"{count(len(flows), 'data flow')}, {personal or 'none'} with personal data, {across(flows)}"
    rows = [
        (
            parts.under(f.row.name, f.row.key),
            record.label("components", f.row["source"]),
            record.label("components", f.row["target"]),
            f.row["data"] or "",
            Markup("<b>{}</b>").format(text(f.row["personal_data"]))
            if f.personal
            else text(f.row["personal_data"] or "not said"),
            boundary(f),
        )
        for f in flows
    ]
    headers = ("Data flow", "From", "To", "Data", "Personal data", "Trust boundary")
    return Markup("{}{}").format(diagrams.drawing(record, f"Data-flow diagram: {words}"), table(words, headers, rows))


def across(flows: Iterable[Flow]) -> str:
    """How many flows cross a trust boundary, and of how many nobody can say it; never silent about either."""
    known = list(flows)
    if any(WITHHELD in f.zones for f in known):
        return f"trust boundaries {WITHHELD}"
    found = Counter(f.boundary for f in known)
    unknown = f", {found['unknown']} with an end in no trust zone" if found["unknown"] else ""
    return f"{found['crosses'] or 'none'} across a trust boundary{unknown}"


def boundary(flow: Flow) -> Markup:
    """Which trust boundary a flow crosses, or that it stays inside, or that nobody can say."""
    leaves, enters = flow.zones
    if WITHHELD in flow.zones:
        return text(WITHHELD)
    if flow.boundary == "unknown":
        return parts.alarm(f"not known: {leaves} → {enters}")
    return text(f"crosses: {leaves} → {enters}" if flow.crosses else f"stays in {leaves}")


def personal_data(record: Record) -> Markup:
    """Flows with personal data, those that feed decisions about people first; and the datasets that hold it."""
    flows = flows_about_people(record)
    rows = [
        (
            parts.under(f.row.name, f.row.key),
            parts.alarm(f.decision) if f.decision else text(f.row["decision"] or "not said"),
            f.row["personal_data"] or "not said",
            f.row["legal_basis"] or (parts.alarm("no legal basis") if f.personal else text("")),
            f.row["transfer"] or "none named",
            f.row["impact_assessment"] or (parts.alarm("no impact assessment") if f.decision else text("")),
        )
        for f in flows
    ]
    decided = sum(bool(f.decision) for f in flows)
    caption = (
        f"{count(len(flows), 'data flow')} about people, {decided or 'none'} with profiling or automated decisions "
        "(GDPR Articles 22 and 35; Article 6 of the EU AI Act asks whether the use is high-risk)"
    )
    headers = ("Data flow", "Decision", "Personal data", "Legal basis", "Transfer outside the EEA", "Impact assessment")
    return Markup("{}{}").format(table(caption, headers, rows, empty=_no_flows(record)), _datasets(record))


def _no_flows(record: Record) -> str:
    if record.register("flows"):
        return "No registered data flow carries personal data or feeds a decision about people."
    return "No data flow yet. Follow one person's data through the system and add each step in 01_data_inventory."


def _datasets(record: Record) -> Markup:
    everything = record.register("datasets")
    held = [r for r in everything if r["personal_data"] in PERSONAL]
    rows = [
        (parts.under(r.name, r.key), r["personal_data"], r["legal_basis"] or parts.alarm("no legal basis"),
         r["retention"] or parts.alarm("no retention period"))
        for r in held
    ]  # fmt: skip
    caption = f"{count(len(rows), 'dataset')} with personal data"
    headers = ("Dataset", "Personal data", "Legal basis", "Kept for")
    first = "No dataset yet. Add them in 01_data_inventory."
    return table(caption, headers, rows, empty="No registered dataset holds personal data." if everything else first)
