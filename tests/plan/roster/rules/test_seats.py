"""What is asked for on each day, who may do it, and how many seats are filled."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.rules.seats import Demand, by_cell, demands, fill, is_able, may_do, pool_of, teams_of
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, absent_on, build_staff, may, person, request

SITE = english_site()


def asked(book: StaffBook, first: int = 4, last: int = 17) -> list[Demand]:
    return demands(book, SITE, may(first), may(last))


def one(level: str = "clinical", shift: str = "night", day: int = 5, **fields: Any) -> Demand:
    book = build_staff(requests=[request(level, shift, **fields)])
    return next(demand for demand in asked(book) if demand.date == may(day))


# What is asked for


def test_a_request_asks_on_each_of_its_days_within_the_period() -> None:
    book = build_staff(requests=[request("clinical", "day", first=may(8), last=may(11), days=["days off", "mon"])])
    assert [demand.date for demand in asked(book)] == [may(9), may(10), may(11)]
    assert [demand.date for demand in asked(book, 10, 10)] == [may(10)]
    assert asked(book, 12, 17) == []


def test_preferred_is_never_less_than_required() -> None:
    numbers = [one(required=required, preferred=preferred) for required, preferred in ((2, None), (2, 1), (0, 3))]
    assert [(demand.required, demand.preferred) for demand in numbers] == [(2, 2), (2, 2), (0, 3)]


def test_what_is_not_said_is_empty() -> None:
    demand = one("guard")
    assert (demand.department, demand.title, demand.skill, demand.skilled) == ("", "", "", 0)
    assert one("guard", department="wards").department == ""
    assert one(skilled=2).skilled == 0


def test_a_team_is_asked_for_without_title() -> None:
    assert one("nursing", by="team", title="RN").title == ""


# Who may do it


def test_pools_are_of_a_department_or_of_the_hospital() -> None:
    book = build_staff()
    assert pool_of(book, "clinical", "imaging") == ["Ana", "Ben", "Cleo", "Dan"]
    assert pool_of(book, "clinical", "wards") == []
    assert pool_of(book, "guard", "") == ["Sam", "Sue"]
    assert teams_of(book, "nursing", "imaging") == ["red", "green", "blue"]


def test_teams_come_in_order_of_their_turn() -> None:
    teams = [{"name": name, "department": "imaging", "level": "nursing", "turn": turn}
             for name, turn in (("red", 2), ("green", 3), ("blue", 1))]  # fmt: skip
    assert teams_of(build_staff(teams=teams), "nursing", "imaging") == ["blue", "red", "green"]


@pytest.mark.parametrize(
    ("who", "demand", "may_sit"),
    [
        ({}, one(), True),
        ({"levels": ["nursing"]}, one(), False),
        ({"department": "wards"}, one(), False),
        ({"department": "wards", "levels": ["guard"]}, one("guard"), True),
        ({"night": False}, one(), False),
        ({"night": False}, one(shift="day"), True),
        ({"day": False}, one(shift="day"), False),
        ({"day": False}, one(), True),
        ({"title": "MD"}, one(title="MD"), True),
        ({"title": "RN"}, one(title="MD"), False),
        ({"levels": ["guard"]}, one("guard", "late"), False),
    ],
)
def test_who_may_sit_in_a_seat(who: dict[str, Any], demand: Demand, may_sit: bool) -> None:
    assert may_do(build_staff(staff=[person("Zoe") | who]), "Zoe", demand) == may_sit


@pytest.mark.parametrize(("day", "able"), [(4, True), (5, False), (6, False), (7, False), (8, True)])
def test_who_is_away_on_a_day_has_no_night_that_ends_on_it(day: int, able: bool) -> None:
    book = build_staff(leave=[absent_on("Ana", 6, 7)])
    assert may_do(book, "Ana", one(day=day)) == able


def test_who_is_away_may_have_the_day_before() -> None:
    book = build_staff(leave=[absent_on("Ana", 6)])
    assert [may_do(book, "Ana", one(shift="day", day=day)) for day in (5, 6, 7)] == [True, False, True]


def test_an_exemption_holds_on_its_days_only_and_for_its_kind() -> None:
    book = build_staff(exemptions=[{"person": "Ana", "no": "nights", "first": may(6), "last": may(7)}])
    assert [may_do(book, "Ana", one(day=day)) for day in (5, 6, 7, 8)] == [True, False, False, True]
    assert may_do(book, "Ana", one(shift="day", day=6))
    assert may_do(book, "Ben", one(day=6))


def test_members_of_a_team_sit_where_their_team_is_asked_for_and_nobody_else() -> None:
    by_team, singly = one("nursing", by="team"), one("nursing")
    book = build_staff(staff=[person("Rose", "nursing", team="red"), person("Nan", "nursing")])
    assert [may_do(book, name, demand) for name, demand in product(("Rose", "Nan"), (by_team, singly))] == [
        True, False, False, True,
    ]  # fmt: skip
    assert is_able(book, "Rose", singly)


def test_a_team_of_another_level_is_not_asked_for() -> None:
    book = build_staff(staff=[person("Rose", "clinical", team="red")])
    assert not may_do(book, "Rose", one("clinical", by="team"))


def test_demands_of_a_cell_stand_together() -> None:
    book = build_staff(requests=[request("clinical", "day"), request("clinical", "day", title="MD")])
    cells = by_cell(asked(book, 4, 5))
    assert {cell: [demand.request for demand in there] for cell, there in cells.items()} == {
        (may(day), "day", "clinical", "imaging"): [0, 1] for day in (4, 5)
    }


# How many seats are filled


def test_persons_fill_seats_of_their_title_and_then_those_without() -> None:
    seats = [one(required=2), one(title="MD")]
    assert fill(seats, ["RN"], 0) == [1, 0]
    assert fill(seats, ["MD"], 0) == [0, 1]
    assert fill(seats, ["MD", "RN"], 0) == [1, 1]
    assert fill(seats, ["MD", "MD", "MD", "MD"], 0) == [2, 1]


def test_the_dearest_seats_are_filled_first_and_required_ones_before_preferred() -> None:
    seats = [one(required=1, preferred=2, too_few=200), one(title="MD", too_few=50)]
    assert fill(seats, ["MD"], 0) == [1, 0]
    assert fill(seats, ["MD", "MD"], 0) == [1, 1]
    assert fill(seats, ["MD", "MD", "MD"], 0) == [2, 1]


def test_teams_fill_seats_of_teams_only() -> None:
    seats = [one("nursing", by="team", required=2), one("nursing")]
    assert fill(seats, [""], 1) == [1, 1]
    assert fill(seats, [], 3) == [2, 0]


@given(
    st.lists(st.tuples(st.sampled_from(["", "MD", "RN"]), st.integers(0, 2), st.integers(1, 3)), max_size=3),
    st.lists(st.sampled_from(["", "MD", "RN"]), max_size=4),
)
def test_no_other_way_to_sit_down_fills_more(rows: list[tuple[str, int, int]], titles: list[str]) -> None:
    seats = [one(title=title or None, required=number, too_few=weight) for title, number, weight in rows]
    places = [n for n, demand in enumerate(seats) for _ in range(demand.required)]
    best = 0
    for sits in product([None, *range(len(places))], repeat=len(titles)):
        taken = [place for place in sits if place is not None]
        fits = all(p is None or seats[places[p]].title in ("", title) for p, title in zip(sits, titles, strict=True))
        if fits and len(set(taken)) == len(taken):
            best = max(best, sum(seats[places[place]].too_few for place in taken))
    found = fill(seats, titles, 0)
    assert sum(demand.too_few * number for demand, number in zip(seats, found, strict=True)) == best
    assert all(number <= demand.required for demand, number in zip(seats, found, strict=True))


def test_a_period_has_both_ends() -> None:
    assert len(demands(build_staff(requests=[request("clinical", "day")]), SITE, MONDAY, SUNDAY)) == 14
