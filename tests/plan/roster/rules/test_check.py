"""A whole roster: what is told of it, what must stay in it, and what stands in spite of a rule."""

from __future__ import annotations

from datetime import date, timedelta
from time import process_time
from typing import Any

import pytest

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.check import check
from tests.plan.roster.rules.conftest import SITE, TEAM, broken, found, given, on, team
from tests.plan.roster.small import MONDAY, SUNDAY, absent_on, build_staff, duty, may, person, request, table_of

# The whole


def test_a_roster_that_keeps_every_rule_is_not_complained_about() -> None:
    duties = [
        *on(4), duty(5, "night", "Ana"), duty(7, "day", "Ana"), *team(4, "day", *TEAM),
        *team(4, "night", "Gail", "Gwen", "Gina", "Glen", name="green"), duty(9, "night", "Sue", "guard", ""),
    ]  # fmt: skip
    assert check(table_of(*duties), build_staff(), SITE, MONDAY, SUNDAY) == []


def test_what_is_broken_is_told_in_order_of_day_and_person() -> None:
    told = found(duty(9, "day", "Sam"), duty(9, "day", "Rose"), duty(5, "late", "Ben"))
    assert [(name, day) for _, name, day in told] == [("Ben", 5), ("Rose", 9), ("Rose", 9), ("Sam", 9)]


def test_texts_name_person_day_shift_and_rule() -> None:
    (one,) = broken(duty(5, "night", "Ana"), duty(6, "late", "Ana", origin="manual"), rest_hours=0, requests=[
        request("clinical", "night"), request("clinical", "late")])  # fmt: skip
    assert str(one) == "Ana, Wed 6 May, late: the day after a night (Tue 5 May) is free (rule 4, after a night)"
    assert (one.rule, one.date, one.shift, one.level, one.department, one.person) == (
        4, may(6), "late", "clinical", "imaging", "Ana",
    )  # fmt: skip


def test_texts_are_in_the_language_of_the_site() -> None:
    french = SITE.model_copy(update={"report": SITE.report.model_copy(update={"language": "fr"})})
    (one,) = check(table_of(duty(5, "late", "Ana")), build_staff(), french, MONDAY, SUNDAY)
    assert str(one) == "Ana, mar. 05.05, late\xa0: aucune demande ne la prévoit (règle 1, place)"


# 12 Standing


def test_a_locked_duty_stays() -> None:
    book = build_staff(duties=[given(5, locked=True), given(8)])
    assert found(duty(5, "night", "Ana"), book=book) == []
    (one,) = broken(duty(8, "night", "Ana"), book=book)
    assert one.text == "Ana, Tue 5 May, night: locked, but not in the roster (rule 12, standing)"
    assert found(duty(5, "day", "Ana"), book=book) == [(12, "Ana", 5)]
    assert found(duty(5, "night", "Ben"), book=book) == [(12, "Ana", 5)]


def test_a_locked_duty_goes_with_who_is_absent_and_by_a_swap() -> None:
    absent = [{**absent_on("Ana", 5), "kind": "absence"}]
    assert found(duties=[given(5, locked=True)], leave=absent) == []
    assert found(duties=[given(5, locked=True)], leave=[absent_on("Ana", 5)]) == [(12, "Ana", 5)]
    swapped = duty(5, "night", "Ben", origin="swap", counts_for="Ana")
    assert found(swapped, duties=[given(5, locked=True)]) == []


def test_what_lies_outside_the_period_stays_as_the_book_has_it() -> None:
    book = build_staff(duties=[given(3)])
    assert found(duty(3, "night", "Ana"), book=book) == []
    assert found(duty(3, "night", "Ben"), book=book) == [(12, "Ben", 3)]
    assert found(duty(18, "night", "Ana"), book=book) == [(12, "Ana", 18)]


# What stands


@pytest.mark.parametrize(
    ("first", "second", "stood"),
    [
        ({}, {}, False),
        ({"origin": "manual"}, {}, False),
        ({"origin": "manual"}, {"origin": "given"}, True),
        ({"locked": True}, {"origin": "swap"}, True),
        ({"origin": "substitute"}, {"origin": "manual"}, False),
    ],
)
def test_what_was_decided_by_hand_stands_in_spite_of_a_rule(
    first: dict[str, Any], second: dict[str, Any], stood: bool
) -> None:
    (one,) = broken(duty(5, "night", "Ana", **first), duty(6, "night", "Ana", **second), rest_hours=0)
    assert one.stood is stood


def test_a_night_before_the_period_and_one_by_hand_stand() -> None:
    by_hand = on(4, shift="night", origin="manual")
    assert [one.stood for one in broken(*by_hand, duties=[given(3)], rest_hours=0)] == [True]
    assert [one.stood for one in broken(*on(4, shift="night"), duties=[given(3)], rest_hours=0)] == [False]


def test_what_lies_before_the_period_is_not_told() -> None:
    assert found(duties=[given(1), given(2), given(3, "late")]) == []


# How large it may be


def test_a_table_may_be_empty() -> None:
    assert check(table_of(), build_staff(), SITE, MONDAY, SUNDAY) == []


def test_a_hospital_is_checked_within_a_second() -> None:
    first, last, names = date(2026, 6, 1), date(2026, 6, 28), [f"P{n}" for n in range(400)]
    book = build_staff(
        departments=[{"name": f"D{n}"} for n in range(80)],
        teams=[],
        contracts=[{"name": "full", "most_shifts": 15, "most_nights": 8, "most_in_row": 2, "least_free_in_row": 2}],
        sequences=[{"shifts": ["night", "off", "night"]}],
        staff=[person(name, department=f"D{n // 5}", contract="full") for n, name in enumerate(names)],
        requests=[request("clinical", shift, department=f"D{n}", first=first, last=last)
                  for n in range(80) for shift in ("day", "night")],
    )  # fmt: skip
    duties = [
        Duty(first + timedelta(days=day), shift, "clinical", f"D{n // 5}", name)
        for n, name in enumerate(names)
        for day in range(28)
        if (shift := ("day", "night", "", "")[(n + day) % 4])
    ]
    table = table_of(*duties, book=book)
    before = process_time()
    assert check(table, book, SITE, first, last) == []
    assert process_time() - before < 1
