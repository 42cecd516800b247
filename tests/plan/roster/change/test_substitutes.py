"""Absence: which duties are open, who could stand in and in which order, and what is owed then."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.book.model import Leave, StaffBook
from schedvisu_lib.plan.roster.change.changes import Refused
from schedvisu_lib.plan.roster.change.substitutes import Absence, StoodIn, absent, replan, stand_in
from schedvisu_lib.plan.roster.duty import Duty, from_table
from schedvisu_lib.plan.roster.rules.check import check
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, absent_on, build_staff, duty, may, request, table_of

PERIOD = (english_site(), MONDAY, SUNDAY)
STANDARD = [request("clinical", "day"), request("clinical", "night")]
BOOK = build_staff(requests=STANDARD)
NURSING = build_staff(requests=[request("nursing", "day", by="team"), request("nursing", "night", by="team")])
RED, GREEN, BLUE = ("Rose", "Ruby", "Rita", "Rolf"), ("Gail", "Gwen", "Gina", "Glen"), ("Beth", "Bill", "Bert", "Bess")


def team(day: int, shift: str, name: str, members: tuple[str, ...]) -> list[Duty]:
    return [duty(day, shift, member, "nursing", team=name) for member in members]


def away(table: pd.DataFrame, name: str, first: int, last: int, book: StaffBook = BOOK) -> Absence:
    return absent(table, book, *PERIOD, name, may(first), may(last))


def stands(one: Absence | StoodIn, which: Duty, substitute: str, **more: Any) -> StoodIn:
    return stand_in(one.table, one.book, *PERIOD, which, substitute, **more)


def proposed(one: Absence, number: int = 0) -> list[tuple[str, str, list[int]]]:
    """Return who could stand in for an open duty, as what, and the rules that this would break."""
    return [(each.person, each.why, [broken.rule for broken in each.broken]) for each in one.open[number].proposals]


def roster() -> pd.DataFrame:
    return table_of(
        duty(4, "night", "Ana"),
        duty(6, "night", "Ana", locked=True),
        duty(8, "day", "Ana"),
        duty(6, "day", "Cleo"),
        duty(5, "night", "Dan"),
        duty(11, "night", "Dan"),
    )


def test_duties_from_the_first_to_the_last_day_are_open_locked_or_not() -> None:
    table = roster()
    found = away(table, "Ana", 5, 7)
    assert [one.duty for one in found.open] == [duty(6, "night", "Ana", locked=True)]
    assert found.book.leave == (Leave(person="Ana", first=may(5), last=may(7), kind="absence"),)
    duties, [seat] = from_table(found.table)
    assert [one.date.day for one in duties if one.person == "Ana"] == [4, 8]
    assert (seat.date, seat.shift, seat.reason) == (may(6), "night", "Ana is absent")
    pd.testing.assert_frame_equal(table, roster())


def test_a_night_that_ends_on_the_first_day_stays_and_stops_nothing() -> None:
    found = away(roster(), "Ana", 5, 7)
    assert [(one.rule, one.person, one.date, one.stood) for one in found.broken] == [(7, "Ana", may(4), True)]
    assert duty(4, "night", "Ana", locked=True) in from_table(found.table)[0]
    assert away(roster(), "Ana", 4, 7).broken == []
    assert [one.locked for one in from_table(away(roster(), "Ana", 9, 9).table)[0] if one.person == "Ana"] == [
        False,
        True,
        False,
    ]


def test_who_breaks_no_rule_comes_first_and_then_who_has_the_fewest() -> None:
    """Cleo has a day on the 6th, Dan rests after a night; Ben has no night, were it not for what he did before."""
    found = away(roster(), "Ana", 5, 7)
    assert proposed(found) == [("Ben", "free", []), ("Dan", "free", [4, 5])]
    assert [one.count for one in found.open[0].proposals] == [(0, 0), (2, 2)]
    table = table_of(duty(6, "night", "Ana"), duty(9, "night", "Cleo"))
    had = [
        {"person": name, "level": "clinical", "nights": nights, "total": nights}
        for name, nights in (("Ben", 2), ("Dan", 1))
    ]
    book = build_staff(requests=STANDARD, counts=had)
    assert [name for name, _, _ in proposed(away(table, "Ana", 6, 6, book))] == ["Cleo", "Dan", "Ben"]


def test_who_is_away_or_of_another_pool_is_not_proposed() -> None:
    book = build_staff(
        requests=STANDARD, leave=[absent_on("Ben", 7)], exemptions=[{**absent_on("Dan", 6), "no": "nights"}]
    )
    assert proposed(away(table_of(duty(6, "night", "Ana")), "Ana", 6, 6, book)) == [
        ("Cleo", "free", []),
        ("Dan", "free", [6]),
    ]


def test_the_substitutes_duty_counts_for_the_substitute_and_the_absent_one_owes_it() -> None:
    found = away(roster(), "Ana", 5, 7)
    result = stands(found, found.open[0].duty, "Ben")
    [one] = [each for each in from_table(result.table)[0] if each.origin == "substitute"]
    assert one == duty(6, "night", "Ben", origin="substitute", locked=True)
    assert from_table(result.table)[1] == []
    assert [(debt.debtor, debt.creditor, debt.date) for debt in result.book.debts] == [("Ana", "Ben", may(6))]
    assert result.broken == []


def test_a_substitute_who_breaks_a_rule_is_refused_unless_that_is_wanted() -> None:
    found = away(roster(), "Ana", 5, 7)
    with pytest.raises(Refused, match="does not stand in: Dan, Wed 6 May, night: the day after a night"):
        stands(found, found.open[0].duty, "Dan")
    assert [one.rule for one in stands(found, found.open[0].duty, "Dan", in_spite=True).broken] == [4, 5]


def test_where_the_substitute_falls_ill_too_the_first_one_owes_the_last() -> None:
    first = away(roster(), "Ana", 5, 7)
    ben = stands(first, first.open[0].duty, "Ben")
    second = away(ben.table, "Ben", 6, 6, ben.book)
    cleo = stands(second, second.open[0].duty, "Dan", in_spite=True)
    assert [(debt.debtor, debt.creditor) for debt in cleo.book.debts] == [("Ana", "Dan")]


def test_at_least_half_of_a_team_does_the_work() -> None:
    table = table_of(*team(4, "day", "red", RED))
    one = away(table, "Rose", 4, 4, NURSING)
    assert [(each.present, each.size, each.is_covered, each.proposals) for each in one.open] == [(3, 4, True, ())]
    two = away(one.table, "Ruby", 4, 4, one.book)
    assert [(each.present, each.is_covered) for each in two.open] == [(2, True)]
    assert check(two.table, two.book, *PERIOD) == []
    assert from_table(two.table)[1] == []


def test_below_half_one_of_the_next_team_is_called_up() -> None:
    """Green has the night of that day, so the next in turn is blue; those of green are not free."""
    table = table_of(*team(4, "day", "red", RED[2:]), *team(4, "night", "green", GREEN))
    book = build_staff(requests=NURSING.requests, leave=[absent_on("Rose", 4), absent_on("Ruby", 4)])
    found = away(table, "Rita", 4, 4, book)
    assert [(each.present, each.size, each.is_covered) for each in found.open] == [(1, 4, False)]
    assert proposed(found) == [(name, "next team", []) for name in sorted(BLUE)]
    result = stands(found, found.open[0].duty, "Bill")
    [one] = [each for each in from_table(result.table)[0] if each.origin == "substitute"]
    assert (one.person, one.team, one.shift) == ("Bill", "red", "day")
    assert check(result.table, result.book, *PERIOD) == []


def test_the_next_team_goes_before_who_has_fewer_and_rules_before_the_next_team() -> None:
    """Blue, the next after red and green, had the night before; so all of it would break a rule."""
    few = [absent_on(name, 5) for name in RED[1:3]]
    book = build_staff(requests=NURSING.requests, leave=few)
    duties = [*team(5, "day", "red", ("Rose", "Rolf"))]
    busy = [*team(7, "day", "green", GREEN), *team(9, "day", "green", GREEN)]
    found = away(table_of(*duties, *busy), "Rose", 5, 5, book)
    assert [why for _, why, _ in proposed(found)] == ["next team"] * 4 + ["free"] * 4
    assert [name for name, _, _ in proposed(found)] == [*sorted(GREEN), *sorted(BLUE)]
    tired = [*duties, *team(4, "night", "green", GREEN)]
    found = away(table_of(*tired), "Rose", 5, 5, book)
    assert [(why, bool(rules)) for _, why, rules in proposed(found)] == [("free", False)] * 4 + [
        ("next team", True)
    ] * 4


def test_a_whole_team_that_is_away_leaves_its_seat_empty() -> None:
    book = build_staff(requests=NURSING.requests, leave=[absent_on(name, 4) for name in RED[1:]])
    found = away(table_of(duty(4, "day", "Rose", "nursing", team="red")), "Rose", 4, 4, book)
    assert [(seat.shift, seat.reason) for seat in from_table(found.table)[1]] == [("day", "Rose is absent")]
    assert len(found.open[0].proposals) == 8


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(PlanError, match='person "Zoe" is not in the book'):
        away(roster(), "Zoe", 4, 4)
    with pytest.raises(PlanError, match=r"the absence ends \(2026-05-04\) before it begins \(2026-05-05\)"):
        away(roster(), "Ana", 5, 4)
    found = away(roster(), "Ana", 5, 7)
    with pytest.raises(PlanError, match="Ana is the one who is absent; name somebody else"):
        stands(found, found.open[0].duty, "Ana")


def test_the_planner_fills_what_is_open_with_no_other_change() -> None:
    """Ben alone can have Ana's night; all others keep what they had, and she owes it to him."""
    pytest.importorskip("ortools")
    book = build_staff(
        requests=[request("clinical", "day", last=may(7)), request("clinical", "night", last=may(7))],
        leave=[absent_on("Dan", 8)],
    )
    days = [duty(day, "day", name) for day, name in ((4, "Cleo"), (5, "Cleo"), (6, "Cleo"), (7, "Cleo"))]
    nights = [duty(day, "night", name) for day, name in ((4, "Ana"), (5, "Dan"), (6, "Ben"), (7, "Ana"))]
    found = absent(table_of(*days, *nights), book, *PERIOD[:2], may(7), "Ana", may(4), may(4))
    result = replan(found, *PERIOD[:2], may(7))
    has = from_table(result.table)[0]
    assert [one.person for one in has if one.shift == "day"] == ["Cleo"] * 4
    assert [one.person for one in has if one.shift == "night"] == ["Ben", "Dan", "Ben", "Ana"]
    assert [one.date for one in has if one.origin == "substitute"] == [may(4)]
    assert [(debt.debtor, debt.creditor, debt.date) for debt in result.book.debts] == [("Ana", "Ben", may(4))]


def test_planning_around_an_absence_leaves_the_days_before_it_as_they_were() -> None:
    """Only Ben could do the day of the 6th, if Dan had had his night before."""
    book = build_staff(
        requests=[request("clinical", "day", first=may(6), last=may(6)), request("clinical", "night", last=may(5))],
        leave=[absent_on("Cleo", 4, 8)],
        exemptions=[absent_on("Dan", 4, 8) | {"no": "days"}],
    )
    table = table_of(duty(5, "night", "Ben"), duty(6, "day", "Ana"))
    result = replan(absent(table, book, *PERIOD[:2], may(7), "Ana", may(6), may(6)), *PERIOD[:2], may(7))
    has, empty = from_table(result.table)
    assert [(one.date, one.person, one.locked) for one in has] == [(may(5), "Ben", False)]
    assert [seat.date for seat in empty] == [may(6)]
