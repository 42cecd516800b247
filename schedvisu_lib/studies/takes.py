"""When a study falls into takes (design, section 5.3.3)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site


def number_takes(series: pd.DataFrame, site: Site) -> pd.Series:
    """Split studies into takes after a pause longer than ``take_gap``, and after one in which another study began.

    A pause is the time from the study's latest end so far to its next start, if positive; overlap is never a pause.

    Parameters
    ----------
    series
        Columns ``study_uid``, ``scanner``, ``start``, ``end``; sorted by ``start``.
    site
        Gives ``take_gap`` (seconds) of each scanner.

    Returns
    -------
    Series
        The take of each row, from 1, on the index of ``series``.
    """
    if series.empty:
        return pd.Series(dtype="int64", index=series.index)
    study = series["study_uid"]
    so_far = series.groupby(study)["end"].cummax().groupby(study).shift()
    pause = series["start"] - so_far
    limit = (
        series["scanner"]
        .map({s.name: pd.Timedelta(seconds=s.take_gap) for s in site.scanners})
        .astype("timedelta64[us]")
    )
    splits = (pause > limit) | ((pause > pd.Timedelta(0)) & (_began_between(series, so_far) > 0))
    return splits.groupby(study).cumsum() + 1


def _began_between(series: pd.DataFrame, since: pd.Series) -> pd.Series:
    """Count the series of other studies that began on the same scanner from ``since`` until before each row's start."""
    others = pd.Series(0, index=series.index)
    for _, rows in series.groupby("scanner"):
        starts = rows["start"].to_numpy()
        began = np.searchsorted(starts, starts) - np.searchsorted(starts, since.loc[rows.index].to_numpy())
        others.loc[rows.index] = began
    # Of the study's own series only those without any length can lie at the very begin of the pause.
    own = series.groupby(["study_uid", "start"]).size()
    at_begin = own.reindex(pd.MultiIndex.from_arrays([series["study_uid"], since]), fill_value=0)
    return others - at_begin.to_numpy()
