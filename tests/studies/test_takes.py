"""When a study falls into takes (design 5.3.3; cases 1, 2 and 3)."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedvisu_lib.studies.takes import number_takes
from schedvisu_lib.tables import SERIES, empty

FEW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = pd.Timestamp("2026-05-11")
OURS, OTHER = "ours", "other"


@pytest.fixture
def takes_of(make_series, demo_site):
    """Numbers the takes of series given as (study, start, end) or (study, start, end, scanner), in order of start."""

    def number(*rows, site=demo_site):
        series = make_series([{"study_uid": r[0], "start": _time(r[1]), "end": _time(r[2])} for r in rows])
        series["scanner"] = [r[3] if len(r) > 3 else "Discovery 690" for r in rows]
        series = series.sort_values("start", kind="stable", ignore_index=True)
        takes = number_takes(series, site)
        return {study: takes[series["study_uid"] == study].tolist() for study in series["study_uid"].unique()}

    return number


def _time(value):
    return value if isinstance(value, pd.Timestamp) else pd.Timestamp(f"{DAY:%Y-%m-%d} {value}")


def test_a_study_in_one_go_has_one_take(takes_of):
    assert takes_of((OURS, "08:00", "08:10"), (OURS, "08:10", "08:20"), (OURS, "08:25", "08:40")) == {OURS: [1, 1, 1]}


def test_a_pause_of_take_gap_does_not_split_and_a_microsecond_more_does(takes_of):
    again = DAY + pd.Timedelta(hours=9, seconds=3540)
    end = again + pd.Timedelta(minutes=10)
    assert takes_of((OURS, "08:00", "09:00"), (OURS, again, end)) == {OURS: [1, 1]}
    later = again + pd.Timedelta(microseconds=1)
    assert takes_of((OURS, "08:00", "09:00"), (OURS, later, end)) == {OURS: [1, 2]}


def test_take_gap_is_the_scanners_own(takes_of, site_with_scanner):
    rows = (OURS, "08:00", "09:00"), (OURS, "09:11", "09:30")
    assert takes_of(*rows, site=site_with_scanner("Discovery 690", take_gap=600)) == {OURS: [1, 2]}
    assert takes_of(*rows, site=site_with_scanner("Discovery 690", take_gap=660)) == {OURS: [1, 1]}
    assert takes_of(*rows, site=site_with_scanner("Vision 600", take_gap=600)) == {OURS: [1, 1]}


def test_overlap_of_80_minutes_is_never_a_pause(takes_of):
    assert takes_of((OURS, "08:00", "10:00"), (OURS, "08:40", "08:50")) == {OURS: [1, 1]}


def test_a_pause_counts_from_the_latest_end_so_far_not_from_the_neighbours(takes_of):
    # From 08:20 to 10:00 the second series rests, but the first one is still running.
    assert takes_of((OURS, "08:00", "09:30"), (OURS, "08:10", "08:20"), (OURS, "10:00", "10:10")) == {OURS: [1, 1, 1]}


def test_other_exams_that_start_during_an_overlap_do_not_split(takes_of):
    rows = (OURS, "08:00", "09:00"), (OTHER, "08:40", "08:45"), (OURS, "08:50", "09:10")
    assert takes_of(*rows) == {OURS: [1, 1], OTHER: [1]}


def test_a_neighbour_that_overlaps_by_a_minute_splits_nothing(takes_of):
    rows = (OURS, "08:00", "08:20"), (OTHER, "08:19", "08:40"), (OURS, "08:30", "08:50")
    assert takes_of(*rows) == {OURS: [1, 1], OTHER: [1]}


def test_another_study_that_starts_in_the_pause_splits(takes_of):
    rows = (OURS, "08:00", "08:10"), (OTHER, "08:15", "08:20"), (OURS, "08:25", "08:40")
    assert takes_of(*rows) == {OURS: [1, 2], OTHER: [1]}


def test_another_study_that_starts_when_the_pause_begins_splits(takes_of):
    rows = (OURS, "08:00", "08:10"), (OTHER, "08:10", "08:20"), (OURS, "08:25", "08:40")
    assert takes_of(*rows) == {OURS: [1, 2], OTHER: [1]}


def test_another_study_that_starts_when_the_pause_ends_does_not_split(takes_of):
    rows = (OTHER, "08:25", "08:30"), (OURS, "08:00", "08:10"), (OURS, "08:25", "08:40")
    assert takes_of(*rows) == {OTHER: [1], OURS: [1, 1]}
    assert takes_of(*reversed(rows)) == {OTHER: [1], OURS: [1, 1]}


def test_another_study_on_another_scanner_does_not_split(takes_of):
    rows = (OURS, "08:00", "08:10"), (OTHER, "08:15", "08:20", "Vision 600"), (OURS, "08:25", "08:40")
    assert takes_of(*rows) == {OURS: [1, 1], OTHER: [1]}


def test_each_pause_with_another_patient_splits(takes_of):
    # A bone scan in four goes: three patients in between make four takes, not two.
    rows = [
        (OURS, "08:00", "08:10"),
        ("a", "08:11", "08:20"),
        (OURS, "08:30", "08:40"),
        ("b", "08:41", "08:50"),
        (OURS, "09:00", "09:10"),
        ("c", "09:11", "09:20"),
        (OURS, "09:30", "09:40"),
    ]
    assert takes_of(*rows)[OURS] == [1, 2, 3, 4]


def test_two_interleaved_studies_split_each_other(takes_of):
    rows = (OURS, "08:00", "08:10"), (OTHER, "08:10", "08:20"), (OURS, "08:20", "08:30"), (OTHER, "08:30", "08:40")
    assert takes_of(*rows) == {OURS: [1, 2], OTHER: [1, 2]}


def test_a_series_without_length_of_our_own_does_not_split(takes_of):
    rows = (OURS, "08:00", "08:10"), (OURS, "08:10", "08:10"), (OURS, "08:15", "08:40")
    assert takes_of(*rows) == {OURS: [1, 1, 1]}


def test_a_foreign_series_without_length_splits(takes_of):
    rows = (OURS, "08:00", "08:10"), (OTHER, "08:12", "08:12"), (OURS, "08:15", "08:40")
    assert takes_of(*rows) == {OURS: [1, 2], OTHER: [1]}


def test_a_pause_across_midnight_is_a_pause(takes_of):
    evening, night = pd.Timestamp("2026-05-11 23:50"), pd.Timestamp("2026-05-12 00:10")
    minute = pd.Timedelta(minutes=1)
    assert takes_of((OURS, evening, evening + minute), (OURS, night, night + minute)) == {OURS: [1, 1]}


def test_no_series_have_no_takes(demo_site):
    assert number_takes(empty(SERIES).assign(scanner=""), demo_site).empty


@st.composite
def crowded_series(draw):
    """Series of a few studies on two scanners, crowded into four hours so that they touch and overlap."""
    home = draw(st.lists(st.sampled_from(["Discovery 690", "Vision 600"]), min_size=1, max_size=4))
    rows = []
    for _ in range(draw(st.integers(1, 14))):
        study = draw(st.integers(0, len(home) - 1))
        start, length = draw(st.integers(0, 48)), draw(st.integers(0, 8))
        rows.append((str(study), 5 * start, 5 * (start + length), home[study]))
    return rows


def takes_by_hand(rows, take_gap_minutes):
    """Walk through each study with a pencil: when does the next take begin?"""
    takes = {}
    for study in {row[0] for row in rows}:
        latest, take = None, 1
        for _, start, end, scanner in sorted(row for row in rows if row[0] == study):
            if latest is not None and start > latest:
                between = [r for r in rows if r[0] != study and r[3] == scanner and latest <= r[1] < start]
                if between or start - latest > take_gap_minutes:
                    take += 1
            takes.setdefault(study, []).append(take)
            latest = end if latest is None else max(latest, end)
    return takes


@FEW
@given(rows=crowded_series(), take_gap=st.sampled_from([0, 5, 25, 60]))
def test_takes_are_those_found_by_hand(takes_of, demo_site, rows, take_gap):
    scanners = tuple(s.model_copy(update={"take_gap": 60 * take_gap}) for s in demo_site.scanners)
    site = demo_site.model_copy(update={"scanners": scanners})
    times = [(study, *(DAY + timedelta(minutes=m) for m in minutes), scanner) for study, *minutes, scanner in rows]
    assert takes_of(*times, site=site) == takes_by_hand(rows, take_gap)
