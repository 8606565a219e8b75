"""Page 6: what became of the audit that this one goes on from."""

from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.changes import Kind
from workbook.analysis.years import COLUMNS, Thing, Years, compare
from workbook.language import say, term
from workbook.record import Record
from workbook.views.changes import KINDS, changed, lead
from workbook.views.markup import alarm, folded, heading, items, table
from workbook.views.tag import fragment
from workbook.words import capitalized, count, day


def year(record: Record, earlier: Record | None) -> Markup:
    """What became of the audit that this one goes on from; `earlier` is None where that is not what it was then."""
    if earlier is None:
        return alarm(
            say("The audit that this one goes on from is not in this ledger as it was then: nothing is compared.")
        )
    found = compare(earlier, record, goes_on=True)
    counted = [(say(KINDS[kind]), *found.counts(kind)) for kind in KINDS if any(found.counts(kind))]
    headers = [say("What"), *(capitalized(term(name)) for name in COLUMNS)]
    return fragment(
        heading("Since the last audit"),
        lead(f"{earlier.engagement.title}, {day(earlier.on)}", earlier, record),
        table(say("Matched by their ids; confirmed is still true, or given anew."), headers, counted),
        (_year(found, kind) for kind in KINDS if any(found.counts(kind))),
    )


def _year(found: Years, kind: Kind) -> Markup:
    """One kind, folded: its changes, and by name what was confirmed and what is not."""
    same = found.of(kind)
    listed = changed(kind, same) if same else None
    parts = ((say("Confirmed"), found.confirmed.get(kind, ())), (say("To re-verify"), found.to_reverify.get(kind, ())))
    right = ", ".join(f"{n} {term(name)}" for name, n in zip(COLUMNS, found.counts(kind), strict=True) if n)
    return folded(say(KINDS[kind]), right, listed, (_named(title, things) for title, things in parts if things))


def _named(title: str, things: Iterable[Thing]) -> Markup:
    every = [f"{one.name} ({one.key})" for one in things]
    return folded(title, count(len(every), "entry", "entries"), items(every))
