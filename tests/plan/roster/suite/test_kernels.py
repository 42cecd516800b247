"""The dynamic programme finds the cheapest row that keeps the rules, for the whole horizon and for some of its days."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedvisu_lib.plan.roster.suite.arrays import facts_of
from schedvisu_lib.plan.roster.suite.instance import OFF, Instance
from schedvisu_lib.plan.roster.suite.kernels import cheapest_rows
from schedvisu_lib.plan.roster.suite.rules import broken_rules
from schedvisu_lib.plan.roster.suite.start import any_row
from tests.plan.roster.suite.instances import by_chance

SPACE = np.empty(200_000, np.float32)
ONLY = np.zeros(1, np.int32)


def all_rows(instance: Instance) -> list[tuple[int, ...]]:
    """Return every row of the first person that keeps the rules."""
    alone = Instance(instance.days, instance.shifts, instance.workers[:1])
    rows = product(range(OFF, len(instance.shifts)), repeat=instance.days)
    return [row for row in rows if not broken_rules(alone, (row,))]


def price(instance: Instance, costs: np.ndarray, row: tuple[int, ...], first: int = 0, until: int = 99) -> float:
    """Return what some days of a row cost the first person, with wishes."""
    wishes = facts_of(instance).wishes[0] + costs
    days = [(day, shift) for day, shift in enumerate(row) if shift != OFF and first <= day < until]
    return float(sum(wishes[day, shift] for day, shift in days))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), days=st.integers(5, 10), shifts=st.integers(1, 2))
def test_the_cheapest_of_all_rows(seed: int, days: int, shifts: int) -> None:
    shifts = shifts if days <= 7 else 1  # all rows are looked at
    instance = by_chance(seed, 1, days, shifts)
    costs = np.random.default_rng(seed).integers(-9, 9, (days, shifts)).astype(np.float32)
    row, told = np.full((1, days), OFF, np.int32), np.zeros((1, 2))
    cheapest_rows(facts_of(instance), costs, ONLY, row, 0, days, row, told, SPACE)
    best = min(price(instance, costs, one) for one in all_rows(instance))
    assert told[0, 1] <= best + 1e-4  # a bound in any case
    if told[0, 0] == told[0, 1]:
        assert told[0, 0] == pytest.approx(best)
    assert np.isfinite(told[0, 0]) or told[0, 1] < np.inf
    if np.isfinite(told[0, 0]):
        assert not broken_rules(instance, (tuple(row[0].tolist()),))
        assert price(instance, costs, tuple(row[0].tolist())) == pytest.approx(told[0, 0])


@settings(max_examples=60, deadline=None)
@given(data=st.data(), seed=st.integers(0, 10_000), days=st.integers(5, 10), shifts=st.integers(1, 2))
def test_the_cheapest_days_between_days_that_stay(data: st.DataObject, seed: int, days: int, shifts: int) -> None:
    shifts = shifts if days <= 7 else 1
    instance = by_chance(seed, 1, days, shifts)
    rows = all_rows(instance)
    row = data.draw(st.sampled_from(rows))
    first = data.draw(st.integers(0, days - 1))
    until = data.draw(st.integers(first + 1, days))
    costs = np.random.default_rng(seed).integers(-9, 9, (days, shifts)).astype(np.float32)
    new, told = np.array([row], np.int32), np.zeros((1, 2))
    cheapest_rows(facts_of(instance), costs, ONLY, np.array([row], np.int32), first, until, new, told, SPACE)
    kept = [one for one in rows if one[:first] == row[:first] and one[until:] == row[until:]]
    best = min(price(instance, costs, one, first, until) for one in kept)
    assert told[0, 1] <= best + 1e-4
    if np.isfinite(told[0, 0]):
        assert tuple(new[0].tolist()) in kept
        assert price(instance, costs, tuple(new[0].tolist()), first, until) == pytest.approx(told[0, 0])
    if told[0, 0] == told[0, 1]:
        assert told[0, 0] == pytest.approx(best)


def test_a_row_by_constraints_keeps_the_same_rules() -> None:
    for seed in range(20):
        instance = by_chance(seed, 1, 21, 3)
        row = any_row(instance, instance.workers[0])
        assert row is not None
        assert broken_rules(instance, (tuple(row.tolist()),)) == []
