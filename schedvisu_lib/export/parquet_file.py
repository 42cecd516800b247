"""A table as Parquet, for pandas, R or DuckDB: times and numbers keep their types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

_METADATA: Final = b"schedvisu"


def parquet_bytes(table: pd.DataFrame, stated: Mapping[str, Any]) -> bytes:
    """Return a table as Parquet; what is ``stated`` of it goes as JSON to the entry ``schedvisu`` of the metadata."""
    content = pa.Table.from_pandas(table, preserve_index=False)
    content = content.replace_schema_metadata({_METADATA: json.dumps(dict(stated))})
    file = BytesIO()
    pyarrow.parquet.write_table(content, file, compression="zstd")
    return file.getvalue()
