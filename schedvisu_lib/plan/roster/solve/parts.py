"""The parts of a problem that share no person and no seat, so that each is solved for itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

from schedvisu_lib.plan.roster.rules.seats import Cell
from schedvisu_lib.plan.roster.solve.problem import Choice, Problem


@dataclass(frozen=True)
class Part:
    """Cells and those who may be on duty there.

    Parameters
    ----------
    persons
        In order of the book.
    """

    persons: tuple[str, ...]
    cells: tuple[Cell, ...]
    choices: tuple[Choice, ...]

    @property
    def title(self) -> str:
        """Its levels and departments."""
        pools = dict.fromkeys((level, department) for _, _, level, department in self.cells)
        return ", ".join(" ".join(name for name in pool if name) for pool in pools)


def parts_of(problem: Problem) -> list[Part]:
    """Return the parts, in order of their first cell; cells where nobody may be on duty belong to none."""
    ties = _Ties()
    for choice in problem.choices:
        for person in choice.members:
            ties.tie(choice.cell, person)
        if choice.team:
            ties.tie(choice.cell, ("team", choice.team))
    grouped: dict[Hashable, list[Choice]] = defaultdict(list)
    for choice in problem.choices:
        grouped[ties.root(choice.cell)].append(choice)
    parts = []
    for choices in grouped.values():
        there = {person for choice in choices for person in choice.members}
        persons = tuple(person.name for person in problem.book.staff if person.name in there)
        cells = tuple(dict.fromkeys(choice.cell for choice in choices))
        parts.append(Part(persons, cells, tuple(choices)))
    return parts


class _Ties:
    """What belongs together."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def root(self, one: Hashable) -> Hashable:
        """Return the same for all that belong together."""
        above = self._above.setdefault(one, one)
        while above != one:
            self._above[one] = self._above.setdefault(above, above)
            one, above = above, self._above[above]
        return one

    def tie(self, one: Hashable, other: Hashable) -> None:
        """Let two belong together."""
        self._above[self.root(one)] = self.root(other)
