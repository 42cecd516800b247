"""What is left out before anything is fetched, and why (design, section 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schedvisu_lib.config import Site, squeeze_institution, squeeze_model
from schedvisu_lib.pacs.listing import MODALITIES, ListedSeries
from schedvisu_lib.pacs.values import text


def why_excluded(series: ListedSeries, site: Site) -> str:
    """Tell why a series is excluded: not a patient, an excluded study or series, or a modality without times; else "".

    The reason never holds a patient's ID.
    """
    pacs = site.pacs
    if _matches(pacs.not_patients, text(series.study, "PatientID")):
        return "not a patient (pacs.not_patients)"
    if _matches(pacs.excluded_studies, text(series.study, "StudyDescription")):
        return "study description (pacs.excluded_studies)"
    if _matches(pacs.excluded_series, text(series.answer, "SeriesDescription"), text(series.answer, "ProtocolName")):
        return "series description or protocol (pacs.excluded_series)"
    if series.modality not in MODALITIES:
        return f"modality {series.modality or 'unknown'}"
    return ""


def is_accepted_institution(names: Iterable[str], site: Site) -> bool:
    """Judge a study by the institutions that its series name: accepted if any of them is one of the site's."""
    accepted = {squeeze_institution(name) for name in site.department.institutions}
    return any(squeeze_institution(name) in accepted for name in names)


def is_known_device(models: Iterable[str], site: Site) -> bool:
    """Tell whether any of a study's models belongs to one of the site's scanners."""
    return any(squeeze_model(model) in site.scanner_of_model for model in models)


def _matches(patterns: Iterable[str], *texts: str) -> bool:
    return any(re.fullmatch(pattern, value) for pattern in patterns for value in texts)
