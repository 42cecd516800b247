"""The tables of an export: the numbers of the report, for one or several scanners."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.export.target import What
from schedvisu_lib.periods import make_bins
from schedvisu_lib.studies.counts import count_table
from schedvisu_lib.studies.durations import duration_table
from schedvisu_lib.studies.gaps import find_gaps
from schedvisu_lib.studies.selection import between
from schedvisu_lib.tables import STUDIES

_MINUTE: Final = pd.Timedelta(minutes=1)
_NOT_GIVEN_AWAY: Final = "patient"
"""Not even the pseudonym leaves the store: who has its key and the file could recognise somebody."""


@dataclass(frozen=True)
class Extent:
    """The days, both included, and the scanners of an export."""

    first: date
    last: date
    scanners: tuple[str, ...]


def export_table(what: What, studies: pd.DataFrame, site: Site, extent: Extent) -> pd.DataFrame:
    """Return a table for other programs: plain columns, no index, lengths in minutes; without rows it has its columns.

    Parameters
    ----------
    what
        ``studies``, ``counts``, ``durations`` or ``gaps``.
    studies
        The studies table.
    site
        Gives what :func:`schedvisu_lib.count_table` and its neighbours ask for.
    extent
        The days and scanners.

    Returns
    -------
    DataFrame
        Columns as :mod:`schedvisu_lib.export.columns` explains them.
    """
    exams = between(studies, extent.first, extent.last)
    exams = exams.loc[exams["scanner"].isin(extent.scanners)]
    return _MAKERS[what](exams, site, extent)


def _studies(exams: pd.DataFrame, site: Site, extent: Extent) -> pd.DataFrame:  # noqa: ARG001 - as all makers
    rows = exams[[name for name in STUDIES.names if name != _NOT_GIVEN_AWAY]]
    rows = rows.sort_values(["start", "end", "exam_id"], ignore_index=True)
    return rows.assign(minutes=(rows["end"] - rows["start"]) / _MINUTE)


def _counts(exams: pd.DataFrame, site: Site, extent: Extent) -> pd.DataFrame:
    bins = make_bins(site.calendar, extent.first, extent.last)
    edges = {"first": [column.first for column in bins], "last": [column.last for column in bins]}

    def of(scanner: str) -> pd.DataFrame:
        table = count_table(exams, site, scanner, extent.first, extent.last).reset_index()
        for place, (name, days) in enumerate(edges.items(), start=1):
            table.insert(place, name, pd.Series(days, index=table.index, dtype="datetime64[us]"))
        return table

    return _by_scanner(of, extent.scanners)


def _durations(exams: pd.DataFrame, site: Site, extent: Extent) -> pd.DataFrame:
    def of(scanner: str) -> pd.DataFrame:
        table = duration_table(exams, site, scanner, extent.first, extent.last).reset_index()
        lengths = table.select_dtypes("timedelta")
        return table.assign(**(lengths / _MINUTE)).rename(columns={name: f"{name}_minutes" for name in lengths})

    return _by_scanner(of, extent.scanners)


def _gaps(exams: pd.DataFrame, site: Site, extent: Extent) -> pd.DataFrame:  # noqa: ARG001 - as all makers
    return find_gaps(exams, site)


def _by_scanner(table_of: Callable[[str], pd.DataFrame], scanners: Sequence[str]) -> pd.DataFrame:
    """Return the tables of the scanners one below the other, with the scanner as first column."""
    tables = {scanner: table_of(scanner) for scanner in scanners}
    for scanner, table in tables.items():
        table.insert(0, "scanner", pd.Series(scanner, index=table.index, dtype="str"))
    filled = [table for table in tables.values() if len(table)]  # empty ones would change the types of the others
    return pd.concat(filled, ignore_index=True) if filled else next(iter(tables.values()))


_MAKERS: Final[Mapping[What, Callable[[pd.DataFrame, Site, Extent], pd.DataFrame]]] = {
    What.STUDIES: _studies,
    What.COUNTS: _counts,
    What.DURATIONS: _durations,
    What.GAPS: _gaps,
}
