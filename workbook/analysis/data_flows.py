"""Where data moves: which flows cross a trust boundary, carry personal data, or feed a decision about people."""

from dataclasses import dataclass
from typing import Literal

from workbook.analysis.components import NO_ZONE, zone_of
from workbook.record import Record, Row
from workbook.words import folded, natural

PERSONAL = ("pseudonymised", "yes", "special categories")

DECISIONS = ("decision without human review", "decision with human review", "profiling")  # the most serious first


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
        """Whether it leaves one trust zone for another; unknown where an end has none."""
        if NO_ZONE in self.zones:
            return "unknown"
        return "stays" if folded(self.zones[0]) == folded(self.zones[1]) else "crosses"

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


def data_flows(record: Record) -> tuple[Flow, ...]:
    """Every data flow in scope, by key."""
    ends = {r.key: r for r in record.rows.get("components", ())}
    return tuple(Flow(r, ends.get(str(r["source"])), ends.get(str(r["target"]))) for r in record.register("flows"))


def flows_about_people(record: Record) -> tuple[Flow, ...]:
    """Flows with personal data or that feed decisions about people; automated decisions first, then profiling."""
    found = [f for f in data_flows(record) if f.personal or f.decision]
    ranks = {name: i for i, name in enumerate(DECISIONS)}
    return tuple(sorted(found, key=lambda f: (ranks.get(f.decision, len(ranks)), natural(f.row.key))))
