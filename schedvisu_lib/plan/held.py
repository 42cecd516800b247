"""Past plans against what happened: how often the planned durations held."""

from __future__ import annotations

from typing import Final

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.errors import TableError
from schedvisu_lib.periods import iso_week
from schedvisu_lib.plan.book.model import Book
from schedvisu_lib.studies.matching import match_exams
from schedvisu_lib.studies.plan_effect import TOLERANCE
from schedvisu_lib.tables import STUDIES, conform

COLUMNS: Final = {
    "procedure": "str",
    "week": "str",
    "planned": "int64",
    "matched": "int64",
    "held": "float64",
    "over": "float64",
}
_NEEDED: Final = ("procedure", "resource", "start", "end")
"""Columns of a plan that are read; an exported one has them too."""


def held(appointments: pd.DataFrame, studies: pd.DataFrame, site: Site, book: Book) -> pd.DataFrame:
    """Tell by procedure and week how often exams lasted no longer than planned; of p80 some 80 % should.

    Compared are appointments of procedures with an exam type, on resources that are a scanner of the site, on the days
    from the first to the last one of the studies. Each goes with an exam of its type on its scanner and day by
    :func:`schedvisu_lib.studies.matching.match_exams`: next in time within the tolerance of ``planned`` (45 minutes),
    and none twice. Patients play no part: the book's names are not the store's pseudonyms.

    Parameters
    ----------
    appointments
        A plan, as ``propose`` gave it or as it was exported; rows without a time are left out.
    studies
        The studies table of the days that are over.
    site
        Gives the tolerance.
    book
        Gives exam type, preparation and exit of the procedures, and the scanners of the resources.

    Returns
    -------
    DataFrame
        In order of procedure and week: ``procedure``, ``week`` ("2026-W22"), ``planned`` and ``matched`` (numbers of
        appointments), ``held`` (share of the matched ones whose images took no longer, end - start, than the
        appointment without preparation and exit; NaN without any), ``over`` (median of the minutes by which the others
        took longer; NaN if all held).

    Raises
    ------
    TableError
        A column of a table is missing, or ``start`` or ``end`` holds no times.
    """
    exams = conform(studies, STUDIES).reset_index(drop=True)
    planned = _of_scanners(_read(appointments), book)
    planned = planned[planned["date"].between(exams["date"].min(), exams["date"].max())].reset_index(drop=True)
    tolerance = site.planned.tolerance if site.planned else TOLERANCE
    found = match_exams(_within_type(planned), _within_type(exams), tolerance)
    exam = exams.reindex(found.where(found >= 0)).set_axis(planned.index)
    longer = ((exam["end"] - exam["start"]) - planned["length"]).dt.total_seconds() / 60
    rows = planned.assign(
        week=[iso_week(day) for day in planned["date"].dt.date],
        matched=found >= 0,
        held=(longer <= 0).astype("float64").where(longer.notna()),
        over=longer.where(longer > 0),
    )
    table = rows.groupby(["procedure", "week"]).agg(
        planned=("matched", "size"), matched=("matched", "sum"), held=("held", "mean"), over=("over", "median")
    )
    return table.reset_index()[list(COLUMNS)].astype(COLUMNS)


def _read(appointments: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a plan that have a time; an exported one holds times as texts, maybe."""
    missing = [name for name in _NEEDED if name not in appointments.columns]
    if missing:
        raise TableError(f"table lacks the column(s) {', '.join(missing)}; see docs/plan-appointments.md")
    table = appointments[list(_NEEDED)]
    try:
        times = {name: pd.to_datetime(table[name]).astype("datetime64[us]") for name in ("start", "end")}
    except (ValueError, TypeError):
        raise TableError("start or end of the plan holds something else than times; export it anew") from None
    table = table.assign(**times)
    return table[table["start"].notna() & table["end"].notna()]


def _of_scanners(plan: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the appointments of exam types on scanners, as the planned table has them: without what is no image."""
    types = {row.name: row.exam_type for row in book.procedures if row.exam_type is not None}
    scanners = {row.name: row.scanner for row in book.resources if row.scanner is not None}
    plan = plan[plan["procedure"].isin(types) & plan["resource"].isin(scanners)]

    def minutes(column: str) -> pd.Series:
        by_name = {row.name: getattr(row, column) for row in book.procedures}
        return pd.to_timedelta(plan["procedure"].map(by_name).astype("int64"), unit="min").astype("timedelta64[us]")

    start, end = plan["start"] + minutes("preparation"), plan["end"] - minutes("exit")
    return pd.DataFrame(
        {
            "procedure": plan["procedure"],
            "exam_type": plan["procedure"].map(types),
            "scanner": plan["resource"].map(scanners),
            "date": start.dt.normalize(),
            "start": start,
            "length": end - start,
        }
    )


def _within_type(rows: pd.DataFrame) -> pd.DataFrame:
    """Return appointments or exams so that only those of one exam type are matched, and no patient is."""
    place = rows["scanner"].astype("str") + "\n" + rows["exam_type"].astype("str")
    return rows.assign(scanner=place, study_uid="", patient="", status="scheduled")
