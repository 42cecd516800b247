"""The minutes before and after the images for the patient to come and go (design, section 5.3.7)."""

from __future__ import annotations

from itertools import count
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import Site

_Times = npt.NDArray[np.int64]
_NEVER: Final = 2**61  # µs: further from any date than a sum of them can overflow


def prepared_times(exams: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Widen exams by preparation: neighbours share a partial overlap, an exam within another one's keeps bare times.

    Parameters
    ----------
    exams
        Columns ``scanner``, ``start``, ``end``; any order.
    site
        Gives the preparation (minutes) of each scanner.

    Returns
    -------
    DataFrame
        Columns ``prepared_from`` and ``prepared_until`` (datetime64[us]) on the index of ``exams``; always
        ``prepared_from <= start`` and ``end <= prepared_until``.
    """
    start, end = (exams[edge].to_numpy("datetime64[us]").astype(np.int64) for edge in ("start", "end"))
    begin, until = start.copy(), end.copy()
    for name, places in exams.groupby("scanner").indices.items():
        rows = places[np.lexsort([end[places], start[places]])]
        minutes = site.scanner(str(name)).preparation
        begin[rows], until[rows] = _share(start[rows], end[rows], round(minutes * 60e6))
    times = {"prepared_from": begin, "prepared_until": until}
    return pd.DataFrame(times, index=exams.index).astype("datetime64[us]")


def _share(start: _Times, end: _Times, preparation: int) -> tuple[_Times, _Times]:
    """Return begin and end of the prepared times of one scanner's exams, which are in order of start (all in µs)."""
    latest_end = np.concatenate([[-_NEVER], np.maximum.accumulate(end)[:-1]])
    outlasting = np.full(len(start), _NEVER)
    within = np.zeros(len(start), dtype=bool)
    for k in count(1):
        # Only exams that start before both preparations have passed can matter; few do, so few rounds are made.
        near = np.flatnonzero(start[k:] < end[:-k] + 2 * preparation)
        if not len(near):
            break
        mine, later = near, near + k
        within[mine] |= (start[later] - preparation <= start[mine]) & (end[mine] <= end[later] + preparation)
        inside = end[later] <= end[mine] + preparation
        within[later[inside]] = True
        first = later[~inside & (outlasting[mine] == _NEVER)]
        outlasting[first - k] = start[first]
    begin = np.where(
        latest_end > start - 2 * preparation, np.minimum(start, start - (start - latest_end) // 2), start - preparation
    )
    until = np.where(
        outlasting < end + 2 * preparation, np.maximum(end, end + (outlasting - end) // 2), end + preparation
    )
    return np.where(within, start, begin), np.where(within, end, until)
