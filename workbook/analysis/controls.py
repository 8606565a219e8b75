"""Which Annex A controls the record shows to be in place, for some systems."""

from collections.abc import Collection, Mapping

from workbook.analysis.proof import Proof, prove
from workbook.record import Record
from workbook.registers import says_nothing


def control_shown(record: Record, control: str, systems: Collection[str]) -> bool:
    """Whether a control is shown for `systems` (none: for all of them).

    Every question that refers to it must be evidenced at least, and nothing may contradict it; for a control that no
    question refers to, the register of controls must hold a statement and evidence that is there.
    """
    found = [
        p for p in record.once(_by_control).get(control, ()) if not systems or p.asked.slot.system in {"", *systems}
    ]
    if found:
        return all(p.reaches("evidenced") for p in found)
    row = next((r for r in record.register("controls") if r.key == control), None)
    stated = row is not None and row["applicable"] == "yes" and not says_nothing(row["statement"])
    return bool(stated and row is not None and not row.to_reverify and record.proofs(row["evidence"] or ()))


def _by_control(record: Record) -> Mapping[str, tuple[Proof, ...]]:
    """The proofs of the questions that count, by the control they refer to."""
    found: dict[str, tuple[Proof, ...]] = {}
    for proof in prove(record).values():
        for control in proof.asked.question.refs.get("iso27001", ()) if proof.asked.applicable else ():
            found[control] = (*found.get(control, ()), proof)
    return found
