"""The better plan, and the better bound, of all ways that prove something about a sheet."""

from __future__ import annotations

from time import perf_counter
from typing import Final, TypeAlias

from schedvisu_lib.plan.search.by_days import plan_by_days
from schedvisu_lib.plan.search.exact import prove
from schedvisu_lib.plan.search.problem import Problem, Slot
from schedvisu_lib.plan.search.score import Score
from schedvisu_lib.plan.search.search import Found

_SHARE: Final = 0.5
"""Of the time, for whole days; what they leave of it is CP-SAT's."""
Slots: TypeAlias = tuple[tuple[Slot, ...], ...]


def best_of(problem: Problem, found: Found, seconds: float, seed: int = 1) -> tuple[Slots, Score]:
    """Return the slots that a search found, or better ones, and a bound that is no worse than the search's.

    Parameters
    ----------
    problem
        A sheet, or a few small ones.
    found
        By the search.
    seconds
        For whole days, and then for CP-SAT if these do not prove the plan best.
    seed
        Of CP-SAT.
    """
    if found.score[:2] == found.bound[:2]:
        return found.slots, found.bound
    end = perf_counter() + seconds
    by_days = plan_by_days(problem, found.limits, seconds=_SHARE * seconds, hint=found.slots)
    slots, score, bound = found.slots, found.score[:2], max(found.bound, by_days.bound)
    if by_days.score is not None and by_days.score[:2] < score:
        slots, score = by_days.slots, by_days.score[:2]
    if score > bound[:2]:
        proof = prove(problem, seconds=max(end - perf_counter(), 0.0), hint=slots, seed=seed)
        bound = max(bound, proof.bound)
        if proof.score is not None and proof.score[:2] < score:
            slots = proof.slots
    return slots, bound
