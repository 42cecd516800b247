"""A part as a model of CP-SAT: Booleans for who is on duty where, the hard rules, and the goals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from ortools.sat.python import cp_model

from schedvisu_lib.plan.roster.book.model import OFF
from schedvisu_lib.plan.roster.rules.duty_plan import cell_of
from schedvisu_lib.plan.roster.rules.fair import Member
from schedvisu_lib.plan.roster.rules.seats import Cell
from schedvisu_lib.plan.roster.solve.evenness import Fairness, costs
from schedvisu_lib.plan.roster.solve.goals import Covers, Present, changes, cover, lacking, unmet, unpaid
from schedvisu_lib.plan.roster.solve.literals import Lit
from schedvisu_lib.plan.roster.solve.parts import Part
from schedvisu_lib.plan.roster.solve.person_rules import (
    Track,
    keep_apart,
    keep_limits,
    keep_rows,
    keep_sequences,
)
from schedvisu_lib.plan.roster.solve.problem import Choice, Problem

LAST_GOAL: Final = "cost"
_SPARED: Final = 10**6
"""Weight of a rule that standing duties break, and that others could mend: before all seats."""


@dataclass(frozen=True)
class Model:
    """A model, its Booleans, and its goals in their order."""

    cp: cp_model.CpModel
    literals: tuple[tuple[Choice, Any], ...]
    goals: dict[str, Callable[[], Any]]
    """Name, and what adds the goal to the model and returns it as a sum: a plain number, if it cannot change."""
    empty_at: Callable[[Cell], Any]
    """Returns the weight of the required seats of a cell that are empty."""


def make_model(problem: Problem, part: Part, fairness: Fairness) -> Model:
    """Return the model of a part."""
    model = cp_model.CpModel()
    literals = tuple((choice, model.new_bool_var("")) for choice in part.choices)
    spared: list[Lit] = []
    tracks = {name: Track(problem, model, spared) for name in part.persons}
    teams = {choice.team: Track(problem, model, spared) for choice in part.choices if choice.team and not choice.joins}
    _fill(problem, literals, tracks, teams)
    for track in teams.values():
        keep_apart(track)
        keep_sequences(track)
    for name, track in tracks.items():
        contract = problem.book.contract_of(name)
        keep_apart(track)
        keep_sequences(track)
        keep_rows(track, contract)
        keep_limits(track, contract)
    spared += [~literal for choice, literal in literals if choice.joins]
    goals = _Goals(problem, part, fairness, model, literals, tracks, spared)
    names: dict[str, Callable[[], Any]] = {"unfilled": goals.unfilled}
    if problem.keep is not None:
        names["changes"] = goals.changes
    names |= {"lacking": goals.lacking, "too many": goals.too_many, "unpaid": goals.unpaid, LAST_GOAL: goals.cost}
    return Model(model, literals, names, goals.empty_at)


def _fill(
    problem: Problem, literals: tuple[tuple[Choice, Any], ...], tracks: dict[str, Track], teams: dict[str, Track]
) -> None:
    """Add to persons and teams what stands and what may be."""
    for those, standing in ((tracks, problem.standing_of), (teams, problem.standing_team)):
        for name, track in those.items():
            for duty in standing.get(name, ()):
                track.add(cell_of(duty), True)
    for choice, literal in literals:
        if choice.team and not choice.joins:
            teams[choice.team].add(choice.cell, literal)
        for person in choice.members:
            tracks[person].add(choice.cell, literal)


@dataclass(frozen=True)
class _Goals:
    """Adds goals to a model, each when its turn comes: a search for the first is not slowed down by the last."""

    problem: Problem
    part: Part
    fairness: Fairness
    model: cp_model.CpModel
    literals: tuple[tuple[Choice, Any], ...]
    tracks: dict[str, Track]
    spared: list[Lit]

    @cached_property
    def there(self) -> dict[Cell, Present]:
        """Who is, or may be, on duty in each cell."""
        return _present(self.problem, self.part, self.literals)

    @cached_property
    def covers(self) -> Covers:
        """What the cells lack and have too many."""
        sums, extra = Covers(), self.may_be_too_many()
        for cell in self.part.cells:
            cover(self.problem, self.model, cell, self.there[cell], sums, extra)
        return sums

    def may_be_too_many(self) -> bool:
        """Tell whether somebody on top of those preferred may be of use: for a contract, a skill or days in a row."""
        book = self.problem.book
        contracts = [book.contract_of(name) for name in self.part.persons]
        return (
            any(one.skilled for cell in self.part.cells for one in self.problem.cells[cell])
            or any(OFF in sequence.shifts for sequence in book.sequences)
            or any(one.least_shifts or one.least_minutes for one in contracts)
            or any(max(one.least_in_row, one.least_free_in_row) > 1 for one in contracts)
        )

    def unfilled(self) -> Any:
        """Return the empty seats; rules that standing duties break come before them."""
        empty = sum(map(self.empty_at, self.part.cells))
        return empty + sum(self.covers.unskilled) + _SPARED * sum(self.spared)

    def empty_at(self, cell: Cell) -> Any:
        """Return the weight of the required seats of a cell that are empty."""
        return sum(self.covers.unfilled.get(cell, ()))

    def changes(self) -> Any:
        """Return the duties that are not as they were."""
        keep = self.problem.keep or ()
        return sum(changes(self.model, cell, self.there[cell], keep) for cell in self.part.cells)

    def lacking(self) -> Any:
        """Return what is short of the contracts."""
        return sum(one for name, track in self.tracks.items() for one in lacking(self.problem, self.model, name, track))

    def too_many(self) -> Any:
        """Return who is on duty on top of those preferred."""
        return sum(self.covers.too_many)

    def unpaid(self) -> Any:
        """Return how many debts stay unpaid."""
        return sum(unpaid(self.problem, self.model, self.tracks))

    def cost(self) -> Any:
        """Return what all the rest costs, in thousandths, but for what nobody can change."""
        items: dict[Member, list[tuple[Cell, Lit]]] = defaultdict(list)
        for choice, literal in self.literals:
            for person in choice.members:
                items[(*choice.cell[2:], person)].append((choice.cell, literal))
        wishes = sum(unmet(self.problem, self.tracks))
        return sum(self.covers.fewer) + wishes + sum(costs(self.fairness, self.model, items))


def _present(problem: Problem, part: Part, literals: tuple[tuple[Choice, Any], ...]) -> dict[Cell, Present]:
    found = {cell: Present([], {}, []) for cell in part.cells}
    for cell, (name, team, literal) in _everybody(problem, part, literals):
        here = found[cell]
        here.persons.append((name, literal))
        if team:
            here.teams.setdefault(team, literal)
        else:
            here.singles.append((name, literal))
    return found


def _everybody(
    problem: Problem, part: Part, literals: tuple[tuple[Choice, Any], ...]
) -> Iterator[tuple[Cell, tuple[str, str, Lit]]]:
    for cell in part.cells:
        for duty in problem.standing_at.get(cell, ()):
            yield cell, (duty.person, duty.team, True)
    for choice, literal in literals:
        for person in choice.members:
            yield choice.cell, (person, choice.team, literal)
