"""How a period compares with the equal ones before it."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from schedvisu_lib.periods import Period, working_days
from schedvisu_lib.studies.overview import scanner_overview
from schedvisu_lib.studies.trends import equal_periods, is_whole, lacking_days, overview_trend

WEEK = Period("weekly", date(2026, 5, 4), date(2026, 5, 8))
SCANNER = "Discovery 690"


@pytest.fixture
def stored(demo_site):
    """The open days of the week and of the three before it; of that of 13 April the Friday is missing."""
    days = set(working_days(demo_site.calendar, date(2026, 4, 13), date(2026, 5, 8)))
    return days - {date(2026, 4, 17)}


@pytest.fixture
def studies(make_studies):
    """One exam in the week, two in the one before, three in the one before that, four before."""
    mondays = ["2026-05-04", *["2026-04-27"] * 2, *["2026-04-20"] * 3, *["2026-04-13"] * 4]
    starts = [pd.Timestamp(f"{day} 08:00") + pd.Timedelta(hours=n) for n, day in enumerate(mondays)]
    return make_studies([{"start": start, "end": start + pd.Timedelta(minutes=30)} for start in starts])


def test_equal_periods_go_back_week_by_week():
    firsts = [period.first for period in equal_periods(WEEK, 4)]
    assert firsts == [date(2026, 4, 13), date(2026, 4, 20), date(2026, 4, 27), date(2026, 5, 4)]
    assert all(period.last - period.first == timedelta(days=4) for period in equal_periods(WEEK, 12))
    assert equal_periods(WEEK, 1) == [WEEK]


def test_equal_periods_of_a_year_go_back_by_as_many_days():
    before, now = equal_periods(Period("yearly", date(2026, 1, 1), date(2026, 5, 22)), 2)
    assert (before.first, before.last, now.first) == (date(2025, 8, 12), date(2025, 12, 31), date(2026, 1, 1))


def test_trend_has_the_overview_of_each_period_that_is_stored(studies, demo_site, stored):
    trend = overview_trend(studies, demo_site, WEEK, stored, n=4)
    exams = trend.loc[SCANNER, "exams"]
    assert exams.index.tolist() == [3, 2, 1, 0]
    assert exams[[2, 1, 0]].tolist() == [3, 2, 1]
    for back, period in zip((2, 1, 0), equal_periods(WEEK, 4)[1:], strict=True):
        alone = scanner_overview(studies, demo_site, period.first, period.last)
        together = trend.xs(back, level="back").drop(columns="whole")
        pd.testing.assert_frame_equal(together, alone, check_dtype=False)


def test_half_a_week_in_the_store_has_no_values(studies, demo_site, stored):
    trend = overview_trend(studies, demo_site, WEEK, stored, n=5)
    assert trend.xs(3, level="back").drop(columns="whole").isna().all(axis=None)  # its Friday is missing
    assert trend.xs(4, level="back").drop(columns="whole").isna().all(axis=None)  # before the store began
    assert trend.loc[SCANNER, "whole"].tolist() == [False, False, True, True, True]


def test_the_period_itself_has_values_though_a_day_is_missing(studies, demo_site, stored):
    trend = overview_trend(studies, demo_site, WEEK, stored - {date(2026, 5, 7)}, n=2)
    assert trend.loc[(SCANNER, 0), "exams"] == 1
    assert trend.loc[SCANNER, "whole"].tolist() == [True, False]


def test_a_closed_week_cannot_be_compared(demo_site):
    christmas = Period("weekly", date(2025, 12, 24), date(2025, 12, 26))
    assert working_days(demo_site.calendar, christmas.first, christmas.last) == []
    assert not is_whole(demo_site, christmas, frozenset())


def test_days_that_the_store_lacks_are_open_days(demo_site, stored):
    """Friday 1 May is open in the canton of Vaud; Ascension is not."""
    assert lacking_days(demo_site, Period("", date(2026, 4, 13), date(2026, 5, 8)), stored) == [date(2026, 4, 17)]
    ascension = Period("", date(2026, 5, 14), date(2026, 5, 15))
    assert lacking_days(demo_site, ascension, frozenset()) == []


def test_one_stored_week_is_a_trend_of_one(studies, demo_site):
    week = set(working_days(demo_site.calendar, WEEK.first, WEEK.last))
    trend = overview_trend(studies, demo_site, WEEK, week)
    assert len(trend.loc[SCANNER]) == 12
    assert trend.loc[SCANNER, "exams"].notna().sum() == 1


def test_a_period_without_exams_anywhere_has_zeros(make_studies, demo_site, stored):
    trend = overview_trend(make_studies(), demo_site, WEEK, stored, n=3)
    assert trend["exams"].tolist() == [0] * 15
    assert trend["turnover"].isna().all()
