"""Idle time between exams (design, section 5.4)."""

from __future__ import annotations

from datetime import time
from typing import Final

import numpy as np
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
_SPAN: Final = "timedelta64[us]"


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
    exams = require(studies, *_NEEDED)[[*_NEEDED]].sort_values(["scanner", "start", "end"], kind="stable")
    idle = _idle_times(exams)
    gaps = idle.loc[_reaches_threshold(idle, site)].sort_values(["start", "scanner"], ignore_index=True)
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


def parts(exams: pd.DataFrame, site: Site) -> pd.Series:
    """Tell of each exam whether a gap parts it from those before it; exams are in order of scanner and start."""
    return _reaches_threshold(_idle_times(exams), site)


def _idle_times(exams: pd.DataFrame) -> pd.DataFrame:
    """Return the idle time before each exam (missing before the first of a day, negative where exams overlap)."""
    day = [exams["scanner"], exams["date"]]
    so_far = exams.groupby(day)["prepared_until"].cummax().groupby(day).shift()
    return pd.DataFrame(
        {
            "date": exams["date"],
            "scanner": exams["scanner"],
            "start": so_far,
            "end": exams["prepared_from"],
            "minutes": (exams["prepared_from"] - so_far).dt.total_seconds() / 60,
        }
    )


def _reaches_threshold(idle: pd.DataFrame, site: Site) -> pd.Series:
    threshold = idle["scanner"].map({scanner.name: scanner.gap for scanner in site.scanners}).astype(float)
    return idle["minutes"] >= threshold


def _classes(gaps: pd.DataFrame, site: Site) -> pd.Series:
    length = (gaps["end"] - gaps["start"]).to_numpy()
    kind = np.where(_lunch_overlap(gaps, site) * 2 >= length, LUNCH, HOLE)
    return pd.Series(np.where(service_overlap(gaps, site) * 2 >= length, SERVICE, kind), index=gaps.index)


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
