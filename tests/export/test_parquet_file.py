"""Parquet keeps types; any reader finds them."""

from __future__ import annotations

import json
from io import BytesIO

import pandas as pd
import pyarrow.parquet
import pytest

import schedvisu_lib as sv
from schedvisu_lib.export.about import stated
from schedvisu_lib.export.parquet_file import parquet_bytes
from schedvisu_lib.export.tables import Extent, export_table
from schedvisu_lib.export.target import TABLES, What

from .conftest import EVENING


@pytest.mark.parametrize("what", TABLES)
@pytest.mark.parametrize("n", [0, None])
def test_pandas_reads_back_what_was_written(
    what: What, n: int | None, exams: pd.DataFrame, demo_site: sv.Site, week: Extent
) -> None:
    table = export_table(what, exams.iloc[:n], demo_site, week)
    pd.testing.assert_frame_equal(pd.read_parquet(BytesIO(parquet_bytes(table, {}))), table)


def test_other_readers_find_plain_types(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    table = export_table(What.STUDIES, exams, demo_site, week)
    schema = pyarrow.parquet.read_schema(BytesIO(parquet_bytes(table, {})))
    types = {name: str(schema.field(name).type).removeprefix("large_") for name in schema.names}
    assert types["start"] == types["date"] == "timestamp[us]"
    assert types["study_description"] == "string"
    assert (types["minutes"], types["take"]) == ("double", "int64")


def test_metadata_tell_days_settings_and_what_is_missing(exams: pd.DataFrame, demo_site: sv.Site, week: Extent) -> None:
    facts = stated(demo_site, week, generated_at=EVENING, missing=["a day"])
    content = parquet_bytes(export_table(What.GAPS, exams, demo_site, week), facts)
    assert json.loads(pyarrow.parquet.read_metadata(BytesIO(content)).metadata[b"schedvisu"]) == {
        "version": sv.__version__,
        "first": "2026-05-18",
        "last": "2026-05-22",
        "scanners": ["Discovery 690", "Millennium"],
        "timezone": "Europe/Zurich",
        "generated_at": "2026-05-22T23:00:00",
        "rules": demo_site.rules_fingerprint(),
        "retrieval": demo_site.retrieval_fingerprint(),
        "missing": ["a day"],
    }
