"""The documents that an auditor asks for, and which of them there are."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.analysis.overdue import days_late
from workbook.record import Record, Row
from workbook.registers import says_nothing

# The two lists of documents that an auditor asks for; each name is a choice of the column `kind` of the documents.
DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "Technical documentation": (
        "architecture diagram",
        "data flow diagram",
        "development and deployment procedure",
        "control implementation guide",
    ),
    "Governance documentation": (
        "governance policy",
        "risk assessment report",
        "incident response plan",
        "training record",
    ),
}


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document that an auditor asks for, and the documents of that kind that the register holds."""

    group: str
    kind: str
    rows: tuple[Row, ...]


def document_kinds(record: Record) -> tuple[DocumentKind, ...]:
    """The two lists of documents, technical and governance, with what is there of each kind."""
    documents = record.register("documents")
    return tuple(
        DocumentKind(group, kind, tuple(r for r in documents if r["kind"] == kind))
        for group, kinds in DOCUMENTS.items()
        for kind in kinds
    )


def missing_documents(record: Record) -> tuple[str, ...]:
    """The kinds of document of which there is none."""
    return tuple(d.kind for d in document_kinds(record) if not d.rows)


def document_faults(record: Record) -> tuple[str, ...]:
    """Why the documents that an auditor asks for cannot be shown (clause 7.5.2): a kind of which there is none, none
    that somebody approved, or none whose review is not overdue.
    """
    return tuple(f"{d.kind}: {why}" for d in document_kinds(record) if (why := _fault(record, d)))


def _fault(record: Record, kind: DocumentKind) -> str:
    approved = [r for r in kind.rows if not says_nothing(r["approved_by"])]
    if not kind.rows or not approved:
        return "not approved" if kind.rows else "missing"
    return "" if any(not days_late(r["next_review"], record.on) for r in approved) else "overdue for review"
