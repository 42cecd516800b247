"""The data-quality page: what became of every series (design, section 6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.notes import quality_notes
from schedvisu_lib.figures.page import PageHead
from schedvisu_lib.figures.quality_tables import days_html, verdicts_html, ways_html
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.quality import failed_series, series_fates, verdict_counts, way_counts


@dataclass(frozen=True)
class QualityPage:
    """What became of every series of a period; each method is one part of the page."""

    site: Site
    period: Period
    generated_at: datetime

    def header(self) -> Html:
        """Return the head of the page."""
        t = language(self.site.report.language)
        return PageHead(self.site, self.period, self.generated_at).html(
            Html(""), element("h2", t("Data quality")), Html("")
        )

    def series(self, series: pd.DataFrame) -> Html:
        """Return what became of every series that the archive listed, per scanner."""
        t = language(self.site.report.language)
        counts = verdict_counts(series_fates(series, self.site), self.site)
        return part(t("What became of the series that the archive listed"), verdicts_html(counts, self.site))

    def ways(self, series: pd.DataFrame) -> Html:
        """Return by which ways their headers came."""
        t = language(self.site.report.language)
        return part(t("How the headers of series came"), ways_html(way_counts(series), self.site))

    def days(self, days: pd.DataFrame, series: pd.DataFrame, outdated: Collection[date]) -> Html:
        """Return the days that are missing, have failed series, or were judged by other settings."""
        t = language(self.site.report.language)
        failed = failed_series(series_fates(series, self.site))
        title = t("Days that are missing or have failed series, and what will be tried next")
        return part(title, days_html(days, failed, outdated, self.site))

    def notes(self) -> Html:
        """Return what each number means."""
        return quality_notes(self.site)


def part(title: str, content: Html) -> Html:
    """Return a table of a page under its title."""
    return element("div", [element("h3", title), content], "part")
