"""First fit in the order of the sheets, then ruin and recreate while there is time; a sheet also from whole days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Final, NamedTuple

import numpy as np

from schedvisu_lib.plan.book.model import Booking
from schedvisu_lib.plan.search.arrays import Flags, Longs, State, new_state
from schedvisu_lib.plan.search.by_days import is_whole, plan_by_days
from schedvisu_lib.plan.search.context import context_of
from schedvisu_lib.plan.search.days import compile_days
from schedvisu_lib.plan.search.moves import ALONE, FIRST_FIT, IMPROVE, LIFT, RETURN, SEAT, work
from schedvisu_lib.plan.search.problem import Problem, Slot
from schedvisu_lib.plan.search.score import Score
from schedvisu_lib.plan.search.sessions import minutes_from
from schedvisu_lib.plan.terms import DAY

HOT: Final = 3000.0
COLD: Final = 5.0
"""Minutes by which a plan may get worse, at the beginning and at the end of a search (simulated annealing)."""
_NO_TABLE: Final[Longs] = np.zeros((0, 2), np.int64)
_SEARCHES: Final = 2
"""Searches side by side, each with its own random numbers: the better plan of two is much more often a good one."""
_SHARE: Final = 0.1
"""Of the time of a search that ends with whole days."""
_BY_DAYS: Final = 1.0
"""Seconds from which on a plan is also put together from whole days."""
_LOOK: Final = 0.05
"""Seconds between two looks at the clock."""


class Limits(NamedTuple):
    """What each run could have if there were no other."""

    possible: Longs
    """Number of sessions that first fit places."""
    most: Longs
    """A number that it cannot exceed."""
    least: Score
    """A bound: no plan loses less, nor has less distance if it loses as much."""


@dataclass(frozen=True)
class Found:
    """What a search found.

    Parameters
    ----------
    slots
        Of each run, those of its sessions that have a time.
    score
        Of these sessions; lost weight counts that of booked ones that may move.
    first_score
        Of the first fit.
    first_seconds, seconds
        After which the first complete plan, and this one, was there.
    moves
        Tried.
    limits
        What each run could have alone.
    bound
        No plan is better: that of the limits, or of whole days, where the search came to these.
    """

    slots: tuple[tuple[Slot, ...], ...]
    score: Score
    first_score: Score
    first_seconds: float
    seconds: float
    moves: int
    limits: Limits
    bound: Score


def search(
    problem: Problem,
    *,
    seconds: float = 3.0,
    by_priority: bool = True,
    seed: int = 1,
    most_moves: int | None = None,
    patience: float | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Found:
    """Return the best plan that is found in some seconds.

    Parameters
    ----------
    problem
        What is to be planned.
    seconds
        For ruin and recreate; first fit alone, if 0.
    by_priority
        Whether what is less urgent takes only what the more urgent leaves; else all count at once.
    seed
        Of the random numbers. With ``most_moves`` the result is the same each time; else it depends on the time.
    most_moves
        After which each of the two searches ends.
    patience
        Seconds without a better plan after which the search ends.
    stopped
        Asked now and then; as soon as it says so the search ends with the best plan so far.
    """
    begin = perf_counter()
    state = _first_plan(problem, seed)
    first_score, first_seconds = _score(state), perf_counter() - begin
    limits = lower_limits(problem)
    moves, bound = 0, limits.least
    if seconds > 0 and problem.sessions.n_visits:
        levels = _levels(problem) if by_priority else np.zeros(len(problem.runs), np.int64)
        ends_by_days = seconds >= _BY_DAYS and most_moves is None and is_whole(problem) and len(set(levels)) == 1
        if ends_by_days:
            compile_days()
        since = perf_counter()
        clocks = [
            _Clock(seconds * (_SHARE if ends_by_days else 1.0), most_moves, patience, stopped) for _ in range(_SEARCHES)
        ]
        states = [state, *(_first_plan(problem, seed + 1_000_003 * n) for n in range(1, _SEARCHES))]
        with ThreadPoolExecutor(_SEARCHES) as threads:  # compiled code lets other threads run
            list(threads.map(lambda state, clock: _improve(problem, state, clock, limits, levels), states, clocks))
        state, moves = min(states, key=_score), sum(clock.moves for clock in clocks)
        if ends_by_days:
            state, bound = _by_days(problem, state, limits, since + seconds - perf_counter(), stopped)
    slots = tuple(_slots_of(problem, state, run) for run in range(len(problem.runs)))
    return Found(slots, _score(state), first_score, first_seconds, perf_counter() - begin, moves, limits, bound)


def _first_plan(problem: Problem, seed: int) -> State:
    """Return the bookings that may move where they are, and first fit for all others."""
    state = new_state(problem.facts, seed)
    c, everything = context_of(problem.facts, state), np.ones(len(problem.runs), np.uint8)
    _do(c, SEAT, everything, _seats(problem))
    _do(c, FIRST_FIT, everything)
    return state


def _improve(problem: Problem, state: State, clock: _Clock, limits: Limits, levels: Longs) -> None:
    c = context_of(problem.facts, state)
    for active, share in _stages(problem, c, levels):
        _anneal(problem, state, c, active, limits, clock, share)


def _by_days(
    problem: Problem, state: State, limits: Limits, seconds: float, stopped: Callable[[], bool] | None
) -> tuple[State, Score]:
    """Return the plan of whole days, if it is better, and their bound, unless no plan can be better anyway."""
    if seconds <= 0 or _score(state)[:2] <= limits.least[:2] or (stopped is not None and stopped()):
        return state, limits.least
    hint = [_slots_of(problem, state, run) for run in range(len(problem.runs))]
    found = plan_by_days(problem, limits, seconds=seconds, hint=hint, stopped=stopped)
    rows = [
        (int(problem.facts.runs["first"][run]) + place, slot.option, slot.day, slot.step, 0)
        for run, slots in enumerate(found.slots)
        for place, slot in enumerate(slots)
    ]
    made = new_state(problem.facts, 1)
    _do(
        context_of(problem.facts, made),
        SEAT,
        np.ones(len(problem.runs), np.uint8),
        np.array(rows, np.int64).reshape(-1, 5),
    )
    return min(state, made, key=_score), found.bound


def lower_limits(problem: Problem) -> Limits:
    """Return what each run could have if there were no other, and the bound that follows.

    No plan is better than the bound: beside others a run has never more sessions nor, with as many, less distance.
    The bound leaves the order of sessions (rule 9) and greatest distances in days (rule 7) aside.
    """
    facts, runs = problem.facts, len(problem.runs)
    state = new_state(facts, 1)
    everything, table = np.ones(runs, np.uint8), np.zeros((runs, 2), np.int64)
    _do(context_of(facts, state), ALONE, everything, table)
    possible = table[:, 0].copy()
    if facts.runs["ordered"].any():
        first = facts.runs["first"][:-1]
        never = facts.visits["high"][first] < facts.visits["low"][first]
        rows = facts.runs.copy()
        rows["ordered"] = rows["ahead"] = 0
        rows["end"][:-1][never] = rows["day"][:-1][never]
        free, state = facts._replace(runs=rows), new_state(facts, 1)
        _do(context_of(free, state), ALONE, everything, table)
    least = Score(_lost(problem, table[:, 0]), int(table[:, 1].sum()), 0, 0)
    return Limits(possible, table[:, 0], least)


def _lost(problem: Problem, placed: Longs) -> int:
    first, weight = problem.facts.runs["first"], problem.facts.visits["weight"]
    return int(sum(weight[first[run] + placed[run] : first[run + 1]].sum() for run in range(len(placed))))


def _seats(problem: Problem) -> Longs:
    """Return visit, option, day and step of each booking that may move, as far as a run has such a place."""
    facts, rows = problem.facts, []
    for number, run in enumerate(problem.runs):
        for place, (_, booking) in enumerate(sorted(run.seats.items())):
            day, minute = divmod(minutes_from(problem.terms, booking.start), DAY)
            end = minutes_from(problem.terms, booking.end)
            if minute % facts.grid or end != day * DAY + minute + run.length:
                continue
            rows += [
                (int(facts.runs["first"][number]) + place, option, day, minute // facts.grid, 0)
                for option in range(facts.runs["option"][number], facts.runs["option"][number + 1])
                if problem.resources[option] == booking.resource
            ]
    return np.array(rows, np.int64).reshape(-1, 5)


def unseated(problem: Problem) -> list[Booking]:
    """Return the bookings that may move but break a rule where they are, or that a search could not return to."""
    table = _seats(problem)
    state = new_state(problem.facts, 1)
    _do(context_of(problem.facts, state), SEAT, np.ones(len(problem.runs), np.uint8), table)
    good = set(table[table[:, 4] == 1, 0].tolist())
    bad = []
    for number, run in enumerate(problem.runs):
        first = int(problem.facts.runs["first"][number])
        is_odd = run.in_order and set(run.numbers[: len(run.seats)]) != set(run.seats)
        bad += [
            booking
            for place, (_, booking) in enumerate(sorted(run.seats.items()))
            if is_odd or first + place not in good
        ]
    return bad


def _do(c: Longs, task: int, runs: Flags, table: Longs = _NO_TABLE) -> None:
    """Do a task that is no search; the same types of arguments each time, or all would be compiled once more."""
    work(c, task, runs, table, 0, 1.0, 1.0)


class _Clock:
    """How long a search may still last."""

    def __init__(
        self, seconds: float, most_moves: int | None, patience: float | None, stopped: Callable[[], bool] | None
    ) -> None:
        self.stopped = stopped
        self.begin = self.better = perf_counter()
        self.seconds, self.most_moves, self.patience = seconds, most_moves, patience
        self.moves = 0

    @property
    def gone(self) -> float:
        """Share of the time, or of the moves, that is over."""
        if self.most_moves is not None:
            return self.moves / max(self.most_moves, 1)
        return (perf_counter() - self.begin) / self.seconds

    @property
    def is_over(self) -> bool:
        """Whether the search has to end."""
        late = self.patience is not None and perf_counter() - self.better > self.patience
        return late or self.gone >= 1 or (self.stopped is not None and self.stopped())


def _levels(problem: Problem) -> Longs:
    """Return the priority of each run; runs of which one comes before the other share the more urgent one."""
    levels = problem.facts.runs["level"][:-1].copy()
    for _ in range(len(levels)):
        before = levels.copy()
        for pair in problem.sessions.before:
            levels[pair.run] = levels[pair.after_run] = min(levels[pair.run], levels[pair.after_run])
        if (levels == before).all():
            break
    return levels


def _stages(problem: Problem, c: Longs, levels: Longs) -> Iterator[tuple[Flags, float]]:
    """Return the runs that a stage of the search may move, and the share of the time at which it ends.

    Before each stage the runs of later ones are lifted, and after it filled again.
    """
    sizes = np.diff(problem.facts.runs["first"])
    known = sorted(set(levels.tolist()))
    for level in known:
        later = (levels > level).astype(np.uint8)
        if later.any():
            _do(c, LIFT, later)
        yield (levels == level).astype(np.uint8), float(sizes[levels <= level].sum() / sizes.sum())
        if later.any():
            _do(c, FIRST_FIT, later)


def _anneal(
    problem: Problem, state: State, c: Longs, active: Flags, limits: Limits, clock: _Clock, until: float
) -> None:
    """Improve the active runs until a share of the time is over: large steps first, then smaller and smaller ones."""
    penalty = 4.0 * DAY * problem.facts.days
    since, moves = clock.gone, 200
    table = np.stack([limits.possible, limits.most], axis=1)
    while clock.gone < until and not clock.is_over:
        cooled = (clock.gone - since) / (until - since)
        if clock.most_moves is not None:
            moves = max(1, min(moves, int(until * clock.most_moves) - clock.moves, clock.most_moves // 50))
        begin = perf_counter()
        heat = HOT * (COLD / HOT) ** cooled
        better = work(c, IMPROVE, active, table, moves, float(heat), penalty)
        clock.moves += moves
        if better:
            clock.better = perf_counter()
            if _score(state)[:2] <= limits.least[:2] and _score(state).waiting == 0:
                break
        moves = int(np.clip(moves * _LOOK / max(perf_counter() - begin, 1e-6), 20, 100_000))
    _do(c, RETURN, active)


def _score(state: State) -> Score:
    return Score(*(int(part) for part in state.best_totals))


def _slots_of(problem: Problem, state: State, run: int) -> tuple[Slot, ...]:
    visits = range(problem.facts.runs["first"][run], problem.facts.runs["first"][run + 1])
    return tuple(
        Slot(
            int(state.visits["day"][visit]),
            int(state.visits["start"][visit]) // problem.facts.grid,
            int(state.visits["option"][visit]),
        )
        for visit in visits
        if state.visits["day"][visit] >= 0
    )
