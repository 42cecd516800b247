"""The pages of a plan of appointments: timetables of patients, days of resources, load, and what found no time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from html import escape
from math import ceil
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.appointment_lists import free_halves_html, timetable_html, unplaced_html
from schedvisu_lib.figures.appointments import (
    Around,
    Whose,
    axis_hours,
    opening_of,
    paler,
    plot_appointments,
    procedure_colors,
    rows_of,
)
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.layout import HEIGHT, WIDTH, table_height
from schedvisu_lib.figures.legend import legend_entry, legend_html
from schedvisu_lib.figures.load import plot_load, plot_load_hours
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.style import INK, PALE, house_style, readable_on
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import Language, language
from schedvisu_lib.periods import Period, days_between

_WEEKS: Final[dict[Whose, int]] = {"patient": 2, "sheet": 2, "resource": 1}
"""Of one picture."""
_HEIGHTS: Final[dict[Whose, tuple[float, float]]] = {
    "patient": (80.0, 150.0),
    "sheet": (80.0, 150.0),
    "resource": (116.0, 205.0),
}
"""Least and most of one picture, in millimetres; in between pictures share what other parts leave of the page."""
_MARGINS: Final = (9.0, 0.5, 5.5, 1.0)
"""Left, right, top and bottom of an agenda, in millimetres."""
_LOAD_MARGINS: Final = (32.0, 1.0, 7.0, 1.0)
_LOAD_ROWS: Final = (3.4, 7.0)
"""Least and most height of a row of the load, in millimetres."""
_HEAD: Final = 26.0
"""Height of head and legend in millimetres, with some space."""
_LINE: Final = 4.0
"""Height of a row of a list."""
_SUBTITLE: Final = 7.0
"""Height of a title above a list or map."""


@dataclass(frozen=True, repr=False)  # its rows would show patients
class PlanPages:
    """What the pages of a plan show; each method is one page or a part of one.

    No page names a patient: sheets stand for them.

    Parameters
    ----------
    appointments
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`.
    around
        Opening hours, busy times and ways, in all of :func:`drawn_days`.
    site
        Gives language, colours and calendar.
    first, last
        The days of the plan.
    generated_at
        Printed on each page.
    """

    appointments: pd.DataFrame
    around: Around
    site: Site
    first: date
    last: date
    generated_at: datetime

    def patient(self, name: str) -> Html:
        """Return a patient's timetable: agenda, legend, list, and what found no time."""
        t = self._t
        head = self._head(self.sheets_of(name), t("Timetable"))
        rows = rows_of(self.appointments, "patient", name, self.first, self.last)
        own = self.appointments.loc[self.appointments["patient"] == name]
        lost = own.loc[own["start"].isna()]
        below = _LINE * (1 + len(rows)) + (_SUBTITLE + _LINE * (2 + len(lost)) if len(lost) else 0)
        pictures = self._pictures("patient", name, rows, self._patients_hours, HEIGHT - _HEAD - below)
        parts = [head, *pictures, self._legend(rows, [name]), timetable_html(rows, self.appointments, t)]
        if len(lost):
            parts += [element("p", t("Without a time"), "subtitle"), unplaced_html(lost, t)]
        return _together(parts)

    def resource(self, name: str) -> Html:
        """Return a resource's days: an agenda for each week, and the legend."""
        t = self._t
        rows = rows_of(self.appointments, "resource", name, self.first, self.last)
        opening = opening_of(self.around, [name], self.first, self.last)
        hours = axis_hours(pd.concat([rows, opening]))
        pictures = self._pictures("resource", name, rows, hours, HEIGHT - _HEAD)
        return _together([self._head(name, t("Appointments")), *pictures, self._legend(rows, [])])

    def load(self, days: pd.DataFrame, hours: pd.DataFrame, free: pd.DataFrame) -> Html:
        """Return the load by day and by hour, and the next free time of each procedure on each resource."""
        t = self._t
        notes = [
            t("Occupancy: appointments / opening hours x capacity, in %. Grey: closed."),
            t("Measured: occupancy of the scanner on the same weekdays of the last weeks, from its images.")
            if "measured_occupancy" in days
            else "",
        ]
        others = _HEAD + 3 * _SUBTITLE + 2 * _LINE + table_height(ceil(len(free) / 2))
        height = (HEIGHT - others) / 2  # of each map, if all fits on one page
        parts = [
            self._head("", t("Load of the resources")),
            element("p", t("By day"), "subtitle"),
            self._map(days, "day", height),
            element("p", t("By hour, over all days"), "subtitle"),
            self._map(hours, "hour", height),
            element("p", " ".join(filter(None, notes)), "notes"),
            element("p", t("Next free times"), "subtitle"),
            free_halves_html(free, t),
        ]
        return _together(parts)

    def unplaced(self) -> Html:
        """Return the list of sessions without a time, and why."""
        t, lost = self._t, self.appointments.loc[self.appointments["start"].isna()]
        return _together([self._head("", t("Without a time")), unplaced_html(lost, t)])

    def sheets_of(self, patient: str) -> str:
        """Return the names of a patient's sheets."""
        sheets = self.appointments.loc[self.appointments["patient"] == patient, "sheet"]
        return ", ".join(sorted({sheet for sheet in sheets if sheet}))

    @property
    def _t(self) -> Language:
        return language(self.site.report.language)

    @cached_property
    def _patients_hours(self) -> tuple[float, float]:
        """First and last hour of the axis of all patients, so that their pages can be compared."""
        rows = self.appointments.loc[(self.appointments["patient"] != "") & self.appointments["start"].notna()]
        return axis_hours(rows.assign(date=rows["start"].dt.normalize()))

    def _head(self, name: str, heading: str) -> Html:
        period = Period("", self.first, self.last)
        above = element("p", heading, "days") if name else Html("")
        title = element("h3", name or heading, "scanner")  # one entry of the bookmarks
        return PageHead(self.site, period, self.generated_at).html(above, title, Html(""))

    def _pictures(
        self, of: Whose, name: str, rows: pd.DataFrame, hours: tuple[float, float], room: float
    ) -> Iterator[Html]:
        """Yield an agenda for each stretch of weeks with an appointment; one, if there is none.

        All have the same hours and as many weeks, and share the room (in millimetres) as far as it goes.
        """
        t, (least, most) = self._t, _HEIGHTS[of]
        left, right, upper, lower = _MARGINS
        stretches = self._stretches(rows, _WEEKS[of])
        on_a_page = min(len(stretches), max(int(room / least), 1))
        width, height = WIDTH, min(max(room / on_a_page - 1.5, least), most)
        for first, last in stretches:
            with house_style():
                figure = new_figure(width, height)
                place = (left / width, lower / height, 1 - (left + right) / width, 1 - (upper + lower) / height)
                ax = figure.add_axes(place)
                days = {"first": first, "last": last}
                plot_appointments(
                    self.appointments, self.around, self.site, of=of, name=name, **days, hours=hours, ax=ax
                )
            yield as_svg(figure, t("Appointments from {first} to {last}", first=first, last=last), "agenda")

    def _stretches(self, rows: pd.DataFrame, most: int) -> list[tuple[date, date]]:
        """Return first and last day of each picture: whole weeks, as many in each, up to so many."""
        used = set(rows["start"].dt.date)
        weeks = list(_weeks(self.first, self.last))
        joined = _joined([week for week in weeks if used & set(days_between(*week))] or weeks[:1], most)
        longest = max(last - first for first, last in joined)
        return [(first, first + longest) for first, _ in joined]

    def _map(self, cells: pd.DataFrame, by: str, room: float) -> Html:
        t = self._t
        left, right, upper, lower = _LOAD_MARGINS
        n_rows = max(cells["resource"].nunique(), 1)
        least, most = _LOAD_ROWS
        inner = n_rows * min(max((room - upper - lower) / n_rows, least), most)
        height = inner + upper + lower
        with house_style():
            figure = new_figure(WIDTH, height)
            ax = figure.add_axes((left / WIDTH, lower / height, 1 - (left + right) / WIDTH, inner / height))
            (plot_load if by == "day" else plot_load_hours)(cells, self.site, ax=ax)
        return as_svg(figure, t("Load of the resources"), "load")

    def _legend(self, rows: pd.DataFrame, patients: Sequence[str]) -> Html:
        t, colors = self._t, procedure_colors(self.appointments, self.site)
        present = set(rows["procedure"]) - {""}
        entries = {name: legend_entry(_look(color), name) for name, color in colors.items() if name in present}
        tint = f"rgb({', '.join(f'{channel:.0%}' for channel in paler(PALE))})"
        here = {frame: _any_of(getattr(self.around, frame), patients) for frame in ("busy", "ways")}
        signs = {
            t("booked before"): (f"background:{tint};border:0.3mm solid {PALE}", (rows["origin"] == "given").any()),
            t("locked"): (f"background:white;border:0.45mm solid {INK}", rows["locked"].any()),
            t("elsewhere"): ("background:#c9c9c9", here["busy"]),
            t("way"): (f"width:0;border-left:0.25mm solid {INK}", here["ways"]),
            t("opening hours"): ("background:white;border:0.7mm solid #e4e4e4", True),
        }
        return legend_html(
            entries | {words: legend_entry(f'style="{css}"', words) for words, (css, occurs) in signs.items() if occurs}
        )


def drawn_days(first: date, last: date) -> tuple[date, date]:
    """Return the first and last day that the pages may show: whole weeks, and those that fill the last picture."""
    weeks = list(_weeks(first, last))
    return weeks[0][0], weeks[-1][1] + timedelta(weeks=max(_WEEKS.values()) - 1)


def _any_of(times: pd.DataFrame, patients: Sequence[str]) -> bool:
    return bool(times["patient"].isin(list(patients)).any())


def _look(color: str) -> str:
    return f'style="background:{escape(color)};color:{readable_on(color)}"'


def _weeks(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield Monday and Sunday of each week between two days."""
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        yield monday, monday + timedelta(days=6)
        monday += timedelta(weeks=1)


def _joined(weeks: Sequence[tuple[date, date]], most: int) -> list[tuple[date, date]]:
    """Return weeks with those that follow each other joined, up to so many."""
    stretches: list[tuple[date, date]] = []
    n_weeks = 0
    for first, last in weeks:
        if stretches and n_weeks < most and first - stretches[-1][1] == timedelta(days=1):
            stretches[-1] = stretches[-1][0], last
            n_weeks += 1
        else:
            stretches.append((first, last))
            n_weeks = 1
    return stretches


def _together(parts: Sequence[Html]) -> Html:
    return sum(parts, start=Html(""))
