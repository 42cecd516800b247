"""Retrieve one day: a row, with a verdict, for every series that the archive lists (design, sections 4 and 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydicom.dataset import Dataset

from schedvisu_lib.config import Site, squeeze_model
from schedvisu_lib.pacs.dimse import Archive, image_queries
from schedvisu_lib.pacs.listing import (
    Ends,
    ListedImage,
    ListedSeries,
    list_first_and_last,
    list_series,
    list_studies,
)
from schedvisu_lib.pacs.pseudonym import Pseudonymise
from schedvisu_lib.pacs.timing import is_derived, time_series
from schedvisu_lib.pacs.values import text
from schedvisu_lib.pacs.verdicts import (
    is_accepted_institution,
    is_known_device,
    why_excluded,
    why_excluded_by_name,
    why_no_image,
)
from schedvisu_lib.tables import DERIVED, EXCLUDED, FAILED, FOREIGN, KEPT, NO_TIMING

_UNNAMED: Final = "no institution name"


@dataclass(frozen=True)
class SeriesRow:
    """One row of the series table; the columns are explained in ``docs/data.md``."""

    date: datetime
    patient: str
    study_uid: str
    series_uid: str
    modality: str
    model: str
    station: str
    institution: str
    study_description: str
    series_description: str
    protocol: str
    n_instances: int
    start: datetime | None = None
    end: datetime | None = None
    timing: str = ""
    verdict: str = KEPT
    reason: str = ""


def retrieve_day(archive: Archive, site: Site, day: date, pseudonymise: Pseudonymise) -> list[SeriesRow]:
    """Ask the archive for a day's studies and return a row for each of their series, in order of study and series UID.

    Raises
    ------
    PacsUnreachable
        The archive cannot be reached, or refuses to talk to us.
    PacsError
        Studies, series or images could not be listed completely: nothing of the day can be trusted.
    """
    listed = list_series(archive, list_studies(archive, day))
    rows = {series.series_uid: _listed_row(series, day, pseudonymise) for series in listed}
    for series in listed:
        reason = why_excluded(series, site)
        if reason:
            rows[series.series_uid] = replace(rows[series.series_uid], verdict=EXCLUDED, reason=reason)
    _mark_foreign(rows, site)
    wanted = [series for series in listed if rows[series.series_uid].verdict == KEPT]
    ends = list_first_and_last(archive, wanted)
    for uid, images in ends.items():
        row, reason = replace(rows[uid], n_instances=images.n_instances), why_no_image(images.images)
        rows[uid] = replace(row, verdict=EXCLUDED, reason=reason) if reason else row
    wanted = [series for series in wanted if rows[series.series_uid].verdict == KEPT]
    headers = _headers(archive, site, wanted, ends)
    for series in wanted:
        rows[series.series_uid] = _judge(rows[series.series_uid], headers[series.series_uid], site)
    _mark_foreign(rows, site)
    return list(rows.values())


def _listed_row(series: ListedSeries, day: date, pseudonymise: Pseudonymise) -> SeriesRow:
    study, answer = series.study, series.answer
    return SeriesRow(
        date=datetime(day.year, day.month, day.day),
        patient=pseudonymise(text(study, "IssuerOfPatientID"), text(study, "PatientID"), series.study_uid),
        study_uid=series.study_uid,
        series_uid=series.series_uid,
        modality=series.modality,
        model=text(answer, "ManufacturerModelName"),
        station=text(answer, "StationName"),
        institution=text(answer, "InstitutionName"),
        study_description=text(study, "StudyDescription"),
        series_description=text(answer, "SeriesDescription"),
        protocol=text(answer, "ProtocolName"),
        n_instances=series.n_instances or 0,
    )


def _headers(
    archive: Archive, site: Site, series: Sequence[ListedSeries], ends: Mapping[str, Ends]
) -> dict[str, list[Dataset | None]]:
    """Return the headers of each series' first and last image; None for an image that the archive did not give.

    Headers that the archive answers in queries are taken from there, if they settle the series' time and device; only
    the others are fetched.
    """
    images = {one.series_uid: ends[one.series_uid].images for one in series}
    zone = ZoneInfo(site.department.timezone)
    unsettled: list[ListedImage] = []
    for one in series:
        known = text(one.answer, "ManufacturerModelName")
        if not _settles(one.modality, [image.answer for image in images[one.series_uid]], known, zone):
            unsettled += images[one.series_uid]
    queries = image_queries(
        [(image.study_uid, image.series_uid, image.sop_uid) for image in unsettled], site.pacs.images_per_request
    )
    fetched = archive.fetch(queries)
    asked = {image.sop_uid for image in unsettled}
    return {
        uid: [fetched.get(image.sop_uid) if image.sop_uid in asked else image.answer for image in both]
        for uid, both in images.items()
    }


def _settles(modality: str, answers: Sequence[Dataset], model: str, zone: ZoneInfo) -> bool:
    """Tell whether query answers hold all that the rules read; an empty one may be what the archive keeps back."""
    if not answers or not all(text(answer, "ImageType") for answer in answers):
        return False
    if not all(model or text(answer, "ManufacturerModelName") for answer in answers):
        return False
    if any(is_derived(answer) for answer in answers):
        return True
    if modality == "PT" and not all(text(answer, "ActualFrameDuration") for answer in answers):
        return False
    return time_series(modality, answers, zone).start is not None


def _judge(row: SeriesRow, headers: Sequence[Dataset | None], site: Site) -> SeriesRow:
    """Give a listed series its times and its verdict by the headers of its first and last image."""
    present = [header for header in headers if header is not None]
    if len(present) < len(headers) or not headers:
        reason = "the archive did not send its images" if headers else "the archive listed no images of it"
        return replace(row, verdict=FAILED, reason=reason)
    first = present[0]
    row = replace(
        row,
        model=row.model or text(first, "ManufacturerModelName"),
        station=row.station or text(first, "StationName"),
        institution=row.institution or text(first, "InstitutionName"),
        study_description=row.study_description or text(first, "StudyDescription"),
        series_description=row.series_description or text(first, "SeriesDescription"),
        protocol=row.protocol or text(first, "ProtocolName"),
    )
    reason = why_excluded_by_name(row.study_description, row.series_description, row.protocol, site)
    if reason:
        return replace(row, verdict=EXCLUDED, reason=reason)
    reason = next((reason for header in present if (reason := is_derived(header))), "")
    if reason:
        return replace(row, verdict=DERIVED, reason=reason)
    timing = time_series(row.modality, present, ZoneInfo(site.department.timezone))
    if timing.start is None or timing.end is None:
        return replace(row, timing=timing.rule, verdict=NO_TIMING, reason=timing.problem)
    offset = _clock_offset(row.model, site)
    try:
        return replace(row, timing=timing.rule, start=timing.start + offset, end=timing.end + offset)
    except OverflowError:
        return replace(row, timing=timing.rule, verdict=NO_TIMING, reason="its clock is beyond any calendar")


def _clock_offset(model: str, site: Site) -> timedelta:
    """Return what the site states to add to the clock of a model's scanner."""
    name = site.scanner_of_model.get(squeeze_model(model))
    return timedelta(minutes=site.scanner(name).clock_offset if name else 0)


def _mark_foreign(rows: dict[str, SeriesRow], site: Site) -> None:
    """Judge institution and devices per study: another institution's, or without a scanner of the site, is foreign.

    A study with a series that is still to be fetched and may name its institution or device is not judged yet.
    """
    studies: dict[str, list[SeriesRow]] = defaultdict(list)
    for row in rows.values():
        studies[row.study_uid].append(row)
    for members in studies.values():
        reason = _why_foreign(members, site)
        for row in members:
            if reason and row.verdict != EXCLUDED and not (row.verdict == FAILED and reason == _UNNAMED):
                rows[row.series_uid] = replace(row, start=None, end=None, timing="", verdict=FOREIGN, reason=reason)


def _why_foreign(study: Sequence[SeriesRow], site: Site) -> str:
    open_rows = [row for row in study if row.verdict == KEPT and row.start is None]
    institutions = sorted({row.institution for row in study} - {""})
    if not is_accepted_institution(institutions, site) and all(row.institution for row in open_rows):
        return f"institution {', '.join(institutions)}" if institutions else _UNNAMED
    models = sorted({row.model for row in study if row.verdict != EXCLUDED} - {""})
    if models and not is_known_device(models, site) and all(row.model for row in open_rows):
        return f"model {', '.join(models)}: on no scanner of the site"
    return ""
