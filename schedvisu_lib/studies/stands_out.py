"""What stands out in a period: each rule in one function, with the site's ``report.stands_out`` as its thresholds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.periods import Period
from schedvisu_lib.studies.counts import sum_days
from schedvisu_lib.studies.days import day_table
from schedvisu_lib.studies.durations import kept_apart
from schedvisu_lib.studies.gaps import HOLE, find_gaps
from schedvisu_lib.studies.overview import by_scanner
from schedvisu_lib.studies.selection import between
from schedvisu_lib.studies.service import offer_of
from schedvisu_lib.studies.trends import N_PERIODS, equal_periods, is_whole

EMPTY: Final = "empty"
OCCUPANCY: Final = "occupancy"
LONG_HOLE: Final = "hole"
OVERTIME: Final = "overtime"
DURATION: Final = "duration"
KINDS: Final = (EMPTY, OCCUPANCY, LONG_HOLE, OVERTIME, DURATION)
"""What can stand out, the most important first."""
COLUMNS: Final = [
    "kind",
    "scanner",
    "date",
    "until",
    "start",
    "end",
    "exam_type",
    "take",
    "n",
    "usual",
    "value",
    "threshold",
]
LEAST_EXAMS: Final = 50
"""Of a type on a scanner before the period, from which a duration can be judged."""

_MINUTE: Final = pd.Timedelta(minutes=1)


def stands_out(studies: pd.DataFrame, site: Site, period: Period, stored: Collection[date]) -> pd.DataFrame:
    """Find what stands out in a period.

    Parameters
    ----------
    studies
        The studies table of the period and of the 12 equal ones before it.
    site
        Gives the thresholds in ``report.stands_out``; a rule without one is off.
    period
        The period to judge.
    stored
        The days that were retrieved; of others nothing can be said.

    Returns
    -------
    DataFrame
        A row per finding, the most important first: by ``kind`` in the order of :data:`KINDS`, then by how far it lies
        beyond its threshold. ``scanner``; ``date`` and ``until`` (first and last day); ``start``, ``end`` (of a hole or
        an exam, else missing; of overtime, the latest end); ``exam_type``, ``take`` (of an exam, else "" and 0);
        ``value`` and ``threshold``: percent of ``occupancy``, minutes of ``hole``, ``overtime`` and ``duration``, days
        of ``empty``; ``n`` and ``usual``, number and median (minutes) of the exams from which the threshold of a
        ``duration`` was taken, else 0 and missing.
    """
    now = between(studies, period.first, period.last)
    days = _days_of_all(now, site, period)
    found = {
        EMPTY: empty_days(days, site, stored),
        OCCUPANCY: low_occupancy(days, site, period, stored),
        LONG_HOLE: long_holes(now, site),
        OVERTIME: long_overtime(days, site),
        DURATION: long_exams(studies, site, period),
    }
    by_size = [_by_size(rows).assign(kind=kind) for kind, rows in found.items() if not rows.empty]
    if not by_size:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(by_size, ignore_index=True).reindex(columns=COLUMNS)
    counts = {name: table[name].fillna(0).astype("int64") for name in ("take", "n")}
    return table.assign(exam_type=table["exam_type"].astype(object).fillna(""), **counts)


def empty_days(days: pd.DataFrame, site: Site, stored: Collection[date]) -> pd.DataFrame:
    """Find the open days in a row on which a scanner had opening hours, was not out of service, and made no exam.

    ``days`` is the day table of each scanner, with ``scanner`` and ``date`` as columns.
    """
    if not site.report.stands_out.empty_days:
        return pd.DataFrame()
    judged = (days["opening"] > pd.Timedelta(0)) & days["date"].isin(pd.to_datetime(sorted(stored)))
    offered = days.loc[judged]
    stretch = (offered["exams"] > 0).cumsum()
    empty = offered.loc[offered["exams"] == 0]
    rows = empty.groupby(["scanner", stretch], sort=False)["date"].agg(date="min", until="max", value="size")
    return rows.reset_index("scanner").astype({"value": float}).assign(threshold=1.0)


def low_occupancy(days: pd.DataFrame, site: Site, period: Period, stored: Collection[date]) -> pd.DataFrame:
    """Find the scanners whose occupancy over the period is below the threshold; not if the store lacks a day of it."""
    threshold = site.report.stands_out.occupancy
    if threshold is None or not is_whole(site, period, stored):
        return pd.DataFrame()
    places, names = pd.factorize(days["scanner"])
    percent = sum_days(days, places, len(names))["occupancy"] * 100
    rows = pd.DataFrame({"scanner": names, "value": percent})
    low = rows.loc[rows["value"] < threshold]
    return low.assign(date=pd.Timestamp(period.first), until=pd.Timestamp(period.last), threshold=float(threshold))


def long_holes(studies: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Find the gaps of class "hole" of which at least the threshold lies in the scanner's opening hours."""
    threshold = site.report.stands_out.gap
    if threshold is None:
        return pd.DataFrame()
    gaps = find_gaps(studies, site)
    holes = gaps.loc[(gaps["class"] == HOLE) & (gaps["minutes"] >= threshold)]
    offers = [offer_of(site, row.scanner, row.date.date()) for row in holes.itertuples()]
    opens = holes["date"] + pd.to_timedelta([offer.opens for offer in offers])
    closes = holes["date"] + pd.to_timedelta([offer.closes for offer in offers])
    start = holes["start"].where(holes["start"] >= opens, opens)  # missing on a closed day
    end = holes["end"].where(holes["end"] <= closes, closes)
    value = (end - start) / _MINUTE
    inside = holes[["date", "scanner"]].assign(start=start, end=end, value=value, until=holes["date"])
    return inside.loc[value >= threshold].assign(threshold=float(threshold))


def long_overtime(days: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Find the days on which the last exam ended more than the threshold after closing time."""
    threshold = site.report.stands_out.overtime
    if threshold is None:
        return pd.DataFrame()
    late = days.assign(value=days["overtime"] / _MINUTE, end=days["date"] + days["last_end"])
    late = late.loc[late["value"] > threshold, ["scanner", "date", "end", "value"]]
    return late.assign(until=late["date"], threshold=float(threshold))


def long_exams(studies: pd.DataFrame, site: Site, period: Period) -> pd.DataFrame:
    """Find the exams longer than a percentile of their type on their scanner in the 12 equal periods before.

    Takes are compared with the same take where the type keeps them apart. Where fewer than :data:`LEAST_EXAMS` exams
    came before, none is judged.
    """
    percentile = site.report.stands_out.duration
    if percentile is None:
        return pd.DataFrame()
    begin = equal_periods(period, N_PERIODS + 1)[0].first
    exams = between(studies, begin, period.last)
    exams = exams.assign(take=kept_apart(exams, site), value=(exams["end"] - exams["start"]) / _MINUTE)
    is_now = exams["date"] >= pd.Timestamp(period.first)
    keys = ["scanner", "exam_type", "take"]
    before = exams.loc[~is_now].groupby(keys)["value"]
    limits = before.agg(n="size", usual="median", threshold=_percentile(percentile)).reset_index()
    judged = exams.loc[is_now].merge(limits.loc[limits["n"] >= LEAST_EXAMS], on=keys)
    columns = [*keys, "date", "start", "end", "value", "n", "usual", "threshold"]
    return judged.loc[judged["value"] > judged["threshold"], columns].assign(until=lambda rows: rows["date"])


def _days_of_all(studies: pd.DataFrame, site: Site, period: Period) -> pd.DataFrame:
    exams = by_scanner(studies, site)
    tables = {name: day_table(exams[name], site, name, period.first, period.last) for name in site.scanner_names}
    return pd.concat(tables, names=["scanner", "date"]).reset_index()


def _percentile(percent: float) -> Callable[[pd.Series], float]:
    def percentile(values: pd.Series) -> float:
        return float(np.percentile(values, percent))

    return percentile


def _by_size(rows: pd.DataFrame) -> pd.DataFrame:
    """Order the findings of one kind: the farthest beyond its threshold first, then by day."""
    beyond = (rows["value"] - rows["threshold"]).abs()
    return rows.assign(beyond=beyond).sort_values(["beyond", "date"], ascending=[False, True], kind="stable")
