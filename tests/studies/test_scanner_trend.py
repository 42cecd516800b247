"""A scanner's numbers over equal periods, its gaps by class, and its exams as a list."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import schedvisu_lib as sv
from schedvisu_lib.periods import working_days
from schedvisu_lib.studies.service import is_scanner_open, offer_of, offers_between
from tests.conftest import Builder

SCANNER = "Discovery 690"
WEEK = (SCANNER, "2026-05-18", "2026-05-22")
DAYS = [*pd.date_range("2026-05-04", "2026-05-22", freq="B").date]


@pytest.fixture
def exams(make_studies: Builder) -> pd.DataFrame:
    """One exam in the week of 4 May, none in that of the 11th, three in that of the 18th with a gap of an hour."""
    return make_studies(
        [
            {"start": "2026-05-04 09:00", "end": "2026-05-04 09:30"},
            {"start": "2026-05-18 08:00", "end": "2026-05-18 08:30"},
            {"start": "2026-05-18 09:30", "end": "2026-05-18 10:00", "exam_type": "PSMA"},
            {"start": "2026-05-18 10:10", "end": "2026-05-18 10:20"},
        ]
    )


def test_periods_that_are_not_whole_have_no_numbers(exams: pd.DataFrame, demo_site: sv.Site) -> None:
    trend = sv.scanner_trend(exams, demo_site, *WEEK, DAYS, n=4)
    assert trend.index.tolist() == [
        pd.Timestamp(day) for day in ("2026-04-27", "2026-05-04", "2026-05-11", "2026-05-18")
    ]
    assert trend["last"].tolist()[-1] == pd.Timestamp("2026-05-22")
    assert trend["whole"].tolist() == [False, True, True, True]
    assert trend["exams"].isna().tolist() == [True, False, False, False]
    assert trend["exams"].tolist()[1:] == [1, 0, 3]
    assert trend["gaps"].tolist()[1:] == [0, 0, 1]
    assert trend["turnover"].iloc[-1] == pd.Timedelta(minutes=10)


def test_the_period_itself_has_numbers_in_any_case(exams: pd.DataFrame, demo_site: sv.Site) -> None:
    trend = sv.scanner_trend(exams, demo_site, *WEEK, [date(2026, 5, 18)], n=2)
    assert trend["whole"].tolist() == [False, False]
    assert trend["exams"].iloc[-1] == 3


def test_without_stored_days_all_from_the_first_exam_count(exams: pd.DataFrame, demo_site: sv.Site) -> None:
    trend = sv.scanner_trend(exams, demo_site, SCANNER, "2026-05-11", "2026-05-15", n=3)
    assert trend["whole"].tolist() == [False, True, True]


def test_gaps_and_turnovers_of_a_trend_are_those_between_all(exams: pd.DataFrame, demo_site: sv.Site) -> None:
    some = sv.choose_exams(exams, exam_types=["PSMA"])
    last = sv.scanner_trend(some, demo_site, *WEEK, DAYS, n=2, among=exams).iloc[-1]
    assert (last["exams"], last["gaps"]) == (1, 1)
    assert last["turnover"] == pd.Timedelta(minutes=10)
    assert last["gap_time"] == pd.Timedelta(hours=1)


def test_gap_summary_adds_up_minutes(demo_site: sv.Site) -> None:
    gaps = pd.DataFrame({"minutes": [60.0, 30.0, 90.0], "class": ["hole", "lunch", "hole"]})
    sums = sv.gap_summary(gaps)
    assert sums.index.tolist() == ["lunch", "hole", "total"]
    assert sums.loc["hole"].tolist() == [2, 150, 75, 90]
    assert sums.loc["total"].tolist() == [3, 180, 60, 90]
    assert sv.gap_summary(gaps.iloc[:0])["n"].tolist() == [0]


def test_exam_list_holds_no_patient(exams: pd.DataFrame) -> None:
    listed = sv.exam_list(exams, *WEEK)
    assert listed["minutes"].tolist() == [30, 30, 10]
    assert not {"patient", "exam_id"} & set(listed.columns)


def test_offers_of_days_are_those_of_each_day(demo_site: sv.Site) -> None:
    first, last = date(2025, 12, 1), date(2026, 5, 31)
    for scanner in demo_site.scanner_names:
        offers = offers_between(demo_site, scanner, first, last)
        opened = [
            day for day in working_days(demo_site.calendar, first, last) if is_scanner_open(demo_site, scanner, day)
        ]
        assert [day for day, offer in offers.items() if offer] == opened
        assert all(offers[day] == offer_of(demo_site, scanner, day) for day in opened)
