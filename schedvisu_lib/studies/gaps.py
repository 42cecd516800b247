"""Idle time between exams (design, section 5.4)."""

from __future__ import annotations

from datetime import time
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.service import common_time, service_overlap

HOLE: Final = "hole"
LUNCH: Final = "lunch"
SERVICE: Final = "service"
CLASSES: Final = (LUNCH, SERVICE, HOLE)
"""What a gap can be."""


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
    """
    idle = _idle_times(studies.sort_values(["scanner", "start", "end"], kind="stable"))
    gaps = idle.loc[_reaches_threshold(idle, site)].sort_values(["start", "scanner"], ignore_index=True)
    return gaps.assign(**{"class": _classes(gaps, site)})


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
    length = gaps["end"] - gaps["start"]
    kind = np.where(_lunch_overlap(gaps, site) * 2 >= length, LUNCH, HOLE)
    return pd.Series(np.where(service_overlap(gaps, site) * 2 >= length, SERVICE, kind), index=gaps.index)


def _lunch_overlap(gaps: pd.DataFrame, site: Site) -> pd.Series:
    """Return how much of each gap lies in the lunch window of its scanner."""

    def moment(at: time | None) -> pd.Timedelta:
        return pd.Timedelta(at.isoformat() if at else 0)

    windows = {scanner.name: scanner.lunch for scanner in site.scanners}
    begin, end = (
        gaps["date"]
        + gaps["scanner"].map({name: moment(getattr(hours, edge, None)) for name, hours in windows.items()})
        for edge in ("opens", "closes")
    )
    return common_time(gaps, begin, end)
