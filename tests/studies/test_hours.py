"""How busy a scanner is at each quarter of an hour."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.studies.hours import QUARTER, hour_profile
from schedvisu_lib.tables import STUDIES, empty

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONDAY, FRIDAY = "2026-05-04", "2026-05-08"
D690 = "Discovery 690"


def test_day_has_96_quarters(make_studies, demo_site):
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:30"}])
    profile = hour_profile(studies, demo_site, D690, MONDAY, MONDAY)
    assert profile.index.name == "hour"
    assert profile.index.tolist() == [n / 4 for n in range(96)]
    assert QUARTER == 0.25


def test_quarters_are_filled_as_far_as_the_exam_reaches(make_studies, demo_site):
    studies = make_studies([{"start": "2026-05-04 08:05", "end": "2026-05-04 08:33"}])
    profile = hour_profile(studies, demo_site, D690, MONDAY, MONDAY)["FDG STAND."]
    assert profile[profile > 0].to_dict() == pytest.approx({8.0: 10 / 15, 8.25: 1, 8.5: 3 / 15})


def test_values_are_averaged_over_the_open_days(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": "2026-05-04 08:00", "end": "2026-05-04 08:15"},
            {"start": "2026-05-06 08:00", "end": "2026-05-06 08:30"},
        ]
    )
    profile = hour_profile(studies, demo_site, D690, MONDAY, FRIDAY)["FDG STAND."]
    assert profile[profile > 0].to_dict() == pytest.approx({8.0: 2 / 5, 8.25: 1 / 5})
    with_weekend = hour_profile(studies, demo_site, D690, "2026-05-02", "2026-05-10")["FDG STAND."]
    pd.testing.assert_series_equal(with_weekend, profile)
    # Two weeks with Ascension and a closure have eight open days.
    longer = hour_profile(studies, demo_site, D690, MONDAY, "2026-05-15")["FDG STAND."]
    assert longer[8.0] == pytest.approx(2 / 8)


def test_exams_on_days_that_are_not_open_do_not_count(make_studies, site_with_scanner):
    site = site_with_scanner(D690, service=(Service(first=date(2026, 5, 6), last=date(2026, 5, 6)),))
    days = ("2026-05-04", "2026-05-06", "2026-05-09")  # Monday, out of service, Saturday
    studies = make_studies([{"start": f"{day} 08:00", "end": f"{day} 08:15"} for day in days])
    profile = hour_profile(studies, site, D690, MONDAY, "2026-05-10")["FDG STAND."]
    assert profile[8.0] == pytest.approx(1 / 4)


def test_days_out_of_service_are_not_open(make_studies, site_with_scanner):
    site = site_with_scanner(D690, service=(Service(first=date(2026, 5, 6), last=date(2026, 5, 7)),))
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:15"}])
    assert hour_profile(studies, site, D690, MONDAY, FRIDAY)["FDG STAND."][8.0] == pytest.approx(1 / 3)


def test_exams_at_the_same_time_add_up(make_studies, demo_site):
    studies = make_studies([{"start": "2026-05-04 08:00", "end": "2026-05-04 08:30"}] * 3)
    assert hour_profile(studies, demo_site, D690, MONDAY, MONDAY)["FDG STAND."].max() == 3


def test_most_used_type_comes_first(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": "2026-05-04 08:00", "end": "2026-05-04 08:20", "exam_type": "PSMA"},
            {"start": "2026-05-04 09:00", "end": "2026-05-04 09:40", "exam_type": "FET"},
            {"start": "2026-05-05 09:00", "end": "2026-05-05 09:25", "exam_type": "PSMA"},
            {"start": "2026-05-05 10:00", "end": "2026-05-05 10:05", "exam_type": "OTHER"},
        ]
    )
    assert hour_profile(studies, demo_site, D690, MONDAY, FRIDAY).columns.tolist() == ["PSMA", "FET", "OTHER"]


def test_what_runs_past_midnight_is_not_counted(make_studies, demo_site):
    studies = make_studies([{"start": "2026-05-04 23:40", "end": "2026-05-05 01:00"}])
    profile = hour_profile(studies, demo_site, D690, MONDAY, "2026-05-05")["FDG STAND."]
    assert profile[profile > 0].to_dict() == pytest.approx({23.5: 5 / 15 / 2, 23.75: 1 / 2})


def test_other_scanners_and_days_do_not_count(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": "2026-05-04 08:00", "end": "2026-05-04 09:00", "scanner": "Vision 600"},
            {"start": "2026-05-11 08:00", "end": "2026-05-11 09:00"},
        ]
    )
    assert hour_profile(studies, demo_site, D690, MONDAY, FRIDAY).shape == (96, 0)


def test_period_without_exams_or_open_days_has_no_columns(demo_site):
    assert hour_profile(empty(STUDIES), demo_site, D690, MONDAY, FRIDAY).shape == (96, 0)
    assert hour_profile(empty(STUDIES), demo_site, D690, "2026-05-09", "2026-05-10").shape == (96, 0)


def test_period_with_exams_on_closed_days_alone_has_no_columns(make_studies, demo_site):
    studies = make_studies([{"start": "2026-05-09 08:00", "end": "2026-05-09 09:00"}])
    assert hour_profile(studies, demo_site, D690, "2026-05-09", "2026-05-10").shape == (96, 0)


lengths = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 24 * 60 - 1), st.integers(0, 400), st.sampled_from(["PSMA", "FET"])),
    max_size=15,
)


@FEW
@given(lengths)
def test_total_is_the_time_that_the_exams_run_until_midnight(make_studies, demo_site, found):
    rows, total = [], 0
    for day, begin, length, kind in found:
        start = pd.Timestamp(date(2026, 5, 4) + timedelta(days=day)) + pd.Timedelta(minutes=begin)
        rows.append({"start": start, "end": start + pd.Timedelta(minutes=length), "exam_type": kind})
        total += min(length, 24 * 60 - begin)
    profile = hour_profile(make_studies(rows), demo_site, D690, MONDAY, FRIDAY)
    assert float(np.sum(profile.to_numpy())) * QUARTER * 5 == pytest.approx(total / 60)
    assert (profile.to_numpy() >= 0).all()
