"""The documents that an auditor asks for, and which of them there are."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.analysis.overdue import days_late
from workbook.record import Record, Row
from workbook.registers import says_nothing

# The two lists of documents that an auditor asks for, and what the standard requires; each name is a choice of the
# column `kind` of the documents.
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
    "Required by the standard": (
        "scope statement",
        "information security policy",
        "risk method",
        "Statement of Applicability",
        "risk treatment plan",
        "information security objectives",
        "evidence of competence",
        "audit programme",
        "internal audit report",
        "management review record",
    ),
}
# The clause of ISO/IEC 27001 that requires a kind of document.
CLAUSES: Mapping[str, str] = {
    "scope statement": "4.3",
    "information security policy": "5.2",
    "risk method": "6.1.2",
    "Statement of Applicability": "6.1.3",
    "risk treatment plan": "6.1.3",
    "information security objectives": "6.2",
    "evidence of competence": "7.2",
    "audit programme": "9.2.2",
    "internal audit report": "9.2.2",
    "management review record": "9.3.3",
}


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document that an auditor asks for, and the documents of that kind that the register holds."""

    group: str
    kind: str
    rows: tuple[Row, ...]


def document_kinds(record: Record) -> tuple[DocumentKind, ...]:
    """The documents, technical, governance and required by the standard, with what is there of each kind."""
    documents = record.register("documents")
    return tuple(
        DocumentKind(group, kind, tuple(r for r in documents if r["kind"] == kind))
        for group, kinds in DOCUMENTS.items()
        for kind in kinds
    )


def document_faults(record: Record) -> tuple[str, ...]:
    """Why the documents that an auditor asks for cannot be shown (clause 7.5.2): a kind of which there is none, none
    that somebody approved, or none whose review is not overdue.
    """
    return tuple(f"{_named(d.kind)}: {why}" for d in document_kinds(record) if (why := kind_fault(record, d)))


def _named(kind: str) -> str:
    return f"{kind} (clause {CLAUSES[kind]})" if kind in CLAUSES else kind


def kind_fault(record: Record, kind: DocumentKind) -> str:
    """Why a kind of document cannot be shown: missing, not approved, or overdue for review; empty if it can."""
    approved = [r for r in kind.rows if not says_nothing(r["approved_by"])]
    if not kind.rows or not approved:
        return "not approved" if kind.rows else "missing"
    return "" if any(not days_late(r["next_review"], record.on) for r in approved) else "overdue for review"
