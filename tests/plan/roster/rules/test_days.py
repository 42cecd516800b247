"""Weekends, holidays, closures, and the nights that reach into a weekend."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from schedvisu_lib.plan.roster.book.model import DayKind, Shift
from schedvisu_lib.plan.roster.rules.days import is_day_off, is_holiday, is_one_of, weekend_of, weekend_worked
from schedvisu_lib.settings.calendar import Closure
from tests.plan.conftest import english_site
from tests.plan.roster.small import may

SITE = english_site()
CLOSED = SITE.model_copy(
    update={"calendar": SITE.calendar.model_copy(update={"closures": (Closure(first=may(5), last=may(6)),)})}
)
NIGHT, EVENING = Shift(name="n", start=time(17), end=time(7)), Shift(name="e", start=time(15), end=time(0))


@pytest.mark.parametrize(("day", "off", "holiday"), [(4, 0, 0), (9, 1, 0), (10, 1, 0), (14, 1, 1), (18, 0, 0)])
def test_weekends_and_holidays_are_off(day: int, off: bool, holiday: bool) -> None:
    assert (is_day_off(SITE, may(day)), is_holiday(SITE, may(day))) == (bool(off), bool(holiday))


def test_a_closure_is_off_but_no_holiday() -> None:
    assert (is_day_off(CLOSED, may(5)), is_holiday(CLOSED, may(5)), is_day_off(SITE, may(5))) == (True, False, False)


def test_a_weekend_is_off_even_where_the_site_works_then() -> None:
    calendar = SITE.calendar.model_copy(update={"workdays": ("fri", "sat", "sun")})
    assert is_day_off(SITE.model_copy(update={"calendar": calendar}), may(9))


def test_a_weekend_is_known_by_its_saturday() -> None:
    assert [weekend_of(may(day)) for day in (8, 9, 10, 11)] == [None, may(9), may(9), None]


def test_a_friday_night_is_of_the_weekend_in_which_it_ends() -> None:
    assert [weekend_worked(NIGHT, may(day)) for day in (7, 8, 9, 10, 11)] == [None, may(9), may(9), may(9), None]
    assert weekend_worked(EVENING, may(8)) is None


def test_what_ends_at_midnight_is_no_night() -> None:
    assert (NIGHT.is_night, EVENING.is_night, Shift(name="m", start=time(0), end=time(8)).is_night) == (
        True,
        False,
        False,
    )
    assert EVENING.span(may(4)) == (datetime(2026, 5, 4, 15), datetime(2026, 5, 5))
    assert EVENING.worked == 9 * 60


@pytest.mark.parametrize(
    ("kinds", "days"),
    [
        (("every",), [8, 9, 10, 11, 12, 13, 14]),
        (("workdays",), [8, 11, 12, 13]),
        (("days off",), [9, 10, 14]),
        (("mon", "thu"), [11, 14]),
        (("days off", "mon"), [9, 10, 11, 14]),
    ],
)
def test_days_of_a_request(kinds: tuple[DayKind, ...], days: list[int]) -> None:
    assert [day for day in range(8, 15) if is_one_of(kinds, SITE, may(day))] == days


def test_a_leap_day_is_a_day_like_others() -> None:
    assert weekend_of(date(2020, 2, 29)) == date(2020, 2, 29)
