"""The rules of a person's contract: days in a row, and limits in the period (9, 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from schedvisu_lib.plan.roster.book.model import Contract
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Fault
from schedvisu_lib.plan.roster.rules.days import DAY, weekend_worked
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan


def most_in_row(duties: Sequence[Duty], contract: Contract, plan: DutyPlan) -> Iterator[Fault]:
    """Rule 9: so many days with a duty follow each other at most, and so many nights; also across the period's ends."""
    t, nights = plan.t, [one for one in duties if plan.book.shift[one.shift].is_night]
    for run in _too_long(duties, contract.most_in_row):
        what = t("days with a duty in a row: {n}, at most {most}", n=_days(run), most=contract.most_in_row)
        yield Fault(9, _from(run, contract.most_in_row or 0, plan), what)
    for run in _too_long(nights, contract.most_nights_in_row):
        what = t("nights in a row: {n}, at most {most}", n=_days(run), most=contract.most_nights_in_row)
        yield Fault(9, _from(run, contract.most_nights_in_row or 0, plan), what)


def least_in_row(duties: Sequence[Duty], contract: Contract, plan: DutyPlan) -> Iterator[Fault]:
    """Rule 9: so many days with a duty follow each other at least, and so many free ones between two stretches."""
    t, stretches = plan.t, runs(one for one in duties if plan.is_within(one.date))
    for run in stretches:
        if _days(run) < contract.least_in_row and plan.first < run[0].date and run[-1].date < plan.last:
            what = t("days with a duty in a row: {n}, at least {least}", n=_days(run), least=contract.least_in_row)
            yield Fault(9, run, what)
    for run, after in pairwise(stretches):
        free = (after[0].date - run[-1].date).days - 1
        if free < contract.least_free_in_row:
            what = t("free days before it: {n}, at least {least}", n=free, least=contract.least_free_in_row)
            ends = [one for one in (*after, *run) if one.date in (after[0].date, run[-1].date)]
            yield Fault(9, ends, what)


def limits(duties: Sequence[Duty], contract: Contract, plan: DutyPlan) -> Iterator[Fault]:
    """Rule 10: so many duties, nights, minutes and weekends at most in the period."""
    t, shift = plan.t, plan.book.shift
    within = [one for one in duties if plan.is_within(one.date)]
    nights = [one for one in within if shift[one.shift].is_night]
    of_weekends = [one for one in within if weekend_worked(shift[one.shift], one.date) is not None]
    weekends = {weekend_worked(shift[one.shift], one.date) for one in of_weekends}
    minutes = sum(shift[one.shift].worked for one in within)
    if contract.most_shifts is not None and len(within) > contract.most_shifts:
        what = t("duties in the period: {n}, at most {most}", n=len(within), most=contract.most_shifts)
        yield Fault(10, _last_first(within), what)
    if contract.most_nights is not None and len(nights) > contract.most_nights:
        what = t("nights in the period: {n}, at most {most}", n=len(nights), most=contract.most_nights)
        yield Fault(10, _last_first(nights), what)
    if contract.most_minutes is not None and minutes > contract.most_minutes:
        what = t("minutes in the period: {n}, at most {most}", n=minutes, most=contract.most_minutes)
        yield Fault(10, _last_first(within), what)
    if contract.most_weekends is not None and len(weekends) > contract.most_weekends:
        what = t("weekends in the period: {n}, at most {most}", n=len(weekends), most=contract.most_weekends)
        yield Fault(10, _last_first(of_weekends), what)


def faults_of_contract(duties: Sequence[Duty], contract: Contract, plan: DutyPlan) -> Iterator[Fault]:
    """Yield what the duties of one person break of the contract."""
    for rule in (most_in_row, least_in_row, limits):
        yield from rule(duties, contract, plan)


def runs(duties: Iterable[Duty]) -> list[list[Duty]]:
    """Return duties, which are in order, split into stretches of days that follow each other."""
    found: list[list[Duty]] = []
    for duty in duties:
        if found and duty.date - found[-1][-1].date <= DAY:
            found[-1].append(duty)
        else:
            found.append([duty])
    return found


def _too_long(duties: Sequence[Duty], most: int | None) -> list[list[Duty]]:
    return [] if most is None else [run for run in runs(duties) if _days(run) > most]


def _days(run: Sequence[Duty]) -> int:
    return (run[-1].date - run[0].date).days + 1


def _from(run: Sequence[Duty], most: int, plan: DutyPlan) -> list[Duty]:
    """Return a stretch, the first duty of the period that is one too many at its head."""
    within = [one for one in run if plan.is_within(one.date)]
    beyond = [one for one in within if one.date >= run[0].date + most * DAY]
    head = (beyond or within or list(run))[0]
    return [head, *run]


def _last_first(duties: Sequence[Duty]) -> list[Duty]:
    return [duties[-1], *duties]
