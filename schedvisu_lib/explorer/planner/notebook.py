"""What ``plan_appointments.ipynb`` shows to work at: the planner's desk, in JupyterLab and as a web page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from schedvisu_lib.errors import SchedVisuError
from schedvisu_lib.explorer.notebook import Explorer, keep_log, sorry
from schedvisu_lib.explorer.planner.draft import Draft
from schedvisu_lib.explorer.planner.screen import PlanScreen
from schedvisu_lib.explorer.planner.task import Task, read_task
from schedvisu_lib.plan.book.model import Mode


def plan_desk(
    book_file: str | Path,
    site_file: str | Path,
    *,
    first: date | str,
    mode: Mode = "any",
    near: str = "",
    depth_course: int | None = None,
    depth_once: int | None = None,
    seconds: float = 3.0,
    appointments: pd.DataFrame | None = None,
    out: str | Path = "appointments",
) -> Explorer:
    """Plan a book at a desk: choose sheet, positions and resources, let times be found, correct them, save them.

    Parameters
    ----------
    book_file, site_file, first, mode, near, depth_course, depth_once, seconds
        As for :func:`schedvisu_lib.explorer.planner.planned.plan_book`; the desk begins with them.
    appointments
        The plan to begin with; if None, the book's bookings alone.
    out
        The folder of the files.

    Returns
    -------
    Explorer
        Shows itself in a notebook. A file that cannot be read is told there, and raises nothing.

    Examples
    --------
    >>> sv.plan_desk("params/book.demo.yaml", "params/demo.yaml", first="2026-05-25")
    Planner's desk: 12 sheets, ... of ... sessions have a time
    """
    try:
        task = read_task(book_file, site_file, first, mode, near, depth_course, depth_once, seconds)
        return desk_of(task, appointments, Path(out))
    except SchedVisuError as error:
        return sorry(str(error), "Planner's desk")


def desk_of(task: Task, appointments: pd.DataFrame | None, folder: Path) -> Explorer:
    """Return the desk of a book that was read, with a plan to begin with."""
    keep_log(task.site)
    draft = Draft(task.book, task.site, appointments)
    screen = PlanScreen(draft, task.terms, task.seconds, folder, task.studies, task.durations)
    rows = draft.table.loc[draft.table["sheet"] != ""]
    n_sheets, n_placed = rows["sheet"].nunique(), int(rows["start"].notna().sum())
    words = f"Planner's desk: {n_sheets} sheets, {n_placed} of {len(rows)} sessions have a time"
    return Explorer(screen.widget, words, task.site.report.language)
