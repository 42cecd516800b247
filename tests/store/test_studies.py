"""Years of studies: made anew when a day or a rule changed, and only then."""

from __future__ import annotations

from datetime import date

import pandas as pd
from pandas.testing import assert_frame_equal

import schedvisu_lib as sv
from schedvisu_lib.studies.consolidate import NEEDED
from tests.store.conftest import MONDAY, TUESDAY, file_of, rebuild


def test_studies_are_rebuilt_when_a_day_changed_and_only_then(store, series_of, demo_site):
    store.write_day(date(2025, 12, 1), series_of(date(2025, 12, 1)))
    store.write_day(MONDAY, series_of(MONDAY))
    assert rebuild(store, demo_site) == [2025, 2026]
    assert rebuild(store, demo_site) == []
    store.write_day(TUESDAY, series_of(TUESDAY))
    assert rebuild(store, demo_site) == [2026]
    assert len(store.studies(MONDAY, TUESDAY)) == 6


def test_studies_are_rebuilt_when_a_day_was_removed(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    rebuild(store, demo_site)
    file_of(demo_site, MONDAY).unlink()
    assert rebuild(store, demo_site) == [2026]
    assert len(store.studies(MONDAY, MONDAY)) == 0


def test_studies_are_rebuilt_when_a_rule_changed_and_not_for_a_colour(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    rebuild(store, demo_site)
    wider = tuple(one.model_copy(update={"preparation": 9}) for one in demo_site.scanners)
    assert sv.open_store(demo_site.model_copy(update={"scanners": wider})).years_to_consolidate() == [2026]
    coloured = tuple(kind.model_copy(update={"color": "#123456"}) for kind in demo_site.exam_types)
    assert sv.open_store(demo_site.model_copy(update={"exam_types": coloured})).years_to_consolidate() == []


def test_what_is_read_of_a_year_makes_the_same_exams_as_all_of_its_series(store, series_of, demo_site):
    for day in (date(2025, 12, 31), MONDAY, TUESDAY):
        store.write_day(day, series_of(day, study_description="PET-CT FDG"))
    _, series = store.source_of_year(2026)
    whole = sv.consolidate(store.series("2026-01-01", "2026-12-31"), demo_site)
    assert_frame_equal(sv.consolidate(series, demo_site), whole)
    assert len(whole) == 6
    assert list(series.columns) == list(NEEDED)


def test_a_day_that_changes_while_its_year_is_rebuilt_is_seen_by_the_next_run(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    fingerprint, series = store.source_of_year(2026)
    store.write_day(TUESDAY, series_of(TUESDAY))
    store.write_studies(2026, sv.consolidate(series, demo_site), fingerprint)
    assert store.years_to_consolidate() == [2026]


def test_an_exam_at_new_year_is_found_by_the_day_on_which_it_began(store, make_series, demo_site):
    new_years_eve = date(2025, 12, 31)
    rows = make_series(
        [
            {
                "start": "2025-12-31 23:30",
                "end": "2026-01-01 00:10",
                "study_uid": "1",
                "date": pd.Timestamp(new_years_eve),
            },
            {
                "start": "2026-01-01 00:20",
                "end": "2026-01-01 00:40",
                "study_uid": "2",
                "date": pd.Timestamp(new_years_eve),
            },
        ]
    )
    store.write_day(new_years_eve, rows)
    assert rebuild(store, demo_site) == [2025]
    assert store.studies("2025-12-31", "2025-12-31")["exam_id"].tolist() == ["1_1"]
    assert store.studies("2026-01-01", "2026-01-01")["exam_id"].tolist() == ["2_1"]
    assert store.studies("2025-12-01", "2026-02-01")["exam_id"].tolist() == ["1_1", "2_1"]


# Locks and folders


def test_studies_are_whole_where_each_open_day_was_retrieved(store, series_of, make_studies):
    studies = make_studies([{"start": "2026-05-11 09:00", "end": "2026-05-11 10:00"}])
    store.write_studies(2026, studies, "written by a test")
    store.write_day(MONDAY, series_of(MONDAY))
    assert store.whole_studies(MONDAY, TUESDAY) is None
    assert_frame_equal(store.whole_studies(MONDAY, MONDAY), studies)
    store.write_day(TUESDAY, series_of(TUESDAY, n=0))
    assert_frame_equal(store.whole_studies("2026-05-09", TUESDAY), studies)  # a Saturday and a Sunday before it
    store.write_day(date(2026, 5, 13), series_of(date(2026, 5, 13)))
    assert_frame_equal(store.whole_studies(MONDAY, date(2026, 5, 15)), studies)  # Ascension and a closed day
