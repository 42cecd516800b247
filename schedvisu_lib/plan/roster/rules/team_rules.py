"""The rules of a team that is on duty: it is whole, and keeps the order of duties as each of its members (rule 11)."""

from __future__ import annotations

from collections.abc import Iterator

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Fault
from schedvisu_lib.plan.roster.rules.duty_plan import STAND_INS, DutyPlan
from schedvisu_lib.plan.roster.rules.order_rules import faults_in_order
from schedvisu_lib.plan.roster.rules.seats import Cell, has_level, is_away, is_exempt, is_in_pool


def missing(team: str, duties: list[Duty], plan: DutyPlan) -> list[str]:
    """Return the members who could be on duty with their team at a seat, and are not; stand-ins take their places.

    Parameters
    ----------
    duties
        All duties at the seat.
    """
    members = plan.book.members[team]
    there = {duty.person for duty in duties if duty.team == team}
    stand_ins = {
        duty.person
        for duty in duties
        if duty.origin in STAND_INS and duty.team in ("", team) and duty.person not in members
    }
    cell = (duties[0].date, duties[0].shift, duties[0].level, duties[0].department)
    away = [name for name in members if name not in there and _could(name, cell, plan)]
    return away if len(away) > len(stand_ins) else []


def whole(plan: DutyPlan) -> Iterator[tuple[str, Fault]]:
    """Rule 11: a team is on duty with all of its members, but for those who are away or exempt."""
    t = plan.t
    for duties in plan.at.values():
        for team in sorted({duty.team for duty in duties if duty.team}):
            names = missing(team, duties, plan)
            if names:
                its = [duty for duty in duties if duty.team == team]
                yield team, Fault(11, its, t("without {persons}", persons=", ".join(names)))


def in_order(plan: DutyPlan) -> Iterator[tuple[str, Fault]]:
    """Rules 3, 4, 5 and 8 hold for a team as for each of its members, even if other members of it were on duty."""
    for team, duties in plan.of_team.items():
        for fault in faults_in_order(duties, plan):
            yield team, fault


def _could(name: str, cell: Cell, plan: DutyPlan) -> bool:
    """Tell whether rules 2, 6 and 7 let somebody be on duty."""
    (day, shift_name, level, department), book = cell, plan.book
    person, shift = book.person[name], book.shift[shift_name]
    return (
        is_in_pool(book, person, level, department)
        and has_level(shift, level)
        and not is_exempt(book, name, shift, day)
        and not is_away(book, name, shift, day)
    )
