"""What may be recorded of the risk method, and of ratings under it (clause 6.1.2).

A method is made row by row, so that it may lack something until it is approved; what contradicts what stands is
refused at once.
"""

from collections.abc import Mapping
from typing import Any

from workbook.errors import BadInput, refuse
from workbook.language import later, say, term
from workbook.risk_method import RATED, REGISTERS, RiskMethod, cell_fault, read_method, split_levels, usual_method
from workbook.situation import Rows, Situation
from workbook.words import folded

Body = Mapping[str, Any]
_BEYOND = {True: later("{column}: {says} in the risk method."), False: later("{column}: {says} in the usual 5 × 5.")}


def method_of(situation: Situation) -> RiskMethod:
    """The method once this save is recorded."""

    def read() -> RiskMethod:
        found = {name: list(situation.rows(name).values()) for name in REGISTERS}
        return read_method(found, usual_method(situation.catalog))

    return situation.once("risk method", read)


def check_ratings(now: Body, before: Body, situation: Situation) -> None:
    """Raise BadInput for a rating that is new and beyond the scale of the method; what stands is not judged again."""
    if all(now[column] == before[column] for column in RATED):
        return
    method = method_of(situation)
    labels = {f.id: f.label for f in situation.catalog.register("risks").fields}
    refuse(
        BadInput(say(_BEYOND[method.own], column=term(labels[column]), says=says), field=column)
        for column, says in method.beyond(now)
        if now[column] != before[column]
    )


def check_step(key: str, row: Body, situation: Situation) -> None:
    """Raise BadInput for a step that stands already, or that leaves a hole in the matrix or names no level."""
    for other, standing in situation.rows("risk_scales").items():
        same = (standing["scale"], standing["step"]) == (row["scale"], row["step"])
        if same and other != key and not other.startswith("new "):
            says = say("Step number: {scale} {step} stands in {key} already.", scale=term(row["scale"]),
                       step=row["step"], key=other)  # fmt: skip
            raise BadInput(says, field="step")
    if row["scale"] != "likelihood" or not row["levels"]:
        return
    levels, size = _levels(situation.rows("risk_levels")), _steps(situation.rows("risk_scales"))
    named = split_levels(row["levels"])
    for consequence in range(1, max(size, len(named)) + 1):
        name = named[consequence - 1] if consequence <= len(named) else ""
        known = levels or {folded(name)}  # the levels may come after the steps
        if says := cell_fault((row["step"], consequence), name, consequence, known):
            wanted = say("Levels: {says}; name one for each step of consequence.", says=says)
            offered = say("The levels are {names}.", names=", ".join(levels.values())) if name else ""
            raise BadInput(f"{wanted} {offered}".rstrip(), field="levels")


def check_level(key: str, row: Body, situation: Situation) -> None:
    """Raise BadInput for a level whose name stands already, or would part one line of the matrix into two."""
    if {",", ";"} & set(row["name"]):
        says = say("Level: write the name without commas and semicolons, which part the levels.")
        raise BadInput(says, field="name")
    for other, standing in situation.rows("risk_levels").items():
        if other != key and not other.startswith("new ") and folded(standing["name"] or "") == folded(row["name"]):
            raise BadInput(say("Level: {name} stands in {key} already.", name=row["name"], key=other), field="name")


def _levels(found: Rows) -> dict[str, str]:
    return {folded(row["name"]): row["name"] for row in found.values() if row["name"]}


def _steps(scales: Rows) -> int:
    """How many steps of consequence there are so far."""
    return max((row["step"] or 0 for row in scales.values() if row["scale"] == "consequence"), default=0)
