"""Rows of a table between two days."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import pandas as pd

Day: TypeAlias = "date | str"
"""A day: a date (or timestamp), or an ISO string."""


def as_date(day: Day) -> date:
    """Return a day as a plain date."""
    return date.fromisoformat(str(day)[:10])


def between(frame: pd.DataFrame, first: Day, last: Day) -> pd.DataFrame:
    """Return the rows whose ``date`` lies from first to last, both included."""
    return frame.loc[frame["date"].between(pd.Timestamp(first).normalize(), pd.Timestamp(last).normalize())]


def of_scanner(studies: pd.DataFrame, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Return one scanner's exams between two days, in order of start and numbered anew, times to the microsecond."""
    rows = between(studies, first, last)
    rows = rows.loc[rows["scanner"] == scanner].sort_values(["start", "end"], kind="stable", ignore_index=True)
    return rows.astype(dict.fromkeys(rows.select_dtypes("datetime").columns, "datetime64[us]"))
