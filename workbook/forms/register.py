"""A register as a table to edit: in place, row by row, with import and paste from a spreadsheet."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from workbook.analysis.gaps import gaps_of_row
from workbook.entries import RegisterField
from workbook.errors import BadFile, BadInput
from workbook.exchange import imports
from workbook.exchange.mapping import EVERY, ImportMapping, TableMapping
from workbook.exchange.plan import Plan, grouped
from workbook.exchange.tables import read
from workbook.forms.base import Message, Reply, Static, draft_id, revision_json
from workbook.forms.downloads import Downloads
from workbook.forms.page import Page
from workbook.record import Record, Row
from workbook.registers import Reference, column
from workbook.words import count


class RegisterForm(Downloads):
    """The form of one register."""

    kind = "register"

    def __init__(self, page: Page, register: str, system: str, static: Static) -> None:
        self._register, self._system = register, system
        self.table = register
        self._uploads: dict[str, list[bytes]] = {}
        self._plan: tuple[str, Plan] | None = None
        super().__init__(page, static)

    def shown(self) -> Reply:
        """The register's columns and rows, and what its cells may refer to."""
        record = self.page.record(self._system)
        register = record.catalog.register(self._register)
        references = self.store.known_keys(self._register)
        return {
            "id": register.id,
            "title": register.title,
            "one": register.one,
            "intro": register.intro,
            "columns": [_column(c) for c in register.fields],
            "telling": ["name", *(f.id for f in register.telling)],
            "rows": [_row(record, row) for row in record.register(self._register)],
            "choices": {f.id: options for f in register.fields if (options := self._options(record, f)) is not None},
            "keys": [[r.id, r.title] for r in references.values()],
            "help": [[f.question, f.answer] for f in record.catalog.help_for(register.id)],
            **self.offered(),
        }

    @staticmethod
    def _options(record: Record, field: RegisterField) -> list[list[str]] | None:
        """What a cell may hold, with the words for it; None where anything may stand there."""
        if field.choices:
            return [[c, c] for c in field.choices]
        meaning = column(field)
        if not isinstance(meaning, Reference):
            return None
        return [[key, record.label(meaning.source, key)] for key in record.keys(meaning.source)]

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save one row; an empty key makes a new one."""
        key, values, base = message.get("key", ""), message["values"], int(message["base"])
        revision = self.store.save_row(self._register, key, values, base, draft_id(message))
        return {"revision": revision_json(revision), "changed": True}

    def do_delete(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record that a row is gone; its history stays, and `restore` brings it back."""
        self.store.delete(self._register, message["key"], int(message["base"]), draft_id(message))
        versions = self.store.history(self._register, message["key"])
        return {"number": next(r.number for r in reversed(versions) if r.body is not None), "changed": True}

    # import -----------------------------------------------------------------------------------------------------

    def do_upload(self, message: Message, buffers: list[Any]) -> Reply:
        """Take one piece of a CSV or XLSX file; the last piece gives the preview of its import."""
        pieces = self._uploads.setdefault(str(message["upload"]), [])
        pieces.extend(bytes(b) for b in buffers)
        if not message.get("last"):
            return {"taken": sum(map(len, pieces))}
        content = b"".join(self._uploads.pop(str(message["upload"])))
        return self._preview(Path(str(message["name"])).name, content, message)

    def do_paste(self, message: Message, _buffers: list[Any]) -> Reply:
        """The preview of rows copied from a spreadsheet; the first line names the columns."""
        return self._preview("pasted.csv", str(message["text"]).encode(), message)

    def _preview(self, name: str, content: bytes, message: Message) -> Reply:
        columns = {str(k): str(v) for k, v in (message.get("mapping") or {}).items()}
        mapping = ImportMapping(tables={EVERY: TableMapping(into=self._register, columns=columns)})
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            tables = read(path).tables
        if not tables:
            raise BadFile(f"{name} holds no rows to import; the first line must name the columns.")
        plan = imports.plan_table(self.store, tables[0], mapping)
        self._plan = (uuid4().hex, plan)
        return {
            "plan": self._plan[0],
            "headers": tables[0].headers,
            "summary": plan.summary(),
            "rows": [row.data() for row in plan.rows[:200]],
            "problems": [str(group) for group in grouped(plan.problems)[:50]],
        }

    def do_import(self, message: Message, _buffers: list[Any]) -> Reply:
        """Import the plan that was previewed, all or nothing; asked for again it is imported once."""
        if self._plan is None or self._plan[0] != message.get("plan"):
            raise BadInput("This preview is no longer the newest; choose the file or paste the rows again.")
        revisions = imports.apply(self.store, self._plan[1], draft_id(message))
        return {"says": f"{count(len(revisions), 'row')} imported.", "changed": True}


def _column(field: RegisterField) -> Reply:
    about = {"id": field.id, "label": field.label, "required": field.required, "help": field.help}
    return {**about, "schema": column(field).schema()}


def _row(record: Record, row: Row) -> Reply:
    values = {c: v.isoformat() if hasattr(v, "isoformat") else v for c, v in row.values.items() if v is not None}
    return {
        "key": row.key,
        "version": row.version,
        "by": row.actor,
        "at": row.at.isoformat() if row.at else "",
        "values": values,
        "gaps": [g.says for g in gaps_of_row(record, row)],
        "missing": [g.column for g in gaps_of_row(record, row)],
    }
