"""How somebody names a state of the record: in words that mean one thing, or a refusal in one sentence."""

from datetime import UTC, date, datetime

import pytest

from workbook.as_of import parse_as_of
from workbook.errors import BadInput


@pytest.mark.parametrize(
    "text",
    [
        "yesterday", "2026-13-01", "03/04/2026", "2026-11-30T10:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00",
        "0001-01-01", "r388@0001-01-01", "0000-00-00", "x" * 10, "r0", "rabc", "r", "r-1",
        "r1.5", "r388@", "r388@2026-13-01", "r388@yesterday", "r388@r3", "R388", "388", "r" + "9" * 10, "r\u0663",
    ],
)  # fmt: skip
def test_what_names_no_state_is_refused_in_words(text: str):
    with pytest.raises(BadInput, match=r"^as_of .*(2026-11-30|r388|time zone)"):
        parse_as_of(text)


def test_a_day_or_a_moment_with_its_zone_names_a_state():
    assert parse_as_of("2026-11-30") == parse_as_of("30 Nov 2026") == date(2026, 11, 30)
    assert parse_as_of("2026-11-30 10:00:00.000Z") == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert parse_as_of("2026-11-30T12:00+02:00") == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert parse_as_of(" ") is None


@pytest.mark.parametrize("text", ["r388", "r388@2026-11-30", "r1", "r999999999"])
def test_a_revision_is_written_as_it_is_read(text: str):
    assert str(parse_as_of(text)) == text
