"""A register as a table to edit: in place, row by row or several rows at once, with import and paste."""

from collections.abc import Collection, Mapping
from typing import Any

from workbook.analysis.doubts import doubts_of_row
from workbook.analysis.gaps import gaps_of_row
from workbook.entries import RegisterField
from workbook.errors import BadInput
from workbook.forms.base import Message, Reply, Static, draft_id, moment_json
from workbook.forms.confirming import Confirming
from workbook.forms.importing import Importing
from workbook.forms.offers import begun, choices, known_people
from workbook.forms.page import Page
from workbook.forms.suggesting import Suggesting
from workbook.forms.undoing import Undoing
from workbook.language import say, term
from workbook.model import Draft
from workbook.record import Record, Row
from workbook.registers import column, salvage_row
from workbook.store import numbered
from workbook.views.states import TO_REVERIFY
from workbook.words import count


class RegisterForm(Importing, Confirming, Suggesting, Undoing):
    """The form of one register."""

    kind = "register"

    def __init__(self, page: Page, register: str, system: str, static: Static) -> None:
        self._register, self._system = register, system
        self.table = self.confirms = register
        if register == "controls":
            self.offers = ("soa-xlsx", "soa-docx", *self.offers)
        super().__init__(page, static)

    def shown(self) -> Reply:
        """The register's columns and rows, what its cells may refer to, and what a new row begins with."""
        record = self.page.record(self._system)
        register = record.catalog.register(self._register)
        references = self.store.known_keys(self._register)
        return {
            "id": register.id,
            "title": term(register.title),
            "one": term(register.one),
            "intro": term(register.intro),
            "columns": [_column(c) for c in register.fields if not c.made],
            "telling": ["name", *(f.id for f in register.telling)],
            "rows": [_row(record, row) for row in record.register(self._register)],
            "again": TO_REVERIFY.said(),
            "choices": {f.id: options for f in register.fields if (options := choices(record, f)) is not None},
            "people": known_people(record) if any(f.person for f in register.fields) else [],
            "begins": begun(record, self._register, self.store.who),
            "keys": [[r.id, term(r.title)] for r in references.values()],
            "suggested": self.suggested(register.id),
            "help": [[term(f.question), term(f.answer)] for f in record.catalog.help_for(register.id)],
            **self.offered(),
        }

    def do_look(self, _message: Message, _buffers: list[Any]) -> Reply:
        """Follow what somebody else recorded until now, so that a form that opens offers it."""
        self.page.look()
        return {}

    def do_check(self, message: Message, _buffers: list[Any]) -> Reply:
        """What to look at again in a row that is being typed."""
        return {"doubts": self._doubts(message.get("key", ""), message["values"])}

    def _doubts(self, key: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        record = self.page.record(self._system)
        typed = salvage_row(record.catalog.register(self._register), values, record.keys)
        return [(doubt.field, doubt.says) for doubt in doubts_of_row(record, Row(self._register, key, typed))]

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save one row; an empty key makes a new one. Columns `without` a value were left empty on purpose."""
        key, values, base = message.get("key", ""), message["values"], int(message["base"])
        self._refuse_forgotten(key, values, message.get("without", ()))
        revision = self.store.save_row(self._register, key, values, base, draft_id(message))
        doubts = self._doubts(revision.key, revision.body or {})
        return {"revision": self.revision_json(revision), "doubts": doubts, "changed": True}

    def _refuse_forgotten(self, key: str, values: Mapping[str, Any], without: Collection[str]) -> None:
        """Raise BadInput for a link that was left empty or taken away, unless somebody says that there is none."""
        record = self.page.record()
        before = next((row.values for row in record.rows.get(self._register, ()) if row.key == key), None)
        for field in record.catalog.register(self._register).fields:
            stood = before is None or before[field.id]
            if field.on_purpose and stood and not values.get(field.id) and field.id not in without:
                says = say("{column}: choose one. If there is none, open the row and tick “None, on purpose”.",
                           column=term(field.label))  # fmt: skip
                raise BadInput(says, field=field.id)

    def do_set(self, message: Message, _buffers: list[Any]) -> Reply:
        """Set one column of several rows to the same value, all or none."""
        field = self.store.catalog.register(self._register).field(message["column"])
        rows = {row.key: row for row in self.page.record().rows.get(self._register, ())}
        if gone := [key for key in message["keys"] if key not in rows]:
            raise BadInput(say("{key} is no longer in the record; tick the rows again.", key=gone[0]))
        if not message["keys"]:
            raise BadInput(say("Tick at least one row first."))
        drafts = [_changed(rows[key], field.id, message["value"]) for key in message["keys"]]
        for draft in drafts:
            self._refuse_forgotten(draft.key, draft.body or {}, ())
        made = self.store.save(numbered(drafts, draft_id(message)))
        says = say("{column} set in {rows}.", column=term(field.label), rows=count(len(made), "row"))
        return {"says": says, "number": made[0].number, "changed": True}

    def do_delete(self, message: Message, _buffers: list[Any]) -> Reply:
        """Record that a row is gone; its history stays, and undo brings it back."""
        revision = self.store.delete(self._register, message["key"], int(message["base"]), draft_id(message))
        return {"number": revision.number, "changed": True}


def _column(field: RegisterField) -> Reply:
    about = {"id": field.id, "label": term(field.label), "required": field.required,
             "help": term(field.help)}  # fmt: skip
    return {**about, "person": field.person, "onPurpose": field.on_purpose, "schema": column(field).schema()}


def _row(record: Record, row: Row) -> Reply:
    gaps = gaps_of_row(record, row)
    return {
        "key": row.key,
        "version": row.version,
        "by": row.actor,
        "at": moment_json(record.local(row.at)),
        "values": _values(row),
        "gaps": [g.says for g in gaps],
        "missing": [g.column for g in gaps],
        "toReverify": row.to_reverify,
        "title": f"{row.key} {row.name}",
    }


def _values(row: Row) -> dict[str, Any]:
    """What a row holds, as plain JSON."""
    return {c: v.isoformat() if hasattr(v, "isoformat") else v for c, v in row.values.items() if v is not None}


def _changed(row: Row, column_id: str, value: Any) -> Draft:
    return Draft(row.register, row.key, {**_values(row), column_id: value}, row.version)
