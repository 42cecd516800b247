"""Each hard rule is found by itself, and the cost is counted as the suite counts it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schedvisu_lib.plan.roster.suite.instance import OFF, Cover, Instance, Request, Shift, Worker
from schedvisu_lib.plan.roster.suite.rules import broken_rules, cost_of
from tests.plan.roster.suite.instances import small, worker

E, N = 0, 1
SHIFTS = (Shift("E", 480), Shift("N", 600, frozenset({"E"})))


def broken(row: str, one: Worker) -> list[str]:
    """Return what a row breaks; its letters are shifts, or "-" for a day off."""
    days = tuple({"E": E, "N": N, "-": OFF}[letter] for letter in row)
    return broken_rules(Instance(len(row), SHIFTS, (one,)), (days,))


@pytest.mark.parametrize(
    ("row", "limits", "said"),
    [
        ("EE-NN--", {"most_of": {"N": 1}}, ["A: 2 shifts N, 1 at most"]),
        ("EE-NN--", {"most_minutes": 2159}, ["A: 2160 minutes, 0 to 2159 asked for"]),
        ("EE-NN--", {"least_minutes": 2161}, ["A: 2160 minutes, 2161 to 100000 asked for"]),
        ("EEE-EE-", {"most_days_on": 2}, ["A: 3 days on from day 0, 2 at most"]),
        ("E--E--E", {"least_days_on": 2}, ["A: 1 days on from day 3, 2 at least"]),
        ("-EE-EE-", {"least_days_off": 2}, ["A: 1 days off from day 3, 2 at least"]),
        ("-----E-----EE-", {"most_weekends": 1}, ["A: 2 weekends, 1 at most"]),
        ("-----EE-------", {"most_weekends": 1}, []),
        ("------E", {"most_weekends": 0}, ["A: 1 weekends, 0 at most"]),
        ("-E-----", {"days_off": frozenset({1, 2})}, ["A: works on day 1, a day off"]),
        ("-NE----", {}, ["A: shift E on day 2 follows N"]),
        ("-N-E-EN", {}, []),
    ],
)
def test_a_broken_rule_is_named(row: str, limits: dict[str, object], said: list[str]) -> None:
    assert broken(row, worker(**limits)) == said


def test_what_touches_an_end_is_never_too_short_but_can_be_too_long() -> None:
    one = worker(least_days_on=3, least_days_off=3, most_days_on=3)
    assert broken("E---EEE---E", one) == []
    assert broken("-EEE---EEE-", one) == []
    assert broken("EEEE---", one) == ["A: 4 days on from day 0, 3 at most"]


def test_cost_is_requests_and_cover() -> None:
    instance = Instance(
        1,
        SHIFTS,
        tuple(worker(name) for name in "ABC"),
        (Request("A", 0, "E", 5, True), Request("B", 0, "E", 7, False), Request("C", 0, "N", 11, False)),
        (Cover(0, "E", 1, 100, 10), Cover(0, "N", 2, 1000, 1)),
    )
    assert cost_of(instance, ((E,), (E,), (OFF,))) == 7 + 10 + 2000
    assert cost_of(instance, ((N,), (OFF,), (N,))) == 5 + 11 + 100


def test_a_roster_of_another_shape_is_no_roster() -> None:
    instance = small()
    assert broken_rules(instance, ()) == ["0 rows for 2 people"]
    assert broken_rules(replace(instance, workers=instance.workers[:1]), ((OFF,),)) == ["Ann: 1 days instead of 7"]
    assert broken_rules(Instance(1, SHIFTS, (worker(),)), ((2,),)) == ["A: a shift that is not in the instance"]
