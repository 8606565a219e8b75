"""The command for the risk method: shows it, and takes the usual one over."""

from typing import Any

import click

from workbook.adopting import take_usual_method
from workbook.cli.engagement import open_engagement
from workbook.cli.output import actor, as_json, columns, put, say
from workbook.risk_method import RiskMethod
from workbook.words import first_of


@click.command("risk-method")
@click.argument("name")
@click.option("--take-usual", is_flag=True, help="Take the usual 5 × 5 over, as rows to change. Approved by nobody.")
@actor
@as_json
def risk_method(name: str, take_usual: bool, actor: str | None, as_json: bool) -> None:
    """Show the risk method of engagement NAME: levels, matrix, limit, and what it still lacks.

    \b
    Examples:
      workbook risk-method my-audit
      workbook risk-method my-audit --take-usual --as "Security lead"

    The method stands in the registers risk_levels, risk_scales and risk_criteria: change them on the page
    04_risk_assessment or import them, for a matrix of any size. It is the organisation's own once it is approved.
    """
    from workbook.analysis.method import method_of

    store = open_engagement(name, actor)
    if take_usual:
        say(f"{len(take_usual_method(store))} rows recorded; change them as you rate, then have the method approved")
    found = method_of(store.record())
    put(_data(found), lambda: _text(found), as_json)


def _data(found: RiskMethod) -> dict[str, Any]:
    return {
        "own": found.own,
        "lacks": list(found.faults),
        "levels": [{"name": one.name, "rank": one.rank, "within": one.within, "agrees": one.agrees}
                   for one in found.levels],
        "matrix": {f"{a}x{b}": level.name for (a, b), level in sorted(found.cells.items())},
    }  # fmt: skip


def _text(found: RiskMethod) -> str:
    across, up = (range(1, found.sizes[scale] + 1) for scale in ("consequence", "likelihood"))
    cells = [[str(a), *(found.cells[a, b].name for b in across)] for a in reversed(up)]
    whose = "The risk method of this engagement" if found.own else "The usual 5 × 5; no method of its own can be used"
    lacks = f"\nIt lacks: {first_of(found.faults, 5)}." if found.faults and found.begun else ""
    return f"{whose}. Likelihood upwards, consequence to the right.\n{columns(['', *map(str, across)], cells)}{lacks}"


COMMANDS = (risk_method,)
