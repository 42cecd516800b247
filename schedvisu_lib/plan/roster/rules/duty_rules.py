"""The rules of a single duty: seat, level, day and night, leave, team (1, 2, 6, 7 and, of the person, 11)."""

from __future__ import annotations

from collections.abc import Iterator

from schedvisu_lib.plan.roster.duty import Duty
from schedvisu_lib.plan.roster.rules.broken import Fault
from schedvisu_lib.plan.roster.rules.duty_plan import STAND_INS, DutyPlan, cell_of
from schedvisu_lib.plan.roster.rules.seats import has_level, is_away, is_exempt, is_in_pool, pool_department


def seat(duty: Duty, plan: DutyPlan) -> Iterator[Fault]:
    """Rule 1: it fills a seat of a request, by number or by team, of the person's title."""
    t, asked, person = plan.t, plan.asked.get(cell_of(duty), ()), plan.book.person[duty.person]
    by_team = [one for one in asked if one.by == "team"]
    by_number = [one for one in asked if one.by == "number"]
    if not asked:
        yield Fault(1, (duty,), t("no request asks for it"))
    elif duty.team and not by_team:
        yield Fault(1, (duty,), t("no request asks for a team"))
    elif duty.team or (by_team and duty.origin in STAND_INS):
        return
    elif not by_number:
        yield Fault(1, (duty,), t("no request asks for single persons"))
    elif not any(one.title in ("", person.title) for one in by_number):
        titles = ", ".join(sorted({one.title for one in by_number}))
        yield Fault(1, (duty,), t('title "{title}", but asked for is {titles}', title=person.title, titles=titles))


def level(duty: Duty, plan: DutyPlan) -> Iterator[Fault]:
    """Rule 2: the level is one of the person's, in their department, and one of the shift's."""
    t, book, person = plan.t, plan.book, plan.book.person[duty.person]
    if duty.level not in person.levels:
        yield Fault(2, (duty,), t("may not do {level}", level=duty.level))
    elif not is_in_pool(book, person, duty.level, duty.department):
        what = t("is of {department}, not of {other}", department=person.department, other=duty.department)
        yield Fault(2, (duty,), what)
    if not has_level(book.shift[duty.shift], duty.level):
        yield Fault(2, (duty,), t("the shift is not one of {level}", level=duty.level))


def day_and_night(duty: Duty, plan: DutyPlan) -> Iterator[Fault]:
    """Rule 6: who does no nights, or no days, always or that day, has none."""
    t, shift = plan.t, plan.book.shift[duty.shift]
    if is_exempt(plan.book, duty.person, shift, duty.date):
        yield Fault(6, (duty,), t("does no nights") if shift.is_night else t("does no days"))


def leave(duty: Duty, plan: DutyPlan) -> Iterator[Fault]:
    """Rule 7: it overlaps no day of leave or absence."""
    t, shift = plan.t, plan.book.shift[duty.shift]
    if is_away(plan.book, duty.person, shift, duty.date):
        yield Fault(7, (duty,), t("is away"))


def own_team(duty: Duty, plan: DutyPlan) -> Iterator[Fault]:
    """Rule 11, of the person: who is in a team is on duty with it, and a team with its pool's level and department."""
    t, book, team = plan.t, plan.book, plan.book.person[duty.person].team or ""
    if duty.team != team and duty.origin not in STAND_INS:
        if team:
            yield Fault(11, (duty,), t("is on duty only with team {team}", team=team))
        else:
            yield Fault(11, (duty,), t("is not in team {team}", team=duty.team))
    if duty.team:
        own = book.team[duty.team]
        if (own.level, pool_department(book, own.level, own.department)) != (duty.level, duty.department):
            yield Fault(11, (duty,), t("team {team} is of another department or level", team=duty.team))


def faults_of(duty: Duty, plan: DutyPlan) -> Iterator[Fault]:
    """Yield what a duty breaks by itself."""
    for rule in (seat, level, day_and_night, leave, own_team):
        yield from rule(duty, plan)
