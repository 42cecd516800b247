"""Days and times as people write them."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from schedvisu_lib.planned.clock import read_clock, read_day, read_minutes, read_moment

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    "text", ["2026-05-22", "20260522", "2026/05/22", "22.05.2026", "22/05/2026", "22-05-2026", "22.5.26", " 22.05.26 "]
)
def test_a_day_is_understood_with_the_day_before_the_month(text: str) -> None:
    assert read_day(text) == date(2026, 5, 22)


@pytest.mark.parametrize("text", ["", "05/22/2026", "31.02.2026", "22 mai 2026", "2026-0522", "٢٢.05.2026", "Demo"])
def test_what_no_calendar_has_is_no_day(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("8:30", time(8, 30)),
        ("08:30", time(8, 30)),
        ("08:30:15", time(8, 30, 15)),
        ("8h30", time(8, 30)),
        ("8 h 30", time(8, 30)),
        ("8H", time(8)),
        ("08.30", time(8, 30)),
        ("0:00", time(0)),
    ],
)
def test_a_time_of_day(text: str, clock: time) -> None:
    assert read_clock(text) == clock


@pytest.mark.parametrize("text", ["", "24:00", "8:60", "8", "0830", "half past eight"])
def test_what_no_clock_shows_is_no_time(text: str) -> None:
    assert read_clock(text) is None


@pytest.mark.parametrize(
    "text",
    ["2026-05-22 08:30", "22.05.2026 8h30", "2026-05-22T08:30:00", "20260522 08:30", "2026-05-22T08:30:00+02:00",
     "2026-05-22T06:30:00Z"],
)  # fmt: skip
def test_a_moment_stands_on_the_wall_clock_of_the_site(text: str) -> None:
    assert read_moment(text, ZURICH) == datetime(2026, 5, 22, 8, 30)


@pytest.mark.parametrize("text", ["", "08:30", "22.05.2026", "22.05.2026 at eight"])
def test_a_moment_needs_day_and_time(text: str) -> None:
    assert read_moment(text, ZURICH) is None


@pytest.mark.parametrize(("text", "minutes"), [("30", 30), ("30 min", 30), ("12,5", 12.5), ("0:45", 45), ("1h30", 90)])
def test_minutes(text: str, minutes: float) -> None:
    assert read_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "-30", "long", "1e3"])
def test_what_is_no_number_is_no_minutes(text: str) -> None:
    assert read_minutes(text) is None
