"""Which exams each scanner made."""

from __future__ import annotations

import numpy as np
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
    scanners = pd.Index(site.scanner_names).get_indexer(exams["scanner"])
    types, present = pd.factorize(exams["exam_type"])
    names = [name for name in type_order(site) if name in set(present)]
    names += sorted(set(present).difference(names))
    known = scanners >= 0
    counts = np.zeros((len(site.scanner_names), len(present)), dtype="int64")
    np.add.at(counts, (scanners[known], types[known]), 1)
    table = pd.DataFrame(counts, index=list(site.scanner_names), columns=present)[names]
    return table.rename_axis(index="scanner", columns="exam_type")
