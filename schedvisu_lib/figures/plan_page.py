"""The parts of a page of plan and effect, as the notebook ``plan_and_effect`` shows them one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.codes import exam_type_codes
from schedvisu_lib.figures.columns import agenda_columns
from schedvisu_lib.figures.hour_axis import hour_range
from schedvisu_lib.figures.hover import hoverable
from schedvisu_lib.figures.html import Cell, Content, Html, element, table
from schedvisu_lib.figures.layout import HEIGHT, WIDTH, legend_height, table_height
from schedvisu_lib.figures.legend import frame_signs, legend_entry, legend_html, type_legend
from schedvisu_lib.figures.notes import plan_notes
from schedvisu_lib.figures.page import PageHead, scanner_line
from schedvisu_lib.figures.pictures import picture
from schedvisu_lib.figures.plan_agenda import effect_boxes, plot_plan_effect
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import NOTHING, Language, language
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.appointments import CANCELLED
from schedvisu_lib.studies.plan_effect import DONE, ELSEWHERE, NOT_DONE, unplanned_on
from schedvisu_lib.studies.plan_table import plan_table, plan_total
from schedvisu_lib.studies.selection import between, of_scanner

_AROUND: Final = 38.0
"""Height of header, notes and margins, in millimetres."""
_HEIGHTS: Final = (90.0, 205.0)
"""Least and most of the agenda."""


@dataclass(frozen=True)
class PlanPage:
    """Plan and effect of one scanner and period; each method is one part of the page."""

    site: Site
    scanner: str
    period: Period
    generated_at: datetime

    def header(self) -> Html:
        """Return the head: scanner, days, ISO weeks, closed days, when it was made."""
        t = language(self.site.report.language)
        image = picture(self.site.scanner(self.scanner).picture, self.scanner, "picture")
        above, heading = scanner_line(self.scanner), element("h3", t("plan and effect"))
        return PageHead(self.site, self.period, self.generated_at).html(above, heading, image)

    def agenda(self, comparison: pd.DataFrame, studies: pd.DataFrame) -> Html:
        """Return the agenda with appointments and exams side by side, as high as there is room."""
        t = language(self.site.report.language)
        n_rows = len(plan_table(comparison, self.site, *self._days)) + 1
        legend = legend_height(list(self._legend(comparison, studies)))
        least, most = _HEIGHTS
        height = min(max(HEIGHT - _AROUND - legend - table_height(n_rows), least), most)
        with house_style():
            figure = new_figure(WIDTH, height)
            # Margins in millimetres: hours at the left, days and what stands under them at the top.
            left, right, upper, lower = 9.0, 0.5, 8.5, 1.0
            room = (left / WIDTH, lower / height, 1 - (left + right) / WIDTH, 1 - (upper + lower) / height)
            ax = plot_plan_effect(comparison, studies, self.site, *self._days, ax=figure.add_axes(room))
        image = as_svg(figure, t("Plan and effect of {scanner}", scanner=self.scanner), "agenda")
        return hoverable(image, ax, *effect_boxes(comparison, studies, self.site, *self._days), t)

    def legend(self, comparison: pd.DataFrame, studies: pd.DataFrame) -> Html:
        """Return the legend: the exam types that occur, and the agenda's signs."""
        return legend_html(self._legend(comparison, studies))

    def table(self, comparison: pd.DataFrame) -> Html:
        """Return what became of the appointments of each day, and how late they began."""
        t = language(self.site.report.language)
        days = plan_table(comparison, self.site, *self._days)
        total = plan_total(comparison, *self._days)
        headings = [
            t("Day"),
            t("Appointments"),
            t("Done"),
            t("Elsewhere"),
            t("Not done"),
            t("Cancelled"),
            t("Unplanned"),
            t("Median delay (min)"),
            "Q1",
            "Q3",
        ]
        dates = [pd.Timestamp(str(day)).date() for day in days.index]
        names = [Cell(t.day(day, "EEE d MMM"), day.isoformat()) for day in dates]
        rows: list[list[Content]] = [
            [name, *_cells(row, t)] for name, (_, row) in zip(names, days.iterrows(), strict=True)
        ]
        sums = [[t("Total"), *_cells(row, t)] for _, row in total.iterrows()]
        return table(headings, rows, "plan", apart=sums)

    def notes(self) -> Html:
        """Return what each number means."""
        return plan_notes(self.site)

    @property
    def _days(self) -> tuple[str, date, date]:
        return self.scanner, self.period.first, self.period.last

    def _legend(self, comparison: pd.DataFrame, studies: pd.DataFrame) -> dict[str, Html]:
        t = language(self.site.report.language)
        first, last = self.period.first, self.period.last
        rows = between(comparison, first, last)
        booked = rows.loc[(rows["scanner"] == self.scanner) & rows["start"].notna()]
        exams = of_scanner(studies, *self._days)
        columns = agenda_columns(exams, self.site, first, last, self.scanner)
        stands = booked["outcome"] != CANCELLED
        signs = {
            "planned": (t("appointment"), bool(stands.any())),
            "delay": (t("start delay"), bool((booked["outcome"] == DONE).any())),
            "not-done": (t("not done"), bool((booked["outcome"] == NOT_DONE).any())),
            "unplanned": (t("unplanned exam"), bool(unplanned_on(rows, self.scanner).any())),
            "elsewhere": (t("done on another scanner"), bool((booked["outcome"] == ELSEWHERE).any())),
            "cancelled": (t("cancelled"), not bool(stands.all())),
            "unknown-length": (t("appointment of unknown length"), bool((stands & booked["end"].isna()).any())),
            **frame_signs(columns, hour_range(exams, self.site, self.scanner), self.site, self.scanner, first, last),
        }
        types = pd.concat([booked[["exam_type"]], exams[["exam_type"]]])
        entries = type_legend(types, self.site, exam_type_codes(self.site))
        return entries | {
            words: legend_entry(f'class="{css}"', words) for css, (words, occurs) in signs.items() if occurs
        }


def _cells(row: pd.Series, t: Language) -> list[str]:
    """Write a row of the table: a dash for what nobody knows, since the plan or the images of the day are missing."""
    if not row["has_plan"]:
        return [NOTHING] * 9
    counts = [t.number(row[name]) for name in ("done", "elsewhere", "not_done")]
    if row["open"] and not row["done"] + row["elsewhere"] + row["not_done"]:
        counts = [NOTHING] * 3
    delays = [t.number(row[name], 1) for name in ("delay_median", "delay_q1", "delay_q3")]
    others = [t.number(row[name]) for name in ("cancelled", "unplanned")]
    return [t.number(row["appointments"]), *counts, *others, *delays]
