"""What a table must hold to be a series or a studies table."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest

from schedvisu_lib.errors import TableError
from schedvisu_lib.tables import PLANNED, SERIES, STUDIES, conform, empty, part_of

ROW = {"start": "2025-12-01 08:00", "end": "2025-12-01 08:20"}
SCHEMAS = pytest.mark.parametrize("schema", [SERIES, STUDIES, PLANNED], ids=["series", "studies", "planned"])


@pytest.fixture
def series(make_series: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return make_series([ROW, ROW])


@SCHEMAS
def test_an_empty_table_has_all_columns_with_their_types(schema: pa.Schema) -> None:
    table = empty(schema)
    assert list(table.columns) == schema.names
    assert len(table) == 0
    assert table["start"].dtype == "datetime64[us]"
    assert conform(table, schema).dtypes.equals(table.dtypes)


@SCHEMAS
def test_every_schema_goes_to_arrow_and_back_unchanged(schema: pa.Schema, series: pd.DataFrame) -> None:
    table = series if schema is SERIES else empty(schema)
    arrow = pa.Table.from_pandas(table, schema=schema, preserve_index=False)
    pd.testing.assert_frame_equal(conform(arrow.to_pandas(), schema), table)


def test_types_are_those_of_the_schema(series: pd.DataFrame) -> None:
    assert series["start"].dtype == "datetime64[us]"
    assert series["n_instances"].dtype == "int64"
    assert pd.api.types.is_string_dtype(series["patient"])


def test_columns_come_in_the_order_of_the_schema_and_others_are_left_out(series: pd.DataFrame) -> None:
    shuffled = series[series.columns[::-1]].assign(more=1)
    pd.testing.assert_frame_equal(conform(shuffled, SERIES), series)


def test_the_index_stays(series: pd.DataFrame) -> None:
    assert list(conform(series.set_axis([7, 3]), SERIES).index) == [7, 3]


def test_an_absent_text_is_empty(series: pd.DataFrame) -> None:
    for nothing in (None, float("nan"), pd.NA):
        column = pd.Series([nothing, "WB"], dtype="object")
        assert list(conform(series.assign(protocol=column), SERIES)["protocol"]) == ["", "WB"]


def test_an_absent_time_stays_absent(series: pd.DataFrame) -> None:
    untimed = conform(series.assign(start=[None, pd.Timestamp("2025-12-01 08:00")]), SERIES)
    assert untimed["start"].isna().tolist() == [True, False]
    assert conform(series.assign(start=float("nan")), SERIES)["start"].isna().all()


def test_dates_without_time_and_nanoseconds_are_understood(series: pd.DataFrame) -> None:
    table = conform(series.assign(date="2025-12-01", start=series["start"].astype("datetime64[ns]")), SERIES)
    pd.testing.assert_frame_equal(table, series)


def test_an_absent_measure_is_not_a_number() -> None:
    table = conform(pd.DataFrame({name: [None, None] for name in PLANNED.names}).assign(minutes=[None, 30]), PLANNED)
    assert table["minutes"].dtype == "float64"
    assert table["minutes"].isna().tolist() == [True, False]
    with pytest.raises(TableError, match=r"^column minutes is not double"):
        conform(table.assign(minutes="long"), PLANNED)


def test_missing_columns_are_named_all() -> None:
    table = empty(SERIES).drop(columns=["model", "verdict"])
    with pytest.raises(TableError, match=r"lacks the column\(s\) model, verdict; see docs/data.md"):
        conform(table, SERIES)


def test_a_part_of_a_schema_has_the_columns_asked_for_in_their_order(series: pd.DataFrame) -> None:
    part = part_of(SERIES, ["start", "patient"])
    pd.testing.assert_frame_equal(conform(series, part), series[["start", "patient"]])
    with pytest.raises(TableError, match=r"^table has no column\(s\) weight, age; see docs/data.md"):
        part_of(SERIES, ["weight", "start", "age"])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("n_instances", 1.5),
        ("n_instances", float("nan")),
        ("n_instances", "many"),
        ("start", 8),
        ("start", "in the morning"),
        ("start", pd.Timestamp("2025-12-01 08:00", tz="Europe/Zurich")),
    ],
)
def test_a_value_of_another_type_names_its_column(series: pd.DataFrame, column: str, value: object) -> None:
    with pytest.raises(TableError, match=f"^column {column} is not .*; see docs/data.md$"):
        conform(series.assign(**{column: value}), SERIES)


def test_the_given_table_is_left_as_it_was(series: pd.DataFrame) -> None:
    given = series.assign(date="2025-12-01")
    before = given.copy()
    conform(given, SERIES)
    pd.testing.assert_frame_equal(given, before)
