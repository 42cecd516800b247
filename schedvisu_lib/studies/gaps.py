"""Idle time between exams (design, section 5.4)."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import Site


def find_gaps(studies: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Find the gaps: idle time between two exams of a scanner and day that reaches the scanner's threshold.

    Idle time runs from the latest ``prepared_until`` so far to the next ``prepared_from``, exams in order of start; so
    an exam within or beside a longer one neither hides nor makes a gap.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives each scanner's threshold ``gap`` (minutes).

    Returns
    -------
    DataFrame
        One row per gap in order of start: ``date``, ``scanner``, ``start``, ``end`` (local wall clock), ``minutes``
        (float), ``class`` ("gap").
    """
    exams = studies.sort_values(["scanner", "start", "end"], kind="stable")
    day = [exams["scanner"], exams["date"]]
    so_far = exams.groupby(day)["prepared_until"].cummax().groupby(day).shift()
    minutes = (exams["prepared_from"] - so_far).dt.total_seconds() / 60
    threshold = exams["scanner"].map({scanner.name: scanner.gap for scanner in site.scanners}).astype(float)
    gaps = pd.DataFrame(
        {
            "date": exams["date"],
            "scanner": exams["scanner"],
            "start": so_far,
            "end": exams["prepared_from"],
            "minutes": minutes,
            "class": "gap",
        }
    )
    return gaps.loc[minutes >= threshold].sort_values(["start", "scanner"], ignore_index=True)
