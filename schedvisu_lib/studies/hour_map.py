"""On which weekdays and at which hours a scanner is occupied."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.settings.calendar import WEEKDAYS
from schedvisu_lib.studies.days import busy_times
from schedvisu_lib.studies.selection import Day, as_date, of_scanner
from schedvisu_lib.studies.service import offer_of

HOURS: Final = tuple(range(24))
_HOUR: Final = pd.Timedelta(hours=1)


def offered_days(site: Site, scanner: str, first: Day, last: Day, stored: Collection[date]) -> list[date]:
    """Return the stored days from first to last on which a scanner had opening hours and was not out of service."""
    days = sorted(day for day in stored if as_date(first) <= day <= as_date(last))
    return [day for day in days if offer_of(site, scanner, day).opening > pd.Timedelta(0)]


def hour_map(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, stored: Collection[date]
) -> pd.DataFrame:
    """Say how much of each hour of each weekday a scanner is occupied by prepared exams; overlaps count once.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives the calendar, opening hours and time out of service.
    scanner
        Its name.
    first, last
        Days, both included; those count that :func:`offered_days` gives.
    stored
        The days that were retrieved.

    Returns
    -------
    DataFrame
        Index ``weekday`` ("mon", ...; those that have a day), columns ``hour`` (0 to 23); values are the share of the
        hour, from 0 to 1, as the mean of the days. What runs past midnight is not counted.
    """
    days = offered_days(site, scanner, first, last, stored)
    exams = of_scanner(studies, scanner, first, last)
    until, midnight = exams["prepared_until"], exams["date"]
    # What an exam adds to the union is the end of its prepared time: order by this time makes the pieces disjoint.
    pieces = np.column_stack([(until - busy_times(exams) - midnight) / _HOUR, (until - midnight) / _HOUR])
    hours = np.array(HOURS)
    occupied = np.minimum(pieces[:, 1:], hours + 1) - np.maximum(pieces[:, :1], hours)
    by_day = pd.DataFrame(occupied.clip(min=0), columns=pd.Index(HOURS, name="hour")).groupby(midnight.to_numpy()).sum()
    offered = by_day.reindex(pd.DatetimeIndex(days), fill_value=0.0)
    means = offered.groupby(offered.index.day_of_week).mean()
    return means.set_axis([WEEKDAYS[day] for day in means.index]).rename_axis("weekday")
