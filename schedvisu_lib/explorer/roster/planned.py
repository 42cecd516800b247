"""A staff book whose roster was made: figure, statistics, empty seats, files and desk, as a notebook shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from math import isnan
from pathlib import Path

import pandas as pd

from schedvisu_lib.config import Site, load_site
from schedvisu_lib.errors import BookError, PlanError, SchedVisuError
from schedvisu_lib.explorer.look import look, looking
from schedvisu_lib.explorer.notebook import Explorer, keep_log, sorry
from schedvisu_lib.explorer.roster.files import save_roster
from schedvisu_lib.explorer.saving import saved_lines
from schedvisu_lib.export.roster.content import RosterContent
from schedvisu_lib.figures.html import Html, element, table
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.roster.book.file import read_staff_and_notes
from schedvisu_lib.plan.roster.book.model import StaffBook
from schedvisu_lib.plan.roster.change.paying import with_debts_paid
from schedvisu_lib.plan.roster.roster import Roster, plan_roster


@dataclass(frozen=True)
class PlannedRoster:
    """A staff book, its roster, and how both are shown.

    Parameters
    ----------
    book, site, first, last
        What was planned.
    duties
        The table of duties and empty seats, debts paid back.
    roster
        How good it is.
    notes
        What the reader of the book should know.
    seconds
        For which a better roster was looked for.
    """

    book: StaffBook
    site: Site
    first: date
    last: date
    duties: pd.DataFrame
    roster: Roster
    notes: tuple[str, ...]
    seconds: float

    def _repr_html_(self) -> str:
        # The look, which all other cells share, and what came of the plan.
        return look(self._t.code).text + self.summary().text

    def __repr__(self) -> str:
        n_duties = len(self.content.filled)
        return f"Roster: {n_duties} duties of {len(self.content.people)} people, {self.roster.empty} seats empty"

    @cached_property
    def content(self) -> RosterContent:
        """What the files are made from."""
        return RosterContent(self.duties, self.book, self.site, self.first, self.last, datetime.now())

    def summary(self) -> Html:
        """Return how good the roster is."""
        t, made = self._t, self.roster
        proved = t("yes")
        if not made.proved:
            above = t("no; at most {share} above the best one", share=t.percent(made.gap, 1))
            proved = t("no; how far from the best one is not known") if isnan(made.gap) else above
        facts = [
            (t("Duties"), t.number(len(self.content.filled))),
            (t("Empty seats"), t.number(made.empty)),
            (t("Cost of wishes, preferred seats and unevenness"), t.number(made.cost, 1)),
            (t("Proved best"), proved),
            (t("Search"), t("{n} s", n=t.number(made.seconds, 1))),
        ]
        notes = [element("p", note, "note") for note in self.notes]
        return looking([table((t("The roster"), ""), facts, "counts plan-summary"), *notes])

    def figure(self) -> Html:
        """Return the roster person by day, page by page."""
        pages = [
            element("div", page, "sv-plan-page plan-appointments plan-roster") for page in self.content.pages.roster()
        ]
        return looking(pages)

    def statistics(self) -> Html:
        """Return what each person has, and how evenly that is spread."""
        pages = self.content.pages
        return looking([pages.statistics_html(), element("p", self._t("Spread"), "subtitle"), pages.spread_html()])

    def empty(self) -> Html:
        """Return the seats that nobody fills, and why."""
        content = self.content
        found = content.pages.empty_html() if len(content.empty) else element("p", self._t("Every seat is filled."))
        return looking([found])

    def by_day(self) -> Html:
        """Return who is on duty on each day."""
        return looking([self.content.pages.day_list_html(self.content.duties)])

    def save(self, folder: str | Path) -> Html:
        """Write workbook, calendars and pages of the roster into a folder, and name the files.

        Without a browser that prints the pages the other files are written, and a sentence says so.

        Raises
        ------
        ExportError
            A file cannot be written.
        """
        return looking(saved_lines(self.content, Path(folder), save_roster))

    def desk(self, folder: str | Path) -> Explorer:
        """Return the desk at which the roster is corrected by hand; its files and versions go into a folder."""
        return desk_of(self.duties, self.book, self.site, self.first, self.last, Path(folder), self.seconds)

    @property
    def _t(self) -> Language:
        return language(self.site.report.language)


def desk_of(
    duties: pd.DataFrame, book: StaffBook, site: Site, first: date, last: date, folder: Path, seconds: float = 10.0
) -> Explorer:
    """Return the desk of a roster."""
    from schedvisu_lib.explorer.roster.draft import RosterDraft
    from schedvisu_lib.explorer.roster.screen import RosterScreen

    keep_log(site)
    draft = RosterDraft(duties, book, site, first, last)
    screen = RosterScreen(draft, folder, seconds)
    n_empty = int((duties["person"] == "").sum())
    words = f"Roster's desk: {len(duties) - n_empty} duties, {n_empty} seats empty"
    return Explorer(screen.widget, words, site.report.language)


def plan_staff(
    book_file: str | Path,
    site_file: str | Path,
    *,
    first: date | str,
    last: date | str,
    seconds: float = 60.0,
) -> PlannedRoster:
    """Read a staff book, and make its roster.

    Parameters
    ----------
    book_file
        A workbook (XLSX) or YAML file.
    site_file
        The site's YAML file.
    first, last
        The days of the roster, both included.
    seconds
        For which a better roster is looked for, at most.

    Raises
    ------
    PlanError
        Anything that a user can cause, in one line for each mistake.

    Examples
    --------
    >>> sv.plan_staff("params/staff.demo.yaml", "params/demo.yaml", first="2026-05-25", last="2026-05-31")
    Roster: ... duties of ... people, 0 seats empty
    """
    try:
        site = load_site(Path(site_file))
        days = _day(first, "first"), _day(last, "last")
        read = read_staff_and_notes(book_file, site)
        made = plan_roster(read.book, site, *days, seconds=seconds)
        paid = with_debts_paid(made, read.book, site, *days)
    except BookError as error:
        raise BookError(error.file or Path(book_file), error.mistakes) from None
    except PlanError:
        raise
    except SchedVisuError as error:
        raise PlanError(str(error)) from None
    return PlannedRoster(paid.book, site, *days, paid.table, made, tuple(read.notes), seconds)


def roster_desk(
    book_file: str | Path,
    site_file: str | Path,
    *,
    first: date | str,
    last: date | str,
    duties: pd.DataFrame | None = None,
    seconds: float = 10.0,
    out: str | Path = "roster",
) -> Explorer:
    """Correct a roster at a desk: type into its cells, lock them, let others stand in, plan around, save versions.

    Parameters
    ----------
    book_file, site_file, first, last, seconds
        As for :func:`plan_staff`.
    duties
        The roster to begin with; if None, one is planned.
    out
        The folder of files and versions.

    Returns
    -------
    Explorer
        Shows itself in a notebook. A file that cannot be read is told there, and raises nothing.

    Examples
    --------
    >>> sv.roster_desk("params/staff.demo.yaml", "params/demo.yaml", first="2026-05-25", last="2026-05-31")
    Roster's desk: 71 duties, 0 seats empty
    """
    try:
        if duties is None:
            return plan_staff(book_file, site_file, first=first, last=last, seconds=seconds).desk(out)
        site = load_site(Path(site_file))
        book = read_staff_and_notes(book_file, site).book
        return desk_of(duties, book, site, _day(first, "first"), _day(last, "last"), Path(out), seconds)
    except SchedVisuError as error:
        return sorry(str(error), "Roster's desk")


def _day(day: date | str, which: str) -> date:
    try:
        return date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        raise PlanError(f'{which} day "{day}" is no day; write it as 2026-05-25') from None
