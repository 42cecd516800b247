"""Exams that overlap on one scanner."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import schedvisu_lib as sv
from schedvisu_lib.studies.consolidate import consolidate
from schedvisu_lib.studies.overlaps import find_overlaps, overlap_counts
from schedvisu_lib.tables import STUDIES, empty
from tests.conftest import ROOT, build_studies

SITE = sv.load_site(ROOT / "params" / "demo.yaml")
D690, VISION = "Discovery 690", "Vision 600"


def exam(start, end, scanner=D690, **values):
    return {"start": f"2026-05-04 {start}", "end": f"2026-05-04 {end}", "scanner": scanner} | values


def told(rows):
    found = find_overlaps(build_studies(rows), SITE)
    return [
        (f"{row.start:%H:%M}", f"{row.other_start:%H:%M}–{row.other_end:%H:%M}", row.minutes)
        for row in found.itertuples()
    ]


def test_an_overlap_lasts_until_the_earlier_end():
    assert told([exam("08:00", "08:30"), exam("08:20", "08:50")]) == [("08:20", "08:00–08:30", 10)]
    assert told([exam("08:00", "08:30"), exam("08:10", "08:15")]) == [("08:10", "08:00–08:30", 5)]


def test_exams_that_touch_do_not_overlap_nor_do_those_of_other_scanners():
    assert told([exam("08:00", "08:30"), exam("08:30", "08:50")]) == []
    assert told([exam("08:00", "08:30"), exam("08:20", "08:50", VISION)]) == []


def test_compared_is_the_latest_end_so_far_not_the_neighbours():
    rows = [exam("08:00", "10:00"), exam("08:30", "08:40"), exam("09:00", "09:20")]
    assert told(rows) == [("09:00", "08:00–10:00", 20), ("08:30", "08:00–10:00", 10)]


def test_an_exam_of_no_length_overlaps_nothing():
    assert told([exam("08:00", "08:30"), exam("08:10", "08:10")]) == []


def test_an_encounter_holds_the_pause_in_which_others_are_examined():
    rows = [exam("08:00", "10:00", "Discovery 670", exam_type="V/P POUMON"), exam("09:00", "09:20", "Discovery 670")]
    assert told(rows) == []


def test_overlaps_go_on_after_midnight():
    rows = [
        exam("23:50", "23:59") | {"end": "2026-05-05 00:20"},
        {"start": "2026-05-05 00:10", "end": "2026-05-05 00:30"},
    ]
    assert told(rows) == [("00:10", "23:50–00:20", 10)]


def test_takes_of_one_study_never_overlap(make_series):
    rows = [("08:00", "08:20"), ("08:10", "08:40"), ("12:00", "12:20")]
    series = make_series([{"start": f"2026-05-04 {start}", "end": f"2026-05-04 {end}"} for start, end in rows])
    studies = consolidate(series, SITE)
    assert len(studies) == 2
    assert find_overlaps(studies, SITE).empty


def test_overlaps_are_counted_per_scanner():
    rows = [exam("08:00", "08:30"), exam("08:20", "08:50"), exam("08:40", "09:00")]
    counts = overlap_counts(find_overlaps(build_studies(rows), SITE), SITE)
    assert counts.loc[D690].tolist() == [2, 20]
    assert counts.loc[VISION].tolist() == [0, 0]
    assert list(counts.index) == list(SITE.scanner_names)
    assert overlap_counts(find_overlaps(empty(STUDIES), SITE), SITE)["n"].sum() == 0


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 90), st.sampled_from([D690, VISION])), min_size=1, max_size=12
    )
)
def test_overlaps_sum_up_to_what_the_exams_last_less_the_time_that_any_takes(exams):
    """Against a count minute by minute."""
    midnight = pd.Timestamp("2026-05-04")
    rows = [
        {"start": midnight + pd.Timedelta(minutes=start), "end": midnight + pd.Timedelta(minutes=start + lasts)}
        | {"scanner": scanner}
        for start, lasts, scanner in exams
    ]
    found = find_overlaps(build_studies(rows), SITE)
    for scanner in (D690, VISION):
        busy = np.zeros(300, dtype=int)
        for start, lasts, where in exams:
            busy[start : start + lasts] += where == scanner
        doubled = np.maximum(busy - 1, 0).sum()
        assert found.loc[found["scanner"] == scanner, "minutes"].sum() == doubled
        assert (found["minutes"] > 0).all()
