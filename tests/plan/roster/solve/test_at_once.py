"""Rosters without any time to search: rules kept, seats filled, burdens spread; and searches that begin there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings

from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import from_table
from schedvisu_lib.plan.roster.roster import Roster, plan_roster
from schedvisu_lib.plan.roster.rules.check import check_duties
from schedvisu_lib.plan.roster.solve.at_once import at_once
from schedvisu_lib.plan.roster.solve.evenness import Fairness
from schedvisu_lib.plan.roster.solve.parts import parts_of
from schedvisu_lib.plan.roster.solve.problem import make_problem
from schedvisu_lib.plan.roster.solve.search import ALONE, solve
from tests.plan.conftest import english_site
from tests.plan.roster import books, small

LATE = small.may(15)


def without_time(book: StaffBook, first: date = small.MONDAY, last: date = small.SUNDAY, **more: Any) -> Roster:
    return plan_roster(book, english_site(), first, last, seconds=0.0, **more)


def alone(
    names: Sequence[str], *rows: dict[str, Any], contract: dict[str, Any] | None = None, **more: Any
) -> StaffBook:
    """Return a book of some clinicians under one contract, who are asked for as rows say."""
    staff = [{**small.person(name), "contract": "limits" if contract else None} for name in names]
    contracts = [{"name": "limits", **contract}] if contract else []
    return small.build_staff(staff=staff, teams=[], contracts=contracts, requests=list(rows), **more)


def days_of(made: Roster, name: str) -> list[int]:
    return list(made.table.loc[made.table["person"] == name, "date"].dt.day)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(books.staff_books())
def test_a_roster_at_once_breaks_no_rule(book: StaffBook) -> None:
    made = without_time(book, books.FIRST, books.LAST)
    found = check_duties(from_table(made.table)[0], book, english_site(), books.FIRST, books.LAST)
    assert [one.text for one in found if not one.stood] == []


def test_every_seat_is_filled_without_time_to_search() -> None:
    made = without_time(small.build_staff())
    assert made.empty == 0
    assert not made.proved
    assert made.table.groupby(["date", "level", "shift"]).size().loc[:, "clinical", :].tolist() == [1] * 28


def test_nights_are_spread_evenly_at_once() -> None:
    """Twelve nights for four: three each."""
    book = alone(("Ana", "Ben", "Cleo", "Dan"), small.request("clinical", "night"))
    made = without_time(book, last=LATE)
    assert [len(days_of(made, name)) for name in ("Ana", "Ben", "Cleo", "Dan")] == [3, 3, 3, 3]


def test_who_wishes_a_day_off_has_it_at_once() -> None:
    wish = {"person": "Ana", "first": small.may(4), "last": small.may(6), "wants": "off", "weight": 9}
    made = without_time(alone(("Ana", "Ben"), small.request("clinical", "day", last=small.may(9)), wishes=[wish]))
    assert days_of(made, "Ana") == [7, 8, 9]


def test_somebody_gives_a_duty_away_who_is_needed_elsewhere() -> None:
    """One duty each: Ana comes first on Monday, but on Tuesday only she is there."""
    book = alone(
        ("Ana", "Ben"), small.request("clinical", "day", last=small.may(5)), contract={"most_shifts": 1},
        leave=[small.absent_on("Ben", 5)],
    )  # fmt: skip
    made = without_time(book, last=small.may(5))
    assert (made.empty, days_of(made, "Ben"), days_of(made, "Ana")) == (0, [4], [5])


def test_too_few_days_in_a_row_are_none() -> None:
    request = small.request("clinical", "day", first=small.may(6), last=small.may(6))
    made = without_time(alone(("Ana",), request, contract={"least_in_row": 2}))
    assert made.empty == 1


def test_who_has_begun_a_stretch_goes_on_with_it() -> None:
    request = small.request("clinical", "day", first=small.may(5), last=small.may(8))
    book = alone(("Ana", "Ben"), request, contract={"least_in_row": 2, "most_in_row": 2, "least_free_in_row": 2})
    made = without_time(book)
    assert (days_of(made, "Ana"), days_of(made, "Ben")) == ([5, 6], [7, 8])


def test_a_skill_that_is_asked_for_comes_first() -> None:
    staff = [small.person("Ana"), {**small.person("Ben"), "skills": ["PET"]}]
    asked = small.request("clinical", "day", skill="PET", skilled=1, last=small.MONDAY)
    made = without_time(small.build_staff(staff=staff, teams=[], requests=[asked]), last=small.MONDAY)
    assert made.table["person"].tolist() == ["Ben"]


def test_a_roster_that_is_kept_stays_as_it_is_at_once() -> None:
    book = small.build_staff()
    was = plan_roster(book, english_site(), small.MONDAY, small.SUNDAY).table
    assert without_time(book, keep=was).changes == 0


def test_a_search_that_finds_nothing_returns_where_it_began() -> None:
    book = alone(("Ana", "Ben"), small.request("clinical", "night"))
    problem = make_problem(book, english_site(), small.MONDAY, small.SUNDAY)
    (part,), fairness = parts_of(problem), Fairness(problem)
    start = at_once(problem, part, fairness)
    found = solve(problem, part, fairness, ALONE, seconds=30.0, hint=start, stopped=lambda: True, work=0.0)
    assert len(start) == 14
    assert found.taken == start
    assert found.values["unfilled"] == found.bounds["unfilled"] == 0


def test_what_an_earlier_search_proved_is_not_proved_again() -> None:
    book = alone(("Ana", "Ben"), small.request("clinical", "night"))
    problem = make_problem(book, english_site(), small.MONDAY, small.SUNDAY)
    (part,), fairness = parts_of(problem), Fairness(problem)
    found = solve(problem, part, fairness, ALONE, seconds=30.0)
    again = solve(problem, part, fairness, ALONE, seconds=0.0, hint=found.taken, work=0.0, earlier=found)
    assert found.proved
    assert (again.taken, again.values, again.bounds, again.proved) == (found.taken, found.values, found.bounds, True)
