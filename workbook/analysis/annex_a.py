"""The controls of Annex A, each with the questions that bear on it."""

from dataclasses import dataclass

from workbook.analysis.coverage import Tally, count_asked
from workbook.model import Result
from workbook.record import Asked, Record
from workbook.references import Reference
from workbook.scale import worst_result


@dataclass(frozen=True, slots=True)
class ControlUse:
    """One Annex A control with the questions that bear on it; `worst` is None while no question applies."""

    control: Reference
    before: tuple[Reference, ...]
    asked: tuple[Asked, ...]
    tally: Tally
    worst: Result | None


def annex_a_controls(record: Record) -> tuple[Reference, ...]:
    """The 93 controls of Annex A of the 2022 edition, in its order."""
    return tuple(r for r in record.catalog.facts["iso27001"].values() if r.id.startswith("A."))


def control_uses(record: Record) -> tuple[ControlUse, ...]:
    """Every Annex A control with the questions that bear on it, its worst result and how much of it is shown."""
    bearing: dict[str, list[Asked]] = {}
    for asked in record.asked:
        for control in asked.question.refs.get("iso27001", ()):
            bearing.setdefault(control, []).append(asked)
    return tuple(
        _control_use(record, control, tuple(bearing.get(control.id, ()))) for control in annex_a_controls(record)
    )


def _control_use(record: Record, control: Reference, asked: tuple[Asked, ...]) -> ControlUse:
    worst = worst_result(a.result for a in asked if not a.folded)
    return ControlUse(
        control, record.catalog.predecessors.get(control.id, ()), asked, count_asked(record, asked), worst
    )
