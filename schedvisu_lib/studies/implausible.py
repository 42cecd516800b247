"""Exams that cannot have lasted as long as their images say."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import Site

_ZERO = pd.Timedelta(0)


def implausible_exams(studies: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Find the exams that end when they begin, and those longer than ``report.quality.longest_exam`` minutes.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives the longest plausible exam.

    Returns
    -------
    DataFrame
        In order of start: ``date``, ``scanner``, ``exam_type``, ``start``, ``end``, ``minutes``.
    """
    lasted = studies["end"] - studies["start"]
    longest = pd.Timedelta(minutes=site.report.quality.longest_exam)
    rows = studies.assign(minutes=lasted.dt.total_seconds() / 60).loc[(lasted <= _ZERO) | (lasted > longest)]
    columns = ["date", "scanner", "exam_type", "start", "end", "minutes"]
    return rows.sort_values(["start", "scanner"], ignore_index=True)[columns]
