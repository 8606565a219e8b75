"""The risk method that the record holds: its own where that is whole, else the usual 5 × 5 (clause 6.1.2)."""

from typing import Any

from workbook.analysis.approvals import standing
from workbook.language import say
from workbook.record import Record, Row
from workbook.risk_method import COLUMNS, RiskMethod, read_method, usual_method
from workbook.words import first_of

SUBJECT = "risk method"  # as approvals name it


def method_of(record: Record) -> RiskMethod:
    """The method by which the ratings of this record are read."""
    return record.once(_read)


def _read(record: Record) -> RiskMethod:
    found = {name: [_facts(row) for row in record.rows.get(name, ())] for name in COLUMNS}
    return read_method(found, usual_method(record.catalog))


def _facts(row: Row) -> dict[str, Any]:
    return {"name": row.name} | {column: row[column] for column in COLUMNS[row.register]}


def why_no_method(record: Record) -> str:
    """Why no risk counts as assessed whatever its rating, in a sentence; empty under an approved method (6.1.2)."""
    return record.once(_why_no_method)


def _why_no_method(record: Record) -> str:
    found = method_of(record)
    if not found.begun:
        return say("No risk method is written down, so no risk counts as assessed.")
    if found.faults:
        faults = first_of(found.faults, 3)
        return say("The risk method is not whole, so no risk counts as assessed: {faults}.", faults=faults)
    approved = standing(record, SUBJECT)
    if approved.current:
        return ""
    return say("{why}, so no risk counts as assessed.", why=approved.reason.removesuffix("."))
