"""The keys that the workbook makes: numbered on, never twice, and told from those that a person made up."""

import pytest

from tests.helpers_audit import catalog
from workbook.errors import BadInput, Unknown
from workbook.keys import EVIDENCE, numbering, require_numbering
from workbook.model import Numbering


def test_rows_and_evidence_are_numbered_by_their_own_prefix():
    datasets = numbering(catalog(), "datasets")

    assert datasets is not None
    assert (datasets.key(7), datasets.key(1000), EVIDENCE.key(12)) == ("DS-007", "DS-1000", "EV-0012")
    assert numbering(catalog(), "evidence") == EVIDENCE


@pytest.mark.parametrize("kind", ["controls", "questions", "answer"])
def test_what_references_or_checklists_name_is_not_numbered(kind: str):
    assert numbering(catalog(), kind) is None


def test_whoever_adds_a_row_keyed_by_references_is_asked_which_it_is():
    with pytest.raises(BadInput, match=r"Say which control it is, for example A\.5\.1\."):
        require_numbering(catalog(), "controls")
    with pytest.raises(Unknown):
        require_numbering(catalog(), "questions")


@pytest.mark.parametrize("key", ["DS-", "DS-X01", "XDS-007", "DS-007a", "ds-007", "DS-٧", "payroll"])
def test_a_key_that_a_person_made_up_has_no_number(key: str):
    assert Numbering("DS", 3).number(key) is None


def test_a_prefix_is_text_and_no_pattern():
    assert Numbering("A.", 3).number("AB-007") is None
    assert Numbering("A.", 3).number("A.-007") == 7


def test_numbers_go_on_after_the_highest_whatever_lies_between():
    assert Numbering("DS", 3).following(["DS-002", "payroll", "DS-010"]) == 11
    assert Numbering("DS", 3).following(["payroll"]) == 1
