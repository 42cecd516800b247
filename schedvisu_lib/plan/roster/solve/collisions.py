"""With which other seats an empty one collides, and by which rules: as few of both as were found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final, NamedTuple

from ortools.sat.python import cp_model

from schedvisu_lib.plan.roster.book.model import Contract, StaffBook
from schedvisu_lib.plan.roster.change.changes import with_rows
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan
from schedvisu_lib.plan.roster.rules.seats import Cell, by_cell, demands
from schedvisu_lib.plan.roster.solve.evenness import Fairness
from schedvisu_lib.plan.roster.solve.model import Model, make_model
from schedvisu_lib.plan.roster.solve.parts import Part, parts_of
from schedvisu_lib.plan.roster.solve.problem import Problem, make_problem
from schedvisu_lib.plan.roster.solve.search import ALONE

_WORK: Final = 0.5
"""That one question may take, in CP-SAT's units."""


class Collision(NamedTuple):
    """Seats that cannot all be filled beside an empty one, and the rules without which they could."""

    cells: tuple[Cell, ...]
    rules: tuple[int, ...]


def collisions(
    plan: DutyPlan, standing: Collection[Duty], empty: Iterable[Cell], seconds: float
) -> dict[Cell, Collision]:
    """Return what empty seats collide with, as far as the time goes; nothing for a seat that nobody could fill at all.

    Parameters
    ----------
    plan
        The roster.
    standing
        Its duties that do not move.
    """
    until = perf_counter() + seconds
    problem = make_problem(plan.book, plan.site, plan.first, plan.last, standing)
    part_of = {cell: part for part in parts_of(problem) for cell in part.cells}
    missing = set(empty)
    found: dict[Cell, Collision] = {}
    for cell in sorted(missing):
        if perf_counter() > until:
            break
        if cell in part_of:
            pools = {one[2:] for one in part_of[cell].cells}
            question = _Question(_small(problem, pools), cell)
            others = [one for one in part_of[cell].cells if one not in missing and one != cell]
            one = question.smallest(others, lambda: perf_counter() > until)
            if one is not None:
                found[cell] = one
    return found


@dataclass(frozen=True)
class _Question:
    """Whether a seat can be filled together with others."""

    problem: Problem
    cell: Cell

    def smallest(self, others: list[Cell], is_over: Callable[[], bool]) -> Collision | None:
        """Return as few of some other seats as possible, of which one stays empty if this one is filled."""
        core = self.core(others, self.problem.book)
        if core is None:
            return None
        for cell in list(core):
            if is_over():
                break
            fewer = self.core([one for one in core if one != cell], self.problem.book)
            if fewer is not None:
                core = [one for one in core if one in fewer]
        without, rules = self.problem.book, []
        for rule in _RELAXED:
            if is_over():
                break
            loose = relaxed(without, rule)
            if self.core(core, loose) is None:
                rules.append(rule)
            else:
                without = loose
        return Collision(tuple(sorted(core)), tuple(rules))

    def core(self, others: list[Cell], book: StaffBook) -> list[Cell] | None:
        """Return those of other seats that cannot all be filled beside this one; None, if all can."""
        problem = make_problem(book, self.problem.site, self.problem.first, self.problem.last, self.problem.standing)
        parts = [part for part in parts_of(problem) if self.cell in part.cells]
        if not parts:
            return []
        model = make_model(problem, parts[0], Fairness(problem))
        filled = _filled(model, parts[0], [self.cell, *others])
        model.cp.add_bool_and([filled.pop(self.cell)])
        model.cp.add_assumptions(list(filled.values()))
        solver = cp_model.CpSolver()
        for name, value in ALONE.items():
            setattr(solver.parameters, name, value)
        solver.parameters.max_deterministic_time = _WORK
        if solver.solve(model.cp) != cp_model.INFEASIBLE:
            return None
        needed = set(solver.sufficient_assumptions_for_infeasibility())
        return [cell for cell, literal in filled.items() if literal.index in needed]


def _filled(model: Model, part: Part, cells: list[Cell]) -> dict[Cell, Any]:
    """Return a literal for each of some cells of which all required seats are filled, where it is true."""
    found = {}
    for cell in cells:
        if cell in part.cells:
            found[cell] = model.cp.new_bool_var("")
            model.cp.add(model.empty_at(cell) == 0).only_enforce_if(found[cell])
    return found


_RELAXED: Final = (10, 9, 8, 5, 4, 6, 7)
"""Rules that can be left out, in the order in which this is tried."""


def relaxed(book: StaffBook, rule: int) -> StaffBook:
    """Return a book without one of the rules."""
    contracts = book.contracts
    if rule == 10:
        limits = ("most_shifts", "most_nights", "most_minutes", "most_weekends")
        return with_rows(book, contracts=tuple(_without(one, limits) for one in contracts))
    if rule == 9:
        rows = ("most_in_row", "least_in_row", "most_nights_in_row", "least_free_in_row")
        return with_rows(book, contracts=tuple(_without(one, rows) for one in contracts))
    if rule == 8:
        shifts = tuple(shift.model_copy(update={"not_next": ()}) for shift in book.shifts)
        return with_rows(book, sequences=(), shifts=shifts)
    if rule == 6:
        staff = tuple(person.model_copy(update={"day": True, "night": True}) for person in book.staff)
        return with_rows(book, exemptions=(), staff=staff)
    changes: dict[int, dict[str, Any]] = {
        4: {"free_after_night": False},
        5: {"rest_hours": 0.0},
        7: {"leave": ()},
    }
    return with_rows(book, **changes[rule])


def _without(contract: Contract, limits: Iterable[str]) -> Contract:
    return contract.model_copy(update={name: Contract.model_fields[name].default for name in limits})


def _small(problem: Problem, pools: set[tuple[str, str]]) -> Problem:
    """Return the problem of some pools alone: all that is asked of others is left out."""
    book = problem.book
    asked = by_cell(demands(book, problem.site, problem.first, problem.last))
    rows = {one.request for cell, those in asked.items() if cell[2:] in pools for one in those}
    requests = tuple(row for number, row in enumerate(book.requests) if number in rows)
    levels = {level for level, _ in pools}
    staff = tuple(person for person in book.staff if levels & set(person.levels))
    names = {person.name for person in staff}
    standing = tuple(duty for duty in problem.standing if duty.person in names)
    duties = tuple(row for row in book.duties if row.person in names)
    small = with_rows(book, requests=requests, staff=staff, duties=duties, wishes=(), counts=())
    return make_problem(small, problem.site, problem.first, problem.last, standing)
