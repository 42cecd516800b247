"""Exams against slots: a bar for each day, week, month or year, and the report's count table."""

from __future__ import annotations

from typing import Final

from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight
from schedvisu_lib.explorer.views.lines import PYPLOT, both, call, new_axes
from schedvisu_lib.explorer.views.paper import paper_width
from schedvisu_lib.explorer.views.words import if_limited
from schedvisu_lib.figures.counts import draw_counts
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.notes import chosen_sentence
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.figures.tables import days_html
from schedvisu_lib.language import language
from schedvisu_lib.periods import make_bins
from schedvisu_lib.studies.counts import counts_of_days
from schedvisu_lib.studies.days import day_table

_HEIGHT: Final = 48.0
_LEFT, _RIGHT, _UPPER, _LOWER = 9.0, 0.5, 6.0, 9.0
"""Margins in millimetres."""


class CountsView:
    """Exams, slots and gaps of each day, week, month or year."""

    name = "counts"
    title = "Counts"
    page = "scanner-page"

    def show(self, sight: Sight, width: float) -> Html:
        """Return the bars and the count table."""
        t = language(sight.site.report.language)
        among = sight.exams if sight.question.is_limited else None
        days = day_table(sight.chosen, sight.site, *sight.days, among=among)
        bins = make_bins(sight.site.calendar, sight.question.first, sight.question.last)
        wide = paper_width(width)
        with house_style():
            figure = new_figure(wide, _HEIGHT)
            box = (_LEFT / wide, _LOWER / _HEIGHT, 1 - (_LEFT + _RIGHT) / wide, 1 - (_LOWER + _UPPER) / _HEIGHT)
            draw_counts(counts_of_days(days, sight.site), bins, sight.site, figure.add_axes(box))
        bars = as_svg(figure, t("Exams and slots of {scanner}", scanner=sight.scanner), "bars")
        return bars + element("div", days_html(days, sight.site), "scroll") + if_limited(sight, chosen_sentence(t))

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return the lines of Python that give tables and figure."""
        return [
            PYPLOT,
            call("counts", "count_table", question, scanner, *both(question)),
            call("summary", "count_summary", question, scanner, *both(question)),
            new_axes(12, 3),
            call("", "plot_counts", question, scanner, *both(question), ax="ax"),
            "counts",
        ]
