"""Importing into a register: what a file would change and what has to be said of it, looked at until it is right."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from workbook import files
from workbook.days import AmbiguousDay, parse_day
from workbook.entries import RegisterField
from workbook.errors import BadFile, BadInput, Unknown
from workbook.exchange import imports
from workbook.exchange.columns import REACH, TOLD, Columns, kind_of, known_headers, match
from workbook.exchange.copies import is_note
from workbook.exchange.mapping import ImportMapping, TableMapping, read_mapping, write_mapping
from workbook.exchange.mending import mended, twins
from workbook.exchange.plan import STATES, Plan, PlannedRow, Problem, grouped
from workbook.exchange.scales import fitted
from workbook.exchange.tables import MAX_BYTES, Table, read
from workbook.forms.base import Message, Reply, Static, draft_id
from workbook.forms.downloads import Downloads
from workbook.forms.page import Page
from workbook.language import say, term
from workbook.store import Store
from workbook.words import capitalized, count, plain_name, shortened

ROWS = 200  # of a preview; the others are counted
EXAMPLES = 3
PASTED = "pasted.csv"  # what the reader of files takes for the name of what was pasted
How = Literal["", "guess", "said", "out", "unknown"]  # how one of their columns or words was understood


class Importing(Downloads):
    """A form into whose register rows can be imported; the file is kept here until another one is chosen."""

    def __init__(self, page: Page, static: Static) -> None:
        self._uploads: dict[str, list[bytes]] = {}
        self._source = ("", b"")  # the name of the file, and what is in it
        self._plan: tuple[str, Plan] | None = None
        super().__init__(page, static)

    def do_upload(self, message: Message, buffers: list[Any]) -> Reply:
        """Take one piece of a CSV or XLSX file; the last piece gives the preview of its import."""
        pieces = self._uploads.setdefault(str(message["upload"]), [])
        pieces.extend(bytes(b) for b in buffers)
        if sum(map(len, pieces)) > MAX_BYTES:
            del self._uploads[str(message["upload"])]
            raise BadFile(
                say("{name} is larger than {most} MB; import it in smaller files.", name=message["name"],
                    most=MAX_BYTES // 1024**2)
            )  # fmt: skip
        if not message.get("last"):
            return {"taken": sum(map(len, pieces))}
        self._source = (Path(str(message["name"])).name, b"".join(self._uploads.pop(str(message["upload"]))))
        return self.do_preview({}, [])

    def do_paste(self, message: Message, _buffers: list[Any]) -> Reply:
        """The preview of rows copied from a spreadsheet."""
        self._source = (PASTED, _bytes(message["text"]))
        return self.do_preview(message, [])

    def do_preview(self, message: Message, _buffers: list[Any]) -> Reply:
        """What an import of the sheet `sheet` would do, with what was chosen for the sheets in `tables`.

        `mends` are the cells that were corrected, by sheet, line and header.
        """
        said = self._said(message)
        found, notes = self._read(said)
        table = self._chosen(found, str(message.get("sheet", "")))
        table = mended(table, (message.get("mends") or {}).get(table.name) or {})
        preview = Preview(self.store, table, self.table, said.of(table.name))
        self._plan = (uuid4().hex, preview.plan)
        sheets = [[one.name, f"{one.name} ({count(len(one.lines), 'row')})"] for one in found]
        return {"plan": self._plan[0], "sheets": sheets, **preview.shown(notes)}

    def do_use_mapping(self, message: Message, _buffers: list[Any]) -> Reply:
        """What a mapping file says of each sheet."""
        with files.held(str(message["name"]), _bytes(message["text"])) as path:
            mapping = read_mapping(path)
        found, _ = self._read(mapping)
        return {"tables": {table.name: mapping.of(table.name).data() for table in found}}

    def do_save_mapping(self, message: Message, _buffers: list[Any]) -> Reply:
        """The mapping file that gives this preview again, here and on the command line."""
        said = self._said(message)
        table = self._chosen(self._read(said)[0], str(message["sheet"]))
        mapping = Preview(self.store, table, self.table, said.of(table.name)).mapping
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "mapping.yaml"
            write_mapping(path, ImportMapping(tables={table.name: mapping}))
            content = path.read_bytes()
        return {"name": f"{self.table}-map.yaml", "type": "application/yaml", "buffers": [content]}

    def do_import(self, message: Message, _buffers: list[Any]) -> Reply:
        """Import the plan that was previewed, all or nothing; asked for again it is imported once."""
        if self._plan is None or self._plan[0] != message.get("plan"):
            raise BadInput(say("This preview is no longer the newest; choose the file or paste the rows again."))
        revisions = imports.apply(self.store, self._plan[1], draft_id(message))
        number = revisions[0].number if revisions else 0
        says = say("{rows} imported.", rows=count(len(revisions), "row"))
        return {"says": says, "number": number, "changed": True}

    def _said(self, message: Message) -> ImportMapping:
        """What was chosen in the browser; raises BadInput for what no mapping can say."""
        tables = message.get("tables") or {}
        try:
            return ImportMapping(tables={n: TableMapping(**{**said, "into": self.table}) for n, said in tables.items()})
        except (TypeError, AttributeError):
            raise BadInput(say("What was chosen cannot be understood; choose the file again.")) from None

    def _read(self, said: ImportMapping) -> tuple[tuple[Table, ...], tuple[str, ...]]:
        name, content = self._source
        rows = {name: mapping.header_row for name, mapping in said.tables.items() if mapping.header_row}
        try:
            with files.held(name, content) as path:
                reading = read(path, header_rows=rows, known=known_headers(self.store.catalog))
        except BadFile as error:
            raise BadFile(_spoken(str(error))) from None
        tables = tuple(table for table in reading.tables if not is_note(table))
        if not tables:
            raise BadFile(
                _spoken(say("{name} holds no rows to import; a line of it must name the columns.", name=name))
            )
        return tables, reading.notes

    def _chosen(self, tables: tuple[Table, ...], sheet: str) -> Table:
        """The sheet that was chosen, else the one that is called like this register, else the one it suits best."""
        named = {table.name: table for table in tables}
        if sheet:
            if sheet not in named:
                raise Unknown("sheet", sheet, named)
            return named[sheet]
        return max(tables, key=self._suits)

    def _suits(self, table: Table) -> tuple[bool, int]:
        try:
            called = kind_of(self.store.catalog, table.name) == self.table
        except Unknown:
            called = False
        return called, len(match(fitted(self.store, self.table), self.table, table.headers, TableMapping()).by_header)


def _bytes(text: object) -> bytes:
    """What a browser sent, as a file would hold it; half a character is told by whoever reads it."""
    return str(text).encode("utf-8", "surrogatepass")


def _spoken(says: str) -> str:
    """A sentence about a file, as people say it of rows that were pasted."""
    return capitalized(says.replace(PASTED, say("what was pasted"))) if PASTED in says else says


@dataclass(frozen=True)
class Preview:
    """What an import of one table into a register would do, and what has to be said before it can."""

    store: Store
    table: Table
    register: str
    said: TableMapping

    @cached_property
    def plan(self) -> Plan:
        """The plan of the import."""
        into = TableMapping(into=self.register).over(self.said)
        return imports.plan_table(self.store, self.table, ImportMapping(tables={self.table.name: into}))

    @cached_property
    def columns(self) -> Columns:
        """Which of their headers stands for which of our columns."""
        return match(fitted(self.store, self.register), self.register, self.table.headers, self.said)

    @property
    def mapping(self) -> TableMapping:
        """All that was said and found, for the next import."""
        return self.plan.mapping.tables.get(self.table.name, self.said)

    def shown(self, notes: tuple[str, ...]) -> Reply:
        """What the browser shows of it; `notes` are of the file as a whole."""
        plan, where = self.plan, f"{self.table.where}: "
        rows = [row for row in plan.rows if row.changes or row.state == "wrong"]
        total = sum(plan.counts.values(), Counter())
        return {
            "sheet": self.table.name,
            "picture": self.table.picture,
            "header": self.table.header_row,
            "columns": [self._column(header) for header in self.table.headers],
            "missing": self._missing,
            "words": self._words,
            "dates": self._unclear_days[:EXAMPLES],
            "blanks": any(row.blanks for row in plan.rows),
            "notes": [_spoken(note.removeprefix(where)) for note in (*notes, *plan.notes)],
            "problems": [_spoken(str(group).removeprefix(where)) for group in grouped(self._unasked())],
            "twins": list(twins(self.table).items()),
            "counts": {state: total[state] for state in STATES},
            "rows": [self._row(row) for row in rows[:ROWS]],
            "more": max(len(rows) - ROWS, 0),
            "ready": not plan.problems and bool(plan.drafts) and not any(w["how"] == "unknown" for w in self._words),
        }

    def _unasked(self) -> Iterator[Problem]:
        """What is wrong and cannot be mended by what the form asks for."""
        asked = {(word["column"], word["value"]) for word in self._words if word["how"] == "unknown"}
        days = set(self._unclear_days)
        settled = self.said.over(TableMapping(only_known=True, constants=dict.fromkeys(self._missing, "?")))
        left = match(fitted(self.store, self.register), self.register, self.table.headers, settled).problems
        for one in self.plan.problems if self.table.headers else ():
            of_headers = not one.line and one.says in self.columns.problems and one.says not in left
            if not of_headers and (one.column, one.value) not in asked and one.value not in days:
                yield one

    def _column(self, header: str) -> Reply:
        sample = next((cell for line in self.table.lines if (cell := line.cells.get(header, "").strip())), "")
        column = self.columns.by_header.get(header, "")
        return {"header": header, "sample": shortened(sample), "column": column, "how": self._how(header, column)}

    def _how(self, header: str, column: str) -> How:
        said = {plain_name(theirs): ours for theirs, ours in self.said.columns.items()}
        if plain_name(header) in said:
            return "said" if said[plain_name(header)] else "out"
        if not column:
            return "out" if self.said.only_known or TOLD.fullmatch(header) else "unknown"
        return "guess" if header in self.columns.mapping.columns else ""

    @cached_property
    def _missing(self) -> list[str]:
        """Our columns that are needed and that neither a header nor a constant stands for."""
        filled = {*self.columns.by_header.values(), *self.columns.mapping.constants}
        return [field.id for field in self.columns.fields.values() if field.required and field.id not in filled]

    @cached_property
    def _words(self) -> list[Reply]:
        """Their words in columns of choices and on scales that are not our own, the unknown ones first."""
        found = [word for header, column in self.columns.by_header.items() for word in self._words_of(header, column)]
        return sorted(found, key=lambda word: word["how"] != "unknown")

    def _words_of(self, header: str, column: str) -> Iterator[Reply]:
        field = self.columns.fields[column]
        options, other = _options(field), _other_scale(header, field)
        wrong = {problem.value for problem in self.plan.problems if problem.column == column}
        said = {plain_name(word) for words in self.said.values.values() for word in words}
        read = self.mapping.values.get(column, {})
        cells = Counter(line.cells.get(header, "").strip() for line in self.table.lines) if options else Counter()
        for value, rows in cells.items():
            known = plain_name(value) in said
            if value and (known or value in wrong or value in read or other):
                how = "said" if known else "unknown" if value in wrong or other else "guess"
                yield {"column": column, "label": term(field.label), "value": value, "rows": rows,
                       "ours": read.get(value, value), "how": how, "options": options}  # fmt: skip

    @cached_property
    def _unclear_days(self) -> list[str]:
        """Days that may be one of two, each once."""
        dates = {column for column, field in self.columns.fields.items() if field.type == "date"}
        values = dict.fromkeys(problem.value for problem in self.plan.problems if problem.column in dates)
        return [value for value in values if _is_unclear(value)]

    def _row(self, row: PlannedRow) -> Reply:
        fields = self.columns.fields
        changes = [
            {"label": term(fields[c.column].label), "old": _shown(fields[c.column], c.old),
             "new": _shown(fields[c.column], c.new)}
            for c in row.changes
        ]  # fmt: skip
        wrong = [problem for problem in self.plan.problems if problem.line == row.line]
        return {
            "line": row.line,
            "key": row.key,
            "name": row.name,
            "state": row.state,
            "says": [_spoken(problem.says) for problem in wrong if problem.column not in self._header_of],
            "cells": self._cells(row.line, wrong) if row.state == "wrong" else [],
            "changes": changes,
        }

    @cached_property
    def _header_of(self) -> dict[str, str]:
        """Which of their headers stands for each of our columns."""
        return {column: header for header, column in self.columns.by_header.items()}

    def _said_of(self, problem: Problem) -> str:
        """What is wrong with a cell, and where it is decided, in the words of the form."""
        if problem.value not in self._unclear_days:
            return problem.says
        return say(
            "{column}: {value} may be one of two days; choose above how dates are read, or write it anew.",
            column=term(self.columns.fields[problem.column].label), value=problem.value,
        )  # fmt: skip

    def _cells(self, number: int, wrong: Iterable[Problem]) -> list[Reply]:
        """The cells of a line that cannot be imported, each with what is wrong with it, to be mended."""
        line = next(line for line in self.table.lines if line.number == number)
        says: dict[str, list[str]] = {}
        for problem in wrong:
            says.setdefault(problem.column, []).append(_spoken(self._said_of(problem)))
        fields = self.columns.fields
        return [
            {"header": header, "label": term(fields[column].label), "value": line.cells.get(header, ""),
             "says": " ".join(says.get(column, ()))}
            for column, header in self._header_of.items()
        ]  # fmt: skip


def _is_unclear(value: str) -> bool:
    try:
        parse_day(value)
    except AmbiguousDay:
        return True
    except ValueError:
        return False
    return False


def _options(field: RegisterField) -> list[str]:
    """What a column may hold, where that is a list of words or the steps of a scale."""
    steps = range(field.min, field.max + 1) if field.min is not None and field.max is not None else ()
    return list(field.choices) or [str(step) for step in steps]


def _shown(field: RegisterField, value: str) -> str:
    """What stands in a column, as people read it."""
    return term(value) if value in field.choices else value


def _other_scale(header: str, field: RegisterField) -> bool:
    """Whether a header such as "Likelihood (1-10)" names another scale than ours, so that each step has to be said."""
    reach = REACH.search(header)
    return bool(reach and field.max is not None and tuple(map(int, reach.groups())) != (field.min, field.max))
