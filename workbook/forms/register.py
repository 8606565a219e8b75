"""A register as a table to edit: in place, row by row, with import and paste from a spreadsheet."""

from typing import Any

from workbook.analysis.gaps import gaps_of_row
from workbook.entries import RegisterField
from workbook.forms.base import Message, Reply, Static, draft_id, moment_json
from workbook.forms.importing import Importing
from workbook.forms.page import Page
from workbook.record import Record, Row
from workbook.registers import Reference, column


class RegisterForm(Importing):
    """The form of one register."""

    kind = "register"

    def __init__(self, page: Page, register: str, system: str, static: Static) -> None:
        self._register, self._system = register, system
        self.table = register
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
            "columns": [_column(c) for c in register.fields if not c.made],
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
        source = record.catalog.registers.get(meaning.source)
        words = "{0} {1}" if source is not None and source.keyed_by else "{1}"  # people look for controls by number
        return [[key, words.format(key, record.label(meaning.source, key))] for key in record.keys(meaning.source)]

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save one row; an empty key makes a new one."""
        key, values, base = message.get("key", ""), message["values"], int(message["base"])
        revision = self.store.save_row(self._register, key, values, base, draft_id(message))
        return {"revision": self.revision_json(revision), "changed": True}

    def do_delete(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record that a row is gone; its history stays, and `restore` brings it back."""
        self.store.delete(self._register, message["key"], int(message["base"]), draft_id(message))
        versions = self.store.history(self._register, message["key"])
        return {"number": next(r.number for r in reversed(versions) if r.body is not None), "changed": True}


def _column(field: RegisterField) -> Reply:
    about = {"id": field.id, "label": field.label, "required": field.required, "help": field.help}
    return {**about, "schema": column(field).schema()}


def _row(record: Record, row: Row) -> Reply:
    values = {c: v.isoformat() if hasattr(v, "isoformat") else v for c, v in row.values.items() if v is not None}
    return {
        "key": row.key,
        "version": row.version,
        "by": row.actor,
        "at": moment_json(record.local(row.at)),
        "values": values,
        "gaps": [g.says for g in gaps_of_row(record, row)],
        "missing": [g.column for g in gaps_of_row(record, row)],
    }
