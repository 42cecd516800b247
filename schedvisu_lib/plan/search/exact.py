"""The best plan of a single sheet, with proof: every time of every session is one Boolean of CP-SAT.

Waiting and changes of building are left out: proved is the least lost weight and, with it, the least distance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations_with_replacement, pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from schedvisu_lib.plan.search.problem import Problem, Slot
from schedvisu_lib.plan.search.score import Score
from schedvisu_lib.plan.search.starts import Start, starts_of
from schedvisu_lib.plan.terms import DAY

_WORKERS: Final = 8
"""CP-SAT's strategies complement each other: eight prove more than two, even on two cores."""


class Proof(NamedTuple):
    """What CP-SAT found; waiting and changes of both scores are 0."""

    slots: tuple[tuple[Slot, ...], ...]
    """Of each run; empty if nothing was found."""
    score: Score | None
    bound: Score
    """No plan is better."""

    @property
    def is_best(self) -> bool:
        """Whether no plan loses less, or loses as much with less distance."""
        return self.score == self.bound


def prove(
    problem: Problem, *, seconds: float = 60.0, hint: Sequence[Sequence[Slot]] | None = None, seed: int = 1
) -> Proof:
    """Return the best plan, or how far it can be from it at most.

    Parameters
    ----------
    problem
        A sheet, or a few small ones.
    seconds
        After which the best plan so far and its bound are returned.
    hint
        Slots of each run from which the search starts; a plan of :func:`schedvisu_lib.plan.search.search`.
    seed
        Of CP-SAT.
    """
    model = cp_model.CpModel()
    starts = [
        [replace(one, literal=model.new_bool_var("")) for one in starts_of(problem, run)]
        for run in range(len(problem.runs))
    ]
    placed = [_tie_sessions(problem, model, run, starts[run]) for run in range(len(problem.runs))]
    for patient in set(problem.facts.runs["patient"][:-1].tolist()):
        _keep_apart(problem, model, [row for row in starts for one in row[:1] if _patient(problem, one) == patient])
    _keep_room(problem, model, [one for row in starts for one in row])
    _keep_order(problem, model, starts, placed)
    weight = 1 + sum(len(run.numbers) * (problem.facts.days + 1) * DAY for run in problem.runs)
    visits = problem.facts.visits[:-1]
    ranks = [literal for row in placed for literal in row]
    lost = sum(int(row["weight"]) * (1 - literal) for row, literal in zip(visits, ranks, strict=True))
    offset = sum(int(row["offset"]) * literal for row, literal in zip(visits, ranks, strict=True))
    distance = sum(one.cost * one.literal for row in starts for one in row) - offset
    model.minimize(weight * lost + distance)
    if hint is not None:
        _hint(problem, model, starts, hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = _WORKERS
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    least = round(solver.best_objective_bound)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        lost, distance = divmod(max(least, 0), weight)
        return Proof((), None, Score(lost, distance, 0, 0))
    slots = tuple(tuple(sorted(one.slot for one in row if solver.value(one.literal))) for row in starts)
    score = Score(int(solver.value(lost)), int(solver.value(distance)), 0, 0)
    if status == cp_model.OPTIMAL:
        return Proof(slots, score, score)
    bound = min(divmod(least, weight), (score.lost, least - weight * score.lost))
    return Proof(slots, score, Score(bound[0], bound[1], 0, 0))


def _patient(problem: Problem, one: Start) -> int:
    return int(problem.facts.runs["patient"][one.run])


def _tie_sessions(problem: Problem, model: cp_model.CpModel, number: int, starts: list[Start]) -> list[Any]:
    """Let a run's sessions lie as rule 7 says; return a Boolean for each number of placed sessions that is reached."""
    run, asked = problem.facts.runs[number], problem.runs[number].asked
    n = len(problem.runs[number].numbers)
    placed = [model.new_bool_var("") for _ in range(n)]
    for fewer, more in pairwise(placed):
        model.add_implication(more, fewer)
    if not run["ordered"]:
        model.add(sum(one.literal for one in starts) == sum(placed))
        for first in range(problem.facts.days):
            model.add_at_most_one(one.literal for one in starts if first <= one.slot.day < first + asked.least_days)
        return placed
    days = []
    for place in range(n):
        own = [one for one in starts if one.place == place]
        model.add(sum(one.literal for one in own) == placed[place])
        days.append(sum(one.slot.day * one.literal for one in own))
    for place in range(1, n):
        between = days[place] - days[place - 1]
        model.add(between >= asked.least_days).only_enforce_if(placed[place])
        most = int(problem.facts.visits["most"][run["first"] + place])
        if most >= 0:
            model.add(between <= most).only_enforce_if(placed[place])
    return placed


def _keep_apart(problem: Problem, model: cp_model.CpModel, rows: list[list[Start]]) -> None:
    """Keep a patient in one place at a time, with pauses between: of times that share a minute, one is taken."""
    facts = problem.facts
    by_day: dict[int, list[Start]] = defaultdict(list)
    by_kind: dict[tuple[int, int, int], list[Start]] = defaultdict(list)
    for row in rows:
        for one in row:
            by_day[one.slot.day].append(one)
            by_kind[one.slot.day, one.run, one.kind].append(one)
    for starts in by_day.values():
        _one_at_a_time(model, starts, 0)
    for key, other in combinations_with_replacement(sorted(by_kind), 2):
        if abs(other[0] - key[0]) <= facts.reach and key[:2] != other[:2]:
            _keep_pair_apart(problem, model, by_kind[key], by_kind[other])


def _keep_pair_apart(problem: Problem, model: cp_model.CpModel, ones: list[Start], others: list[Start]) -> None:
    """Keep the pauses between starts of a run and kind, and those of others or of another day (rules 6, 8, 11)."""
    facts, first, second = problem.facts, ones[0], others[0]
    kinds = int(facts.runs["kin"][first.run]), first.kind, second.kind
    pause = int(facts.separation[kinds])
    if first.slot.day != second.slot.day:
        for one in ones:
            for other in others:
                if other.start < one.end + pause and one.start < other.end + pause:
                    model.add_at_most_one(one.literal, other.literal)
    elif facts.apart[kinds]:
        model.add_at_most_one(one.literal for one in (*ones, *others))
    elif pause:
        _one_at_a_time(model, [*ones, *others], pause)


def _one_at_a_time(model: cp_model.CpModel, starts: list[Start], pause: int) -> None:
    """Let at most one of some starts of a day be taken whose times, with a pause after each, hold one minute."""
    begins = np.array([one.start for one in starts])
    ends = np.array([one.end + pause for one in starts])
    runs = np.array([one.run for one in starts])
    for minute in np.unique(begins):
        touching = np.flatnonzero((begins <= minute) & (minute < ends))
        if len(set(runs[touching].tolist())) > 1:
            model.add_at_most_one(starts[number].literal for number in touching)


def _keep_room(problem: Problem, model: cp_model.CpModel, starts: list[Start]) -> None:
    """Let several patients not take more of a resource than there is (rule 4); one alone never does."""
    facts = problem.facts
    if len(set(facts.runs["patient"][:-1].tolist())) == 1:
        return
    taking: dict[tuple[int, int, int], list[Any]] = defaultdict(list)
    for one in starts:
        resource = int(facts.options["resource"][one.slot.option])
        for step in range(one.slot.step, one.slot.step + int(facts.runs["steps"][one.run])):
            taking[resource, one.slot.day, step].append(one.literal)
    for key, literals in taking.items():
        if len(literals) > facts.room[key]:
            model.add(sum(literals) <= int(facts.room[key]))


def _keep_order(problem: Problem, model: cp_model.CpModel, starts: list[list[Start]], placed: list[list[Any]]) -> None:
    """Let sessions start after those that come before them (rule 9)."""
    for pair in problem.sessions.before:
        one = [start for start in starts[pair.run] if start.place == pair.session]
        other = [start for start in starts[pair.after_run] if start.place == pair.after_session]
        follows = placed[pair.after_run][pair.after_session]
        model.add_implication(follows, placed[pair.run][pair.session])
        pause = sum(start.start * start.literal for start in other) - sum(start.end * start.literal for start in one)
        model.add(pause >= pair.least).only_enforce_if(follows)
        if pair.most is not None:
            model.add(pause <= pair.most).only_enforce_if(follows)


def _hint(problem: Problem, model: cp_model.CpModel, starts: list[list[Start]], hint: Sequence[Sequence[Slot]]) -> None:
    for row, slots in zip(starts, hint, strict=True):
        kinds = problem.facts.options["kind"]
        taken = {(slot.day, slot.step, int(kinds[slot.option])): place for place, slot in enumerate(sorted(slots))}
        for one in row:
            place = taken.get((one.slot.day, one.slot.step, one.kind), -1)
            ordered = bool(problem.facts.runs["ordered"][one.run])
            model.add_hint(one.literal, place >= 0 and (not ordered or place == one.place))
