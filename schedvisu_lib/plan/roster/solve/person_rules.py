"""The hard rules of one person, or of one team, in a model (rules 3, 4, 5, 8, 9 and 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from ortools.sat.python import cp_model

from schedvisu_lib.plan.roster.book.model import OFF, Contract, Sequence
from schedvisu_lib.plan.roster.rules.days import weekend_worked
from schedvisu_lib.plan.roster.rules.seats import Cell
from schedvisu_lib.plan.roster.solve.literals import Lit, any_of, at_most, at_most_one, bounded
from schedvisu_lib.plan.roster.solve.problem import NEAR, Problem, clash

_DAY: Final = timedelta(days=1)


@dataclass
class Track:
    """What one person, or one team, does or may do, day by day.

    Parameters
    ----------
    spared
        Gets a literal for each rule that only duties that stand would break: true if they do.
    """

    problem: Problem
    model: cp_model.CpModel
    spared: list[Lit]
    items: dict[date, list[tuple[Cell, Lit]]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[tuple[date, frozenset[Cell]], Lit] = field(default_factory=dict)

    def add(self, cell: Cell, literal: Lit) -> None:
        """Add a duty that there is (True) or may be."""
        self.items[cell[0]].append((cell, literal))

    def on(self, day: date, shifts: Iterable[str] | None = None, levels: Iterable[str] = ()) -> Lit:
        """Return a literal for a duty on a day, in one of some shifts and levels (all, if nothing is said)."""
        wanted, of_levels = None if shifts is None else set(shifts), set(levels)
        found = [
            (cell, literal)
            for cell, literal in self.items.get(day, ())
            if (wanted is None or cell[1] in wanted) and (not of_levels or cell[2] in of_levels)
        ]
        key = day, frozenset(cell for cell, _ in found)
        if key not in self._known:
            self._known[key] = any_of(self.model, [literal for _, literal in found])
        return self._known[key]

    def forbid(self, on: Iterable[Lit], off: Iterable[Lit] = ()) -> None:
        """Let no pattern occur of some literals true and others false; one of standing duties alone is spared."""
        on, off = list(on), list(off)
        if any(one is False for one in on) or any(one is True for one in off):
            return
        clause = [~one for one in on if one is not True] + [one for one in off if one is not False]
        if all(one is True for one in on):
            if not clause:
                return
            spared = self.model.new_bool_var("")
            self.spared.append(spared)
            clause.append(spared)
        self.model.add_bool_or(clause)


def keep_apart(track: Track) -> None:
    """Keep at most one duty a day, the day after a night free, rest, and the order of shifts (rules 3, 4, 5, 8)."""
    book, days = track.problem.book, sorted(track.items)
    for day in days:
        here = track.items[day]
        at_most_one(track.model, (literal for _, literal in here))
        by_shift: dict[str, list[Lit]] = defaultdict(list)
        for cell, literal in here:
            by_shift[cell[1]].append(literal)
        for ahead in range(1, NEAR + 1):
            later = track.items.get(day + ahead * _DAY, ())
            groups: dict[frozenset[str], list[Lit]] = defaultdict(list)
            for shift, literals in by_shift.items():
                after = {cell[1] for cell, _ in later if clash(book, (day, shift), (cell[0], cell[1]))}
                groups[frozenset(after)] += literals
            for following, literals in groups.items():
                if following:
                    at_most_one(track.model, [*literals, *(one for cell, one in later if cell[1] in following)])


def keep_sequences(track: Track) -> None:
    """Let no forbidden sequence of shifts occur (rule 8)."""
    for sequence in track.problem.book.sequences:
        reach = (len(sequence.shifts) - 1) * _DAY
        earliest, latest = track.problem.known
        day, end = max(earliest, track.problem.first - reach), min(track.problem.last, latest - reach)
        while day <= end:
            _forbid_from(track, sequence, day)
            day += _DAY


def _forbid_from(track: Track, sequence: Sequence, start: date) -> None:
    on, off = [], []
    for place, shift in enumerate(sequence.shifts):
        day = start + place * _DAY
        if shift == OFF:
            off.append(track.on(day))
        else:
            on.append(track.on(day, (shift,), sequence.levels))
    track.forbid(on, off)


def keep_rows(track: Track, contract: Contract) -> None:
    """Keep the limits of days and nights in a row, and of free days between (rule 9)."""
    problem = track.problem
    nights = _nights(problem)
    for most, on in (
        (contract.most_in_row, track.on),
        (contract.most_nights_in_row, lambda day: track.on(day, nights)),
    ):
        if most is not None:
            _limit_row(track, most, on)
    days = problem.days
    for least, inside_is_on in ((contract.least_in_row, True), (contract.least_free_in_row, False)):
        for length in range(1, least):
            for start in range(len(days) - length - 1):
                ends = [track.on(days[start]), track.on(days[start + length + 1])]
                inside = [track.on(days[start + 1 + n]) for n in range(length)]
                track.forbid(*((inside, ends) if inside_is_on else (ends, inside)))


def _limit_row(track: Track, most: int, on: Callable[[date], Lit]) -> None:
    """Let at most so many days follow each other, those that stand around the period included."""
    start = track.problem.first - most * _DAY
    for ahead in range(len(track.problem.days) + most):
        window = [on(start + (ahead + n) * _DAY) for n in range(most + 1)]
        if not any(one is False for one in window):
            at_most(track.model, window, most)


def keep_limits(track: Track, contract: Contract) -> None:
    """Keep what a contract allows at most in the period (rule 10)."""
    book, nights, days = track.problem.book, _nights(track.problem), track.problem.days
    within = [item for day in days for item in track.items.get(day, ())]
    if contract.most_shifts is not None:
        at_most(track.model, (literal for _, literal in within), contract.most_shifts)
    if contract.most_nights is not None:
        at_most(track.model, (literal for cell, literal in within if cell[1] in nights), contract.most_nights)
    if contract.most_minutes is not None:
        terms = [(literal, book.shift[cell[1]].worked) for cell, literal in within]
        bounded(track.model, terms, contract.most_minutes)
    if contract.most_weekends is not None:
        _limit_weekends(track, within, contract.most_weekends)


def _limit_weekends(track: Track, items: list[tuple[Cell, Lit]], most: int) -> None:
    """Let duties lie on so many weekends; where those that stand do on more, no other is added even to these."""
    worked = list(weekends(track, items).values())
    if sum(one is True for one in worked) <= most:
        at_most(track.model, worked, most)
        return
    shift = track.problem.book.shift
    at_most(track.model, [literal for cell, literal in items if weekend_worked(shift[cell[1]], cell[0])], 0)


def weekends(track: Track, items: Iterable[tuple[Cell, Lit]]) -> dict[date, Lit]:
    """Return a literal for each weekend, by its Saturday, on which one of some duties is."""
    found: dict[date, list[Lit]] = defaultdict(list)
    for cell, literal in items:
        saturday = weekend_worked(track.problem.book.shift[cell[1]], cell[0])
        if saturday is not None:
            found[saturday].append(literal)
    return {saturday: any_of(track.model, literals) for saturday, literals in sorted(found.items())}


def _nights(problem: Problem) -> set[str]:
    return {shift.name for shift in problem.book.shifts if shift.is_night}
