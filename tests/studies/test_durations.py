"""How long exams and gaps last (design 5.4; case 24)."""

from __future__ import annotations

from datetime import time
from statistics import mean, median, quantiles

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.settings.calendar import Hours
from schedvisu_lib.studies.durations import durations_by_type, gap_durations, type_order
from schedvisu_lib.tables import STUDIES, empty

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCANNER = "Discovery 690"
DAY = "2026-05-04"
COLUMNS = ["n", "mean", "median", "q1", "q3", "min", "max"]


@pytest.fixture
def exams_of(make_studies):
    """Builds exams that last so many seconds, one every three hours from a Monday 07:00, on the Discovery 690."""

    def build(*seconds, **more):
        starts = pd.date_range(f"{DAY} 07:00", periods=len(seconds), freq="3h")
        ends = [start + pd.Timedelta(seconds=length) for start, length in zip(starts, seconds, strict=True)]
        return make_studies([{"start": start, "end": end} | more for start, end in zip(starts, ends, strict=True)])

    return build


def durations(table):
    """Return the statistics of each row in seconds."""
    return {key: [row["n"], *(row[name].total_seconds() for name in COLUMNS[1:])] for key, row in table.iterrows()}


def test_durations_are_described_to_the_second(exams_of, demo_site):
    table = sv.duration_table(exams_of(1200, 1800, 4290), demo_site, SCANNER, DAY, DAY)
    assert list(table.columns) == COLUMNS
    assert table.index.names == ["exam_type", "take"]
    # 20 min, 30 min and 1 h 11 min 30 s
    assert durations(table) == {("FDG STAND.", 0): [3, 2430, 1800, 1500, 3045, 1200, 4290]}


def test_an_even_number_has_its_median_in_the_middle(exams_of, demo_site):
    table = sv.duration_table(exams_of(60, 100, 140, 301), demo_site, SCANNER, DAY, DAY)
    assert durations(table)[("FDG STAND.", 0)] == [4, 150.25, 120, 90, 180.25, 60, 301]


def test_a_single_exam_says_that_it_is_one(exams_of, demo_site):
    table = sv.duration_table(exams_of(4290), demo_site, SCANNER, DAY, DAY)
    assert durations(table) == {("FDG STAND.", 0): [1] + [4290] * 6}


def test_durations_are_those_of_the_images_not_of_the_prepared_times(exams_of, demo_site):
    studies = exams_of(1200)
    wide = studies.assign(
        prepared_from=studies["start"] - pd.Timedelta(minutes=5),
        prepared_until=studies["end"] + pd.Timedelta(minutes=5),
    )
    assert durations(sv.duration_table(wide, demo_site, SCANNER, DAY, DAY))[("FDG STAND.", 0)][1] == 1200


def test_an_exam_of_no_length_lasts_nothing(exams_of, demo_site):
    table = sv.duration_table(exams_of(0, 600), demo_site, SCANNER, DAY, DAY)
    assert durations(table)[("FDG STAND.", 0)] == [2, 300, 300, 150, 450, 0, 600]


def test_an_exam_across_midnight_lasts_its_20_minutes(make_studies, demo_site):
    studies = make_studies([{"start": f"{DAY} 23:50", "end": "2026-05-05 00:10"}])
    assert durations(sv.duration_table(studies, demo_site, SCANNER, DAY, DAY)) == {("FDG STAND.", 0): [1] + [1200] * 6}


def test_takes_stand_apart_only_where_the_type_says_so(exams_of, demo_site):
    bones = {"scanner": "Discovery 670", "exam_type": "OS", "n_takes": 2}
    kidney = {"scanner": "Discovery 670", "exam_type": "MYOCARDE", "n_takes": 2}
    studies = pd.concat(
        [
            exams_of(600, **bones, take=1),
            exams_of(1800, **bones, take=2),
            exams_of(900, **kidney, take=1),
            exams_of(1100, **kidney, take=2),
        ]
    )
    table = durations(sv.duration_table(studies, demo_site, "Discovery 670", DAY, DAY))
    assert table == {
        ("OS", 1): [1] + [600] * 6,
        ("OS", 2): [1] + [1800] * 6,
        ("MYOCARDE", 0): [2, 1000, 1000, 950, 1050, 900, 1100],
    }


def test_types_stand_in_the_order_of_the_site_file_and_other_at_the_end(exams_of, demo_site):
    names = ["OTHER", "PSMA", "FDG STAND.", "COEUR RB", "FDG CERV."]
    studies = pd.concat([exams_of(600, exam_type=name) for name in names])
    table = sv.duration_table(studies, demo_site, SCANNER, DAY, DAY)
    assert table.index.get_level_values("exam_type").tolist() == [
        "FDG STAND.",
        "FDG CERV.",
        "PSMA",
        "COEUR RB",
        "OTHER",
    ]


def test_a_site_may_name_a_type_other(exams_of, site_with_exam_type):
    site = site_with_exam_type("PSMA", name="OTHER")
    assert type_order(site).count("OTHER") == 1
    assert len(sv.duration_table(exams_of(600, exam_type="OTHER"), site, SCANNER, DAY, DAY)) == 1


def test_exams_of_a_type_that_the_site_no_longer_knows_are_not_lost(exams_of, demo_site):
    studies = pd.concat([exams_of(600, exam_type="OLD"), exams_of(700)])
    table = durations(sv.duration_table(studies, demo_site, SCANNER, DAY, DAY))
    assert table == {("FDG STAND.", 0): [1] + [700] * 6, ("OLD", 0): [1] + [600] * 6}


def test_other_scanners_and_other_days_do_not_count(exams_of, demo_site):
    studies = pd.concat([exams_of(600), exams_of(700, scanner="Vision 600"), exams_of(800, date="2026-05-03")])
    assert durations(sv.duration_table(studies, demo_site, SCANNER, DAY, DAY)) == {("FDG STAND.", 0): [1] + [600] * 6}


def test_no_exams_have_no_durations(demo_site):
    table = sv.duration_table(empty(STUDIES), demo_site, SCANNER, DAY, DAY)
    assert table.empty
    assert list(table.columns) == COLUMNS
    assert table.index.names == ["exam_type", "take"]


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_no_unit_of_time_cuts_the_fractions(exams_of, demo_site, unit):
    studies = exams_of(60, 100, 140, 301)
    times = [name for name, dtype in studies.dtypes.items() if dtype.kind == "M"]
    table = sv.duration_table(studies.astype(dict.fromkeys(times, f"datetime64[{unit}]")), demo_site, SCANNER, DAY, DAY)
    assert durations(table)[("FDG STAND.", 0)] == [4, 150.25, 120, 90, 180.25, 60, 301]


def test_turnovers_and_gaps_have_durations_likewise(make_studies, demo_site):
    studies = make_studies(
        [
            {"start": f"{DAY} 08:00", "end": f"{DAY} 08:30"},
            {"start": f"{DAY} 09:10", "end": f"{DAY} 09:30"},
            {"start": f"{DAY} 09:50", "end": f"{DAY} 10:00"},
            {"start": f"{DAY} 11:00", "end": f"{DAY} 11:10"},
            {"start": "2026-05-05 08:00", "end": "2026-05-05 08:30"},
        ]
    )
    assert durations(gap_durations(studies, demo_site, SCANNER, DAY, "2026-05-05")) == {
        "turnover": [1, 1200, 1200, 1200, 1200, 1200, 1200],
        "hole": [2, 3000, 3000, 2700, 3300, 2400, 3600],
    }


def test_each_class_of_gap_has_a_row_of_its_own(make_studies, site_with_scanner):
    site = site_with_scanner("Discovery 690", lunch=Hours(opens=time(12), closes=time(13)))
    hours = [(8, 9), (10, 12), (13, 14), (16, 17)]
    studies = make_studies([{"start": f"{DAY} {a:02d}:00", "end": f"{DAY} {b:02d}:00"} for a, b in hours])
    table = gap_durations(studies, site, SCANNER, DAY, DAY)
    assert table.index.tolist() == ["lunch", "hole"]
    assert table["n"].tolist() == [1, 2]
    assert table["mean"].tolist() == [pd.Timedelta(hours=1), pd.Timedelta(hours=1.5)]


def test_without_turnover_and_gap_there_is_no_row(exams_of, demo_site):
    assert gap_durations(exams_of(600), demo_site, SCANNER, DAY, DAY).empty


@FEW
@given(seconds=st.lists(st.integers(0, 9000), min_size=2, max_size=5))
def test_durations_are_those_computed_by_hand(exams_of, demo_site, seconds):
    found = durations(sv.duration_table(exams_of(*seconds), demo_site, SCANNER, DAY, DAY))[("FDG STAND.", 0)]
    q1, _, q3 = quantiles(seconds, n=4, method="inclusive")
    by_hand = [len(seconds), mean(seconds), median(seconds), q1, q3, min(seconds), max(seconds)]
    assert found == pytest.approx(by_hand, abs=1e-5)


def test_durations_by_type_are_those_of_the_images_in_the_order_of_the_site_file(make_studies, demo_site):
    rows = [
        {"start": f"{DAY} 08:00", "end": f"{DAY} 08:30", "exam_type": "DOTATATE"},
        {"start": f"{DAY} 09:00", "end": f"{DAY} 09:45", "exam_type": "FDG STAND."},
        {"start": f"{DAY} 10:00", "end": f"{DAY} 10:20", "exam_type": "DOTATATE", "take": 2},
        {"start": f"{DAY} 11:00", "end": f"{DAY} 11:10", "exam_type": "OS", "take": 2},
        {"start": f"{DAY} 12:00", "end": f"{DAY} 12:05", "exam_type": "GONE"},
    ]
    groups = durations_by_type(make_studies(rows), demo_site)
    assert [(key, (lengths / pd.Timedelta(minutes=1)).tolist()) for key, lengths in groups.items()] == [
        (("FDG STAND.", 0), [45]),
        (("DOTATATE", 0), [30, 20]),
        (("OS", 2), [10]),
        (("GONE", 0), [5]),
    ]
