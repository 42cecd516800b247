"""What pandas alone takes to read the same rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import schedvisu_lib as sv
from benchmarks.measure import Work
from schedvisu_lib.tables import SERIES


def read(site_file: Path, years: str) -> Work:
    """Read the series of the years that a pattern fits (``*`` or ``2025``), all columns, in one call of pandas."""
    files = _files(site_file, years)
    return lambda: len(pd.read_parquet(files, columns=SERIES.names))


def read_sort_group(site_file: Path, years: str) -> Work:
    """Read the series as :func:`read` does, sort them by start and end, and gather those of each study."""
    files = _files(site_file, years)

    def work() -> int:
        rows = pd.read_parquet(files, columns=SERIES.names).sort_values(["start", "end"])
        return len(rows.groupby("study_uid").agg(start=("start", "min"), end=("end", "max"), n=("series_uid", "size")))

    return work


def _files(site_file: Path, years: str) -> list[Path]:
    folder = sv.load_site(site_file).store.folder
    return sorted((folder / "series").glob(f"{years}/*.parquet"))
