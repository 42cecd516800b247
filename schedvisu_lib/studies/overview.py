"""One row per scanner: how a period went (design, section 5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.counts import sum_days
from schedvisu_lib.studies.days import as_timedelta, describe_days, turnovers
from schedvisu_lib.studies.gaps import find_gaps
from schedvisu_lib.studies.selection import Day, as_date, of_scanner
from schedvisu_lib.tables import require

COUNTS: Final = ("exams", "slots", "gaps")
RATIOS: Final = ("utilisation", "occupancy")
TIMES: Final = ("gap_time", "first_start", "last_end", "turnover", "overtime", "idle_before", "idle_after")
_NEEDED: Final = ["exam_id", "date", "scanner", "start", "end", "prepared_from", "prepared_until"]
"""Columns of the studies; the others are texts, which are slow to take along."""
_MEDIANS: Final = ["first_start", "last_end"]
_SUMS: Final = ["overtime", "idle_before", "idle_after"]


def scanner_overview(studies: pd.DataFrame, site: Site, first: Day, last: Day) -> pd.DataFrame:
    """Sum up a period for each scanner.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives scanners, calendar, opening hours, slots and thresholds.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        Index ``scanner`` in the order of the site file; ``exams``, ``slots``, ``gaps`` (counts); ``utilisation``,
        ``occupancy`` (ratios); ``gap_time`` (sum of the gaps of all classes, timedelta); ``first_start`` and
        ``last_end`` (median over the days with exams, timedelta since midnight); ``turnover`` (median, timedelta);
        ``overtime``, ``idle_before``, ``idle_after`` (sums, timedelta).
    """
    return period_overviews(studies, site, [Period("", as_date(first), as_date(last))]).droplevel("period")


def period_overviews(studies: pd.DataFrame, site: Site, periods: Sequence[Period]) -> pd.DataFrame:
    """Sum up several periods for each scanner, in one pass over the studies.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives scanners, calendar, opening hours, slots and thresholds.
    periods
        In order of time; they do not overlap, days between them belong to none.

    Returns
    -------
    DataFrame
        Index ``scanner`` and ``period`` (place in ``periods``), columns as :func:`scanner_overview`.
    """
    needed = require(studies, *_NEEDED)[_NEEDED]
    tables = {name: scanner_overviews(needed, site, name, periods) for name in site.scanner_names}
    return pd.concat(tables, names=["scanner", "period"])


def scanner_overviews(
    studies: pd.DataFrame, site: Site, scanner: str, periods: Sequence[Period], *, among: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Sum up several periods of one scanner: index ``period``, columns as :func:`scanner_overview`.

    Where ``studies`` are some of the exams ``among`` all, gaps and turnovers are those between all.
    """
    first, last = periods[0].first, periods[-1].last
    exams = of_scanner(require(studies, *_NEEDED)[_NEEDED], scanner, first, last)
    whole = exams if among is None else of_scanner(require(among, *_NEEDED)[_NEEDED], scanner, first, last)
    gaps = find_gaps(whole, site)
    days = describe_days(exams, gaps, site, scanner, first, last)
    place = _place(days.index.to_series(), periods)
    by_day = days.loc[place >= 0].groupby(place[place >= 0])
    table = sum_days(by_day).join(by_day[_MEDIANS].median()).join(by_day[_SUMS].sum())
    table = table.assign(
        turnover=turnovers(whole, site).groupby(_place(whole["date"], periods)).median(),
        gap_time=(gaps["end"] - gaps["start"]).groupby(_place(gaps["date"], periods)).sum(),
    )
    times = {name: as_timedelta(table[name]) for name in TIMES}
    times["gap_time"] = times["gap_time"].fillna(pd.Timedelta(0))
    return table.assign(**times)[[*COUNTS, *RATIOS, *TIMES]]


def _place(days: pd.Series, periods: Sequence[Period]) -> npt.NDArray[np.int64]:
    """Return the place of the period in which each day lies, -1 for none."""
    place = np.searchsorted(pd.to_datetime([period.first for period in periods]), days, side="right") - 1
    ends = pd.to_datetime([period.last for period in periods]).to_numpy()
    return np.where((place >= 0) & (days.to_numpy() <= ends[place]), place, -1)
