"""Parquet files of one table each: checked when they are read, replaced whole when they are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from schedvisu_lib.errors import StoreError
from schedvisu_lib.files import replacing
from schedvisu_lib.tables import SCHEMA_VERSION, conform, empty, part_of

_METADATA: Final = b"schedvisu"


def read_rows(
    files: Sequence[Path],
    schema: pa.Schema,
    remedy: str,
    columns: Iterable[str] | None = None,
    days: tuple[date, date] | None = None,
) -> pd.DataFrame:
    """Return the rows of files one after the other.

    Parameters
    ----------
    files
        Written by :func:`write_rows`.
    schema
        Of each of them.
    remedy
        What to do about a file that cannot be read, for the message.
    columns
        Those to read, in this order; all, if they are not named. Others are not looked at, damaged or not.
    days
        First and last ``date`` of the rows, which must be among the columns; all rows, if they are not named.

    Raises
    ------
    StoreError
        A file is damaged or of another version; the message names it.
    TableError
        The schema has no such column.
    """
    part = schema if columns is None else part_of(schema, columns)
    if not files:
        return empty(part)
    rows = pa.concat_tables([_read(file, schema, part.names, remedy) for file in files])
    if days is not None:
        rows = rows.filter(_between(rows["date"], *days))
    # In one piece: texts in one piece per file are slow to take rows of.
    return conform(rows.combine_chunks().to_pandas(), part)


def _between(dates: pa.ChunkedArray, first: date, last: date) -> pa.ChunkedArray:
    begin, end = (pa.scalar(datetime.combine(day, time.min), dates.type) for day in (first, last))
    return pc.and_(pc.greater_equal(dates, begin), pc.less_equal(dates, end))


def write_rows(file: Path, frame: pd.DataFrame, schema: pa.Schema, stated: Mapping[str, Any]) -> None:
    """Replace a file, whole and atomically; ``stated`` goes into its metadata.

    Raises
    ------
    StoreError
        It cannot be written; a former one is unharmed.
    """
    metadata = {_METADATA: json.dumps({"schema": SCHEMA_VERSION, **stated})}
    rows = conform(frame, schema)
    table = pa.Table.from_pandas(rows, schema=schema, preserve_index=False).replace_schema_metadata(metadata)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as stream:
            pyarrow.parquet.write_table(table, stream, compression="snappy")  # of small files the quickest to read
    except OSError as error:
        raise StoreError(
            f"{file}: cannot be written ({error.strerror}); check permission and free space of store.folder"
        ) from error


def stated_in(file: Path) -> dict[str, Any]:
    """Return what a file states beside its rows; nothing, if it is not there, damaged or of another version."""
    try:
        return _stated(pyarrow.parquet.read_metadata(file).metadata)
    except (OSError, pa.ArrowException):
        return {}


def _read(file: Path, schema: pa.Schema, columns: list[str], remedy: str) -> pa.Table:
    try:
        # A day is a few hundred rows: threads, and reading ahead, would cost more than they gain.
        with pyarrow.parquet.ParquetFile(file, pre_buffer=False) as opened:
            fits = opened.schema_arrow.equals(schema) and _stated(opened.metadata.metadata)
            rows = opened.read(columns=columns, use_threads=False) if fits else None
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{file}: damaged ({type(error).__name__}); {remedy}") from error
    if rows is None:
        raise StoreError(f"{file}: written by another version of schedvisu; {remedy}")
    return rows.replace_schema_metadata()


def _stated(metadata: Mapping[bytes, bytes] | None) -> dict[str, Any]:
    """Return what metadata state of this version; nothing, if they are not ours."""
    try:
        stated = json.loads((metadata or {})[_METADATA])
        return dict(stated) if stated["schema"] == SCHEMA_VERSION else {}
    except (KeyError, TypeError, ValueError):
        return {}
