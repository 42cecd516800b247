"""Swaps: rules hold for both, and fairness counts stay as they were, whatever is swapped how often."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.change.changes import Change, Refused
from schedvisu_lib.plan.roster.change.swaps import Turn, give, swap
from schedvisu_lib.plan.roster.duty import from_table
from schedvisu_lib.plan.roster.rules.check import check
from schedvisu_lib.plan.roster.rules.fair import counts, spread, unevenness
from tests.plan.conftest import english_site
from tests.plan.roster.small import MONDAY, SUNDAY, build_staff, duty, may, request, table_of

BOOK = build_staff(requests=[request("clinical", "day"), request("clinical", "night")])
TERMS = (BOOK, english_site(), MONDAY, SUNDAY)


def roster() -> pd.DataFrame:
    """Return a roster: nights of Ana on Monday and Thursday, of Ben on Saturday; days of Cleo and Dan."""
    return table_of(
        duty(4, "night", "Ana"),
        duty(7, "night", "Ana"),
        duty(9, "night", "Ben"),
        duty(5, "day", "Cleo"),
        duty(8, "day", "Dan", locked=True),
    )


def turn(name: str, day: int) -> Turn:
    return Turn(name, may(day))


def swapped(table: pd.DataFrame, one: Turn, other: Turn, **more: Any) -> Change:
    return swap(table, *TERMS, one, other, **more)


def who(table: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Return day, person and whom it counts for."""
    return [(one.date.day, one.person, one.counts_for) for one in from_table(table)[0]]


def test_two_exchange_their_duties_and_each_counts_for_the_one_who_had_it() -> None:
    before = roster()
    table, broken = swapped(before, turn("Ana", 7), turn("Ben", 9))
    assert broken == []
    assert who(table) == [(4, "Ana", ""), (5, "Cleo", ""), (7, "Ben", "Ana"), (8, "Dan", ""), (9, "Ana", "Ben")]
    assert [one.origin for one in from_table(table)[0]] == ["auto", "auto", "swap", "auto", "swap"]
    pd.testing.assert_frame_equal(before, roster())
    fair = counts(from_table(table)[0], *TERMS)
    assert fair["clinical", "imaging", "Ana"] == {"nights": 2, "weekends": 0, "holidays": 0, "total": 2}
    assert fair["clinical", "imaging", "Ben"] == {"nights": 1, "weekends": 1, "holidays": 0, "total": 1}


def test_a_swap_of_a_swap_still_counts_for_the_first_one() -> None:
    table = swapped(roster(), turn("Ana", 7), turn("Ben", 9)).table
    table = swapped(table, turn("Ben", 7), turn("Cleo", 5)).table
    assert who(table)[1:3] == [(5, "Ben", "Cleo"), (7, "Cleo", "Ana")]


def test_a_duty_that_is_given_back_counts_for_its_person() -> None:
    table = swapped(roster(), turn("Ana", 7), turn("Ben", 9)).table
    assert who(swapped(table, turn("Ben", 7), turn("Ana", 9)).table) == who(roster())
    given_away = give(roster(), *TERMS, turn("Ana", 7), "Cleo").table
    assert who(given_away)[2] == (7, "Cleo", "Ana")
    assert who(give(given_away, *TERMS, turn("Cleo", 7), "Ana").table) == who(roster())


def test_the_rule_that_one_of_the_two_would_break_is_named() -> None:
    with pytest.raises(Refused) as refused:
        swapped(roster(), turn("Ana", 7), turn("Cleo", 5))
    assert [(one.rule, one.person, one.date) for one in refused.value.broken] == [
        (4, "Ana", may(5)),
        (5, "Ana", may(5)),
    ]
    with pytest.raises(Refused, match=r"not swapped: Ana, Tue 5 May, day: the day after a night .* \(rule 4"):
        swapped(roster(), turn("Cleo", 5), turn("Ana", 7))


def test_it_is_swapped_in_spite_of_the_rule_if_that_is_wanted_and_stands() -> None:
    table, broken = swapped(roster(), turn("Ana", 7), turn("Cleo", 5), in_spite=True)
    assert [one.rule for one in broken] == [4, 5]
    assert who(table)[1:3] == [(5, "Ana", "Cleo"), (7, "Cleo", "Ana")]
    assert give(table, *TERMS, turn("Cleo", 7), "Dan", in_spite=True).broken != []


def test_a_member_of_a_team_may_swap_with_one_of_another() -> None:
    """The team is whole as before, and each goes on duty with the other's."""
    nursing = build_staff(requests=[request("nursing", "day", by="team")])
    red, green = ("Rose", "Ruby", "Rita", "Rolf"), ("Gail", "Gwen", "Gina", "Glen")
    duties = [duty(day, "day", name, "nursing", team=team)
              for day, team, names in ((4, "red", red), (5, "green", green)) for name in names]  # fmt: skip
    table, broken = swap(table_of(*duties), nursing, *TERMS[1:], turn("Rose", 4), turn("Gail", 5))
    assert broken == []
    moved = [(one.date.day, one.person, one.team) for one in from_table(table)[0] if one.origin == "swap"]
    assert moved == [(4, "Gail", "red"), (5, "Rose", "green")]
    assert check(table, nursing, *TERMS[1:]) == []


def test_what_cannot_be_swapped_is_said() -> None:
    for change in (
        lambda: swapped(roster(), turn("Dan", 8), turn("Ben", 9), in_spite=True),
        lambda: swapped(roster(), turn("Ben", 9), turn("Dan", 8), in_spite=True),
        lambda: give(roster(), *TERMS, turn("Dan", 8), "Ben", in_spite=True),
    ):
        with pytest.raises(PlanError, match="Dan on 2026-05-08, day: is locked; unlock it first"):
            change()
    with pytest.raises(PlanError, match="both duties are those of Ana; name the duties of two people"):
        swapped(roster(), turn("Ana", 4), turn("Ana", 7))
    with pytest.raises(PlanError, match="Ben has no duty on 2026-05-04; name one of the roster"):
        swapped(roster(), turn("Ana", 4), turn("Ben", 4))
    with pytest.raises(PlanError, match='person "Zoe" is not in the book'):
        swapped(table_of(duty(4, "day", "Zoe"), duty(5, "day", "Ana")), turn("Ana", 5), turn("Zoe", 4))
    with pytest.raises(PlanError, match='person "Zoe" is not in the book'):
        give(roster(), *TERMS, turn("Ana", 4), "Zoe")
    with pytest.raises(PlanError, match="the duty is that of Ana already; name somebody else"):
        give(roster(), *TERMS, turn("Ana", 4), "Ana")


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["Ana", "Ben", "Cleo"])), max_size=5))
def test_no_sequence_of_swaps_changes_a_count_or_moves_what_is_locked(steps: list[tuple[int, int, str]]) -> None:
    """Each step swaps two duties, or gives one away where both are one's own; rules or not."""
    table = roster()
    had = from_table(table)[0]
    for one, other, taker in steps:
        duties = from_table(table)[0]
        first, second = (Turn(duties[n].person, duties[n].date, duties[n].shift) for n in (one, other))
        try:
            if duties[one].person == duties[other].person:
                table = give(table, *TERMS, first, taker, in_spite=True).table
            else:
                table = swapped(table, first, second, in_spite=True).table
        except PlanError:
            assert duties[one].locked or duties[other].locked or taker == duties[one].person
    has = from_table(table)[0]
    assert counts(has, *TERMS) == counts(had, *TERMS)
    assert unevenness(has, *TERMS) == unevenness(had, *TERMS)
    assert spread(has, *TERMS) == spread(had, *TERMS)
    assert [one for one in has if one.locked] == [one for one in had if one.locked]
    assert [(one.date, one.shift, one.counted) for one in has] == [(one.date, one.shift, one.counted) for one in had]
