"""A first roster: one person after the other takes the row that is worth most."""

from __future__ import annotations

from typing import Final

import numpy as np
from ortools.sat.python import cp_model

from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.suite.arrays import WEEKENDS, Facts, Floats, Ints, without_weekends
from schedvisu_lib.plan.roster.suite.instance import OFF, SATURDAY, WEEK, Instance, Worker
from schedvisu_lib.plan.roster.suite.kernels import cheapest_rows

_LONG: Final = 100
"""Days from which on weekends are first made dear, not counted."""
_DEAR: Final = (0, 30, 100, 300, 1000)
"""What a shift at a weekend costs then, one after the other."""
_FEW: Final = 1_500_000
"""States then."""
_SECONDS: Final = 60.0
"""For one person's row if the dynamic programme has not found one."""


def first_rows(instance: Instance, facts: Facts, values: Floats) -> Ints:
    """Return everybody's row.

    Raises
    ------
    PlanError
        There is no row that keeps a person's rules; all of these people are named.
    """
    rows = np.full((len(instance.workers), instance.days), OFF, np.int32)
    there = np.zeros_like(facts.required)
    without = []
    for person, worker in enumerate(instance.workers):
        costs = np.where(there < facts.required, -facts.under, facts.over).astype(np.float32)
        row = _row(instance, facts, person, costs, values)
        if row is None:
            without.append(worker.name)
            continue
        rows[person] = row
        days = np.flatnonzero(row >= 0)
        there[days, row[days]] += 1
    if without:
        raise PlanError(
            f"no row of days keeps the rules of {', '.join(without)}; loosen a limit or take away a day off"
        )
    return rows


def _row(instance: Instance, facts: Facts, person: int, costs: Floats, values: Floats) -> Ints | None:
    """Return a cheap row of a person; nothing if there is none."""
    if instance.days > _LONG:
        row = _row_of_many_weeks(facts, person, costs, values)
        if row is not None:
            return row
    found, least = _cheapest(facts, person, costs, values)
    if found is None and least < np.inf:  # there was not enough scratch to prove that there is none
        return any_row(instance, instance.workers[person])
    return found


def _row_of_many_weeks(facts: Facts, person: int, costs: Floats, values: Floats) -> Ints | None:
    """Return a row with work at weekends made dear, not limited: its states are some times fewer."""
    free = without_weekends(facts)
    weekend = np.arange(len(costs)) % WEEK >= SATURDAY
    for dear in _DEAR:
        row, _ = _cheapest(free, person, (costs + dear * weekend[:, None]).astype(np.float32), values[:_FEW])
        if row is None:
            return None
        weekends = {day // WEEK for day in np.flatnonzero((row >= 0) & weekend).tolist()}
        if len(weekends) <= facts.limits[person, WEEKENDS]:
            return row
    return None


def _cheapest(facts: Facts, person: int, costs: Floats, values: Floats) -> tuple[Ints | None, float]:
    """Return the cheapest row if one was found, and a cost that none is below."""
    row, told = np.full((1, len(costs)), OFF, np.int32), np.zeros((1, 2))
    cheapest_rows(facts, costs, np.array([person], np.int32), row, 0, len(costs), row, told, values)
    return row[0] if np.isfinite(told[0, 0]) else None, float(told[0, 1])


def any_row(instance: Instance, worker: Worker) -> Ints | None:
    """Return a row that keeps a person's rules, by CP-SAT; nothing if there is none, or if none is found in time."""
    model = cp_model.CpModel()
    works = add_rules(model, instance, worker)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = _SECONDS
    solver.parameters.num_workers = 1
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    row = [[number for number, shift in enumerate(day) if solver.value(shift)] for day in works]
    return np.array([numbers[0] if numbers else OFF for numbers in row], np.int32)


def add_rules(model: cp_model.CpModel, instance: Instance, worker: Worker) -> list[list[cp_model.IntVar]]:
    """Add a person's rules to a model; return, of each day, whether they work each shift."""
    shifts, days = instance.shifts, instance.days
    works = [[model.new_bool_var("") for _ in shifts] for _ in range(days)]
    on = [model.new_bool_var("") for _ in range(days)]
    for day in range(days):
        model.add(sum(works[day]) == on[day])
        if day in worker.days_off:
            model.add(on[day] == 0)
    for one, first in enumerate(shifts):
        model.add(sum(works[day][one] for day in range(days)) <= worker.most_of.get(first.name, days))
        for other, second in enumerate(shifts):
            if second.name in first.not_before:
                for day in range(days - 1):
                    model.add_bool_or(~works[day][one], ~works[day + 1][other])
    minutes = sum(shift.minutes * works[day][number] for day in range(days) for number, shift in enumerate(shifts))
    model.add_linear_constraint(minutes, worker.least_minutes, worker.most_minutes)
    for day in range(days - worker.most_days_on):
        model.add(sum(on[day : day + worker.most_days_on + 1]) <= worker.most_days_on)
    _no_short_rows(model, on, worker.least_days_on, worker.least_days_off)
    _few_weekends(model, on, worker.most_weekends)
    return works


def _few_weekends(model: cp_model.CpModel, on: list[cp_model.IntVar], most: int) -> None:
    weekends = []
    for saturday in range(SATURDAY, len(on), WEEK):
        weekends.append(model.new_bool_var(""))
        for day in on[saturday : saturday + 2]:
            model.add_implication(day, weekends[-1])
    model.add(sum(weekends) <= most)


def _no_short_rows(model: cp_model.CpModel, on: list[cp_model.IntVar], least_on: int, least_off: int) -> None:
    """Forbid days on or off in a row that are too few, between two days of the other kind."""
    for least, sign in ((least_on, True), (least_off, False)):
        for length in range(1, least):
            for first in range(1, len(on) - length):
                inside = [~day if sign else day for day in on[first : first + length]]
                ends = [on[first - 1], on[first + length]]
                model.add_bool_or([*inside, *(ends if sign else [~day for day in ends])])
