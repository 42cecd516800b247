"""What is wished of a part, in a model: each goal a sum of whole numbers that should be small."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from schedvisu_lib.plan.roster.change.debts import kind_of
from schedvisu_lib.plan.roster.change.dues import pays
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.duty_plan import cell_of
from schedvisu_lib.plan.roster.rules.seats import Cell, Demand, fill
from schedvisu_lib.plan.roster.rules.wishes import wanted
from schedvisu_lib.plan.roster.score import PREFERRED
from schedvisu_lib.plan.roster.solve.evenness import SCALE
from schedvisu_lib.plan.roster.solve.literals import Lit
from schedvisu_lib.plan.roster.solve.person_rules import Track
from schedvisu_lib.plan.roster.solve.problem import Problem


@dataclass
class Covers:
    """What the cells of a part lack, and have too many: sums of weights."""

    unfilled: dict[Cell, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Required seats, by where."""
    unskilled: list[Any] = field(default_factory=list)
    too_many: list[Any] = field(default_factory=list)
    fewer: list[Any] = field(default_factory=list)
    """Than preferred, in thousandths."""


@dataclass(frozen=True)
class Present:
    """Who is on duty in a cell, for certain (True) or perhaps."""

    singles: list[tuple[str, Lit]]
    """Persons who stand for themselves."""
    teams: dict[str, Lit]
    persons: list[tuple[str, Lit]]
    """All of them, those of teams included."""


def cover(problem: Problem, model: cp_model.CpModel, cell: Cell, there: Present, sums: Covers, extra: bool) -> None:
    """Count the seats of a cell that stay empty; without ``extra``, nobody comes on top of those preferred."""
    asked = problem.cells[cell]
    for by in ("number", "team"):
        demands = [one for one in asked if one.by == by]
        if by == "number":
            people = [(problem.book.person[name].title, lit) for name, lit in there.singles]
        else:
            people = [("", lit) for lit in there.teams.values()]
        if demands:
            _seats(model, cell, demands, people, sums, extra)
    for one in asked:
        if one.skilled:
            able = [lit for name, lit in there.persons if one.skill in problem.book.person[name].skills]
            missing = model.new_int_var(0, one.skilled, "")
            model.add(missing >= one.skilled - total(able))
            sums.unskilled.append(one.too_few * missing)


def total(literals: Iterable[Lit]) -> Any:
    """Return the sum of literals, those that are certain included."""
    literals = list(literals)
    certain = sum(one is True for one in literals)
    free = [one for one in literals if isinstance(one, cp_model.IntVar)]
    return cp_model.LinearExpr.sum(free) + certain if free else certain


def _seats(
    model: cp_model.CpModel,
    cell: Cell,
    demands: list[Demand],
    people: list[tuple[str, Lit]],
    sums: Covers,
    extra: bool,
) -> None:
    filled: dict[str, list[Any]] = defaultdict(list)
    for one in demands:
        required = model.new_int_var(0, one.required, "")
        filled[one.title].append(required)
        sums.unfilled[cell].append(one.too_few * (one.required - required))
        sums.fewer.append(one.too_few * SCALE // PREFERRED * (one.preferred - required))
        if one.preferred > one.required:
            preferred = model.new_int_var(0, one.preferred - one.required, "")
            filled[one.title].append(preferred)
            sums.fewer.append(-one.too_few * SCALE // PREFERRED * preferred)
    there = total(lit for _, lit in people)
    for title, seats in filled.items():
        if title:
            model.add(sum(seats) <= total(lit for its, lit in people if its == title))
    seated = sum(seat for seats in filled.values() for seat in seats)
    model.add(seated <= there)
    weight = min(one.too_many for one in demands)
    if extra:
        sums.too_many.append(weight * (there - seated))
    else:
        certain = [title for title, lit in people if lit is True]
        model.add(there - seated <= len(certain) - sum(fill(demands, certain, len(certain))))


def lacking(problem: Problem, model: cp_model.CpModel, person: str, track: Track) -> Iterator[Any]:
    """Yield what a person lacks to the least shifts and minutes of the contract, in shifts (rule 10)."""
    book, contract = problem.book, problem.book.contract_of(person)
    within = [(cell, lit) for day in problem.days for cell, lit in track.items.get(day, ())]
    longest = max(shift.worked for shift in book.shifts)
    if contract.least_shifts:
        missing = model.new_int_var(0, contract.least_shifts, "")
        model.add(missing >= contract.least_shifts - total(lit for _, lit in within))
        yield missing
    if contract.least_minutes:
        minutes = sum(book.shift[cell[1]].worked * lit for cell, lit in within)
        missing = model.new_int_var(0, -(-contract.least_minutes // longest), "")
        model.add(longest * missing >= contract.least_minutes - minutes)
        yield missing


def unmet(problem: Problem, tracks: dict[str, Track]) -> Iterator[Any]:
    """Yield the wishes of persons that are not met, in thousandths."""
    for one in wanted(problem.book, problem.first, problem.last):
        if one.person in tracks:
            on = tracks[one.person].on(one.date, (one.shift,) if one.shift else None)
            yield SCALE * one.weight * ((1 - on) if one.wants == "on" else on)


def unpaid(problem: Problem, model: cp_model.CpModel, tracks: dict[str, Track]) -> Iterator[Any]:
    """Yield for each debt whether it stays unpaid: the debtor has too few duties of its kind beyond the share."""
    book = problem.book
    for due in problem.dues:
        if due.person not in tracks:
            continue
        stands = sum(
            problem.first <= duty.date <= problem.last and pays(book, due, duty)
            for duty in problem.standing_of.get(due.person, ())
        )
        mine = [
            literal
            for day in problem.days
            for cell, literal in tracks[due.person].items.get(day, ())
            if literal is not True and cell[2] == due.level and kind_of(book, cell[1], day) == due.kind
        ]
        for number in range(1, len(due.debts) + 1):
            lacks = model.new_bool_var("")
            model.add(total(mine) + stands >= due.share + number).only_enforce_if(~lacks)
            yield lacks


def changes(model: cp_model.CpModel, cell: Cell, there: Present, keep: Iterable[Duty]) -> Any:
    """Return how many duties of a cell are added, taken away, or go to somebody else."""
    had = Counter(duty.person for duty in keep if cell_of(duty) == cell)
    free = [(name, lit) for name, lit in there.persons if lit is not True]
    stays = [lit for name, lit in free if had[name]]
    standing = sum(had[name] for name, lit in there.persons if lit is True)
    gone = sum(had.values()) - standing - total(stays)
    come = total(lit for name, lit in free if not had[name])
    if isinstance(come, int):
        return gone
    changed = model.new_int_var(0, sum(had.values()) + len(free), "")
    model.add(changed >= gone)
    model.add(changed >= come)
    return changed
