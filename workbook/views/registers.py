"""Registers as tables: the most telling columns, the whole row behind one click, and what is missing in it."""

from collections.abc import Sequence

from markupsafe import Markup

from workbook.analysis.gaps import Gap, gaps_of_registers, gaps_of_row
from workbook.entries import Register, RegisterField
from workbook.record import Record, Row
from workbook.views import cards
from workbook.views.markup import alarm, facts, folded, link, note, render, table, text, under
from workbook.words import count, day


def register_table(record: Record, register_id: str) -> Markup:
    """A register: one line per row with its gaps, and every column of every row behind one click. Raises Unknown."""
    register = record.catalog.register(register_id)
    rows = record.register(register_id)
    help_ = cards.help_block(record.catalog.help_for(register_id))
    if not rows:
        return render("register_empty", register=register, help=help_)
    columns = register.telling
    found = [gaps_of_row(record, row) for row in rows]
    return render(
        "register",
        register=register,
        columns=columns,
        rows=[(row, [shown(record, c, row[c.id]) for c in columns], g) for row, g in zip(rows, found, strict=True)],
        details=[_details(record, register, row) for row in rows],
        gaps=sum(len(g) for g in found),
        help=help_,
    )


def gap_table(record: Record, register_ids: Sequence[str]) -> Markup:
    """What is missing or has run out in these registers, row by row. Raises Unknown."""
    found = gaps_of_registers(record, register_ids)
    if not any(record.register(r) for r in register_ids):
        return note(_first_steps(record, register_ids))
    by_row: dict[tuple[str, str], list[Gap]] = {}
    for gap in found:
        by_row.setdefault((gap.register, gap.key), []).append(gap)
    rows = [
        (under(link(record.catalog.page_of[r], f"{r}-{key}", gs[0].name), key),
         record.catalog.register(r).title, alarm("; ".join(g.says for g in gs)))
        for (r, key), gs in by_row.items()
    ]  # fmt: skip
    caption = f"{count(len(found), 'gap')} in {count(len(by_row), 'row')}"
    headers = ("Row", "Register", "What is missing or has run out")
    return table(caption, headers, rows, empty="No gaps: every row says what it should.")


def _first_steps(record: Record, register_ids: Sequence[str]) -> str:
    named = [record.catalog.register(r) for r in register_ids]
    where = ", ".join(f"{r.title} in {r.page}" for r in named)
    return f"Nothing to check yet. Fill these first: {where}."


def shown(record: Record, column: RegisterField, value: object) -> Markup:
    """A cell as a person reads it."""
    if column.type == "date":
        return text(day(value))  # type: ignore[arg-type]
    return text(record.shown(column, value))


def _details(record: Record, register: Register, row: Row) -> Markup:
    pairs = [(c.label, shown(record, c, row[c.id])) for c in register.fields]
    return folded(text(f"{row.key} {row.name}"), "all columns", facts(pairs))
