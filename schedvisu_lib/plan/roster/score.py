"""How good a roster is, counted from its duties alone: what the planner wishes, in the order of the contract."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan
from schedvisu_lib.plan.roster.rules.fair import unevenness
from schedvisu_lib.plan.roster.rules.lacking import all_lacking, filled
from schedvisu_lib.plan.roster.rules.wishes import unmet

PREFERRED: Final = 10
"""A preferred seat weighs this part of a required one."""


class Score(NamedTuple):
    """What a roster lacks and costs; one is better than another if it comes first in their order.

    Parameters
    ----------
    unfilled
        Required seats that are empty, and skills that are missing, times their weights.
    lacking
        What persons are short of the least shifts and minutes of their contracts, in shifts.
    too_many
        Persons and teams on top of those preferred, times their weights.
    cost
        Preferred seats that are empty, wishes that are not met, and unevenness.
    """

    unfilled: float
    lacking: float
    too_many: float
    cost: float


def score_of(duties: Collection[Duty], book: StaffBook, site: Site, first: date, last: date) -> Score:
    """Return how good the duties of a period are."""
    plan = DutyPlan(book, site, first, last, tuple(duty for duty in duties if first <= duty.date <= last))
    found = all_lacking(plan)
    fewer, too_many = _covered(plan)
    wishes = sum(one.weight for one in unmet(plan.duties, book, first, last))
    return Score(
        sum(lack.number * lack.weight for lack in found if lack.kind in {"seat", "skill"}),
        sum(lack.number for lack in found if lack.kind in {"shifts", "minutes"}),
        too_many,
        fewer + wishes + unevenness(plan.duties, book, site, first, last),
    )


def _covered(plan: DutyPlan) -> tuple[float, int]:
    """Return what fewer persons and teams than preferred cost, and what more do."""
    fewer, too_many = 0.0, 0
    for cell, asked in plan.asked.items():
        duties = plan.at.get(cell, [])
        numbers = filled(plan, asked, duties)
        fewer += sum((one.preferred - n) * one.too_few / PREFERRED for one, n in zip(asked, numbers, strict=True))
        there = {"number": sum(not duty.team for duty in duties), "team": len({one.team for one in duties if one.team})}
        for by, number in there.items():
            seats = [(one, n) for one, n in zip(asked, numbers, strict=True) if one.by == by]
            if seats:
                over = number - sum(n for _, n in seats)
                too_many += over * min(one.too_many for one, _ in seats)
    return fewer, too_many
