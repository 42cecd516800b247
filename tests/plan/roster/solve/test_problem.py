"""Duties of which one person has one at most."""

from __future__ import annotations

from schedvisu_lib.plan.roster.solve.problem import cliques
from tests.plan.roster import small


def test_a_night_is_apart_from_its_day_and_the_next() -> None:
    friday, saturday, sunday = small.may(8), small.may(9), small.may(10)
    duties = {(friday, "night"), (saturday, "day"), (saturday, "night"), (sunday, "day"), (sunday, "night")}
    assert set(cliques(small.build_staff(), duties)) == {
        frozenset({(friday, "night"), (saturday, "day"), (saturday, "night")}),
        frozenset({(saturday, "night"), (sunday, "day"), (sunday, "night")}),
    }


def test_a_duty_that_is_apart_from_none_stands_alone() -> None:
    monday, thursday = (small.may(4), "day"), (small.may(7), "day")
    assert set(cliques(small.build_staff(), {monday, thursday})) == {frozenset({monday}), frozenset({thursday})}
