"""How a period compares with the equal ones before it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import Period, previous_period, working_days
from schedvisu_lib.studies.overview import period_overviews

N_PERIODS: Final = 12
"""Of a trend: the period and the equal ones before it."""


def equal_periods(period: Period, n: int) -> list[Period]:
    """Return a period and the equal ones before it, n in all, the eldest first."""
    periods = [period]
    while len(periods) < n:
        periods.insert(0, previous_period(periods[0]))
    return periods


def lacking_days(site: Site, period: Period, stored: Collection[date]) -> list[date]:
    """Return the open days of a period that the store lacks."""
    return [day for day in working_days(site.calendar, period.first, period.last) if day not in stored]


def is_whole(site: Site, period: Period, stored: Collection[date]) -> bool:
    """Tell whether a period can be compared with others: it has open days, and all of them are stored."""
    days = working_days(site.calendar, period.first, period.last)
    return bool(days) and all(day in stored for day in days)


def overview_trend(
    studies: pd.DataFrame, site: Site, period: Period, stored: Collection[date], n: int = N_PERIODS
) -> pd.DataFrame:
    """Sum up a period and the equal ones before it for each scanner.

    Parameters
    ----------
    studies
        The studies table of all these periods.
    site
        Gives scanners, calendar, opening hours, slots and thresholds.
    period
        The last one.
    stored
        The days that were retrieved. An earlier period that is not wholly stored, or had no open day, has no values:
        half a week would look like a fall.
    n
        How many periods.

    Returns
    -------
    DataFrame
        Index ``scanner`` and ``back`` (n - 1 to 0, which is the period itself); columns as
        :func:`schedvisu_lib.studies.overview.scanner_overview`, counts as float, and ``whole`` (bool): whether the
        period can be compared. The period itself has values in any case.
    """
    days = frozenset(stored)
    periods = equal_periods(period, n)
    whole = [is_whole(site, each, days) for each in periods]
    backs = range(n - 1, -1, -1)
    shown = {back: each for back, each, fit in zip(backs, periods, whole, strict=True) if fit or back == 0}
    found = period_overviews(studies, site, list(shown.values())).rename(index=dict(enumerate(shown)), level="period")
    index = pd.MultiIndex.from_product([site.scanner_names, backs], names=["scanner", "back"])
    trend = found.rename_axis(index=index.names).reindex(index)
    return trend.assign(whole=index.get_level_values("back").map(dict(zip(backs, whole, strict=True))))
