"""The pages of a plan of appointments: timetables of patients, days of resources, load, and what found no time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.appointments import Around, Whose, paler, plot_appointments, procedure_colors, rows_of
from schedvisu_lib.figures.html import Cell, Content, Html, element, table
from schedvisu_lib.figures.layout import WIDTH
from schedvisu_lib.figures.legend import legend_entry, legend_html
from schedvisu_lib.figures.load import plot_load, plot_load_hours
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.style import INK, PALE, house_style, readable_on
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import NOTHING, Language, language
from schedvisu_lib.periods import Period, days_between

_WEEKS: Final[dict[Whose, int]] = {"patient": 2, "sheet": 2, "resource": 1}
"""Of one picture."""
_HEIGHTS: Final[dict[Whose, float]] = {"patient": 88.0, "sheet": 88.0, "resource": 124.0}
"""Of one picture, in millimetres."""
_MARGINS: Final = (9.0, 0.5, 5.5, 1.0)
"""Left, right, top and bottom of an agenda, in millimetres."""
_LOAD_MARGINS: Final = (32.0, 1.0, 7.0, 1.0)
_LOAD_ROWS: Final = (3.4, 7.0)
"""Least and most height of a row of the load, in millimetres."""
_LOAD_HEIGHT: Final = 105.0
"""Of one map, with margins, as far as rows are not too many."""


@dataclass(frozen=True, repr=False)  # its rows would show patients
class PlanPages:
    """What the pages of a plan show; each method is one page or a part of one.

    No page names a patient: sheets stand for them.

    Parameters
    ----------
    appointments
        Columns of :data:`schedvisu_lib.plan.appointment.COLUMNS`.
    around
        Opening hours, busy times and ways.
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
        parts = [head, *self._pictures("patient", name, rows), self._legend(rows, [name]), self.list_html(rows)]
        if len(lost):
            parts += [element("p", t("Without a time"), "subtitle"), self.unplaced_html(lost)]
        return _together(parts)

    def resource(self, name: str) -> Html:
        """Return a resource's days: an agenda for each week, and the legend."""
        t = self._t
        rows = rows_of(self.appointments, "resource", name, self.first, self.last)
        parts = [self._head(name, t("Appointments")), *self._pictures("resource", name, rows)]
        return _together([*parts, self._legend(rows, [])])

    def load(self, days: pd.DataFrame, hours: pd.DataFrame, free: pd.DataFrame) -> Html:
        """Return the load by day and by hour, and the next free time of each procedure on each resource."""
        t = self._t
        by_day = self._map(days, "day")
        by_hour = self._map(hours, "hour")
        measured = "measured_occupancy" in days
        notes = [
            t("Occupancy: appointments / opening hours x capacity, in %. Grey: closed."),
            t("Measured: occupancy of the scanner on the same weekdays of the last weeks, from its images.")
            if measured
            else "",
        ]
        parts = [
            self._head("", t("Load of the resources")),
            element("p", t("By day"), "subtitle"),
            by_day,
            element("p", t("By hour, over all days"), "subtitle"),
            by_hour,
            element("p", " ".join(filter(None, notes)), "notes"),
            element("p", t("Next free times"), "subtitle"),
            self.free_html(free),
        ]
        return _together(parts)

    def unplaced(self) -> Html:
        """Return the list of sessions without a time, and why."""
        t, lost = self._t, self.appointments.loc[self.appointments["start"].isna()]
        return _together([self._head("", t("Without a time")), self.unplaced_html(lost)])

    def list_html(self, rows: pd.DataFrame) -> Html:
        """Show appointments in order of start: day, time, procedure, resource, session."""
        t = self._t
        most = self.appointments.groupby(["sheet", "position"])["session"].max().to_dict()
        lines: list[list[Content]] = [
            [
                Cell(t.day(row.start.date(), "EEE d MMM y"), row.start.isoformat()),
                f"{row.start:%H:%M}–{row.end:%H:%M}",
                row.procedure,
                row.resource,
                session_words(row, most),
                state_words(row, t),
            ]
            for row in rows.itertuples()
        ]
        heads = (t("Day"), t("From – to"), t("Procedure"), t("Resource"), t("Session"), "")
        return table(heads, lines, "listing timetable")

    def unplaced_html(self, rows: pd.DataFrame) -> Html:
        """Show sessions without a time; those of one position that have one reason are one line."""
        t = self._t
        lines = [list(line) for line in unplaced_lines(rows, t)]
        heads = (t("Sheet"), t("Position"), t("Sessions"), t("Procedure"), t("Reason"))
        return table(heads, lines, "listing unplaced")

    def free_html(self, free: pd.DataFrame) -> Html:
        """Show the next free time of each procedure on each resource."""
        t = self._t
        lines: list[list[Content]] = [
            [
                row.procedure,
                row.resource,
                t.number(row.minutes),
                Cell(NOTHING if pd.isna(row.start) else _moment(row.start, t), str(row.start)),
            ]
            for row in free.itertuples()
        ]
        heads = (t("Procedure"), t("Resource"), t("Minutes"), t("Next free time"))
        return table(heads, lines, "listing")

    def sheets_of(self, patient: str) -> str:
        """Return the names of a patient's sheets."""
        sheets = self.appointments.loc[self.appointments["patient"] == patient, "sheet"]
        return ", ".join(sorted({sheet for sheet in sheets if sheet}))

    @property
    def _t(self) -> Language:
        return language(self.site.report.language)

    def _head(self, name: str, heading: str) -> Html:
        period = Period("", self.first, self.last)
        above = element("p", heading, "days") if name else Html("")
        title = element("h3", name or heading, "scanner")  # one entry of the bookmarks
        return PageHead(self.site, period, self.generated_at).html(above, title, Html(""))

    def _pictures(self, of: Whose, name: str, rows: pd.DataFrame) -> Iterator[Html]:
        """Yield an agenda for each stretch of weeks with an appointment; one, if there is none."""
        t, width, height = self._t, WIDTH, _HEIGHTS[of]
        left, right, upper, lower = _MARGINS
        used = set(rows["start"].dt.date)
        weeks = list(_weeks(self.first, self.last))
        stretches = _joined([week for week in weeks if used & set(days_between(*week))] or weeks[:1], _WEEKS[of])
        for first, last in stretches:
            with house_style():
                figure = new_figure(width, height)
                room = (left / width, lower / height, 1 - (left + right) / width, 1 - (upper + lower) / height)
                ax = figure.add_axes(room)
                plot_appointments(
                    self.appointments, self.around, self.site, of=of, name=name, first=first, last=last, ax=ax
                )
            yield as_svg(figure, t("Appointments from {first} to {last}", first=first, last=last), "agenda")

    def _map(self, cells: pd.DataFrame, by: str) -> Html:
        t = self._t
        left, right, upper, lower = _LOAD_MARGINS
        n_rows = max(cells["resource"].nunique(), 1)
        least, most = _LOAD_ROWS
        inner = n_rows * min(max((_LOAD_HEIGHT - upper - lower) / n_rows, least), most)
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


def unplaced_lines(rows: pd.DataFrame, t: Language) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield sheet, position, sessions, procedure and reason; sessions of a position with one reason are one line."""
    keys = ["sheet", "position", "procedure"]
    which = re.escape(t("session {k} of {n}: ", k=0, n=0)).replace("0", r"\d+")  # stands in a column of its own here
    reasons = rows["reason"].str.replace(f"^{which}", "", regex=True)
    in_order = rows.assign(reason=reasons).sort_values([*keys, "session"])
    for (sheet, position, procedure), own in in_order.groupby(keys, sort=False):
        for reason, alike in own.groupby("reason", sort=False):
            sessions = alike["session"].tolist()
            words = str(sessions[0]) if len(sessions) == 1 else f"{sessions[0]}–{sessions[-1]}"
            if sessions[-1] - sessions[0] + 1 != len(sessions):
                words = ", ".join(map(str, sessions))
            yield str(sheet), str(position), words, str(procedure), str(reason)


def session_words(row: object, most: dict[tuple[str, int], int]) -> str:
    """Return which session of how many an appointment is; nothing for what is done once."""
    total = most.get((row.sheet, row.position), 0)  # type: ignore[attr-defined]
    return f"{row.session}/{total}" if total > 1 else ""  # type: ignore[attr-defined]


def state_words(row: object, t: Language) -> str:
    """Say whether an appointment stood before, was set by hand, or is locked."""
    origins = {"given": t("booked before"), "manual": t("set by hand")}
    words = [origins.get(row.origin, ""), t("locked") if row.locked else ""]  # type: ignore[attr-defined]
    return ", ".join(filter(None, words))


def _moment(when: pd.Timestamp, t: Language) -> str:
    return f"{t.day(when.date(), 'EEE d MMM')} {when:%H:%M}"


def _any_of(times: pd.DataFrame, patients: Sequence[str]) -> bool:
    return bool(times["patient"].isin(list(patients)).any())


def _look(color: str) -> str:
    return f'style="background:{escape(color)};color:{readable_on(color)}"'


def _weeks(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each week between two days."""
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        yield max(monday, first), min(monday + timedelta(days=6), last)
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
