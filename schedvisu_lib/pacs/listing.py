"""List a day's studies, series and images by C-FIND, with as few requests as the archive allows (design, 5.1)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.dimse import Archive
from schedvisu_lib.pacs.timing import ATTRIBUTES, SEQUENCES
from schedvisu_lib.pacs.values import text

_LOG = logging.getLogger(__name__)

MODALITIES: Final = ("PT", "NM", "CT")
"""Studies with a series of one of these are asked for; only these series have a begin and an end."""
_UIDS_PER_QUERY: Final = 50
_DEVICE: Final = ("ManufacturerModelName", "StationName", "InstitutionName")
_STUDY_KEYS: Final = ("PatientID", "IssuerOfPatientID", "StudyTime", "StudyDescription", "NumberOfStudyRelatedSeries")
_SERIES_KEYS: Final = (
    "StudyInstanceUID",
    "Modality",
    "SeriesDescription",
    "ProtocolName",
    "SeriesDate",
    "SeriesTime",
    *_DEVICE,
)


@dataclass(frozen=True)
class ListedSeries:
    """A series as the archive listed it, with what is known of its study."""

    study: Dataset = field(repr=False)  # holds the patient's ID
    answer: Dataset = field(repr=False)
    study_uid: str
    series_uid: str
    modality: str
    n_instances: int | None


@dataclass(frozen=True)
class ListedImage:
    """An image as the archive listed it; ``answer`` holds the header's elements, if the archive answers them."""

    study_uid: str
    series_uid: str
    sop_uid: str
    number: int | None
    answer: Dataset = field(repr=False)


def list_studies(archive: Archive, day: date) -> dict[str, Dataset]:
    """Return the STUDY answers of a day by Study Instance UID: one query for each modality, joined."""
    studies: dict[str, Dataset] = {}
    for modality in MODALITIES:
        query = _query(
            "STUDY", *_STUDY_KEYS, StudyInstanceUID="", StudyDate=f"{day:%Y%m%d}", ModalitiesInStudy=modality
        )
        for answer in archive.find(query):
            studies.setdefault(text(answer, "StudyInstanceUID"), answer)
    return studies


def list_series(archive: Archive, studies: dict[str, Dataset]) -> list[ListedSeries]:
    """Return every series of the studies: asked by lists of Study Instance UIDs, and singly for those left open.

    Raises
    ------
    PacsError
        A study's series could not be listed completely.
    """
    found: dict[str, ListedSeries] = {}

    def keep(answers: list[Dataset], uids: Sequence[str]) -> None:
        for answer in answers:
            study_uid = text(answer, "StudyInstanceUID") or (uids[0] if len(uids) == 1 else "")
            series_uid = text(answer, "SeriesInstanceUID")
            # An archive that ignores the list answers with other studies, too.
            if study_uid in studies and series_uid:
                count = text(answer, "NumberOfSeriesRelatedInstances")
                found.setdefault(
                    series_uid,
                    ListedSeries(
                        studies[study_uid],
                        answer,
                        study_uid,
                        series_uid,
                        text(answer, "Modality"),
                        int(count) if count.isdecimal() else None,
                    ),
                )

    for uids in _chunks(list(studies)):
        keep(_find_by_list(archive, _series_query(uids)), uids)
    for uid in _incomplete(studies, found):
        keep(archive.find(_series_query([uid])), [uid])
    return sorted(found.values(), key=lambda series: (series.study_uid, series.series_uid))


def list_first_and_last(archive: Archive, series: Sequence[ListedSeries]) -> dict[str, list[ListedImage]]:
    """Return the first and the last image (or the only one) of each series, by Series Instance UID.

    Numbers 1 and n are asked of many series at once; where an answer is missing (numbering from 0, offset, with holes,
    or an archive that refuses such queries), all images of the series are listed.

    Raises
    ------
    PacsError
        The images of a series could not be listed.
    """
    by_last: dict[int, list[ListedSeries]] = defaultdict(list)
    for one in series:
        if one.n_instances:
            by_last[one.n_instances].append(one)
    firsts = _by_number(archive, [one for one in series if one.n_instances], 1)
    found: dict[str, list[ListedImage]] = {}
    for last, members in by_last.items():
        lasts = firsts if last == 1 else _by_number(archive, [one for one in members if one.series_uid in firsts], last)
        for one in members:
            if one.series_uid in firsts and one.series_uid in lasts:
                ends = (firsts[one.series_uid], lasts[one.series_uid])
                found[one.series_uid] = list({image.sop_uid: image for image in ends}.values())
    for one in series:
        if one.series_uid not in found:
            found[one.series_uid] = _ends(_all_images(archive, one))
    return found


def _by_number(archive: Archive, series: Sequence[ListedSeries], number: int) -> dict[str, ListedImage]:
    """Return the images with an Instance Number by Series Instance UID, but for series with two of that number."""
    found: dict[str, list[ListedImage]] = defaultdict(list)
    wanted = {one.series_uid: one for one in series}
    for uids in _chunks(list(wanted)):
        studies = list(dict.fromkeys(wanted[uid].study_uid for uid in uids))
        query = _image_query(studies, uids, number)
        for image in _images(_find_by_list(archive, query), wanted):
            if image.number == number:
                found[image.series_uid].append(image)
    return {uid: images[0] for uid, images in found.items() if len({image.sop_uid for image in images}) == 1}


def _all_images(archive: Archive, series: ListedSeries) -> list[ListedImage]:
    answers = archive.find(_image_query([series.study_uid], [series.series_uid], None))
    images = _images(answers, {series.series_uid: series})
    return list({image.sop_uid: image for image in images}.values())


def _ends(images: list[ListedImage]) -> list[ListedImage]:
    """Return the images with the lowest and the highest Instance Number; those without a number come last."""
    ordered = sorted(images, key=lambda image: (image.number is None, image.number or 0, image.sop_uid))
    return ordered if len(ordered) < 2 else [ordered[0], ordered[-1]]


def _images(answers: list[Dataset], wanted: dict[str, ListedSeries]) -> Iterator[ListedImage]:
    only = next(iter(wanted)) if len(wanted) == 1 else ""
    for answer in answers:
        series_uid = text(answer, "SeriesInstanceUID") or only
        if series_uid in wanted and text(answer, "SOPInstanceUID"):
            number = text(answer, "InstanceNumber")
            yield ListedImage(
                wanted[series_uid].study_uid,
                series_uid,
                text(answer, "SOPInstanceUID"),
                int(number) if number.lstrip("-+").isdecimal() else None,
                answer,
            )


def _incomplete(studies: dict[str, Dataset], found: dict[str, ListedSeries]) -> list[str]:
    """Return the studies of which fewer series were listed than the archive says that there are, or none."""
    counts: dict[str, int] = defaultdict(int)
    for series in found.values():
        counts[series.study_uid] += 1
    return [
        uid
        for uid, answer in studies.items()
        if counts[uid] < int(stated if (stated := text(answer, "NumberOfStudyRelatedSeries")).isdecimal() else 1)
    ]


def _find_by_list(archive: Archive, query: Dataset) -> list[Dataset]:
    """Return the answers to a query by lists, none if the archive refuses it: what is left open is asked singly."""
    try:
        return archive.find(query)
    except PacsUnreachable:
        raise
    except PacsError as error:
        _LOG.info("%s: asked singly instead", error)
        return []


def _series_query(study_uids: Sequence[str]) -> Dataset:
    query = _query("SERIES", *_SERIES_KEYS, SeriesInstanceUID="", NumberOfSeriesRelatedInstances=None)
    query.StudyInstanceUID = list(study_uids)
    return query


def _image_query(study_uids: Sequence[str], series_uids: Sequence[str], number: int | None) -> Dataset:
    query = _query("IMAGE", *ATTRIBUTES, *_DEVICE, "Modality", SOPInstanceUID="", SOPClassUID="")
    query.StudyInstanceUID = list(study_uids)
    query.SeriesInstanceUID = list(series_uids)
    query.InstanceNumber = number
    for sequence, keywords in SEQUENCES.items():
        setattr(query, sequence, Items([_with_empty(Dataset(), *keywords)]))
    return query


def _query(level: str, *keys: str, **matching: str | int | None) -> Dataset:
    query = Dataset()
    query.SpecificCharacterSet = "ISO_IR 192"
    query.QueryRetrieveLevel = level
    _with_empty(query, *keys)
    for keyword, value in matching.items():
        setattr(query, keyword, value)
    return query


def _with_empty(dataset: Dataset, *keywords: str) -> Dataset:
    for keyword in keywords:
        setattr(dataset, keyword, None)
    return dataset


def _chunks(uids: list[str]) -> Iterator[list[str]]:
    for begin in range(0, len(uids), _UIDS_PER_QUERY):
        yield uids[begin : begin + _UIDS_PER_QUERY]
