"""What is to be decided: who may fill which seat, beside the duties that stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.dues import Due, dues
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.duty_plan import STAND_INS, DutyPlan, cell_of
from schedvisu_lib.plan.roster.rules.seats import Cell, Demand, by_cell, demands, may_do, teams_of

_DAY: Final = timedelta(days=1)
NEAR: Final = 4
"""Duties more days apart than this never clash: nobody may ask for more than 72 hours of rest."""


@dataclass(frozen=True)
class Choice:
    """Somebody who may be on duty somewhere: a person, or a team with those of it who can."""

    cell: Cell
    name: str
    """Of the person, or of the team."""
    members: tuple[str, ...]
    team: str = ""
    joins: bool = False
    """Whether others of the team are there already."""

    def duties(self) -> Iterator[Duty]:
        """Return the duties that it makes, one for each member."""
        for person in self.members:
            yield Duty(*self.cell, person, self.team)


@dataclass(frozen=True)
class Problem:
    """A book in a period, with what stands and what should stay.

    Parameters
    ----------
    standing
        Duties that do not move, those before and after the period included.
    keep
        Duties of the period that stay where they can; nothing is kept if None.
    cells
        What is asked for, by day, shift, level and department.
    choices
        Who may be on duty there without clashing with what stands.
    """

    book: StaffBook
    site: Site
    first: date
    last: date
    standing: tuple[Duty, ...]
    keep: tuple[Duty, ...] | None
    cells: dict[Cell, list[Demand]]
    choices: tuple[Choice, ...]

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days of the period."""
        return tuple(self.first + n * _DAY for n in range((self.last - self.first).days + 1))

    @cached_property
    def known(self) -> tuple[date, date]:
        """The days between which a day without duty is known to be one."""
        return DutyPlan(self.book, self.site, self.first, self.last, ()).known

    @cached_property
    def dues(self) -> list[Due]:
        """What is owed when the period begins."""
        return dues(self.book, self.site, self.first, self.last)

    @cached_property
    def standing_of(self) -> dict[str, tuple[Duty, ...]]:
        """What stands, by person."""
        return _grouped((duty.person, duty) for duty in self.standing)

    @cached_property
    def standing_team(self) -> dict[str, tuple[Duty, ...]]:
        """What stands of each team: one duty of its members for each day and shift."""
        by_team = _grouped((duty.team, duty) for duty in self.standing if duty.team)
        return {
            team: tuple({(duty.date, duty.shift): duty for duty in reversed(duties)}.values())
            for team, duties in by_team.items()
        }

    @cached_property
    def standing_at(self) -> dict[Cell, tuple[Duty, ...]]:
        """What stands in the period, by where."""
        return _grouped((cell_of(duty), duty) for duty in self.standing if self.first <= duty.date <= self.last)


def make_problem(
    book: StaffBook,
    site: Site,
    first: date,
    last: date,
    standing: Collection[Duty] = (),
    keep: Collection[Duty] | None = None,
) -> Problem:
    """Return who may be on duty where."""
    cells = by_cell(demands(book, site, first, last))
    bare = Problem(book, site, first, last, tuple(standing), None if keep is None else tuple(keep), cells, ())
    choices = [choice for cell, asked in cells.items() for choice in _choices(bare, cell, asked)]
    return replace(bare, choices=tuple(choices))


def clash(book: StaffBook, one: tuple[date, str], other: tuple[date, str]) -> bool:
    """Tell whether two duties cannot be one person's: rules 3, 4, 5 and what may not come next of rule 8."""
    (day, name), (next_day, next_name) = sorted((one, other))
    if day == next_day:
        return True
    shift, following = book.shift[name], book.shift[next_name]
    if next_day - day == _DAY and ((book.free_after_night and shift.is_night) or next_name in shift.not_next):
        return True
    return following.span(next_day)[0] - shift.span(day)[1] < timedelta(hours=book.rest_hours)


def cliques(book: StaffBook, duties: Collection[tuple[date, str]]) -> list[frozenset[tuple[date, str]]]:
    """Return the largest sets of duties, by day and shift, of which one person has one at most."""
    apart = {one: {other for other in duties if other != one and clash(book, one, other)} for one in sorted(duties)}
    found: list[frozenset[tuple[date, str]]] = []

    def grow(chosen: frozenset[tuple[date, str]], may: list[tuple[date, str]], seen: set[tuple[date, str]]) -> None:
        """Bron and Kerbosch, Algorithm 457, without a pivot: a weekend has few duties."""
        if not may and not seen:
            found.append(chosen)
        for number, one in enumerate(may):
            after = [other for other in may[number + 1 :] if other in apart[one]]
            grow(chosen | {one}, after, (seen | set(may[:number])) & apart[one])

    grow(frozenset(), list(apart), set())
    return found


def _choices(bare: Problem, cell: Cell, asked: list[Demand]) -> Iterator[Choice]:
    book, (day, shift, level, department) = bare.book, cell

    def is_free(duties: tuple[Duty, ...]) -> bool:
        near = (duty for duty in duties if abs((duty.date - day).days) <= NEAR)
        return not any(clash(book, (day, shift), (duty.date, duty.shift)) for duty in near)

    able = [
        person
        for person in book.staff
        if any(may_do(book, person.name, one) for one in asked) and is_free(bare.standing_of.get(person.name, ()))
    ]
    if any(one.by == "number" for one in asked):
        for person in able:
            if person.team is None:
                yield Choice(cell, person.name, (person.name,))
    if any(one.by == "team" for one in asked):
        for team in teams_of(book, level, department):
            members = tuple(person.name for person in able if person.team == team)
            there = [duty for duty in bare.standing_at.get(cell, ()) if duty.team == team]
            if there:
                yield from _joining(bare, cell, asked, team, there, members)
            elif members and is_free(bare.standing_team.get(team, ())) and not _is_held(bare, asked, team, members):
                yield Choice(cell, team, members, team)


def _joining(
    bare: Problem, cell: Cell, asked: list[Demand], team: str, there: list[Duty], members: tuple[str, ...]
) -> Iterator[Choice]:
    """Yield those of a team of which others stand on duty already: all that are missing, or nobody."""
    have = {duty.person for duty in there}
    missing = tuple(name for name in members if name not in have)
    stand_ins = [
        duty
        for duty in bare.standing_at.get(cell, ())
        if duty.origin in STAND_INS and duty.team in {"", team} and duty.person not in bare.book.members[team]
    ]
    if len(missing) > len(stand_ins) and not _is_held(bare, asked, team, (*members, *have)):
        yield Choice(cell, team, missing, team, joins=True)


def _is_held(bare: Problem, asked: list[Demand], team: str, members: tuple[str, ...]) -> bool:
    """Tell whether one of a team who could come has another duty that stands in the way."""
    one = next(one for one in asked if one.by == "team")
    return any(name not in members and may_do(bare.book, name, one) for name in bare.book.members[team])


def _grouped(pairs: Iterable[tuple[Any, Duty]]) -> dict[Any, tuple[Duty, ...]]:
    groups: dict[Any, list[Duty]] = defaultdict(list)
    for key, duty in pairs:
        groups[key].append(duty)
    return {key: tuple(duties) for key, duties in groups.items()}
