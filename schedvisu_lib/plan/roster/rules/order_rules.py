"""The rules of duties that follow each other, of one person or of one team (3, 4, 5, 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.book.model import OFF
from schedvisu_lib.plan.roster.book.model import Sequence as Pattern
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Fault, short_day
from schedvisu_lib.plan.roster.rules.days import DAY
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan


def one_a_day(duties: Sequence[Duty], plan: DutyPlan) -> Iterator[Fault]:
    """Rule 3: at most one duty begins on a day."""
    t = plan.t
    for there in _by_day(duties).values():
        for one, other in combinations(there, 2):
            yield Fault(3, (other, one), t("already has {shift} that day", shift=one.shift))


def after_a_night(duties: Sequence[Duty], plan: DutyPlan) -> Iterator[Fault]:
    """Rule 4: on the day after the one on which a night began, no duty begins."""
    if not plan.book.free_after_night:
        return
    t, of_day = plan.t, _by_day(duties)
    for one in duties:
        if plan.book.shift[one.shift].is_night:
            for other in of_day.get(one.date + DAY, ()):
                what = t("the day after a night ({day}) is free", day=short_day(t, one.date))
                yield Fault(4, (other, one), what)


def rest(duties: Sequence[Duty], plan: DutyPlan) -> Iterator[Fault]:
    """Rule 5: between the end of a duty and the start of the next lie at least the hours of rest, by the wall clock."""
    t, least, spans = plan.t, timedelta(hours=plan.book.rest_hours), [duty.span(plan.book) for duty in duties]
    for n, (one, (_, end)) in enumerate(zip(duties, spans, strict=True)):
        for other, (start, _) in zip(duties[n + 1 :], spans[n + 1 :], strict=True):
            if start - end >= least:
                break
            what = t(
                "{hours} h of rest after {shift} of {day}, at least {least} h",
                hours=_hours(t, max(start - end, timedelta(0))),
                least=_hours(t, least),
                shift=one.shift,
                day=short_day(t, one.date),
            )
            yield Fault(5, (other, one), what)


def not_next(duties: Sequence[Duty], plan: DutyPlan) -> Iterator[Fault]:
    """Rule 8: no shift is followed on the next day by one of its ``not_next``."""
    t, of_day = plan.t, _by_day(duties)
    for one in duties:
        barred = plan.book.shift[one.shift].not_next
        for other in of_day.get(one.date + DAY, ()) if barred else ():
            if other.shift in barred:
                yield Fault(8, (other, one), t("may not follow {shift}", shift=one.shift))


def sequences(duties: Sequence[Duty], plan: DutyPlan) -> Iterator[Fault]:
    """Rule 8: no sequence of the book occurs, those included that began before the period or end after it."""
    if not plan.book.sequences:
        return
    t, of_day, (earliest, latest) = plan.t, _by_day(duties), plan.known
    for pattern in plan.book.sequences:
        reach = (len(pattern.shifts) - 1) * DAY
        day, end = max(earliest, plan.first - reach), min(plan.last, latest - reach)
        while day <= end:
            found = _found(pattern, of_day, day)
            if found:
                what = t("{shifts}: no such sequence", shifts=" – ".join(pattern.shifts))
                yield Fault(8, found, what)
            day += DAY


def _found(pattern: Pattern, of_day: dict[date, list[Duty]], day: date) -> list[Duty]:
    """Return the duties of a pattern that begins on a day; none where it does not occur."""
    found: list[Duty] = []
    for shift in pattern.shifts:
        there = of_day.get(day, [])
        if shift == OFF:
            if there:
                return []
        else:
            fitting = [one for one in there if one.shift == shift and _counts(pattern, one)]
            if not fitting:
                return []
            found += fitting
        day += DAY
    return found


def _counts(pattern: Pattern, duty: Duty) -> bool:
    return not pattern.levels or duty.level in pattern.levels


def faults_in_order(duties: Sequence[Duty], plan: DutyPlan) -> Iterator[Fault]:
    """Yield what duties of one person, or one team, break by their order."""
    for rule in (one_a_day, after_a_night, rest, not_next, sequences):
        yield from rule(duties, plan)


def _hours(t: Language, length: timedelta) -> str:
    hours = length / timedelta(hours=1)
    return t.number(hours, 0 if hours.is_integer() else 2)


def _by_day(duties: Sequence[Duty]) -> dict[date, list[Duty]]:
    found: dict[date, list[Duty]] = {}
    for duty in duties:
        found.setdefault(duty.date, []).append(duty)
    return found
