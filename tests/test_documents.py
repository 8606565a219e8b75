import pytest

from tests.helpers_audit import catalog, days_ago, record, row
from workbook.analysis.documents import CLAUSES, DOCUMENTS, document_faults


def test_every_kind_of_the_document_lists_is_a_choice_of_the_register():
    choices = catalog().register("documents").field("kind").choices

    assert [k for kinds in DOCUMENTS.values() for k in kinds] == [c for c in choices if c != "other"]


def test_a_kind_of_document_is_missing_until_one_row_names_it():
    every = [k for kinds in DOCUMENTS.values() for k in kinds]
    assert [f.rpartition(": ")[2] for f in document_faults(record())] == ["missing"] * len(every)

    held = record(rows=[sound("governance policy"), row("documents", "DOC-002", kind="other")])
    assert len(document_faults(held)) == len(every) - 1
    assert not [f for f in document_faults(held) if f.startswith("governance policy")]


def sound(kind: str, **more):
    facts = {"kind": kind, "approved_by": "Managing director", "next_review": days_ago(-30)}
    return row("documents", "DOC-001", **(facts | more))


@pytest.mark.parametrize(
    ("held", "says"),
    [
        (None, "risk method (clause 6.1.2): missing"),
        (sound("risk method", approved_by=""), "risk method (clause 6.1.2): not approved"),
        (sound("risk method", next_review=days_ago(1)), "risk method (clause 6.1.2): overdue for review"),
        (sound("risk method"), ""),
    ],
)
def test_a_kind_of_document_is_shown_by_one_that_is_approved_and_reviewed_in_time(held, says: str):
    faults = [f for f in document_faults(record(rows=[held] if held else [])) if f.startswith("risk method")]

    assert faults == ([says] if says else [])


def test_every_kind_that_the_standard_requires_names_its_clause():
    assert set(CLAUSES) == set(DOCUMENTS["Required by the standard"])
    assert set(CLAUSES.values()) <= set(catalog().facts["iso27001"])
