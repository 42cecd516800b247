"""Rows of a table between two days."""

from __future__ import annotations

from datetime import date
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from schedvisu_lib.tables import require

Day: TypeAlias = "date | str"
"""A day: a date (or timestamp), or an ISO string."""
_MICROSECONDS: Final = "datetime64[us]"
_MOMENTS: Final = ("datetime64[ns]", "datetime64[ms]", "datetime64[s]")


def as_date(day: Day) -> date:
    """Return a day as a plain date; ``ValueError`` says how a day is written."""
    try:
        return date.fromisoformat(str(day)[:10])
    except ValueError:
        raise ValueError(f'day "{day}" cannot be read; write it as 2026-05-22, or give a date') from None


def as_days(first: Day, last: Day) -> tuple[date, date]:
    """Return two days as plain dates; ``ValueError`` if the first one lies after the last one."""
    begin, end = as_date(first), as_date(last)
    if begin > end:
        raise ValueError(f"first day {begin} lies after last day {end}; give the earlier one first")
    return begin, end


def between(frame: pd.DataFrame, first: Day, last: Day) -> pd.DataFrame:
    """Return the rows whose ``date`` lies from first to last, both included."""
    begin, end = as_days(first, last)
    frame = require(frame, "date")
    return frame.loc[frame["date"].between(pd.Timestamp(begin), pd.Timestamp(end))]


def of_scanner(studies: pd.DataFrame, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Return one scanner's exams between two days, in order of start and numbered anew, times to the microsecond."""
    begin, end = as_days(first, last)
    studies = require(studies, "date", "scanner", "start", "end")
    date = studies["date"].to_numpy()
    days = (np.datetime64(begin) <= date) & (date <= np.datetime64(end))
    places = np.flatnonzero(days & (studies["scanner"] == scanner).to_numpy())
    # Places are put in order first, so that the columns, of which texts are slow, are taken once.
    order = np.lexsort([studies[edge].to_numpy()[places] for edge in ("end", "start")])
    rows = studies.iloc[places[order]].reset_index(drop=True)
    finer = [name for name, kind in rows.dtypes.items() if kind != _MICROSECONDS and kind in _MOMENTS]
    return rows.astype(dict.fromkeys(finer, _MICROSECONDS)) if finer else rows
