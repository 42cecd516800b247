"""Parquet files of one table each: checked when they are read, replaced whole when they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from schedvisu_lib.errors import StoreError
from schedvisu_lib.files import replacing
from schedvisu_lib.tables import SCHEMA_VERSION, conform, empty

_METADATA: Final = b"schedvisu"


def read_rows(files: Sequence[Path], schema: pa.Schema, remedy: str) -> pd.DataFrame:
    """Return the rows of files one after the other.

    Parameters
    ----------
    files
        Written by :func:`write_rows`.
    schema
        Of each of them.
    remedy
        What to do about a file that cannot be read, for the message.

    Raises
    ------
    StoreError
        A file is damaged or of another version; the message names it.
    """
    if not files:
        return empty(schema)
    rows = pa.concat_tables([_read(file, schema, remedy) for file in files])
    return conform(rows.to_pandas(), schema)


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


def _read(file: Path, schema: pa.Schema, remedy: str) -> pa.Table:
    try:
        # A day is a few hundred rows: threads would cost more than they gain.
        with pyarrow.parquet.ParquetFile(file) as opened:
            fits = opened.schema_arrow.equals(schema) and _stated(opened.metadata.metadata)
            rows = opened.read(use_threads=False) if fits else None
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
