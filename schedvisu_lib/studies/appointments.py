"""What the planned table means: exam types, ends, and appointments that are one encounter."""

from __future__ import annotations

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.studies.exam_types import encounters, exam_types
from schedvisu_lib.tables import PLANNED, conform

CANCELLED = "cancelled"


def read_appointments(planned: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Say of each appointment what is to be done, until when, and to which encounter it belongs.

    Parameters
    ----------
    planned
        The planned table.
    site
        Gives the exam types, and in ``planned.minutes`` how long each is booked where the source does not tell.

    Returns
    -------
    DataFrame
        The planned table in order of start, numbered anew, with ``exam_type``, ``end`` (missing where the length is
        unknown) and ``encounter`` (a number; the same for the appointments of one encounter).
    """
    rows = conform(planned, PLANNED).sort_values(["start", "scanner", "appointment_id"], ignore_index=True)
    rows = rows.assign(exam_type=exam_types(rows.rename(columns={"description": "study_description"}), site))
    booked = rows["exam_type"].map(dict(site.planned.minutes) if site.planned else {}).astype("float64")
    rows = rows.assign(minutes=rows["minutes"].fillna(booked))
    rows = rows.assign(end=rows["start"] + pd.to_timedelta(rows["minutes"], unit="min").astype("timedelta64[us]"))
    return rows.assign(encounter=_encounters(rows, site))


def _encounters(rows: pd.DataFrame, site: Site) -> pd.Series:
    """Join appointments as exams are joined; a cancelled one, or one that names nobody, stays alone."""
    alone = (rows["patient"] == "") | (rows["status"] == CANCELLED)
    patient = rows["patient"].mask(alone, "appointment " + rows.index.astype(str))
    return encounters(rows.assign(patient=patient, end=rows["end"].fillna(rows["start"])), site)
