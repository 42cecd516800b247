"""A book that was planned: what was asked, what came of it, timetables, load and files, as a notebook shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import pandas as pd

from schedvisu_lib.explorer.look import look, looking
from schedvisu_lib.explorer.notebook import Explorer
from schedvisu_lib.explorer.planner.content import content_of
from schedvisu_lib.explorer.planner.files import save_plan
from schedvisu_lib.explorer.planner.notebook import desk_of
from schedvisu_lib.explorer.planner.task import Task, read_task
from schedvisu_lib.explorer.saving import saved_lines
from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.export.plan.read_back import read_plan, with_earlier
from schedvisu_lib.figures.appointment_lists import unplaced_html
from schedvisu_lib.figures.html import Cell, Content, Html, element, table
from schedvisu_lib.language import NOTHING, Language, language
from schedvisu_lib.plan.appointments import Plan, plan
from schedvisu_lib.plan.book.model import Mode

_MOST: Final = 60
"""Timetables that a notebook shows; files hold all."""


@dataclass(frozen=True)
class Planned:
    """A book, its plan, and how both are shown.

    Parameters
    ----------
    task
        What was planned.
    plan
        What came of it.
    sheets
        Those that were planned.
    broken
        A line for each rule that the plan breaks which stood before.
    """

    task: Task
    plan: Plan
    sheets: tuple[str, ...]
    broken: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        # The look, which all other cells share, and what came of the plan.
        return look(self._t.code).text + self.summary().text

    def __repr__(self) -> str:
        rows = self.appointments
        return f"Planned: {len(self.sheets)} sheets, {int(rows['start'].notna().sum())} of {len(rows)} rows have a time"

    @property
    def appointments(self) -> pd.DataFrame:
        """The table of appointments."""
        return self.plan.table

    def asked(self) -> Html:
        """Return what was asked: each position of the sheets."""
        t = self._t
        rows: list[list[Content]] = [
            [
                row.sheet,
                t.number(row.position),
                row.procedure,
                t.number(row.sessions),
                self._minutes(row.procedure),
                t.number(row.priority),
            ]
            for row in self.task.book.prescriptions
            if row.sheet in self.sheets
        ]
        headings = (t("Sheet"), t("Position"), t("Procedure"), t("Sessions"), t("Duration"), t("Priority"))
        notes = [element("p", note, "note") for note in self.task.notes]
        return looking([table(headings, rows, "listing"), *notes])

    def summary(self) -> Html:
        """Return how good the plan is."""
        t, plan = self._t, self.plan
        rows = self.appointments.loc[self.appointments["sheet"].isin(self.sheets)]
        placed = int(rows["start"].notna().sum())
        facts = [
            (t("Sessions"), t.number(len(rows))),
            (t("with a time"), t.number(placed)),
            (t("without a time"), t.number(len(rows) - placed)),
            (t("of which none could be had even alone"), t.number(plan.no_slot)),
            (t("Distance from what was wished"), t("{n} min", n=t.number(plan.score.distance))),
            (t("at most above the best plan"), t.percent(plan.gap, 1)),
            (t("Waiting of patients"), t("{n} min", n=t.number(plan.score.waiting))),
            (t("Changes of building"), t.number(plan.score.changes)),
            (t("Search"), t("{n} s", n=t.number(plan.seconds, 1))),
        ]
        problems = [
            element("p", t("The earlier plan breaks a rule: {line}", line=line), "sv-problem") for line in self.broken
        ]
        return looking([table((t("The plan"), ""), facts, "counts plan-summary"), *problems])

    def unplaced(self) -> Html:
        """Return the sessions that found no time, and why."""
        rows = self.content.unplaced
        found = unplaced_html(rows, self._t) if len(rows) else element("p", self._t("Every session has a time."))
        return looking([found])

    def timetables(self) -> Html:
        """Return the timetable of each patient of the sheets; they are named by their sheets."""
        rows = self.appointments
        chosen = set(rows.loc[rows["sheet"].isin(self.sheets), "patient"])
        return self._first([name for name in self.content.patients if name in chosen], self.content.pages.patient)

    def resource_days(self) -> Html:
        """Return the days of each resource that has an appointment."""
        return self._first(self.content.resources, self.content.pages.resource)

    def load(self) -> Html:
        """Return how full the resources are by day and by hour, and their next free times."""
        content = self.content
        return self._first([""], lambda _: content.pages.load(content.load, content.hours, content.free))

    def held(self, plans: Sequence[str | Path]) -> Html:
        """Return by procedure and week how often the durations of past plans held, which were saved as files.

        Raises
        ------
        PlanError
            A file cannot be read.
        """
        from schedvisu_lib.export.plan.past import held_of  # what writes files, which few notebooks need

        t, book = self._t, self.task.book
        if not plans:
            return looking([element("p", t("No past plan is named."))])
        found = held_of([Path(file) for file in plans], book, self.task.site)
        rows: list[list[Content]] = [
            [
                row.procedure,
                row.week,
                t.number(row.planned),
                t.number(row.matched),
                f"p{book.procedure[row.procedure].percentile}",
                t.percent(row.held),
                t("{n} min", n=t.number(row.over, 1)) if row.over == row.over else NOTHING,
            ]
            for row in found.itertuples()
        ]
        heads = (t("Procedure"), t("Week"), t("Appointments"), t("with an exam"), t("planned by"), t("held"), t("over"))
        return looking([table(heads, rows, "counts plan-held")])

    def save(self, folder: str | Path) -> Html:
        """Write workbook, calendars and pages of the plan into a folder, and name the files.

        Without a browser that prints the pages the other files are written, and a sentence says so.

        Raises
        ------
        ExportError
            A file cannot be written.
        """
        return looking(saved_lines(self.content, Path(folder), save_plan))

    def desk(self, folder: str | Path) -> Explorer:
        """Return the desk at which the plan is corrected by hand; its files go into a folder."""
        return desk_of(self.task, self.appointments, Path(folder))

    @cached_property
    def content(self) -> PlanContent:
        """What the files are made from."""
        task = self.task
        return content_of(self.appointments, task.book, task.site, task.terms, task.studies, task.durations)

    @property
    def _t(self) -> Language:
        return language(self.task.site.report.language)

    def _minutes(self, procedure: str) -> Cell:
        """Say how long a procedure takes, and by how many exams that was measured."""
        t, durations = self._t, self.task.durations
        [row] = durations.loc[durations["procedure"] == procedure].itertuples()
        words = t("{n} min", n=t.number(row.minutes))
        if row.source == "measured":
            words = t("{minutes} (p{p} of {n} exams)", minutes=words, p=row.percentile, n=t.number(int(row.n)))
        return Cell(words, float(row.minutes))

    def _first(self, names: Sequence[str], page: Callable[[str], Html]) -> Html:
        """Return the pages of the first names, and say how many more there are."""
        parts = [element("div", page(name), "sv-plan-page plan-appointments") for name in names[:_MOST]]
        if len(names) > _MOST:
            parts.append(element("p", self._t("{n} more are in the files.", n=self._t.number(len(names) - _MOST))))
        return looking(parts)


def plan_book(
    book_file: str | Path,
    site_file: str | Path,
    *,
    first: date | str,
    mode: Mode = "any",
    near: str = "",
    depth_course: int | None = None,
    depth_once: int | None = None,
    seconds: float = 3.0,
    sheets: Sequence[str] = (),
    earlier: str | Path = "",
    improve: bool = False,
) -> Planned:
    """Read a book, give its procedures their measured durations, and plan it.

    Parameters
    ----------
    book_file
        A workbook (XLSX) or YAML file.
    site_file
        The site's YAML file.
    first
        The first day that is looked through.
    mode, near
        "early", "late", "any", or "near" with a time as "14:00".
    depth_course, depth_once
        Days that are looked through; the book's, if None.
    seconds
        For which times are looked for.
    sheets
        Those to be planned; all, if empty.
    earlier
        The file of an earlier plan (XLSX or CSV), perhaps corrected by hand: its appointments stand.
    improve
        Whether appointments that stand and are not locked may move.

    Raises
    ------
    PlanError
        Anything that a user can cause, in one line for each mistake.

    Examples
    --------
    >>> sv.plan_book("params/book.demo.yaml", "params/demo.yaml", first="2026-05-25", seconds=0)
    Planned: 12 sheets, ... of ... rows have a time
    """
    task = read_task(book_file, site_file, first, mode, near, depth_course, depth_once, seconds)
    terms, wish = task.terms, task.terms.wish
    broken: list[str] = []
    if earlier:
        read = read_plan(Path(earlier), task.book, task.site)
        book, broken = with_earlier(task.book, read, task.site, terms)
        task = replace(task, book=book)
    chosen = tuple(sheets) or tuple(dict.fromkeys(row.sheet for row in task.book.prescriptions))
    made = plan(
        task.book,
        task.site,
        wish.mode,
        wish.at,
        first=terms.first,
        sheets=chosen,
        depth_course=terms.depth_course,
        depth_once=terms.depth_once,
        seconds=seconds,
        improve=improve,
    )
    return Planned(task, made, chosen, tuple(broken))
