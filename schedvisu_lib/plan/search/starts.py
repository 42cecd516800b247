"""All starts that a session could have beside what stands already, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from schedvisu_lib.plan.search.arrays import Rows, unpack
from schedvisu_lib.plan.search.problem import Problem, Slot
from schedvisu_lib.plan.terms import DAY


@dataclass(slots=True)
class Start:
    """A start that a session could have."""

    run: int
    place: int
    """Of an ordered run: of the session in it; else 0."""
    kind: int
    slot: Slot
    start: int
    end: int
    """Minutes from the first day's midnight."""
    cost: int
    literal: Any = field(default=None, compare=False)
    """Of a solver."""


def starts_of(problem: Problem, number: int) -> Iterator[Start]:
    """Return all starts of a run beside what stands already; for one patient alone, resources of a kind are one."""
    facts = problem.facts
    run, following = facts.runs[number], facts.runs[number + 1]
    alone = len(set(facts.runs["patient"][:-1].tolist())) == 1
    length, mode, at = int(run["length"]), int(run["mode"]), int(run["at"])
    standing = facts.standing[facts.standing["patient"] == run["patient"]]
    visits = facts.visits[run["first"] : following["first"]] if run["ordered"] else [None]
    free_before: dict[int, npt.NDArray[np.bool_]] = {}
    for option in range(run["option"], following["option"]):
        row = facts.options[option]
        free = _open(problem, run, row) & _free_beside(problem, run, int(row["kind"]), standing)
        if alone:
            free &= ~free_before.get(int(row["kind"]), np.zeros_like(free))
            free_before[int(row["kind"])] = free | free_before.get(int(row["kind"]), free)
        for day, step in zip(*(found.tolist() for found in np.nonzero(free)), strict=True):
            minute = step * facts.grid
            begin, part = day * DAY + minute, (minute, DAY - minute, abs(minute - at))[mode]
            for place, visit in enumerate(visits):
                if visit is None or visit["low"] <= begin <= visit["high"]:
                    slot = Slot(day, step, option)
                    yield Start(number, place, int(row["kind"]), slot, begin, begin + length, day * DAY + part)


def _open(problem: Problem, run: Any, row: Any) -> npt.NDArray[np.bool_]:
    """Return (days, steps) at which a run may start on a resource that has room all the time."""
    facts, steps = problem.facts, int(run["steps"])
    room = facts.room[row["resource"]]
    free: npt.NDArray[np.bool_] = unpack(facts.masks[row["mask"]])[:, : room.shape[1]]
    full = np.zeros((len(room), room.shape[1] + steps), np.int64)
    full[:, 1 : room.shape[1] + 1] = np.cumsum(room < 1, axis=1)
    full[:, room.shape[1] + 1 :] = full[:, room.shape[1], None]
    free &= full[:, steps : steps + room.shape[1]] == full[:, : room.shape[1]]
    free[: run["day"]] = free[run["end"] :] = False
    return free


def _free_beside(problem: Problem, run: Any, kind: int, standing: Rows) -> npt.NDArray[np.bool_]:
    """Return (days, steps) at which a run may start beside what its patient has already."""
    facts = problem.facts
    _, days, steps = facts.room.shape
    free = np.ones((days, steps), bool)
    begins = np.arange(days)[:, None] * DAY + np.arange(steps) * facts.grid
    for other in standing:
        if facts.apart[run["kin"], kind, other["kind"]] and 0 <= other["day"] < days:
            free[other["day"]] = False
        pause, shift = int(facts.separation[run["kin"], kind, other["kind"]]), int(other["day"]) * DAY
        free &= (begins >= other["end"] + shift + pause) | (begins + run["length"] + pause <= other["start"] + shift)
    return free
