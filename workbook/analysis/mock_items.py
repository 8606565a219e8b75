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
from workbook.language import say, say_many, term
from workbook.record import Record
from workbook.words import capitalized, count, first_of

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
    faults = [f"{term(d.name)}: {d.lacks}" for d in found if d.lacks]
    if not any(d.pieces for d in found):
        return Stood(item, "missing", say("No such document is registered."))
    if faults:
        return Stood(item, "not ready", _sentence(faults), keys)
    return Stood(item, "could be shown", say("Registered, approved, and not overdue for review:"), keys)


def condition(record: Record, item: VisitItem) -> Stood:
    """What the verdict says of these conditions; it says it in full under readiness."""
    found = [c for c in judge(record).conditions if c.id in item.of]
    if not found:
        return Stood(item, "missing", say("Nothing is recorded about it."))
    unmet = [c.says for c in found if not c.met]
    says = " ".join(shorten(words, LONGEST, placeholder=" …") for words in unmet or [c.says for c in found])
    return Stood(item, "not ready" if unmet else "could be shown", says)


def rows(record: Record, item: VisitItem) -> Stood:
    """Whether these registers hold rows, and what these rows lack."""
    empty = [term(record.catalog.register(r).title) for r in item.of if not record.register(r)]
    held = sum(len(record.register(r)) for r in item.of)
    gaps = [gap for r in item.of for gap in gaps_of_register(record, r)]
    if empty:
        return Stood(item, "missing", say("No row yet in: {registers}.", registers=", ".join(empty)))
    rows = count(held, "row")
    if gaps:
        named = first_of(dict.fromkeys(f"{g.key} {g.says}" for g in gaps), 3)
        lacking = say("{rows}, {gaps}: {named}.", rows=rows, gaps=count(len(gaps), "gap"), named=named)
        return Stood(item, "in part", lacking)
    return Stood(item, "could be shown", say("{rows}, none with a gap.", rows=rows))


def questions(record: Record, item: VisitItem) -> Stood:
    """How far the answers to these questions are shown; the weakest of them counts."""
    found = [p for p in prove(record).values() if p.asked.question.id in item.of and p.asked.applicable]
    keys = tuple(p.asked.key for p in found)
    if not found:
        return Stood(item, "missing", say("No question asks for it."))
    if any(p.contradicted for p in found):
        return Stood(item, "not ready", say("Contradicted:"), tuple(p.asked.key for p in found if p.contradicted))
    if all(p.reaches("evidenced") for p in found):
        return Stood(item, "could be shown", say("Evidenced:"), keys)
    if any(p.step == "nothing" for p in found):
        return Stood(item, "missing", say("Nothing is claimed:"), keys)
    return Stood(item, "in part", say("Claimed, not evidenced:"), keys)


def earlier_findings(record: Record, item: VisitItem) -> Stood:
    """What the certification body found before, and whether it closed it (ISO/IEC 17021-1, 9.6.2.2)."""
    every = record.register("external_findings")
    open_ones = tuple(row.key for row in open_body_findings(record))
    if not every:
        none = say("No finding of the certification body is entered; an auditor begins with them.")
        return Stood(item, "missing", none)
    if open_ones:
        says = say_many("{open} of {n} finding not closed by the body:",
                        "{open} of {n} findings not closed by the body:", len(every), open=len(open_ones))  # fmt: skip
        return Stood(item, "not ready", says, open_ones)
    return Stood(item, "could be shown", say("Closed by the body:"), tuple(row.key for row in every))


def certificate(record: Record, item: VisitItem) -> Stood:
    """The certificates that are held and what of them does not fit; where the mark is shown stands in no register."""
    held = [row for row in record.register("certificates") if row["status"] in HELD]
    faults = [m.says for row in held for m in mismatches(record, row)]
    keys = tuple(row.key for row in held)
    if not held:
        return Stood(item, "missing", _with_hand(item, say("No certificate that is held is entered.")))
    if faults:
        return Stood(item, "not ready", _with_hand(item, *faults), keys)
    return Stood(item, "in part", _with_hand(item, say("The certificate is entered.")), keys)


def nonconformities(record: Record, item: VisitItem) -> Stood:
    """What the verdict says of findings and corrective actions; where nobody raised one, nobody has looked."""
    if not record.register("findings"):
        return Stood(item, "missing", say("No finding is recorded; an auditor asks who looked."))
    return condition(record, item)


def changes(record: Record, item: VisitItem) -> Stood:
    """Changes in the audit period, and whether the risks were looked at before them (clauses 6.3 and 8.2)."""
    found = [r for r in record.register("changes") if r["happened_on"] and r["happened_on"] <= record.on]
    unseen = [r.key for r in found if r["reassessed_on"] is None]
    if not found:
        return Stood(item, "missing", say("No change is recorded; an auditor asks for the search that found none."))
    many = count(len(found), "change")
    if unseen:
        return Stood(
            item, "not ready", say("{changes}; the risks were not looked at for:", changes=many), tuple(unseen)
        )
    return Stood(item, "could be shown", say("{changes}, each with a look at the risks.", changes=many))


def part_of_controls(record: Record, item: VisitItem) -> Stood:
    """The controls that an auditor would take first: those that a test or a finding speaks against."""
    worst = sorted(control_uses(record), key=lambda c: (-c.failed, -c.tally.contradicted))
    against = [c.of.id for c in worst if c.failed or c.tally.contradicted]
    if against:
        named = first_of(against, MOST)
        says = say("Taken first, because a test or finding speaks against them: {controls}.", controls=named)
        return Stood(item, "not ready", says)
    none = say("Nothing speaks against a control; which ones are taken is the auditor's choice.")
    return Stood(item, "in part", none)


def not_held(record: Record, item: VisitItem) -> Stood:  # noqa: ARG001 - a rule is asked of a record
    """What no register holds; what to have at hand is said."""
    return Stood(item, "missing", _with_hand(item, say("The record does not hold it.")))


def _with_hand(item: VisitItem, *says: str) -> str:
    """Sentences, and behind them what to have at hand."""
    return " ".join([*says, say("Have at hand: {things}.", things="; ".join(map(term, item.of)))])


def _sentence(parts: Iterable[str]) -> str:
    return f"{capitalized('; '.join(parts))}:"


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
