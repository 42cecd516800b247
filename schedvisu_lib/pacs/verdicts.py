"""What is left out before anything is fetched, and why (design, section 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schedvisu_lib.config import Site, squeeze_institution, squeeze_model
from schedvisu_lib.pacs.source import MODALITIES, ListedSeries
from schedvisu_lib.pacs.values import text


def why_excluded(series: ListedSeries, site: Site) -> str:
    """Tell why a series is excluded: not a patient, a modality without times, an excluded study or series; else "".

    The reason never holds a patient's ID.
    """
    if is_no_patient(text(series.study, "PatientID"), site):
        return "not a patient (pacs.not_patients)"
    if series.modality not in MODALITIES:
        return f"modality {series.modality or 'unknown'}"
    names = text(series.answer, "SeriesDescription"), text(series.answer, "ProtocolName")
    return why_excluded_by_name(text(series.study, "StudyDescription"), *names, site)


def why_excluded_by_name(study_description: str, series_description: str, protocol: str, site: Site) -> str:
    """Tell why a series is excluded by what it or its study is called; else ""."""
    if is_excluded_study(study_description, site):
        return "study description (pacs.excluded_studies)"
    if _matches(site.pacs.excluded_series, series_description, protocol):
        return "series description or protocol (pacs.excluded_series)"
    return ""


def is_no_patient(patient_id: str, site: Site) -> bool:
    """Tell whether a Patient ID is that of a phantom or of quality control."""
    return _matches(site.pacs.not_patients, patient_id)


def is_excluded_study(description: str, site: Site) -> bool:
    """Tell whether studies of a description are left out."""
    return _matches(site.pacs.excluded_studies, description)


def is_accepted_institution(names: Iterable[str], site: Site) -> bool:
    """Judge a study by the institutions that its series name: accepted if any of them is one of the site's."""
    accepted = {squeeze_institution(name) for name in site.department.institutions}
    return any(squeeze_institution(name) in accepted for name in names)


def is_known_device(models: Iterable[str], site: Site) -> bool:
    """Tell whether any of a study's models belongs to one of the site's scanners."""
    return any(squeeze_model(model) in site.scanner_of_model for model in models)


def _matches(patterns: Iterable[str], *texts: str) -> bool:
    return any(re.fullmatch(pattern, value) for pattern in patterns for value in texts)
