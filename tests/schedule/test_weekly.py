"""Days of the week and time of day, as one writes them."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from schedvisu_lib.errors import ScheduleError
from schedvisu_lib.schedule.weekly import Weekly, read_weekly


@pytest.mark.parametrize(
    ("text", "days", "at"),
    [
        ("sat 01:00", (5,), time(1)),
        ("Saturday 1:00", (5,), time(1)),
        ("mon,thu 06:30", (0, 3), time(6, 30)),
        ("thu, mon,thu 6:30", (0, 3), time(6, 30)),
        ("mon-fri 22:00", (0, 1, 2, 3, 4), time(22)),
        ("sat-mon 23:59", (0, 5, 6), time(23, 59)),
        ("mon-tue,sun 0:00", (0, 1, 6), time(0)),
        ("  daily   01:00 ", (0, 1, 2, 3, 4, 5, 6), time(1)),
    ],
)
def test_times_of_the_week(text: str, days: tuple[int, ...], at: time) -> None:
    assert read_weekly(text) == Weekly(days, at)


@pytest.mark.parametrize(
    "text",
    [
        *("", "sat", "01:00", "sa 01:00", "sat 24:00", "sat 1", "sat 01:60", "samedi 01:00", "t 01:00"),
        *("mon-wed-fri 01:00", "sat 01:00 02:00", "mon, 01:00", "-sat 01:00", "daily,mon 01:00"),
    ],
)
def test_what_is_no_time_of_the_week_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(ScheduleError) as error:
        read_weekly(text)
    assert str(error.value) == (
        f'"{text}" is no time of the week; '
        'write one like "sat 01:00", "mon,thu 06:30", "mon-fri 22:00" or "daily 01:00"'
    )


@pytest.mark.parametrize(
    ("now", "following"),
    [
        (datetime(2026, 11, 22, 8), datetime(2026, 11, 28, 1)),  # a Sunday
        (datetime(2026, 11, 28, 0, 59), datetime(2026, 11, 28, 1)),
        (datetime(2026, 11, 28, 1), datetime(2026, 12, 5, 1)),
        (datetime(2026, 12, 29, 12), datetime(2027, 1, 2, 1)),
    ],
)
def test_next_time_lies_after_now(now: datetime, following: datetime) -> None:
    assert read_weekly("sat 01:00").next_time(now) == following


def test_of_several_days_the_nearest_comes_next() -> None:
    assert read_weekly("mon,thu 06:30").next_time(datetime(2026, 11, 24)) == datetime(2026, 11, 26, 6, 30)


@pytest.mark.parametrize("text", ["sat 01:00", "mon,thu 06:30", "daily 01:00"])
def test_written_as_it_was_read(text: str) -> None:
    assert str(read_weekly(text)) == text
