"""How long exams and gaps last (design, section 5.4)."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.studies.days import turnovers
from schedvisu_lib.studies.gaps import CLASSES, find_gaps
from schedvisu_lib.studies.selection import Day, of_scanner
from schedvisu_lib.tables import require

TURNOVER = "turnover"
"""What idle time is that no gap is."""
COLUMNS = ["n", "mean", "median", "q1", "q3", "min", "max"]


def kept_apart(exams: pd.DataFrame, site: Site) -> pd.Series:
    """Return the take of each exam whose type keeps its takes apart, 0 for the others."""
    apart = {kind.name for kind in site.exam_types if kind.takes_apart}
    return exams["take"].where(exams["exam_type"].isin(apart), 0)


def type_order(site: Site) -> list[str]:
    """Return the names of the exam types in the order of the site file, OTHER last."""
    return [*(kind.name for kind in site.exam_types if kind.name != OTHER), OTHER]


def duration_table(studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Describe the durations (end - start of the images) of each exam type of a scanner.

    Parameters
    ----------
    studies
        The studies table.
    site
        Gives the exam types, and which keep their takes apart.
    scanner
        Its name.
    first, last
        Days, both included.

    Returns
    -------
    DataFrame
        Index ``exam_type`` (order of the site file, types that it does not know at the end) and ``take`` (0 where
        takes are not kept apart); ``n``, and ``mean``, ``median``, ``q1``, ``q3``, ``min``, ``max`` (timedelta).
        Only exam types that occur have a row (design, section 5.4).

    Raises
    ------
    ValueError
        The scanner is unknown, a day cannot be read, or the first one lies after the last one.
    TableError
        A column is missing, or times are none.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> table = sv.duration_table(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")
    >>> table["n"].to_dict()
    {('FDG STAND.', 0): 29, ('FDG CERV.', 0): 8, ('PSMA', 0): 4, ('DOTATATE', 0): 3, ('COEUR RB', 0): 7}
    >>> float(table.loc[("PSMA", 0), "median"].total_seconds() / 60)
    19.04...
    """
    studies = require(studies, "exam_type", "take")
    exams = of_scanner(studies, site.scanner(scanner).name, first, last)
    names = dict.fromkeys([*type_order(site), *sorted(exams["exam_type"].unique())])
    order = pd.CategoricalDtype(list(names), ordered=True)
    keys = [exams["exam_type"].astype(order), kept_apart(exams, site)]
    table = _describe((exams["end"] - exams["start"]).groupby(keys, observed=True))
    levels = [table.index.get_level_values(0).astype("object"), table.index.get_level_values(1)]
    return table.set_index(pd.MultiIndex.from_arrays(levels, names=["exam_type", "take"]))


def gap_durations(studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day) -> pd.DataFrame:
    """Describe a scanner's turnovers, and its gaps by class.

    Returns
    -------
    DataFrame
        Index ``class``: "turnover", then "lunch", "service" and "hole", as far as they occur; columns as
        :func:`duration_table`, whose parameters and errors are the same.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> studies = sv.open_store(site).studies("2026-05-18", "2026-05-22")
    >>> sv.gap_durations(studies, site, "Discovery 690", "2026-05-18", "2026-05-22")["n"].to_dict()
    {'turnover': 36, 'lunch': 1, 'hole': 9}
    """
    exams = of_scanner(studies, scanner, first, last)
    gaps = find_gaps(exams, site)
    between = turnovers(exams, site).dropna()
    lengths = pd.concat([between, gaps["end"] - gaps["start"]], ignore_index=True)
    names = pd.Series([TURNOVER] * len(between) + gaps["class"].tolist(), name="class")
    order = pd.CategoricalDtype([TURNOVER, *CLASSES], ordered=True)
    table = _describe(lengths.groupby(names.astype(order), observed=True))
    return table.set_index(table.index.astype("object"))


def _describe(lengths: pd.api.typing.SeriesGroupBy) -> pd.DataFrame:
    table = lengths.agg(["size", "mean", "median", "min", "max"]).rename(columns={"size": "n"})
    return table.assign(q1=lengths.quantile(0.25), q3=lengths.quantile(0.75))[COLUMNS]
