"""How far a reading goes: days are days of the engagement, whatever clock and time zone the machine has."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.helpers_moments import Clock
from workbook import zones
from workbook.catalog import Catalog
from workbook.errors import BadInput

WEST, EAST = "Etc/GMT+12", "Pacific/Kiritimati"


@pytest.fixture
def clock(tmp_path: Path, catalog: Catalog) -> Iterator[Clock]:
    made = Clock(tmp_path / "home", catalog)
    yield made
    made.close()


def system(clock: Clock, at: str, key: str = "SYS-001") -> None:
    clock.record(at, "systems", key, name="Credit scoring")


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (WEST, date(2026, 3, 1)),
        (EAST, date(2026, 3, 3)),
        ("Europe/Berlin", date(2026, 3, 2)),
        ("UTC", date(2026, 3, 2)),
    ],
)
def test_a_record_begun_this_day_is_found_on_this_day(clock: Clock, zone: str, day: date):
    clock.begin("2026-03-02T11:30+00:00", zone)

    assert clock.at("r1").on == day
    assert clock.at(str(day)).record().head.number == 1
    with pytest.raises(BadInput, match=rf"no entry yet on {day - timedelta(days=1)}; its record begins on {day}"):
        clock.at(str(day - timedelta(days=1))).record()


@pytest.mark.parametrize("zone", [WEST, EAST])
def test_what_is_recorded_now_belongs_to_today_there(clock: Clock, zone: str):
    clock.begin(datetime.now(UTC).isoformat(), zone)
    today = zones.today(zones.zone(zone))

    assert clock.store.on == clock.store.record().on == today
    assert clock.at(str(today)).record().head.number == 1
    with pytest.raises(
        BadInput, match=rf"{today + timedelta(days=1)} lies ahead: it is {today} in {re.escape(zone)}\."
    ):
        clock.at(str(today + timedelta(days=1))).record()


def test_the_last_minute_of_a_day_belongs_to_it_and_the_first_of_the_next_does_not(clock: Clock):
    clock.begin("2026-03-01T12:00+00:00", "Europe/Berlin")
    for moment in ("2026-03-28T22:59:59.999999", "2026-03-28T23:00:00", "2026-03-29T21:59:59", "2026-03-29T22:00:00"):
        system(clock, f"{moment}+00:00")  # the night of summer time: that Sunday has 23 hours

    numbers = [clock.at(f"2026-03-{day}").record().head.number for day in (28, 29, 30)]
    assert numbers == [2, 4, 5]
    assert [clock.at(f"r{n}").on.day for n in (2, 3, 4, 5)] == [28, 29, 29, 30]


def test_the_hour_that_comes_twice_is_told_apart(clock: Clock):
    clock.begin("2026-03-01T12:00+00:00", "Europe/Berlin")
    record = clock.store.record()
    first, second = (record.local(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1))

    assert (first.hour, second.hour) == (2, 2)
    assert first.utcoffset() - second.utcoffset() == timedelta(hours=1)


def test_a_zone_chosen_later_moves_no_day_of_the_past(clock: Clock):
    clock.begin("2026-03-01T12:00+00:00", EAST)
    system(clock, "2026-03-02T11:00+00:00")  # the third there
    before = {day: clock.at(day).record().head.number for day in ("2026-03-02", "2026-03-03", "2026-03-04")}
    clock.begin("2026-03-05T11:00+00:00", WEST)  # the fourth there, the sixth where it was
    system(clock, "2026-03-05T13:00+00:00", "SYS-002")

    assert before == {"2026-03-02": 1, "2026-03-03": 2, "2026-03-04": 2}
    after = {
        day: clock.at(day).record().head.number for day in ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05")
    }
    assert after == {"2026-03-02": 1, "2026-03-03": 2, "2026-03-04": 3, "2026-03-05": 4}
    assert [clock.at(f"r{n}").on.day for n in (1, 2, 3, 4)] == [2, 3, 4, 5]
    assert clock.at("r2").zone.key == clock.at("2026-03-03").record().engagement.time_zone == EAST


def test_a_record_that_names_no_zone_counts_in_utc(clock: Clock):
    clock.record("2026-03-02T23:30+00:00", "engagement", "engagement", title="ISMS audit")
    clock.begin("2026-03-05T11:00+00:00", EAST)

    assert clock.at("r1").on == date(2026, 3, 2)
    assert clock.at("2026-03-02").record().engagement.time_zone == "UTC"
    assert clock.at("r2").on == date(2026, 3, 6)


def test_a_moment_with_its_zone_is_that_moment_and_its_day_is_one_of_the_engagement(clock: Clock):
    clock.begin("2026-03-02T11:30+00:00", EAST)
    system(clock, "2026-03-02T12:30+00:00")

    assert clock.at("2026-03-02T13:00+01:00").record().head.number == 1
    assert clock.at("2026-03-02T13:00+01:00").on == date(2026, 3, 3)


def test_a_state_that_lies_ahead_is_refused(clock: Clock):
    clock.begin("2026-03-02T11:30+00:00", "Europe/Berlin")
    today = zones.today(zones.zone("Europe/Berlin"))
    tomorrow = today + timedelta(days=1)

    for as_of in (f"{tomorrow}", f"r1@{tomorrow}", (datetime.now(UTC) + timedelta(minutes=5)).isoformat()):
        with pytest.raises(BadInput, match=r"^as_of .* lies ahead"):
            clock.at(as_of).record()
    assert clock.at(f"r1@{today}").record().on == today


def test_a_clock_that_ran_ahead_when_it_was_recorded_does_no_harm(clock: Clock):
    clock.begin("2099-01-01T00:00+00:00", "UTC")

    assert clock.at("r1").record().on == date(2099, 1, 1)
    assert clock.at(f"r1@{datetime.now(UTC).date()}").record().head.number == 1
    with pytest.raises(BadInput, match="r1@2099-01-01"):
        clock.at("r1@2020-01-01").record()


def test_a_zone_that_this_version_does_not_know_is_said_in_one_sentence(clock: Clock):
    clock.record("2026-03-02T11:30+00:00", "engagement", "engagement", title="ISMS audit", time_zone="Mars/Olympus")

    with pytest.raises(BadInput, match="No time zone is called 'Mars/Olympus'"):
        clock.store.record()
