"""All starts that a session could have beside what stands already, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from schedvisu_lib.plan.search.arrays import Rows, unpack
from schedvisu_lib.plan.search.problem import Problem, Slot
from schedvisu_lib.plan.terms import DAY


@dataclass(frozen=True)
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
    options = range(run["option"], following["option"])
    alone = len(set(facts.runs["patient"][:-1].tolist())) == 1
    steps = facts.room.shape[2]
    done: set[tuple[int, int, int]] = set()
    standing = facts.standing[facts.standing["patient"] == run["patient"]]
    for option in options:
        row = facts.options[option]
        mask = unpack(facts.masks[row["mask"]])[:, :steps]
        for day, step in zip(*np.nonzero(mask), strict=True):
            key = int(row["kind"]) if alone else -1 - option, int(day), int(step)
            if not run["day"] <= day < run["end"] or key in done:
                continue
            begin = int(day) * DAY + int(step) * facts.grid
            if not _fits_beside(problem, run, int(row["kind"]), int(day), begin, standing):
                continue
            if facts.room[row["resource"], day, step : step + run["steps"]].min() < 1:
                continue
            done.add(key)
            for place in range(following["first"] - run["first"] if run["ordered"] else 1):
                visit = facts.visits[run["first"] + place]
                if run["ordered"] and not visit["low"] <= begin <= visit["high"]:
                    continue
                minute = begin % DAY
                part = (minute, DAY - minute, abs(minute - int(run["at"])))[run["mode"]]
                yield Start(
                    number,
                    place,
                    int(row["kind"]),
                    Slot(int(day), int(step), option),
                    begin,
                    begin + int(run["length"]),
                    int(day) * DAY + part,
                )


def _fits_beside(problem: Problem, run: Any, kind: int, day: int, start: int, standing: Rows) -> bool:
    """Tell whether a start goes with what its patient has already."""
    facts = problem.facts
    end = start + int(run["length"])
    for other in standing:
        if other["day"] == day and facts.apart[run["kin"], kind, other["kind"]]:
            return False
        pause = int(facts.separation[run["kin"], kind, other["kind"]])
        shift = int(other["day"]) * DAY
        if start < other["end"] + shift + pause and other["start"] + shift < end + pause:
            return False
    return True
