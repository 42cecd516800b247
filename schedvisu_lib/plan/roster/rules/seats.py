"""What is asked for on each day, and who may do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from schedvisu_lib.config import Site
from schedvisu_lib.periods import days_between
from schedvisu_lib.plan.roster.book.model import Leave, Person, Shift, StaffBook
from schedvisu_lib.plan.roster.rules.days import DAY, is_one_of

Cell: TypeAlias = tuple[date, str, str, str]
"""Date, shift, level and department ("" where the level is the hospital's): where duties and requests meet."""


@dataclass(frozen=True)
class Demand:
    """What one request asks for on one day."""

    date: date
    shift: str
    level: str
    department: str
    """ "" where the level is the hospital's."""
    by: Literal["number", "team"]
    required: int
    """Persons, or teams."""
    preferred: int
    """At least ``required``."""
    title: str
    """ "" if all titles will do; asked of persons only, never of teams."""
    skill: str
    skilled: int
    too_few: int
    too_many: int
    request: int
    """Index of its row in ``book.requests``."""

    @property
    def cell(self) -> Cell:
        """Where it stands."""
        return self.date, self.shift, self.level, self.department


def demands(book: StaffBook, site: Site, first: date, last: date) -> list[Demand]:
    """Return what the requests ask for on each day of a period, in order of their rows and days."""
    return [
        Demand(
            date=day,
            shift=row.shift,
            level=row.level,
            department=pool_department(book, row.level, row.department or ""),
            by=row.by,
            required=row.required,
            preferred=max(row.required, row.preferred or 0),
            title=(row.title or "") if row.by == "number" else "",
            skill=row.skill or "",
            skilled=row.skilled if row.skill else 0,
            too_few=row.too_few,
            too_many=row.too_many,
            request=index,
        )
        for index, row in enumerate(book.requests)
        for day in days_between(max(first, row.first), min(last, row.last))
        if is_one_of(row.days, site, day)
    ]


def pool_department(book: StaffBook, level: str, department: str) -> str:
    """Return the department of a pool: "" where the level is the hospital's."""
    return "" if book.level[level].hospital else department


def pool_of(book: StaffBook, level: str, department: str) -> list[str]:
    """Return the persons who may do a level in a department (in any, where the level is the hospital's)."""
    return [one.name for one in book.staff if is_in_pool(book, one, level, department)]


def is_in_pool(book: StaffBook, person: Person, level: str, department: str) -> bool:
    """Rule 2, of the person: the level is one of theirs, and the department is theirs or the level the hospital's."""
    return level in person.levels and (book.level[level].hospital or person.department == department)


def teams_of(book: StaffBook, level: str, department: str) -> list[str]:
    """Return the teams of a pool, in order of their turn."""
    hospital = book.level[level].hospital
    own = [one for one in book.teams if one.level == level and (hospital or one.department == department)]
    return [one.name for one in sorted(own, key=lambda team: team.turn)]


def has_level(shift: Shift, level: str) -> bool:
    """Rule 2, of the shift: it has the level."""
    return not shift.levels or level in shift.levels


def is_exempt(book: StaffBook, person: str, shift: Shift, day: date) -> bool:
    """Rule 6: who does no nights, or no days, always or on that day, has none."""
    one, kind = book.person[person], "nights" if shift.is_night else "days"
    if not (one.night if shift.is_night else one.day):
        return True
    return any(row.no == kind and row.first <= day <= row.last for row in book.exemptions_of.get(person, ()))


def is_away(book: StaffBook, person: str, shift: Shift, day: date) -> bool:
    """Rule 7: the shift that begins on a day overlaps a day of leave or absence."""
    return bool(leave_on(book, person, shift, day))


def leave_on(book: StaffBook, person: str, shift: Shift, day: date) -> list[Leave]:
    """Return the leave and absence of somebody that the shift which begins on a day overlaps."""
    end = day + DAY if shift.is_night else day
    return [row for row in book.leave_of.get(person, ()) if row.first <= end and day <= row.last]


def is_able(book: StaffBook, person: str, demand: Demand) -> bool:
    """Tell whether somebody keeps rules 1, 2, 6 and 7 in a seat, whatever else they do, in a team or not."""
    one, shift = book.person[person], book.shift[demand.shift]
    return (
        is_in_pool(book, one, demand.level, demand.department)
        and has_level(shift, demand.level)
        and demand.title in ("", one.title)
        and not is_exempt(book, person, shift, demand.date)
        and not is_away(book, person, shift, demand.date)
    )


def may_do(book: StaffBook, person: str, demand: Demand) -> bool:
    """Tell whether somebody may sit in a seat: able to, and in a team of the pool just where it is by team."""
    team = book.person[person].team
    if (demand.by == "team") != (team is not None):
        return False
    if team is not None:
        own = book.team[team]
        if own.level != demand.level or pool_department(book, own.level, own.department) != demand.department:
            return False
    return is_able(book, person, demand)


def by_cell(asked: Iterable[Demand]) -> dict[Cell, list[Demand]]:
    """Return the demands of each cell."""
    cells: dict[Cell, list[Demand]] = {}
    for demand in asked:
        cells.setdefault(demand.cell, []).append(demand)
    return cells


def fill(asked: Sequence[Demand], titles: Sequence[str], teams: int) -> list[int]:
    """Return how many seats of each demand of one cell are filled.

    Required ones come before preferred ones, then the dearest first, and of equally dear ones those of a title.

    Parameters
    ----------
    asked
        The demands of one cell.
    titles
        Title of each person who is on duty there without a team; each fills one seat, of their title or of none.
    teams
        How many teams are on duty there.
    """
    free, single, filled = Counter(titles), len(titles), [0] * len(asked)
    order = sorted(range(len(asked)), key=lambda n: (-asked[n].too_few, not asked[n].title))
    for upto in ("required", "preferred"):
        for n in order:
            one = asked[n]
            left = teams if one.by == "team" else min(single, free[one.title]) if one.title else single
            more = min(getattr(one, upto) - filled[n], left)
            filled[n] += more
            if one.by == "team":
                teams -= more
            else:
                single -= more
                free[one.title] -= more if one.title else 0
    return filled
