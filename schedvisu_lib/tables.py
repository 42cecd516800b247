"""The columns of the tables that the store keeps (design, section 4); documented in ``docs/data.md``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, get_args

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

PlannedStatus = Literal["scheduled", "arrived", "started", "completed", "discontinued", "cancelled"]
STATUSES: Final[tuple[PlannedStatus, ...]] = get_args(PlannedStatus)
"""How far an appointment got, as its source says."""

TEXT: Final = "str" if pd.__version__ >= "3" else "object"
"""The type of columns of text in a frame."""

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
_TIMES: Final = tuple(field.name for field in STUDIES if field.type == _DATETIME)

PLANNED: Final = pa.schema(
    [
        ("appointment_id", pa.string()),
        ("date", _DATETIME),
        ("patient", pa.string()),
        ("study_uid", pa.string()),
        ("scanner", pa.string()),
        ("start", _DATETIME),
        ("minutes", pa.float64()),
        ("description", pa.string()),
        ("status", pa.string()),
        ("source", pa.string()),
        ("seen", _DATETIME),
    ]
)
"""One row per appointment of a day."""


def reason_with_way(why: str, way: str) -> str:
    """Return the ``reason`` of a series that was judged by a header: why it was not kept, and how the header came."""
    return f"{why} [{way}]" if why else f"[{way}]"


def split_reasons(reasons: pd.Series) -> pd.DataFrame:
    """Return the columns ``why`` and ``way`` of a column ``reason``; both are "" where nothing is said."""
    return reasons.str.extract(r"^(?P<why>.*?) ?(?:\[(?P<way>[^\]]*)\])?$").fillna("")


def part_of(schema: pa.Schema, columns: Iterable[str]) -> pa.Schema:
    """Return the part of a schema that holds some columns, in the order given.

    Raises
    ------
    TableError
        It has no such column.
    """
    names = list(columns)
    strange = [name for name in names if name not in schema.names]
    if strange:
        raise TableError(f"table has no column(s) {', '.join(strange)}; see docs/data.md for what it holds")
    return pa.schema([schema.field(name) for name in names])


def conform(frame: pd.DataFrame, schema: pa.Schema) -> pd.DataFrame:
    """Return the schema's columns of a frame, in its order and types.

    Text columns hold no missing values (an absent text is ""), datetimes are ``datetime64[us]`` without a
    time zone (local wall clock of the site), counts are ``int64``, measures ``float64`` (NaN where unknown).

    Raises
    ------
    TableError
        A column is missing or holds values that do not fit its type.
    """
    _refuse_without(frame, schema.names)
    columns = {field.name: _column(frame, field.name, field.type) for field in schema}
    return pd.DataFrame(columns, index=frame.index)


def require(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return a table of exams that has some columns at least, its times as datetimes where they were read as text.

    Raises
    ------
    TableError
        One of the columns is missing, or times cannot be read or have a time zone.
    """
    _refuse_without(frame, names)
    read = {
        name: _column(frame, name, _DATETIME)
        for name in _TIMES
        if name in frame.columns and not _holds_times(frame[name])
    }
    return frame.assign(**read) if read else frame


def _refuse_without(frame: pd.DataFrame, names: Iterable[str]) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise TableError(f"table lacks the column(s) {', '.join(missing)}; see docs/data.md for what it must hold")


def _column(frame: pd.DataFrame, name: str, kind: pa.DataType) -> pd.Series:
    try:
        return _cast(frame[name], kind)
    except (TypeError, ValueError) as error:
        raise TableError(f"column {name} is not {kind}: {error}; see docs/data.md") from error


def _holds_times(column: pd.Series) -> bool:
    return bool(pd.api.types.is_datetime64_dtype(column.dtype))  # false for those with a time zone


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
    if pa.types.is_floating(kind):
        return column.astype("float64")
    return column.astype(TEXT).fillna("")
