"""Numbers of single days as few rows, which ask for the same."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.periods import days_between
from schedvisu_lib.plan.roster.product.stretches import Stretch, stretches
from schedvisu_lib.plan.roster.rules.days import is_one_of
from tests.plan.conftest import english_site

FIRST = date(2026, 5, 11)
"""A Monday; Thursday the 14th is Ascension, Friday the 15th a closure, Monday the 25th Whit Monday."""


def day(number: int) -> date:
    return date(2026, 5, number)


def on(days: range, number: int = 1) -> dict[date, int]:
    return {day(n): number for n in days}


def test_nothing_needs_no_row() -> None:
    assert stretches({}, english_site()) == []
    assert stretches(on(range(11, 16), 0), english_site()) == []


def test_workdays_of_one_number_are_one_row_across_weekends_and_holidays() -> None:
    numbers = on(range(11, 14), 2) | on(range(18, 23), 2) | on(range(26, 30), 2)
    assert stretches(numbers, english_site()) == [Stretch(day(11), day(29), ("workdays",), 2)]


def test_a_day_with_another_number_parts_a_row() -> None:
    numbers = on(range(18, 23), 2) | on(range(26, 30), 2) | {day(20): 1}
    assert stretches(numbers, english_site()) == [
        Stretch(day(18), day(19), ("workdays",), 2),
        Stretch(day(20), day(20), ("workdays",), 1),
        Stretch(day(21), day(29), ("workdays",), 2),
    ]


def test_days_off_are_apart_from_workdays() -> None:
    assert stretches(on(range(18, 25)), english_site()) == [Stretch(day(18), day(24), ("every",), 1)]
    numbers = on(range(16, 18), 3) | on(range(22, 23)) | on(range(23, 26), 3)
    assert stretches(numbers, english_site()) == [
        Stretch(day(22), day(22), ("workdays",), 1),
        Stretch(day(16), day(25), ("days off",), 3),
    ]


def test_weeks_that_are_alike_are_rows_of_weekdays() -> None:
    week = {0: 4, 1: 4, 2: 4, 3: 4, 4: 3}
    numbers = {date(2026, 6, 1) + timedelta(weeks=w, days=d): n for w in range(3) for d, n in week.items()}
    assert stretches(numbers, english_site()) == [
        Stretch(date(2026, 6, 1), date(2026, 6, 19), ("mon", "tue", "wed", "thu"), 4),
        Stretch(date(2026, 6, 1), date(2026, 6, 19), ("fri",), 3),
    ]


@given(st.lists(st.integers(0, 2), min_size=1, max_size=25), st.integers(0, 6))
def test_rows_say_what_each_day_needs_and_no_more(drawn: list[int], offset: int) -> None:
    numbers = {FIRST + timedelta(days=offset + n): number for n, number in enumerate(drawn)}
    asked = Counter[date]()
    for first, last, kinds, number in stretches(numbers, english_site()):
        asked.update({own: number for own in days_between(first, last) if is_one_of(kinds, english_site(), own)})
    assert asked == Counter({own: number for own, number in numbers.items() if number})
