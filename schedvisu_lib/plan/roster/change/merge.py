"""Put together the rosters of several makers: each pool comes from one of them, and each duty says which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import BookError
from schedvisu_lib.language import language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.changes import Change, seats_left
from schedvisu_lib.plan.roster.duty import Duty, Empty, from_table, to_table
from schedvisu_lib.plan.roster.rules.broken import Broken
from schedvisu_lib.plan.roster.rules.check import check
from schedvisu_lib.plan.roster.rules.seats import demands

Pool: TypeAlias = tuple[str, str]
"""Level and department ("" where the level is the hospital's)."""


def merge(tables: Mapping[str, pd.DataFrame], book: StaffBook) -> pd.DataFrame:
    """Return the roster of all makers.

    A pool is planned by the one whose roster has duties of it. Seats that another one has empty there, as the pool was
    not theirs to plan, are left out.

    Parameters
    ----------
    tables
        A roster for each file, or each maker, with columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`; a list of
        duties becomes one by :func:`schedvisu_lib.plan.roster.duty.to_table`.
    book
        Gives the shifts.

    Returns
    -------
    DataFrame
        Same columns; ``made_by`` is kept, and is the file's name in ``tables`` where a duty says none.

    Raises
    ------
    TableError
        A column of a roster is missing.
    BookError
        Two files plan one pool, or one person on one day; a line each, naming both.
    """
    read = {name: from_table(table) for name, table in tables.items()}
    mistakes = [*_pools_twice(read), *_persons_twice(read)]
    if mistakes:
        raise BookError(None, mistakes)
    planned = {_pool(duty) for duties, _ in read.values() for duty in duties}
    duties = [replace(duty, made_by=duty.made_by or name) for name, (own, _) in read.items() for duty in own]
    empty: list[Empty] = []
    for own, seats in read.values():
        mine = {_pool(duty) for duty in own}
        here = [seat for seat in seats if _pool(seat) in mine or _pool(seat) not in planned]
        empty += here
        planned |= {_pool(seat) for seat in here}
    return to_table(duties, empty, book)


def merge_and_check(tables: Mapping[str, pd.DataFrame], book: StaffBook, site: Site, first: date, last: date) -> Change:
    """Return the roster of all makers with every required seat that is empty, and all that it breaks.

    Parameters
    ----------
    tables, book
        As for :func:`merge`.
    site, first, last
        What the roster is checked against, and its first and last day.

    Raises
    ------
    TableError, BookError
        As for :func:`merge`.
    """
    duties, empty = from_table(merge(tables, book))
    cells = {demand.cell for demand in demands(book, site, first, last)}
    t = language(site.report.language)
    left = seats_left(duties, empty, cells, book, site, t("nobody was named"))
    table = to_table(duties, left, book)
    broken: list[Broken] = check(table, book, site, first, last)
    return Change(table, broken)


def _pool(one: Duty | Empty) -> Pool:
    return one.level, one.department


def _pools_twice(read: Mapping[str, tuple[Sequence[Duty], Sequence[Empty]]]) -> Iterator[str]:
    """Yield a line for each pool that several files plan."""
    files: dict[Pool, list[str]] = {}
    for name, (duties, _) in read.items():
        for pool in sorted({_pool(duty) for duty in duties}):
            files.setdefault(pool, []).append(name)
    for (level, department), names in files.items():
        if len(names) > 1:
            where = f" of {department}" if department else ""
            yield f"{_listed(names)} plan the level {level}{where}; keep it in one of them"


def _persons_twice(read: Mapping[str, tuple[Sequence[Duty], Sequence[Empty]]]) -> Iterator[str]:
    """Yield a line for each person and day in several files."""
    files: dict[tuple[str, date], dict[str, str]] = {}
    for name, (duties, _) in read.items():
        for duty in duties:
            files.setdefault((duty.person, duty.date), {})[name] = f"{duty.shift}, {duty.level}"
    for (person, day), found in sorted(files.items()):
        if len(found) > 1:
            each = "; ".join(f"{name} ({what})" for name, what in found.items())
            yield f"{person} is on duty on {day} in {_listed(list(found))}: {each}; take one of the duties out"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
