"""At which hours of the day a scanner is busy, and with what."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.selection import Day, as_date, of_scanner
from schedvisu_lib.studies.service import offers_between

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
    days = [day for day, offer in offers_between(site, scanner, as_date(first), as_date(last)).items() if offer]
    exams = of_scanner(studies, scanner, first, last)
    exams = exams.loc[exams["date"].isin(pd.DatetimeIndex(days))]
    hours = np.arange(0, 24, QUARTER)
    start = ((exams["start"] - exams["date"]).dt.total_seconds() / 3600).to_numpy()
    end = ((exams["end"] - exams["date"]).dt.total_seconds() / 3600).to_numpy()
    overlap = np.minimum(end[:, None], hours + QUARTER) - np.maximum(start[:, None], hours)
    busy = overlap.clip(min=0) / QUARTER
    types = sorted(exams.groupby("exam_type").indices.items())
    sums = {name: busy[rows].sum(axis=0) for name, rows in types}
    profile = pd.DataFrame(sums, index=pd.Index(hours, name="hour"), columns=list(sums)) / max(len(days), 1)
    return profile[profile.sum().sort_values(ascending=False, kind="stable").index]
