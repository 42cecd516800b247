"""All that the files of a plan are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.appointment_page import PlanPages, drawn_days
from schedvisu_lib.language import Language, language
from schedvisu_lib.plan.around import around
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.plan.load import days_of_plan, load, load_by_hour, next_free, with_measured
from schedvisu_lib.studies.selection import Day


@dataclass(frozen=True, repr=False)  # its rows would show patients
class PlanContent:
    """A plan, and what it was made from.

    Parameters
    ----------
    appointments
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`.
    book, site
        What was asked for, and the calendar.
    first
        The first day of the plan.
    generated_at
        When the files are made, on the wall clock of the site.
    studies, measured
        Exams of earlier weeks, and the first and last day of these, whose occupancy stands beside the load.
    durations
        As :func:`schedvisu_lib.plan.durations.with_durations` tells them.
    """

    appointments: pd.DataFrame
    book: Book
    site: Site
    first: date
    generated_at: datetime
    studies: pd.DataFrame | None = None
    measured: tuple[Day, Day] | None = None
    durations: pd.DataFrame | None = None

    @cached_property
    def days(self) -> tuple[date, date]:
        """The first and last day."""
        return days_of_plan(self.appointments, self.first)

    @cached_property
    def t(self) -> Language:
        """The language of the report."""
        return language(self.site.report.language)

    @cached_property
    def placed(self) -> pd.DataFrame:
        """The appointments with a time, in order of start, and with a ``uid``.

        That is ``appointment_id``, with a number where nameless bookings share it: on a resource that takes several.
        """
        rows = self.appointments.loc[self.appointments["start"].notna()]
        rows = rows.sort_values(["start", "resource", "sheet", "position"], ignore_index=True)
        alike = rows.groupby("appointment_id").cumcount().to_numpy()
        names = zip(rows["appointment_id"], alike, strict=True)
        return rows.assign(uid=pd.Series([f"{name}-{n + 1}" if n else name for name, n in names], dtype="str"))

    @cached_property
    def unplaced(self) -> pd.DataFrame:
        """The sessions without a time."""
        return self.appointments.loc[self.appointments["start"].isna()]

    @cached_property
    def patients(self) -> dict[str, str]:
        """The names of the sheets of each patient who has one, in order of these."""
        with_sheet = self.appointments.loc[(self.appointments["sheet"] != "") & (self.appointments["patient"] != "")]
        sheets = with_sheet.groupby("patient")["sheet"].agg(lambda names: ", ".join(sorted(set(names)))).to_dict()
        return dict(sorted(sheets.items(), key=lambda pair: pair[1]))

    @cached_property
    def resources(self) -> list[str]:
        """The resources with an appointment, in the order of the book."""
        used = set(self.placed["resource"])
        return [resource.name for resource in self.book.resources if resource.name in used]

    @cached_property
    def load(self) -> pd.DataFrame:
        """How full each resource is on each day, beside what was measured."""
        days = load(self.appointments, self.book, self.site, *self.days)
        if self.studies is None or self.measured is None:
            return days
        return with_measured(days, self.book, self.site, self.studies, *self.measured)

    @cached_property
    def hours(self) -> pd.DataFrame:
        """How full each resource is in each hour of each day."""
        return load_by_hour(self.appointments, self.book, self.site, *self.days)

    @cached_property
    def free(self) -> pd.DataFrame:
        """The next free time of each procedure on each resource."""
        return next_free(self.appointments, self.book, self.site, *self.days)

    @cached_property
    def pages(self) -> PlanPages:
        """The parts of the pages to print."""
        ground = around(self.appointments, self.book, self.site, *drawn_days(*self.days))
        return PlanPages(self.appointments, ground, self.site, *self.days, self.generated_at)
