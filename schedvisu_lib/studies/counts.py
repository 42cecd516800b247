"""Exams against slots and opening hours, by bin (design, sections 5.4 and 5.5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import make_bins
from schedvisu_lib.studies.days import day_table
from schedvisu_lib.studies.selection import Day, as_date

COLUMNS = ["days", "slots", "exams", "gaps", "utilisation", "occupancy"]


def count_table(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, *, among: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count a scanner's exams, gaps and slots in each bin of a period.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives calendar, opening hours, slots and gap threshold.
    scanner
        Its name.
    first, last
        Days, both included; their number of working days decides the bins (:func:`schedvisu_lib.periods.make_bins`).
    among
        All exams, where ``studies`` are some of them (:func:`schedvisu_lib.choose_exams`): gaps are those between all.

    Returns
    -------
    DataFrame
        Index ``bin`` (its label); ``days`` (open days), ``slots``, ``exams``, ``gaps`` (counts), ``utilisation``
        (exams / slots) and ``occupancy`` (union of prepared exam times / opening hours) as ratios, missing where the
        scanner offered nothing.

    Raises
    ------
    ValueError
        The scanner is unknown.
    """
    days = day_table(studies, site, scanner, first, last, among=among)
    bins = make_bins(site.calendar, as_date(first), as_date(last))
    edges = pd.to_datetime([column.first for column in bins])
    position = np.searchsorted(edges, days.index, side="right") - 1
    return sum_days(days.groupby(position)).set_axis([column.label for column in bins]).rename_axis("bin")


def count_summary(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, *, among: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Sum up a period's count table.

    Returns
    -------
    DataFrame
        Index "total", "mean per open day", "mean per bin"; columns as :func:`count_table`. The ratios of the total
        are those of the sums; means have none.
    """
    days = day_table(studies, site, scanner, first, last, among=among)
    sums = sum_days(days.groupby(np.zeros(len(days), dtype=int)))
    n_bins = len(make_bins(site.calendar, as_date(first), as_date(last)))
    total = sums.iloc[0]
    counts = total.where(~total.index.isin(["utilisation", "occupancy"]))
    per_day = (counts / total["days"]).mask(counts.index == "days") if total["days"] else counts * np.nan
    rows = {
        "total": total,
        "mean per open day": per_day,
        "mean per bin": counts / n_bins if n_bins else counts * np.nan,
    }
    return pd.DataFrame(rows).T


def sum_days(groups: pd.api.typing.DataFrameGroupBy) -> pd.DataFrame:
    """Sum up groups of rows of the day table: columns as :func:`count_table`, a row per group.

    Utilisation is exams / slots, occupancy is the union of the prepared times / opening hours.
    """
    sums = groups.agg(
        days=("open", "sum"),
        slots=("slots", "sum"),
        exams=("exams", "sum"),
        gaps=("gaps", "sum"),
        busy=("busy", "sum"),
        opening=("opening", "sum"),
    )
    utilisation = sums["exams"] / sums["slots"].where(sums["slots"] > 0)
    occupancy = sums["busy"] / sums["opening"].where(sums["opening"] > pd.Timedelta(0))
    return sums.assign(utilisation=utilisation, occupancy=occupancy)[COLUMNS]
