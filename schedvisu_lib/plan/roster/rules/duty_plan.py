"""All duties of a period beside those around it, by person, by team and by seat, as the rules look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from schedvisu_lib.config import Site
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.roster.book.model import GivenDuty, StaffBook
from schedvisu_lib.plan.roster.duty import Duty, Empty
from schedvisu_lib.plan.roster.rules.seats import Cell, Demand, by_cell, demands, pool_department

STANDING: Final = ("manual", "given", "swap")
"""Origins of duties that people decided: they stand in spite of a rule, which is told all the same."""
STAND_INS: Final = ("substitute", "swap")
"""Origins of duties that somebody does in another's place."""


@dataclass(frozen=True)
class DutyPlan:
    """The duties of a period, those of the book that lie around it, and what is asked for.

    Parameters
    ----------
    duties
        Those from the first to the last day; their names stand in the book.
    """

    book: StaffBook
    site: Site
    first: date
    last: date
    duties: tuple[Duty, ...]

    @cached_property
    def t(self) -> Language:
        """The language of the site."""
        return language(self.site.report.language)

    @cached_property
    def around(self) -> tuple[Duty, ...]:
        """The book's duties outside the period."""
        return tuple(given_duty(self.book, row) for row in self.book.duties if not self.is_within(row.date))

    @cached_property
    def known(self) -> tuple[date, date]:
        """The days between which a day without duty is known to be one."""
        days = [self.first, self.last, *(duty.date for duty in self.around)]
        return min(days), max(days)

    @cached_property
    def of_person(self) -> dict[str, list[Duty]]:
        """The duties of each person in order of time, those around the period included."""
        found: dict[str, list[Duty]] = {}
        for duty in self._in_order([*self.duties, *self.around]):
            found.setdefault(duty.person, []).append(duty)
        return found

    @cached_property
    def of_team(self) -> dict[str, list[Duty]]:
        """The duties of each team in order of time, one for each seat; locked if they stand for all who are there."""
        seats: dict[tuple[str, Cell], list[Duty]] = {}
        for duty in self._in_order([*self.duties, *self.around]):
            if duty.team:
                seats.setdefault((duty.team, cell_of(duty)), []).append(duty)
        found: dict[str, list[Duty]] = {}
        for (team, _), duties in seats.items():
            found.setdefault(team, []).append(replace(duties[0], locked=all(map(self.stands, duties))))
        return found

    @cached_property
    def at(self) -> dict[Cell, list[Duty]]:
        """The duties of the period at each seat."""
        found: dict[Cell, list[Duty]] = {}
        for duty in self.duties:
            found.setdefault(cell_of(duty), []).append(duty)
        return found

    @cached_property
    def asked(self) -> dict[Cell, list[Demand]]:
        """What is asked for."""
        return by_cell(demands(self.book, self.site, self.first, self.last))

    def is_within(self, day: date) -> bool:
        """Tell whether a day is one of the period."""
        return self.first <= day <= self.last

    def stands(self, duty: Duty) -> bool:
        """Tell whether a duty stands in spite of rules; those around the period do, as they are given."""
        return duty.locked or duty.origin in STANDING

    def _in_order(self, duties: Iterable[Duty]) -> list[Duty]:
        starts = {shift.name: shift.start for shift in self.book.shifts}
        return sorted(duties, key=lambda duty: (duty.date, starts[duty.shift]))


def cell_of(duty: Duty | Empty) -> Cell:
    """Return where a duty, or an empty seat, stands."""
    return duty.date, duty.shift, duty.level, duty.department


def given_duty(book: StaffBook, row: GivenDuty) -> Duty:
    """Return a duty of the book as one of a roster."""
    department = pool_department(book, row.level, row.department or book.person[row.person].department)
    return Duty(
        row.date, row.shift, row.level, department, row.person, row.team or "", "given", row.locked, row.made_by,
        row.counts_for or "",
    )  # fmt: skip
