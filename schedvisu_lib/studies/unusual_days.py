"""Days on which a scanner did far fewer exams than it usually does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.selection import Day, as_date
from schedvisu_lib.studies.service import is_scanner_open

BEFORE: Final = timedelta(weeks=12)
"""So far back one looks for what is usual."""
LEAST_DAYS: Final = 4
"""So many days tell what is usual; fewer do not."""


def unusual_days(studies: pd.DataFrame, site: Site, stored: Collection[date], first: Day, last: Day) -> pd.DataFrame:
    """Find a scanner's open days with fewer than ``few_exams`` percent of the exams that are usual on that weekday.

    Usual is the median of the same weekday over the 12 weeks before, if at least four such days are known. Only days
    count that are stored, open, and not wholly out of service; a day without any exam counts, too.

    Parameters
    ----------
    studies
        The studies table, from 12 weeks before the first day.
    site
        Gives scanners, calendar, time out of service, and ``report.quality.few_exams`` (percent).
    stored
        The days whose series were retrieved.
    first, last
        The days that are judged, both included.

    Returns
    -------
    DataFrame
        In order of day and site file: ``date``, ``scanner``, ``exams``, ``usual`` (median), ``n_days`` (that it is
        made of).
    """
    judged = [_of_scanner(studies, site, name, stored, as_date(first), as_date(last)) for name in site.scanner_names]
    return pd.concat(judged).sort_values("date", kind="stable", ignore_index=True)


def _of_scanner(
    studies: pd.DataFrame, site: Site, scanner: str, stored: Collection[date], first: date, last: date
) -> pd.DataFrame:
    days = (day for day in sorted(stored) if first - BEFORE <= day <= last)
    known = pd.DatetimeIndex([day for day in days if is_scanner_open(site, scanner, day)], name="date")
    exams = studies.loc[studies["scanner"] == scanner].groupby("date").size().reindex(known, fill_value=0)
    weekdays = exams.groupby(known.day_of_week)
    # The window ends before the day itself.
    windows = weekdays.rolling(pd.Timedelta(BEFORE), closed="left")
    usual, n_days = windows.median().droplevel(0).sort_index(), windows.count().droplevel(0).sort_index()
    rows = pd.DataFrame(
        {"scanner": scanner, "exams": exams, "usual": usual, "n_days": n_days.fillna(0).astype("int64")}
    )
    few = rows["exams"] < rows["usual"] * site.report.quality.few_exams / 100
    return rows.loc[few & (rows["n_days"] >= LEAST_DAYS) & (rows.index >= pd.Timestamp(first))].reset_index()
