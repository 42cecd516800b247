"""At which hours of the day a scanner is busy, and with what."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import days_between
from schedvisu_lib.studies.selection import Day, as_date, of_scanner
from schedvisu_lib.studies.service import is_scanner_open

QUARTER: Final = 0.25
"""Width of a step in hours."""


def hour_profile(studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Say for each quarter of an hour how many exams of each type run on an average open day.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives the calendar, and when the scanner is out of service.
    scanner
        Its name.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        Index ``hour`` (begin of the quarter, hours since midnight of the exam's day, to 23.75), a column per exam type,
        most used first; values are exams at the same time, averaged over the scanner's open days. Exams on
        other days, and what runs past midnight, are not counted.
    """
    days = [day for day in days_between(as_date(first), as_date(last)) if is_scanner_open(site, scanner, day)]
    exams = of_scanner(studies, scanner, first, last)
    exams = exams.loc[exams["date"].isin(pd.DatetimeIndex(days))]
    hours = np.arange(0, 24, QUARTER)
    start = ((exams["start"] - exams["date"]).dt.total_seconds() / 3600).to_numpy()
    end = ((exams["end"] - exams["date"]).dt.total_seconds() / 3600).to_numpy()
    overlap = np.minimum(end[:, None], hours + QUARTER) - np.maximum(start[:, None], hours)
    busy = pd.DataFrame(overlap.clip(min=0) / QUARTER, columns=pd.Index(hours, name="hour"))
    profile = busy.groupby(exams["exam_type"].to_numpy()).sum().T / max(len(days), 1)
    return profile[profile.sum().sort_values(ascending=False, kind="stable").index]
