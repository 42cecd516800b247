"""Retrieve one day: a row, with a verdict, for every series that the archive lists (design, sections 4 and 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydicom.dataset import Dataset

from schedvisu_lib.config import Site, squeeze_model
from schedvisu_lib.pacs.ladder import Settled, settle, why_no_image
from schedvisu_lib.pacs.pseudonym import Pseudonymise
from schedvisu_lib.pacs.source import ListedSeries, Source
from schedvisu_lib.pacs.timing import is_derived
from schedvisu_lib.pacs.values import parse_time, text
from schedvisu_lib.pacs.verdicts import (
    is_accepted_institution,
    is_known_device,
    why_excluded,
    why_excluded_by_name,
)
from schedvisu_lib.tables import DERIVED, EXCLUDED, FAILED, FOREIGN, KEPT, NO_TIMING, reason_with_way

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
    study_began: datetime | None = None
    """By the study's own date and time; no column of the table, since only clocks are judged by it."""


def retrieve_day(source: Source, site: Site, day: date, pseudonymise: Pseudonymise) -> list[SeriesRow]:
    """Ask a source for a day's studies and return a row for each of their series, in order of study and series UID.

    Raises
    ------
    PacsUnreachable
        The source cannot be reached, or refuses to talk to us.
    PacsError
        Studies, series or images could not be listed completely: nothing of the day can be trusted.
    """
    listed = source.list_day(day)
    rows = {series.series_uid: _listed_row(series, day, pseudonymise) for series in listed}
    for series in listed:
        reason = why_excluded(series, site)
        if reason:
            rows[series.series_uid] = replace(rows[series.series_uid], verdict=EXCLUDED, reason=reason)
    _mark_foreign(rows, site)
    wanted = [series for series in listed if rows[series.series_uid].verdict == KEPT]
    for uid, settled in settle(source.ways, wanted, ZoneInfo(site.department.timezone)).items():
        rows[uid] = _judge(rows[uid], settled, site)
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
        study_began=_began(study, day),
    )


def _began(study: Dataset, day: date) -> datetime | None:
    """Return when a study of a day began by its Study Time (0008,0030), None if that is not told."""
    clock = parse_time(text(study, "StudyTime"))
    return datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second) if clock else None


def _judge(row: SeriesRow, settled: Settled, site: Site) -> SeriesRow:
    """Give a listed series its times and its verdict by the headers of its first and last image."""
    row = replace(row, n_instances=settled.n_instances or row.n_instances)
    if not settled.headers:
        return replace(row, verdict=FAILED, reason=reason_with_way(settled.problem, settled.way))
    row = _completed(row, settled.headers[0])
    verdict, reason = _why_left_out(row, settled.headers, site)
    if verdict:
        return replace(row, verdict=verdict, reason=reason_with_way(reason, settled.way))
    timing = settled.timing
    row = replace(row, timing=timing.rule)
    if timing.start is None or timing.end is None:
        return replace(row, verdict=NO_TIMING, reason=reason_with_way(timing.problem, settled.way))
    offset = _clock_offset(row.model, site)
    try:
        return replace(
            row, start=timing.start + offset, end=timing.end + offset, reason=reason_with_way("", settled.way)
        )
    except OverflowError:
        return replace(row, verdict=NO_TIMING, reason=reason_with_way("its clock is beyond any calendar", settled.way))


def _completed(row: SeriesRow, header: Dataset) -> SeriesRow:
    """Add what the archive did not list of a series but an image of it tells."""
    return replace(
        row,
        model=row.model or text(header, "ManufacturerModelName"),
        station=row.station or text(header, "StationName"),
        institution=row.institution or text(header, "InstitutionName"),
        study_description=row.study_description or text(header, "StudyDescription"),
        series_description=row.series_description or text(header, "SeriesDescription"),
        protocol=row.protocol or text(header, "ProtocolName"),
        study_began=row.study_began or _began(header, row.date),
    )


def _why_left_out(row: SeriesRow, headers: Sequence[Dataset], site: Site) -> tuple[str, str]:
    """Return verdict and reason of a series that its headers show to be none of ours to time; else two ""."""
    no_image = why_no_image(headers)
    if no_image:
        return EXCLUDED, no_image
    named = why_excluded_by_name(row.study_description, row.series_description, row.protocol, site)
    if named:
        return EXCLUDED, named
    derived = next((reason for header in headers if (reason := is_derived(header))), "")
    return (DERIVED, derived) if derived else ("", "")


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
