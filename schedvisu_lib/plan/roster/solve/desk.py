"""Who is on duty while a roster is put together, choice by choice, and what each further choice would cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import chain, pairwise

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Fault
from schedvisu_lib.plan.roster.rules.contract_rules import faults_of_contract, limits, most_in_row, runs
from schedvisu_lib.plan.roster.rules.days import DAY, weekend_worked
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan
from schedvisu_lib.plan.roster.rules.fair import KINDS, Kind, Member, Tally, kinds_of, weights
from schedvisu_lib.plan.roster.rules.order_rules import faults_in_order
from schedvisu_lib.plan.roster.rules.seats import Cell, Demand, fill
from schedvisu_lib.plan.roster.rules.wishes import wanted
from schedvisu_lib.plan.roster.solve.evenness import Fairness
from schedvisu_lib.plan.roster.solve.parts import Part
from schedvisu_lib.plan.roster.solve.problem import NEAR, Choice, Problem


class Desk:
    """The choices that are made so far, beside the duties that stand.

    Parameters
    ----------
    problem, part
        What is to be decided.
    fairness
        Tells the fair shares.
    """

    def __init__(self, problem: Problem, part: Part, fairness: Fairness) -> None:
        self.taken: dict[Choice, None] = {}
        self._problem, self._fairness = problem, fairness
        self._plan = DutyPlan(problem.book, problem.site, problem.first, problem.last, ())
        self._of = {name: list(problem.standing_of.get(name, ())) for name in part.persons}
        teams = {choice.team for choice in part.choices if choice.team}
        self._of_team = {team: list(problem.standing_team.get(team, ())) for team in teams}
        self._at: dict[Cell, list[Choice]] = defaultdict(list)
        self._made: dict[str, list[Duty]] = defaultdict(list)
        self._had: dict[Member, Tally] = {}
        self._weekends: dict[Member, set[date]] = {}

    @cached_property
    def _wishes(self) -> dict[tuple[str, date, str], int]:
        """What a duty costs by wishes, by person, day and shift ("" for any); less than 0 where it is wished for."""
        found: dict[tuple[str, date, str], int] = defaultdict(int)
        for one in wanted(self._problem.book, self._problem.first, self._problem.last):
            found[one.person, one.date, one.shift] += one.weight if one.wants == "off" else -one.weight
        return found

    @cached_property
    def _window(self) -> int:
        """Duties more days apart than this are not looked at together by rules 3, 4, 5 and 8."""
        return max([NEAR, *(len(one.shifts) for one in self._problem.book.sequences)])

    def take(self, choice: Choice) -> None:
        """Make a choice."""
        self.taken[choice] = None
        self._at[choice.cell].append(choice)
        for duty in choice.duties():
            self._made[duty.person].append(duty)
            self._count(duty)
            self._of[duty.person] = self._sorted([*self._of[duty.person], duty])
        if choice.team and not choice.joins:
            self._of_team[choice.team] = self._sorted([*self._of_team[choice.team], next(choice.duties())])

    def drop(self, choice: Choice) -> None:
        """Undo a choice."""
        del self.taken[choice]
        self._at[choice.cell].remove(choice)
        gone = set(choice.duties())
        for duty in gone:
            name = duty.person
            self._made[name] = [one for one in self._made[name] if one not in gone]
            self._of[name] = [one for one in self._of[name] if one not in gone]
            member = _member(duty)
            del self._had[member], self._weekends[member]
            for one in self._made[name]:
                if _member(one) == member:
                    self._count(one)
        if choice.team and not choice.joins:
            self._of_team[choice.team] = [one for one in self._of_team[choice.team] if one not in gone]

    def may(self, choice: Choice) -> bool:
        """Tell whether the rules let somebody be on duty too; too few days in a row can still become enough."""
        if choice.team and not choice.joins:
            new = next(choice.duties())
            if self._is_out_of_order(self._of_team[choice.team], new):
                return False
        return all(self._may_have(duty) for duty in choice.duties())

    def _may_have(self, new: Duty) -> bool:
        duties, plan = self._of[new.person], self._plan
        if self._is_out_of_order(duties, new):
            return False
        contract, beside = plan.book.contract_of(new.person), self._sorted([*duties, new])
        faults = chain(most_in_row(beside, contract, plan), limits(beside, contract, plan))
        return not any(new in fault.duties for fault in faults) and self._leaves_free(beside, new)

    def _is_out_of_order(self, duties: list[Duty], new: Duty) -> bool:
        near = [duty for duty in duties if abs((duty.date - new.date).days) <= self._window]
        return any(new in fault.duties for fault in faults_in_order(self._sorted([*near, new]), self._plan))

    def _leaves_free(self, duties: list[Duty], new: Duty) -> bool:
        """Tell whether the free days before and after a duty are as many as they must be, or none."""
        least = self._plan.book.contract_of(new.person).least_free_in_row
        days = sorted({duty.date for duty in duties if self._plan.is_within(duty.date)})
        place = days.index(new.date)
        around = pairwise(days[max(place - 1, 0) : place + 2])
        return not any(0 < (after - one).days - 1 < least for one, after in around)

    def faulty(self, names: Iterable[str] | None = None) -> set[Choice]:
        """Return the choices of some persons, or of all, of which a duty breaks a rule."""
        persons = list(self._of if names is None else names)
        own = {name for person in persons for name in self._made[person]}
        made_by = {duty: choice for choice in self.taken for duty in choice.duties() if duty in own}
        faults: list[Fault] = []
        for person in persons:
            if self._made[person]:
                faults += faults_in_order(self._of[person], self._plan)
                faults += faults_of_contract(self._of[person], self._plan.book.contract_of(person), self._plan)
        for team in {choice.team for choice in made_by.values() if choice.team in self._of_team}:
            faults += faults_in_order(self._of_team[team], self._plan)
        return {made_by[duty] for fault in faults for duty in fault.duties if duty in made_by}

    def open_seats(self, cell: Cell, upto: str = "required") -> list[Demand]:
        """Return what a cell asks for more than it has, the dearest first."""
        demands = self._problem.cells[cell]
        seats = zip(demands, self.filled(cell), strict=True)
        return sorted((one for one, number in seats if number < getattr(one, upto)), key=lambda one: -one.too_few)

    def filled(self, cell: Cell) -> list[int]:
        """Return how many seats of each demand of a cell are filled."""
        there, book = list(self._present(cell)), self._problem.book
        titles = [book.person[name].title for name, team in there if not team]
        return fill(self._problem.cells[cell], titles, len({team for _, team in there if team}))

    def missing(self, cell: Cell) -> set[str]:
        """Return the skills of which a cell has too few."""
        skills = [self._problem.book.person[name].skills for name, _ in self._present(cell)]
        demands = self._problem.cells[cell]
        return {one.skill for one in demands if sum(one.skill in own for own in skills) < one.skilled}

    def _present(self, cell: Cell) -> Iterator[tuple[str, str]]:
        """Yield person and team of each who is on duty in a cell."""
        yield from ((duty.person, duty.team) for duty in self._problem.standing_at.get(cell, ()))
        yield from ((person, choice.team) for choice in self._at[cell] for person in choice.members)

    def is_short(self, name: str, day: date) -> bool:
        """Tell whether somebody has too few days in a row just before a day, or too few shifts."""
        contract = self._problem.book.contract_of(name)
        mine = [duty for duty in self._of[name] if self._plan.is_within(duty.date) and duty.date < day]
        if contract.least_in_row > 1 and mine and mine[-1].date == day - DAY:
            run = runs(mine)[-1]
            return (run[-1].date - run[0].date).days + 1 < contract.least_in_row
        return len(mine) < contract.least_shifts

    def last_day(self, name: str) -> date:
        """Return the last day on which somebody is on duty so far."""
        return self._of[name][-1].date if self._of[name] else date.min

    def cost(self, choice: Choice, past: float = 1.0) -> float:
        """Return what a choice adds to unevenness and to wishes that are not met.

        Parameters
        ----------
        past
            The part of the period for which there are duties: so much of each fair share is fair by then.
        """
        return sum(self._cost_of(duty, past) for duty in choice.duties())

    def _cost_of(self, duty: Duty, past: float) -> float:
        member = _member(duty)
        before, share, had = self._fairness.had[member], self._fairness.share[member], self._tally(member)
        cost = float(sum(self._wishes.get((duty.person, duty.date, name), 0) for name in ("", duty.shift)))
        weight = weights(self._problem.book)
        for kind in self._counted(duty):
            fair = before[kind] + (share[kind] - before[kind]) * past
            cost += weight[kind] * (2 * (had[kind] - fair) + 1)
        return cost

    def _count(self, duty: Duty) -> None:
        had = self._tally(_member(duty))
        for kind in self._counted(duty):
            had[kind] += 1
        saturday = weekend_worked(self._problem.book.shift[duty.shift], duty.date)
        if saturday is not None:
            self._weekends[_member(duty)].add(saturday)

    def _tally(self, member: Member) -> Tally:
        if member not in self._had:
            self._had[member] = dict(self._fairness.had[member])
            self._weekends[member] = set(self._fairness.weekends.get(member, ()))
        return self._had[member]

    def _counted(self, duty: Duty) -> list[Kind]:
        """Return as what a duty counts; a weekend that counts already does not again."""
        shift = self._problem.book.shift[duty.shift]
        known = weekend_worked(shift, duty.date) in self._weekends[_member(duty)]
        found = kinds_of(self._problem.site, shift, duty.date)
        return [kind for kind in KINDS if kind in found and not (kind == "weekends" and known)]

    def _sorted(self, duties: Iterable[Duty]) -> list[Duty]:
        shift = self._problem.book.shift
        return sorted(duties, key=lambda duty: (duty.date, shift[duty.shift].start))


def _member(duty: Duty) -> Member:
    return duty.level, duty.department, duty.person
