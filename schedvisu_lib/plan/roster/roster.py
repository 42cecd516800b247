"""Make a roster: who is on duty on which day and in which shift (``docs/plan-roster.md``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import nan
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import PlanError
from schedvisu_lib.plan.roster.book.model import Debt, StaffBook
from schedvisu_lib.plan.roster.change.difference import diff
from schedvisu_lib.plan.roster.change.dues import dues, paid_by
from schedvisu_lib.plan.roster.duty import Empty, from_table, to_table
from schedvisu_lib.plan.roster.rules.check import check
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan
from schedvisu_lib.plan.roster.rules.fair import Group, Tally, spread
from schedvisu_lib.plan.roster.rules.lacking import all_lacking
from schedvisu_lib.plan.roster.score import Score, score_of
from schedvisu_lib.plan.roster.solve.why_empty import collides_with, who_is_in_the_way

if TYPE_CHECKING:
    from schedvisu_lib.plan.roster.solve.rounds import Solved

_WHY: Final = 12
"""Which part of the time may go on top, for what the empty seats collide with."""


@dataclass(frozen=True)
class PartSolved:
    """A part of the roster that was solved for itself.

    Parameters
    ----------
    title
        Its levels and departments.
    persons, seats
        How many persons take part, and how many seats are required of them.
    proved
        Whether nothing is better.
    seconds
        That were spent on it.
    """

    title: str
    persons: int
    seats: int
    proved: bool
    seconds: float


@dataclass(frozen=True)
class Roster:
    """A table of duties, and how good it is.

    Parameters
    ----------
    table
        With the columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`: a row for each person in a shift, and one
        for each required seat that stays empty, with its reason.
    score
        What it lacks and costs.
    bound
        No roster is better in the first number; and none that is as good in the numbers before it is better in one.
    paid
        Debts of the book that it pays back, each with the day of the duty that pays it.
    changes
        Duties that were added, taken away or went to somebody else, if a roster was to be kept.
    proved
        Whether no roster is better.
    repeatable
        Whether the same book, site and seed give the same duties again: none was found by searches that race each
        other, or that were ended by the clock.
    spread
        Of each group of persons: the largest minus the smallest number of nights, weekends, holidays and duties.
    parts
        The parts that share no person, solved one by one.
    seconds
        That all of it took.
    """

    table: pd.DataFrame
    score: Score
    bound: Score
    paid: tuple[Debt, ...]
    changes: int | None
    proved: bool
    repeatable: bool
    spread: dict[Group, Tally]
    parts: tuple[PartSolved, ...]
    seconds: float

    @property
    def gap(self) -> float:
        """By which part of the bound the cost may be too large; 0 if it is proved best, NaN if no bound is known."""
        if self.proved:
            return 0.0
        # Below 0 there is no cost: a bound of 0 says nothing.
        known = self.bound.cost
        return (self.score.cost - known) / max(abs(known), 1.0) if known else nan

    @property
    def empty(self) -> int:
        """Number of required seats that nobody fills."""
        return int((self.table["person"] == "").sum())

    @property
    def unfilled(self) -> float:
        """Weight of the required seats that are empty, and of the skills that are missing."""
        return self.score.unfilled

    @property
    def lacking(self) -> float:
        """What persons are short of their contracts, in shifts."""
        return self.score.lacking

    @property
    def cost(self) -> float:
        """Preferred seats that are empty, wishes that are not met, and unevenness."""
        return self.score.cost


def plan_roster(
    book: StaffBook,
    site: Site,
    first: date | str,
    last: date | str,
    *,
    seconds: float = 60.0,
    seed: int = 1,
    keep: pd.DataFrame | None = None,
    stopped: Callable[[], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Roster:
    """Plan the duties of a period, and check the roster rule by rule.

    What is locked in the book stays, and so does what lies outside the period.

    Parameters
    ----------
    book
        People, rules, requests, and what stands already.
    site
        Gives the calendar, and the language of the reasons.
    first, last
        First and last day of the roster, both included.
    seconds
        For which a better roster is looked for, at most; less if the best is found and proved. With 0, and where time
        runs out, people have duties all the same: by the rules, and more or less even.
    seed
        Of the random numbers.
    keep
        A roster with the columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`. As many of its duties as can be
        stay where they are, before all else but filled seats; those that are locked, set by hand, swapped or of a
        substitute do not move at all. Without it, the unlocked duties of the book only tell where to begin.
    stopped
        Asked now and then; as soon as it says so the search ends with the best roster so far.
    progress
        Told a line for each part that is solved.

    Raises
    ------
    PlanError
        The period ends before it begins; OR-Tools are not installed; or the roster broke a rule, which would be a
        mistake of SchedVisu.
    TableError
        A column of ``keep`` is missing.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> roster = sv.plan_roster(sv.read_staff("params/staff.demo.yaml", site), site, "2026-05-25", "2026-05-31")
    >>> len(roster.table), roster.empty, roster.proved
    (71, 0, True)
    """
    begin = perf_counter()
    rounds, collisions = _solver()
    start, end = (date.fromisoformat(day) if isinstance(day, str) else day for day in (first, last))
    if end < start:
        raise PlanError(f"the roster ends ({end}) before it begins ({start}); name its days in order")
    had = None if keep is None else from_table(keep)[0]
    solved: Solved = rounds.solve_all(
        book, site, start, end, had, seconds=seconds, seed=seed, stopped=stopped, progress=progress
    )
    duties = [duty for duty in solved.duties if start <= duty.date <= end]
    empty = _empty(DutyPlan(book, site, start, end, tuple(duties)), solved, collisions, seconds / _WHY)
    table = to_table(duties, empty, book)
    wrong = [broken.text for broken in check(table, book, site, start, end) if not broken.stood]
    if wrong:
        raise PlanError(f"the roster would break {len(wrong)} rule(s): {wrong[0]}; a mistake of SchedVisu, report it")
    score = score_of(duties, book, site, start, end)
    return Roster(
        table,
        score,
        _bound(score, solved),
        tuple(paid_by(duties, dues(book, site, start, end), book, start, end)),
        None if keep is None else len(diff(keep, table)),
        solved.proved,
        solved.repeatable,
        spread(duties, book, site, start, end),
        tuple(PartSolved(*one) for one in solved.parts),
        perf_counter() - begin,
    )


def _solver() -> tuple[ModuleType, ModuleType]:
    """Return the modules that search, which need what not every installation has."""
    try:
        from schedvisu_lib.plan.roster.solve import collisions, rounds
    except ImportError as error:
        raise PlanError(f'the planner needs OR-Tools: pip install "schedvisu[plan]" ({error})') from error
    return rounds, collisions


def _bound(score: Score, solved: Solved) -> Score:
    """Return the score less what could be better of each number; nothing is better than 0."""
    names = {"unfilled": "unfilled", "lacking": "lacking", "too_many": "too many", "cost": "cost"}
    return Score(**{field: max(getattr(score, field) - solved.better.get(name, 0), 0) for field, name in names.items()})


def _empty(plan: DutyPlan, solved: Solved, module: ModuleType, seconds: float) -> list[Empty]:
    """Return the required seats that nobody fills, with their reasons."""
    lacks = [lack for lack in all_lacking(plan) if lack.kind == "seat" and lack.date is not None]
    cells = [(lack.date, lack.shift, lack.level, lack.department) for lack in lacks if lack.date is not None]
    known = module.collisions(plan, solved.standing, cells, seconds) if cells else {}
    found = []
    for cell, lack in zip(cells, lacks, strict=True):
        parts = [who_is_in_the_way(plan, cell), collides_with(plan, *known[cell]) if cell in known else ""]
        found += [Empty(*cell, "; ".join(filter(None, parts)))] * lack.number
    return found
