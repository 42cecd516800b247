"""Each rule of a roster by example: kept, broken, and at the edge; and what stands in spite of a rule."""

from __future__ import annotations

from datetime import date, timedelta
from time import process_time
from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.errors import TableError
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Broken
from schedvisu_lib.plan.roster.rules.check import check, check_duties
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, absent_on, build_staff, duty, may, person, request, table_of

SITE = english_site()
TEAM = ("Rose", "Ruby", "Rita", "Rolf")


def broken(*duties: Duty, book: StaffBook | None = None, **changes: Any) -> list[Broken]:
    return check_duties(duties, book or build_staff(**changes), SITE, MONDAY, SUNDAY)


def found(*duties: Duty, book: StaffBook | None = None, **changes: Any) -> list[tuple[int, str, int]]:
    """Return rule, person and day of what duties break."""
    return [
        (one.rule, one.person or one.team, one.date.day) for one in broken(*duties, book=book, **changes) if one.date
    ]


def limited(*duties: Duty, **limits: Any) -> list[tuple[int, str, int]]:
    """Return what duties of Ana break, whose contract has these limits; nothing else limits them."""
    staff = [person("Ana", contract="own"), person("Ben")]
    return found(*duties, staff=staff, contracts=[{"name": "own", **limits}], rest_hours=0, free_after_night=False)


def on(*days: int, shift: str = "day", **fields: Any) -> list[Duty]:
    return [duty(day, shift, "Ana", **fields) for day in days]


def given(day: int, shift: str = "night", name: str = "Ana", **fields: Any) -> dict[str, Any]:
    return {"date": may(day), "shift": shift, "level": "clinical", "department": "imaging", "person": name, **fields}


def team(day: int, shift: str, *names: str, name: str = "red", **fields: Any) -> list[Duty]:
    return [duty(day, shift, one, "nursing", team=name, **fields) for one in names]


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


# 11 Teams


def test_a_team_is_on_duty_as_a_whole() -> None:
    assert found(*team(5, "day", *TEAM)) == []
    (one,) = broken(*team(5, "day", *TEAM[:2]))
    assert one.text == "team red, Tue 5 May, day: without Rita, Rolf (rule 11, teams)"
    assert (one.person, one.team) == ("", "red")


def test_those_who_are_away_or_exempt_are_missing() -> None:
    exempt = [{"person": "Rolf", "no": "days", "first": may(5), "last": may(5)}]
    assert found(*team(5, "day", *TEAM[:2]), leave=[absent_on("Rita", 5)], exemptions=exempt) == []
    assert found(*team(5, "day", *TEAM[:2]), leave=[absent_on("Rita", 5)]) == [(11, "red", 5)]
    night = team(5, "night", *TEAM[:3])
    assert found(*night, leave=[absent_on("Rolf", 6)]) == []


def test_a_member_is_on_duty_with_their_own_team_only() -> None:
    assert found(*team(5, "day", *TEAM, "Gail")) == [(11, "Gail", 5)]
    assert found(*team(5, "day", *TEAM, "Ana")) == [(2, "Ana", 5), (11, "Ana", 5)]


def test_a_team_is_of_its_department_and_level() -> None:
    teams = [{"name": "red", "department": "wards", "level": "nursing"}]
    staff = [person("Rose", "nursing", team="red")]
    assert found(*team(5, "day", "Rose"), teams=teams, staff=staff) == [(11, "Rose", 5)]


def test_stand_ins_take_the_places_of_those_who_are_missing() -> None:
    for origin in ("substitute", "swap"):
        assert found(*team(5, "day", *TEAM[:3]), *team(5, "day", "Gail", origin=origin)) == []
        assert found(*team(5, "day", *TEAM[:2]), *team(5, "day", "Gail", origin=origin)) == [(11, "red", 5)]
        assert found(*team(5, "day", *TEAM[:3]), duty(5, "day", "Gail", "nursing", origin=origin)) == []


def test_a_team_keeps_the_order_of_duties_as_its_members() -> None:
    leave = [absent_on(name, 5) for name in TEAM[:2]] + [absent_on(name, 6, 7) for name in TEAM[2:]]
    days = {"free_after_night": True, "rest_hours": 0}
    night, day = team(4, "night", *TEAM[2:]), team(5, "day", *TEAM[2:])
    assert {rule for rule, _, _ in found(*night, *day, leave=leave, **days)} == {4}
    # those of the night are others than those of the day after it
    away = [absent_on(name, 6) for name in TEAM[2:]] + [absent_on(name, 4) for name in TEAM[:2]]
    night, day = team(4, "night", *TEAM[2:]), team(6, "day", *TEAM[:2])
    assert found(*night, *day, leave=away, **days) == []
    night, day = team(5, "night", *TEAM[2:]), team(6, "day", *TEAM[:2])
    away = [absent_on(name, 7) for name in TEAM[2:]] + [absent_on(name, 5) for name in TEAM[:2]]
    rest = [{"person": name, "no": "days", "first": may(6), "last": may(6)} for name in TEAM[2:]]
    assert found(*night, *day, leave=away, exemptions=rest, **days) == [(4, "red", 6)]
    assert found(*night, *day, leave=away, exemptions=rest, free_after_night=False, rest_hours=0) == []


def test_a_team_has_one_duty_a_day() -> None:
    nights = [{"person": name, "no": "nights", "first": may(5), "last": may(5)} for name in TEAM[:2]]
    days = [{"person": name, "no": "days", "first": may(5), "last": may(5)} for name in TEAM[2:]]
    duties = [*team(5, "day", *TEAM[:2]), *team(5, "night", *TEAM[2:])]
    assert found(*duties, exemptions=[*nights, *days], rest_hours=0) == [(3, "red", 5)]


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


# Rows that cannot be right


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("date", "soon", 'row 1: date cannot be read: "soon" (row)'),
        ("date", None, "row 1: date cannot be read"),
        ("date", pd.Timestamp("2026-05-05 12:00"), "row 1: date cannot be read"),
        ("date", 46147, "row 1: date cannot be read"),
        ("person", "Zoe", 'Zoe, Tue 5 May, night: person "Zoe" is not in the book (row)'),
        ("shift", "noon", 'Ana, Tue 5 May, noon: shift "noon" is not in the book (row)'),
        ("level", "", 'level "" is not in the book'),
        ("department", "attic", 'department "attic" is not in the book'),
        ("department", "", "clinical needs a department"),
        ("team", "pink", 'team "pink" is not in the book'),
        ("counts_for", "Zoe", 'counts_for "Zoe" is not in the book'),
        ("origin", "magic", 'origin "magic" is none of auto, manual, given, substitute, swap'),
        ("locked", "perhaps", 'locked cannot be read: "perhaps"'),
        ("start", pd.Timestamp("2026-05-05 16:00"), "but night has 2026-05-05 17:00"),
        ("end", pd.Timestamp("2026-05-06 08:00"), "but night has 2026-05-06 07:00"),
    ],
)
def test_a_row_that_cannot_be_right_is_told_and_left_out(column: str, value: object, what: str) -> None:
    table = table_of(duty(5, "night", "Ana"), duty(8, "night", "Ben")).astype({column: "object"})
    table.loc[0, column] = value
    (one,) = check(table, build_staff(), SITE, MONDAY, SUNDAY)
    assert (one.rule, what in one.text) == (0, True), one.text


def test_rows_may_come_from_a_spreadsheet() -> None:
    table = table_of(duty(5, "night", "Ana", locked=True), duty(6, "night", "Ana")).astype("object")
    for column in ("team", "made_by", "counts_for", "reason", "start", "end", "origin"):
        table[column] = None
    table["date"], table["locked"] = ["2026-05-05", date(2026, 5, 6)], ["yes", float("nan")]
    told = check(table.sample(frac=1, random_state=1), build_staff(rest_hours=0), SITE, MONDAY, SUNDAY)
    assert [(one.rule, one.date, one.stood) for one in told] == [(4, may(6), False)]


def test_a_table_without_a_column_is_refused() -> None:
    with pytest.raises(TableError, match=r"lacks the column\(s\) counts_for; take one that the planner made"):
        check(table_of().drop(columns="counts_for"), build_staff(), SITE, MONDAY, SUNDAY)


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
