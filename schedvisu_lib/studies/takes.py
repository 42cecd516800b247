"""When a study falls into takes (design, section 5.3.3)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import Site

_Numbers = npt.NDArray[np.int64]
_Times = npt.NDArray[np.datetime64]


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
    study, _ = pd.factorize(series["study_uid"])
    scanner, names = pd.factorize(series["scanner"])
    so_far = series["end"].groupby(study).cummax().groupby(study).shift()
    after = np.flatnonzero(series["start"] > so_far)  # the rows before which the study paused
    starts, since = series["start"].to_numpy(), so_far.to_numpy()[after]
    others = _began(scanner, starts, after, since) - _began(study, starts, after, since)
    limit = pd.to_timedelta([site.scanner(name).take_gap for name in names], unit="s").to_numpy()[scanner[after]]
    splits = np.zeros(len(series), dtype=np.int64)
    splits[after] = (starts[after] - since > limit) | (others > 0)
    return pd.Series(splits, index=series.index).groupby(study).cumsum() + 1


def _began(group: _Numbers, starts: _Times, rows: _Numbers, since: _Times) -> _Numbers:
    """Count for some rows the series of the row's group that began from ``since`` until before the row's start.

    ``group`` and ``starts``, which are in order, are of all series; ``rows`` are places in them.
    """
    # A group and a place in time make one number, so that one search does for all groups.
    group = group * (len(starts) + 1)
    began = np.sort(group + np.searchsorted(starts, starts))
    until, begin = (group[rows] + np.searchsorted(starts, times) for times in (starts[rows], since))
    return np.searchsorted(began, until) - np.searchsorted(began, begin)
