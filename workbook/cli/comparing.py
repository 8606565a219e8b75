"""Command on two engagements: compare."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from workbook.cli.engagement import open_engagement
from workbook.cli.output import as_json, columns, put
from workbook.errors import BadInput
from workbook.model import TO_REVERIFY
from workbook.origins import origin_of
from workbook.record import Record
from workbook.store import earlier_audit

if TYPE_CHECKING:
    from workbook.analysis.years import Years

FIRST = 10  # changes of each kind that are told


@click.command("compare")
@click.argument("earlier")
@click.argument("later")
@click.option("--all", "everything", is_flag=True, help="Every change by name, and not only the first of each kind.")
@as_json
def compare(earlier: str, later: str, everything: bool, as_json: bool) -> None:
    """Show what became of engagement EARLIER in engagement LATER: new, gone, changed, confirmed, to re-verify.

    \b
    Examples:
      workbook compare isms-2027 isms-2028
      workbook compare isms-2027 isms-2028 --json

    Systems, findings, risks, answers and evidence are matched by their ids. EARLIER is taken as it stood when LATER
    went on from it, where that is so, and else as it stands now.
    """
    from workbook.analysis import years

    one, other = open_engagement(earlier), open_engagement(later)
    if earlier == later:
        raise BadInput("These are the same engagement; `workbook report --as-of` shows it as it stood before.")
    origin = origin_of(other.ledger, later)
    then = earlier_audit(other)
    goes_on = origin is not None and origin.engagement == earlier
    if goes_on and then is None:
        raise BadInput(f"{earlier} is no longer what {later} goes on from. `workbook verify {later}` tells more.")
    old = (then if goes_on and then else one).record()
    found = years.compare(old, other.record(), goes_on=goes_on)
    summary = _comparison_json(found, (earlier, later), old)
    limit = None if everything else FIRST
    put({**summary, "goes_on": goes_on}, lambda: _comparison_text(found, (earlier, later), goes_on, limit), as_json)


def _comparison_json(found: "Years", names: tuple[str, str], old: Record) -> dict[str, Any]:
    from workbook.analysis.years import COLUMNS, KINDS

    names_of = [column.replace("to re-verify", TO_REVERIFY) for column in COLUMNS]
    counts = {kind: dict(zip(names_of, found.counts(kind), strict=True)) for kind in KINDS}
    return {"earlier": names[0], "later": names[1], "earlier_revision": old.head.number, "counts": counts,
            "changes": [asdict(c) for c in found.changes],
            "confirmed": {kind: [t.key for t in things] for kind, things in found.confirmed.items()},
            "to_reverify": {kind: [t.key for t in things] for kind, things in found.to_reverify.items()}}  # fmt: skip


def _comparison_text(found: "Years", names: tuple[str, str], goes_on: bool, limit: int | None) -> str:
    from workbook.analysis.years import COLUMNS, KINDS

    head = f"{names[1]} goes on from {names[0]}" if goes_on else f"{names[1]} does not go on from {names[0]}"
    rows = [(kind, *found.counts(kind)) for kind in KINDS if any(found.counts(kind))]
    lines = [f"{head}; matched by ids.", "", columns(("KIND", *(c.upper() for c in COLUMNS)), rows)]
    for kind in KINDS:
        same = found.of(kind)
        lines += ["", *(f"{c.kind:<9} {c.key:<12} {c.name}: {c.says}" for c in same[:limit])] if same else []
        if limit is not None and len(same) > limit:
            lines.append(f"          and {len(same) - limit} more; --all shows them")
    return "\n".join(lines)


COMMANDS = (compare,)
