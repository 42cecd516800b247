"""The page "exams to check": what the numbers may be wrong about, and where to look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.check_tables import (
    clocks_html,
    implausible_html,
    mixed_html,
    overlaps_html,
    unmapped_html,
    unusual_days_html,
)
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.notes import checks_notes
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.quality import part
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.clocks import clock_signs
from schedvisu_lib.studies.implausible import implausible_exams
from schedvisu_lib.studies.overlaps import find_overlaps
from schedvisu_lib.studies.plan_effect import compare_plan
from schedvisu_lib.studies.quality import mixed_studies, unmapped_descriptions
from schedvisu_lib.studies.selection import between
from schedvisu_lib.studies.suggestions import suggest_types
from schedvisu_lib.studies.unusual_days import BEFORE, unusual_days

_KNOWN: Final = timedelta(days=365)
"""So far back one looks for descriptions of known types."""


@dataclass(frozen=True)
class ChecksPage:
    """What is to be checked of a period; each method is one part of the page."""

    site: Site
    period: Period
    generated_at: datetime

    @property
    def known_from(self) -> date:
        """The first day of the studies that tell what is usual and which descriptions are known."""
        return min(self.period.first - BEFORE, self.period.last - _KNOWN)

    def header(self) -> Html:
        """Return the head of the page."""
        t = language(self.site.report.language)
        return PageHead(self.site, self.period, self.generated_at).html(
            Html(""), element("h2", t("Exams to check")), Html("")
        )

    def unmapped(self, studies: pd.DataFrame) -> Html:
        """Return the descriptions that no pattern fits; the studies are those since ``known_from``."""
        t = language(self.site.report.language)
        unmapped = unmapped_descriptions(self._of_period(studies))
        suggestions = suggest_types(unmapped, studies, self.site)
        return part(t("Study descriptions without an exam type"), unmapped_html(suggestions, self.site))

    def mixed_and_unusual(self, series: pd.DataFrame, studies: pd.DataFrame, stored: Collection[date]) -> Html:
        """Return side by side the mixed studies and the days with far fewer exams than usual.

        The studies, and the days that are stored, are those since ``known_from``.
        """
        t = language(self.site.report.language)
        mixed = mixed_html(mixed_studies(series, self.site), self.site)
        unusual = unusual_days(studies, self.site, stored, self.period.first, self.period.last)
        return element(
            "div",
            [
                part(t("Studies that belong to no scanner"), mixed),
                part(t("Days with far fewer exams than usual"), unusual_days_html(unusual, self.site)),
            ],
            "pair",
        )

    def implausible(self, studies: pd.DataFrame) -> Html:
        """Return the exams without any length and those that are longer than can be."""
        t = language(self.site.report.language)
        rows = implausible_exams(self._of_period(studies), self.site)
        return part(t("Exams of no length, or longer than can be"), implausible_html(rows, self.site))

    def overlaps(self, studies: pd.DataFrame) -> Html:
        """Return the exams that overlap on one scanner."""
        t = language(self.site.report.language)
        rows = find_overlaps(self._of_period(studies), self.site)
        return part(t("Exams that overlap on one scanner"), overlaps_html(rows, self.site))

    def clocks(
        self,
        delays: pd.DataFrame,
        series: pd.DataFrame,
        studies: pd.DataFrame,
        planned: pd.DataFrame,
        stored: Collection[date],
    ) -> Html:
        """Return the signs of a wrong clock; ``delays`` are those of the period, as the store gives them."""
        t = language(self.site.report.language)
        comparison = compare_plan(planned, self._of_period(studies), self.site)
        signs = clock_signs(delays, series, comparison, self.site)
        known = set(delays["date"].dt.date)
        of_period = [day for day in stored if self.period.first <= day <= self.period.last]
        return part(t("Signs of a wrong clock (minutes)"), clocks_html(signs, known, of_period, self.site))

    def notes(self) -> Html:
        """Return what each number means."""
        return checks_notes(self.site)

    def _of_period(self, studies: pd.DataFrame) -> pd.DataFrame:
        return between(studies, self.period.first, self.period.last).reset_index(drop=True)
