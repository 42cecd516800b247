"""One row per scanner: how a period went (design, section 5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.counts import sum_days
from schedvisu_lib.studies.days import describe_days, turnovers
from schedvisu_lib.studies.gaps import find_gaps
from schedvisu_lib.studies.grouping import Places, group_medians, group_sums
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
    exams = by_scanner(needed, site)
    tables = {name: scanner_overviews(exams[name], site, name, periods) for name in site.scanner_names}
    return pd.concat(tables, names=["scanner", "period"])


def by_scanner(studies: pd.DataFrame, site: Site) -> dict[str, pd.DataFrame]:
    """Return the exams of each scanner of the site, so that not each one is looked for among those of all."""
    found = dict(iter(studies.groupby("scanner")))
    return {name: found.get(name, studies.iloc[:0]) for name in site.scanner_names}


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
    n, by_day = len(periods), _place(days.index, periods)
    times = {name: group_medians(days[name].to_numpy(), by_day, n) for name in _MEDIANS}
    times |= {name: group_sums(days[name].to_numpy(), by_day, n) for name in _SUMS}
    times["turnover"] = group_medians(turnovers(whole, site).to_numpy(), _place(whole["date"], periods), n)
    times["gap_time"] = group_sums((gaps["end"] - gaps["start"]).to_numpy(), _place(gaps["date"], periods), n)
    return sum_days(days, by_day, n).assign(**times)[[*COUNTS, *RATIOS, *TIMES]]


def _place(days: pd.Series | pd.Index, periods: Sequence[Period]) -> Places:
    """Return the place of the period in which each day lies, -1 for none."""
    moments = days.to_numpy("datetime64[us]")
    begins, ends = (np.array([getattr(each, end) for each in periods], moments.dtype) for end in ("first", "last"))
    place = begins.searchsorted(moments, side="right") - 1
    return np.where((place >= 0) & (moments <= ends[place]), place, -1)
