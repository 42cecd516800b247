"""The rules of a contract by example: kept, broken, and at the edge."""

from __future__ import annotations

from typing import Any

import pytest

from schedvisu_lib.plan.roster.duty import Duty
from tests.plan.roster.rules.conftest import found, given, on
from tests.plan.roster.small import duty, person, request


def limited(*duties: Duty, **limits: Any) -> list[tuple[int, str, int]]:
    """Return what duties of Ana break, whose contract has these limits; nothing else limits them."""
    staff = [person("Ana", contract="own"), person("Ben")]
    return found(*duties, staff=staff, contracts=[{"name": "own", **limits}], rest_hours=0, free_after_night=False)


# 9 In a row


def test_so_many_days_follow_each_other_at_most() -> None:
    assert limited(*on(5, 6, 7), most_in_row=3) == []
    assert limited(*on(5, 6, 7, 8), most_in_row=3) == [(9, "Ana", 8)]
    assert limited(*on(5, 6, 7, 9, 10, 11), most_in_row=3) == []


def test_days_before_and_after_the_period_count_in_a_row() -> None:
    staff = [person("Ana", contract="own")]
    rules = {"staff": staff, "contracts": [{"name": "own", "most_in_row": 3}]}
    before = [given(day, "day") for day in (2, 3)]
    assert found(*on(4), duties=before, **rules) == []
    assert found(*on(4, 5), duties=before, **rules) == [(9, "Ana", 5)]
    assert found(*on(16, 17), duties=[given(18, "day"), given(19, "day")], **rules) == [(9, "Ana", 16)]
    assert found(*on(5), duties=[given(day, "day") for day in (30 - 29, 2, 3)], **rules) == []


def test_nights_in_a_row_are_counted_by_themselves() -> None:
    nights = on(5, 6, shift="night")
    assert limited(*nights, most_nights_in_row=2) == []
    assert limited(*on(4), *nights, *on(7), most_nights_in_row=2) == []
    assert limited(*nights, *on(7, shift="night"), most_nights_in_row=2) == [(9, "Ana", 7)]


def test_so_many_days_follow_each_other_at_least() -> None:
    assert limited(*on(6, 7), least_in_row=2) == []
    assert limited(*on(6, 7), least_in_row=3) == [(9, "Ana", 6)]
    assert limited(*on(4), *on(17), least_in_row=3) == []
    assert limited(*on(5), *on(16), least_in_row=3) == [(9, "Ana", 5), (9, "Ana", 16)]


def test_so_many_days_are_free_between_two_stretches() -> None:
    assert limited(*on(6, 9), least_free_in_row=2) == []
    assert limited(*on(6, 8), least_free_in_row=2) == [(9, "Ana", 8)]
    assert limited(*on(5, 16), least_free_in_row=2) == []


# 10 In the period


@pytest.mark.parametrize(
    ("limits", "broken_at"),
    [
        ({"most_shifts": 3}, None),
        ({"most_shifts": 2}, 16),
        ({"most_nights": 1}, None),
        ({"most_nights": 0}, 8),
        ({"most_minutes": 600 + 840 + 600}, None),
        ({"most_minutes": 600 + 840 + 599}, 16),
        ({"most_weekends": 2}, None),
        ({"most_weekends": 1}, 16),
        ({"least_shifts": 20, "least_minutes": 9999}, None),
    ],
)
def test_limits_in_the_period(limits: dict[str, int], broken_at: int | None) -> None:
    duties = [*on(5), duty(8, "night", "Ana"), *on(16)]
    assert limited(*duties, **limits) == ([(10, "Ana", broken_at)] if broken_at else [])


def test_minutes_are_working_time() -> None:
    shifts = [{"name": "day", "start": "07:00", "end": "17:00", "minutes": 540}]
    rules = {"shifts": shifts, "staff": [person("Ana", contract="own")], "requests": [request("clinical", "day")]}
    assert found(*on(5, 6), contracts=[{"name": "own", "most_minutes": 1080}], **rules) == []
    assert found(*on(5, 6), contracts=[{"name": "own", "most_minutes": 1079}], **rules) == [(10, "Ana", 6)]


def test_duties_outside_the_period_do_not_count_in_it() -> None:
    rules = {"staff": [person("Ana", contract="own")], "contracts": [{"name": "own", "most_shifts": 1}]}
    assert found(*on(10), duties=[given(1), given(20)], **rules) == []
