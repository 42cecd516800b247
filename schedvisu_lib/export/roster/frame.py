"""What stands around the duties of a roster, from its staff book: plain tables for figure, workbook and grid."""

from __future__ import annotations

from datetime import date

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.roster_lines import COUNTED, RosterFrame
from schedvisu_lib.periods import closed_days, days_between
from schedvisu_lib.plan.roster.book.model import Person, StaffBook
from schedvisu_lib.plan.roster.rules.days import is_day_off
from schedvisu_lib.plan.roster.rules.seats import pool_department


def roster_frame(book: StaffBook, site: Site, first: date, last: date, statistics: pd.DataFrame) -> RosterFrame:
    """Return people, shifts, days, leave and counts of a roster.

    Parameters
    ----------
    book, site
        Of the roster.
    first, last
        Its days, both included.
    statistics
        As :func:`schedvisu_lib.plan.roster.rules.statistics.statistics` gives them.
    """
    return RosterFrame(
        _shifts(book),
        _people(book),
        _days(site, first, last),
        _away(book, first, last),
        statistics[["person", *COUNTED]],
    )


def home_of(person: Person, book: StaffBook) -> tuple[str, str]:
    """Return level and department under which a person stands in a roster: those of the team, else the first level."""
    if person.team is not None and person.team in book.team:
        team = book.team[person.team]
        return team.level, pool_department(book, team.level, team.department)
    level = person.levels[0]
    return level, pool_department(book, level, person.department)


def _shifts(book: StaffBook) -> pd.DataFrame:
    rows = [(one.name, one.is_night, f"{one.start:%H:%M}–{one.end:%H:%M}") for one in book.shifts]
    return pd.DataFrame(rows, columns=["shift", "night", "hours"])


def _people(book: StaffBook) -> pd.DataFrame:
    """Return the people pool by pool: by level and department in the order of the book, then team, then as in it."""
    levels = {one.name: n for n, one in enumerate(book.levels)}
    departments = {"": -1} | {one.name: n for n, one in enumerate(book.departments)}
    teams = {None: -1} | {one.name: one.turn for one in book.teams}
    rows = [(one.name, *home_of(one, book), one.team, one.phone) for one in book.staff]
    rows.sort(key=lambda row: (levels[row[1]], departments.get(row[2], -1), teams.get(row[3], -1), row[3] or ""))
    named = [(*row[:3], row[3] or "", row[4]) for row in rows]
    return pd.DataFrame(named, columns=["person", "level", "department", "team", "phone"], dtype="str")


def _days(site: Site, first: date, last: date) -> pd.DataFrame:
    days = days_between(first, last)
    names = [closed_days(site.calendar, day.year, site.report.language).get(day, "") for day in days]
    off = [is_day_off(site, day) for day in days]
    return pd.DataFrame({"date": pd.to_datetime(days), "off": off, "name": names})


def _away(book: StaffBook, first: date, last: date) -> pd.DataFrame:
    """Return each day on which somebody is on leave or absent."""
    rows = [
        (leave.person, pd.Timestamp(day))
        for leave in book.leave
        if leave.first <= last and leave.last >= first
        for day in days_between(max(first, leave.first), min(last, leave.last))
    ]
    return pd.DataFrame(rows, columns=["person", "date"]).drop_duplicates(ignore_index=True)
