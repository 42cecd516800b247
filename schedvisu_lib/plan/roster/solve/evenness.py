"""How far each person is from the fair share, in a model: a convex cost of what each has, step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from ortools.sat.python import cp_model

from schedvisu_lib.plan.roster.rules.days import weekend_worked
from schedvisu_lib.plan.roster.rules.fair import (
    KINDS,
    Member,
    Share,
    Tally,
    before,
    counts,
    kinds_of,
    shares,
    weekends_before,
    weights,
)
from schedvisu_lib.plan.roster.rules.seats import Cell
from schedvisu_lib.plan.roster.solve.literals import Lit
from schedvisu_lib.plan.roster.solve.problem import Problem, cliques

SCALE: Final = 1000
"""Costs are counted in thousandths."""


@dataclass(frozen=True)
class Fairness:
    """Fair shares of a period, and what each person has without the duties that are still to be found."""

    problem: Problem

    @cached_property
    def share(self) -> dict[Member, Share]:
        """The fair shares."""
        return shares(self.problem.book, self.problem.site, self.problem.first, self.problem.last)

    @cached_property
    def had(self) -> dict[Member, Tally]:
        """What counts before the period and what stands in it."""
        problem = self.problem
        earlier = before(problem.book, problem.site, problem.first)
        given = counts(problem.standing, problem.book, problem.site, problem.first, problem.last)
        return {
            member: {kind: tally[kind] + given[member][kind] for kind in KINDS} for member, tally in earlier.items()
        }

    @cached_property
    def weekends(self) -> dict[Member, set[date]]:
        """The weekends that count for each person already."""
        problem = self.problem
        found: dict[Member, set[date]] = defaultdict(set)
        for member, saturdays in weekends_before(problem.book, problem.first).items():
            found[member] |= saturdays
        for duty in problem.standing:
            saturday = weekend_worked(problem.book.shift[duty.shift], duty.date)
            if problem.first <= duty.date <= problem.last and saturday is not None:
                found[duty.level, duty.department, duty.counted].add(saturday)
        return found

    def alone(self) -> float:
        """Return the unevenness of what counts already."""
        weight = weights(self.problem.book)
        return sum(
            weight[kind] * (tally[kind] - self.share[member][kind]) ** 2
            for member, tally in self.had.items()
            for kind in KINDS
        )


def costs(fairness: Fairness, model: cp_model.CpModel, items: Mapping[Member, list[tuple[Cell, Lit]]]) -> Iterator[Any]:
    """Yield what the duties of some persons add to the unevenness of what counts already, in thousandths."""
    weight = weights(fairness.problem.book)
    for member, duties in items.items():
        by_literals: dict[frozenset[int], tuple[list[Lit], list[int]]] = {}
        for kind in KINDS:
            literals = _counted(fairness, model, member, duties, kind)
            if weight[kind] and literals:
                most = _most(fairness.problem, member[2], [cell for cell, _ in duties], kind, len(literals))
                key = frozenset(literal.index for literal in literals)
                rise = _rises(weight[kind], fairness.had[member][kind] - fairness.share[member][kind], most)
                _, rises = by_literals.setdefault(key, (literals, [0] * most))
                by_literals[key] = literals, [one + other for one, other in zip(rises, rise, strict=False)]
        for literals, rises in by_literals.values():
            yield from _steps(model, literals, rises)


def _counted(
    fairness: Fairness, model: cp_model.CpModel, member: Member, duties: list[tuple[Cell, Lit]], kind: str
) -> list[Lit]:
    problem = fairness.problem
    if kind != "weekends":
        shift = problem.book.shift
        return [literal for cell, literal in duties if kind in kinds_of(problem.site, shift[cell[1]], cell[0])]
    by_weekend: dict[date, list[tuple[Cell, Lit]]] = defaultdict(list)
    for cell, literal in duties:
        saturday = weekend_worked(problem.book.shift[cell[1]], cell[0])
        if saturday is not None and saturday not in fairness.weekends.get(member, ()):
            by_weekend[saturday].append((cell, literal))
    return [_one_of(problem, model, items) for items in by_weekend.values()]


def _one_of(problem: Problem, model: cp_model.CpModel, items: list[tuple[Cell, Lit]]) -> Lit:
    """Return a literal that is true where one of some duties is.

    It is not less than any sum of duties of which a person has one at most: that is what lets a linear relaxation see
    how many persons a weekend needs.
    """
    if len(items) == 1:
        return items[0][1]
    found = model.new_bool_var("")
    model.add_bool_or([~found, *(literal for _, literal in items)])
    for clique in cliques(problem.book, {cell[:2] for cell, _ in items}):
        model.add_at_most_one([~found, *(literal for cell, literal in items if cell[:2] in clique)])
    return found


def _most(problem: Problem, person: str, cells: list[Cell], kind: str, number: int) -> int:
    """Return more than which a person cannot have: one duty a day, a night every other day, the contract."""
    book, site, contract = problem.book, problem.site, problem.book.contract_of(person)
    of_kind = {"nights": contract.most_nights, "weekends": contract.most_weekends}.get(kind)
    limits = [number, contract.most_shifts, of_kind]
    if kind != "weekends":
        days = sorted({cell[0] for cell in cells if kind in kinds_of(site, book.shift[cell[1]], cell[0])})
        apart = timedelta(days=2 if kind == "nights" and book.free_after_night else 1)
        limits.append(_picked(days, apart))
    return min(limit for limit in limits if limit is not None)


def _picked(days: list[date], apart: timedelta) -> int:
    """Return how many days can be picked that are at least so far apart."""
    most, last = 0, date.min
    for day in days:
        if day - last >= apart:
            most, last = most + 1, day
    return most


def _rises(weight: int, start: float, most: int) -> list[int]:
    """Return what each further one adds to the square of a distance; more for each than for the one before."""
    squares = [round(SCALE * weight * (start + number) ** 2) for number in range(most + 1)]
    return [after - one for one, after in pairwise(squares)]


def _steps(model: cp_model.CpModel, literals: list[Lit], rises: list[int]) -> Iterator[Any]:
    steps = [model.new_bool_var("") for _ in rises]
    model.add(sum(literals) == sum(steps))
    for one, after in pairwise(steps):
        model.add_implication(after, one)
    yield from (rise * step for rise, step in zip(rises, steps, strict=True))
