"""Data: how it is classified, how long it is kept, where it is bought, and what is missing about it."""

from collections import Counter
from datetime import date

from markupsafe import Markup

from workbook.analysis.gaps import gaps_of_registers, gaps_of_row
from workbook.record import Record, Row
from workbook.views import parts, registers
from workbook.views.markup import count, day, render, table, text

LEVELS = ("public", "internal", "confidential", "strictly confidential", "not classified")
CLASSIFIED = ("data_sources", "datasets", "models", "assets", "flows")
REGISTERS = ("data_sources", "datasets", "flows")
NO_SOURCES = "No data source yet. Add the first one to the register of data sources in 01_data_inventory."


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
        return parts.paragraph("Nothing to classify yet: add data sources and datasets in 01_data_inventory.")
    return render("classification", lines=lines, levels=LEVELS, most=max(n for _, cs, _ in lines for _, n in cs))


def retention(record: Record) -> Markup:
    """How long each dataset is kept and how it ends; overdue ones first, then those without a rule."""
    rows = sorted(record.register("datasets"), key=lambda r: (not _overdue(r, record.on), bool(r["retention"]), r.key))
    shown = [
        (
            parts.under(r.name, r.key),
            r["retention"] or parts.alarm("no retention period"),
            _delete_by(r, record.on),
            r["disposal"] or parts.alarm("no disposal procedure"),
            parts.who(record, r["owner"]),
        )
        for r in rows
    ]
    late = sum(_overdue(r, record.on) for r in rows)
    caption = f"{count(len(rows), 'dataset')}, {late or 'none'} kept beyond the deletion date"
    headers = ("Dataset", "Kept for", "Delete by", "Disposed of by", "Owner")
    return table(caption, headers, shown, empty="No dataset yet. Add the first one in 01_data_inventory.")


def _overdue(row: Row, on: date) -> bool:
    return bool(row["delete_by"] and row["delete_by"] < on)


def _delete_by(row: Row, on: date) -> Markup:
    if _overdue(row, on):
        return parts.due(on, row["delete_by"])
    return text(day(row["delete_by"]) or "no date")


def third_parties(record: Record) -> Markup:
    """Sources from outside, and whether an agreement covers them."""
    everything = record.register("data_sources")
    outside = [r for r in everything if r["origin"] not in (None, "internal system", "customer", "synthetic")]
    rows = [
        (
            parts.under(r.name, r.key),
            r["origin"],
            _supplier(record, r),
            r["agreement"] or parts.alarm("no licence or agreement"),
            _ends(r["agreement_expires"], record.on),
        )
        for r in sorted(outside, key=lambda r: (_covered(r, record.on), r.key))
    ]
    headers = ("Source", "Origin", "Supplier", "Licence or agreement", "Ends")
    open_ = sum(not _covered(r, record.on) for r in outside)
    caption = f"{count(len(rows), 'source')} from outside, {open_ or 'none'} without an agreement in force"
    none = "None of the registered data sources comes from outside." if everything else NO_SOURCES
    return table(caption, headers, rows, empty=none)


def _covered(row: Row, on: date) -> bool:
    return bool(row["agreement"]) and not (row["agreement_expires"] and row["agreement_expires"] < on)


def _supplier(record: Record, row: Row) -> Markup:
    if row["supplier"]:
        return text(record.label("suppliers", row["supplier"]))
    says = [gap.says for gap in gaps_of_row(record, row) if gap.column == "supplier"]
    return parts.alarm(says[0]) if says else text("")


def _ends(until: date | None, on: date) -> Markup:
    if until and until < on:
        return parts.alarm(f"expired on {day(until)}")
    return text(day(until) or "no end named")


def inventory_gaps(record: Record) -> Markup:
    """Missing owners, classifications, retention and agreements first as numbers, then row by row."""
    found = Counter(gap.says for gap in gaps_of_registers(record, REGISTERS))
    rows = [(says, n) for says, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]
    often = bool(rows) and rows[0][1] > 1  # a list of ones would only repeat the table below
    summary = table("What is missing most often", ("Gap", "Rows"), rows) if often else Markup("")
    return Markup("{}{}").format(summary, registers.gaps(record, list(REGISTERS)))
