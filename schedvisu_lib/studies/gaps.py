"""Idle time between exams (design, section 5.4)."""

from __future__ import annotations

from datetime import time
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.service import Spans, common_time, service_overlap
from schedvisu_lib.tables import require

HOLE: Final = "hole"
LUNCH: Final = "lunch"
SERVICE: Final = "service"
CLASSES: Final = (LUNCH, SERVICE, HOLE)
"""What a gap can be."""
_NEEDED: Final = ("date", "scanner", "start", "end", "prepared_from", "prepared_until")
"""Columns of the studies table."""
Times: TypeAlias = npt.NDArray[np.datetime64]
_SPAN: Final = "timedelta64[us]"
_SECOND: Final = np.timedelta64(1, "s")


def find_gaps(studies: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Find the gaps: idle time between two exams of a scanner and day that reaches the scanner's threshold.

    Idle time runs from the latest ``prepared_until`` so far to the next ``prepared_from``, exams in order of start; so
    an exam within or beside a longer one neither hides nor makes a gap. Shorter idle time is a turnover, no gap.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives each scanner's threshold ``gap`` (minutes), its lunch window and its time out of service.

    Returns
    -------
    DataFrame
        One row per gap in order of start: ``date``, ``scanner``, ``start``, ``end`` (local wall clock), ``minutes``
        (float), ``class``: "service" if at least half of the gap lies in time out of service, else "lunch" if at least
        half of it lies in the lunch window, else "hole".

    Raises
    ------
    TableError
        A column is missing, or times are none.

    Notes
    -----
    Design, section 5.4. Give all exams of a scanner's day: gaps between some of them are no idle time.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> gaps = sv.find_gaps(studies, site).query("scanner == 'Discovery 690'")
    >>> gaps["class"].value_counts().to_dict()
    {'hole': 9, 'lunch': 1}
    >>> float(gaps["minutes"].max().round(1))
    143.0
    """
    exams = require(studies, *_NEEDED)
    since, is_gap = _idle_before(exams, np.lexsort([exams[edge].to_numpy() for edge in ("end", "start")]), site)
    rows = np.flatnonzero(is_gap)
    rows = rows[np.lexsort([np.asarray(exams["scanner"].array.take(rows), str), since[rows]])]
    date, until = exams["date"].to_numpy()[rows], exams["prepared_from"].to_numpy()[rows]
    gaps = pd.DataFrame(
        {
            "date": date,
            "scanner": exams["scanner"].array.take(rows),
            "start": since[rows],
            "end": until,
            "minutes": _minutes(since[rows], until),
        }
    )
    return gaps.assign(**{"class": _classes(gaps, site)})


def gap_summary(gaps: pd.DataFrame) -> pd.DataFrame:
    """Sum up gaps by class.

    Parameters
    ----------
    gaps
        As :func:`find_gaps` gives them, or some of them.

    Returns
    -------
    DataFrame
        Index ``class``: "lunch", "service" and "hole", as far as they occur, then "total"; ``n``, and ``total``,
        ``median``, ``longest`` in minutes (missing for a total of none).

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> sv.gap_summary(sv.find_gaps(studies, site)).columns.tolist()
    ['n', 'total', 'median', 'longest']
    """
    order = pd.CategoricalDtype(list(CLASSES), ordered=True)
    how = {"n": "size", "total": "sum", "median": "median", "longest": "max"}
    table = gaps["minutes"].groupby(gaps["class"].astype(order), observed=True).agg(list(how.values()))
    whole = gaps["minutes"].agg(list(how.values())).to_frame("total").T
    both = pd.concat([table.set_axis(table.index.astype("object")), whole]).set_axis(list(how), axis="columns")
    return both.astype({"n": "int64"}).rename_axis("class")


def parts(exams: pd.DataFrame, site: Site) -> npt.NDArray[np.bool_]:
    """Tell of each exam whether a gap parts it from those before it; exams are in order of start."""
    return _idle_before(exams, np.arange(len(exams)), site)[1]


def latest_before(groups: npt.NDArray[np.int_], times: Times, order: npt.NDArray[np.int_]) -> Times:
    """Return the latest time among those before each one in its group, in an order; missing (NaT) for the first."""
    rows = order[np.argsort(groups[order], kind="stable")]
    group = groups[rows]
    by_time = np.argsort(times.astype(np.int64), kind="stable")  # as a number, a missing time is the earliest
    rank = np.argsort(by_time)
    # What belongs to a later group stands above all of the groups before: so one pass finds the latest of each.
    above = group * len(rows)
    latest = times[by_time[np.maximum.accumulate(above + rank[rows]) - above]]
    before = np.full_like(times, "NaT")
    follows = group[1:] == group[:-1]
    before[rows[1:][follows]] = latest[:-1][follows]
    return before


def _idle_before(exams: pd.DataFrame, order: npt.NDArray[np.int_], site: Site) -> tuple[Times, npt.NDArray[np.bool_]]:
    """Return since when the scanner is idle before each exam, taken in an order, and whether that is a gap.

    Before the first exam of a day it is idle since no time.
    """
    scanner, names = pd.factorize(exams["scanner"])
    days, day = np.unique(exams["date"].to_numpy(), return_inverse=True)
    since = latest_before(scanner * len(days) + day, exams["prepared_until"].to_numpy(), order)
    thresholds: dict[Any, float] = {machine.name: machine.gap for machine in site.scanners}
    threshold = np.array([thresholds.get(name, np.nan) for name in names], float)[scanner]
    return since, _minutes(since, exams["prepared_from"].to_numpy()) >= threshold


def _minutes(begin: Times, end: Times) -> npt.NDArray[np.float64]:
    minutes: npt.NDArray[np.float64] = (end - begin) / _SECOND / 60
    return minutes


def _classes(gaps: pd.DataFrame, site: Site) -> npt.NDArray[np.str_]:
    length = (gaps["end"] - gaps["start"]).to_numpy()
    kind = np.where(_lunch_overlap(gaps, site) * 2 >= length, LUNCH, HOLE)
    return np.where(service_overlap(gaps, site) * 2 >= length, SERVICE, kind)


def _lunch_overlap(gaps: pd.DataFrame, site: Site) -> Spans:
    """Return how much of each gap lies in the lunch window of its scanner."""
    codes, names = pd.factorize(gaps["scanner"])
    windows = [site.scanner(name).lunch for name in names]
    begin, end = (
        gaps["date"].to_numpy()
        + np.array([_since_midnight(getattr(hours, edge, None)) for hours in windows], _SPAN)[codes]
        for edge in ("opens", "closes")
    )
    return common_time(gaps["start"].to_numpy(), gaps["end"].to_numpy(), begin, end)


def _since_midnight(at: time | None) -> np.timedelta64:
    since: np.timedelta64 = pd.Timedelta(at.isoformat() if at else 0).as_unit("us").to_timedelta64()
    return since
