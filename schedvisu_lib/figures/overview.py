"""The parts of the overview, as the notebook ``overview`` shows them one by one: how all scanners went."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.anchors import page_anchor
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.layout import HEIGHT, WIDTH, legend_height
from schedvisu_lib.figures.legend import legend_html, type_legend
from schedvisu_lib.figures.mix import plot_mix
from schedvisu_lib.figures.names import begin_and_end
from schedvisu_lib.figures.notes import overview_notes
from schedvisu_lib.figures.overview_table import overview_table_html, row_height
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.stands_out import stands_out_html
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period, previous_period
from schedvisu_lib.studies.mix import exam_mix
from schedvisu_lib.studies.selection import between
from schedvisu_lib.studies.trends import N_PERIODS, equal_periods, is_whole, lacking_days, overview_trend

_HEAD: Final = 20.0
_TABLE_HEAD: Final = 13.0
"""Of the table, with the space around it."""
_HEADING: Final = 9.5
_LINE: Final = 4.0
_NOTES: Final = 28.0
_AXIS: Final = 5.0
"""Below the bars."""
_NAMES: Final = 24.0
"""At the left of the bars."""
_ROWS_OF_MIX: Final = (2.4, 11.0)
_ROW_FOR_TWO: Final = 6.0
"""Height of a row from which the period before has room in it."""
_MOST_NAMED_DAYS: Final = 5
_LETTERS_OF_NAME: Final = 18
_FEWEST_LINES: Final = 3


@dataclass(frozen=True)
class OverviewPage:
    """All scanners in one period; each method is one part of the page.

    Parameters
    ----------
    site
        The site.
    period
        The days that are shown.
    generated_at
        When the page is made.
    title
        Title of the scanner pages of these days in the same report, which the lines link to; "" for none.
    scanners
        Names of the scanners that have such a page, one a line.
    """

    site: Site
    period: Period
    generated_at: datetime
    title: str = ""
    scanners: str = ""

    @property
    def first(self) -> date:
        """The first day that the page looks at: durations are compared with the 12 equal periods before."""
        return equal_periods(self.period, N_PERIODS + 1)[0].first

    def header(self) -> Html:
        """Return the head of the page, with the report's title."""
        t = language(self.site.report.language)
        above, heading = element("h1", self.site.report.title), element("h2", t("Overview"))
        return PageHead(self.site, self.period, self.generated_at).html(above, heading, Html(""))

    def table(self, studies: pd.DataFrame, stored: Collection[date]) -> Html:
        """Return the table of all scanners with changes and trends, and which days the numbers lack."""
        trend = overview_trend(studies, self.site, self.period, stored)
        return overview_table_html(trend, self.site) + self._lacking(stored)

    def stands_out(self, findings: pd.DataFrame) -> Html:
        """Return what stands out, in at most as many lines as the site wants and the page has room for."""
        t = language(self.site.report.language)
        title = t(self.title)
        pages = {name: f"#{page_anchor(title, name)}" for name in self.scanners.splitlines()} if self.title else {}
        return stands_out_html(findings, self.site, pages, self._lines(len(findings)))

    def mix(self, studies: pd.DataFrame, findings: pd.DataFrame, stored: Collection[date]) -> Html:
        """Return the exam mix beside that of the period before, as high as there is room; nothing without room."""
        t = language(self.site.report.language)
        now = exam_mix(studies, self.site, self.period.first, self.period.last)
        before = previous_period(self.period)
        comparable = is_whole(self.site, self.period, stored) and is_whole(self.site, before, stored)
        drawn = between(studies, before.first if comparable else self.period.first, self.period.last)
        entries = type_legend(drawn, self.site, exam_type_codes(self.site))
        n = len(self.site.scanner_names)
        taken = _HEADING + _AXIS + legend_height(list(entries)) + self._height_of_lines(findings)
        least, most = _ROWS_OF_MIX
        row = min((self._room() - taken) / n, most)
        if row < least:
            return Html("")
        earlier = None
        if comparable and row >= _ROW_FOR_TWO:
            earlier = exam_mix(studies, self.site, before.first, before.last)
        height = row * n + _AXIS
        with house_style():
            figure = new_figure(WIDTH, height)
            box = (_NAMES / WIDTH, _AXIS / height, 1 - (_NAMES + 1) / WIDTH, 1 - _AXIS / height)
            axes = figure.add_axes(box)
            plot_mix(now, earlier, self.site, ax=axes)
            axes.set_yticklabels([begin_and_end(name, _LETTERS_OF_NAME) for name in now.index])
        title = t("Exams by type")
        if earlier is not None:
            title = t("Exams by type; below, paler: the period before")
        picture = as_svg(figure, t("Exams by type"), "mix")
        return element("div", [element("h3", title), picture, legend_html(entries)], "part")

    def notes(self) -> Html:
        """Return what each number means."""
        return overview_notes(self.site)

    def _lacking(self, stored: Collection[date]) -> Html:
        t = language(self.site.report.language)
        days = lacking_days(self.site, self.period, stored)
        if not days:
            return Html("")
        named = ", ".join(t.day(day, "EEE d MMM") for day in days[:_MOST_NAMED_DAYS])
        more = ", …" if len(days) > _MOST_NAMED_DAYS else ""
        words = t(
            "Open days of the period that the store lacks: {n} ({days}).", n=t.number(len(days)), days=named + more
        )
        return element("p", words, "failure")

    def _room(self) -> float:
        """Return the height that head, table and notes leave."""
        n = len(self.site.scanner_names)
        return HEIGHT - _HEAD - _TABLE_HEAD - row_height(n) * n - _NOTES

    def _lines(self, n: int) -> int:
        room = int((self._room() - _HEADING - _LINE) / _LINE)
        return min(n, self.site.report.stands_out.most, max(room, _FEWEST_LINES))

    def _height_of_lines(self, findings: pd.DataFrame) -> float:
        lines = self._lines(len(findings))
        return _HEADING + _LINE * (max(lines, 1) + (len(findings) > lines))
