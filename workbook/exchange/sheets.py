"""What goes out, as tables: which columns each has, from the checklists, and its rows, from one record.

Import reads the same tables in again. A column whose label stands in brackets tells a reader more than import takes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from workbook.analysis.evidence_use import evidence_uses
from workbook.analysis.timeline import due_tasks
from workbook.catalog import Catalog
from workbook.entries import RegisterField
from workbook.errors import Unknown
from workbook.exchange.columns import NOTES, kind_of
from workbook.exchange.fields import KEY, MARK, PLAIN, value_fields
from workbook.model import Review
from workbook.record import Asked, Record, Row, Stated
from workbook.words import capitalized, natural

Cells = Mapping[str, Any]  # what a row holds, by the ids of its columns
REMARK = "#"  # a row whose id begins with it is left out of an import: no id can
MEANT = {
    "id": "the row's own id; empty for a new row, which gets one",
    "date": "a day, for example 2026-11-30",
    "ref": "an id of {}",
    "refs": "ids of {}, with semicolons between them",
    "evidence": "ids of evidence, with semicolons between them",
}
NO_FILES: Mapping[str, str] = MappingProxyType({})
SAID = (
    RegisterField(id="version", label="(Version)", type="number"),
    RegisterField(id="actor", label="(Recorded by)", type="text"),
    RegisterField(id="at", label="(Recorded at, UTC)", type="text"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: what it means, whether it says more than import reads, and which keys may stand in it."""

    field: RegisterField
    told: bool = False
    keys: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What its header says."""
        return self.field.label

    def may_hold(self) -> str:
        """What may stand in it, in words."""
        field, source = self.field, self.field.register_
        if listed := field.choices or self.keys:
            return f"one of: {'; '.join(listed)}"
        if field.type == "number":
            low, high = field.min, field.max
            return " ".join(["a whole number", *([f"from {low}"] if low is not None else []),
                             *([f"to {high}"] if high is not None else [])])  # fmt: skip
        return MEANT.get(field.id if field is KEY else field.type, "text").format(source)

    def notes(self) -> list[str]:
        """What the note on its header says."""
        if self.told:
            return ["For reading: import leaves this column out."]
        holds = "one of the list" if self.keys else self.may_hold()
        return [*filter(None, (self.field.help, capitalized(holds))), *(["Needed."] if self.field.required else [])]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file: `kind` says what it holds, `one` what a row is; each row has a cell for every column."""

    kind: str
    title: str
    one: str
    intro: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...] = ()

    def with_rows(self, rows: Iterable[Cells]) -> "Sheet":
        """The same table with these rows."""
        names = [column.field.id if not column.told else f"({column.field.id})" for column in self.columns]
        return replace(self, rows=tuple(tuple(row.get(name) for name in names) for row in rows))


class Note(NamedTuple):
    """One line of the first sheet: what it speaks of, and what it says."""

    about: str
    says: str


# columns --------------------------------------------------------------------------------------------------------------


def _told(name: str, label: str) -> RegisterField:
    return RegisterField(id=name, label=f"({label})", type="text")


# the tables that are no register: title, what a row is, columns
OWN: Mapping[str, tuple[str, str, tuple[RegisterField, ...]]] = {
    "engagement": ("Engagement", "engagement", PLAIN["engagement"]),
    "answers": (
        "Answers", "answer",
        (PLAIN["answers"][0], _told("title", "Title"), PLAIN["answers"][1], _told("system_name", "System name"),
         *PLAIN["answers"][2:], _told("state", "Evidence is"), _told("reviewed", "Review"), *SAID),
    ),
    "evidence": (
        "Evidence", "piece of evidence",
        (KEY, *PLAIN["evidence"],
         _told("size", "Bytes"), _told("media_type", "Media type"), _told("state", "Evidence is"), *SAID),
    ),
    "tasks": (
        "Tasks", "task",
        (PLAIN["tasks"][0], _told("title", "Title"), _told("due", "Due"), *PLAIN["tasks"][1:], *SAID),
    ),
    "reviews": ("Reviews", "review", (*value_fields(Review), *SAID[1:])),
}  # fmt: skip


def kinds(catalog: Catalog) -> tuple[str, ...]:
    """What a file can hold, in the order of its tables."""
    return ("engagement", *catalog.registers, "answers", "evidence", "tasks", "reviews")


def kind_named(catalog: Catalog, name: str) -> str:
    """The kind of table that somebody means: its id or its title, whatever the case. Raises Unknown."""
    if name.strip().casefold() in OWN:
        return name.strip().casefold()
    try:
        return kind_of(catalog, name)
    except Unknown:
        raise Unknown("table", name, kinds(catalog)) from None


def sheet_names(catalog: Catalog) -> Callable[[str, Sheet], bool]:
    """Whether import takes a sheet of this name for this table."""

    def means(name: str, sheet: Sheet) -> bool:
        if name.casefold() in NOTES:
            return name.casefold() == sheet.kind
        try:
            return kind_of(catalog, name) == sheet.kind
        except Unknown:
            return False

    return means


def empty_sheet(catalog: Catalog, kind: str) -> Sheet:
    """The table of this kind without a row. Raises Unknown."""
    if kind in OWN:
        title, one, fields = OWN[kind]
        columns = [Column(f, f.label.startswith("("), _keys(catalog, kind, f)) for f in fields]
        return Sheet(kind, title, one, "", tuple(columns))
    register = catalog.register(kind)
    columns = [Column(_to_read(f), False, _keys(catalog, kind, f)) for f in (KEY, *register.fields)]
    return Sheet(kind, register.title, register.one, register.intro, (*columns, *(Column(f, True) for f in SAID)))


def _to_read(field: RegisterField) -> RegisterField:
    """A field under a label that import reads: one in brackets would be left out."""
    return field.model_copy(update={"label": field.id}) if field.label.startswith("(") else field


def _keys(catalog: Catalog, kind: str, field: RegisterField) -> tuple[str, ...]:
    """The keys that may stand in a column, where the checklists know them all."""
    if field.type == "question":
        return tuple(catalog.questions)
    if (kind, field.id) == ("tasks", "task"):
        return tuple(catalog.tasks)
    if kind in catalog.registers and field is KEY and (source := catalog.register(kind).keyed_by):
        return tuple(catalog.facts[source])
    return ()


# rows -----------------------------------------------------------------------------------------------------------------


def filled_sheets(record: Record, only: Collection[str] = (), files: Mapping[str, str] = NO_FILES) -> list[Sheet]:
    """The tables of a record in their order, all of them or `only` some, rows in natural order.

    `files` says where the file of a piece of evidence lies, from the folder of the table on, by the evidence's key.
    """
    chosen = [kind for kind in kinds(record.catalog) if not only or kind in only]
    return [_filled(empty_sheet(record.catalog, kind), list(_rows(record, kind, files))) for kind in chosen]


def _filled(sheet: Sheet, rows: list[Cells]) -> Sheet:
    """A table with its rows; the mark of those that were carried over is a column only where one has it."""
    marked = any(row.get(MARK.id) for row in rows)
    return (replace(sheet, columns=(*sheet.columns, Column(MARK))) if marked else sheet).with_rows(rows)


def _rows(record: Record, kind: str, files: Mapping[str, str]) -> Iterable[Cells]:
    if kind == "evidence":
        return _evidence_rows(record, files)
    if kind in _ROWS:
        return _ROWS[kind](record)
    return [_register_row(row) for row in sorted(record.register(kind), key=lambda row: natural(row.key))]


def _register_row(row: Row) -> Cells:
    return {"id": row.key, **row.values, MARK.id: "yes" if row.to_reverify else None, **_said(row)}


def _said(stated: Row | Stated[Any]) -> Cells:
    at = stated.at.strftime("%Y-%m-%d %H:%M:%S") if stated.at else None
    return {"(version)": stated.version or None, "(actor)": stated.actor, "(at)": at}


def _engagement_rows(record: Record) -> list[Cells]:
    return [dict(record.engagement)]


def _answer_rows(record: Record) -> list[Cells]:
    """Every question as it is asked; the cells of one that nobody answered are empty."""
    return [_answer_row(asked) for asked in record.asked]


def _answer_row(asked: Asked) -> Cells:
    answer, name = asked.answer, asked.system.name if asked.system else ""
    said = dict(answer.value) if answer.version else {"question": asked.slot.question, "system": asked.slot.system}
    state = asked.evidence_state if answer.value.evidence else None
    told = {"(title)": asked.question.title, "(system_name)": name, "(state)": state, "(reviewed)": asked.reviewed}
    return {**said, **told, MARK.id: "yes" if asked.to_reverify else None, **_said(answer)}


def unasked(record: Record) -> list[str]:
    """The keys of the answers whose question or system is gone: no table of answers has a row for them."""
    asked = {a.key for a in record.asked}
    return sorted((key for key in record.answers if key not in asked), key=natural)


def _evidence_rows(record: Record, files: Mapping[str, str]) -> list[Cells]:
    uses = evidence_uses(record)
    rows: list[Cells] = []
    for key in sorted(record.evidence, key=natural):
        stated = record.evidence[key]
        about = stated.value
        told = {"(size)": about.size, "(media_type)": about.media_type, "(state)": uses[key].freshness.state}
        named = {"id": key, "file": files.get(key), "file_name": about.name}
        rows.append({**named, **dict(about), **told, **_said(stated)})
    return rows


def _task_rows(record: Record) -> list[Cells]:
    """Every task of the timeline; the cells of one that nobody spoke of are empty."""
    rows: list[Cells] = []
    for due in due_tasks(record):
        said = dict(due.stated.value) if due.stated.version else {"task": due.task.id}
        rows.append({**said, "(title)": due.task.title, "(due)": due.due, **_said(due.stated)})
    return rows


def _review_rows(record: Record) -> list[Cells]:
    return [
        {**dict(stated.value), **_said(stated)}
        for _, stated in sorted(record.reviews.items(), key=lambda pair: natural(pair[0]))
    ]


_ROWS: Mapping[str, Callable[[Record], list[Cells]]] = {
    "engagement": _engagement_rows,
    "answers": _answer_rows,
    "tasks": _task_rows,
    "reviews": _review_rows,
}
