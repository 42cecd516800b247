"""Files that are damaged, cut, or of another version: named with what to do, and made anew."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schedvisu_lib.errors import StoreError
from schedvisu_lib.tables import SCHEMA_VERSION
from tests.store.conftest import MONDAY, TUESDAY, file_of, rebuild


def test_a_damaged_day_of_appointments_is_named_with_what_to_do(store, planned_of, demo_site):
    store.write_planned(MONDAY, planned_of(MONDAY))
    (demo_site.store.folder / "planned" / "2026" / "20260511.parquet").write_bytes(b"PAR1")
    with pytest.raises(
        StoreError, match=r"planned/2026/20260511\.parquet: damaged .*restore it from a backup, or delete it"
    ):
        store.planned(MONDAY, MONDAY)


# Damaged and old files


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all" * 20])
def test_a_damaged_day_is_named_with_what_to_do_and_asked_for_again(store, series_of, demo_site, content):
    store.write_day(MONDAY, series_of(MONDAY))
    store.write_day(TUESDAY, series_of(TUESDAY))
    file_of(demo_site, MONDAY).write_bytes(content)
    assert store.day_state(MONDAY) is None
    assert store.days_to_retrieve([MONDAY, TUESDAY]) == [MONDAY]
    with pytest.raises(
        StoreError, match=r"20260511\.parquet: damaged .*delete it; the next run asks for the day again"
    ):
        store.series(MONDAY, TUESDAY)
    assert len(store.series(TUESDAY, TUESDAY)) == 3


def test_a_day_cut_in_the_middle_is_named(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY, n=20))
    whole = file_of(demo_site, MONDAY).read_bytes()
    file_of(demo_site, MONDAY).write_bytes(whole[:200] + b"\0" * 200 + whole[400:])
    with pytest.raises(StoreError, match=r"20260511\.parquet: damaged"):
        store.series(MONDAY, MONDAY)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.drop_columns(["timing"]),
        lambda table: table.append_column("extra", pa.array([1] * len(table))),
        lambda table: table.set_column(13, "n_instances", table["n_instances"].cast(pa.string())),
    ],
    ids=["column missing", "column more", "other type"],
)
def test_a_day_with_other_columns_is_of_another_version(store, series_of, demo_site, change):
    store.write_day(MONDAY, series_of(MONDAY))
    file = file_of(demo_site, MONDAY)
    pq.write_table(change(pq.read_table(file)), file)
    with pytest.raises(StoreError, match=r"20260511\.parquet: written by another version of schedvisu; delete it"):
        store.series(MONDAY, MONDAY)


def test_a_day_of_another_schema_version_is_asked_for_again(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    file = file_of(demo_site, MONDAY)
    stated = json.loads(pq.read_metadata(file).metadata[b"schedvisu"]) | {"schema": SCHEMA_VERSION + 1}
    pq.write_table(pq.read_table(file).replace_schema_metadata({"schedvisu": json.dumps(stated)}), file)
    assert store.day_state(MONDAY) is None
    assert store.days_to_retrieve([MONDAY]) == [MONDAY]
    with pytest.raises(StoreError, match=r"20260511\.parquet: written by another version of schedvisu"):
        store.series(MONDAY, MONDAY)


def test_a_damaged_year_of_studies_is_named_and_made_anew(store, series_of, demo_site):
    store.write_day(MONDAY, series_of(MONDAY))
    rebuild(store, demo_site)
    file = demo_site.store.folder / "studies" / "2026.parquet"
    file.write_bytes(b"broken")
    with pytest.raises(StoreError, match=r"2026\.parquet: damaged .*delete it; the next run makes it anew"):
        store.studies(MONDAY, MONDAY)
    assert store.years_to_consolidate() == [2026]
