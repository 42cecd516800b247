"""On which weekdays and at which hours the scanner is occupied: the map of the report's overview."""

from __future__ import annotations

from typing import Final

from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight
from schedvisu_lib.explorer.views.lines import PYPLOT, call, meant, new_axes, quoted
from schedvisu_lib.explorer.views.paper import paper_width
from schedvisu_lib.explorer.views.words import said
from schedvisu_lib.figures.hour_map import plot_hour_map, plot_scale
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import language
from schedvisu_lib.studies.hour_map import hour_map, offered_days

_LEFT, _RIGHT, _UPPER, _LOWER = 9.0, 3.0, 5.0, 9.0
"""Margins in millimetres: weekdays at the left, hours above, the scale below."""
_ROW: Final = 10.0
"""Height of a weekday, in millimetres."""
_SCALE: Final = (60.0, 2.5)
"""Width and height of the scale."""


class HourMapView:
    """How much of each hour of each weekday the scanner is occupied: a row per weekday."""

    name = "hours"
    title = "Hours"
    page = "overview-hours"

    def show(self, sight: Sight, width: float) -> Html:
        """Return the map and its scale."""
        t = language(sight.site.report.language)
        shares = hour_map(sight.chosen, sight.site, *sight.days, sight.stored)
        wide, high = paper_width(width), _UPPER + _ROW * max(len(shares), 1) + _LOWER
        with house_style():
            figure = new_figure(wide, high)
            box = (_LEFT / wide, _LOWER / high, 1 - (_LEFT + _RIGHT) / wide, 1 - (_LOWER + _UPPER) / high)
            plot_hour_map(shares, sight.site, sight.scanner, ax=figure.add_axes(box))
            scale = (_LEFT / wide, (_LOWER - 5.0) / high, _SCALE[0] / wide, _SCALE[1] / high)
            plot_scale(sight.site, ax=figure.add_axes(scale))
        picture = as_svg(figure, t("Occupancy by weekday and hour"), "maps")
        n = len(offered_days(sight.site, *sight.days, sight.stored))
        words = t("Share of each hour in which prepared exams ran, as the mean of {n} days.", n=t.number(n))
        if sight.question.is_limited:
            words += " " + t("Only the chosen exams count.")
        return picture + said(words)

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return the lines of Python that give table and figure."""
        return [
            PYPLOT,
            call("shares", "hour_map", question, scanner, meant(question), stored="sv.open_store(site).stored_days()"),
            new_axes(12, 3.5),
            f"sv.plot_hour_map(shares, site, {quoted(scanner)}, ax=ax)",
            "shares",
        ]
