"""What is to be planned: a book with its durations, its site, and how it shall be planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from schedvisu_lib.config import Site, load_site
from schedvisu_lib.errors import BookError, PlanError, SchedVisuError
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.planner.times import time_in
from schedvisu_lib.plan.book.file import read_book_and_notes
from schedvisu_lib.plan.book.model import Book, Mode
from schedvisu_lib.plan.durations import with_durations
from schedvisu_lib.plan.measured import days_for_durations
from schedvisu_lib.plan.terms import Terms, Wish
from schedvisu_lib.studies.selection import between


@dataclass(frozen=True)
class Task:
    """A book that is ready to be planned.

    Parameters
    ----------
    book
        With the duration of each procedure.
    site, terms
        What it is planned with.
    seconds
        For which times are looked for.
    studies
        Exams of the year before, by which durations and occupancy are measured.
    durations
        As :func:`schedvisu_lib.plan.durations.with_durations` tells them.
    notes
        What the reader of the book should know.
    """

    book: Book
    site: Site
    terms: Terms
    seconds: float
    studies: pd.DataFrame
    durations: pd.DataFrame
    notes: tuple[str, ...]


def read_task(
    book_file: str | Path,
    site_file: str | Path,
    first: date | str,
    mode: Mode,
    near: str,
    depth_course: int | None,
    depth_once: int | None,
    seconds: float,
) -> Task:
    """Read a site, its exams and a book, as :func:`schedvisu_lib.explorer.planner.planned.plan_book` is told them.

    Raises
    ------
    PlanError
        Anything that a user can cause, in one line for each mistake.
    """
    try:
        terms = _terms(first, mode, near, depth_course, depth_once)
        site = load_site(Path(site_file))
        desk = Desk(site)
        read = read_book_and_notes(book_file, site)
        studies = between(desk.studies, *days_for_durations(terms.first, date.today()))
        book, durations = with_durations(read.book, studies, site)
    except BookError as error:
        raise BookError(error.file or Path(book_file), error.mistakes) from None
    except PlanError:
        raise
    except (SchedVisuError, ValueError) as error:
        raise PlanError(str(error)) from None
    notes = tuple(filter(None, (desk.notice, *read.notes)))
    return Task(book, site, terms, seconds, studies, durations, notes)


def _terms(first: date | str, mode: Mode, near: str, depth_course: int | None, depth_once: int | None) -> Terms:
    try:
        day = date.fromisoformat(first) if isinstance(first, str) else first
    except ValueError:
        raise PlanError(f'first day "{first}" is no day; write it as 2026-05-25') from None
    if mode not in {"early", "late", "near", "any"}:
        raise PlanError(f'mode "{mode}" is none of early, late, near, any')
    at = time_in(near) if mode == "near" else None
    if mode == "near" and at is None:
        raise PlanError(f'near "{near}" is no time; write it as 14:00')
    return Terms(day, Wish(mode, at), depth_course or None, depth_once or None)
