"""Rosters keep every hard rule whatever the limits are, and no bound is above a cost."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.suite.arrays import base_of, facts_of, rows_of
from schedvisu_lib.plan.roster.suite.instance import OFF, Instance
from schedvisu_lib.plan.roster.suite.reading import read_instance
from schedvisu_lib.plan.roster.suite.rules import broken_rules, cost_of
from schedvisu_lib.plan.roster.suite.solve import solve
from schedvisu_lib.plan.roster.suite.start import add_rules
from schedvisu_lib.plan.roster.suite.state import cost_of_rows
from tests.plan.roster.suite.instances import by_chance, small, worker

SUITE = Path(os.environ.get("SCHEDVISU_ROSTERING", "no-suite"))
"""The public files carry no licence, so they are not part of the project."""


def least_cost(instance: Instance) -> int:
    """Return what the best roster costs, by CP-SAT on one Boolean for each person, day and shift."""
    model = cp_model.CpModel()
    works = {one.name: add_rules(model, instance, one) for one in instance.workers}
    number = {shift.name: place for place, shift in enumerate(instance.shifts)}
    cost = []
    for request in instance.requests:
        met = works[request.worker][request.day][number[request.shift]]
        cost.append(request.weight * ((1 - met) if request.wanted else met))
    for cover in instance.cover:
        there = sum(works[one.name][cover.day][number[cover.shift]] for one in instance.workers)
        under, over = (model.new_int_var(0, 99, "") for _ in range(2))
        model.add(there + under - over == cover.required)
        cost += [cover.under * under, cover.over * over]
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def test_the_week_worked_out_by_hand() -> None:
    solution = solve(small(), seconds=1)
    assert solution.cost == 5
    assert solution.bound == 5
    assert solution.gap == 0
    assert solution.roster == ((0, 0, 0, OFF, OFF, 0, 0), (OFF, OFF, OFF, 0, 0, OFF, OFF))


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), people=st.integers(1, 4), days=st.integers(6, 15), shifts=st.integers(1, 3))
def test_cost_and_bound_lie_around_the_best(seed: int, people: int, days: int, shifts: int) -> None:
    instance = by_chance(seed, people, days, shifts)
    solution = solve(instance, seconds=0.3)
    assert broken_rules(instance, solution.roster) == []
    assert solution.cost == cost_of(instance, solution.roster)
    best = least_cost(instance)
    assert solution.bound <= best <= solution.cost
    assert solution.cost <= 1.02 * best + 3


@pytest.mark.parametrize(
    ("people", "days", "shifts"), [(1, 3, 1), (12, 28, 5), (25, 42, 8), (6, 120, 3), (3, 364, 4), (30, 30, 32)]
)
def test_any_size_gives_a_roster_that_keeps_the_rules(people: int, days: int, shifts: int) -> None:
    instance = by_chance(people, people, days, shifts)
    solution = solve(instance, seconds=0.6)
    assert broken_rules(instance, solution.roster) == []
    assert solution.bound <= solution.cost == cost_of(instance, solution.roster)


def test_costs_in_arrays_are_those_of_the_checker() -> None:
    instance = by_chance(3, 8, 21, 3)
    roster = solve(instance, seconds=0.1).roster
    assert cost_of_rows(facts_of(instance), rows_of(roster)) + base_of(instance) == cost_of(instance, roster)


def test_people_without_a_row_are_named() -> None:
    busy = worker("Eve", least_minutes=7 * 480, most_days_on=3)
    week = small()
    with pytest.raises(PlanError, match="no row of days keeps the rules of Eve; loosen a limit"):
        solve(replace(week, workers=(*week.workers, busy)), seconds=0.1)


@pytest.mark.skipif(not SUITE.is_dir(), reason="SCHEDVISU_ROSTERING names no folder")
@pytest.mark.parametrize(("number", "best"), [(2, 828), (4, 1716)])
def test_best_known_costs_are_found_and_proved(number: int, best: int) -> None:
    solution = solve(read_instance(SUITE / f"Instance{number}.txt"), seconds=10)
    assert (solution.cost, solution.bound) == (best, best)
