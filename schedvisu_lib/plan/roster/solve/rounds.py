"""Solve all parts of a book within a time, the small searches first and what they leave unproved after them."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import Final, NamedTuple

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.duty_plan import cell_of
from schedvisu_lib.plan.roster.solve.at_once import at_once
from schedvisu_lib.plan.roster.solve.evenness import SCALE, Fairness
from schedvisu_lib.plan.roster.solve.model import LAST_GOAL
from schedvisu_lib.plan.roster.solve.parts import Part, parts_of
from schedvisu_lib.plan.roster.solve.problem import Choice, Problem, make_problem
from schedvisu_lib.plan.roster.solve.search import ALONE, TOGETHER, Found, solve
from schedvisu_lib.plan.roster.solve.standing import standing_and_rest

_WORK: Final = 40.0
"""Work that a search alone may do, in CP-SAT's units: the same on every machine, more than a minute on one of today."""
GOALS: Final = ("unfilled", "lacking", "too many", LAST_GOAL)
"""Those of which a bound is told."""
_ALONE: Final = 0.8
"""Part of the time that is for the searches alone, which get nearer to the best of large parts than those together."""


class _Told(NamedTuple):
    """What there is to tell of a part: see ``PartSolved``."""

    title: str
    persons: int
    seats: int
    proved: bool
    seconds: float


@dataclass(frozen=True)
class Solved:
    """The duties that were found, those that stand included, and by how much each goal may be better at most."""

    duties: tuple[Duty, ...]
    standing: tuple[Duty, ...]
    better: dict[str, float]
    proved: bool
    repeatable: bool
    parts: tuple[_Told, ...]


def solve_all(
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    kept: Collection[Duty] | None,
    *,
    seconds: float,
    seed: int,
    stopped: Callable[[], bool] | None,
    progress: Callable[[str], None] | None,
) -> Solved:
    """Return the best duties of a period that are found in time."""
    until = perf_counter() + seconds
    standing, rest = standing_and_rest(book, first, last, kept or ())
    problem = make_problem(book, site, first, last, standing, None if kept is None else rest)
    parts, fairness = parts_of(problem), Fairness(problem)
    begun = {(cell_of(duty), duty.person) for duty in rest}
    starts = [
        at_once(
            problem, part, fairness,
            (one for one in part.choices if all((one.cell, name) in begun for name in one.members)),
        )
        for part in parts
    ]  # fmt: skip

    def tell(place: int, found: Found) -> None:
        if progress is not None:
            progress(f"{parts[place].title}: {'proved best' if found.proved else 'not proved'}, {found.seconds:.1f} s")

    results = _first_round(problem, parts, fairness, starts, until, seed, stopped, tell)
    again = [place for place, found in enumerate(results) if not found.proved]
    for number, place in enumerate(again):
        left = (until - perf_counter()) / (len(again) - number)
        if left > 0 and not (stopped is not None and stopped()):
            found = solve(
                problem, parts[place], fairness, TOGETHER, seconds=left, seed=seed, hint=results[place].taken,
                stopped=stopped, earlier=results[place],
            )  # fmt: skip
            results[place] = _better(results[place], found)
            tell(place, results[place])
    return _solved(problem, parts, results, rest)


def _first_round(
    problem: Problem,
    parts: list[Part],
    fairness: Fairness,
    starts: list[tuple[Choice, ...]],
    until: float,
    seed: int,
    stopped: Callable[[], bool] | None,
    tell: Callable[[int, Found], None],
) -> list[Found]:
    """Solve each part by one search that always does the same; several parts at a time, the largest first."""
    order = sorted(range(len(parts)), key=lambda place: -len(parts[place].choices))
    results: dict[int, Found] = {}
    threads = max(min(os.cpu_count() or 1, len(parts)), 1)

    def one(place: int) -> Found:
        if perf_counter() >= until or (stopped is not None and stopped()):
            return Found(starts[place], {}, {}, proved=False, repeatable=False, seconds=0.0)
        waiting = max(len(parts) - len(results), 1)
        share = max((until - perf_counter()) * _ALONE * min(threads / waiting, 1), 0.01)
        return solve(
            problem, parts[place], fairness, ALONE, seconds=share, seed=seed, hint=starts[place], stopped=stopped,
            work=_WORK,
        )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        futures = {pool.submit(one, place): place for place in order}
        for future in as_completed(futures):
            place = futures[future]
            results[place] = future.result()
            tell(place, results[place])
    return [results[place] for place in range(len(parts))]


def _better(one: Found, other: Found) -> Found:
    """Return the better of two results of a part; of equally good ones the later, of which no bound is worse."""
    names = {**one.values, **other.values}
    mine, its = ([found.values.get(name, math.inf) for name in names] for found in (one, other))
    return other if its <= mine else one


def _solved(problem: Problem, parts: list[Part], results: list[Found], rest: list[Duty]) -> Solved:
    was = {(cell_of(duty), duty.person): duty for duty in rest} if problem.keep is not None else {}
    duties = list(problem.standing)
    better: dict[str, float] = defaultdict(float)
    told = []
    for part, found in zip(parts, results, strict=True):
        new = [duty for choice in found.taken for duty in choice.duties()]
        duties += [was.get((cell_of(duty), duty.person), duty) for duty in new]
        for name in GOALS:
            gap = found.values[name] - found.bounds[name] if name in found.values else math.inf
            better[name] += gap / SCALE if name == LAST_GOAL else gap
        seats = sum(one.required for cell in part.cells for one in problem.cells[cell])
        told.append(_Told(part.title, len(part.persons), seats, found.proved, found.seconds))
    return Solved(
        tuple(duties),
        problem.standing,
        dict(better),
        all(found.proved for found in results),
        all(found.repeatable for found in results),
        tuple(told),
    )
