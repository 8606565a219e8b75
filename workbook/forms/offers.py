"""What a form offers to choose from, and what it begins with, by the record as it stands."""

from workbook import people
from workbook.entries import RegisterField
from workbook.language import term
from workbook.model import Person, Role
from workbook.record import Record
from workbook.registers import Reference, column
from workbook.words import natural


def known_people(record: Record) -> list[str]:
    """Everybody whom the record names: those who take part, and who owns, tests or approves something."""
    return record.once(_people)


def _people(record: Record) -> list[str]:
    names = {row.name for row in record.rows.get("people", ())}
    names |= {stated.value.owner for stated in record.answers.values()}
    names |= {stated.value.owner for stated in record.tasks.values()}
    for register in record.catalog.registers.values():
        columns = [field.id for field in register.fields if field.person]
        names |= {row[c] for row in record.rows.get(register.id, ()) for c in columns}
    return sorted((name for name in names if name), key=natural)


def choices(record: Record, field: RegisterField) -> list[list[str]] | None:
    """What a cell may hold, with the words for it; None where anything may stand there."""
    if field.choices:
        return [[c, term(c)] for c in field.choices]
    meaning = column(field)
    if not isinstance(meaning, Reference):
        return None
    source = record.catalog.registers.get(meaning.source)
    words = "{0} {1}" if source is not None and source.keyed_by else "{1}"  # people look for controls by number
    return [[key, words.format(key, record.label(meaning.source, key))] for key in record.keys(meaning.source)]


def begun(record: Record, register: str, who: Person) -> dict[str, str]:
    """What a new row of a register begins with: its first state, today, and the auditor who speaks."""
    auditor = who.name if who.role is Role.AUDITOR and who.name != people.UNNAMED else ""
    found = {"today": record.on.isoformat(), "auditor": auditor}
    presets = {f.id: f.preset for f in record.catalog.register(register).fields if f.preset}
    return {c: value for c, preset in presets.items() if (value := found.get(preset, preset))}
