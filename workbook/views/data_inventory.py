"""Page 1: how data is classified, kept and bought, what is missing about it, where it flows and decides something."""

from collections import Counter
from datetime import date
from typing import Any

from markupsafe import Markup

from workbook.analysis.data_flows import PERSONAL, Flow, data_flows, flows_about_people
from workbook.analysis.gaps import gaps_of_registers, gaps_of_row
from workbook.language import later, say, say_many, term
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

LEVELS = ("public", "internal", "confidential", "strictly confidential", later("not classified"))
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
            lines.append((term(register.title), [(level, counts[level]) for level in LEVELS], counts.total()))
    if not lines:
        return paragraph(say("Nothing to classify yet."), _add(say("Add data sources and datasets in")))
    most = max(n for _, counts, _ in lines for _, n in counts)
    caption = say("Rows of each register by classification; the bar repeats the number")
    rows = (
        line([fragment(title, aside(count(total, "row"))), *(_bar(level, n, most) for level, n in counts)])
        for title, counts, total in lines
    )
    bars = tag.table(class_="bars")[tag.caption[caption], head((say("Register"), *map(term, LEVELS))), body(rows)]
    return region(say("Classification"), bars)


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
            r["retention"] or alarm(say("no retention period")),
            _delete_by(r, record.on),
            r["disposal"] or alarm(say("no disposal procedure")),
            who(r["owner"]),
        )
        for r in rows
    ]
    late = sum(_overdue(r, record.on) for r in rows)
    caption = say("{datasets}, {late} kept beyond the deletion date", datasets=count(len(rows), "dataset"),
                  late=late or say("none"))  # fmt: skip
    headers = (say("Dataset"), say("Kept for"), say("Delete by"), say("Disposed of by"), say("Owner"))
    return long_table(caption, headers, shown, empty=(say("No dataset yet."), _add(say("Add the first one in"))))


def _overdue(row: Row, on: date) -> bool:
    return bool(row["delete_by"] and row["delete_by"] < on)


def _delete_by(row: Row, on: date) -> Markup:
    if _overdue(row, on):
        return due(on, row["delete_by"])
    return text(day(row["delete_by"]) or say("no date"))


def third_parties(record: Record) -> Markup:
    """Sources from outside, and whether an agreement covers them."""
    everything = record.register("data_sources")
    outside = [r for r in everything if r["origin"] not in (None, "internal system", "customer", "synthetic")]
    rows = [
        (
            under(r.name, r.key),
            term(r["origin"]),
            _supplier(record, r),
            r["agreement"] or alarm(say("no licence or agreement")),
            _ends(r["agreement_expires"], record.on),
        )
        for r in sorted(outside, key=lambda r: (_covered(r, record.on), natural(r.key)))
    ]
    headers = (say("Source"), say("Origin"), say("Supplier"), say("Licence or agreement"), say("Ends"))
    open_ = sum(not _covered(r, record.on) for r in outside)
    caption = say("{sources} from outside, {open} without an agreement in force", sources=count(len(rows), "source"),
                  open=open_ or say("none"))  # fmt: skip
    none = say("None of the registered data sources comes from outside.")
    first = (say("No data source yet."), _add(say("Add the first one in")))
    return long_table(caption, headers, rows, empty=none if everything else first)


def _covered(row: Row, on: date) -> bool:
    return bool(row["agreement"]) and not (row["agreement_expires"] and row["agreement_expires"] < on)


def _supplier(record: Record, row: Row) -> Markup:
    if row["supplier"]:
        return text(record.label("suppliers", row["supplier"]))
    says = [gap.says for gap in gaps_of_row(record, row) if gap.column == "supplier"]
    return alarm(term(says[0])) if says else text("")


def _ends(until: date | None, on: date) -> Markup:
    if until and until < on:
        return alarm(say("expired on {day}", day=day(until)))
    return text(day(until) or say("no end named"))


def inventory_gaps(record: Record) -> Markup:
    """Missing owners, classifications, retention and agreements first as numbers, then row by row."""
    found = Counter(gap.says for gap in gaps_of_registers(record, REGISTERS))
    rows = [(term(says), n) for says, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]
    often = bool(rows) and rows[0][1] > 1  # a list of ones would only repeat the table below
    summary = table(say("What is missing most often"), (say("Gap"), say("Rows")), rows) if often else None
    return fragment(summary, registers.gap_table(record, list(REGISTERS)))


# data flows ---------------------------------------------------------------------------------------------------------


def diagram(record: Record) -> Markup:
    """The data-flow diagram by trust zone, and the same flows as a table."""
    flows = data_flows(record)
    if not flows:
        return paragraph(
            say("No data flow yet."),
            hint(say("The diagram draws itself: add the two ends of the first data flow to the components in"), " "),
            hint(page_link("02_infrastructure_mapping"), say(", then the flow itself in"), " ", page_link(PAGE), "."),
        )
    personal = sum(f.personal for f in flows)
    words = say("{flows}, {personal} with personal data, {crossings}", flows=count(len(flows), "data flow"),
                personal=personal or say("none"), crossings=diagrams.crossings(flows))  # fmt: skip
    headers = (say("Data flow"), say("From"), say("To"), say("Data"), say("Personal data"), say("Trust boundary"))
    drawing = diagrams.drawing(record, say("Data-flow diagram: {words}", words=words))
    return fragment(drawing, long_table(words, headers, [_flow(record, f) for f in flows]))


def _flow(record: Record, flow: Flow) -> tuple[Any, ...]:
    row, personal = flow.row, term(flow.row["personal_data"] or later("not said"))
    return (
        under(row.name, row.key),
        record.label("components", row["source"]),
        record.label("components", row["target"]),
        row["data"] or "",
        tag.b[personal] if flow.personal else text(personal),
        diagrams.boundary(flow),
    )


def personal_data(record: Record) -> Markup:
    """Flows with personal data, those that feed decisions about people first; and the datasets that hold it."""
    flows = flows_about_people(record)
    rows = [_about_people(f) for f in flows]
    decided = sum(bool(f.decision) for f in flows)
    caption = say(
        "{flows} about people, {decided} with profiling or automated decisions "
        "(GDPR Articles 22 and 35; Article 6 of the EU AI Act asks whether the use is high-risk)",
        flows=count(len(flows), "data flow"),
        decided=decided or say("none"),
    )
    headers = (
        say("Data flow"),
        say("Decision"),
        say("Personal data"),
        say("Legal basis"),
        say("Transfer outside the EEA"),
        say("Impact assessment"),
    )
    return fragment(long_table(caption, headers, rows, empty=_no_flows(record)), _datasets(record))


def _about_people(flow: Flow) -> tuple[Any, ...]:
    row = flow.row
    return (
        under(row.name, row.key),
        alarm(term(flow.decision)) if flow.decision else text(term(row["decision"] or later("not said"))),
        term(row["personal_data"] or later("not said")),
        term(row["legal_basis"] or "") or (alarm(say("no legal basis")) if flow.personal else text("")),
        row["transfer"] or say("none named"),
        row["impact_assessment"] or (alarm(say("no impact assessment")) if flow.decision else text("")),
    )


def _no_flows(record: Record) -> Markup:
    if record.register("flows"):
        return text(say("No registered data flow carries personal data or feeds a decision about people."))
    follow = hint(say("Follow one person's data through the system and add each step in"), " ", page_link(PAGE), ".")
    return fragment(say("No data flow yet."), follow)


def _add(words: str) -> Markup:
    return hint(words, " ", page_link(PAGE), ".")


def _datasets(record: Record) -> Markup:
    everything = record.register("datasets")
    personal = [r for r in everything if r["personal_data"] in PERSONAL]
    rows = [
        (
            under(r.name, trail_link(record, r.key)),
            term(r["personal_data"]),
            term(r["legal_basis"] or "") or alarm(say("no legal basis")),
            r["retention"] or alarm(say("no retention period")),
        )
        for r in personal
    ]
    caption = say_many("{n} dataset with personal data", "{n} datasets with personal data", len(rows))
    headers = (say("Dataset"), say("Personal data"), say("Legal basis"), say("Kept for"))
    none, first = say("No registered dataset holds personal data."), (say("No dataset yet."), _add(say("Add them in")))
    return table(caption, headers, rows, empty=none if everything else first)
