"""Identifiers of the requests that we send (PS3.4 annexes C and Z)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from schedvisu_lib.pacs.timing import ATTRIBUTES, SEQUENCES

DEVICE: Final = ("ManufacturerModelName", "StationName", "InstitutionName")
STUDY_KEYS: Final = ("PatientID", "IssuerOfPatientID", "StudyTime", "StudyDescription", "NumberOfStudyRelatedSeries")
SERIES_KEYS: Final = ("StudyInstanceUID", "SeriesInstanceUID", "Modality", "SeriesDescription", "ProtocolName")
IMAGE_KEYS: Final = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "InstanceNumber")


def study_query(day: date, modality: str) -> Dataset:
    """Ask for the studies of a day with a series of a modality."""
    query = _query("STUDY", *STUDY_KEYS, "StudyInstanceUID")
    query.StudyDate = f"{day:%Y%m%d}"
    query.ModalitiesInStudy = modality
    return query


def series_query(study_uids: Sequence[str]) -> Dataset:
    """Ask for the series of studies, with all that the headers of their images would tell."""
    query = _query("SERIES", *SERIES_KEYS, *DEVICE, *ATTRIBUTES, "SOPClassUID", "NumberOfSeriesRelatedInstances")
    _with_sequences(query)
    query.StudyInstanceUID = list(study_uids)
    return query


def day_query(day: date) -> Dataset:
    """Ask for every series of a day, of whatever study: a relational query (PS3.4 C.4.1.2.2)."""
    query = series_query([])
    query.StudyInstanceUID = ""
    query.StudyDate = f"{day:%Y%m%d}"
    return query


def image_query(study_uids: Iterable[str], series_uids: Iterable[str], numbers: Sequence[int]) -> Dataset:
    """Ask for the images of series that have one of some Instance Numbers, with all that their headers would tell."""
    query = _query("IMAGE", *IMAGE_KEYS, *DEVICE, *ATTRIBUTES, "Modality")
    _with_sequences(query)
    query.StudyInstanceUID = list(dict.fromkeys(study_uids))
    query.SeriesInstanceUID = list(dict.fromkeys(series_uids))
    query.InstanceNumber = list(numbers)
    return query


def bare_image_query(study_uids: Iterable[str], series_uids: Iterable[str]) -> Dataset:
    """Ask for all images of series, with no more than tells one from the other: there may be thousands."""
    query = _query("IMAGE", *IMAGE_KEYS)
    query.StudyInstanceUID = list(dict.fromkeys(study_uids))
    query.SeriesInstanceUID = list(dict.fromkeys(series_uids))
    return query


def retrieval(images: Sequence[tuple[str, str, str]]) -> Dataset:
    """Ask for images, each named by its study, series and SOP Instance UID (C-GET, C-MOVE, and C-FIND of few)."""
    studies, series, uids = zip(*images, strict=True)
    query = Dataset()
    query.QueryRetrieveLevel = "IMAGE"
    query.StudyInstanceUID = list(dict.fromkeys(studies))
    query.SeriesInstanceUID = list(dict.fromkeys(series))
    query.SOPInstanceUID = list(uids)
    return query


def headers_retrieval(uids: Sequence[str]) -> Dataset:
    """Ask for images without bulk data: this model has no key but their SOP Instance UIDs (PS3.4 Z.4.2.1)."""
    query = Dataset()
    query.QueryRetrieveLevel = "IMAGE"
    query.SOPInstanceUID = list(uids)
    return query


def named_images_query(images: Sequence[tuple[str, str, str]]) -> Dataset:
    """Ask for what the headers of some images would tell; each is named by its study, series and SOP Instance UID."""
    query = image_query((), (), ())
    query.update(retrieval(images))
    query.InstanceNumber = None
    return query


def _query(level: str, *keys: str) -> Dataset:
    query = Dataset()
    query.SpecificCharacterSet = "ISO_IR 192"
    query.QueryRetrieveLevel = level
    return _with_empty(query, *keys)


def _with_sequences(query: Dataset) -> None:
    for sequence, keywords in SEQUENCES.items():
        setattr(query, sequence, Items([_with_empty(Dataset(), *keywords)]))


def _with_empty(dataset: Dataset, *keywords: str) -> Dataset:
    for keyword in keywords:
        setattr(dataset, keyword, None)
    return dataset
