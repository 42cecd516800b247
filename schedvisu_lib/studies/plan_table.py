"""How many appointments of a scanner were kept, and how late they began (design, section 5.4)."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import working_days
from schedvisu_lib.studies.appointments import CANCELLED
from schedvisu_lib.studies.plan_effect import DONE, ELSEWHERE, NOT_DONE, OPEN, unplanned_on
from schedvisu_lib.studies.selection import Day, as_date, between

_COUNTS: Final = ("done", "elsewhere", "not_done", "open", "cancelled", "unplanned")
_DELAYS: Final = {"delay_q1": 0.25, "delay_median": 0.5, "delay_q3": 0.75}


def plan_table(comparison: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Count for each day of a scanner what became of its appointments, and how late they began.

    Appointments are those that were not cancelled, an encounter counted once; unplanned are the exams for which the
    scanner's own plan of the day had none; a delay is the first image less the planned start of what was done here.

    Parameters
    ----------
    comparison
        As :func:`schedvisu_lib.studies.plan_effect.compare_plan` gives it.
    site
        Gives the calendar.
    scanner
        Its name.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        Index ``date`` (open days, and others with an appointment or exam); ``appointments``, ``done``, ``elsewhere``
        (done on another scanner), ``not_done``, ``open`` (images not known yet), ``cancelled``, ``unplanned``
        (counts); ``delay_q1``, ``delay_median``, ``delay_q3`` (minutes, missing where nothing was done);
        ``has_plan`` (bool).
    """
    counted = _counted(comparison, scanner, first, last)
    open_days = working_days(site.calendar, as_date(first), as_date(last))
    days = pd.DatetimeIndex(sorted({*map(pd.Timestamp, open_days), *counted["date"]}), name="date")
    return _summed(counted, counted["date"]).reindex(days.astype("datetime64[us]")).pipe(_whole)


def plan_total(comparison: pd.DataFrame, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Sum up a scanner's days: one row "total", with the quartiles over all of them; columns as :func:`plan_table`."""
    counted = _counted(comparison, scanner, first, last)
    return _summed(counted, np.full(len(counted), "total")).reindex(["total"]).pipe(_whole)


def _counted(comparison: pd.DataFrame, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Say of each row of a scanner as what it counts."""
    rows = between(comparison, first, last)
    rows = rows.loc[(rows["scanner"] == scanner) | (rows["done_on"] == scanner)]
    own, outcome = rows["scanner"] == scanner, rows["outcome"]
    kinds = dict(zip(_COUNTS, (DONE, ELSEWHERE, NOT_DONE, OPEN, CANCELLED), strict=False))
    return pd.DataFrame(
        {
            "date": rows["date"],
            **{name: own & (outcome == kind) for name, kind in kinds.items()},
            "unplanned": unplanned_on(rows, scanner),
            "has_plan": own & (rows["appointment_id"] != ""),
            "delay": rows["delay"].where(own & (outcome == DONE)),
        }
    )


def _summed(counted: pd.DataFrame, by: pd.Series | np.ndarray) -> pd.DataFrame:
    groups = counted.groupby(by)
    sums = groups[list(_COUNTS)].sum()
    appointments = sums[["done", "elsewhere", "not_done", "open"]].sum(axis="columns")
    delays = {name: groups["delay"].quantile(share) for name, share in _DELAYS.items()}
    return sums.assign(**delays, has_plan=groups["has_plan"].any()).assign(appointments=appointments)


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Count nothing as 0, also on days without any row."""
    counts = ["appointments", *_COUNTS]
    whole = table[counts].fillna(0).astype("int64")
    delays = table[list(_DELAYS)].astype("float64")
    return whole.join(delays).assign(has_plan=table["has_plan"].eq(other=True).astype(bool))
