"""Which exam type a study description means, and which exams are one encounter (design, 5.3.5 and 5.3.6)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from schedvisu_lib.config import OTHER, Site, squeeze_description
from schedvisu_lib.tables import TEXT


def name_exam_type(description: str, scanner: str, site: Site) -> str:
    """Return the scanner's first exam type with a pattern that matches the whole squeezed description, else OTHER."""
    squeezed = squeeze_description(description)
    for kind in site.exam_types_of(scanner):
        if any(re.fullmatch(pattern, squeezed) for pattern in kind.patterns):
            return kind.name
    return OTHER


def exam_types(exams: pd.DataFrame, site: Site) -> pd.Series:
    """Return the exam type of each row of a frame with the columns ``scanner`` and ``study_description``."""
    pairs = exams[["scanner", "study_description"]]
    number = pairs.groupby(list(pairs), sort=False).ngroup().to_numpy()
    kinds = pairs.drop_duplicates().itertuples(index=False)
    names = np.array([name_exam_type(description, scanner, site) for scanner, description in kinds], dtype=object)
    return pd.Series(names[number], index=exams.index, dtype=TEXT)


def encounters(exams: pd.DataFrame, site: Site) -> pd.Series:
    """Join one patient's exams of a ``one_encounter`` type on one scanner and day, if the pauses are within its time.

    Parameters
    ----------
    exams
        Columns ``patient``, ``scanner``, ``date``, ``exam_type``, ``start``, ``end``; sorted by ``start``.
    site
        Gives for each exam type the longest pause (minutes) within an encounter, or "day".

    Returns
    -------
    Series
        A number per row, the same for all exams of one encounter; exams of other types have one of their own.
    """
    limits = {
        kind.name: pd.Timedelta(days=1) if kind.one_encounter == "day" else pd.Timedelta(minutes=kind.one_encounter)
        for kind in site.exam_types
        if kind.one_encounter is not None
    }
    places = np.flatnonzero(exams["exam_type"].isin(list(limits)))
    key = ["patient", "scanner", "date", "exam_type"]
    rows = exams[[*key, "start", "end"]].iloc[places].reset_index(drop=True)
    limit = rows["exam_type"].map(limits).astype("timedelta64[us]")
    group = rows.groupby(key).ngroup()
    so_far = rows["end"].groupby(group).cummax().groupby(group).shift()
    joins = rows["start"] - so_far <= limit
    # Numbered along the groups, so that the exams of other patients in between do not part an encounter.
    order = group.sort_values(kind="stable").index
    number = np.arange(len(exams))
    number[places] = len(exams) + (~joins.loc[order]).cumsum().loc[rows.index]
    return pd.Series(number, index=exams.index)
