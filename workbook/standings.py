"""How every engagement of this workspace stands: read from the ledger, each by itself, with the report that lies there.

For the team alone: an edition for anybody else must never show another engagement than their own.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from workbook import files, paths, zones
from workbook.analysis.portfolio import Figures, MadeReport, Standing, figures_of, worst_first
from workbook.as_of import AtRevision, parse_as_of
from workbook.audience import check_audience, edition_named
from workbook.errors import BadInput, LedgerUnreadable, WorkbookError
from workbook.forms.made import read_made
from workbook.language import ENGLISH, LANGUAGES, say
from workbook.masking import mask
from workbook.model import SLUG
from workbook.store import Store
from workbook.workspace import has_ledger, open_store

EARLIEST = ZoneInfo("Pacific/Kiritimati")  # where a day begins first


def check_asked(as_of: str, audience: str) -> None:
    """Raise BadInput for a reader other than the team, and for a state that not every engagement can have."""
    check_audience(audience)
    if audience != "internal":
        raise BadInput(
            say(
                "The portfolio shows several engagements side by side, so it is for the team alone and has no "
                "{edition}. Make the report of one engagement: workbook report NAME --audience {audience}.",
                edition=edition_named(audience),
                audience=audience,
            )
        )
    match parse_as_of(as_of):
        case AtRevision():
            says = say("as_of {as_of} names a revision, and each engagement counts its own; name a day instead.",
                       as_of=as_of)  # fmt: skip
            raise BadInput(says)
        case datetime() as moment:
            ahead = moment > datetime.now(UTC)
        case date() as day:
            ahead = day > zones.today(EARLIEST)
        case _:
            ahead = False
    if ahead:
        raise BadInput(say("as_of {day} lies ahead; name a day that is past, or leave it empty.", day=as_of))


def read_standings(as_of: str = "", audience: str = "internal", known: Iterable[Standing] = ()) -> tuple[Standing, ...]:
    """How every engagement of the ledger stands, the worst first; raises BadInput, LedgerUnreadable for all at once.

    One that cannot be read says why, and so does one of which nothing is left but a note of its head. What is `known`
    of an engagement is not read again while nothing was recorded in it.
    """
    check_asked(as_of, audience)
    if not has_ledger():
        return ()
    store, before = open_store("", as_of=as_of), {one.name: one for one in known}
    with closing(store.ledger) as ledger:
        names = [*ledger.engagements(), *ledger.lost()]
        return worst_first(_standing(replace(store, name=name), before.get(name)) for name in names)


def shared_language() -> str:
    """The language of every engagement of this workspace; English where they differ, or one cannot be read."""
    if not has_ledger():
        return ENGLISH
    with closing(open_store("").ledger) as ledger, suppress(WorkbookError):
        found = [ledger.get(name, "engagement", "engagement") for name in ledger.engagements()]
        spoken = {str(about.body.get("language", ENGLISH)) for about in found if about and about.body}
        return spoken.pop() if len(spoken) == 1 and spoken <= {*LANGUAGES} else ENGLISH
    return ENGLISH


def _standing(store: Store, old: Standing | None) -> Standing:
    report = _made_report(store.name)
    try:
        meant = _begun(store)
        figures = old.figures if old and _is_unchanged(meant, old.figures) else _read(meant)
    except WorkbookError as error:
        return Standing(store.name, problem=_told(str(error)), report=report)
    except Exception as error:  # one that meets a defect of ours must not cost the others their row
        problem = say("Something went wrong that should not: {what}.", what=f"{type(error).__name__}: {error}")
        return Standing(store.name, problem=_told(problem), report=report)
    return Standing(store.name, figures, report=report)


def _begun(store: Store) -> Store:
    """The same engagement, as it is now where the day that is asked for has not begun in its time zone."""
    asked = store.as_of
    if type(asked) is date and asked > zones.today(store.zone):
        return replace(store, as_of=None)
    return store


def _told(problem: str) -> str:
    """A problem as a page may tell it: without passwords, and without the way to this workspace."""
    return mask(problem).replace(f"{paths.home()}{os.sep}", "")


def _is_unchanged(store: Store, figures: Figures | None) -> bool:
    if figures is None:
        return False
    return (figures.head, figures.on, figures.checklists) == (store.head(), store.on, store.catalog.digest)


def _read(store: Store) -> Figures | None:
    """The figures of an engagement whose chain is whole; None for one that was not begun then."""
    found = store.ledger.verify(store.name, whole=False)
    if not found.ok:
        raise LedgerUnreadable(f"{found.reason} {say('Run `workbook verify {name}`.', name=store.name)}")
    return figures_of(store.record()) if store.head().number else None


def _made_report(name: str) -> MadeReport | None:
    """The team's report of an engagement, if one lies there."""
    if not re.fullmatch(SLUG, name) or ".." in name:
        return None
    folder = paths.results(name)
    made = read_made(folder) if files.matching(folder, "index.html") else None
    return MadeReport(folder.name, made.revision, made.hash, made.as_of, not made.incomplete) if made else None


# what a script or a table is told of an engagement, by name; nothing where it cannot be read or was not begun
FIGURES: Mapping[str, Callable[[Figures], Any]] = {
    "title": lambda f: f.title,
    "organisation": lambda f: f.organisation,
    "as_of": lambda f: f.on,
    "time_zone": lambda f: f.time_zone,
    "revision": lambda f: f.head.number,
    "head": lambda f: f.head.hash,
    "stage": lambda f: f.stage,
    "next_stage": lambda f: f.next_stage,
    "conditions_missing": lambda f: f.missing,
    "claimed_percent": lambda f: f.claimed,
    "shown_percent": lambda f: f.shown,
    "counts": lambda f: asdict(f.counts),
    "open_major_nonconformities": lambda f: f.majors,
    "open_minor_nonconformities": lambda f: f.minors,
    "open_findings_without_grade": lambda f: f.ungraded,
    "overdue_actions": lambda f: f.late_actions,
    "stale_evidence": lambda f: f.stale,
    "high_risks": lambda f: f.high_risks,
    "risks_above_limit": lambda f: f.unaccepted,
    "risks_not_rated": lambda f: f.unrated,
    "audit_date": lambda f: f.audit.day if f.audit else None,
    "days_to_audit": lambda f: (f.audit.day - f.on).days if f.audit else None,
    "planned_audits": lambda f: [asdict(audit) | {"days": (audit.day - f.on).days} for audit in f.planned],
    "planned_audits_without_date": lambda f: f.undated,
}


def standing_json(one: Standing) -> dict[str, Any]:
    """One engagement as plain values, always under the same names; `begun` says whether it was at that time."""
    figures = {name: read(one.figures) if one.figures else None for name, read in FIGURES.items()}
    report = asdict(one.report) if one.report else None
    begun = bool(one.figures or one.problem)
    return {"engagement": one.name, "begun": begun, "problem": one.problem, **figures, "report": report}
