"""The parts of the second page of the overview: the last week at a glance, and at which hours scanners are occupied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.hour_map import hours_shown, plot_hour_map, plot_scale
from schedvisu_lib.figures.hover import hoverable
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.layout import HEIGHT, WIDTH, legend_height
from schedvisu_lib.figures.legend import legend_html, type_legend
from schedvisu_lib.figures.names import begin_and_end
from schedvisu_lib.figures.notes import hours_notes
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.figures.week import last_week, plot_week, week_boxes, week_rows
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.hour_map import hour_map
from schedvisu_lib.studies.selection import between
from schedvisu_lib.studies.trends import N_PERIODS, equal_periods

_HEAD: Final = 20.0
_NOTES: Final = 12.0
_HEADING: Final = 9.0
_LEFT: Final = 0.12
_WIDE: Final = 0.86
_HOURS: Final = 5.0
"""Height of the hours over the week."""
_WEEK_ROWS: Final = (1.8, 6.5)
"""Least and most of a day's row in the week."""
_MAP_ROWS: Final = (2.6, 7.5)
"""Least and most of a weekday's row in a map."""
_SHARE_OF_MAPS: Final = 0.45
"""Of the room, where both want more than there is."""
_MAP_HEAD: Final = 10.0
"""Over a map: its scanner and the hours."""
_SCALE: Final = 9.0
"""Below the maps."""
_WEEKDAYS: Final = 8.0
"""At the left of a map."""
_BETWEEN: Final = 3.0
_LETTER: Final = 1.75
"""Mean width of a letter over a map."""


@dataclass(frozen=True)
class HoursPage:
    """When all scanners are used; each method is one part of the page."""

    site: Site
    period: Period
    generated_at: datetime

    @property
    def first(self) -> date:
        """The first day that the page looks at: the map is of the last 12 equal periods."""
        return equal_periods(self.period, N_PERIODS)[0].first

    def header(self) -> Html:
        """Return the head of the page."""
        t = language(self.site.report.language)
        return PageHead(self.site, self.period, self.generated_at).html(
            Html(""), element("h2", t("The week and its hours")), Html("")
        )

    def week(self, studies: pd.DataFrame) -> Html:
        """Return the last week of the period at a glance; nothing where there is too little room."""
        t = language(self.site.report.language)
        first, last = last_week(self.period.first, self.period.last)
        height, _ = self._heights(studies)
        if not height:
            return Html("")
        height += _HOURS
        with house_style():
            figure = new_figure(WIDTH, height)
            ax = plot_week(studies, self.site, first, last, ax=figure.add_axes((_LEFT, 0, _WIDE, 1 - _HOURS / height)))
        title = t("The week at a glance: {week}", week=t.weeks(first, last))
        boxes = week_boxes(studies, self.site, first, last)
        image = hoverable(as_svg(figure, title, "week"), ax, *boxes, t, hours="x")
        legend = legend_html(self._legend(studies))
        return element("div", [element("h3", title), image, legend], "part")

    def maps(self, studies: pd.DataFrame, stored: Collection[date]) -> Html:
        """Return a map for each scanner: how much of each hour of each weekday it was occupied."""
        t = language(self.site.report.language)
        names = self.site.scanner_names
        days = (self.first, self.period.last)
        maps = {name: hour_map(studies, self.site, name, *days, stored) for name in names}
        hours = hours_shown(maps.values(), self.site)
        _, row = self._heights(studies)
        one = self._map_height(row)
        height = one * self._grid[0] + _SCALE
        width = WIDTH / self._grid[1]
        with house_style():
            figure = new_figure(WIDTH, height)
            for place, (name, shares) in enumerate(maps.items()):
                line, column = divmod(place, self._grid[1])
                left, top = column * width + _WEEKDAYS, line * one + _MAP_HEAD
                inner = (width - _WEEKDAYS - _BETWEEN, row * max(len(shares), 1))
                box = (left / WIDTH, 1 - (top + inner[1]) / height, inner[0] / WIDTH, inner[1] / height)
                axes = figure.add_axes(box)
                plot_hour_map(shares, self.site, name, hours, ax=axes)
                shown = begin_and_end(name, int(inner[0] / _LETTER))
                place_of_name = (left / WIDTH, 1 - (line * one + 3.0) / height)
                figure.text(*place_of_name, shown, fontsize=7, fontweight="bold", va="top", gid="scanner")
            box = (_WEEKDAYS / WIDTH, (_SCALE - 4.5) / height, 0.4, 2.5 / height)
            plot_scale(self.site, ax=figure.add_axes(box))
        dates = {"first": t.day(max(self.first, min(stored, default=self.first))), "last": t.day(self.period.last)}
        title = t("Occupancy by weekday and hour, from {first} to {last}", **dates)
        return element("div", [element("h3", title), as_svg(figure, title, "maps")], "part")

    def notes(self) -> Html:
        """Return what each number means."""
        return hours_notes(self.site)

    @property
    def _grid(self) -> tuple[int, int]:
        """Rows and columns of the maps."""
        n = len(self.site.scanner_names)
        columns = next(columns for columns, most in ((1, 1), (2, 6), (3, 9), (4, n)) if n <= most)
        return ceil(n / columns), columns

    def _map_height(self, row: float) -> float:
        n_weekdays = max(len(set(scanner.hours) & set(self.site.calendar.workdays)) for scanner in self.site.scanners)
        return _MAP_HEAD + row * max(n_weekdays, 1)

    def _heights(self, studies: pd.DataFrame) -> tuple[float, float]:
        """Return the height of the week (0: no room) and that of a weekday's row in a map."""
        first, last = last_week(self.period.first, self.period.last)
        rows = week_rows(studies, self.site, first, last)
        n_rows = rows[-1].top + 1 if rows else 0.0
        around = _HEAD + _NOTES + _HEADING + _SCALE
        around_week = _HEADING + _HOURS + legend_height(list(self._legend(studies)))
        room = HEIGHT - around - (around_week if rows else 0)
        week = room - self._grid[0] * self._map_height(_MAP_ROWS[0])
        if not rows or week < _WEEK_ROWS[0] * n_rows:
            return 0.0, self._row_of_map(HEIGHT - around)
        row = self._row_of_map(max(room * _SHARE_OF_MAPS, room - _WEEK_ROWS[1] * n_rows))
        return min(room - self._grid[0] * self._map_height(row), _WEEK_ROWS[1] * n_rows), row

    def _row_of_map(self, room: float) -> float:
        """Return the height of a weekday's row where all maps have so much room together."""
        per_row = self._map_height(1.0) - _MAP_HEAD
        least, most = _MAP_ROWS
        return min(max((room / self._grid[0] - _MAP_HEAD) / per_row, least), most)

    def _legend(self, studies: pd.DataFrame) -> dict[str, Html]:
        exams = between(studies, *last_week(self.period.first, self.period.last))
        return type_legend(exams, self.site, exam_type_codes(self.site))
