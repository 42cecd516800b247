"""One row per scanner (design 5.4)."""

from __future__ import annotations

import warnings
from datetime import date

import pandas as pd
import pytest

from schedvisu_lib.periods import Period
from schedvisu_lib.studies.counts import count_summary, count_table
from schedvisu_lib.studies.durations import gap_durations
from schedvisu_lib.studies.gaps import find_gaps
from schedvisu_lib.studies.overview import TIMES, period_overviews, scanner_overview
from schedvisu_lib.tables import STUDIES, empty

MONDAY, FRIDAY = "2026-05-04", "2026-05-08"


def hours(text):
    return pd.Timedelta(f"{text}:00")


@pytest.fixture
def week(make_studies):
    """Two days of the Discovery 690 (07:30 to 17:30, gaps from 40 minutes), and one exam of the week before."""
    times = [
        ("2026-04-29 09:00", "2026-04-29 10:00"),
        ("2026-05-04 08:00", "2026-05-04 08:30"),
        ("2026-05-04 08:40", "2026-05-04 09:00"),
        ("2026-05-04 09:30", "2026-05-04 18:00"),
        ("2026-05-05 07:30", "2026-05-05 08:00"),
        ("2026-05-05 08:06", "2026-05-05 16:00"),
        ("2026-05-05 16:50", "2026-05-05 17:00"),
    ]
    return make_studies([{"start": start, "end": end} for start, end in times])


def test_a_scanners_week_is_summed_up(week, demo_site):
    row = scanner_overview(week, demo_site, MONDAY, FRIDAY).loc["Discovery 690"]
    assert row.to_dict() == {
        "exams": 6,
        "slots": 68,
        "utilisation": pytest.approx(6 / 68),
        "occupancy": pytest.approx((560 + 514) / (49 * 60)),
        "gaps": 1,
        "gap_time": hours("00:50"),
        "first_start": hours("07:45"),
        "last_end": hours("17:30"),
        "turnover": hours("00:10"),  # median of 10, 30 and 6 minutes; the 50 are a gap
        "overtime": hours("00:30"),
        "idle_before": hours("00:30"),
        "idle_after": hours("00:30"),
    }


def test_every_scanner_has_a_row_in_the_order_of_the_site_file(week, demo_site):
    table = scanner_overview(week, demo_site, MONDAY, FRIDAY)
    assert table.index.tolist() == ["Discovery 690", "Vision 600", "Discovery 670", "Symbia Intevo", "Millennium"]
    assert table.loc["Vision 600", ["exams", "slots", "gaps"]].tolist() == [0, 87, 0]
    assert table.loc["Vision 600", "gap_time"] == pd.Timedelta(0)
    assert pd.isna(table.loc["Vision 600", "first_start"])


def test_numbers_are_those_of_the_scanners_pages(week, demo_site):
    """The overview, the count table and the table of durations cannot disagree."""
    table = scanner_overview(week, demo_site, MONDAY, FRIDAY)
    gaps = find_gaps(week, demo_site)
    for name, row in table.iterrows():
        total = count_summary(week, demo_site, name, MONDAY, FRIDAY).loc["total"]
        bins = count_table(week, demo_site, name, MONDAY, FRIDAY)
        durations = gap_durations(week, demo_site, name, MONDAY, FRIDAY)
        for column in ("exams", "slots", "gaps"):
            assert row[column] == total[column] == bins[column].sum(), (name, column)
        for column in ("utilisation", "occupancy"):
            assert row[column] == total[column], (name, column)
        turnover = durations["median"].get("turnover", pd.NaT)
        assert row["turnover"] == turnover or (pd.isna(row["turnover"]) and pd.isna(turnover)), name
        kinds = durations.drop(index="turnover", errors="ignore")
        assert row["gaps"] == kinds["n"].sum(), name
        assert row["gap_time"] / pd.Timedelta(minutes=1) == pytest.approx(
            gaps.query("scanner == @name")["minutes"].sum()
        )


def test_periods_in_one_pass_are_those_one_by_one(week, demo_site):
    periods = [Period("", date(2026, 4, 27), date(2026, 5, 1)), Period("", date(2026, 5, 4), date(2026, 5, 8))]
    together = period_overviews(week, demo_site, periods)
    assert together.index.names == ["scanner", "period"]
    for place, period in enumerate(periods):
        alone = scanner_overview(week, demo_site, period.first, period.last)
        pd.testing.assert_frame_equal(together.xs(place, level="period"), alone)


def test_days_between_periods_belong_to_none(make_studies, demo_site):
    studies = make_studies([{"start": "2026-05-02 09:00", "end": "2026-05-02 10:00"}])  # a Saturday
    periods = [Period("", date(2026, 4, 27), date(2026, 5, 1)), Period("", date(2026, 5, 4), date(2026, 5, 8))]
    assert period_overviews(studies, demo_site, periods)["exams"].sum() == 0


def test_a_period_without_exams_has_durations_all_the_same(demo_site):
    table = scanner_overview(empty(STUDIES), demo_site, MONDAY, FRIDAY)
    assert table["exams"].tolist() == [0] * 5
    assert table["utilisation"].tolist() == [0.0] * 5
    for name in TIMES:
        assert table[name].dtype.kind == "m", name


def test_a_period_without_open_days_has_no_ratios(demo_site):
    table = scanner_overview(empty(STUDIES), demo_site, "2026-05-09", "2026-05-10")
    assert table[["utilisation", "occupancy"]].isna().all(axis=None)


def test_overview_uses_nothing_that_pandas_will_drop(week, demo_site):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scanner_overview(week, demo_site, MONDAY, FRIDAY)
