"""Files of one table: read whole or not at all, and each says which one it is."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from schedvisu_lib.errors import StoreError, TableError
from schedvisu_lib.parquet_files import read_rows, stated_in, write_rows
from schedvisu_lib.tables import SERIES, STUDIES

REMEDY = "delete it"


@pytest.fixture
def two_files(tmp_path, make_studies):
    files = [tmp_path / "years" / "2025.parquet", tmp_path / "years" / "2026.parquet"]
    for file, year in zip(files, (2025, 2026), strict=True):
        rows = make_studies([{"start": f"{year}-05-18 08:00", "end": f"{year}-05-18 08:20"}])
        write_rows(file, rows, STUDIES, {"fingerprint": str(year)})
    return files


def test_rows_come_in_the_order_of_the_files_and_what_they_state_beside(two_files):
    rows = read_rows(two_files[::-1], STUDIES, REMEDY)
    assert list(rows["start"]) == [pd.Timestamp("2026-05-18 08:00"), pd.Timestamp("2025-05-18 08:00")]
    assert list(rows.columns) == STUDIES.names
    assert [stated_in(file)["fingerprint"] for file in two_files] == ["2025", "2026"]


def test_columns_that_are_asked_for_come_alone_in_their_order(two_files):
    whole = read_rows(two_files, STUDIES, REMEDY)
    some = ["start", "exam_type", "n_series"]
    pd.testing.assert_frame_equal(read_rows(two_files, STUDIES, REMEDY, some), whole[some])
    assert list(read_rows([], STUDIES, REMEDY, some).columns) == some
    with pytest.raises(TableError, match=r"no column\(s\) weight"):
        read_rows(two_files, STUDIES, REMEDY, ["weight"])


def test_a_file_of_another_schema_is_refused_also_where_it_has_the_columns_asked_for(two_files):
    with pytest.raises(StoreError, match=r"2025\.parquet: written by another version of schedvisu; delete it"):
        read_rows(two_files, SERIES, REMEDY, ["start", "end"])


def test_no_file_is_a_table_without_rows(tmp_path):
    assert list(read_rows([], STUDIES, REMEDY).columns) == STUDIES.names
    assert stated_in(tmp_path / "none.parquet") == {}


@pytest.mark.parametrize("size", [0, 100, -20])
def test_a_damaged_file_is_named_with_what_to_do(two_files, size):
    content = two_files[1].read_bytes()
    two_files[1].write_bytes(content[:size])
    with pytest.raises(StoreError, match=r"2026\.parquet: damaged \(.*\); delete it"):
        read_rows(two_files, STUDIES, REMEDY)
    assert stated_in(two_files[1]) == {}


def test_damage_within_the_rows_is_seen_although_head_and_end_are_sound(two_files):
    content = bytearray(two_files[1].read_bytes())
    content[4:60] = bytes(56)
    two_files[1].write_bytes(content)
    with pytest.raises(StoreError, match=r"2026\.parquet: damaged"):
        read_rows(two_files, STUDIES, REMEDY)


def test_a_table_of_another_kind_version_or_program_is_refused(two_files):
    with pytest.raises(StoreError, match=r"2025\.parquet: written by another version of schedvisu; delete it"):
        read_rows(two_files, SERIES, REMEDY)
    table = pyarrow.parquet.read_table(two_files[1])
    for metadata in (None, {b"schedvisu": b'{"schema": 0}'}, {b"schedvisu": b"no JSON"}):
        pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), two_files[1])
        with pytest.raises(StoreError, match=r"2026\.parquet: written by another version"):
            read_rows(two_files, STUDIES, REMEDY)
        assert stated_in(two_files[1]) == {}


def test_a_file_that_cannot_be_written_leaves_the_former_one(two_files, make_studies, monkeypatch):
    before = two_files[0].read_bytes()

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pa.parquet, "write_table", full)
    with pytest.raises(StoreError, match=r"2025\.parquet: cannot be written \(No space left on device\)"):
        write_rows(two_files[0], make_studies([]), STUDIES, {})
    assert two_files[0].read_bytes() == before
    assert len(list(two_files[0].parent.iterdir())) == 2
