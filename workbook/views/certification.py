"""Page 7: the certificates, and what of them does not fit the record; what the certification body found."""

from collections.abc import Iterable

from markupsafe import Markup

from workbook.analysis.certification import BodyCount, count_body_findings, mismatches
from workbook.audience import shows_names
from workbook.language import later, say, say_many, term
from workbook.record import Record, Row
from workbook.views import states, tag
from workbook.views.markup import alarm, fact_line, items, mark, note, paragraph, view
from workbook.views.tag import fragment
from workbook.words import away, day


def certification(record: Record) -> Markup:
    """Each certificate with its days and what does not fit it; how many findings of the body are open and late."""
    rows = record.register("certificates")
    if not rows:
        return note(say("No certificate is entered, and no application for one."))
    return view(*(_certificate(record, row) for row in rows), _findings(count_body_findings(record)))


def _certificate(record: Record, row: Row) -> Markup:
    lead = paragraph(tag.b[row.name], " ", mark(states.CERTIFICATES[_state(record, row)]))
    if not shows_names(record.audience):
        return fragment(lead, fact_line(_days(record, row)))
    faults = [alarm(term(m.says)) if m.severity else term(m.says) for m in mismatches(record, row)]
    return fragment(
        lead, fact_line(_days(record, row)), items(faults) or note(say("Nothing of it speaks against the record."))
    )


def _state(record: Record, row: Row) -> str:
    """How a certificate stands: as entered, unless its last day has gone by."""
    ends = row["valid_until"]
    gone = ends is not None and ends < record.on and row["status"] in ("valid", "suspended")
    return "run out" if gone else str(row["status"])


def _days(record: Record, row: Row) -> Iterable[tuple[str, str]]:
    yield say("Standard"), str(row["standard"] or "")
    yield say("Body"), str(row["body"] or "")
    yield (
        say("Until"),
        f"{day(row['valid_until'])}, {away(row['valid_until'], record.on)}" if row["valid_until"] else "",
    )
    yield say("Cycle"), say("year {year} of 3", year=row["cycle_year"]) if row["cycle_year"] else ""
    coming = f"{term(row['next_kind'] or later('audit'))} {day(row['next_on'])}" if row["next_on"] else ""
    yield say("Next audit of the body"), coming


def _findings(found: BodyCount) -> Markup:
    if not found.every:
        return paragraph(say("No finding of the certification body is entered."))
    late = alarm(say_many("{n} answer late", "{n} answers late", found.late)) if found.late else say("no answer late")
    said = say_many(
        "{n} finding of the body: {open} not closed by it,",
        "{n} findings of the body: {open} not closed by it,",
        found.every,
        open=found.open,
    )
    return paragraph(said, " ", late, ".")
