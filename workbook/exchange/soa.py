"""The Statement of Applicability as an auditor expects it: one sheet of 93 rows, and the same as a document."""

from collections.abc import Mapping
from typing import Any

from workbook.analysis.applicability import SUBJECT, Decision, decisions, incompleteness
from workbook.analysis.approvals import Approved, standing
from workbook.analysis.certification import certificate_fault
from workbook.audience import language_of
from workbook.entries import RegisterField
from workbook.exchange.bookwriter import book
from workbook.exchange.paper import Block, Gap, Paper, Paragraph, Table
from workbook.exchange.sheets import Column, Note, Sheet
from workbook.language import later, say, speaking, term
from workbook.record import Record
from workbook.words import capitalized, day

COLUMNS: Mapping[str, tuple[str, bool]] = {  # id: label, and whether it holds long text
    "id": ("Control", False),
    "title": ("Title", False),
    "applicable": ("Applicable", False),
    "included": ("Why it is included", True),
    "grounds": ("Named as needed by", False),
    "excluded": ("Why it is excluded", True),
    "status": ("Status", False),
    "derived": ("Status that follows from answers and proof", False),
    "said": ("Why another status, and who says so", True),
    "statement": ("How it is implemented", True),
    "owner": ("Owner", False),
    "evidence": ("Evidence", True),
    "exceptions": ("Exceptions", True),
    "lacks": ("What is missing, or would be objected to", True),
}
ANSWERS = {"yes": later("yes"), "no": later("no"), "": later("not decided")}


def as_sheet(record: Record) -> bytes:
    """The statement as an XLSX workbook; text that a spreadsheet would compute stays text."""
    columns = tuple(
        Column(RegisterField(id=i, label=label, type="long_text" if long else "text"))
        for i, (label, long) in COLUMNS.items()
    )
    sheet = Sheet("soa", SUBJECT, "control", "Each of the 93 controls of Annex A.", columns)
    notes = [Note(name, says) for name, says in head(record, SUBJECT)]
    rows = [_row(record, one) for one in decisions(record)]
    return book(f"{record.engagement.title}: {SUBJECT}", notes, [sheet.with_rows(rows)], lambda _name, _sheet: True)


def _row(record: Record, one: Decision) -> Mapping[str, Any]:
    row = one.row
    cells: dict[str, Any] = {"id": one.of.id, "title": one.of.title, "applicable": ANSWERS[one.applicable]}
    cells |= {"grounds": "; ".join(ground.text for ground in one.grounds), "status": one.status}
    cells |= {"derived": one.derived, "lacks": "; ".join(filter(None, (one.lacks, *one.doubts)))}
    if row is None:
        return cells
    cells["excluded" if one.applicable == "no" else "included"] = row["reason"]
    if one.said:
        cells["said"] = f"{row['status_reason']} ({row['status_by'] or 'nobody knows whom'})"
    evidence = "; ".join(f"{key} {record.label('evidence', key)}" for key in row["evidence"] or ())
    return cells | {c: row[c] for c in ("statement", "owner", "exceptions")} | {"evidence": evidence}


def head(record: Record, subject: str) -> tuple[tuple[str, str], ...]:
    """What stands at the head of a document: of which engagement, revision and day, and which version it is."""
    return (*made_from(record), (say("Version"), version(standing(record, subject))))


def made_from(record: Record) -> tuple[tuple[str, str], ...]:
    """Of which engagement, revision and day a document is."""
    about = record.engagement
    return (
        (say("Organisation"), about.organisation or say("not named")),
        (say("Audit"), f"{about.title} ({record.name})"),
        (say("Criteria"), about.criteria),
        (say("Made from"), say("revision r{number} on {day}", number=record.head.number, day=day(record.on))),
    )


def version(approved: Approved) -> str:
    """Which version a document is: an approved one, or a draft and why."""
    if approved.current:
        return f"{approved.version}. {approved.reason}"
    return say("DRAFT. {reason}", reason=approved.reason)


def statement_blocks(record: Record) -> tuple[Block, ...]:
    """The statement as blocks of a document: what is missing first, then the 93 controls."""
    faults = filter(None, (incompleteness(record), certificate_fault(record)))
    headers = (say("Control"), say("Title"), say("Applies"), say("Why"), say("Status"), say("How, and by whom"))
    rows = tuple(_line(one) for one in decisions(record))
    return (*(Gap(f"{capitalized(fault.rstrip('.'))}.") for fault in faults), Table(headers, rows))


def _line(one: Decision) -> tuple[str, ...]:
    row = one.row
    reason = "; ".join(filter(None, (row["reason"] if row else None, *(ground.text for ground in one.grounds))))
    status = term(one.status)
    if row and one.said:
        status = say("{said} (said by {name}; derived: {derived})",
                     said=term(one.said), name=row["status_by"], derived=term(one.derived))  # fmt: skip
    how = "; ".join(filter(None, (row["statement"], row["owner"]))) if row and one.applicable == "yes" else ""
    return one.of.id, term(one.of.title), say(ANSWERS[one.applicable]), reason or "–", status or "–", how or "–"


def as_paper(record: Record) -> Paper:
    """The statement as a document."""
    about = record.engagement
    with speaking(language_of(record)):
        scope = Paragraph(about.scope, say("Scope.")) if about.scope else Gap(say("The scope in words."))
        return Paper(term(SUBJECT), head(record, SUBJECT), (scope, *statement_blocks(record)))
