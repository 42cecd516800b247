"""Which exams each scanner made."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.durations import type_order
from schedvisu_lib.studies.selection import Day, between


def exam_mix(studies: pd.DataFrame, site: Site, first: Day, last: Day) -> pd.DataFrame:
    """Count the exams of each type on each scanner.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives the scanners and exam types.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        Index ``scanner`` (all, in the order of the site file); a column per exam type that occurs, in the order of the
        site file, OTHER after them, those that it does not know at the end; values are numbers of exams.
    """
    exams = between(studies, first, last)
    counts = pd.crosstab(exams["scanner"], exams["exam_type"])
    present = set(counts.columns)
    names = [name for name in type_order(site) if name in present]
    names += sorted(present.difference(names))
    return counts.reindex(index=list(site.scanner_names), columns=names, fill_value=0).rename_axis(
        index="scanner", columns="exam_type"
    )
