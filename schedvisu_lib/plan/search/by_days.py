"""Put a sheet together from whole days: a bound that is nearly the best plan, and a plan that is nearly the bound.

Between its days a sheet is tied by little more than the number of its sessions. So a linear program chooses for each
day among sets of appointments that fit together (Dantzig-Wolfe): its prices tell what a session of each run is worth,
with these each day is planned anew for itself, and the new sets go to the program, until there is none left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from schedvisu_lib.plan.search.chains import Floats
from schedvisu_lib.plan.search.days import Best, Day, days_of
from schedvisu_lib.plan.search.problem import Problem, Slot
from schedvisu_lib.plan.search.score import Score
from schedvisu_lib.plan.search.starts import Start
from schedvisu_lib.plan.terms import DAY

if TYPE_CHECKING:
    from schedvisu_lib.plan.search.search import Limits

_EFFORTS: Final = ((3, 300), (8, 10_000), (11, 300_000))
"""Bits and nodes with which a day is planned: little as long as that finds something new."""
_SMOOTH: Final = (0.7, 0.4, 0.1, 0.0)
"""Shares of the best prices so far in those that are tried: prices of the program alone jump to and fro."""
_FOR_BOUND: Final = 0.85
"""Share of the time after which the plan is made from the sets that are there."""
_WITHIN: Final = 400.0
"""Minutes that a set may be worse than the best of its day, to be chosen from."""
_CHOOSING: Final = 5.0
"""Seconds for the choice, at most."""
_THREADS: Final = 2
_WORKERS: Final = 8
_SLACK: Final = 1e-6


class ByDays(NamedTuple):
    """What was found."""

    slots: tuple[tuple[Slot, ...], ...]
    """Of each run; empty if no plan has as many sessions as it could have, or if it would break a rule."""
    score: Score | None
    """Of these; waiting and changes are 0."""
    bound: Score
    """No plan is better."""


def plan_by_days(
    problem: Problem,
    limits: Limits,
    *,
    seconds: float,
    hint: Sequence[Sequence[Slot]] = (),
    stopped: Callable[[], bool] | None = None,
) -> ByDays:
    """Return a bound of the distance, and a plan.

    Why it is a bound: with any prices, the prizes of all sessions, less what each day is worth at most with them, are
    no more than the distance of any plan that has all sessions which each run could have alone. What ties days
    (rule 9, least and most days of rule 7, pauses over midnight) and patients (rule 4) is left out; where there is
    such a thing, there are no slots.

    Parameters
    ----------
    problem
        A sheet, or a few small ones.
    limits
        What each run could have alone.
    seconds
        For both together, about.
    hint
        Slots of each run from which it starts.
    stopped
        Asked now and then; as soon as it says so the search ends with the bound so far.
    """
    begin, days = perf_counter(), days_of(problem)
    if not days:
        return ByDays((), None, limits.least)
    program = _Program(problem, limits, days)
    program.add_hint(hint)
    whole = is_whole(problem)
    until = begin + seconds * (_FOR_BOUND if whole else 1.0)
    with ThreadPoolExecutor(_THREADS) as threads:  # compiled code lets other threads run
        for _ in _improved(program, threads):
            if perf_counter() > until or (stopped is not None and stopped()):
                break
        is_wanted = whole and not (stopped is not None and stopped())
        chosen = _choose(program, threads, min(begin + seconds - perf_counter(), _CHOOSING)) if is_wanted else {}
    bound = Score(limits.least.lost, max(limits.least.distance, _whole(program.bound)), 0, 0)
    if not chosen:
        return ByDays((), None, bound)
    placed = _placed(program, chosen)
    distance = sum(one.cost for row in placed for one in row) - program.offset
    slots = tuple(tuple(sorted(one.slot for one in row)) for row in placed)
    return ByDays(slots, Score(limits.least.lost, distance, 0, 0), bound)


def is_whole(problem: Problem) -> bool:
    """Tell whether days that keep the rules each for itself make a plan that does: nothing else ties them."""
    runs = problem.facts.runs[:-1]
    return bool(
        problem.facts.reach == 0
        and not runs["ordered"].any()
        and (runs["least"] <= 1).all()
        and len(set(runs["patient"].tolist())) == 1
    )


def _whole(bound: float) -> int:
    """Return the least number of minutes that a bound leaves, as a solver's numbers may be off by little."""
    return ceil(bound - abs(bound) * _SLACK - _SLACK)


class _Program:
    """The linear program, and the best bound so far."""

    def __init__(self, problem: Problem, limits: Limits, days: list[Day]) -> None:
        self.days, self.wanted = days, limits.most
        first, offsets = problem.facts.runs["first"], problem.facts.visits["offset"]
        placed = zip(first[:-1], self.wanted, strict=True)
        self.offset = int(sum(offsets[run : run + most].sum() for run, most in placed))
        self.sets: dict[tuple[int, tuple[int, ...]], Any] = {}
        self.solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        self.rows = [solver.Constraint(float(most), solver.infinity()) for most in self.wanted]
        self.once = [solver.Constraint(-solver.infinity(), 1.0) for _ in days]
        self.objective = solver.Objective()
        self.objective.SetMinimization()
        for row in self.rows:  # what no set has yet
            without = solver.NumVar(0, solver.infinity(), "")
            row.SetCoefficient(without, 1)
            self.objective.SetCoefficient(without, 4.0 * DAY * problem.facts.days)
        self.prices: Floats = np.zeros(len(self.rows))
        self.bound = -float(self.offset)
        self.hinted: frozenset[tuple[int, tuple[int, ...]]] = frozenset()

    def add(self, day: int, chain: tuple[int, ...]) -> bool:
        """Add a set of starts of a day; tell whether it is new."""
        if not chain or (day, chain) in self.sets:
            return False
        variable = self.sets[day, chain] = self.solver.NumVar(0, self.solver.infinity(), "")
        self.once[day].SetCoefficient(variable, 1)
        for run in self.days[day].runs[list(chain)].tolist():
            self.rows[run].SetCoefficient(variable, 1)
        self.objective.SetCoefficient(variable, float(self.days[day].costs[list(chain)].sum()))
        return True

    def add_hint(self, hint: Sequence[Sequence[Slot]]) -> None:
        """Add the days of a plan; its mean costs are the first prices."""
        taken = {(run, slot.day, slot.step) for run, slots in enumerate(hint) for slot in slots}
        for number, day in enumerate(self.days):
            chain: dict[int, int] = {}
            for place, one in enumerate(day.starts):
                if (one.run, one.slot.day, one.slot.step) in taken:
                    chain.setdefault(one.run, place)
            self.add(number, tuple(sorted(chain.values())))
            for place in chain.values():
                self.prices[day.runs[place]] += day.costs[place] / max(self.wanted[day.runs[place]], 1)
        self.hinted = frozenset(self.sets)

    def try_prices(self, prices: Floats, found: Sequence[Best]) -> None:
        """Keep prices if their bound is the best so far."""
        bound = float(prices @ self.wanted) - self.offset - sum(best.most for best in found)
        if bound > self.bound:
            self.bound, self.prices = bound, prices


def _improved(program: _Program, threads: ThreadPoolExecutor) -> Iterator[None]:
    """Look for sets that make the program cheaper, with more and more effort, until there is none."""

    def priced(prices: Floats, bits: int, nodes: int) -> bool:
        found = list(threads.map(lambda day: day.best(prices, bits, nodes), program.days))
        program.try_prices(prices, found)
        added = [program.add(day, best.chain) for day, best in enumerate(found)]
        return any(added)

    for bits, nodes in _EFFORTS:
        is_new = True
        while is_new:
            if program.solver.Solve() != pywraplp.Solver.OPTIMAL:
                return
            least = program.objective.Value() - program.offset
            duals = np.array([row.dual_value() for row in program.rows])
            if program.bound > least - 0.5:  # minutes are whole
                return
            is_new = False
            for share in _SMOOTH:
                is_new = priced(share * program.prices + (1 - share) * duals, bits, nodes)
                yield
                if is_new:
                    break


def _choose(program: _Program, threads: ThreadPoolExecutor, seconds: float) -> dict[int, tuple[int, ...]]:
    """Choose one set for each day, so that all sessions have a time, with the least distance."""
    begin, (bits, nodes) = perf_counter(), _EFFORTS[0]
    every = dict.fromkeys(program.sets)
    for day, chains in enumerate(threads.map(lambda day: day.good(program.prices, bits, nodes, _WITHIN), program.days)):
        every |= dict.fromkeys((day, chain) for chain in chains)
    model = cp_model.CpModel()
    of_day, of_run, costs = defaultdict(list), defaultdict(list), []
    literals = {key: model.new_bool_var("") for key in every}
    for (day, chain), literal in literals.items():
        of_day[day].append(literal)
        costs.append(int(program.days[day].costs[list(chain)].sum()) * literal)
        for run in program.days[day].runs[list(chain)].tolist():
            of_run[run].append(literal)
    for row in of_day.values():
        model.add_at_most_one(row)
    for run, most in enumerate(program.wanted.tolist()):
        model.add(sum(of_run[run]) >= most)
    model.add(sum(costs) >= _whole(program.bound) + program.offset)
    model.minimize(sum(costs))
    for key, literal in literals.items():
        model.add_hint(literal, key in program.hinted)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds - (perf_counter() - begin), 0.1)
    solver.parameters.num_workers = _WORKERS
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return {}
    return {day: chain for (day, chain), literal in literals.items() if solver.value(literal)}


def _placed(program: _Program, chosen: dict[int, tuple[int, ...]]) -> list[list[Start]]:
    """Return the starts of each run; of those that it has too many, the cheapest."""
    of_run: dict[int, list[Start]] = defaultdict(list)
    for day, chain in chosen.items():
        for place in chain:
            one = program.days[day].starts[place]
            of_run[one.run].append(one)
    return [sorted(of_run[run], key=lambda one: one.cost)[:most] for run, most in enumerate(program.wanted.tolist())]
