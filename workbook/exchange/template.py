"""Empty tables to fill in: with drop-downs, what each column is for, and an example that import leaves out."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from workbook import paths
from workbook.catalog import Catalog
from workbook.errors import BadInput, Unknown
from workbook.exchange.bookwriter import book
from workbook.exchange.columns import NOTES, kind_of
from workbook.exchange.sheets import REMARK, Column, Note, Sheet, empty_sheet, kind_named, kinds, sheet_names
from workbook.exchange.tables import read
from workbook.keys import numbering

EXAMPLE = f"{REMARK} example"


def make_template(catalog: Catalog, names: Collection[str] = ()) -> bytes:
    """An XLSX workbook with an empty table of each of these names, or of every one that can be imported.

    Raises Unknown for a table that does not exist, BadInput for one that is only read.
    """
    chosen = list(dict.fromkeys(kind_named(catalog, name) for name in names)) or _importable(catalog)
    if notes := [kind for kind in chosen if kind in NOTES]:
        raise BadInput(f"{notes[0].capitalize()} are for reading only and cannot be imported.")
    sheets = [_with_example(catalog, kind) for kind in chosen]
    title = f"Template: {', '.join(sheet.title for sheet in sheets)}"
    about = [
        Note("How to use it", "Fill in the tables, a row for each thing, then `workbook import NAME FILE`."),
        Note("Example", f"The row that begins with {EXAMPLE!r} is left out of an import. Delete it, or leave it."),
        Note("Columns", "The last sheet says what each column is for, and what may stand there."),
        *(Note(sheet.title, sheet.intro) for sheet in sheets),
    ]
    return book(title, about, sheets, sheet_names(catalog))


def _importable(catalog: Catalog) -> list[str]:
    return [kind for kind in kinds(catalog) if kind not in NOTES]


def _with_example(catalog: Catalog, kind: str) -> Sheet:
    sheet = empty_sheet(catalog, kind)
    columns = tuple(column for column in sheet.columns if not column.told)
    shown = _examples(catalog).get(kind, {})
    row = {c.field.id: _example(catalog, c, shown.get(c.field.id, "")) for c in columns}
    key = columns[0].field.id
    row[key] = f"{EXAMPLE} {row[key]}" if kind in ("answers", "tasks") else EXAMPLE
    filled = replace(sheet, columns=columns)
    return filled.with_rows([row] if kind != "engagement" else [])  # it has no id that could say what is an example


def _example(catalog: Catalog, column: Column, said: str) -> Any:
    """What an example row holds in a column: what the demo says there, else something of the right type."""
    field = column.field
    if field.type == "date":
        return date.fromisoformat(said[:10]) if said else date(2027, 1, 31)
    if field.type == "number":
        return int(said) if said else max(field.min or 0, 1)
    if said or field.type in ("evidence", "question", "lines"):
        return said
    if field.register_:
        numbers = numbering(catalog, field.register_)
        return numbers.key(1) if numbers else ""
    return field.choices[0] if field.choices else ""


@cache
def _demo_tables(folder: Path) -> Mapping[str, tuple[tuple[str, ...], list[dict[str, str]]]]:
    """The tables of the demo by their names: headers, and cells by header."""
    files = sorted((*folder.glob("*.csv"), *folder.glob("*.xlsx")))
    tables = (table for file in files for table in read(file).tables)
    return {table.name: (table.headers, [line.cells for line in table.lines]) for table in tables}


def _examples(catalog: Catalog) -> Mapping[str, Mapping[str, str]]:
    """For each kind of table the demo's fullest row, by column."""
    found: dict[str, dict[str, str]] = {}
    for name, (headers, lines) in _demo_tables(paths.shipped("examples") / "demo").items():
        with suppress(Unknown):
            kind = kind_of(catalog, name)
            ids = {label: c.field.id for c in empty_sheet(catalog, kind).columns for label in (c.label, c.field.id)}
            fullest = max(lines, key=lambda cells: sum(map(bool, cells.values())), default={})
            found[kind] = {ids[h]: fullest[h] for h in headers if h in ids and fullest.get(h)}
    return found
