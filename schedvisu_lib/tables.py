"""The columns of the series and studies tables (design, section 4); documented in ``docs/data.md``."""

from __future__ import annotations

from typing import Final

import pandas as pd
import pyarrow as pa

from schedvisu_lib.errors import TableError

SCHEMA_VERSION: Final = 1
"""Raised when a column changes; files of another version are rebuilt or asked for again."""

KEPT: Final = "kept"
DERIVED: Final = "derived"
EXCLUDED: Final = "excluded"
FOREIGN: Final = "foreign"
NO_TIMING: Final = "no timing"
FAILED: Final = "failed"
VERDICTS: Final = (KEPT, DERIVED, EXCLUDED, FOREIGN, NO_TIMING, FAILED)
"""What became of a series that the archive listed."""

_DATETIME = pa.timestamp("us")

SERIES: Final = pa.schema(
    [
        ("date", _DATETIME),
        ("patient", pa.string()),
        ("study_uid", pa.string()),
        ("series_uid", pa.string()),
        ("modality", pa.string()),
        ("model", pa.string()),
        ("station", pa.string()),
        ("institution", pa.string()),
        ("study_description", pa.string()),
        ("series_description", pa.string()),
        ("protocol", pa.string()),
        ("start", _DATETIME),
        ("end", _DATETIME),
        ("n_instances", pa.int64()),
        ("timing", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
    ]
)
"""One row per DICOM series that the archive listed, kept or not."""

STUDIES: Final = pa.schema(
    [
        ("exam_id", pa.string()),
        ("date", _DATETIME),
        ("patient", pa.string()),
        ("scanner", pa.string()),
        ("modalities", pa.string()),
        ("exam_type", pa.string()),
        ("study_description", pa.string()),
        ("take", pa.int64()),
        ("n_takes", pa.int64()),
        ("start", _DATETIME),
        ("end", _DATETIME),
        ("prepared_from", _DATETIME),
        ("prepared_until", _DATETIME),
        ("n_series", pa.int64()),
    ]
)
"""One row per exam: one take of one study on one scanner."""


def conform(frame: pd.DataFrame, schema: pa.Schema) -> pd.DataFrame:
    """Return the schema's columns of a frame, in its order and types.

    Text columns hold no missing values (an absent text is ""), datetimes are ``datetime64[us]`` without a
    time zone (local wall clock of the site), counts are ``int64``.

    Raises
    ------
    TableError
        A column is missing or holds values that do not fit its type.
    """
    missing = [name for name in schema.names if name not in frame.columns]
    if missing:
        raise TableError(f"table lacks the column(s) {', '.join(missing)}; see docs/data.md for what it must hold")
    columns = {}
    for field in schema:
        try:
            columns[field.name] = _cast(frame[field.name], field.type)
        except (TypeError, ValueError) as error:
            raise TableError(f"column {field.name} is not {field.type}: {error}; see docs/data.md") from error
    return pd.DataFrame(columns, index=frame.index)


def empty(schema: pa.Schema) -> pd.DataFrame:
    """Return a table of the schema without rows."""
    return conform(pd.DataFrame({name: [] for name in schema.names}), schema)


def _cast(column: pd.Series, kind: pa.DataType) -> pd.Series:
    if pa.types.is_timestamp(kind):
        if pd.api.types.is_numeric_dtype(column) and column.notna().any():
            raise TypeError("numbers are not dates")  # pandas would count them from 1970
        return column.astype("datetime64[us]")
    if pa.types.is_integer(kind):
        whole = column.astype("int64")
        if not (whole == column).all():
            raise ValueError("not whole numbers")  # pandas would cut the fractions off
        return whole
    return column.astype("str" if pd.__version__ >= "3" else "object").fillna("")
