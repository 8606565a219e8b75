"""The components of the infrastructure: their trust zones, and what protection they lack."""

from workbook.language import later, say
from workbook.record import Record, Row
from workbook.registers import says_nothing
from workbook.words import folded, natural

NO_ZONE = later("no trust zone")

UNPROTECTED = {
    "controls": later("no security control linked"),
    "authentication": later("no authentication"),
    "encryption": later("no encryption"),
    "logging": later("not logged"),
}


def zone_of(component: Row | None) -> str:
    """The trust zone of a component, or that it has none."""
    return str((component["zone"] if component else "") or NO_ZONE)


def trust_zones(record: Record) -> dict[str, list[Row]]:
    """The components of each trust zone, zones by name as it was written first."""
    names: dict[str, str] = {}
    found: dict[str, list[Row]] = {}
    for row in record.register("components"):
        zone = zone_of(row)
        found.setdefault(names.setdefault(folded(zone), zone), []).append(row)
    return {zone: found[zone] for zone in sorted(found, key=natural)}


def unprotected_components(record: Record) -> list[tuple[Row, list[str]]]:
    """Components that lack a linked control, authentication, encryption or a log, and what each lacks."""
    found = [
        (row, [say(says) for column, says in UNPROTECTED.items() if _lacks(record, row, column)])
        for row in record.register("components")
    ]
    lacking = [pair for pair in found if pair[1]]
    return sorted(lacking, key=lambda pair: (-len(pair[1]), natural(pair[0].key)))


def _lacks(record: Record, row: Row, column: str) -> bool:
    """Whether a cell names no protection; a control that has no row yet is none."""
    value = row[column]
    bare = record.without_row(record.catalog.register(row.register).field(column), value)
    return says_nothing(value) or len(bare) == len(value)
