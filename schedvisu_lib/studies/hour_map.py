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
from schedvisu_lib.studies.service import offers_between
from schedvisu_lib.tables import require

HOURS: Final = tuple(range(24))
_HOUR: Final = pd.Timedelta(hours=1)
_NEEDED: Final = ["date", "scanner", "start", "end", "prepared_from", "prepared_until"]
"""Columns of the studies; the others are texts, which are slow to take along."""


def offered_days(site: Site, scanner: str, first: Day, last: Day, stored: Collection[date] | None = None) -> list[date]:
    """Return the stored days from first to last on which a scanner had opening hours and was not out of service."""
    offers = offers_between(site, scanner, as_date(first), as_date(last))
    known = offers.keys() if stored is None else set(stored)
    return [day for day, offer in offers.items() if offer and offer.opening > pd.Timedelta(0) and day in known]


def hour_map(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, stored: Collection[date] | None = None
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
        The days that were retrieved (``Store.stored_days``); by default all: a day without exams counts as idle.

    Returns
    -------
    DataFrame
        Index ``weekday`` ("mon", ...; those that have a day), columns ``hour`` (0 to 23); values are the share of the
        hour, from 0 to 1, as the mean of the days. What runs past midnight is not counted.

    Raises
    ------
    ValueError
        The scanner is unknown, a day cannot be read, or the first one lies after the last one.
    TableError
        A column is missing, or times are none.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> shares = sv.hour_map(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> shares.index.tolist()
    ['mon', 'tue', 'wed', 'thu', 'fri']
    """
    days = offered_days(site, scanner, first, last, stored)
    exams = of_scanner(require(studies, *_NEEDED)[_NEEDED], scanner, first, last)
    until, midnight = exams["prepared_until"], exams["date"]
    # What an exam adds to the union is the end of its prepared time: order by this time makes the pieces disjoint.
    pieces = np.column_stack([(until - busy_times(exams) - midnight) / _HOUR, (until - midnight) / _HOUR])
    hours = np.array(HOURS)
    occupied = np.minimum(pieces[:, 1:], hours + 1) - np.maximum(pieces[:, :1], hours)
    by_day = pd.DataFrame(occupied.clip(min=0), columns=pd.Index(HOURS, name="hour")).groupby(midnight.to_numpy()).sum()
    offered = by_day.reindex(pd.DatetimeIndex(days), fill_value=0.0)
    means = offered.groupby(offered.index.day_of_week).mean()
    return means.set_axis([WEEKDAYS[day] for day in means.index]).rename_axis("weekday")
