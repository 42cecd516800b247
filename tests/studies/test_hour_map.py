"""On which weekdays and at which hours a scanner is occupied."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.periods import working_days
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.studies.days import day_table
from schedvisu_lib.studies.hour_map import hour_map, offered_days
from tests.conftest import ROOT, build_studies

SCANNER = "Discovery 690"
FIRST, LAST = date(2026, 4, 27), date(2026, 5, 8)
"""Two weeks without a closed day: open 07:30 to 17:30, on Fridays to 16:30."""
SITE = sv.load_site(ROOT / "params" / "demo.yaml")
DAYS = working_days(SITE.calendar, FIRST, LAST)


def exam(start, end):
    return {"start": start, "end": end}


def test_an_hour_is_occupied_by_its_share_on_the_mean_of_the_weekdays(make_studies, demo_site):
    studies = make_studies([exam("2026-04-27 08:30", "2026-04-27 09:15"), exam("2026-05-04 08:00", "2026-05-04 09:00")])
    shares = hour_map(studies, demo_site, SCANNER, FIRST, LAST, DAYS)
    assert shares.index.tolist() == ["mon", "tue", "wed", "thu", "fri"]
    assert shares.loc["mon", [7, 8, 9, 10]].tolist() == [0, 0.75, 0.125, 0]
    assert shares.drop(index="mon").to_numpy().sum() == 0


def test_overlapping_exams_count_once(make_studies, demo_site):
    studies = make_studies(
        [
            exam("2026-04-27 08:00", "2026-04-27 08:40"),
            exam("2026-04-27 08:10", "2026-04-27 08:20"),
            exam("2026-04-27 08:30", "2026-04-27 09:30"),
        ]
    )
    shares = hour_map(studies, demo_site, SCANNER, "2026-04-27", "2026-04-27", DAYS)
    assert shares.loc["mon", [8, 9]].tolist() == [1, 0.5]


def test_preparation_occupies_the_scanner(make_studies, demo_site):
    prepared = {"prepared_from": pd.Timestamp("2026-04-27 07:50"), "prepared_until": pd.Timestamp("2026-04-27 08:40")}
    studies = make_studies([exam("2026-04-27 08:00", "2026-04-27 08:30") | prepared])
    shares = hour_map(studies, demo_site, SCANNER, "2026-04-27", "2026-04-27", DAYS)
    assert shares.loc["mon", [7, 8]].tolist() == [pytest.approx(1 / 6), pytest.approx(2 / 3)]


def test_only_stored_open_days_in_service_count(make_studies, demo_site, site_with_scanner):
    monday, friday = date(2026, 5, 11), date(2026, 5, 15)  # with Ascension on Thursday, closed on Friday
    week = working_days(demo_site.calendar, monday, friday)
    assert [day.weekday() for day in offered_days(demo_site, SCANNER, monday, friday, week)] == [0, 1, 2]
    assert offered_days(demo_site, SCANNER, monday, friday, week[:2]) == week[:2]
    service = (Service(first=monday, last=monday),)
    out = site_with_scanner(SCANNER, service=service)
    assert offered_days(out, SCANNER, monday, friday, week) == week[1:]

    studies = make_studies([exam("2026-05-14 08:00", "2026-05-14 09:00"), exam("2026-05-11 08:00", "2026-05-11 09:00")])
    shares = hour_map(studies, out, SCANNER, monday, friday, week)
    assert shares.index.tolist() == ["tue", "wed"]
    assert shares.to_numpy().sum() == 0


def test_no_day_gives_no_row(make_studies, demo_site):
    assert hour_map(make_studies(), demo_site, SCANNER, FIRST, LAST, []).shape == (0, 24)


def test_what_runs_past_midnight_is_not_counted(make_studies, demo_site):
    studies = make_studies([exam("2026-04-27 23:30", "2026-04-28 00:30")])
    shares = hour_map(studies, demo_site, SCANNER, "2026-04-27", "2026-04-28", DAYS)
    assert shares.loc["mon", 23] == 0.5
    assert shares.loc["tue"].sum() == 0


minutes = st.integers(0, 539)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(DAYS), minutes, minutes), max_size=25))
def test_the_mean_over_the_opening_hours_is_the_occupancy(spans):
    """Exams lie within the opening hours (07:30 to 16:30 at least); any may overlap."""
    rows = []
    for day, one, other in spans:
        opens = pd.Timestamp(day) + pd.Timedelta(hours=7.5)
        begin, end = sorted((one, other))
        rows.append(exam(opens + pd.Timedelta(minutes=begin), opens + pd.Timedelta(minutes=end)))
    studies = build_studies(rows)
    shares = hour_map(studies, SITE, SCANNER, FIRST, LAST, DAYS)
    assert shares.to_numpy().min() >= 0
    assert shares.to_numpy().max() <= 1 + 1e-9
    days = day_table(studies, SITE, SCANNER, FIRST, LAST)
    n_days = np.array([[2]] * 5)
    occupied_hours = (shares.to_numpy() * n_days).sum()
    opening_hours = days["opening"].sum() / pd.Timedelta(hours=1)
    assert occupied_hours / opening_hours == pytest.approx(days["busy"].sum() / days["opening"].sum())
