"""The rules of a single duty by example: kept, broken, and at the edge."""

from __future__ import annotations

import pytest

from schedvisu_lib.plan.roster.duty import Duty
from tests.plan.roster.rules.conftest import broken, found, on
from tests.plan.roster.small import absent_on, duty, may, person, request

# 1 Seat


@pytest.mark.parametrize(
    ("one", "rules"),
    [
        (duty(5, "day", "Ana"), []),
        (duty(5, "late", "Ana"), [1]),
        (duty(5, "night", "Sue", "guard", ""), []),
        (duty(5, "day", "Sue", "guard", ""), [1]),
        (duty(5, "day", "Rose", "nursing"), [1, 11]),
        (duty(5, "day", "Ana", team="red"), [1, 11, 11]),
    ],
)
def test_a_duty_fills_a_seat(one: Duty, rules: list[int]) -> None:
    assert [each.rule for each in broken(one) if "without" not in each.text] == rules


def test_a_seat_is_asked_for_on_its_days() -> None:
    requests = [request("clinical", "day", days=["days off"], first=may(5), last=may(10))]
    assert found(*on(8, 9, 10, 14, 16), requests=requests) == [(1, "Ana", 8), (1, "Ana", 14), (1, "Ana", 16)]


@pytest.mark.parametrize(
    ("titles", "rules"), [(["MD"], []), ([None], []), (["RN"], [1]), (["RN", "MD"], []), (["RN", None], [])]
)
def test_a_seat_may_ask_for_a_title(titles: list[str | None], rules: list[int]) -> None:
    requests = [request("clinical", "day", title=title) for title in titles]
    told = broken(*on(5), staff=[person("Ana", title="MD")], requests=requests)
    assert [one.rule for one in told] == rules
    assert all('title "MD", but asked for is RN (rule 1, seat)' in one.text for one in told)


def test_more_persons_than_seats_break_no_rule() -> None:
    assert found(duty(5, "day", "Ana"), duty(5, "day", "Ben"), duty(5, "day", "Cleo")) == []


# 2 Level


def test_a_person_does_levels_of_their_own_in_their_department() -> None:
    requests = [request("clinical", "day"), request("clinical", "day", department="wards"), request("nursing", "day")]
    wards = [duty(5, "day", "Ana", department="wards")]
    assert [one.text.split(": ")[1] for one in broken(*wards, requests=requests)] == [
        "is of imaging, not of wards (rule 2, level)"
    ]
    (one,) = broken(duty(5, "day", "Ana", "nursing"), requests=requests)
    assert (one.rule, "may not do nursing" in one.text) == (2, True)


def test_a_level_of_the_hospital_is_done_in_any_department() -> None:
    assert found(duty(5, "night", "Sue", "guard", ""), duty(5, "night", "Sam", "guard", "")) == []
    assert found(duty(5, "night", "Ana", "guard", "")) == [(2, "Ana", 5)]


def test_a_shift_has_its_levels() -> None:
    assert found(duty(5, "late", "Sue", "guard", ""), requests=[request("guard", "late")]) == [(2, "Sue", 5)]
    assert found(duty(5, "late", "Ana"), requests=[request("clinical", "late")]) == []


# 6 Day and night


def test_who_does_no_nights_has_none() -> None:
    staff = [person("Ana", night=False), person("Ben", day=False)]
    assert found(*on(5), duty(5, "night", "Ben"), staff=staff) == []
    assert found(*on(5, shift="night"), duty(5, "day", "Ben"), staff=staff) == [(6, "Ana", 5), (6, "Ben", 5)]


def test_an_exemption_holds_on_the_day_on_which_the_duty_begins() -> None:
    exemptions = [{"person": "Ana", "no": "nights", "first": may(6), "last": may(8)}]
    nights = [duty(day, "night", "Ana") for day in (5, 9)]
    assert found(*nights, exemptions=exemptions) == []
    assert found(duty(6, "night", "Ana"), duty(8, "night", "Ana"), exemptions=exemptions) == [
        (6, "Ana", 6), (6, "Ana", 8),
    ]  # fmt: skip
    assert found(*on(7), exemptions=exemptions) == []


# 7 Leave


def test_no_duty_overlaps_a_day_of_leave() -> None:
    leave = [absent_on("Ana", 6, 7)]
    assert found(*on(5, 8), leave=leave) == []
    assert found(*on(6), leave=leave) == [(7, "Ana", 6)]
    assert found(*on(7), leave=leave) == [(7, "Ana", 7)]
    assert found(*on(5, shift="night"), leave=leave) == [(7, "Ana", 5)]
    assert found(*on(4, shift="night"), leave=leave) == []
    assert found(*on(6), leave=[{**leave[0], "kind": "absence"}]) == [(7, "Ana", 6)]
    assert found(duty(6, "day", "Ben"), leave=leave) == []
