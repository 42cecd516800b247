"""What was planned against what happened: one row per appointment, and per exam that no appointment meant."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.appointments import CANCELLED, read_appointments
from schedvisu_lib.studies.matching import match_exams, studies_of
from schedvisu_lib.tables import STUDIES, conform

DONE: Final = "done"
ELSEWHERE: Final = "elsewhere"
NOT_DONE: Final = "not done"
OPEN: Final = "open"
JOINED: Final = "joined"
UNPLANNED: Final = "unplanned"
FURTHER_TAKE: Final = "further take"
NO_PLAN: Final = "no plan"
OUTCOMES: Final = (DONE, ELSEWHERE, NOT_DONE, CANCELLED, OPEN, JOINED, UNPLANNED, FURTHER_TAKE, NO_PLAN)
"""What became of an appointment, or why an exam has none."""

TOLERANCE: Final = 45.0
"""In minutes, where the site has no section ``planned``."""

COLUMNS: Final = (
    *("outcome", "date", "scanner", "exam_type", "description", "start", "end", "minutes", "status"),
    *("exam_id", "done_on", "exam_start", "exam_end", "delay", "longer", "appointment_id"),
)


def compare_plan(
    planned: pd.DataFrame, studies: pd.DataFrame, site: Site, *, days: Collection[date] | None = None
) -> pd.DataFrame:
    """Compare appointments with exams.

    Parameters
    ----------
    planned
        The planned table.
    studies
        The studies table of the same days.
    site
        Gives the exam types, the encounters and, in ``planned``, booked minutes and the tolerance.
    days
        The days whose images are known; of others nothing is said to be not done. All by default.

    Returns
    -------
    DataFrame
        One row per appointment, and one per exam that none of them meant, in order of time; columns as in
        ``docs/data.md``.

    Raises
    ------
    TableError
        A column of a table is missing or of another type.

    Examples
    --------
    >>> site = sv.load_site("params/demo.yaml")
    >>> store = sv.open_store(site)
    >>> planned, studies = (table("2026-05-18", "2026-05-22") for table in (store.planned, store.studies))
    >>> comparison = sv.compare_plan(planned, studies, site)
    >>> comparison.query("scanner == 'Discovery 690'")["outcome"].value_counts().to_dict()
    {'done': 46, 'unplanned': 4, 'elsewhere': 3, 'not done': 1}
    """
    booked = read_appointments(planned, site)
    exams = conform(studies, STUDIES).reset_index(drop=True)
    tolerance = site.planned.tolerance if site.planned else TOLERANCE
    position = _first_of_encounter(booked, match_exams(booked, exams, tolerance), exams)
    appointments = _appointment_rows(booked, exams, position, days)
    others = _exam_rows(booked, exams, position)
    parts = [part for part in (appointments, others) if not part.empty] or [appointments]
    table = pd.concat(parts)
    when = table["start"].fillna(table["exam_start"])
    return table.assign(when=when).sort_values(["when", "scanner"], ignore_index=True)[list(COLUMNS)]


def _first_of_encounter(booked: pd.DataFrame, position: pd.Series, exams: pd.DataFrame) -> pd.Series:
    """Give the exams of an encounter to its first appointments: one exam is what came of all of them."""
    found = position.copy()
    for rows in booked.groupby("encounter").indices.values():
        matched = position.iloc[rows]
        if len(rows) > 1:
            own = sorted(matched[matched >= 0], key=lambda n: exams["start"].iloc[n])
            found.iloc[rows] = [*own, *[-1] * (len(rows) - len(own))]
    return found


def _appointment_rows(
    booked: pd.DataFrame, exams: pd.DataFrame, position: pd.Series, days: Collection[date] | None
) -> pd.DataFrame:
    exam = exams.reindex(position.where(position >= 0)).set_axis(booked.index)
    done, here = position >= 0, exam["scanner"] == booked["scanner"]
    unknown = ~booked["date"].dt.date.isin(days) if days is not None else pd.Series(False, booked.index)
    joined = booked["encounter"].duplicated()
    conditions = [done & here, done, joined, booked["status"] == CANCELLED, unknown]
    outcome = np.select(conditions, [DONE, ELSEWHERE, JOINED, CANCELLED, OPEN], NOT_DONE)
    lasted = (exam["end"] - exam["start"]).dt.total_seconds() / 60
    return booked.assign(
        outcome=outcome,
        exam_id=exam["exam_id"].fillna(""),
        done_on=exam["scanner"].fillna(""),
        exam_start=exam["start"],
        exam_end=exam["end"],
        delay=(exam["start"] - booked["start"]).dt.total_seconds() / 60,
        longer=lasted - booked["minutes"],
    )[list(COLUMNS)]


def _exam_rows(booked: pd.DataFrame, exams: pd.DataFrame, position: pd.Series) -> pd.DataFrame:
    """Return the exams that no appointment meant, as rows of the comparison."""
    meant = exams.index.isin(position)
    rest = exams.loc[~meant]
    of_planned_study = studies_of(rest).isin(studies_of(exams.loc[meant]))
    planned_days = pd.MultiIndex.from_frame(booked[["date", "scanner"]])
    has_plan = pd.MultiIndex.from_frame(rest[["date", "scanner"]]).isin(planned_days)
    outcome = np.select([of_planned_study, has_plan], [FURTHER_TAKE, UNPLANNED], NO_PLAN)
    nothing = pd.Series(pd.NaT, rest.index, dtype="datetime64[us]")
    return rest.assign(
        outcome=outcome,
        description=rest["study_description"],
        start=nothing,
        end=nothing,
        minutes=np.nan,
        status="",
        done_on=rest["scanner"],
        exam_start=rest["start"],
        exam_end=rest["end"],
        delay=np.nan,
        longer=np.nan,
        appointment_id="",
    )[list(COLUMNS)]


def unplanned_on(comparison: pd.DataFrame, scanner: str) -> pd.Series:
    """Tell which exams a scanner did though its own plan had no appointment for them."""
    taken_over = (comparison["outcome"] == ELSEWHERE) & (comparison["scanner"] != scanner)
    return (comparison["done_on"] == scanner) & ((comparison["outcome"] == UNPLANNED) | taken_over)
