"""Idle time between exams (design 5.4; case 21)."""

from __future__ import annotations

from datetime import time
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.settings.scanners import Service
from schedvisu_lib.studies.gaps import HOLE, LUNCH, SERVICE
from schedvisu_lib.studies.preparation import prepared_times
from schedvisu_lib.tables import STUDIES, empty

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = pd.Timestamp("2026-05-11")
MINUTE = pd.Timedelta(minutes=1)


@pytest.fixture
def gaps_of(make_studies, demo_site):
    """Finds the gaps between exams with bare times ("08:00", "08:20", more) on the Discovery 690 (40 minutes)."""

    def find(*exams, site=demo_site):
        rows = [{"start": f"{DAY:%Y-%m-%d} {e[0]}", "end": f"{DAY:%Y-%m-%d} {e[1]}"} | dict(*e[2:]) for e in exams]
        gaps = sv.find_gaps(make_studies(rows), site)
        return [(f"{gap.start:%H:%M}", f"{gap.end:%H:%M}", gap.minutes) for gap in gaps.itertuples()]

    return find


def test_a_gap_has_day_scanner_begin_end_minutes_and_class(make_studies, demo_site):
    studies = make_studies(
        [
            {
                "start": "2026-05-11 08:00",
                "end": "2026-05-11 08:20",
                "prepared_until": pd.Timestamp("2026-05-11 08:25"),
            },
            {"start": "2026-05-11 09:30", "end": "2026-05-11 10:00", "prepared_from": pd.Timestamp("2026-05-11 09:25")},
        ]
    )
    gaps = sv.find_gaps(studies, demo_site)
    assert gaps.to_dict("records") == [
        {
            "date": DAY,
            "scanner": "Discovery 690",
            "start": pd.Timestamp("2026-05-11 08:25"),
            "end": pd.Timestamp("2026-05-11 09:25"),
            "minutes": 60.0,
            "class": "hole",
        }
    ]


def test_idle_time_exactly_at_the_threshold_is_a_gap(gaps_of):
    assert gaps_of(("08:00", "08:20"), ("09:00", "09:20")) == [("08:20", "09:00", 40)]


def test_idle_time_a_second_below_the_threshold_is_none(gaps_of):
    assert gaps_of(("08:00", "08:20"), ("08:59:59", "09:20")) == []


def test_the_threshold_is_the_scanners_own(gaps_of, site_with_scanner):
    exams = ("08:00", "08:20"), ("08:45", "09:20")
    assert gaps_of(*exams, site=site_with_scanner("Discovery 690", gap=25)) == [("08:20", "08:45", 25)]
    assert gaps_of(*exams, site=site_with_scanner("Vision 600", gap=25)) == []


def test_idle_time_counts_between_prepared_times(gaps_of):
    # An hour between the images, but only 39 minutes between the preparations.
    until, start = pd.Timestamp("2026-05-11 08:31"), pd.Timestamp("2026-05-11 09:10")
    assert gaps_of(("08:00", "08:20", {"prepared_until": until}), ("09:20", "09:40", {"prepared_from": start})) == []


def test_the_gap_after_a_long_overlapping_exam_is_found(gaps_of):
    assert gaps_of(("08:00", "10:00"), ("08:30", "08:40"), ("11:00", "11:20")) == [("10:00", "11:00", 60)]


def test_idle_time_within_a_long_exam_is_no_gap(gaps_of):
    assert gaps_of(("08:00", "10:00"), ("08:10", "08:20"), ("09:30", "09:40")) == []


def test_overlap_is_never_a_gap(gaps_of):
    assert gaps_of(("08:00", "10:00"), ("08:50", "11:00")) == []


def test_late_start_and_early_finish_are_no_gaps(gaps_of):
    assert gaps_of(("12:00", "12:20")) == []


def test_an_exam_of_no_length_parts_a_gap(gaps_of):
    exams = ("08:00", "08:20"), ("09:10", "09:10"), ("10:00", "10:20")
    assert gaps_of(*exams) == [("08:20", "09:10", 50), ("09:10", "10:00", 50)]


def test_the_night_between_two_days_is_no_gap(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": "2026-05-11 16:00", "end": "2026-05-11 16:20"},
            {"start": "2026-05-12 08:00", "end": "2026-05-12 08:20"},
        ]
    )
    assert sv.find_gaps(studies, demo_site).empty


def test_an_exam_across_midnight_belongs_to_the_day_on_which_it_began(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": "2026-05-11 22:00", "end": "2026-05-11 22:10"},
            {"start": "2026-05-11 23:50", "end": "2026-05-12 00:10"},
            {"start": "2026-05-12 01:00", "end": "2026-05-12 01:10"},
        ]
    )
    gaps = sv.find_gaps(studies, demo_site)
    assert gaps[["date", "minutes"]].to_numpy().tolist() == [[DAY, 100.0]]


def test_scanners_have_gaps_of_their_own(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": "2026-05-11 08:00", "end": "2026-05-11 08:20", "scanner": "Vision 600"},
            {"start": "2026-05-11 08:30", "end": "2026-05-11 09:00", "scanner": "Discovery 690"},
            {"start": "2026-05-11 09:10", "end": "2026-05-11 09:20", "scanner": "Vision 600"},
            {"start": "2026-05-11 09:30", "end": "2026-05-11 09:50", "scanner": "Discovery 690"},
        ]
    )
    gaps = sv.find_gaps(studies, demo_site)
    assert gaps[["scanner", "minutes"]].to_numpy().tolist() == [["Vision 600", 50.0]]


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_gaps_are_the_same_in_every_unit_of_time(make_studies, demo_site, unit):
    studies = make_studies(
        [
            {"start": "2026-05-11 08:00", "end": "2026-05-11 08:20"},
            {"start": "2026-05-11 09:00:30", "end": "2026-05-11 09:20"},
        ]
    )
    times = [name for name, dtype in studies.dtypes.items() if dtype.kind == "M"]
    gaps = sv.find_gaps(studies.astype(dict.fromkeys(times, f"datetime64[{unit}]")), demo_site)
    assert gaps["minutes"].tolist() == [40.5]


def test_an_index_that_repeats_changes_nothing(make_studies, demo_site):
    days = [
        make_studies(
            [{"start": f"{day} 08:00", "end": f"{day} 08:20"}, {"start": f"{day} 10:00", "end": f"{day} 10:20"}]
        )
        for day in ("2026-05-11", "2026-05-12")
    ]
    assert sv.find_gaps(pd.concat(days), demo_site)["minutes"].tolist() == [100.0, 100.0]


def test_no_exams_have_no_gaps(demo_site):
    gaps = sv.find_gaps(empty(STUDIES), demo_site)
    assert gaps.empty
    assert list(gaps.columns) == ["date", "scanner", "start", "end", "minutes", "class"]


exams_of_a_day = st.lists(st.tuples(st.integers(0, 200), st.sampled_from([0, 2, 10, 30, 90])), max_size=10).map(
    lambda rows: [(400 + 2 * start, 400 + 2 * start + length) for start, length in rows]
)


def idle_times_by_sweep(boxes, threshold):
    """Go from edge to edge of the prepared times: what no box covers is idle."""
    edges = sorted({edge for box in boxes for edge in box})
    return [
        (left, right)
        for left, right in pairwise(edges)
        if right - left >= threshold and not any(begin <= left and right <= until for begin, until in boxes)
    ]


@FEW
@given(exams=exams_of_a_day, gap=st.sampled_from([10, 30, 40]), preparation=st.sampled_from([0, 4, 5]), data=st.data())
def test_gaps_are_what_no_prepared_time_covers(make_studies, site_with_scanner, exams, gap, preparation, data):
    site = site_with_scanner("Discovery 690", gap=gap, preparation=preparation)
    bare = make_studies([{"start": DAY + start * MINUTE, "end": DAY + end * MINUTE} for start, end in exams])
    studies = bare.assign(**prepared_times(bare, site))
    studies = studies.loc[data.draw(st.permutations(list(studies.index)))]
    gaps = sv.find_gaps(studies, site)
    found = [((row.start - DAY) / MINUTE, (row.end - DAY) / MINUTE) for row in gaps.itertuples()]
    boxes = [((row.prepared_from - DAY) / MINUTE, (row.prepared_until - DAY) / MINUTE) for row in studies.itertuples()]
    assert found == idle_times_by_sweep(boxes, gap)
    assert gaps["minutes"].tolist() == [end - start for start, end in found]


@FEW
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["Vision 600", "Discovery 690"]),
            st.integers(0, 2),
            st.integers(0, 100),
            st.sampled_from([0, 2, 10, 90, 1500]),
        ),
        max_size=14,
    )
)
def test_gaps_are_those_of_each_scanners_day_in_order_of_start(make_studies, demo_site, rows):
    """As found exam by exam, each day of each scanner by itself; 1500 minutes reach into the day after."""
    times = [(name, DAY + day * pd.Timedelta("1D"), 480 + 4 * start, length) for name, day, start, length in rows]
    studies = make_studies(
        [
            {"scanner": name, "start": day + begin * MINUTE, "end": day + (begin + length) * MINUTE}
            for name, day, begin, length in times
        ]
    )
    expected = []
    for name, day in {(name, day) for name, day, *_ in times}:
        until = None
        for begin, end in sorted((b, b + length) for other, d, b, length in times if (other, d) == (name, day)):
            if until is not None and begin - until >= {"Vision 600": 30, "Discovery 690": 40}[name]:
                expected.append((day + until * MINUTE, name, float(begin - until)))
            until = end if until is None else max(until, end)
    gaps = sv.find_gaps(studies, demo_site)
    found = list(zip(gaps["start"], gaps["scanner"], gaps["minutes"], strict=True))
    assert found == sorted(expected)
    assert gaps["scanner"].dtype == studies["scanner"].dtype


# --- classes ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def class_of(make_studies, site_with_scanner):
    """Finds the class of the gap between two exams, "09:00" and "12:00" say, on a scanner with further settings."""

    def find(begin, end, **settings):
        site = site_with_scanner("Discovery 690", **settings)
        day = f"{DAY:%Y-%m-%d}"
        rows = [{"start": f"{day} 07:00", "end": f"{day} {begin}"}, {"start": f"{day} {end}", "end": f"{day} 22:00"}]
        (kind,) = sv.find_gaps(make_studies(rows), site)["class"]
        return kind

    return find


def span(text):
    opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    return Hours(opens=opens, closes=closes)


@pytest.mark.parametrize(
    ("begin", "end", "kind"),
    [
        ("11:30", "12:30", LUNCH),
        ("12:00", "13:00", LUNCH),
        ("11:00", "13:00", LUNCH),  # half of it
        ("10:59", "13:00", HOLE),
        ("09:00", "16:00", HOLE),
        ("13:00", "14:00", HOLE),
    ],
)
def test_a_gap_is_lunch_if_half_of_it_lies_in_the_lunch_window(class_of, begin, end, kind):
    assert class_of(begin, end, lunch=span("12:00-13:00")) == kind


def test_without_a_lunch_window_every_gap_is_a_hole(class_of):
    assert class_of("12:00", "13:00", lunch=None) == HOLE


def out(first=DAY, last=DAY, hours=None):
    return Service(first=first.date(), last=last.date(), hours=span(hours) if hours else None)


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ([out()], SERVICE),
        ([out(DAY - pd.Timedelta(days=3), DAY + pd.Timedelta(days=3))], SERVICE),
        ([out(DAY + pd.Timedelta(days=1), DAY + pd.Timedelta(days=3))], LUNCH),
        ([out(hours="12:30-13:30")], SERVICE),
        ([out(hours="12:31-13:30")], LUNCH),
        ([out(hours="11:00-12:15"), out(hours="12:45-14:00")], SERVICE),
        ([out(hours="11:00-12:20"), out(hours="11:30-12:20")], LUNCH),  # what two entries name counts once
    ],
)
def test_a_gap_is_service_if_half_of_it_lies_in_time_out_of_service(class_of, service, kind):
    assert class_of("12:00", "13:00", lunch=span("12:00-13:00"), service=tuple(service)) == kind


def test_the_settings_of_another_scanner_give_no_class(make_studies, site_with_scanner):
    site = site_with_scanner("Vision 600", lunch=span("08:00-12:00"), service=(out(),))
    rows = [{"start": DAY + hour * 60 * MINUTE, "end": DAY + (hour * 60 + 1) * MINUTE} for hour in (8, 10)]
    assert sv.find_gaps(make_studies(rows), site)["class"].tolist() == [HOLE]
