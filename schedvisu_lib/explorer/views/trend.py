"""How the scanner's numbers changed over the last equal periods."""

from __future__ import annotations

from math import ceil
from typing import Final

import pandas as pd

from schedvisu_lib.explorer.code import choosing_lines
from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight, chosen_of
from schedvisu_lib.explorer.views.lines import PYPLOT, call, quoted
from schedvisu_lib.explorer.views.paper import is_narrow, paper_width
from schedvisu_lib.explorer.views.words import if_limited, said
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.notes import chosen_sentence
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.figures.trend import MEASURES, plot_trend
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.choosing import choose_exams
from schedvisu_lib.studies.selection import of_scanner
from schedvisu_lib.studies.trends import N_PERIODS, equal_periods, scanner_trend

_CHART: Final = 34.0
"""Height of a chart with its title and dates, in millimetres."""
_LEFT, _RIGHT, _UPPER, _LOWER = 9.0, 5.0, 6.0, 6.0
"""Margins of a chart."""


class TrendView:
    """A small chart of each number, over the period and the equal ones before it."""

    name = "trend"
    title = "Trend"
    page = "overview"

    def show(self, sight: Sight, width: float) -> Html:
        """Return the charts."""
        t = language(sight.site.report.language)
        trend = _trend(sight)
        columns = 2 if is_narrow(width) else 3
        wide, high = paper_width(width), _CHART * ceil(len(MEASURES) / columns)
        each = wide / columns
        with house_style():
            figure = new_figure(wide, high)
            for place, name in enumerate(MEASURES):
                row, column = divmod(place, columns)
                left, lower = (column * each + _LEFT) / wide, 1 - ((row + 1) * _CHART - _LOWER) / high
                box = (left, lower, (each - _LEFT - _RIGHT) / wide, (_CHART - _UPPER - _LOWER) / high)
                plot_trend(trend, sight.site, name, ax=figure.add_axes(box))
        picture = as_svg(figure, t("Trend of {scanner}", scanner=sight.scanner), "trends")
        return said(_periods(trend, t)) + picture + if_limited(sight, chosen_sentence(t))

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return the lines of Python that give table and figure."""
        first = equal_periods(question.period, N_PERIODS)[0].first
        return [
            PYPLOT,
            f"known = sv.open_store(site).studies({quoted(str(first))}, {quoted(str(question.last))})",
            *choosing_lines(question, "known", "some"),
            "stored = sv.open_store(site).stored_days()",
            call("trend", "scanner_trend", question, scanner, *_names(question), stored="stored"),
            'figure, axes = plt.subplots(3, 3, figsize=(12, 8), layout="constrained")',
            f"names = [{', '.join(map(quoted, MEASURES))}]",
            "for name, ax in zip(names, axes.flat):",
            "    sv.plot_trend(trend, site, name, ax=ax)",
            "trend",
        ]


def _names(question: Question) -> tuple[str, str]:
    """Return the names of the exams that are meant, and of all exams where these are only some of them."""
    return ("some", "known") if question.is_limited else ("known", "")


def _trend(sight: Sight) -> pd.DataFrame:
    """Return the trend of the exams that are asked for, of the weekdays that are asked for."""
    first = equal_periods(sight.question.period, N_PERIODS)[0].first
    weekdays = sight.question.weekdays or None
    whole = choose_exams(of_scanner(sight.known, sight.scanner, first, sight.question.last), weekdays=weekdays)
    if not sight.question.is_limited:
        return scanner_trend(whole, sight.site, *sight.days, sight.stored)
    return scanner_trend(chosen_of(sight.question, whole), sight.site, *sight.days, sight.stored, among=whole)


def _periods(trend: pd.DataFrame, t: Language) -> str:
    """Say which periods these are, and how many cannot be shown."""
    last = trend.iloc[-1]["last"]
    words = t(
        "The period and the {n} equal ones before it, from {first} to {last}; the dates are those on which they begin.",
        n=len(trend) - 1,
        first=t.day(trend.index[0].date()),
        last=t.day(last.date()),
    )
    missing = int((~trend["whole"]).sum())
    return words + (" " + t("Not wholly stored: {n}.", n=missing) if missing else "")
