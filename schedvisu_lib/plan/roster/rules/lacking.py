"""What a roster lacks: empty seats, missing skills, and what is short of the contracts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import short_day
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan
from schedvisu_lib.plan.roster.rules.seats import Demand, fill


@dataclass(frozen=True)
class Lack:
    """Something that a roster lacks."""

    kind: Literal["seat", "skill", "shifts", "minutes"]
    number: int
    """Seats or persons; shifts for what is short of a contract."""
    text: str
    date: date | None = None
    """Nothing where it is about the whole period."""
    shift: str = ""
    level: str = ""
    department: str = ""
    person: str = ""
    weight: int = 0
    """Of each empty seat or missing skill (``too_few``)."""

    def __str__(self) -> str:
        return self.text


def all_lacking(plan: DutyPlan) -> list[Lack]:
    """Return everything that a roster lacks: seats and skills in order of day, then what persons are short of."""
    seats = [lack for cell, asked in plan.asked.items() for lack in _of_cell(plan, asked, plan.at.get(cell, []))]
    return [*sorted(seats, key=lambda one: one.date or date.min), *_short(plan)]


def filled(plan: DutyPlan, asked: Sequence[Demand], duties: Sequence[Duty]) -> list[int]:
    """Return how many seats of each demand of one cell are filled; a team fills a seat with whoever of it is there."""
    singles = [plan.book.person[duty.person].title for duty in duties if not duty.team]
    return fill(asked, singles, len({duty.team for duty in duties if duty.team}))


def skilled(plan: DutyPlan, demand: Demand, duties: Sequence[Duty]) -> int:
    """Return how many who are on duty in a cell have the skill that a demand asks for, whatever their title."""
    return sum(demand.skill in plan.book.person[duty.person].skills for duty in duties)


def _of_cell(plan: DutyPlan, asked: Sequence[Demand], duties: Sequence[Duty]) -> Iterator[Lack]:
    t = plan.t
    for one, number in zip(asked, filled(plan, asked, duties), strict=True):
        names = {"day": short_day(t, one.date), "shift": one.shift, "level": one.level}
        where = (
            t("{day}, {shift}, {level}, {department}", department=one.department, **names)
            if one.department
            else t("{day}, {shift}, {level}", **names)
        )
        cell = (one.date, one.shift, one.level, one.department)
        empty = one.required - number
        if empty > 0:
            wanted = one.title or (t("teams") if one.by == "team" else t("persons"))
            text = t(
                "{where}: {n} of {required} lacking ({what})", where=where, n=empty, required=one.required, what=wanted
            )
            yield Lack("seat", empty, text, *cell, weight=one.too_few)
        missing = one.skilled - skilled(plan, one, duties)
        if missing > 0:
            what = t("skill {skill}", skill=one.skill)
            text = t(
                "{where}: {n} of {required} lacking ({what})", where=where, n=missing, required=one.skilled, what=what
            )
            yield Lack("skill", missing, text, *cell, weight=one.too_few)


def _short(plan: DutyPlan) -> Iterator[Lack]:
    """Yield what persons are short of the least shifts and minutes of their contracts."""
    t, book = plan.t, plan.book
    longest = max(shift.worked for shift in book.shifts)
    for person in book.staff:
        contract = book.contract_of(person.name)
        mine = [duty for duty in plan.of_person.get(person.name, ()) if plan.is_within(duty.date)]
        minutes = sum(book.shift[duty.shift].worked for duty in mine)
        if len(mine) < contract.least_shifts:
            text = t("{person}, duties in the period: {n}, at least {least}", person=person.name, n=len(mine),
                     least=contract.least_shifts)  # fmt: skip
            yield Lack("shifts", contract.least_shifts - len(mine), text, person=person.name)
        if minutes < contract.least_minutes:
            text = t("{person}, minutes in the period: {n}, at least {least}", person=person.name, n=minutes,
                     least=contract.least_minutes)  # fmt: skip
            yield Lack("minutes", -((minutes - contract.least_minutes) // longest), text, person=person.name)
