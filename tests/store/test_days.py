"""Days of series and of appointments: read back as written, and none asked for twice."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

import schedvisu_lib as sv
from schedvisu_lib.store import DayState
from schedvisu_lib.tables import FAILED, PLANNED, SCHEMA_VERSION, SERIES, STUDIES, empty
from tests.store.conftest import MONDAY, TUESDAY, file_of, rebuild, with_store


def test_an_empty_store_gives_empty_tables_with_all_columns(store):
    assert store.is_empty()
    assert_frame_equal(store.series(MONDAY, TUESDAY), empty(SERIES))
    assert_frame_equal(store.studies(MONDAY, TUESDAY), empty(STUDIES))
    assert store.years_to_consolidate() == []
    assert store.day_state(MONDAY) is None


def test_a_day_is_read_back_as_it_was_written(store, series_of, demo_site):
    rows = series_of(MONDAY)
    rows.loc[1, ["start", "end"]] = pd.NaT
    store.write_day(MONDAY, rows)
    assert_frame_equal(store.series(MONDAY, MONDAY), rows)
    assert file_of(demo_site, MONDAY) == demo_site.store.folder / "series" / "2026" / "20260511.parquet"
    assert not store.is_empty()


def test_days_are_inclusive_and_in_order(store, series_of):
    days = [date(2025, 12, 31), date(2026, 1, 2), MONDAY, TUESDAY]
    for day in reversed(days):
        store.write_day(day, series_of(day, n=2))
    found = store.series("2026-01-02", pd.Timestamp(MONDAY))
    assert found["date"].dt.date.tolist() == [days[1]] * 2 + [MONDAY] * 2
    assert len(store.series(days[0], TUESDAY)) == 8


def test_columns_that_are_asked_for_come_alone_in_their_order(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    store.write_day(TUESDAY, series_of(TUESDAY))
    rebuild(store, demo_site)
    for read, columns in ((store.series, ["verdict", "start"]), (store.studies, ["take", "scanner"])):
        assert_frame_equal(read(TUESDAY, TUESDAY, columns), read(TUESDAY, TUESDAY)[columns])
        with pytest.raises(sv.SchedVisuError, match=r"no column\(s\) weight; see docs/data.md"):
            read(MONDAY, TUESDAY, ["weight", "start"])


def test_files_that_are_no_days_are_passed_over(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    for name in ("2026/notes.parquet", "2026/20261399.parquet", "old/20260512.parquet", "2026/20260513.txt"):
        file = demo_site.store.folder / "series" / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    assert store.stored_days() == store.stored_days("2026-05-11", "2026-05-13") == [MONDAY]
    assert len(store.series(MONDAY, TUESDAY)) == 3


def test_days_that_are_exchanged_are_told(store):
    for read in (store.series, store.studies, store.planned, store.days):
        with pytest.raises(ValueError, match="first day 2026-05-12 lies after last day 2026-05-11; give the earlier"):
            read(TUESDAY, MONDAY)
    with pytest.raises(ValueError, match=r'day "12.05.2026" cannot be read; write it as 2026-05-22'):
        store.studies("12.05.2026", "13.05.2026")


def test_a_store_says_what_it_has_and_what_to_do(store, demo_site, series_of):
    assert repr(store) == f'Store({store._folder}: empty; run "schedvisu retrieve --site {demo_site.file}")'
    store.write_day(TUESDAY, series_of(TUESDAY, n=2))
    store.write_day(MONDAY, series_of(MONDAY, n=2))
    days = f"Store({store._folder}: 2 days, 2026-05-11 to 2026-05-12"
    assert repr(store) == f'{days}; exams are not up to date: run "schedvisu consolidate --site {demo_site.file}")'
    rebuild(store, demo_site)
    assert repr(store) == f"{days})"


def test_an_empty_day_is_known_and_not_asked_for_again(store):
    store.write_day(MONDAY, empty(SERIES))
    assert store.days_to_retrieve([MONDAY, TUESDAY]) == [TUESDAY]
    assert len(store.series(MONDAY, MONDAY)) == 0


def test_a_complete_day_is_not_asked_for_again(store, series_of):
    store.write_day(MONDAY, series_of(MONDAY))
    assert store.days_to_retrieve([MONDAY, TUESDAY]) == [TUESDAY]


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_day_with_failed_series_is_asked_for_as_often_as_the_site_says_and_given_up(demo_site, series_of, retries):
    store = sv.open_store(with_store(demo_site, retries=retries))
    rows = series_of(MONDAY)
    rows.loc[0, "verdict"] = FAILED
    asked = 0
    while store.days_to_retrieve([MONDAY]):
        asked += 1
        state = store.write_day(MONDAY, rows)
        assert (state.n_failed, state.attempts) == (1, asked)
    assert asked == 1 + retries


def test_a_day_that_fails_no_more_is_complete(store, series_of):
    store.write_day(MONDAY, series_of(MONDAY, verdict=FAILED))
    state = store.write_day(MONDAY, series_of(MONDAY))
    assert (state.n_failed, state.attempts) == (0, 2)
    assert store.days_to_retrieve([MONDAY]) == []


def test_the_metadata_say_schema_fingerprint_failures_and_attempts(store, series_of, demo_site):
    state = store.write_day(MONDAY, series_of(MONDAY, verdict=FAILED))
    stated = json.loads(pq.read_metadata(file_of(demo_site, MONDAY)).metadata[b"schedvisu"])
    assert stated == {"schema": SCHEMA_VERSION, **asdict(state)}
    assert state == DayState(demo_site.retrieval_fingerprint(), n_failed=3, attempts=1)
    assert store.day_state(MONDAY) == state


def delays(*rows):
    return pd.DataFrame(rows, columns=["model", "n_studies", "median", "spread"])


def test_delays_from_study_time_lie_with_their_day(store, series_of):
    store.write_day(TUESDAY, series_of(TUESDAY), delays(("Biograph64", 3, 480.5, 60.0)))
    store.write_day(MONDAY, series_of(MONDAY), delays(("Biograph64", 4, 500.0, 0.0), ("Encore2", 1, -3.0, 0.0)))
    found = store.study_delays(MONDAY, TUESDAY)
    assert list(found.itertuples(index=False, name=None)) == [
        (pd.Timestamp(MONDAY), "Biograph64", 4, 500, 0),
        (pd.Timestamp(MONDAY), "Encore2", 1, -3, 0),
        (pd.Timestamp(TUESDAY), "Biograph64", 3, 480.5, 60),
    ]
    assert store.study_delays(MONDAY, MONDAY)["model"].tolist() == ["Biograph64", "Encore2"]


def test_of_days_without_delays_nothing_is_known_and_nothing_asked_for_again(store, series_of):
    store.write_day(MONDAY, series_of(MONDAY))
    assert store.study_delays(MONDAY, TUESDAY).empty
    assert store.days_to_retrieve([MONDAY]) == []


def test_delays_change_nothing_else_of_a_day(store, series_of, demo_site):
    rows = series_of(MONDAY)
    state = store.write_day(MONDAY, rows, delays(("Biograph64", 4, 500.0, 0.0)))
    assert store.day_state(MONDAY) == state == DayState(demo_site.retrieval_fingerprint(), n_failed=0, attempts=1)
    assert_frame_equal(store.series(MONDAY, MONDAY), rows)
    assert pq.read_schema(file_of(demo_site, MONDAY)).remove_metadata() == SERIES


def test_delays_of_a_damaged_day_are_not_known(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY), delays(("Biograph64", 4, 500.0, 0.0)))
    file_of(demo_site, MONDAY).write_bytes(b"no parquet")
    assert store.study_delays(MONDAY, MONDAY).empty


def test_nothing_is_pickled(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    metadata = pq.read_metadata(file_of(demo_site, MONDAY)).metadata
    assert b"pandas" not in metadata
    assert pq.read_schema(file_of(demo_site, MONDAY)).remove_metadata() == SERIES


def test_days_judged_by_other_settings_are_told_and_not_asked_for(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    changed = demo_site.pacs.model_copy(update={"excluded_series": ("CTAC.*",)})
    other = sv.open_store(demo_site.model_copy(update={"pacs": changed}))
    assert store.days_of_other_rules([MONDAY, TUESDAY]) == []
    assert other.days_of_other_rules([MONDAY, TUESDAY]) == [MONDAY]
    assert other.days_to_retrieve([MONDAY]) == []


def test_another_address_of_the_archive_is_no_other_setting(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    moved = demo_site.pacs.model_copy(update={"host": "elsewhere", "port": 4242, "ways": ("move",)})
    assert sv.open_store(demo_site.model_copy(update={"pacs": moved})).days_of_other_rules([MONDAY]) == []


def test_a_table_without_its_columns_is_not_written(store, series_of, demo_site):
    with pytest.raises(sv.SchedVisuError, match="lacks the column"):
        store.write_day(MONDAY, series_of(MONDAY).drop(columns="timing"))
    assert not file_of(demo_site, MONDAY).exists()


# Appointments


def test_a_day_of_appointments_is_read_back_as_it_was_written(store, planned_of, demo_site):
    assert_frame_equal(store.planned(MONDAY, TUESDAY), empty(PLANNED))
    store.write_planned(TUESDAY, planned_of(TUESDAY))
    store.write_planned(MONDAY, planned_of(MONDAY).iloc[::-1])
    assert_frame_equal(store.planned(MONDAY, MONDAY), planned_of(MONDAY))
    assert store.planned(MONDAY, TUESDAY)["start"].is_monotonic_increasing
    file = demo_site.store.folder / "planned" / "2026" / "20260511.parquet"
    assert pq.read_schema(file).remove_metadata() == PLANNED
    assert json.loads(pq.read_metadata(file).metadata[b"schedvisu"]) == {"schema": SCHEMA_VERSION}


def test_appointments_are_no_day_of_series(store, planned_of, series_of):
    store.write_planned(MONDAY, planned_of(MONDAY))
    assert not store.is_empty()  # its pseudonyms hang on the key
    assert store.stored_days() == []
    assert store.days_to_retrieve([MONDAY]) == [MONDAY]
    assert store.years_to_consolidate() == []
    store.write_day(TUESDAY, series_of(TUESDAY))
    assert store.stored_days() == [TUESDAY]
    assert store.stored_days(MONDAY, MONDAY) == []
