"""Registers as tables: the most telling columns, the whole row behind one click, and what is missing in it."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from workbook.analysis.gaps import Gap, gaps_of_registers, gaps_of_row
from workbook.entries import Register, RegisterField
from workbook.language import later, say, term
from workbook.record import Record, Row
from workbook.views import cards, tag
from workbook.views.markup import (
    MANY,
    aid,
    alarm,
    aside,
    behind,
    body,
    facts,
    head,
    hint,
    items,
    line,
    link,
    mark,
    note,
    page_link,
    paragraph,
    region,
    table,
    under,
)
from workbook.views.places import place, trail_link, with_trails
from workbook.views.states import TO_REVERIFY
from workbook.views.tag import fragment, text
from workbook.words import count, day

KEYS = {"evidence": "evidence", "question": "questions"}  # columns that refer to something else than a register's rows
# registers whose page shows each row itself, so that a report does not say it twice
SHOWN_BELOW = {
    "controls": (
        later("The rows stand in the statement below; exceptions and monitoring in {page}."),
        "03_control_review",
    ),
    "tests": (later("Each test stands below as a working paper."), ""),
}


def register_table(record: Record, register_id: str) -> Markup:
    """A register: one line per row with its gaps; the other columns of each row behind one click. Raises Unknown."""
    register = record.catalog.register(register_id)
    rows = record.register(register_id)
    help_ = hint(cards.help_block(record.catalog.help_for(register_id)))
    anchor, intro = tag.div(id=register.id)[""], hint(paragraph(term(register.intro)))
    if rows and register_id in SHOWN_BELOW:
        says, page = SHOWN_BELOW[register_id]
        return fragment(anchor, intro, note(text(say(says)).format(page=page_link(page))), help_)
    if not rows:
        return fragment(anchor, intro, _first_row(register), help_)
    return fragment(
        intro,
        _overview(record, register, rows, anchor),
        _others(record, register, rows),
        help_,
    )


def _first_row(register: Register) -> Markup:
    how = say(
        "In JupyterLab, open {page} and add the first one, paste rows from a spreadsheet, "
        "or import a file with {command}."
    )
    where = text(how).format(page=page_link(register.page), command=tag.code["workbook import"])
    return note(say("No {one} yet.", one=term(register.one)), hint(where))


def _overview(record: Record, register: Register, rows: Sequence[Row], anchor: Markup) -> Markup:
    """One line per row with what is missing in it; a link to its `anchor` opens it where it is folded."""
    found = [gaps_of_row(record, row) for row in rows]
    gaps = sum(len(g) for g in found)
    carried = sum(row.to_reverify for row in rows)
    again = ", " + say("{n} to re-verify", n=carried) if carried else ""
    title = term(register.title)
    caption = f"{title}: {count(len(rows), 'row')}, {count(gaps, 'gap')}{again}"
    headers = (term(register.fields[0].label), say("Missing or run out"), *(term(c.label) for c in register.telling))
    lines = (_line(record, register, row, g) for row, g in zip(rows, found, strict=True))
    listed = region(title, tag.table(class_="register")[tag.caption[caption], head(headers), body(lines)])
    return behind(caption, anchor, listed) if len(rows) > MANY else fragment(anchor, listed)


def _line(record: Record, register: Register, row: Row, gaps: Iterable[Gap]) -> Markup:
    missing = "; ".join(g.says for g in gaps)
    lacks = tag.span(class_="stale")[missing] if missing else say("nothing")
    cells = (shown(record, c, row[c.id]) for c in register.telling)
    again = fragment(" ", mark(TO_REVERIFY)) if row.to_reverify else None
    named = fragment(row.name, aside(trail_link(record, row.key)), again)
    return line([named, lacks, *cells], f"{register.id}-{row.key}")


def gap_table(record: Record, register_ids: Sequence[str]) -> Markup:
    """What is missing or has run out in these registers, row by row. Raises Unknown."""
    found = gaps_of_registers(record, register_ids)
    if not any(record.register(r) for r in register_ids):
        return note(say("Nothing is recorded that could be checked."), _first_steps(record, register_ids))
    by_row: dict[tuple[str, str], list[Gap]] = {}
    for gap in found:
        by_row.setdefault((gap.register, gap.key), []).append(gap)
    rows = [
        (under(link(record.catalog.page_of[r], f"{r}-{key}", gs[0].name), key),
         term(record.catalog.register(r).title), alarm("; ".join(g.says for g in gs)))
        for (r, key), gs in by_row.items()
    ]  # fmt: skip
    caption = say("{gaps} in {rows}", gaps=count(len(found), "gap"), rows=count(len(by_row), "row"))
    headers = (say("Row"), say("Register"), say("What is missing or has run out"))
    return table(caption, headers, rows, empty=say("No gaps: every row says what it should."))


def _first_steps(record: Record, register_ids: Sequence[str]) -> Markup:
    named = [record.catalog.register(r) for r in register_ids]
    links = Markup(", ").join(link(r.page, r.id, term(r.title)) for r in named)
    return hint(text(say("Fill these first: {registers}.")).format(registers=links))


def shown(record: Record, column: RegisterField, value: object) -> Markup:
    """A cell as a person reads it."""
    if column.type == "date":
        return text(day(value))  # type: ignore[arg-type]
    if value and (source := column.register_ or KEYS.get(column.type)):
        keys = (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]
        return Markup(", ").join(place(record, key, _called(record, source, key)) for key in keys)
    said = record.shown(column, value)
    if column.type == "choice":
        return text(term(said))
    return with_trails(record, said) if column.type in ("text", "long_text") else text(said)


def _called(record: Record, source: str, key: str) -> str:
    named = record.label(source, key)
    return term(named) if source == "questions" else named


def _others(record: Record, register: Register, rows: Sequence[Row]) -> Markup:
    """What the table does not show of each row; nothing where it shows all."""
    told = {register.fields[0].id, *(c.id for c in register.telling)}
    columns = [c for c in register.fields if c.id not in told]
    pairs = [(f"{row.key} {row.name}", _said(record, columns, row)) for row in rows]
    return aid(say("The other columns of each row"), count(len(rows), "row"), facts(pairs)) if columns else fragment()


def _said(record: Record, columns: Iterable[RegisterField], row: Row) -> Markup:
    """The columns of a row in which something stands, one below the other."""
    said = ((term(c.label), shown(record, c, row[c.id])) for c in columns)
    return items(fragment(tag.b[label], " ", value) for label, value in said if value)
