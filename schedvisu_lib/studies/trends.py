"""How a period compares with the equal ones before it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import Period, days_between, previous_period, working_days
from schedvisu_lib.studies.overview import COUNTS, period_overviews, scanner_overviews
from schedvisu_lib.studies.selection import Day, as_days

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


def scanner_trend(
    studies: pd.DataFrame,
    site: Site,
    scanner: str,
    first: Day,
    last: Day,
    stored: Collection[date] | None = None,
    *,
    n: int = N_PERIODS,
    among: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Sum up a period and the equal ones before it for one scanner.

    A period of whole weeks is compared with whole weeks.

    Parameters
    ----------
    studies
        The studies table of all these periods.
    site
        Gives calendar, opening hours, slots and thresholds.
    scanner
        Its name.
    first, last
        Days of the last period, both included.
    stored
        The days that were retrieved (``Store.stored_days``); by default all from the first exam of ``studies`` to the
        last one. A period that lacks an open day has no values: half a week would look like a fall.
    n
        How many periods.
    among
        All exams, where ``studies`` are some of them (:func:`schedvisu_lib.choose_exams`): gaps and turnovers are those
        between all.

    Returns
    -------
    DataFrame
        Index ``first`` (day on which the period begins), the eldest first; ``last``, ``whole`` (bool: all its open days
        are stored); ``exams``, ``slots``, ``gaps`` (counts, as float); ``utilisation``, ``occupancy`` (ratios);
        ``gap_time`` (sum), ``first_start``, ``last_end`` (medians, since midnight), ``turnover`` (median),
        ``overtime``, ``idle_before``, ``idle_after`` (sums), as timedelta. Missing where the period is not whole; the
        last period has values in any case.

    Raises
    ------
    ValueError
        The scanner is unknown, or the days are in no order.
    TableError
        A column is missing, or times are none.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> store = sv.open_store(site)
    >>> studies = store.studies("2026-04-27", "2026-05-22")
    >>> trend = sv.scanner_trend(studies, site, "Discovery 690", "2026-05-18", "2026-05-22", store.stored_days(), n=4)
    >>> float(trend.loc["2026-05-18", "exams"])
    51.0
    """
    periods = equal_periods(Period("", *as_days(first, last)), n)
    days = frozenset(_days_of(studies if among is None else among) if stored is None else stored)
    whole = [is_whole(site, each, days) for each in periods]
    shown = [each for each, fit in zip(periods, whole, strict=True) if fit or each is periods[-1]]
    found = scanner_overviews(studies, site, site.scanner(scanner).name, shown, among=among)
    begins = pd.DatetimeIndex([each.first for each in shown], name="first")
    index = pd.DatetimeIndex([each.first for each in periods], name="first")
    trend = found.set_axis(begins).reindex(index).astype(dict.fromkeys(COUNTS, float))
    trend.insert(0, "last", pd.DatetimeIndex([each.last for each in periods]))
    trend.insert(1, "whole", whole)
    return trend


def _days_of(studies: pd.DataFrame) -> list[date]:
    """Return every day from the first exam to the last one."""
    if studies.empty:
        return []
    return days_between(studies["date"].min().date(), studies["date"].max().date())
