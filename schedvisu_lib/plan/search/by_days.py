"""Put a sheet together from whole days: a bound that is nearly the best plan, and a plan that is nearly the bound.

Between its days a sheet is tied by little more than the number of its sessions. So a linear program chooses for each
day among sets of appointments that fit together (Dantzig-Wolfe): its prices tell what a session of each run is worth,
with these each day is planned anew for itself, and the new sets go to the program, until there is none left. Plans come
from the program by dives: one day's set after the other is fixed, and the other days are planned anew to go with it;
most dives begin with all but some days of the best plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from math import ceil
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from schedvisu_lib.plan.search.arrays import Longs
from schedvisu_lib.plan.search.chains import Floats
from schedvisu_lib.plan.search.days import Best, Day, compile_days, days_of
from schedvisu_lib.plan.search.prices import first_prices
from schedvisu_lib.plan.search.problem import Problem, Slot
from schedvisu_lib.plan.search.score import Score
from schedvisu_lib.plan.search.starts import Start
from schedvisu_lib.plan.terms import DAY

if TYPE_CHECKING:
    from schedvisu_lib.plan.search.search import Limits

_STEPS: Final = 5
"""In which a day's fines are made better each time that it is planned."""
_EFFORTS: Final = (300, 3_000, 30_000, 1_000_000)
"""Nodes with which a day is planned: few as long as that finds something new."""
_NODES_A_SECOND: Final = 200_000
"""About; what there is no time for is not begun."""
_SMOOTH: Final = (0.5, 0.0)
"""Shares of the best prices so far in those that are tried: prices of the program alone jump to and fro."""
_FOR_BOUND: Final = 0.6
"""Share of the time after which the plan is made from the sets that are there."""
_DIVING: Final = 4
"""Times that the days are planned anew after one was fixed, at most."""
_CHAINS: Final = 1_000
"""Sets of a day to be chosen from, at most."""
_NODES: Final = 5_000
"""With which they are looked for."""
_PARTS: Final = 6
"""How often the gap is halved, to begin with those that lack little."""
_FOR_CHOICE: Final = 0.15
"""Share of the time for a choice among all sets, at most."""
_DIVING_COUNTS: Final = 2.0
"""Seconds of looking for sets for each second of looking for plans."""
_CHOOSING_COUNTS: Final = 2.0
"""Seconds of anything else, at least, for each second of a choice before the next one."""
_FREED: Final = 6
"""Days of a plan that are planned anew at once, at most."""
_ALL: Final = 0.2
"""How often all are."""
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
    compile_days()
    begin, days = perf_counter(), days_of(problem)
    if not days:
        return ByDays((), None, limits.least)
    program = _Program(problem, limits, days)
    program.add_hint(hint)
    whole = is_whole(problem)

    def is_over(share: float) -> bool:
        return perf_counter() > begin + share * seconds or (stopped is not None and stopped())

    def is_done() -> bool:
        return is_over(1.0) or program.is_best

    with ThreadPoolExecutor(_THREADS) as threads:  # compiled code lets other threads run
        improved, spent = _improved(program, threads, begin + seconds), 0.0
        is_exhausted, choose_at = False, begin
        while not is_done() and (whole or not is_exhausted):
            if not is_exhausted:
                since = perf_counter()
                is_exhausted = next(improved, True) is True
                spent += perf_counter() - since
            if not whole:
                continue
            if (is_exhausted or is_over(_FOR_BOUND)) and perf_counter() >= choose_at:
                since = perf_counter()
                program.keep_plan(_dived(program, threads, {}))
                _choose(program, threads, min(_CHOOSING, _FOR_CHOICE * seconds))
                choose_at = perf_counter() + _CHOOSING_COUNTS * (perf_counter() - since)
            while (spent > 0 or (is_exhausted and perf_counter() < choose_at)) and not is_done():
                since = perf_counter()
                program.keep_plan(_dived(program, threads, _some(program)))
                spent -= _DIVING_COUNTS * (perf_counter() - since)
    bound = Score(limits.least.lost, max(limits.least.distance, _whole(program.bound)), 0, 0)
    if not whole or not all(program.lacking(program.plan) == 0):
        return ByDays((), None, bound)
    placed = program.placed(program.plan)
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
        self.days, self.wanted, self.kinds = days, limits.most, problem.facts.options["kind"]
        first, offsets = problem.facts.runs["first"], problem.facts.visits["offset"]
        placed = zip(first[:-1], self.wanted, strict=True)
        self.offset = int(sum(offsets[run : run + most].sum() for run, most in placed))
        self.missing = 4 * DAY * problem.facts.days
        """Minutes that a session without a time counts."""
        self.sets: dict[tuple[int, tuple[int, ...]], Any] = {}
        self.solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        self.rows = [solver.Constraint(float(most), solver.infinity()) for most in self.wanted]
        self.once = [solver.Constraint(-solver.infinity(), 1.0) for _ in days]
        self.objective = solver.Objective()
        self.objective.SetMinimization()
        for row in self.rows:  # what no set has yet
            without = solver.NumVar(0, solver.infinity(), "")
            row.SetCoefficient(without, 1)
            self.objective.SetCoefficient(without, self.missing)
        self.prices: Floats = np.zeros(len(self.rows))
        self.bound = -float(self.offset)
        self.most = np.zeros(len(days))
        """What each day is worth at most with these prices."""
        self.target = 0
        """Minutes of the best plan so far."""
        self.chance = Random(1)  # noqa: S311 - no secret
        self.plan: dict[int, tuple[int, ...]] = {}
        """Its sets, by day."""

    def add(self, day: int, chain: tuple[int, ...]) -> bool:
        """Add a set of starts of a day; tell whether it is new."""
        if not self.days[day].keep(chain):
            return False
        variable = self.sets[day, chain] = self.solver.NumVar(0, self.solver.infinity(), "")
        self.once[day].SetCoefficient(variable, 1)
        for run in self.days[day].runs[list(chain)].tolist():
            self.rows[run].SetCoefficient(variable, 1)
        self.objective.SetCoefficient(variable, float(self.days[day].costs[list(chain)].sum()))
        return True

    def add_hint(self, hint: Sequence[Sequence[Slot]]) -> None:
        """Add the days of a plan, and look for prices from its mean costs on."""
        taken = {
            (run, int(self.kinds[slot.option]), slot.day, slot.step) for run, slots in enumerate(hint) for slot in slots
        }
        prices = np.zeros(len(self.rows))
        for number, day in enumerate(self.days):
            chain: dict[int, int] = {}
            for place, one in enumerate(day.starts):
                if (one.run, one.kind, one.slot.day, one.slot.step) in taken:
                    chain.setdefault(one.run, place)
            self.plan[number] = tuple(sorted(chain.values()))
            self.add(number, self.plan[number])
            for place in chain.values():
                prices[day.runs[place]] += day.costs[place] / max(self.wanted[day.runs[place]], 1)
        self.target = self.cost_of(self.plan)
        self.bound, self.prices, self.most = first_prices(self.days, prices, self.wanted, self.target + self.offset)
        self.bound -= self.offset

    def lacking(self, plan: Mapping[int, tuple[int, ...]]) -> Longs:
        """Return how many sessions of each run a plan lacks."""
        placed = [run for day, chain in plan.items() for run in self.days[day].runs[list(chain)].tolist()]
        lacking: Longs = np.maximum(self.wanted - np.bincount(np.array(placed, int), minlength=len(self.wanted)), 0)
        return lacking

    def cost_of(self, plan: Mapping[int, tuple[int, ...]]) -> int:
        """Return the minutes of a plan."""
        placed = sum(one.cost for row in self.placed(plan) for one in row)
        return placed - self.offset + self.missing * int(self.lacking(plan).sum())

    def placed(self, plan: Mapping[int, tuple[int, ...]]) -> list[list[Start]]:
        """Return the starts of each run; of those that it has too many, the cheapest."""
        of_run: dict[int, list[Start]] = defaultdict(list)
        for day, chain in plan.items():
            for place in chain:
                one = self.days[day].starts[place]
                of_run[one.run].append(one)
        return [sorted(of_run[run], key=lambda one: one.cost)[:most] for run, most in enumerate(self.wanted.tolist())]

    @property
    def is_best(self) -> bool:
        """Whether the plan is proved best."""
        return self.target <= _whole(self.bound)

    def keep_plan(self, plan: dict[int, tuple[int, ...]]) -> None:
        """Keep a plan, if it is the best so far."""
        cost = self.cost_of(plan)
        if cost < self.target:
            self.plan, self.target = plan, cost

    def try_prices(self, prices: Floats, found: Sequence[Best]) -> None:
        """Keep prices if their bound is the best so far."""
        most = np.array([best.most for best in found])
        bound = float(prices @ self.wanted) - self.offset - most.sum()
        if bound > self.bound:
            self.bound, self.prices, self.most = bound, prices, most


def _improved(program: _Program, threads: ThreadPoolExecutor, end: float) -> Iterator[None]:
    """Look for sets that make the program cheaper, with more and more effort, until there is none."""

    def priced(prices: Floats, effort: int) -> bool:
        nodes = min(effort, max(_EFFORTS[0], int(_NODES_A_SECOND * (end - perf_counter()))))
        found = list(threads.map(lambda day: day.best(prices, _STEPS, nodes), program.days))
        program.try_prices(prices, found)
        added = [program.add(day, best.chain) for day, best in enumerate(found)]
        return any(added)

    for nodes in _EFFORTS:
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
                is_new = priced(share * program.prices + (1 - share) * duals, nodes)
                yield
                if is_new:
                    break


def _some(program: _Program) -> dict[int, tuple[int, ...]]:
    """Return most days of the best plan, by chance."""
    most = min(_FREED, len(program.days))
    if program.chance.random() < _ALL:
        return {}
    freed = program.chance.sample(range(len(program.days)), program.chance.randint(min(2, most), most))
    return {day: chain for day, chain in program.plan.items() if chain and day not in freed}


def _dived(
    program: _Program, threads: ThreadPoolExecutor, fixed: dict[int, tuple[int, ...]]
) -> dict[int, tuple[int, ...]]:
    """Return a plan: let the program have one day's set after the other, and look for what then goes with it."""
    for key in fixed.items():
        program.sets[key].SetLb(1.0)
    while len(fixed) < len(program.days):
        shares: list[tuple[float, tuple[int, tuple[int, ...]]]] = []
        for _ in range(_DIVING):
            if program.solver.Solve() != pywraplp.Solver.OPTIMAL:
                break
            shares = [(variable.solution_value(), key) for key, variable in program.sets.items() if key[0] not in fixed]
            free = [day for day in range(len(program.days)) if day not in fixed]
            duals = np.array([row.dual_value() for row in program.rows])
            found = threads.map(
                Day.best, (program.days[day] for day in free), *map(repeat, (duals, _STEPS, _EFFORTS[0]))
            )
            added = [program.add(day, best.chain) for day, best in zip(free, found, strict=True)]
            if not any(added):
                break
        most = max(shares, default=(0.0, (0, ())))
        if most[0] < _SLACK:
            break
        for share, (day, chain) in shares:
            if share > 1 - _SLACK or (day, chain) == most[1]:
                fixed[day] = chain
                program.sets[day, chain].SetLb(1.0)
    for day, chain in fixed.items():
        program.sets[day, chain].SetLb(0.0)
    return fixed


def _good(program: _Program, threads: ThreadPoolExecutor) -> tuple[list[list[tuple[int, ...]]], bool]:
    """Return sets of each day that may be in a better plan, and whether these are all.

    A day that is worth less than it could be, with the best prices, by the whole gap between plan and bound or more,
    makes no better plan.
    """
    gap = program.target - program.bound

    def of_day(number: int) -> tuple[list[tuple[int, ...]], bool]:
        made: list[tuple[int, ...]] = []
        for part in range(_PARTS, -1, -1):
            least = program.most[number] - gap / 2**part
            found = program.days[number].good(program.prices, least, _NODES, _CHAINS)
            if found is None:
                return made, False
            made = found
        return made, True

    made = list(threads.map(of_day, range(len(program.days))))
    return [chains for chains, _ in made], all(complete for _, complete in made)


def _choose(program: _Program, threads: ThreadPoolExecutor, seconds: float) -> None:
    """Choose one set for each day, so that all sessions have a time, with the least distance."""
    begin = perf_counter()
    good, is_all = _good(program, threads)
    every = dict.fromkeys(program.sets)
    for day, chains in enumerate(good):
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
        model.add_hint(literal, program.plan.get(key[0]) == key[1])
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds - (perf_counter() - begin), 0.1)
    solver.parameters.num_workers = _WORKERS
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return
    chosen = {day: chain for (day, chain), literal in literals.items() if solver.value(literal)}
    for day, chain in chosen.items():
        program.add(day, chain)
    program.keep_plan(chosen)
    if is_all:
        program.bound = max(program.bound, min(solver.best_objective_bound - program.offset, program.target))
