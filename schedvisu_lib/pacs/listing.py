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
from schedvisu_lib.pacs.values import text, whole

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


@dataclass(frozen=True)
class Ends:
    """The first and the last image of a series (or its only one), and how many it has."""

    images: tuple[ListedImage, ...]
    n_instances: int


def list_studies(archive: Archive, day: date) -> dict[str, Dataset]:
    """Return the STUDY answers of a day by Study Instance UID: one query for each modality, joined.

    Raises
    ------
    PacsError
        The studies could not be listed completely, or one is listed without its UID.
    """
    studies: dict[str, Dataset] = {}
    for modality in MODALITIES:
        query = _query(
            "STUDY", *_STUDY_KEYS, StudyInstanceUID="", StudyDate=f"{day:%Y%m%d}", ModalitiesInStudy=modality
        )
        for answer in archive.find(query):
            uid = text(answer, "StudyInstanceUID")
            if not uid:
                raise PacsError(f"{day}: the archive listed a study without Study Instance UID; nothing is known of it")
            studies.setdefault(uid, answer)
    return studies


def list_series(archive: Archive, studies: dict[str, Dataset]) -> list[ListedSeries]:
    """Return every series of the studies: asked by lists of Study Instance UIDs, and singly for those left open.

    Studies without a series of our modalities are left out: the archive ignored that it was asked for them alone.

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
                found.setdefault(
                    series_uid,
                    ListedSeries(
                        studies[study_uid],
                        answer,
                        study_uid,
                        series_uid,
                        text(answer, "Modality"),
                        whole(answer, "NumberOfSeriesRelatedInstances"),
                    ),
                )

    for uids in _chunks(list(studies)):
        keep(_find_by_list(archive, _series_query(uids)), uids)
    for uid in _incomplete(studies, found):
        keep(archive.find(_series_query([uid])), [uid])
    ours = {series.study_uid for series in found.values() if series.modality in MODALITIES}
    kept = [series for series in found.values() if series.study_uid in ours]
    return sorted(kept, key=lambda series: (series.study_uid, series.series_uid))


def list_first_and_last(archive: Archive, series: Sequence[ListedSeries]) -> dict[str, Ends]:
    """Return the first and the last image of each series, by Series Instance UID.

    Numbers 1, n and n + 1 are asked of many series at once; where 1 or n is missing or n + 1 exists (numbering from 0,
    offset, with holes, or an archive that refuses such queries), all images of the series are listed.

    Raises
    ------
    PacsError
        The images of a series could not be listed.
    """
    found = _ends_by_number(archive, [one for one in series if one.n_instances is not None])
    for one in series:
        if one.series_uid not in found:
            images = _all_images(archive, one)
            found[one.series_uid] = Ends(_ends(images), one.n_instances or len(images))
    return found


def _ends_by_number(archive: Archive, series: Sequence[ListedSeries]) -> dict[str, Ends]:
    """Return the ends of those series that are numbered from 1 to their number of images."""
    firsts = _by_number(archive, series, 1)
    asked: dict[int, list[ListedSeries]] = defaultdict(list)
    for one in series:
        n = one.n_instances or 0
        if n > 1 and len(firsts.get(one.series_uid, ())) == 1:
            asked[n].append(one)
            if n > 2:  # two images with the numbers 1 and 2 leave no room for a hole
                asked[n + 1].append(one)
    at = {number: _by_number(archive, members, number) for number, members in asked.items()} | {1: firsts}
    found = {}
    for one in series:
        uid, n = one.series_uid, one.n_instances or 0
        first, last, beyond = (at.get(number, {}).get(uid, []) for number in (1, n, n + 1))
        if len(first) == len(last) == 1 and not beyond:
            found[uid] = Ends((first[0], last[0]) if n > 1 else (first[0],), n)
    return found


def _by_number(archive: Archive, series: Sequence[ListedSeries], number: int) -> dict[str, list[ListedImage]]:
    """Return the images with an Instance Number, by Series Instance UID."""
    found: dict[str, dict[str, ListedImage]] = defaultdict(dict)
    wanted = {one.series_uid: one for one in series}
    for uids in _chunks(list(wanted)):
        studies = list(dict.fromkeys(wanted[uid].study_uid for uid in uids))
        query = _image_query(studies, uids, number)
        for image in _images(_find_by_list(archive, query), wanted):
            if image.number == number:
                found[image.series_uid][image.sop_uid] = image
    return {uid: list(images.values()) for uid, images in found.items()}


def _all_images(archive: Archive, series: ListedSeries) -> list[ListedImage]:
    answers = archive.find(_image_query([series.study_uid], [series.series_uid], None))
    images = _images(answers, {series.series_uid: series})
    return list({image.sop_uid: image for image in images}.values())


def _ends(images: list[ListedImage]) -> tuple[ListedImage, ...]:
    """Return the images with the lowest and the highest Instance Number; those without a number come last."""
    ordered = sorted(images, key=lambda image: (image.number is None, image.number or 0, image.sop_uid))
    return tuple(ordered if len(ordered) < 2 else (ordered[0], ordered[-1]))


def _images(answers: list[Dataset], wanted: dict[str, ListedSeries]) -> Iterator[ListedImage]:
    only = next(iter(wanted)) if len(wanted) == 1 else ""
    for answer in answers:
        series_uid = text(answer, "SeriesInstanceUID") or only
        if series_uid in wanted and text(answer, "SOPInstanceUID"):
            yield ListedImage(
                wanted[series_uid].study_uid,
                series_uid,
                text(answer, "SOPInstanceUID"),
                whole(answer, "InstanceNumber"),
                answer,
            )


def _incomplete(studies: dict[str, Dataset], found: dict[str, ListedSeries]) -> list[str]:
    """Return the studies of which fewer series were listed than the archive says that there are, or none."""
    counts: dict[str, int] = defaultdict(int)
    for series in found.values():
        counts[series.study_uid] += 1
    return [uid for uid, answer in studies.items() if counts[uid] < (whole(answer, "NumberOfStudyRelatedSeries") or 1)]


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
