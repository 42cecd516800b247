"""Solve a part: goal after goal, each with those before it held."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from time import perf_counter
from typing import Any, Final

from ortools.sat.python import cp_model

from schedvisu_lib.plan.roster.solve.evenness import Fairness
from schedvisu_lib.plan.roster.solve.model import LAST_GOAL, Model, make_model
from schedvisu_lib.plan.roster.solve.parts import Part
from schedvisu_lib.plan.roster.solve.problem import Choice, Problem

ALONE: Final = {"num_workers": 1, "linearization_level": 2, "add_lp_constraints_lazily": False}
"""One search, which always does the same; with the whole linear relaxation at once, from which proofs come."""
TOGETHER: Final = {"num_workers": 8, "add_lp_constraints_lazily": False}
"""CP-SAT's strategies complement each other: eight prove more than two, even on two cores."""

_PART: Final = 0.5
"""Of the time left may go into a goal; the last one gets all."""
_WORK_TO_COMPLETE: Final = 1.0
"""That it may take to tell what follows from choices, in CP-SAT's units."""
_PAUSE: Final = 0.1
"""Seconds between two questions whether to stop."""


@dataclass(frozen=True)
class Found:
    """The best that was found of a part.

    Parameters
    ----------
    taken
        The choices that are made.
    values, bounds
        Of each goal; the bound holds as long as the goals before it have these values. A goal that was not tried has
        none.
    proved
        Whether nothing is better, in the order of the goals.
    repeatable
        Whether the same search always finds this.
    """

    taken: tuple[Choice, ...]
    values: dict[str, int]
    bounds: dict[str, int]
    proved: bool
    repeatable: bool
    seconds: float


def solve(
    problem: Problem,
    part: Part,
    fairness: Fairness,
    how: Mapping[str, Any],
    *,
    seconds: float,
    seed: int = 1,
    hint: Collection[Choice] = (),
    stopped: Callable[[], bool] | None = None,
    work: float = math.inf,
    earlier: Found | None = None,
) -> Found:
    """Return the best duties of a part that are found in time.

    Parameters
    ----------
    how
        Parameters of CP-SAT: :data:`ALONE` or :data:`TOGETHER`.
    hint
        Where to begin: choices that keep all rules. What is found is never worse.
    work
        After which the search ends too, in CP-SAT's units of work; unlike time, the same on every machine.
    earlier
        What another search found of the part: its bounds hold here too.
    """
    begin = perf_counter()
    model = make_model(problem, part, fairness)
    taken = tuple(hint)
    values: dict[str, int] = {}
    bounds: dict[str, int] = {}
    proved, repeatable = True, how is ALONE
    for name, make_goal in model.goals.items():
        goal = make_goal()
        if isinstance(goal, int):
            values[name] = bounds[name] = goal
            continue
        model.cp.minimize(goal)
        known = _completed(model, taken, seed)
        least = _least(name, values, earlier)
        if known is not None and known == least:
            values[name] = bounds[name] = known
        else:
            if least is not None:
                model.cp.add(goal >= least)
            left = seconds - (perf_counter() - begin)
            solver = _solver(how, left if name == LAST_GOAL else _PART * left, work, seed)
            with _watched(solver, stopped):
                status = solver.solve(model.cp)
            work -= solver.response_proto.deterministic_time
            proved = proved and status == cp_model.OPTIMAL
            repeatable = repeatable and (status == cp_model.OPTIMAL or work <= 0)
            if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                break
            values[name] = round(solver.objective_value)
            bounds[name] = math.ceil(solver.best_objective_bound - 1e-6)
            if known is None or values[name] < known:
                taken = tuple(choice for choice, literal in model.literals if solver.boolean_value(literal))
        model.cp.add(goal <= values[name])
    return Found(taken, values, bounds, proved, repeatable, perf_counter() - begin)


def _least(name: str, values: Mapping[str, int], earlier: Found | None) -> int | None:
    """Return what a goal cannot be below: 0, or what an earlier search proved where the goals before are the same."""
    known = [] if name == LAST_GOAL else [0]
    if earlier is not None and name in earlier.bounds and all(earlier.values[one] == values[one] for one in values):
        known.append(earlier.bounds[name])
    return max(known, default=None)


def _completed(model: Model, taken: Collection[Choice], seed: int) -> int | None:
    """Hint at some choices, and at what else follows from them; return the goal then, or None if they cannot be."""
    chosen = set(taken)
    model.cp.clear_hints()
    for choice, literal in model.literals:
        model.cp.add_hint(literal, choice in chosen)
    solver = _solver(ALONE, math.inf, _WORK_TO_COMPLETE, seed)
    solver.parameters.fix_variables_to_their_hinted_value = True
    status = solver.solve(model.cp)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    model.cp.clear_hints()
    for number in range(len(model.cp.proto.variables)):
        variable = model.cp.get_int_var_from_proto_index(number)
        model.cp.add_hint(variable, solver.value(variable))
    value: float = solver.objective_value
    return round(value)


def _solver(how: Mapping[str, Any], seconds: float, work: float, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    for name, value in how.items():
        setattr(solver.parameters, name, value)
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.max_deterministic_time = max(work, 0.01)
    solver.parameters.random_seed = seed
    return solver


@contextmanager
def _watched(solver: cp_model.CpSolver, stopped: Callable[[], bool] | None) -> Iterator[None]:
    """Ask every now and then whether the search of a solver is to end."""
    done = Event()

    def watch() -> None:
        while stopped is not None and not done.wait(_PAUSE):
            if stopped():
                solver.stop_search()

    watcher = Thread(target=watch, daemon=True)
    if stopped is not None:
        watcher.start()
    try:
        yield
    finally:
        done.set()
