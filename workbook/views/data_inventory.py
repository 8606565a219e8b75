"""Page 1: how data is classified, kept and bought, what is missing about it, where it flows and decides something."""

from collections import Counter
from datetime import date

from markupsafe import Markup

from workbook.analysis.data_flows import PERSONAL, data_flows, flows_about_people
from workbook.analysis.gaps import gaps_of_registers, gaps_of_row
from workbook.record import Record, Row
from workbook.views import diagrams, registers, tag
from workbook.views.markup import (
    alarm,
    aside,
    body,
    due,
    head,
    hint,
    line,
    long_table,
    page_link,
    paragraph,
    region,
    table,
    under,
    who,
)
from workbook.views.places import trail_link
from workbook.views.tag import fragment, text
from workbook.words import count, day, natural

LEVELS = ("public", "internal", "confidential", "strictly confidential", "not classified")
CLASSIFIED = ("data_sources", "datasets", "models", "assets", "flows")
REGISTERS = ("data_sources", "datasets", "flows")
PAGE = "01_data_inventory"


def classification(record: Record) -> Markup:
    """How many rows of each register are public, internal, confidential …: bars with their numbers."""
    lines = []
    for register_id in CLASSIFIED:
        register = record.catalog.register(register_id)
        column = "sensitivity" if register_id == "data_sources" else "classification"
        counts = Counter(row[column] or LEVELS[-1] for row in record.register(register_id))
        if counts:
            lines.append((register.title, [(level, counts[level]) for level in LEVELS], counts.total()))
    if not lines:
        return paragraph("Nothing to classify yet.", _add("data sources and datasets"))
    most = max(n for _, counts, _ in lines for _, n in counts)
    caption = "Rows of each register by classification; the bar repeats the number"
    rows = (
        line([fragment(title, aside(count(total, "row"))), *(_bar(level, n, most) for level, n in counts)])
        for title, counts, total in lines
    )
    bars = tag.table(class_="bars")[tag.caption[caption], head(("Register", *LEVELS)), body(rows)]
    return region("Classification", bars)


def _bar(level: str, number: int, most: int) -> Markup:
    colour = "--bad" if level == "not classified" else "--accent"
    look = f"height:.5em;border-radius:3px;width:{100 * number / most:.1f}%;background:var({colour},#1f5fa8)"
    return fragment(number, tag.div(style=look))


def retention(record: Record) -> Markup:
    """How long each dataset is kept and how it ends; overdue ones first, then those without a rule."""
    rows = sorted(
        record.register("datasets"), key=lambda r: (not _overdue(r, record.on), bool(r["retention"]), natural(r.key))
    )
    shown = [
        (
            under(r.name, trail_link(record, r.key)),
            r["retention"] or alarm("no retention period"),
            _delete_by(r, record.on),
            r["disposal"] or alarm("no disposal procedure"),
            who(r["owner"]),
        )
        for r in rows
    ]
    late = sum(_overdue(r, record.on) for r in rows)
    caption = f"{count(len(rows), 'dataset')}, {late or 'none'} kept beyond the deletion date"
    headers = ("Dataset", "Kept for", "Delete by", "Disposed of by", "Owner")
    return long_table(caption, headers, shown, empty=("No dataset yet.", _add("the first one")))


def _overdue(row: Row, on: date) -> bool:
    return bool(row["delete_by"] and row["delete_by"] < on)


def _delete_by(row: Row, on: date) -> Markup:
    if _overdue(row, on):
        return due(on, row["delete_by"])
    return text(day(row["delete_by"]) or "no date")


def third_parties(record: Record) -> Markup:
    """Sources from outside, and whether an agreement covers them."""
    everything = record.register("data_sources")
    outside = [r for r in everything if r["origin"] not in (None, "internal system", "customer", "synthetic")]
    rows = [
        (
            under(r.name, r.key),
            r["origin"],
            _supplier(record, r),
            r["agreement"] or alarm("no licence or agreement"),
            _ends(r["agreement_expires"], record.on),
        )
        for r in sorted(outside, key=lambda r: (_covered(r, record.on), natural(r.key)))
    ]
    headers = ("Source", "Origin", "Supplier", "Licence or agreement", "Ends")
    open_ = sum(not _covered(r, record.on) for r in outside)
    caption = f"{count(len(rows), 'source')} from outside, {open_ or 'none'} without an agreement in force"
    none = "None of the registered data sources comes from outside."
    return long_table(
        caption, headers, rows, empty=none if everything else ("No data source yet.", _add("the first one"))
    )


def _covered(row: Row, on: date) -> bool:
    return bool(row["agreement"]) and not (row["agreement_expires"] and row["agreement_expires"] < on)


def _supplier(record: Record, row: Row) -> Markup:
    if row["supplier"]:
        return text(record.label("suppliers", row["supplier"]))
    says = [gap.says for gap in gaps_of_row(record, row) if gap.column == "supplier"]
    return alarm(says[0]) if says else text("")


def _ends(until: date | None, on: date) -> Markup:
    if until and until < on:
        return alarm(f"expired on {day(until)}")
    return text(day(until) or "no end named")


def inventory_gaps(record: Record) -> Markup:
    """Missing owners, classifications, retention and agreements first as numbers, then row by row."""
    found = Counter(gap.says for gap in gaps_of_registers(record, REGISTERS))
    rows = [(says, n) for says, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]
    often = bool(rows) and rows[0][1] > 1  # a list of ones would only repeat the table below
    summary = table("What is missing most often", ("Gap", "Rows"), rows) if often else None
    return fragment(summary, registers.gap_table(record, list(REGISTERS)))


# data flows ---------------------------------------------------------------------------------------------------------


def diagram(record: Record) -> Markup:
    """The data-flow diagram by trust zone, and the same flows as a table."""
    flows = data_flows(record)
    if not flows:
        return paragraph(
            "No data flow yet.",
            hint("The diagram draws itself: add the two ends of the first data flow to the components in "),
            hint(page_link("02_infrastructure_mapping"), ", then the flow itself in ", page_link(PAGE), "."),
        )
    personal = sum(f.personal for f in flows)
    words = f"{count(len(flows), 'data flow')}, {personal or 'none'} with personal data, {diagrams.crossings(flows)}"
    rows = [
        (
            under(f.row.name, f.row.key),
            record.label("components", f.row["source"]),
            record.label("components", f.row["target"]),
            f.row["data"] or "",
            tag.b[f.row["personal_data"]] if f.personal else text(f.row["personal_data"] or "not said"),
            diagrams.boundary(f),
        )
        for f in flows
    ]
    headers = ("Data flow", "From", "To", "Data", "Personal data", "Trust boundary")
    return fragment(diagrams.drawing(record, f"Data-flow diagram: {words}"), long_table(words, headers, rows))


def personal_data(record: Record) -> Markup:
    """Flows with personal data, those that feed decisions about people first; and the datasets that hold it."""
    flows = flows_about_people(record)
    rows = [
        (
            under(f.row.name, f.row.key),
            alarm(f.decision) if f.decision else text(f.row["decision"] or "not said"),
            f.row["personal_data"] or "not said",
            f.row["legal_basis"] or (alarm("no legal basis") if f.personal else text("")),
            f.row["transfer"] or "none named",
            f.row["impact_assessment"] or (alarm("no impact assessment") if f.decision else text("")),
        )
        for f in flows
    ]
    decided = sum(bool(f.decision) for f in flows)
    caption = (
        f"{count(len(flows), 'data flow')} about people, {decided or 'none'} with profiling or automated decisions "
        "(GDPR Articles 22 and 35; Article 6 of the EU AI Act asks whether the use is high-risk)"
    )
    headers = ("Data flow", "Decision", "Personal data", "Legal basis", "Transfer outside the EEA", "Impact assessment")
    return fragment(long_table(caption, headers, rows, empty=_no_flows(record)), _datasets(record))


def _no_flows(record: Record) -> Markup:
    if record.register("flows"):
        return text("No registered data flow carries personal data or feeds a decision about people.")
    follow = hint("Follow one person's data through the system and add each step in ", page_link(PAGE), ".")
    return fragment("No data flow yet.", follow)


def _add(what: str) -> Markup:
    return hint(f"Add {what} in ", page_link(PAGE), ".")


def _datasets(record: Record) -> Markup:
    everything = record.register("datasets")
    personal = [r for r in everything if r["personal_data"] in PERSONAL]
    rows = [
        (under(r.name, trail_link(record, r.key)), r["personal_data"], r["legal_basis"] or alarm("no legal basis"),
         r["retention"] or alarm("no retention period"))
        for r in personal
    ]  # fmt: skip
    caption = f"{count(len(rows), 'dataset')} with personal data"
    headers = ("Dataset", "Personal data", "Legal basis", "Kept for")
    first = "No registered dataset holds personal data." if everything else ("No dataset yet.", _add("them"))
    return table(caption, headers, rows, empty=first)
