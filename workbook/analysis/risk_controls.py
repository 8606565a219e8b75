"""Whether the controls that risks rest on and those that the organisation decided on agree (clause 6.1.3 b and c)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbook.language import say
from workbook.record import Record
from workbook.words import natural


@dataclass(frozen=True, slots=True)
class ControlConflict:
    """A control and the risks that it disagrees with, in words; `needed` by them and not there, or the other way."""

    control: str
    risks: tuple[str, ...]
    says: str
    needed: bool = True


def control_conflicts(record: Record) -> tuple[ControlConflict, ...]:
    """Controls that risks rest on and that are excluded or not decided, and those said to serve a risk that names none
    of them; by control.
    """
    return record.once(_collect)


def conflicts_of(record: Record, risk: str) -> tuple[ControlConflict, ...]:
    """Those of one risk whose treatment rests on a control that is not there."""
    return tuple(c for c in control_conflicts(record) if risk in c.risks and c.needed)


def _collect(record: Record) -> tuple[ControlConflict, ...]:
    found = [*_needed(record), *_unneeded(record)]
    return tuple(sorted(found, key=lambda c: natural(c.control)))


def _needed(record: Record) -> Iterator[ControlConflict]:
    """Controls that the treatment of a risk names, and that nobody decided to have."""
    applicable = {row.key: row["applicable"] for row in record.register("controls")}
    needed: dict[str, list[str]] = {}
    for risk in record.register("risks"):
        for control in risk["controls"] or ():
            needed.setdefault(control, []).append(risk.key)
    for control, risks in needed.items():
        if control not in applicable:
            yield ControlConflict(control, tuple(risks), say("needed by a risk, and has no row"))
        elif applicable[control] == "no":
            yield ControlConflict(control, tuple(risks), say("needed by a risk, and excluded"))


def _unneeded(record: Record) -> Iterator[ControlConflict]:
    """Controls that are included for a risk which does not rest on them."""
    named = {risk.key: risk["controls"] or () for risk in record.register("risks")}
    for row in record.register("controls"):
        if row["applicable"] == "yes":
            keys = [key for key in re.findall(r"[A-Za-z]+-\d+", row["reason"] or "") if key in named]
            if left := tuple(key for key in keys if row.key not in named[key]):
                yield ControlConflict(row.key, left, say("included for a risk that does not rest on it"), needed=False)
