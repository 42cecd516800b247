"""Exams against slots and opening hours (design 5.4, 5.5; cases 15, 16, 17, 20, 23 and 25)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.studies.counts import count_summary
from schedvisu_lib.tables import STUDIES, empty

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCANNER = "Discovery 690"
MONDAY, FRIDAY, SUNDAY = "2026-05-04", "2026-05-08", "2026-05-10"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture
def day_of(make_studies):
    """Builds ``n`` exams of some minutes, back to back from 08:00 of a day, prepared times bare."""

    def build(day, n, minutes=20):
        begin, length = pd.Timestamp(f"{day} 08:00"), pd.Timedelta(minutes=minutes)
        return make_studies([{"start": begin + i * length, "end": begin + (i + 1) * length} for i in range(n)])

    return build


def test_the_count_table_of_a_week(day_of, demo_site):
    studies = pd.concat([day_of(MONDAY, 7, 30), day_of("2026-05-06", 14, 30), day_of(FRIDAY, 3, 60)])
    table = sv.count_table(studies, demo_site, SCANNER, MONDAY, FRIDAY)
    assert table.index.name == "bin"
    assert table.to_dict("index") == {
        "2026-05-04": _bin(days=1, slots=14, exams=7, gaps=0, utilisation=0.5, occupancy=0.35),
        "2026-05-05": _bin(days=1, slots=14, exams=0, gaps=0, utilisation=0.0, occupancy=0.0),
        "2026-05-06": _bin(days=1, slots=14, exams=14, gaps=0, utilisation=1.0, occupancy=0.7),
        "2026-05-07": _bin(days=1, slots=14, exams=0, gaps=0, utilisation=0.0, occupancy=0.0),
        "2026-05-08": _bin(days=1, slots=12, exams=3, gaps=0, utilisation=0.25, occupancy=pytest.approx(1 / 3)),
    }


def _bin(**values):
    return values


def test_ascension_week_has_60_slots_not_75(day_of, site_without_closures):
    scanners = tuple(
        scanner.model_copy(update={"slots": dict.fromkeys(WEEKDAYS, 15)}) for scanner in site_without_closures.scanners
    )
    site = site_without_closures.model_copy(update={"scanners": scanners})
    days = ["2026-05-11", "2026-05-12", "2026-05-13", "2026-05-15"]
    total = count_summary(pd.concat([day_of(day, 12) for day in days]), site, SCANNER, "2026-05-11", "2026-05-15").loc[
        "total"
    ]
    assert (total["days"], total["slots"], total["exams"]) == (4, 60, 48)
    assert total["utilisation"] == 0.8


def test_a_closure_has_no_slots(demo_site):
    total = count_summary(empty(STUDIES), demo_site, SCANNER, "2026-05-11", "2026-05-15").loc["total"]
    assert (total["days"], total["slots"]) == (3, 42)


def test_nine_short_exams_on_15_slots_are_60_percent_utilisation_and_30_percent_occupancy(day_of, site_with_scanner):
    site = site_with_scanner(SCANNER, slots=dict.fromkeys(WEEKDAYS, 15))
    row = sv.count_table(day_of(MONDAY, 9, 20), site, SCANNER, MONDAY, MONDAY).iloc[0]
    assert row["utilisation"] == 0.6
    assert row["occupancy"] == 0.3


def test_overlapping_exams_count_twice_in_utilisation_and_once_in_occupancy(make_studies, demo_site):
    times = {"start": f"{MONDAY} 08:00", "end": f"{MONDAY} 09:00"}
    row = sv.count_table(make_studies([times, times]), demo_site, SCANNER, MONDAY, MONDAY).iloc[0]
    assert row["exams"] == 2
    assert row["utilisation"] == pytest.approx(2 / 14)
    assert row["occupancy"] == 0.1


def test_an_exam_of_no_length_is_counted(make_studies, demo_site):
    studies = make_studies([{"start": f"{MONDAY} 08:00", "end": f"{MONDAY} 08:00"}])
    row = sv.count_table(studies, demo_site, SCANNER, MONDAY, MONDAY).iloc[0]
    assert (row["exams"], row["occupancy"]) == (1, 0)


def test_a_weekday_with_no_slots_has_no_utilisation(day_of, site_with_scanner):
    site = site_with_scanner(SCANNER, slots=dict.fromkeys(WEEKDAYS, 14) | {"tue": 0})
    table = sv.count_table(day_of("2026-05-05", 3), site, SCANNER, MONDAY, FRIDAY)
    assert pd.isna(table.loc["2026-05-05", "utilisation"])
    assert table.loc["2026-05-05", "occupancy"] == 0.1
    assert table["slots"].tolist() == [14, 0, 14, 14, 14]


def test_a_scanner_that_never_opens_has_no_ratios(day_of, site_with_scanner):
    site = site_with_scanner(SCANNER, slots={}, hours={})
    table = sv.count_table(day_of(MONDAY, 3), site, SCANNER, MONDAY, FRIDAY)
    assert table["exams"].tolist() == [3, 0, 0, 0, 0]
    assert table[["utilisation", "occupancy"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("first", "last"), [("2026-05-09", SUNDAY), ("2026-05-14", "2026-05-14"), ("2026-05-14", "2026-05-17")]
)
def test_a_period_without_any_open_day_has_one_bin_without_ratios(day_of, demo_site, first, last):
    table = sv.count_table(day_of(first, 2), demo_site, SCANNER, first, last)
    assert table[["days", "slots", "exams"]].to_numpy().tolist() == [[0, 0, 2]]
    assert table[["utilisation", "occupancy"]].isna().all(axis=None)
    summary = count_summary(day_of(first, 2), demo_site, SCANNER, first, last)
    assert summary.loc["total", "exams"] == 2
    assert summary.loc["mean per open day"].isna().all()


def test_a_page_without_exams_counts_nothing(demo_site):
    table = sv.count_table(empty(STUDIES), demo_site, SCANNER, MONDAY, FRIDAY)
    assert table["exams"].tolist() == [0] * 5
    assert table["gaps"].tolist() == [0] * 5
    assert table["utilisation"].tolist() == [0.0] * 5


def test_an_exam_on_a_saturday_is_counted_in_the_bin_before_it(day_of, demo_site):
    table = sv.count_table(day_of("2026-05-09", 2), demo_site, SCANNER, MONDAY, SUNDAY)
    assert table["exams"].tolist() == [0, 0, 0, 0, 2]
    assert table["days"].tolist() == [1, 1, 1, 1, 1]


def test_the_first_days_of_a_period_are_not_lost(day_of, demo_site):
    # The period begins on a Saturday, before the first working day.
    table = sv.count_table(day_of("2026-05-02", 2), demo_site, SCANNER, "2026-05-02", FRIDAY)
    assert table["exams"].tolist() == [2, 0, 0, 0, 0]


def test_exams_outside_the_period_or_on_another_scanner_do_not_count(day_of, demo_site):
    studies = pd.concat([day_of(MONDAY, 1), day_of("2026-05-01", 2), day_of("2026-05-11", 4)])
    assert sv.count_table(studies, demo_site, SCANNER, MONDAY, SUNDAY)["exams"].sum() == 1
    assert sv.count_table(studies, demo_site, "Vision 600", MONDAY, SUNDAY)["exams"].sum() == 0


def test_gaps_are_counted_in_their_bin(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": "2026-05-05 08:00", "end": "2026-05-05 08:30"},
            {"start": "2026-05-05 09:10", "end": "2026-05-05 09:30"},
            {"start": "2026-05-05 12:00", "end": "2026-05-05 12:30"},
        ]
    )
    assert sv.count_table(studies, demo_site, SCANNER, MONDAY, FRIDAY)["gaps"].tolist() == [0, 2, 0, 0, 0]


def test_days_are_open_days_not_days_with_exams(day_of, demo_site):
    total = count_summary(day_of(MONDAY, 10), demo_site, SCANNER, MONDAY, SUNDAY).loc["total"]
    assert total["days"] == 5


def test_means_are_per_open_day_and_per_bin_and_ratios_have_none(day_of, demo_site):
    # Three weeks make three bins of five open days each.
    studies = pd.concat([day_of(MONDAY, 20), day_of("2026-04-20", 10)])
    summary = count_summary(studies, demo_site, SCANNER, "2026-04-20", FRIDAY)
    assert len(sv.count_table(studies, demo_site, SCANNER, "2026-04-20", FRIDAY)) == 3
    assert summary.index.tolist() == ["total", "mean per open day", "mean per bin"]
    assert summary["exams"].tolist() == [30, 2, 10]
    assert summary["slots"].tolist() == [204, 13.6, 68]
    assert summary.loc[["total", "mean per bin"], "days"].tolist() == [15, 5]
    assert pd.isna(summary.loc["mean per open day", "days"])
    assert summary.loc["total", "utilisation"] == pytest.approx(30 / 204)
    assert summary.loc["total", "occupancy"] == pytest.approx(10 / (3 * 49))
    assert summary.loc[["mean per open day", "mean per bin"], ["utilisation", "occupancy"]].isna().all(axis=None)


def test_the_total_ratio_is_that_of_the_sums_not_the_mean_of_ratios(day_of, site_with_scanner):
    site = site_with_scanner(SCANNER, slots={"mon": 10, "tue": 30})
    studies = pd.concat([day_of(MONDAY, 10), day_of("2026-05-05", 6)])
    total = count_summary(studies, site, SCANNER, MONDAY, "2026-05-05").loc["total"]
    assert total["utilisation"] == 0.4


def test_the_table_begins_on_the_first_and_ends_on_the_last_day_of_a_long_period(day_of, demo_site):
    studies = pd.concat([day_of("2025-01-01", 1), day_of("2025-12-31", 2)])
    table = sv.count_table(studies, demo_site, SCANNER, "2025-01-01", "2025-12-31")
    assert table["exams"].iloc[[0, -1]].tolist() == [1, 2]


def test_an_unknown_scanner_is_named(demo_site):
    with pytest.raises(ValueError, match='"Nobody" is unknown'):
        sv.count_table(empty(STUDIES), demo_site, "Nobody", MONDAY, FRIDAY)


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_every_unit_of_time_gives_the_same_table(day_of, demo_site, unit):
    studies = pd.concat([day_of(MONDAY, 7), day_of(FRIDAY, 3)], ignore_index=True)
    times = [name for name, dtype in studies.dtypes.items() if dtype.kind == "M"]
    other = studies.astype(dict.fromkeys(times, f"datetime64[{unit}]"))
    pd.testing.assert_frame_equal(
        sv.count_table(other, demo_site, SCANNER, MONDAY, FRIDAY),
        sv.count_table(studies, demo_site, SCANNER, MONDAY, FRIDAY),
    )


@FEW
@given(
    first=st.dates(date(2025, 11, 1), date(2026, 6, 1)),
    length=st.one_of(st.integers(0, 40), st.integers(0, 400)),
    exams=st.lists(st.tuples(st.integers(-2, 60), st.integers(7, 22)), max_size=12),
    slots=st.sampled_from([0, 3, 14]),
)
def test_bins_sum_up_to_the_period_and_ratios_are_never_infinite(
    make_studies, site_with_scanner, first, length, exams, slots
):
    site = site_with_scanner(SCANNER, slots=dict.fromkeys(WEEKDAYS, slots) | {"wed": 0})
    last = first + timedelta(days=length)
    starts = [pd.Timestamp(first) + pd.Timedelta(days=day, hours=hour) for day, hour in exams]
    studies = make_studies([{"start": start, "end": start + pd.Timedelta(minutes=30)} for start in starts])
    table = sv.count_table(studies, site, SCANNER, first, last)
    summary = count_summary(studies, site, SCANNER, first, last)

    inside = [start for start in starts if first <= start.date() <= last]
    assert table["exams"].sum() == summary.loc["total", "exams"] == len(inside)
    assert table["days"].sum() == summary.loc["total", "days"]
    assert table["slots"].sum() == summary.loc["total", "slots"]
    # Exams begin on the hour and last half an hour: idle for 40 minutes or more whenever an hour is left out.
    neighbours = pairwise(sorted(inside))
    assert table["gaps"].sum() == sum(a.date() == b.date() and b.hour - a.hour >= 2 for a, b in neighbours)
    with_ratio = table["slots"] > 0
    assert (table["utilisation"].notna() == with_ratio).all()
    assert table["utilisation"].dropna().between(0, len(exams)).all()
    assert table["occupancy"].dropna().between(0, len(exams)).all()
    assert table.index.is_unique
