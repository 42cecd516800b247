"""When the archive may be asked: long loads keep to their window and pause, and every load stops when told."""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time, timedelta
from threading import Event, Timer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.pace import Pace, next_moment, pace_of
from schedvisu_lib.settings.pacs import LongLoads, Window

NIGHT = Window(begins=time(20), ends=time(6))
DAY = date(2026, 5, 11)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return datetime.combine(DAY + timedelta(days=days), time(hour, minute))


def closed_just_now() -> Window:
    """A window that opens in an hour."""
    now = datetime.now()
    return Window(begins=(now + timedelta(hours=1)).time(), ends=(now + timedelta(hours=2)).time())


# What is held back


@pytest.mark.parametrize(
    ("n_days", "window", "pause"),
    [(1, None, 0), (20, None, 0), (21, NIGHT, 2.5), (3000, NIGHT, 2.5)],
)
def test_window_and_pause_are_for_long_loads_alone(n_days: int, window: Window | None, pause: float) -> None:
    settings = LongLoads(days=20, window=NIGHT, pause=2.5)
    assert pace_of(settings, n_days, None) == Pace(window, pause, None)


@pytest.mark.parametrize("n_days", [1, 3000])
def test_every_load_stops_when_told(n_days: int) -> None:
    assert pace_of(LongLoads(), n_days, at(6)).stop_at == at(6)


def test_by_default_nothing_holds_back() -> None:
    assert all(Pace().is_open(at(hour)) for hour in range(24))
    assert not Pace().is_over(datetime.max)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [(at(19, 59), False), (at(20), True), (at(23, 59), True), (at(0, days=1), True), (at(6, days=1), False)],
)
def test_no_day_begins_outside_the_window(now: datetime, is_open: bool) -> None:
    assert Pace(NIGHT).is_open(now) is is_open


@pytest.mark.parametrize(
    ("now", "is_over"), [(at(5, 59), False), (at(6), True), (at(6, 1), True), (at(5, days=1), True)]
)
def test_no_day_begins_from_the_moment_to_stop_at(now: datetime, is_over: bool) -> None:
    pace = Pace(stop_at=at(6))
    assert pace.is_over(now) is is_over
    assert pace.is_open(now) is not is_over


def test_the_moment_to_stop_at_ends_a_night_in_its_middle() -> None:
    pace = Pace(NIGHT, stop_at=at(2, days=1))
    assert pace.is_open(at(1, 59, days=1))
    assert not pace.is_open(at(2, days=1))


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    begins=st.times(),
    ends=st.times(),
    stop_at=st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
)
def test_a_day_begins_within_the_window_and_before_the_stop(
    now: datetime, begins: time, ends: time, stop_at: datetime | None
) -> None:
    window = Window(begins=begins, ends=ends)
    # The window as a stretch of minutes from its begin, taken round the clock.
    midnight = datetime.combine(now.date(), time())
    since_begin = (now - datetime.combine(now.date(), begins)) % timedelta(days=1)
    length = (datetime.combine(midnight, ends) - datetime.combine(midnight, begins)) % timedelta(days=1)
    within = since_begin < (length or timedelta(days=1))
    assert Pace(window, stop_at=stop_at).is_open(now) == (within and (stop_at is None or now < stop_at))


# Waiting


def test_nobody_waits_where_a_day_may_begin() -> None:
    began = clock.monotonic()
    assert Pace().wait(Event())
    assert Pace(Window(begins=time(), ends=time())).wait(Event())
    assert clock.monotonic() - began < 0.5


def test_a_stop_ends_the_waiting_at_once() -> None:
    stop = Event()
    Timer(0.1, stop.set).start()
    began = clock.monotonic()
    assert not Pace(closed_just_now()).wait(stop)
    assert clock.monotonic() - began < 5
    assert not Pace().wait(stop)


def test_the_moment_to_stop_at_ends_the_waiting() -> None:
    began = clock.monotonic()
    assert not Pace(closed_just_now(), stop_at=datetime.now() + timedelta(seconds=0.2)).wait(Event())
    assert 0.1 < clock.monotonic() - began < 5


def test_nobody_waits_for_a_moment_that_is_over() -> None:
    assert not Pace(stop_at=datetime.now() - timedelta(seconds=1)).wait(Event())


def test_a_window_that_opens_ends_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schedvisu_lib.pace._LOOK_AGAIN", timedelta(seconds=0.05))
    begins = datetime.now() + timedelta(seconds=0.3)
    window = Window(begins=begins.time(), ends=(begins + timedelta(hours=1)).time())
    assert Pace(window).wait(Event())
    assert datetime.now() >= begins


# The next moment


@pytest.mark.parametrize(
    ("now", "wanted", "moment"),
    [
        (at(22), time(6), at(6, days=1)),
        (at(5), time(6), at(6)),
        (at(6), time(6), at(6, days=1)),
        (at(0), time(0), at(0, days=1)),
    ],
)
def test_a_time_of_day_comes_today_or_tomorrow(now: datetime, wanted: time, moment: datetime) -> None:
    assert next_moment(now, wanted) == moment


@given(now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), wanted=st.times())
def test_the_next_moment_lies_within_a_day_from_now(now: datetime, wanted: time) -> None:
    moment = next_moment(now, wanted)
    assert timedelta(0) < moment - now <= timedelta(days=1)
    assert moment.time() == wanted
