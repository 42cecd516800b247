"""The idle times that could have held an exam: one by one, and summed up by class."""

from __future__ import annotations

from typing import Final

import pandas as pd

from schedvisu_lib.explorer.question import Question
from schedvisu_lib.explorer.sight import Sight
from schedvisu_lib.explorer.views.lines import quoted
from schedvisu_lib.explorer.views.words import said
from schedvisu_lib.figures.html import Cell, Content, Html, element, table
from schedvisu_lib.language import Language, language
from schedvisu_lib.studies.choosing import choose_exams
from schedvisu_lib.studies.gaps import HOLE, LUNCH, SERVICE, find_gaps, gap_summary

MOST: Final = 1000
"""Gaps that are listed: more are heavy for a browser, and nobody reads them."""


class GapsView:
    """A list of gaps: day, from, to, minutes, class; above it their sum by class."""

    name = "gaps"
    title = "Gaps"
    page = "scanner-page"

    def show(self, sight: Sight, width: float) -> Html:  # noqa: ARG002
        """Return sum and list, of the hours that are asked for."""
        t = language(sight.site.report.language)
        found = find_gaps(sight.exams, sight.site)
        gaps = choose_exams(found, hours=sight.question.hours_text)
        if gaps.empty:
            return said(t("No gap in this period.")) + said(_what(sight, t))
        return _sums(gaps, t) + said(_what(sight, t)) + _list(gaps.tail(MOST), t) + said(_beyond(len(gaps), t))

    def code(self, question: Question, scanner: str) -> list[str]:
        """Return the lines of Python that give the tables."""
        lines = [f'gaps = sv.find_gaps(studies[studies["scanner"] == {quoted(scanner)}], site)']
        if hours := question.hours_text:
            begin, end = hours
            lines.append(f"gaps = sv.choose_exams(gaps, hours=({quoted(begin)}, {quoted(end)}))")
        return [*lines, "sums = sv.gap_summary(gaps)", "gaps"]


def _what(sight: Sight, t: Language) -> str:
    """Say which gaps these are, where some of the exams are asked for."""
    if sight.question.hours:
        return t("Gaps between all exams, of which the chosen hours hold the start.")
    return t("Gaps between all exams, not only the chosen ones.") if sight.question.is_limited else ""


def _beyond(n: int, t: Language) -> str:
    if n <= MOST:
        return ""
    return t("The last {most} of {n} gaps are listed; ask for fewer days to see the others.", most=t.number(MOST),
             n=t.number(n))  # fmt: skip


def _names(t: Language) -> dict[str, str]:
    return {LUNCH: t("lunch"), SERVICE: t("out of service"), HOLE: t("hole"), "total": t("Total")}


def _sums(gaps: pd.DataFrame, t: Language) -> Html:
    names = _names(t)
    rows: list[list[Content]] = [
        [names[str(name)], t.number(row["n"]), *(_length(row[part], t) for part in ("total", "median", "longest"))]
        for name, row in gap_summary(gaps).iterrows()
    ]
    headings = [t("Class"), t("Gaps"), t("Time"), t("Median"), t("Longest")]
    return table(headings, rows[:-1], "gap-sums", apart=rows[-1:])


def _length(minutes: float, t: Language) -> str:
    return t.duration(pd.Timedelta(minutes=minutes))


def _list(gaps: pd.DataFrame, t: Language) -> Html:
    names = _names(t)
    columns = zip(
        gaps["date"].dt.date,
        gaps["start"].dt.strftime("%Y-%m-%dT%H:%M"),
        gaps["end"].dt.strftime("%H:%M"),
        gaps["minutes"],
        gaps["class"],
        strict=True,
    )
    rows: list[list[Content]] = [
        [Cell(t.day(day, "EEE d MMM y"), start), start[-5:], end, t.number(minutes), names[kind]]
        for day, start, end, minutes, kind in columns
    ]
    return element("div", table([t("Day"), t("Start"), t("End"), t("Minutes"), t("Class")], rows, "gaps"), "scroll")
