"""The series table as the simulated hospital itself knows it, without an archive that has to be asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from schedvisu_lib.demo.hospital import Hospital
from schedvisu_lib.demo.records import Patient, SimStudy
from schedvisu_lib.tables import KEPT, SERIES, conform


def true_series(hospital: Hospital, day: date) -> pd.DataFrame:
    """Return the series of a day, as a retrieval would; pseudonyms, and reasons of verdicts, are words of our own."""
    rows = [row for study in hospital.studies_on(day) for row in _rows(study)]
    return conform(pd.DataFrame(rows, columns=SERIES.names), SERIES)


def plain_pseudonym(patient: Patient) -> str:
    """Return what stands for a patient of the hospital; without a key, since nobody real is behind it."""
    return hashlib.sha256(patient.id.encode()).hexdigest()[:16]


def _rows(study: SimStudy) -> Iterator[dict[str, Any]]:
    for series in study.series:
        yield {
            "date": pd.Timestamp(study.day),
            "patient": plain_pseudonym(study.patient),
            "study_uid": study.uid,
            "series_uid": series.uid,
            "modality": series.modality,
            "model": series.device.model,
            "station": series.device.station,
            "institution": series.institution,
            "study_description": study.description,
            "series_description": series.description,
            "protocol": series.protocol,
            "start": series.start,
            "end": series.end,
            "n_instances": series.n_instances,
            "timing": series.modality if series.timed else "",
            "verdict": series.verdict,
            "reason": "" if series.verdict == KEPT else "as the hospital knows",
        }
