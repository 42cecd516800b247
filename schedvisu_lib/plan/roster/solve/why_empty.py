"""Why a seat stays empty: what stands in the way of each person of its pool, and with which seats it collides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from schedvisu_lib.language import Language
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Fault, rule_name, short_day
from schedvisu_lib.plan.roster.rules.contract_rules import faults_of_contract
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan
from schedvisu_lib.plan.roster.rules.order_rules import faults_in_order
from schedvisu_lib.plan.roster.rules.seats import Cell, has_level, is_able, is_away, is_exempt, pool_of, teams_of

_THERE: Final = -1
_FREE: Final = 0
_NO_LEVEL, _TITLE, _ONE_A_DAY, _AFTER_NIGHT, _REST = 2, 1, 3, 4, 5
_KINDS, _LEAVE, _SEQUENCES, _ROWS, _LIMITS, _TEAMS = 6, 7, 8, 9, 10, 11
_SHOWN: Final = 4
"""So many other seats are named at most."""


def who_is_in_the_way(plan: DutyPlan, cell: Cell) -> str:
    """Say how many of a pool each rule keeps from an empty seat, beside what they do in this roster.

    Parameters
    ----------
    plan
        The roster.
    cell
        Day, shift, level and department of the seat.
    """
    t, (_, _, level, department) = plan.t, cell
    found: Counter[int] = Counter()
    asked = plan.asked[cell]
    if any(one.by == "number" for one in asked):
        names = pool_of(plan.book, level, department)
        found.update(_of_person(plan, cell, name) for name in names)
        begin = t("{n} persons in the pool", n=len(names))
    else:
        teams = teams_of(plan.book, level, department)
        found.update(_of_team(plan, cell, team) for team in teams)
        begin = t("{n} teams in the pool", n=len(teams))
    parts = [_worded(t, plan, cell, rule, number) for rule, number in sorted(found.items())]
    return f"{begin}: {', '.join(parts)}" if parts else begin


def collides_with(plan: DutyPlan, cells: Sequence[Cell], rules: Iterable[int]) -> str:
    """Say with which other seats an empty one collides, and by which rules; "" if it does with none."""
    if not cells:
        return ""
    t = plan.t
    shown = [f"{short_day(t, cell[0])} {cell[1]}" for cell in cells[:_SHOWN]]
    if len(cells) > _SHOWN:
        shown.append(t("{n} more", n=len(cells) - _SHOWN))
    names = "; ".join(rule_name(t, rule) for rule in rules)
    seats = ", ".join(shown)
    if not names:
        return t("too few for this and {seats}", seats=seats)
    return t("too few for this and {seats} ({rules})", seats=seats, rules=names)


def _of_person(plan: DutyPlan, cell: Cell, name: str) -> int:
    """Return the rule that keeps somebody from a seat; 0, if there is none but that others' seats would be empty."""
    book, (day, shift_name, level, _) = plan.book, cell
    person, shift = book.person[name], book.shift[shift_name]
    if any(duty.person == name for duty in plan.at.get(cell, ())):
        return _THERE
    singles = [one for one in plan.asked[cell] if one.by == "number"]
    alone = {
        _NO_LEVEL: not has_level(shift, level),
        _TEAMS: person.team is not None,
        _TITLE: all(one.title not in {"", person.title} for one in singles),
        _LEAVE: is_away(book, name, shift, day),
        _KINDS: is_exempt(book, name, shift, day),
    }
    barred = [rule for rule, holds in alone.items() if holds]
    return barred[0] if barred else _by_duties(plan, name, Duty(*cell, name))


def _of_team(plan: DutyPlan, cell: Cell, team: str) -> int:
    """Return the rule that keeps a team from a seat."""
    book = plan.book
    if any(duty.team == team for duty in plan.at.get(cell, ())):
        return _THERE
    one = next(one for one in plan.asked[cell] if one.by == "team")
    able = [name for name in book.members[team] if is_able(book, name, one)]
    if not able:
        names = book.members[team]
        return _LEAVE if any(is_away(book, name, book.shift[one.shift], one.date) for name in names) else _KINDS
    first = _first(faults_in_order(_with(plan.of_team.get(team, ()), Duty(*cell, able[0], team), plan), plan), cell)
    return first or next(filter(None, (_by_duties(plan, name, Duty(*cell, name, team)) for name in able)), _FREE)


def _by_duties(plan: DutyPlan, name: str, new: Duty) -> int:
    """Return the first rule that somebody's duties of the roster and a new one would break together."""
    duties = _with(plan.of_person.get(name, ()), new, plan)
    cell = (new.date, new.shift, new.level, new.department)
    return _first(faults_in_order(duties, plan), cell) or _first(
        faults_of_contract(duties, plan.book.contract_of(name), plan), cell
    )


def _with(duties: Iterable[Duty], new: Duty, plan: DutyPlan) -> list[Duty]:
    return sorted([*duties, new], key=lambda duty: (duty.date, plan.book.shift[duty.shift].start))


def _first(faults: Iterable[Fault], cell: Cell) -> int:
    rules = [
        fault.rule
        for fault in faults
        if any((one.date, one.shift, one.level, one.department) == cell for one in fault.duties)
    ]
    return min(rules, default=_FREE)


def _worded(t: Language, plan: DutyPlan, cell: Cell, rule: int, number: int) -> str:
    if rule == _THERE:
        return t("{n} there already", n=number)
    if rule == _FREE:
        return t("{n} needed elsewhere", n=number)
    texts = {
        _NO_LEVEL: t("{n} not in this shift", n=number),
        _TITLE: t("{n} with another title", n=number),
        _ONE_A_DAY: t("{n} on duty that day", n=number),
        _AFTER_NIGHT: t("{n} next to a night", n=number),
        _REST: t("{n} with too little rest", n=number),
        _KINDS: t("{n} without nights", n=number)
        if plan.book.shift[cell[1]].is_night
        else t("{n} without days", n=number),
        _LEAVE: t("{n} away", n=number),
        _SEQUENCES: t("{n} by their sequence of shifts", n=number),
        _ROWS: t("{n} by their days in a row", n=number),
        _LIMITS: t("{n} at the limit of their contract", n=number),
        _TEAMS: t("{n} in teams", n=number),
    }
    return f"{texts[rule]} ({rule_name(t, rule)})"
