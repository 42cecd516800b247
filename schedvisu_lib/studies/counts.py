"""Exams against slots and opening hours, by bin (design, sections 5.4 and 5.5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import Bin, make_bins
from schedvisu_lib.studies.days import day_table
from schedvisu_lib.studies.grouping import Places, group_sums
from schedvisu_lib.studies.selection import Day

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
        The scanner is unknown, a day cannot be read, or the first one lies after the last one.
    TableError
        A column is missing, or times are none.

    Notes
    -----
    Slots and gaps as in section 5.4 of the design, bins as in 5.5.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> sv.count_table(studies, site, "Discovery 690", "2026-05-18", "2026-05-22").loc["2026-05-18":"2026-05-19"]
                days  slots  exams  gaps  utilisation  occupancy
    bin
    2026-05-18     1     14     11     1     0.785714   0.490...
    2026-05-19     1     14     11     2     0.785714   0.49...
    """
    return counts_of_days(day_table(studies, site, scanner, first, last, among=among), site)


def counts_of_days(days: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Return the count table of days as :func:`schedvisu_lib.studies.days.day_table` describes them."""
    bins = _bins(days, site)
    edges = pd.to_datetime([column.first for column in bins])
    position = np.searchsorted(edges, days.index, side="right") - 1
    return sum_days(days, position, len(bins)).set_axis([column.label for column in bins]).rename_axis("bin")


def count_summary(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day, *, among: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Sum up a period's count table.

    Parameters are those of :func:`count_table`, and so are the errors.

    Returns
    -------
    DataFrame
        Index "total", "mean per open day", "mean per bin"; columns as :func:`count_table`. The ratios of the total
        are those of the sums; means have none.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> summary = sv.count_summary(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> float(summary.loc["total", "exams"])
    51.0
    """
    return summary_of_days(day_table(studies, site, scanner, first, last, among=among), site)


def summary_of_days(days: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Return the summary of days as :func:`schedvisu_lib.studies.days.day_table` describes them."""
    sums = sum_days(days, np.zeros(len(days), dtype=int), 1)
    n_bins = len(_bins(days, site))
    total = sums.iloc[0]
    counts = total.where(~total.index.isin(["utilisation", "occupancy"]))
    per_day = (counts / total["days"]).mask(counts.index == "days") if total["days"] else counts * np.nan
    rows = {
        "total": total,
        "mean per open day": per_day,
        "mean per bin": counts / n_bins if n_bins else counts * np.nan,
    }
    return pd.DataFrame(rows).T


def _bins(days: pd.DataFrame, site: Site) -> list[Bin]:
    return make_bins(site.calendar, days.index[0].date(), days.index[-1].date()) if len(days) else []


def sum_days(days: pd.DataFrame, places: Places, n_groups: int) -> pd.DataFrame:
    """Sum up groups of rows of the day table, given the group of each: columns as :func:`count_table`, a row per group.

    Utilisation is exams / slots, occupancy is the union of the prepared times / opening hours.
    """
    names = {"open": "days", "slots": "slots", "exams": "exams", "gaps": "gaps", "busy": "busy", "opening": "opening"}
    sums = {name: group_sums(days[column].to_numpy(), places, n_groups) for column, name in names.items()}
    shares = {"utilisation": ("exams", "slots"), "occupancy": ("busy", "opening")}
    for name, (part, whole) in shares.items():
        used, offered = (sums[each].astype("int64") for each in (part, whole))
        sums[name] = np.divide(used, offered, out=np.full(n_groups, np.nan), where=offered > 0)
    return pd.DataFrame(sums)[COLUMNS]
