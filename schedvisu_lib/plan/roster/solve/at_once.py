"""A roster at once: seat after seat goes to whom it suits best of those whom the rules let in; where searches begin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from schedvisu_lib.plan.roster.rules.seats import Cell, Demand
from schedvisu_lib.plan.roster.solve.desk import Desk
from schedvisu_lib.plan.roster.solve.evenness import Fairness
from schedvisu_lib.plan.roster.solve.parts import Part
from schedvisu_lib.plan.roster.solve.problem import Choice, Problem


def at_once(problem: Problem, part: Part, fairness: Fairness, begin: Iterable[Choice] = ()) -> tuple[Choice, ...]:
    """Return duties of a part that keep all rules and fill what seats they can, found without a search.

    Day by day, the seats with the fewest who could sit there come first. Each goes to somebody with a skill that is
    missing, then to who has too few days in a row or shifts for the contract, then to whom it makes the least uneven
    and unhappy. Then those give a duty away who are needed elsewhere, and those who have more than is fair.

    Parameters
    ----------
    begin
        Choices that are made first, where rules allow.
    """
    making = _Making(problem, part, Desk(problem, part, fairness))
    first = (choice for choice in part.choices if choice.joins)
    for choice in chain(first, sorted(begin, key=lambda one: one.cell)):
        if choice not in making.desk.taken and making.desk.may(choice):
            making.desk.take(choice)
    making.fill("required")
    making.mend()
    making.pass_on()
    if problem.keep is None:  # as few changes as can be come before preferred seats and evenness
        making.fill("preferred")
        making.mend()
        making.even_out()
    making.mend()
    return tuple(making.desk.taken)


@dataclass(frozen=True)
class _Making:
    problem: Problem
    part: Part
    desk: Desk

    @cached_property
    def at(self) -> dict[Cell, list[Choice]]:
        """Who may be on duty where, the cells in the order in which they are filled."""
        found: dict[Cell, list[Choice]] = defaultdict(list)
        for choice in self.part.choices:
            found[choice.cell].append(choice)
        needed = {cell: sum(one.required for one in self.problem.cells[cell]) for cell in found}
        spare = {cell: len(choices) - needed[cell] for cell, choices in found.items()}
        return {cell: found[cell] for cell in sorted(found, key=lambda one: (one[0], spare[one], one))}

    def fill(self, upto: str) -> None:
        """Fill seats, required or preferred ones, as far as anybody is there to do it."""
        for cell in self.at:
            hopeless: list[Demand] = []
            while seats := [one for one in self.desk.open_seats(cell, upto) if one not in hopeless]:
                before = self.desk.filled(cell)
                chosen = self._best(cell, seats[0])
                if chosen is not None:
                    self.desk.take(chosen)
                if chosen is None or self.desk.filled(cell) == before:
                    hopeless.append(seats[0])

    def _best(self, cell: Cell, demand: Demand, without: str = "") -> Choice | None:
        """Return who suits a seat best of those whom the rules let in."""
        days, missing = self.problem.days, self.desk.missing(cell)
        past = ((cell[0] - days[0]).days + 1) / len(days)

        def rank(choice: Choice) -> tuple[float, ...]:
            skilled = any(missing & set(self.problem.book.person[name].skills) for name in choice.members)
            short = sum(self.desk.is_short(name, cell[0]) for name in choice.members)
            rested = max(self.desk.last_day(name) for name in choice.members)
            return -skilled, -short, self.desk.cost(choice, past), rested.toordinal()

        fitting = (one for one in self.at[cell] if self._fits(one, demand) and one.name != without)
        return next((one for one in sorted(fitting, key=rank) if self.desk.may(one)), None)

    def _fits(self, choice: Choice, demand: Demand) -> bool:
        """Tell whether a choice that is not made is of the form and title of a seat."""
        if choice in self.desk.taken or choice.joins:
            return False
        if choice.team:
            return demand.by == "team"
        return demand.by == "number" and demand.title in ("", self.problem.book.person[choice.name].title)

    def mend(self) -> None:
        """Undo what breaks a rule after all, such as too few days in a row."""
        while faulty := self.desk.faulty():
            for choice in faulty:
                self.desk.drop(choice)

    def pass_on(self) -> None:
        """Fill required seats that are empty with those of whom another duty can go to somebody else."""
        for cell, choices in self.at.items():
            for choice in choices:
                if any(self._fits(choice, one) for one in self.desk.open_seats(cell)):
                    self._pass_on_for(choice)

    def _pass_on_for(self, choice: Choice) -> None:
        mine = [one for one in self.desk.taken if one.name == choice.name and not one.joins]
        for other in sorted(mine, key=lambda one: abs((one.cell[0] - choice.cell[0]).days)):
            self.desk.drop(other)
            if self.desk.may(choice):
                self.desk.take(choice)
                seats = self.desk.open_seats(other.cell)
                instead = self._best(other.cell, seats[0], without=other.name) if seats else None
                if instead is not None:
                    self.desk.take(instead)
                if (instead is not None or not seats) and self._is_sound(choice, instead):
                    return
                if instead is not None:
                    self.desk.drop(instead)
                self.desk.drop(choice)
            self.desk.take(other)

    def even_out(self) -> None:
        """Let somebody else of the same title and skills do a duty where that costs less."""
        for choice in tuple(self.desk.taken):
            if choice.joins or any(self._has_least(name) for name in choice.members):
                continue
            self.desk.drop(choice)
            self.desk.take(self._cheaper(choice) or choice)

    def _cheaper(self, choice: Choice) -> Choice | None:
        """Return who could do a duty that is given away at the least cost, if it is less than what it was."""
        cost = self.desk.cost(choice)
        others = [one for one in self.at[choice.cell] if one not in self.desk.taken and self._is_alike(one, choice)]
        for other in sorted(others, key=self.desk.cost):
            if self.desk.cost(other) >= cost:
                return None
            if self.desk.may(other):
                self.desk.take(other)
                sound = self._is_sound(other, choice)
                self.desk.drop(other)
                if sound:
                    return other
        return None

    def _has_least(self, name: str) -> bool:
        contract = self.problem.book.contract_of(name)
        return bool(contract.least_shifts or contract.least_minutes)

    def _is_alike(self, one: Choice, other: Choice) -> bool:
        """Tell whether one fills each seat that another does."""
        person = self.problem.book.person
        if one.team or other.team:
            return bool(one.team and other.team) and not one.joins
        mine, its = person[one.name], person[other.name]
        return mine.title == its.title and set(mine.skills) >= set(its.skills)

    def _is_sound(self, *choices: Choice | None) -> bool:
        """Tell whether those who are moved keep all rules."""
        names = {name for choice in choices if choice is not None for name in choice.members}
        return not self.desk.faulty(names)
