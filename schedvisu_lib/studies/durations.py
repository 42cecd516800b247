"""How long exams and gaps last (design, section 5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from schedvisu_lib.config import OTHER, Site
from schedvisu_lib.studies.days import turnovers
from schedvisu_lib.studies.gaps import CLASSES, find_gaps
from schedvisu_lib.studies.selection import Day, of_scanner
from schedvisu_lib.tables import require

Lengths: TypeAlias = npt.NDArray[np.timedelta64]

TURNOVER: Final = "turnover"
"""What idle time is that no gap is."""
COLUMNS: Final = ["n", "mean", "median", "q1", "q3", "min", "max"]
_PARTS: Final = {"median": 0.5, "q1": 0.25, "q3": 0.75, "min": 0.0, "max": 1.0}
_BARE: Final = ["exam_id", "date", "scanner", "start", "end", "prepared_from", "prepared_until"]
"""Columns of the studies between which gaps lie; the others are texts, which are slow to take along."""
_TYPED: Final = ["date", "scanner", "exam_type", "take", "start", "end"]
"""Those of which durations by exam type are made."""


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
    return describe_exams(exam_durations(studies, site, scanner, first, last))


def describe_exams(groups: Mapping[tuple[str, int], Lengths]) -> pd.DataFrame:
    """Return the duration table of what :func:`exam_durations` gives."""
    levels = [
        pd.Index([name for name, _ in groups], dtype=object),
        pd.Index([take for _, take in groups], dtype="int64"),
    ]
    return describe(list(groups.values())).set_index(pd.MultiIndex.from_arrays(levels, names=["exam_type", "take"]))


def exam_durations(
    studies: pd.DataFrame, site: Site, scanner: str, first: Day, last: Day
) -> dict[tuple[str, int], Lengths]:
    """Return how long a scanner's exams last, as :func:`durations_by_type` does."""
    studies = require(studies, *_TYPED)[_TYPED]
    return durations_by_type(of_scanner(studies, site.scanner(scanner).name, first, last), site)


def durations_by_type(exams: pd.DataFrame, site: Site) -> dict[tuple[str, int], Lengths]:
    """Return the durations by exam type and take (0 if not kept apart), in the order of the site file."""
    codes, names = pd.factorize(exams["exam_type"])
    takes = kept_apart(exams, site).to_numpy(dtype="int64")
    lengths = (exams["end"] - exams["start"]).to_numpy("timedelta64[us]")
    most = takes.max(initial=0) + 1
    keys, group = np.unique(codes * most + takes, return_inverse=True)
    order = {name: place for place, name in enumerate(type_order(site))}

    def place(key: tuple[str, int]) -> tuple[int, str, int]:
        return order.get(key[0], len(order)), *key

    groups = {(str(names[key // most]), int(key % most)): lengths[group == n] for n, key in enumerate(keys)}
    return {key: groups[key] for key in sorted(groups, key=place)}


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
    exams = of_scanner(require(studies, *_BARE)[_BARE], scanner, first, last)
    gaps = find_gaps(exams, site)
    lengths, kinds = (gaps["end"] - gaps["start"]).to_numpy(), gaps["class"].to_numpy()
    groups = {TURNOVER: turnovers(exams, site).dropna().to_numpy()}
    groups |= {name: lengths[kinds == name] for name in CLASSES}
    known = {name: times for name, times in groups.items() if len(times)}
    return describe(list(known.values())).set_index(pd.Index(list(known), dtype=object, name="class"))


def describe(groups: Sequence[Lengths]) -> pd.DataFrame:
    """Return a row for each group of lengths, of which none is empty: columns as :func:`duration_table`."""
    ordered = [np.sort(lengths.astype("timedelta64[us]").view("int64")) for lengths in groups]
    rows = [[times.mean(), *(_quantile(times, part) for part in _PARTS.values())] for times in ordered]
    values = np.array(rows, dtype="float64").reshape(-1, 1 + len(_PARTS)).astype("int64").view("timedelta64[us]")
    table = pd.DataFrame(values, columns=["mean", *_PARTS])
    return table.assign(n=np.array([len(times) for times in ordered], dtype="int64"))[COLUMNS]


def _quantile(ordered: npt.NDArray[np.int64], part: float) -> float:
    """Return a quantile of values in order, on the straight line between the two nearest."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))
