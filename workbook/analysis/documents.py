"""What has to be written down, and whether it is found, outdated, unapproved or missing: the one rule of documents.

What is asked for stands in checklists/reference/documented_information.csv: what ISO/IEC 27001 requires (clause 7.5.1
names both its own and the organisation's), what an auditor asks for at the first meeting, and what is usual. A row of
the register of documents shows it, or what this record holds itself, such as the risks; where that is approved in
versions, the approval has to speak of what stands now (clause 7.5.2).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from workbook.analysis.approvals import standing
from workbook.analysis.carried import to_reverify
from workbook.analysis.gaps import gaps_of_register
from workbook.analysis.overdue import days_late
from workbook.language import later, say, say_many, term
from workbook.record import Record, Row, says_why
from workbook.registers import says_nothing
from workbook.words import count, day

DocumentState = Literal["found", "outdated", "unapproved", "missing", "nothing yet", "not needed"]
NEEDS = ("required", "asked", "usual")  # by the standard; by an auditor at the first meeting; by custom
_CARRIED = later("carried over from an earlier audit and not confirmed in this one")
# from the best to the worst: one sound piece is enough, and of several unsound ones the nearest to it is told
_BEST: tuple[DocumentState, ...] = ("found", "outdated", "unapproved", "missing")


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that shows it: a document, or what a register of this record holds, with its state and why."""

    register: str
    key: str  # of the document; empty for a register as a whole
    says: str
    state: DocumentState
    why: str = ""


@dataclass(frozen=True, slots=True)
class Documented:
    """One thing that has to be written down: where it is asked for, what shows it, and how it stands."""

    id: str
    clause: str
    name: str
    need: str
    question: str
    kinds: tuple[str, ...]
    holds: str
    note: str
    state: DocumentState
    pieces: tuple[Piece, ...]

    @property
    def label(self) -> str:
        """What people call it: ISMS scope statement (clause 4.3)."""
        facts = {"name": term(self.name), "number": self.clause}
        control = self.clause.startswith("A.")
        return say("{name} (control {number})", **facts) if control else say("{name} (clause {number})", **facts)

    @property
    def lacks(self) -> str:
        """What keeps it from being found, in words; empty where nothing does."""
        if self.state not in _BEST or self.state == "found":
            return ""
        return next((p.why for p in self.pieces if p.state == self.state), say("missing"))


def documented_information(record: Record) -> tuple[Documented, ...]:
    """Everything that has to be written down, in the order of the clauses, with its state in this record."""
    return record.once(_look_through)


def document_faults(record: Record) -> tuple[str, ...]:
    """Why what is required, or asked for at the first meeting, cannot be shown (clauses 7.5.1 and 7.5.2)."""
    found = (d for d in documented_information(record) if d.need != "usual")
    return tuple(f"{d.label}: {d.lacks}" for d in found if d.lacks)


def _look_through(record: Record) -> tuple[Documented, ...]:
    return tuple(_documented(record, entry) for entry in record.catalog.documented_information())


def _documented(record: Record, entry: dict[str, str]) -> Documented:
    pieces = (*_documents(record, entry), *_held(record, entry))
    state: DocumentState = next((s for s in _BEST if any(p.state == s for p in pieces)), "missing")
    if state == "missing" and _is_excluded(record, entry["control"]):
        state = "not needed"
    if state == "missing" and entry["may_be_empty"]:
        state = "nothing yet"
    named = {name: entry[name] for name in ("id", "clause", "name", "need", "question")}
    told = {"holds": entry["what_it_must_hold"], "note": entry["ml_note"]}
    return Documented(**named, **told, kinds=tuple(entry["kinds"].split(";")), state=state, pieces=pieces)


def _is_excluded(record: Record, control: str) -> bool:
    """Whether the control that asks for it is said not to apply, for a reason that says something."""
    row = next((r for r in record.register("controls") if control and r.key == control), None)
    return row is not None and row["applicable"] == "no" and says_why(str(row["reason"] or ""))


# what shows it ------------------------------------------------------------------------------------------------------


def _documents(record: Record, entry: dict[str, str]) -> Iterator[Piece]:
    kinds = entry["kinds"].split(";")
    for row in record.register("documents"):
        if row["kind"] in kinds:
            yield Piece("documents", row.key, _told(row), *_state(record, row, entry["approval"] == "yes"))


def _told(document: Row) -> str:
    version, approved = document["version"], day(document["approved_on"])
    facts = (
        document.name,
        say("version {version}", version=version) if version else "",
        document["location"],
        say("approved {day}", day=approved) if approved else "",
    )
    return ", ".join(filter(None, facts))


def _state(record: Record, document: Row, approval: bool) -> tuple[DocumentState, str]:
    if approval and says_nothing(document["approved_by"]):
        return "unapproved", say("not approved")
    if approval and document["approved_on"] is not None and document["approved_on"] > record.on:
        return "unapproved", say("the day of its approval lies ahead")
    if days_late(document["next_review"], record.on):
        return "outdated", say("overdue for review")
    if document.to_reverify:
        return "outdated", say(_CARRIED)
    return "found", ""


def _held(record: Record, entry: dict[str, str]) -> Iterator[Piece]:
    """What this record holds itself of it, register by register; whether the approved version is what stands."""
    for source in filter(None, entry["held"].split(";")):
        name, _, column = source.partition(".")
        if says := _contents(record, name, column):
            carried = name in to_reverify(record).rows
            yield Piece(
                name, "", says, *(("outdated", say(_CARRIED)) if carried else _approval(record, entry["subject"]))
            )


def _contents(record: Record, name: str, column: str) -> str:
    if name == "engagement":
        return "" if says_nothing(record.engagement.scope) else say("the scope in words")
    if name == "evidence":
        kept = len(record.proofs(record.evidence))
        return say_many("{n} piece of evidence", "{n} pieces of evidence", kept) if kept else ""
    rows = [r for r in record.register(name) if not column or r.values.get(column) not in (None, "", ())]
    gaps = len({g.key for g in gaps_of_register(record, name)} & {r.key for r in rows})
    counted_rows = count(len(rows), "row") if rows else ""
    return say("{rows}, {gaps} with gaps", rows=counted_rows, gaps=gaps) if gaps else counted_rows


def _approval(record: Record, subject: str) -> tuple[DocumentState, str]:
    if not subject:
        return "found", ""
    found = standing(record, subject)
    if found.current:
        return "found", ""
    if found.approval is None:
        return "unapproved", say("not approved")
    approved = day(found.approval["approved_on"])
    return "outdated", say("changed since version {version} of {day}", version=found.version, day=approved)


def counted(found: Iterable[Documented]) -> dict[DocumentState, int]:
    """How many there are of each state."""
    states = [d.state for d in found]
    return {state: states.count(state) for state in (*_BEST, "nothing yet", "not needed") if state in states}
