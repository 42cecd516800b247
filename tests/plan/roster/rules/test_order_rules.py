"""The rules of duties that follow each other by example: kept, broken, and at the edge."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.check import check_duties
from tests.plan.roster.rules.conftest import SITE, broken, found, given, on
from tests.plan.roster.small import SUNDAY, build_staff, duty, may, person, request

# 3 One a day


def test_at_most_one_duty_begins_on_a_day() -> None:
    free = {"rest_hours": 0, "free_after_night": False}
    assert found(*on(5, 6), **free) == []
    assert found(*on(5), *on(5, shift="night"), **free) == [(3, "Ana", 5)]
    staff = [person("Ana", levels=["clinical", "guard"])]
    assert found(*on(5, shift="day"), duty(5, "night", "Ana", "guard", ""), staff=staff, **free) == [(3, "Ana", 5)]


# 4 After a night


def test_the_day_after_a_night_is_free() -> None:
    assert found(*on(5, shift="night"), *on(6, shift="night"), rest_hours=10) == [(4, "Ana", 6)]
    assert found(*on(5, shift="night"), *on(7)) == []
    assert found(*on(5, shift="night"), *on(6, shift="night"), rest_hours=10, free_after_night=False) == []


def test_a_night_before_the_period_counts() -> None:
    assert found(*on(4, shift="night"), duties=[given(3)], rest_hours=0) == [(4, "Ana", 4)]
    assert found(*on(5), duties=[given(3)]) == []


def test_a_night_on_the_last_day_leaves_what_comes_after_it_alone() -> None:
    (one,) = broken(*on(17, shift="night"), duties=[given(18, "night")], rest_hours=0)
    assert (one.rule, one.date, one.stood) == (4, may(17), False)
    assert one.text.startswith("Ana, Mon 18 May, night: the day after a night (Sun 17 May)")


def test_an_evening_that_ends_at_midnight_is_no_night() -> None:
    shifts = [{"name": "eve", "start": "15:00", "end": "00:00"}]
    duties = [duty(day, "eve", "Ana") for day in (5, 6)]
    assert found(*duties, shifts=shifts, requests=[request("clinical", "eve")]) == []


# 5 Rest


@pytest.mark.parametrize(("hours", "rules"), [(14, []), (14.01, [5]), (0, []), (24, [5])])
def test_hours_of_rest_lie_between_two_duties(hours: float, rules: list[int]) -> None:
    assert [rule for rule, _, _ in found(*on(5, 6), rest_hours=hours)] == rules


def test_rest_is_told_with_what_there_is() -> None:
    (one,) = broken(*on(5, shift="night"), *on(6, shift="late"), free_after_night=False,
                    requests=[request("clinical", shift) for shift in ("night", "late")])  # fmt: skip
    assert "5 h of rest after night of Tue 5 May, at least 11 h (rule 5, rest)" in one.text


def test_rest_may_reach_over_a_day() -> None:
    assert found(*on(5, shift="night"), *on(7), rest_hours=48) == found(*on(5, shift="night"), *on(7), rest_hours=25)
    assert found(*on(5, shift="night"), *on(7), rest_hours=24) == []
    assert found(*on(5, shift="night"), *on(7), rest_hours=25) == [(5, "Ana", 7)]


def test_rest_after_a_night_before_the_period() -> None:
    assert found(*on(4), duties=[given(3)], free_after_night=False) == [(5, "Ana", 4)]


@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2026, 10, 25)])
def test_rest_is_counted_by_the_wall_clock_when_clocks_change(sunday: date) -> None:
    saturday = sunday - (SUNDAY - date(2026, 5, 16))
    duties = [Duty(saturday, "night", "clinical", "imaging", "Ana"), Duty(sunday, "late", "clinical", "imaging", "Ana")]
    requests = [request("clinical", shift, first=saturday, last=sunday) for shift in ("night", "late")]

    def rest(hours: int) -> list[int]:
        book = build_staff(requests=requests, rest_hours=hours, free_after_night=False)
        return [one.rule for one in check_duties(duties, book, SITE, saturday, sunday)]

    assert (rest(5), rest(6)) == ([], [5])  # 07:00 to 12:00


# 8 Sequences


def shifts_with(**barred: list[str]) -> list[dict[str, Any]]:
    hours = {"day": ("07:00", "17:00"), "late": ("12:00", "21:00"), "night": ("17:00", "07:00")}
    return [{"name": name, "start": start, "end": end, "not_next": barred.get(name, [])}
            for name, (start, end) in hours.items()]  # fmt: skip


ALL = [request("clinical", shift) for shift in ("day", "late", "night")]


def test_a_shift_is_not_followed_by_what_may_not_come_next() -> None:
    rules = {"shifts": shifts_with(late=["day"]), "requests": ALL, "rest_hours": 0}
    assert found(*on(5, shift="late"), *on(6), **rules) == [(8, "Ana", 6)]
    assert found(*on(5, shift="late"), *on(7), **rules) == []
    assert found(*on(5), *on(6, shift="late"), **rules) == []
    assert found(*on(4), duties=[given(3, "late")], **rules) == [(8, "Ana", 4)]


def sequence(*shifts: str, levels: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"sequences": [{"shifts": shifts, "levels": levels}], "requests": ALL, "rest_hours": 0}


def test_a_sequence_does_not_occur() -> None:
    rules = sequence("late", "day", "night")
    assert found(*on(5, shift="late"), *on(6), *on(7, shift="night"), **rules) == [(8, "Ana", 5)]
    assert found(*on(5, shift="late"), *on(6), *on(8, shift="night"), **rules) == []
    assert found(*on(5, shift="late"), duty(6, "day", "Ben"), *on(7, shift="night"), **rules) == []


def test_a_sequence_counts_free_days() -> None:
    rules = sequence("night", "off", "night")
    (one,) = broken(*on(5, 7, shift="night"), **rules)
    assert one.text == "Ana, Tue 5 May, night: night – off – night: no such sequence (rule 8, sequences)"
    assert found(*on(5, 8, shift="night"), **rules) == []
    assert found(*on(5, 7, shift="night"), *on(6), **rules, free_after_night=False) == []


def test_a_sequence_that_began_before_the_period_or_ends_after_it() -> None:
    rules = sequence("night", "off", "night")
    assert found(*on(4, shift="night"), duties=[given(2)], **rules) == [(8, "Ana", 4)]
    assert found(*on(5, shift="night"), duties=[given(3)], **rules) == [(8, "Ana", 5)]
    assert found(*on(16, shift="night"), duties=[given(18)], **rules) == [(8, "Ana", 16)]
    assert found(duties=[given(2), given(4)], **rules) == []


def test_days_of_which_the_book_tells_nothing_are_not_free() -> None:
    rules = sequence("off", "day")
    assert found(*on(4), **rules) == []
    assert found(*on(5), **rules) == [(8, "Ana", 5)]
    assert found(*on(4), duties=[given(3, name="Ben")], **rules) == [(8, "Ana", 4)]
    assert found(*on(17), **sequence("day", "off")) == []


def test_a_sequence_may_be_of_some_levels() -> None:
    assert found(*on(5, 6), **sequence("day", "day", levels=("clinical",))) == [(8, "Ana", 5)]
    assert found(*on(5, 6), **sequence("day", "day", levels=("guard",))) == []
