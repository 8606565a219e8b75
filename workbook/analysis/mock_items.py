"""How the record stands to what is asked for on a rehearsed visit: one function for each rule of an item."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Literal

from workbook.analysis.annex_a import control_uses
from workbook.analysis.certification import HELD, mismatches, open_body_findings
from workbook.analysis.documents import documented_information
from workbook.analysis.gaps import gaps_of_register
from workbook.analysis.proof import prove
from workbook.analysis.verdict import judge
from workbook.entries import VisitItem
from workbook.record import Record
from workbook.words import count, first_of

VisitState = Literal["missing", "not ready", "in part", "could be shown"]
WORST_FIRST: tuple[VisitState, ...] = ("missing", "not ready", "in part", "could be shown")
LONGEST = 160  # characters of a condition
MOST = 6  # keys and controls that are named; the others are counted


@dataclass(frozen=True, slots=True)
class Stood:
    """What is asked for, how the record stands to it, in words, and the keys it rests on."""

    item: VisitItem
    state: VisitState
    says: str
    keys: tuple[str, ...] = ()


def document(record: Record, item: VisitItem) -> Stood:
    """Documents of these kinds: there, approved and not overdue for review (clause 7.5)."""
    found = [d for d in documented_information(record) if {*d.kinds} & {*item.of}]
    keys = tuple(dict.fromkeys(p.key for d in found for p in d.pieces if p.key))
    faults = [f"{d.name}: {d.lacks}" for d in found if d.lacks]
    if not any(d.pieces for d in found):
        return Stood(item, "missing", "No such document is registered.")
    if faults:
        return Stood(item, "not ready", f"{_sentence(faults)}", keys)
    return Stood(item, "could be shown", "Registered, approved, and not overdue for review:", keys)


def condition(record: Record, item: VisitItem) -> Stood:
    """What the verdict says of these conditions; it says it in full under readiness."""
    found = [c for c in judge(record).conditions if c.id in item.of]
    if not found:
        return Stood(item, "missing", "Nothing is recorded about it.")
    unmet = [c.says for c in found if not c.met]
    says = " ".join(shorten(words, LONGEST, placeholder=" …") for words in unmet or [c.says for c in found])
    return Stood(item, "not ready" if unmet else "could be shown", says)


def rows(record: Record, item: VisitItem) -> Stood:
    """Whether these registers hold rows, and what these rows lack."""
    empty = [record.catalog.register(r).title for r in item.of if not record.register(r)]
    held = sum(len(record.register(r)) for r in item.of)
    gaps = [gap for r in item.of for gap in gaps_of_register(record, r)]
    if empty:
        return Stood(item, "missing", f"No row yet in: {', '.join(empty)}.")
    if gaps:
        named = first_of(dict.fromkeys(f"{g.key} {g.says}" for g in gaps), 3)
        return Stood(item, "in part", f"{count(held, 'row')}, {count(len(gaps), 'gap')}: {named}.")
    return Stood(item, "could be shown", f"{count(held, 'row')}, none with a gap.")


def questions(record: Record, item: VisitItem) -> Stood:
    """How far the answers to these questions are shown; the weakest of them counts."""
    found = [p for p in prove(record).values() if p.asked.question.id in item.of and p.asked.applicable]
    keys = tuple(p.asked.key for p in found)
    if not found:
        return Stood(item, "missing", "No question asks for it.")
    if any(p.contradicted for p in found):
        return Stood(item, "not ready", "Contradicted:", tuple(p.asked.key for p in found if p.contradicted))
    if all(p.reaches("evidenced") for p in found):
        return Stood(item, "could be shown", "Evidenced:", keys)
    if any(p.step == "nothing" for p in found):
        return Stood(item, "missing", "Nothing is claimed:", keys)
    return Stood(item, "in part", "Claimed, not evidenced:", keys)


def earlier_findings(record: Record, item: VisitItem) -> Stood:
    """What the certification body found before, and whether it closed it (ISO/IEC 17021-1, 9.6.2.2)."""
    every = record.register("external_findings")
    open_ones = tuple(row.key for row in open_body_findings(record))
    if not every:
        return Stood(item, "missing", "No finding of the certification body is entered; an auditor begins with them.")
    if open_ones:
        return Stood(item, "not ready", f"{len(open_ones)} of {count(len(every), 'finding')} not closed by the body:",
                     open_ones)  # fmt: skip
    return Stood(item, "could be shown", "Closed by the body:", tuple(row.key for row in every))


def certificate(record: Record, item: VisitItem) -> Stood:
    """The certificates that are held and what of them does not fit; where the mark is shown stands in no register."""
    held = [row for row in record.register("certificates") if row["status"] in HELD]
    faults = [m.says for row in held for m in mismatches(record, row)]
    keys = tuple(row.key for row in held)
    if not held:
        return Stood(item, "missing", f"No certificate that is held is entered. Have at hand: {'; '.join(item.of)}.")
    if faults:
        return Stood(item, "not ready", f"{' '.join(faults)} Have at hand: {'; '.join(item.of)}.", keys)
    return Stood(item, "in part", f"The certificate is entered. Have at hand: {'; '.join(item.of)}.", keys)


def nonconformities(record: Record, item: VisitItem) -> Stood:
    """What the verdict says of findings and corrective actions; where nobody raised one, nobody has looked."""
    if not record.register("findings"):
        return Stood(item, "missing", "No finding is recorded; an auditor asks who looked.")
    return condition(record, item)


def changes(record: Record, item: VisitItem) -> Stood:
    """Changes in the audit period, and whether the risks were looked at before them (clauses 6.3 and 8.2)."""
    found = [r for r in record.register("changes") if r["happened_on"] and r["happened_on"] <= record.on]
    unseen = [r.key for r in found if r["reassessed_on"] is None]
    if not found:
        return Stood(item, "missing", "No change is recorded; an auditor asks for the search that found none.")
    if unseen:
        return Stood(
            item, "not ready", f"{count(len(found), 'change')}; the risks were not looked at for:", tuple(unseen)
        )
    return Stood(item, "could be shown", f"{count(len(found), 'change')}, each with a look at the risks.")


def part_of_controls(record: Record, item: VisitItem) -> Stood:
    """The controls that an auditor would take first: those that a test or a finding speaks against."""
    worst = sorted(control_uses(record), key=lambda c: (-c.failed, -c.tally.contradicted))
    against = [c.of.id for c in worst if c.failed or c.tally.contradicted]
    if against:
        says = f"Taken first, because a test or finding speaks against them: {first_of(against, MOST)}."
        return Stood(item, "not ready", says)
    return Stood(item, "in part", "Nothing speaks against a control; which ones are taken is the auditor's choice.")


def not_held(record: Record, item: VisitItem) -> Stood:  # noqa: ARG001 - a rule is asked of a record
    """What no register holds; what to have at hand is said."""
    return Stood(item, "missing", f"The record does not hold it. Have at hand: {'; '.join(item.of)}.")


def _sentence(parts: Iterable[str]) -> str:
    says = "; ".join(parts)
    return f"{says[:1].upper()}{says[1:]}:"


ITEMS: Mapping[str, Callable[[Record, VisitItem], Stood]] = {
    "document": document,
    "certificate": certificate,
    "condition": condition,
    "rows": rows,
    "questions": questions,
    "earlier-findings": earlier_findings,
    "changes": changes,
    "part-of-controls": part_of_controls,
    "nonconformities": nonconformities,
    "not-held": not_held,
}
