"""The documents that an auditor asks for, and which of them there are."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.record import Record, Row

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
