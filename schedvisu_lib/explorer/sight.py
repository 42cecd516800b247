"""What a view looks at: one scanner's answer to a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pandas as pd
from ipywidgets import Widget

from schedvisu_lib.config import Site
from schedvisu_lib.explorer.desk import Desk
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.figures.html import Html
from schedvisu_lib.studies.choosing import choose_exams, on_weekdays
from schedvisu_lib.studies.selection import of_scanner


@dataclass(frozen=True, eq=False)
class Sight:
    """One scanner's exams, of the weekdays that were asked for.

    Parameters
    ----------
    site
        The site, as if it worked on the weekdays that were asked for alone.
    scanner
        Its name.
    question
        What was asked.
    exams
        All exams of the scanner on the days and weekdays: gaps are those between these.
    chosen
        Those among them of the hours, exam types and takes that were asked for.
    known
        All exams of the store, of any scanner and day: for trends.
    stored
        The days that were retrieved.
    """

    site: Site
    scanner: str
    question: Question
    exams: pd.DataFrame
    chosen: pd.DataFrame
    known: pd.DataFrame
    stored: tuple[date, ...]

    @property
    def days(self) -> tuple[str, date, date]:
        """Scanner, first and last day, as most functions take them."""
        return self.scanner, self.question.first, self.question.last


class View(Protocol):
    """A way to look at exams; each has a module of its own in ``explorer.views``."""

    name: str
    """In code and in addresses: "agenda"."""
    title: str
    """What its button says, in English: the message id of the catalogue."""
    page: str
    """Kind of the report's page that shows it: "scanner-page"."""

    def show(self, sight: Sight, width: float) -> Html | Widget:
        """Return the view, drawn for a width in millimetres (of paper: the screen shows it as wide as its place)."""

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return the lines of Python that give the same table or figure.

        They follow on lines that set ``site``, ``studies`` (all exams of the days and weekdays) and ``chosen`` (of
        hours, types and takes; only where the question limits them), and are pasted into a notebook.
        """


def sight_of(desk: Desk, question: Question, scanner: str) -> Sight:
    """Return what a view of a scanner looks at."""
    weekdays = question.weekdays or None
    site = desk.site if weekdays is None else on_weekdays(desk.site, weekdays)
    exams = choose_exams(of_scanner(desk.studies, scanner, question.first, question.last), weekdays=weekdays)
    return Sight(site, scanner, question, exams, chosen_of(question, exams), desk.studies, desk.stored)


def chosen_of(question: Question, exams: pd.DataFrame) -> pd.DataFrame:
    """Return those among some exams that are of the hours, exam types and takes that are asked for."""
    return choose_exams(
        exams,
        hours=question.hours_text,
        exam_types=question.exam_types or None,
        takes=question.takes or None,
    )
