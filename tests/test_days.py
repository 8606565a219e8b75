"""Days as people write them: each form is read as the day it means, or refused in words; never as another day."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbook.days import EARLIEST, LATEST, ORDERS, AmbiguousDay, moved, parse_day, parse_moment, recorded_day

NOV_30 = date(2026, 11, 30)
IN_RANGE = st.dates(EARLIEST, LATEST)
MONATE = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Dezember")  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30", "20261130", "2026-11-30T16:00", "2026-11-30 16:00:00.000Z", "2026-W49-1", "2026W491", "2026-334",
        "\u00a02026\u201311\u201130 ", "\u200e2026-11-30", "2026/11/30", "2026.11.30", "20261130T160000Z",
        "2026-11-30T16:00+0530", "2026-11-30 16:00 UTC", "30 Nov 2026", "November 30, 2026", "30. November 2026",
        "30-Nov-2026", "Nov. 30th, 2026", "30th of November 2026", "Monday, 30 November 2026", "Mo, 30. Nov. 2026",
        "2026-Nov-30", "30NOV2026", "30.11.2026", "30. 11. 2026", "30/11/2026", "30-11-2026", "11/30/2026",
        "11/30/2026 4:05 PM", "30.11.2026 16:05:10,5",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_that_means_one_day(text: str):
    assert parse_day(text) == NOV_30


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'' is not a date; write it as 2026-11-30"),
        ("soon", "'soon' is not a date; write it as 2026-11-30"),
        ("46356", "'46356' is a number and no date"),
        ("2026", "'2026' is a number and no date"),
        ("May 2027", "'May 2027' names a month and no day"),
        ("2026-11", "names a month and no day"),
        ("2026-W49", "names a week and no day"),
        ("30 Nov", "names no year"),
        ("30-Nov-26", "writes its year with two digits"),
        ("30.11.26", "writes its year with two digits"),
        ("2026-02-30", "February 2026 has 28 days"),
        ("31 June 2026", "June 2026 has 30 days"),
        ("2026-13-01", "there is no month 13"),
        ("2026-W54-1", "2026 has no week 54"),
        ("2026-366", "2026 has no day 366"),
        ("2026-11-30T25:00", "no such time of day"),
        ("2026-11-30T10:00+99:00", "no such time of day"),
        ("Tuesday, 30 November 2026", "that day is a Monday"),
        ("0001-01-02", "lies outside 1970 to 2199"),
        ("9999-12-31", "lies outside 1970 to 2199"),
        ("2026-11-30 and later", "is not a date"),
        ("2026-11-30; 2026-12-01", "is not a date"),
        ("\u0662\u0660\u0662\u0666-11-30", "is not a date"),
        ("x" * 100_000, "x…' is not a date"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_with_the_reason(text: str, says: str):
    with pytest.raises(ValueError) as refused:
        parse_day(text)

    assert says in str(refused.value)
    assert str(refused.value).endswith("; write it as 2026-11-30")


def test_a_day_that_may_be_one_of_two_is_asked_for():
    with pytest.raises(AmbiguousDay, match="'03/04/2027' may be 3 April or 4 March 2027; write it as 2027-04-03 or"):
        parse_day("03/04/2027")

    assert [parse_day("03/04/2027", order) for order in ORDERS] == [date(2027, 4, 3), date(2027, 3, 4)]
    assert parse_day("04-04-2027") == date(2027, 4, 4)
    assert parse_day("3.4.2027") == date(2027, 4, 3)


def test_a_day_that_does_not_fit_the_order_that_was_said_is_refused():
    with pytest.raises(ValueError, match="is not a date when it is read month-first"):
        parse_day("13/04/2027", "month-first")


def test_a_number_is_a_day_only_where_it_comes_from_a_spreadsheet():
    assert parse_day("46356", serials=True) == NOV_30
    assert parse_day("46356.75", serials=True) == NOV_30
    with pytest.raises(ValueError, match="outside"):
        parse_day("20000", serials=True)


@given(IN_RANGE)
@example(EARLIEST)
@example(LATEST)
def test_every_day_is_read_as_itself_in_every_form(day: date):
    year, month, number = f"{day.year:04d}", f"{day:%B}", day.day
    forms = [
        day.isoformat(), f"{day:%Y%m%d}", f"{day:%G-W%V-%u}", f"{day:%Y-%j}", f"{day.isoformat()}T23:59:59+14:00",
        f"{number} {month} {year}", f"{month[:3]} {number}, {year}", f"{day:%A}, {number} {month} {year}",
        f"{number}. {MONATE[day.month - 1]} {year}", f"{number}.{day.month}.{year}",
    ]  # fmt: skip

    assert {form: parse_day(form) for form in forms} == dict.fromkeys(forms, day)
    assert parse_day(f"{day:%d/%m/%Y}", "day-first") == parse_day(f"{day:%m/%d/%Y}", "month-first") == day


@given(IN_RANGE, st.sampled_from("/-"))
def test_an_unsaid_order_never_gives_another_day(day: date, sign: str):
    for form in (f"%d{sign}%m{sign}%Y", f"%m{sign}%d{sign}%Y"):
        try:
            assert parse_day(day.strftime(form)) == day
        except AmbiguousDay:
            assert max(day.month, day.day) <= 12


DAYLIKE = st.text("0123456789-/. :,TWZ+janfebmäoktuUC\u2013\u00a0", max_size=30)


@given(DAYLIKE | st.text(max_size=30), st.sampled_from(("", *ORDERS)), st.booleans())
def test_any_other_text_is_a_day_in_range_or_a_sentence(text: str, order: str, serials: bool):
    try:
        read = str(parse_day(text, order, serials=serials))
    except ValueError as refused:
        read = str(refused)

    assert re.fullmatch(r"(19[7-9]|2[01][0-9])[0-9]-[0-9]{2}-[0-9]{2}|(?s:.*); write it as 2.*", read)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)))
def test_a_moment_keeps_its_time_and_its_zone(moment: datetime):
    assert parse_moment(moment.isoformat(" ")) == (moment.date(), moment.time())
    there = moment.replace(tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
    day, at = parse_moment(there.isoformat())
    assert at is not None
    assert datetime.combine(day, at) == there


def test_a_moment_names_its_zone_or_none():
    assert parse_moment("2026-11-30 16:00Z") == (NOV_30, time(16, tzinfo=UTC))
    assert parse_moment("30 Nov 2026 4:00 pm GMT+1") == (NOV_30, time(16, tzinfo=timezone(timedelta(hours=1))))
    assert parse_moment("2026-11-30") == (NOV_30, None)


def test_what_was_recorded_once_is_read_whatever_its_year():
    assert recorded_day("0001-01-02") == date(1, 1, 2)
    assert recorded_day("9999-12-31") == date.max


@given(st.dates(), st.integers(-10_000_000, 10_000_000))
def test_a_day_is_moved_within_the_calendar(day: date, days: int):
    there = moved(day, days)

    assert there in (date.min, date.max) or (there - day).days == days
