"""An archive's web services: QIDO-RS for lists, WADO-RS metadata for headers, never an image (PS3.18)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Final, Self

from dicomweb_client.web import DICOMwebClient
from pydicom.dataset import Dataset

from schedvisu_lib.errors import PacsError
from schedvisu_lib.pacs.dicomweb_http import Answer, WebClient, WebRefused
from schedvisu_lib.pacs.dicomweb_json import to_dataset
from schedvisu_lib.pacs.habits import Habits
from schedvisu_lib.pacs.images import FirstAndLast, ListedImage
from schedvisu_lib.pacs.line import MOST_ANSWERS, TooManyAnswers
from schedvisu_lib.pacs.listing import chunks, list_series, list_studies
from schedvisu_lib.pacs.source import Found, ListedSeries, Traffic, Way
from schedvisu_lib.pacs.timing import ATTRIBUTES, is_derived
from schedvisu_lib.pacs.values import image_order, text, values, whole
from schedvisu_lib.pacs.ways import NOT_LISTED, ImageAnswers, SeriesAnswers
from schedvisu_lib.settings.pacs import Pacs, WayName

_LOG = logging.getLogger(__name__)

_UIDS_PER_QUERY: Final = 50
"""Some servers take no address of more than 4,000 characters."""
_ROUND: Final = 10
"""So many answers, or a multiple, may be where a server stopped: it is asked for those that follow."""
_SPARE_ANSWERS: Final = 20
"""Series may hold several images with the same number."""
_ONLY_DIMSE: Final = ("QueryRetrieveLevel", "SpecificCharacterSet")
_UID_KEYS: Final = {
    "STUDY": ("StudyInstanceUID",),
    "SERIES": ("StudyInstanceUID", "SeriesInstanceUID"),
    "IMAGE": ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"),
}
_RESOURCE: Final = {"STUDY": "studies", "SERIES": "series", "IMAGE": "instances"}
_BREAKS_ANSWERS: Final = ("EnergyWindowVector", "DetectorVector")
"""Asked for elements of many numbers, Orthanc answers with an error; they are of use for NM alone."""
_SEARCH: Final[Mapping[str, Callable[..., Any]]] = {
    "STUDY": DICOMwebClient.search_for_studies,
    "SERIES": DICOMwebClient.search_for_series,
    "IMAGE": DICOMwebClient.search_for_instances,
}
_IN_THE_PATH: Final = {"StudyInstanceUID": "study_instance_uid", "SeriesInstanceUID": "series_instance_uid"}


class WebArchive:
    """Web services that answer the queries of C-FIND (PS3.4 annex C), so that one set of rules lists by either."""

    def __init__(self, pacs: Pacs, traffic: Traffic | None = None) -> None:
        self.client = WebClient(pacs, traffic)
        self.habits = Habits()
        self.day: date | None = None
        """Of the studies that are asked for: a server that does not heed a list of UIDs gives those of one day only."""
        self._takes_several_numbers = True

    def query(self, query: Dataset) -> list[Dataset]:
        """Return every answer to a query, which is as one for C-FIND; sequences are never answered.

        Raises
        ------
        PacsUnreachable
            The services cannot be reached or do not let us in.
        TooManyAnswers
            They say that there are more answers than they give.
        PacsError
            They did not answer completely.
        """
        level = str(query.QueryRetrieveLevel)
        keys = [one.keyword for one in query if one.VR != "SQ" and one.keyword not in _ONLY_DIMSE]
        filters = {key: found for key in keys if any(found := values(query, key))}
        fields = [key for key in keys if key not in filters]
        numbers = filters.pop("InstanceNumber", [])
        uids = {key: filters.pop(key) for key in _UID_KEYS[level] if key in filters}
        several = [key for key in uids if len(uids[key]) > 1]
        if not several:
            return self._search(level, fields, filters | uids, numbers)
        narrowest = several[-1]
        kept = {key: found for key, found in uids.items() if len(found) == 1}
        answers: list[Dataset] = []
        for part in chunks(uids[narrowest], _UIDS_PER_QUERY):
            answers += self._search(level, fields, filters | kept | {narrowest: list(part)}, numbers)
        if level == "SERIES" and not answers:
            raise WebRefused(f"{self.client.where}: knows no series of any study in a list of {len(uids[narrowest])}")
        return answers

    def echo(self) -> None:
        """Ask whether the services are there, for one study of any day; errors as those of :meth:`WebClient.ask`."""
        self.client.ask("the search for studies", lambda client: client.search_for_studies(limit=1))

    def metadata(self, what: str, request: Callable[[DICOMwebClient], Any]) -> list[Dataset]:
        """Return whole headers (WADO-RS metadata); errors as those of :meth:`WebClient.ask`."""
        if not self.client.has_answered:
            self.echo()  # lest a wrong address be taken for an image that is not there
        return [to_dataset(answer) for answer in self.client.ask(what, request)]

    def _search(
        self, level: str, fields: Sequence[str], filters: Mapping[str, Sequence[str]], numbers: Sequence[str]
    ) -> list[Dataset]:
        """Search once; for several Instance Numbers at once, as long as the services allow it (it is no standard)."""
        if not numbers:
            return self._pages(level, fields, filters)
        if len(numbers) > 1 and self._takes_several_numbers:
            try:
                return self._numbered(level, fields, filters, numbers)
            except WebRefused as error:
                _LOG.info("%s: asked for one number at a time", error)
                self._takes_several_numbers = False
        return [one for number in numbers for one in self._numbered(level, fields, filters, [number])]

    def _numbered(
        self, level: str, fields: Sequence[str], filters: Mapping[str, Sequence[str]], numbers: Sequence[str]
    ) -> list[Dataset]:
        """Search by Instance Number, with a limit: a server that does not heed the number would list all images."""
        n_series = len(filters.get("SeriesInstanceUID", ()))
        limit = 2 * n_series * len(numbers) + _SPARE_ANSWERS
        page = self._page(level, fields, {**filters, "InstanceNumber": numbers}, limit=limit)
        if len(page) >= limit:
            raise WebRefused(f"{self.client.where}: does not heed Instance Numbers")
        return [to_dataset(one) for one in page]

    def _pages(self, level: str, fields: Sequence[str], filters: Mapping[str, Sequence[str]]) -> list[Dataset]:
        """Search, and go on behind the last answer as long as there may be more."""
        found: dict[str, Dataset] = {}
        n_received = largest = 0
        while n_received <= MOST_ANSWERS:
            page = [to_dataset(one) for one in self._page(level, fields, filters, offset=n_received or None)]
            before = len(found)
            for one in page:
                found.setdefault(text(one, _UID_KEYS[level][-1]), one)
            n_received, largest = n_received + len(page), max(largest, len(page))
            looks_cut = len(page) == largest and n_received % _ROUND == 0
            if len(found) > before and (self.client.says_more or looks_cut):
                continue
            if self.client.says_more:
                raise TooManyAnswers(f"{self.client.where}: gives only the first {len(found)} answers")
            return list(found.values())
        raise PacsError(f"{self.client.where}: answers do not end")

    def _page(
        self, level: str, fields: Sequence[str], filters: Mapping[str, Sequence[str]], **paging: int | None
    ) -> list[Answer]:
        in_path = {
            _IN_THE_PATH[key]: filters[key][0]
            for key in _UID_KEYS[level][:-1]
            if len(filters.get(key, ())) == 1 and (key == "StudyInstanceUID" or "StudyInstanceUID" in filters)
        }
        matched = {key: ",".join(found) for key, found in filters.items() if _IN_THE_PATH.get(key) not in in_path}
        if self.day is not None and not in_path and level != "STUDY":
            matched.setdefault("StudyDate", f"{self.day:%Y%m%d}")

        def ask(wanted: Sequence[str]) -> list[Answer]:
            return self.client.ask(
                f"the search for {_RESOURCE[level]}",
                lambda client: _SEARCH[level](client, **in_path, **paging, fields=wanted, search_filters=matched),
            )

        certain = [key for key in fields if level == "STUDY" or key not in ATTRIBUTES]
        try:
            return ask([key for key in fields if key not in _BREAKS_ANSWERS])
        except WebRefused as error:
            if len(certain) == len(fields):
                raise
            _LOG.info("%s: asked without elements of the headers", error)
            return ask(certain)


class DicomWebSource:
    """An archive's web services as the only way to it, with the ways that the site names, or all; for one thread."""

    def __init__(self, pacs: Pacs) -> None:
        self._archive = WebArchive(pacs)
        self.traffic = self._archive.client.traffic
        self._ends = FirstAndLast(self._archive)
        ways: dict[WayName, Way] = {
            "series": _WithoutSequences("QIDO-RS series", SeriesAnswers()),
            "image": _WithoutSequences("QIDO-RS instances", ImageAnswers(self._archive, self._ends)),
            "dicomweb": DicomWebWay(pacs, self._archive, self._ends),
        }
        self.ways: Sequence[Way] = [ways[name] for name in pacs.ways or ways if name in ways]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.client.close()

    def echo(self) -> None:
        """Ask whether the services are there.

        Raises
        ------
        PacsUnreachable
            They are not, or do not let us in.
        PacsError
            They answer with a failure.
        """
        self._archive.echo()

    def list_day(self, day: date) -> list[ListedSeries]:
        """Return every series of a day's studies; errors as those of :class:`Source`."""
        self._ends.forget()
        self._archive.day = day
        return list_series(self._archive, list_studies(self._archive, day), day)


class _WithoutSequences:
    """A way by answers that hold no sequences, so that they tell no times of NM images, but which are derived."""

    def __init__(self, name: str, way: Way) -> None:
        self.name = name
        self._way = way

    def look_up(self, series: Sequence[ListedSeries]) -> Mapping[str, Found]:
        """Return what the way gives of series whose times do not stand in sequences; errors as those of it."""
        ours = [one for one in series if one.modality != "NM" or (one.n_instances == 1 and is_derived(one.answer))]
        return self._way.look_up(ours)


class DicomWebWay:
    """Takes whole headers, without their bulk data, from WADO-RS metadata.

    Parameters
    ----------
    pacs
        The settings of the services.
    archive
        The services, where a source uses them already; else they are opened for this way alone.
    ends
        The first and last images that are known already.
    traffic
        Where to count what goes over the line, if the services are opened for this way alone.
    """

    name = "DICOMweb"

    def __init__(
        self,
        pacs: Pacs,
        archive: WebArchive | None = None,
        ends: FirstAndLast | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        self._archive = WebArchive(pacs, traffic) if archive is None else archive
        self._ends = ends

    def close(self) -> None:
        """Close the connection."""
        self._archive.client.close()

    def look_up(self, series: Sequence[ListedSeries]) -> Mapping[str, Found]:
        """Return the headers of each series; one that the services refuse has none; errors as those of :class:`Way`."""
        found: dict[str, Found] = {}
        several: list[ListedSeries] = []
        for one in series:
            if one.n_instances == 1:
                found[one.series_uid] = self._of_series(one)
            else:
                several.append(one)
        ends = (self._ends or FirstAndLast(self._archive)).of(several)
        for uid, first_and_last in ends.items():
            found[uid] = self._of_images(first_and_last.images, first_and_last.n_instances)
        return found

    def _of_series(self, series: ListedSeries) -> Found:
        """Return the header of a series' only image; should there be more, those of the first and the last."""
        try:
            headers = self._archive.metadata(
                "the metadata of a series",
                lambda client: client.retrieve_series_metadata(series.study_uid, series.series_uid),
            )
        except WebRefused as error:
            return _not_given(error, 1)
        by_uid = {text(header, "SOPInstanceUID"): header for header in headers}
        ordered = sorted(by_uid.values(), key=_order)
        if not ordered:
            return Found((), 1, complete=True, problem=NOT_LISTED)
        return Found(tuple(ordered if len(ordered) < 2 else (ordered[0], ordered[-1])), len(ordered), complete=True)

    def _of_images(self, images: Sequence[ListedImage], n_instances: int) -> Found:
        if not images:
            return Found((), n_instances, complete=True, problem=NOT_LISTED)
        try:
            headers = [header for image in images for header in self._of_image(image)]
        except WebRefused as error:
            return _not_given(error, n_instances)
        if [text(header, "SOPInstanceUID") for header in headers] != [image.sop_uid for image in images]:
            return Found((), n_instances, complete=True, problem="the archive gave the metadata of other images")
        return Found(tuple(headers), n_instances, complete=True)

    def _of_image(self, image: ListedImage) -> list[Dataset]:
        return self._archive.metadata(
            "the metadata of an image", lambda client: [client.retrieve_instance_metadata(*image.name)]
        )


def _order(header: Dataset) -> tuple[bool, int, str]:
    return image_order(whole(header, "InstanceNumber"), text(header, "SOPInstanceUID"))


def _not_given(error: WebRefused, n_instances: int) -> Found:
    _LOG.warning("%s", error)
    return Found((), n_instances, complete=True, problem="the archive did not give its metadata")
