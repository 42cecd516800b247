"""Check a whole roster rule by rule, wherever it was made: by the planner, by hand, in a spreadsheet.

Plain Python over dates and times; nothing here knows how rosters are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Broken, Fault, told
from schedvisu_lib.plan.roster.rules.contract_rules import faults_of_contract
from schedvisu_lib.plan.roster.rules.duty_plan import DutyPlan, cell_of, given_duty
from schedvisu_lib.plan.roster.rules.duty_rules import faults_of
from schedvisu_lib.plan.roster.rules.lacking import Lack, all_lacking
from schedvisu_lib.plan.roster.rules.order_rules import faults_in_order
from schedvisu_lib.plan.roster.rules.rows import read_rows
from schedvisu_lib.plan.roster.rules.team_rules import in_order, whole


def check(table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date) -> list[Broken]:
    """Return everything that a roster breaks, each once, in order of day, person and rule.

    Parameters
    ----------
    table
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book
        People, rules and requests, with the duties that stand.
    site
        Gives the calendar, and the language of the texts.

    Returns
    -------
    list of Broken
        Empty if every rule is kept. Those with ``stood`` concern only duties that were locked, given, swapped or set by
        hand: they are told, but stop nothing.

    Raises
    ------
    TableError
        A column is missing.
    """
    duties, faults = read_rows(table, book, language(site.report.language))
    return sorted({*faults, *check_duties(duties, book, site, first, last)}, key=_order)


def check_duties(duties: Collection[Duty], book: StaffBook, site: Site, first: date, last: date) -> list[Broken]:
    """Return everything that duties break, as :func:`check` does; their names stand in the book."""
    plan = DutyPlan(book, site, first, last, tuple(duty for duty in duties if first <= duty.date <= last))
    found = {told_of(plan, fault) for fault in _of_persons(plan) if _is_told(plan, fault)}
    found.update(_of_teams(plan, found))
    found.update(_changed(duties, plan))
    return sorted(found, key=_order)


def lacking(table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date) -> list[Lack]:
    """Return what a roster lacks: empty seats, missing skills, and what is short of the contracts.

    Raises
    ------
    TableError
        A column is missing.
    """
    duties, _ = read_rows(table, book, language(site.report.language))
    return all_lacking(DutyPlan(book, site, first, last, tuple(one for one in duties if first <= one.date <= last)))


def told_of(plan: DutyPlan, fault: Fault, team: str = "") -> Broken:
    """Say what a fault of a person, or of a team, is."""
    at = next(duty for duty in fault.duties if plan.is_within(duty.date))
    return told(plan.t, fault, at, stood=all(map(plan.stands, fault.duties)), team=team)


def _of_persons(plan: DutyPlan) -> Iterator[Fault]:
    for duty in plan.duties:
        yield from faults_of(duty, plan)
    for person, duties in plan.of_person.items():
        yield from faults_in_order(duties, plan)
        yield from faults_of_contract(duties, plan.book.contract_of(person), plan)


def _of_teams(plan: DutyPlan, found: set[Broken]) -> Iterator[Broken]:
    """Yield what teams break, unless it is told of one of their members already."""
    members = {(one.rule, one.date, one.shift, one.team) for one in found}
    for team, fault in whole(plan):
        yield told_of(plan, fault, team)
    for team, fault in in_order(plan):
        if _is_told(plan, fault):
            one = told_of(plan, fault, team)
            if (one.rule, one.date, one.shift, one.team) not in members:
                yield one


def _changed(duties: Collection[Duty], plan: DutyPlan) -> Iterator[Broken]:
    """Rule 12: what is locked, and what lies outside the period, stays as it is."""
    t, book = plan.t, plan.book
    there = Counter((cell_of(duty), duty.person) for duty in plan.duties)
    for_others = {(cell_of(duty), duty.counts_for) for duty in plan.duties}
    absent = [row for row in book.leave if row.kind == "absence"]
    for row in book.duties:
        duty = given_duty(book, row)
        key = (cell_of(duty), duty.person)
        if not (row.locked and plan.is_within(row.date)) or there[key] or key in for_others:
            continue
        if not any(one.person == row.person and one.first <= row.date <= one.last for one in absent):
            yield told(t, Fault(12, (duty,), t("locked, but not in the roster")), duty, stood=False)
    around = {(cell_of(duty), duty.person) for duty in plan.around}
    for duty in duties:
        if not plan.is_within(duty.date) and (cell_of(duty), duty.person) not in around:
            what = t("lies outside the period, and is not in the book")
            yield told(t, Fault(12, (duty,), what), duty, stood=False)


def _is_told(plan: DutyPlan, fault: Fault) -> bool:
    """Tell whether a fault concerns the period: one of its duties does."""
    return any(plan.is_within(duty.date) for duty in fault.duties)


def _order(one: Broken) -> tuple[date, str, str, int, str]:
    return one.date or date.min, one.person, one.team, one.rule, one.text
