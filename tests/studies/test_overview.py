"""One row per scanner (design 5.4)."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

from schedvisu_lib.studies.overview import scanner_overview, with_change
from schedvisu_lib.tables import STUDIES, empty

MONDAY, FRIDAY = "2026-05-04", "2026-05-08"


def hours(text):
    return pd.Timedelta(f"{text}:00")


@pytest.fixture
def week(make_studies):
    """Two days of the Discovery 690 (07:30 to 17:30), and one exam of the week before."""
    times = [
        ("2026-04-29 09:00", "2026-04-29 10:00"),
        ("2026-05-04 08:00", "2026-05-04 08:30"),
        ("2026-05-04 08:40", "2026-05-04 09:00"),
        ("2026-05-04 09:30", "2026-05-04 18:00"),
        ("2026-05-05 07:30", "2026-05-05 08:00"),
        ("2026-05-05 08:06", "2026-05-05 17:00"),
    ]
    return make_studies([{"start": start, "end": end} for start, end in times])


def test_a_scanners_week_is_summed_up(week, demo_site):
    row = scanner_overview(week, demo_site, MONDAY, FRIDAY).loc["Discovery 690"]
    assert row.to_dict() == {
        "exams": 5,
        "slots": 68,
        "utilisation": pytest.approx(5 / 68),
        "occupancy": pytest.approx((560 + 564) / (49 * 60)),
        "gaps": 0,
        "first_start": hours("07:45"),
        "last_end": hours("17:30"),
        "turnover": hours("00:10"),  # median of 10, 30 and 6 minutes
        "overtime": hours("00:30"),
        "idle_before": hours("00:30"),
        "idle_after": hours("00:30"),
    }


def test_every_scanner_has_a_row_in_the_order_of_the_site_file(week, demo_site):
    table = scanner_overview(week, demo_site, MONDAY, FRIDAY)
    assert table.index.tolist() == ["Discovery 690", "Vision 600", "Discovery 670", "Symbia Intevo", "Millennium"]
    assert table.loc["Vision 600", ["exams", "slots", "gaps"]].tolist() == [0, 87, 0]
    assert pd.isna(table.loc["Vision 600", "first_start"])


def test_change_is_against_the_previous_equal_period(week, demo_site):
    row = with_change(week, demo_site, MONDAY, FRIDAY).loc["Discovery 690"]
    assert (row["exams"], row["exams_before"]) == (5, 1)
    assert (row["slots"], row["slots_before"]) == (68, 68)
    assert (row["last_end"], row["last_end_before"]) == (hours("17:30"), hours("10:00"))

    # The week after Ascension is compared with the week of Ascension, which has three open days.
    row = with_change(week, demo_site, "2026-05-18", "2026-05-22").loc["Discovery 690"]
    assert (row["exams_before"], row["slots"], row["slots_before"]) == (0, 68, 42)


def test_a_period_without_exams_has_durations_all_the_same(demo_site):
    table = scanner_overview(empty(STUDIES), demo_site, MONDAY, FRIDAY)
    assert table["exams"].tolist() == [0] * 5
    assert table["utilisation"].tolist() == [0.0] * 5
    for name in ("first_start", "last_end", "turnover", "overtime", "idle_before", "idle_after"):
        assert table[name].dtype.kind == "m", name


def test_a_period_without_open_days_has_no_ratios(demo_site):
    table = scanner_overview(empty(STUDIES), demo_site, "2026-05-09", "2026-05-10")
    assert table[["utilisation", "occupancy"]].isna().all(axis=None)


def test_change_uses_nothing_that_pandas_will_drop(week, demo_site):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "exams_before" in with_change(week, demo_site, MONDAY, FRIDAY)
