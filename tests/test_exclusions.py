"""What is said not to apply stands for a reason of its own that somebody else accepted."""

import pytest

from tests.helpers_audit import accepted, answer, record
from workbook.analysis.exclusions import exclusions
from workbook.model import Result

WHY = "We hold no keys of our own."


@pytest.mark.parametrize(
    ("reason", "lacks", "thin"),
    [
        (WHY, "", False),
        (".", "its reason says nothing", True),
        (". . . . . . . . . . . .", "its reason says nothing", True),
        ("not relevant", "its reason says nothing", True),
    ],
)
def test_an_accepted_exclusion_stands_if_its_reason_says_something(reason: str, lacks: str, thin: bool):
    (found,) = exclusions(accepted(record([answer("keys", Result.NOT_APPLICABLE, rationale=reason)])))

    assert (found.lacks, found.thin) == (lacks, thin)
    assert found.asked.applicable is bool(lacks)


def test_what_nobody_else_accepted_does_not_stand_however_good_its_reason():
    (found,) = exclusions(record([answer("keys", Result.NOT_APPLICABLE, rationale=WHY)]))

    assert (found.lacks, found.thin) == ("nobody else accepted the reason", False)


def test_what_is_answered_is_no_exclusion():
    assert exclusions(record([answer("keys", Result.NOT_IMPLEMENTED)])) == ()
