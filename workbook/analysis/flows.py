"""Where data moves: which flows cross a trust boundary, carry personal data, or feed a decision about people."""

from dataclasses import dataclass
from typing import Literal

from workbook.record import WITHHELD, Record, Row

NO_ZONE = "no trust zone"
PERSONAL = ("pseudonymised", "yes", "special categories")
DECISIONS = ("decision without human review", "decision with human review", "profiling")  # gravest first


@dataclass(frozen=True, slots=True)
class Flow:
    """One data flow with what the component register says about its two ends."""

    row: Row
    source: Row | None
    target: Row | None

    @property
    def zones(self) -> tuple[str, str]:
        """The trust zones it leaves and enters."""
        return (zone_of(self.source), zone_of(self.target))

    @property
    def boundary(self) -> Literal["crosses", "stays", "unknown"]:
        """Whether it leaves one trust zone for another; unknown where an end has none or this edition withholds it."""
        if {NO_ZONE, WITHHELD} & set(self.zones):
            return "unknown"
        return "stays" if self.zones[0] == self.zones[1] else "crosses"

    @property
    def crosses(self) -> bool:
        """Whether it surely leaves one trust zone for another."""
        return self.boundary == "crosses"

    @property
    def personal(self) -> bool:
        """Whether it carries personal data, pseudonymised data included (GDPR Article 4(5))."""
        return self.row["personal_data"] in PERSONAL

    @property
    def decision(self) -> str:
        """Profiling or the automated decision it feeds; empty for none."""
        return str(self.row["decision"]) if self.row["decision"] in DECISIONS else ""


def zone_of(component: Row | None) -> str:
    """The trust zone of a component, or that it has none."""
    return str((component["zone"] if component else "") or NO_ZONE)


def of(record: Record) -> tuple[Flow, ...]:
    """Every data flow in scope, by key."""
    parts = {r.key: r for r in record.rows.get("components", ())}
    return tuple(Flow(r, parts.get(str(r["source"])), parts.get(str(r["target"]))) for r in record.register("flows"))


def about_people(record: Record) -> tuple[Flow, ...]:
    """Flows with personal data or that feed decisions about people; automated decisions first, then profiling."""
    found = [f for f in of(record) if f.personal or f.decision]
    ranks = {name: i for i, name in enumerate(DECISIONS)}
    return tuple(sorted(found, key=lambda f: (ranks.get(f.decision, len(ranks)), f.row.key)))


def zones(record: Record) -> dict[str, list[Row]]:
    """The components of each trust zone, zones by name."""
    found: dict[str, list[Row]] = {}
    for row in record.register("components"):
        found.setdefault(zone_of(row), []).append(row)
    return dict(sorted(found.items()))


NOTHING = ("", "none", "no", "n/a", "-", "–")  # what people write into a cell to say that there is none
UNPROTECTED = {
    "controls": "no security control linked",
    "authentication": "no authentication",
    "encryption": "no encryption",
    "logging": "not logged",
}


def absent(value: object) -> bool:
    """Whether a cell about protection is empty, or says in words that there is none."""
    return not value or str(value).strip().casefold() in NOTHING


def unprotected(record: Record) -> list[tuple[Row, list[str]]]:
    """Components that lack a linked control, authentication, encryption or a log, and what each lacks."""
    found = [
        (row, [says for column, says in UNPROTECTED.items() if absent(row[column])])
        for row in record.register("components")
    ]
    return sorted(((row, lacks) for row, lacks in found if lacks), key=lambda pair: (-len(pair[1]), pair[0].key))
