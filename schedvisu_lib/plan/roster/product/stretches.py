"""Numbers of persons on single days as few rows: stretches of days, with the kinds of days on which they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple

from schedvisu_lib.config import Site
from schedvisu_lib.periods import days_between
from schedvisu_lib.plan.roster.book.model import DayKind
from schedvisu_lib.plan.roster.rules.days import is_day_off
from schedvisu_lib.settings.calendar import WEEKDAYS


class Stretch(NamedTuple):
    """A number that holds on some kinds of days from a first to a last one."""

    first: date
    last: date
    days: tuple[DayKind, ...]
    number: int


def stretches(numbers: Mapping[date, int], site: Site) -> list[Stretch]:
    """Return rows that say what each day needs, and nothing of any other day.

    They are the fewer of two kinds: workdays and days off in a row with the same number, or weeks that are alike.

    Parameters
    ----------
    numbers
        Of each day; those that are left out, and 0, mean nobody.
    site
        Its calendar tells workdays from days off.
    """
    if not any(numbers.values()):
        return []
    days = days_between(min(numbers), max(numbers))
    return min(list(_runs(days, numbers, site)), list(_weeks(days, numbers)), key=len)


def _runs(days: list[date], numbers: Mapping[date, int], site: Site) -> Iterator[Stretch]:
    """Yield stretches of workdays with the same number, then of days off."""
    kinds: tuple[tuple[DayKind, bool], ...] = (("workdays", False), ("days off", True))
    for kind, off in kinds:
        own = [day for day in days if is_day_off(site, day) == off]
        for number, run in groupby(own, key=lambda day: numbers.get(day, 0)):
            same = list(run)
            if number:
                yield Stretch(same[0], same[-1], (kind,), number)


def _weeks(days: list[date], numbers: Mapping[date, int]) -> Iterator[Stretch]:
    """Yield the weekdays of the same number, for each stretch of weeks that are alike."""
    of_day = {day: numbers.get(day, 0) for day in days}
    weeks = [list(week) for _, week in groupby(days, key=lambda day: day.isocalendar()[:2])]
    block: list[date] = []
    pattern: dict[int, int] = {}
    for week in weeks:
        own = {day.weekday(): of_day[day] for day in week}
        if any(pattern.get(weekday, number) != number for weekday, number in own.items()):
            yield from _rows(block, pattern)
            block, pattern = [], {}
        block, pattern = block + week, pattern | own
    yield from _rows(block, pattern)


def _rows(block: list[date], pattern: Mapping[int, int]) -> Iterator[Stretch]:
    for number in sorted(set(pattern.values()) - {0}, reverse=True):
        weekdays = sorted(weekday for weekday, own in pattern.items() if own == number)
        kinds = tuple(WEEKDAYS[weekday] for weekday in weekdays)
        yield Stretch(block[0], block[-1], ("every",) if len(kinds) == len(WEEKDAYS) else kinds, number)
