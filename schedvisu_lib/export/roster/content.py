"""All that the files of a roster are made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.export.roster.frame import roster_frame
from schedvisu_lib.figures.roster_lines import RosterFrame, shift_letters
from schedvisu_lib.figures.roster_page import RosterPages
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.rules.statistics import spread_table, statistics


@dataclass(frozen=True)
class RosterContent:
    """A roster, and what it was made from.

    Parameters
    ----------
    duties
        Columns of :data:`schedvisu_lib.plan.roster.duty.COLUMNS`.
    book, site
        What was asked for, and the calendar.
    first, last
        The days of the roster.
    generated_at
        When the files are made, on the wall clock of the site.
    """

    duties: pd.DataFrame
    book: StaffBook
    site: Site
    first: date
    last: date
    generated_at: datetime

    @cached_property
    def t(self) -> Language:
        """The language of the report."""
        return language(self.site.report.language)

    @cached_property
    def filled(self) -> pd.DataFrame:
        """The duties of its days that somebody has."""
        return self._within.loc[self._within["person"] != ""].reset_index(drop=True)

    @cached_property
    def empty(self) -> pd.DataFrame:
        """The required seats that nobody fills, with the reason of each."""
        return self._within.loc[self._within["person"] == ""].reset_index(drop=True)

    @cached_property
    def statistics(self) -> pd.DataFrame:
        """What each person has: nights, weekends, holidays, total, hours, wishes met."""
        return statistics(self.duties, self.book, self.site, self.first, self.last)

    @cached_property
    def spread(self) -> pd.DataFrame:
        """The largest minus the smallest count of those who share the same duties: a row for each such group."""
        return spread_table(self.duties, self.book, self.site, self.first, self.last)

    @cached_property
    def frame(self) -> RosterFrame:
        """People, shifts, days, leave and counts."""
        return roster_frame(self.book, self.site, self.first, self.last, self.statistics)

    @cached_property
    def people(self) -> list[str]:
        """Those with a duty, in the order of the roster."""
        used = set(self.filled["person"])
        return [name for name in self.frame.people["person"] if name in used]

    @cached_property
    def departments(self) -> list[str]:
        """Those with a duty of their own or of one of their people, in the order of the book."""
        used = {self.department_of(row) for row in self.filled.itertuples(index=False)}
        return [one.name for one in self.book.departments if one.name in used]

    def department_of(self, row: object) -> str:
        """Return the department of a duty; where the level is the hospital's, that of its person."""
        own: str = row.department  # type: ignore[attr-defined]
        return own or self.book.person[row.person].department  # type: ignore[attr-defined]

    @cached_property
    def pages(self) -> RosterPages:
        """The parts of the pages to print."""
        return RosterPages(
            self._within, self.frame, self.site, self.first, self.last, self.generated_at, self.statistics, self.spread
        )

    def within(self, duties: pd.DataFrame) -> pd.DataFrame:
        """Return the duties of its days."""
        days = duties["date"].between(pd.Timestamp(self.first), pd.Timestamp(self.last))
        return duties.loc[days].reset_index(drop=True)

    @cached_property
    def _within(self) -> pd.DataFrame:
        return self.within(self.duties)


def shifts_in_words(content: RosterContent) -> Iterator[tuple[str, str, str]]:
    """Yield letter, name and hours of each shift."""
    shifts = content.frame.shifts
    letters = shift_letters(list(shifts["shift"]))
    for row in shifts.itertuples(index=False):
        yield letters[row.shift], row.shift, row.hours
