"""A bound that no plan can beat: a linear program of the room of all resources; of the patients, only their courses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from schedvisu_lib.plan.search.arrays import unpack
from schedvisu_lib.plan.search.problem import Problem
from schedvisu_lib.plan.search.score import Score
from schedvisu_lib.plan.search.search import Limits
from schedvisu_lib.plan.terms import DAY

_SLACK: Final = 1e-6
"""Of a solver's numbers, relatively."""


class Way(NamedTuple):
    """A resource, and the mask of the steps at which something may start on it."""

    resource: int
    mask: int


class Need(NamedTuple):
    """What makes the times of two runs alike."""

    ways: tuple[Way, ...]
    steps: int
    mode: int
    at: int


class Course(NamedTuple):
    """What makes two runs of a need alike."""

    need: Need
    sessions: int
    possible: int
    """Sessions that could have a time were there no other run."""
    weight: int
    """What is lost with its last session."""
    least: int
    day: int
    end: int
    offset: int
    """Minutes of the earliest days of all its sessions together."""


@dataclass
class _Program:
    """The linear program while it is made."""

    solver: Any
    of_day: dict[tuple[Need, int], list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Variables of the starts of a need on a day."""
    covering: dict[tuple[int, int, int], list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Variables of the starts that take a resource at a step of a day."""
    costs: list[tuple[Any, float]] = field(default_factory=list)
    lost: list[tuple[Any, float]] = field(default_factory=list)
    constant: int = 0


def bound_of(problem: Problem, limits: Limits, lost: int | None = None) -> Score:
    """Return a score that is no plan's to beat.

    Why it is one: every plan is a solution of the linear program. It places, for each resource and mask, shares of
    sessions at steps; at no step do these exceed the room of the resource (rule 4), a session starts only where its
    mask lets it (rules 2, 3, 5, 13), a course has on one day at most one session, and so in any ``least_days`` days
    (rule 7), each session counts once (rule 1). Everything else that a plan must keep is left out, and sessions may be
    shared between times; so the least cost of the program is at most that of any plan. Runs with the same resources,
    masks, length and wish share their variables: the sum of what they do is what counts. Where all runs of a resource
    wish early times, only those starts are kept that lie at the beginning of a free stretch, or after one by as many
    minutes as some appointments take: whatever the plan, its appointments on a resource can be pushed together to such
    starts if the patients have no say, and that only lowers its cost (for late times, the other way round).

    Parameters
    ----------
    problem
        What is to be planned.
    limits
        What each run could have alone.
    lost
        Lost weight of the plan that is compared: the distance is that of plans which lose no more. The least that any
        plan can lose, if None.

    Returns
    -------
    Score
        Least lost weight, and least distance of a plan that loses ``lost``; waiting and changes are 0.
    """
    program = _make(problem, limits)
    bottom = limits.least.lost
    if lost != bottom:  # else the plan that loses as much proves that it can be done
        bottom = max(bottom, _rounded_up(_least(program, program.lost)))
    most = bottom if lost is None else max(lost, bottom)
    row = program.solver.Constraint(-program.solver.infinity(), most)
    for variable, weight in program.lost:
        row.SetCoefficient(variable, weight)
    distance = _rounded_up(_least(program, program.costs)) + program.constant
    if most == limits.least.lost:
        distance = max(distance, limits.least.distance)
    return Score(bottom, distance, 0, 0)


def _make(problem: Problem, limits: Limits) -> _Program:
    program = _Program(pywraplp.Solver.CreateSolver("GLOP"))
    courses = Counter(_courses(problem, limits))
    needs = list(dict.fromkeys(course.need for course in courses))
    for way, day, starts, need in _starts(problem, needs):
        for step in starts:
            _add_start(problem, program, need, way, day, int(step))
    _keep_room(problem, program)
    on_day: dict[tuple[Need, int], list[Any]] = defaultdict(list)
    for course, runs in courses.items():
        _add_course(program, course, runs, on_day)
    for key in {**program.of_day, **on_day}:
        row = program.solver.Constraint(0, 0)
        for variable in program.of_day.get(key, ()):
            row.SetCoefficient(variable, 1)
        for variable in on_day.get(key, ()):
            row.SetCoefficient(variable, -1)
    return program


def _courses(problem: Problem, limits: Limits) -> Iterator[Course]:
    facts = problem.facts
    for number in range(len(problem.runs)):
        run, following = facts.runs[number], facts.runs[number + 1]
        visits = facts.visits[run["first"] : following["first"]]
        options = facts.options[run["option"] : following["option"]]
        ways = tuple(sorted(Way(int(one["resource"]), int(one["mask"])) for one in options))
        need = Need(ways, int(run["steps"]), int(run["mode"]), int(run["at"]))
        yield Course(
            need,
            len(visits),
            int(limits.most[number]),
            int(visits["weight"][-1]),
            int(run["least"]),
            int(run["day"]),
            int(run["end"]),
            int(visits["offset"].sum()),
        )


def _starts(problem: Problem, needs: list[Need]) -> Iterator[tuple[Way, int, npt.NDArray[np.int64], Need]]:
    """Return the starts of each need on each resource and day."""
    facts = problem.facts
    masks = unpack(facts.masks)
    on_resource: dict[int, list[tuple[Need, Way]]] = defaultdict(list)
    for need in needs:
        for way in need.ways:
            on_resource[way.resource].append((need, way))
    for resource, users in on_resource.items():
        modes = {need.mode for need, _ in users}
        lengths = [need.steps for need, _ in users]
        for day in range(facts.days):
            room = facts.room[resource, day]
            allowed = np.array([masks[way.mask, day, : len(room)] for _, way in users])
            if modes == {0}:
                allowed = pushed(allowed, lengths, room)
            elif modes == {1}:
                allowed = pushed_late(allowed, lengths, room)
            for (need, way), good in zip(users, allowed, strict=True):
                yield way, day, np.flatnonzero(good), need


def pushed(allowed: npt.NDArray[np.bool_], lengths: list[int], room: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """Return which starts are left when all appointments of a resource are pushed to earlier times.

    Parameters
    ----------
    allowed
        (n, steps) at which each kind of appointment may start.
    lengths
        (n,) of each kind, in steps.
    room
        (steps,) how many fit in.
    """
    kept, ends = np.zeros_like(allowed), np.zeros(len(room) + max(lengths) + 1, bool)
    for step in range(len(room)):
        opens = step == 0 or room[step] > room[step - 1] or ends[step]
        for kind, length in enumerate(lengths):
            if allowed[kind, step] and (opens or not allowed[kind, step - 1]):
                kept[kind, step] = ends[step + length] = True
    return kept


def pushed_late(
    allowed: npt.NDArray[np.bool_], lengths: list[int], room: npt.NDArray[np.int16]
) -> npt.NDArray[np.bool_]:
    """Return which starts are left when all appointments of a resource are pushed to later times."""
    last = np.zeros_like(allowed)
    for kind, length in enumerate(lengths):  # by the last step, backwards
        last[kind, length - 1 :] = allowed[kind, : allowed.shape[1] - length + 1]
    kept = pushed(last[:, ::-1], lengths, room[::-1])[:, ::-1]
    starts = np.zeros_like(allowed)
    for kind, length in enumerate(lengths):
        starts[kind, : allowed.shape[1] - length + 1] = kept[kind, length - 1 :]
    return starts


def _add_start(problem: Problem, program: _Program, need: Need, way: Way, day: int, step: int) -> None:
    facts, minute = problem.facts, step * problem.facts.grid
    part = (minute, DAY - minute, abs(minute - need.at))[need.mode]
    variable = program.solver.NumVar(0, float(facts.room[way.resource, day, step]), "")
    program.costs.append((variable, day * DAY + part))
    program.of_day[need, day].append(variable)
    for taken in range(step, step + need.steps):
        program.covering[way.resource, day, taken].append(variable)


def _keep_room(problem: Problem, program: _Program) -> None:
    """Let no more appointments take a resource than it has room for; what the step before says already is left out."""
    rooms = problem.facts.room
    for (resource, day, step), variables in program.covering.items():
        following = program.covering.get((resource, day, step + 1), ())
        room = float(rooms[resource, day, step])
        says_less = following and room >= rooms[resource, day, step + 1] and len(following) >= len(variables)
        if len(variables) == 1 or (says_less and set(map(id, variables)) <= set(map(id, following))):
            continue
        row = program.solver.Constraint(-program.solver.infinity(), room)
        for variable in variables:
            row.SetCoefficient(variable, 1)


def _add_course(program: _Program, course: Course, runs: int, on_day: dict[tuple[Need, int], list[Any]]) -> None:
    """Add the sessions of some runs that are alike: on each day at most one of each (rule 7)."""
    solver, wanted = program.solver, course.sessions * runs
    days = [solver.NumVar(0, runs, "") for _ in range(course.day, course.end)]
    without = solver.NumVar((course.sessions - course.possible) * runs, wanted, "")
    everything = solver.Constraint(wanted, wanted)
    for variable in (*days, without):
        everything.SetCoefficient(variable, 1)
    for day, variable in enumerate(days, course.day):
        on_day[course.need, day].append(variable)
    for first in range(len(days) - 1 if course.least > 1 else 0):
        row = solver.Constraint(-solver.infinity(), runs)
        for variable in days[first : first + course.least]:
            row.SetCoefficient(variable, 1)
    program.lost.append((without, course.weight))
    program.costs.append((without, course.offset / course.sessions))
    program.constant -= course.offset * runs


def _least(program: _Program, terms: list[tuple[Any, float]]) -> float:
    objective = program.solver.Objective()
    objective.Clear()
    for variable, cost in terms:
        objective.SetCoefficient(variable, cost)
    objective.SetMinimization()
    status = program.solver.Solve()
    if status != pywraplp.Solver.OPTIMAL:
        raise RuntimeError(f"the linear program of the bound ended with status {status}")
    return float(objective.Value())


def _rounded_up(value: float) -> int:
    return ceil(value - abs(value) * _SLACK - _SLACK)
