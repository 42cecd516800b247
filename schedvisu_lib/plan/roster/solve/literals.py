"""What may be true in a model of CP-SAT: a Boolean of it, or what is certain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from ortools.sat.python import cp_model

Lit: TypeAlias = Any
"""True, False, or a Boolean of a model."""


def any_of(model: cp_model.CpModel, literals: Iterable[Lit]) -> Lit:
    """Return a literal that is true where one of some is."""
    free = [one for one in literals if one is not False]
    if any(one is True for one in free):
        return True
    if len(free) < 2:
        return free[0] if free else False
    found = model.new_bool_var("")
    model.add_bool_or([*free, ~found])
    for one in free:
        model.add_implication(one, found)
    return found


def at_most_one(model: cp_model.CpModel, literals: Iterable[Lit]) -> None:
    """Let one of some be true; where one is for certain, no other is."""
    literals = list(literals)
    free = [one for one in literals if isinstance(one, cp_model.IntVar)]
    if any(one is True for one in literals):
        model.add_bool_and([~one for one in free])
    elif len(free) > 1:
        model.add_at_most_one(free)


def at_most(model: cp_model.CpModel, literals: Iterable[Lit], most: int, each: int = 1) -> None:
    """Let a sum not pass a limit; what is certain may, and then nothing comes on top of it."""
    bounded(model, ((one, each) for one in literals), most)


def bounded(model: cp_model.CpModel, terms: Iterable[tuple[Lit, int]], most: int) -> None:
    """Let a weighted sum not pass a limit; what is certain may, and then nothing comes on top of it."""
    terms = list(terms)
    left = max(most - sum(weight for one, weight in terms if one is True), 0)
    free = [(one, weight) for one, weight in terms if isinstance(one, cp_model.IntVar)]
    if sum(weight for _, weight in free) > left:
        model.add(sum(one * weight for one, weight in free) <= left)
