"""Rosters of other makers, such as a head nurse: their pools stay as they are, the rest is planned around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.plan.roster.book.model import GivenDuty, StaffBook
from schedvisu_lib.plan.roster.change.changes import Change, with_rows
from schedvisu_lib.plan.roster.change.merge import Pool, merge_and_check
from schedvisu_lib.plan.roster.change.read_duties import read_duties
from schedvisu_lib.plan.roster.duty import Duty, from_table, to_table
from schedvisu_lib.plan.roster.rules.seats import pool_department

_OWN = "SchedVisu"
"""Who made what was planned."""


@dataclass(frozen=True)
class Others:
    """What others made.

    Parameters
    ----------
    duties
        Of each file, by its name.
    """

    duties: Mapping[str, Sequence[Duty]]

    @property
    def pools(self) -> set[Pool]:
        """The levels and departments that others plan."""
        return {(duty.level, duty.department) for own in self.duties.values() for duty in own}

    def aside(self, book: StaffBook) -> StaffBook:
        """Return a book in which the duties of others are locked, and nothing more is asked for in their pools."""
        if not self.duties:
            return book
        pools = self.pools
        asked = [
            row
            for row in book.requests
            if (row.level, pool_department(book, row.level, row.department or "")) not in pools
        ]
        locked = [_locked(duty) for own in self.duties.values() for duty in own]
        return with_rows(book, requests=tuple(asked), duties=(*book.duties, *locked))

    def merged(self, table: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date) -> Change:
        """Return a roster that was planned together with those of others; each duty says who made it.

        Raises
        ------
        BookError
            Two files plan one pool, or one person on one day.
        """
        if not self.duties:
            return Change(table, [])
        duties, empty = from_table(table)
        pools = self.pools
        own = [duty for duty in duties if (duty.level, duty.department) not in pools]
        tables = {name: to_table(theirs, [], book) for name, theirs in self.duties.items()}
        return merge_and_check({**tables, _OWN: to_table(own, empty, book)}, book, site, first, last)


def read_others(files: Sequence[Path], book: StaffBook) -> Others:
    """Read lists of duties that others made.

    Raises
    ------
    BookError
        Lists every mistake of a file.
    """
    return Others({file.name: read_duties(file, book) for file in files})


def _locked(duty: Duty) -> GivenDuty:
    return GivenDuty(
        date=duty.date,
        shift=duty.shift,
        level=duty.level,
        department=duty.department or None,
        person=duty.person,
        team=duty.team or None,
        locked=True,
        made_by=duty.made_by,
        counts_for=duty.counts_for or None,
    )
