"""The parts of data quality and of the exams to check."""

from __future__ import annotations

import re
from datetime import date, datetime

import pandas as pd
import pytest

from schedvisu_lib.figures.checks import ChecksPage
from schedvisu_lib.figures.quality import QualityPage
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.clocks import DELAYS
from schedvisu_lib.tables import PLANNED, SERIES, STUDIES, empty

WEEK = Period("weekly", date(2026, 5, 4), date(2026, 5, 8))
MADE = datetime(2026, 5, 9, 1, 5)
NO_DELAYS = pd.DataFrame(columns=["date", *DELAYS]).astype({"date": "datetime64[us]", "n_studies": "int64"})
NO_DAYS = pd.DataFrame(
    {"stored": [], "n_failed": [], "attempts": [], "open": []}, index=pd.DatetimeIndex([], name="date")
).astype(bool)


def parts(site):
    """Every part of both pages for an empty store."""
    quality, checks = QualityPage(site, WEEK, MADE), ChecksPage(site, WEEK, MADE)
    series, studies = empty(SERIES), empty(STUDIES)
    return [
        quality.series(series),
        quality.ways(series),
        quality.days(NO_DAYS, series, []),
        checks.unmapped(studies),
        checks.mixed_and_unusual(series, studies, []),
        checks.implausible(studies),
        checks.overlaps(studies),
        checks.clocks(NO_DELAYS, series, studies, empty(PLANNED), []),
    ]


@pytest.mark.parametrize(("page", "title"), [(QualityPage, "Qualité des données"), (ChecksPage, "Examens à vérifier")])
def test_head_names_page_and_days(demo_site, page, title):
    shown = page(demo_site, WEEK, MADE).header().text
    assert title in shown
    assert "04.05.2026" in shown


def test_each_part_has_a_title_of_its_own_in_both_languages(site_with):
    titles = [
        title
        for code in ("fr", "en")
        for html in parts(site_with(report={"language": code}))
        for title in re.findall("<h3>(.*?)</h3>", html.text)
    ]
    assert len(titles) == len(set(titles)) == 2 * 9


def test_an_empty_store_is_no_error(demo_site):
    for html in parts(demo_site):
        assert "Aucun." in html.text


def test_exams_before_the_period_only_say_what_is_known(demo_site, make_studies, rows):
    page = ChecksPage(demo_site, WEEK, MADE)
    other = {"exam_type": "OTHER", "study_description": "PETCT FDG standart"}
    studies = make_studies(
        [
            {"start": "2026-04-30 08:00", "end": "2026-04-30 08:00"} | other,
            {"start": "2026-05-04 08:00", "end": "2026-05-04 08:00"} | other,
        ]
    )
    assert [row[-1] for row in rows(page.unmapped(studies))[1:]] == ["1"]
    assert [row[0] for row in rows(page.implausible(studies))[1:]] == ["lun. 04.05.2026"]


def test_what_is_known_goes_back_a_year_or_twelve_weeks_before_a_long_period(demo_site):
    assert ChecksPage(demo_site, WEEK, MADE).known_from == date(2025, 5, 8)
    years = Period("multi-year", date(2022, 1, 3), date(2026, 5, 8))
    assert ChecksPage(demo_site, years, MADE).known_from == date(2021, 10, 11)
