"""Time zones: one list of names everywhere, and days that begin and end where their people live."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workbook import zones
from workbook.errors import BadInput, Unknown
from workbook.model import Engagement


def test_every_zone_of_the_list_can_be_used():
    assert len(zones.names()) > 400
    assert all(zones.zone(name).key == name for name in zones.names())


@pytest.mark.parametrize(
    ("typed", "near"),
    [("Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("New York", "America/New_York")],
)
def test_a_mistyped_zone_is_refused_with_near_names(typed: str, near: str):
    with pytest.raises(Unknown, match=f"No time zone is called '{typed}'.*{near}"):
        zones.zone(typed)


@pytest.mark.parametrize("name", ["", "localtime", "Factory", "../../etc/passwd", "/etc/localtime", "Europe", "+01:00"])
def test_what_differs_from_machine_to_machine_is_no_zone(name: str):
    with pytest.raises(BadInput, match=r"^Audit, time_zone: no time zone is called .*such as Europe/Berlin\.$"):
        Engagement.parse({"title": "x", "time_zone": name})


@pytest.mark.parametrize(
    ("setting", "name"),
    [(":Europe/Paris", "Europe/Paris"), ("Etc/GMT+12", "Etc/GMT+12"), ("Etc/UTC", "UTC"), ("Nowhere/Land", "UTC")],
)
def test_the_zone_of_the_machine_is_a_name_or_utc(setting: str, name: str):
    command = [sys.executable, "-W", "error", "-c", "from workbook import zones; print(zones.machine_zone())"]
    said = subprocess.run(command, env=os.environ | {"TZ": setting}, capture_output=True, text=True, check=True)

    assert said.stdout == f"{name}\n"


@pytest.mark.parametrize("name", ["UTC", "Etc/GMT+12", "Pacific/Kiritimati", "Europe/Berlin", "America/Sao_Paulo",
                                  "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "America/New_York"])  # fmt: skip
@pytest.mark.parametrize("year", [2011, 2018, 2026])
def test_each_moment_belongs_to_the_day_that_the_clock_on_the_wall_shows(name: str, year: int):
    where, day = ZoneInfo(name), date(year, 1, 1)
    while day.year == year:  # days of 23 and 25 hours, and one that Apia left out
        end = zones.end_of(day, where)
        assert end.astimezone(where).date() <= day
        assert (end + timedelta.resolution).astimezone(where).date() > day
        day += timedelta(days=1)


def test_today_is_another_day_on_the_other_side_of_the_earth():
    west, east = (zones.today(zones.zone(name)) for name in ("Etc/GMT+12", "Pacific/Kiritimati"))

    assert west < east
    assert west <= datetime.now(UTC).date() <= east
