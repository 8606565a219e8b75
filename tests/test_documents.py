from tests.helpers_audit import catalog, record, row
from workbook.analysis.documents import DOCUMENTS, missing_documents


def test_every_kind_of_the_two_document_lists_is_a_choice_of_the_register():
    choices = catalog().register("documents").field("kind").choices

    assert [k for kinds in DOCUMENTS.values() for k in kinds] == [c for c in choices if c != "other"]


def test_a_kind_of_document_is_missing_until_one_row_names_it():
    assert len(missing_documents(record())) == 8

    held = record(
        rows=[row("documents", "DOC-001", kind="governance policy"), row("documents", "DOC-002", kind="other")]
    )
    assert "governance policy" not in missing_documents(held)
    assert len(missing_documents(held)) == 7
