"""The ways to header facts of an archive that speaks DIMSE, cheapest first (each is a rung of the ladder)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from schedvisu_lib.errors import PacsError, PacsUnreachable
from schedvisu_lib.pacs.dimse import GET, HEADERS, MOVE, Archive
from schedvisu_lib.pacs.habits import Answering
from schedvisu_lib.pacs.images import Ends, FirstAndLast, ImageName, ListedImage
from schedvisu_lib.pacs.ladder import why_no_image
from schedvisu_lib.pacs.listing import chunks
from schedvisu_lib.pacs.queries import headers_retrieval, retrieval
from schedvisu_lib.pacs.source import Found, ListedSeries
from schedvisu_lib.pacs.values import text
from schedvisu_lib.settings.pacs import WayName

_LOG = logging.getLogger(__name__)

NOT_SENT: Final = "the archive did not send its images"
NOT_LISTED: Final = "the archive listed no images of it"


class SeriesAnswers:
    """Takes a series of a single image from the SERIES answer, where that holds elements of the header."""

    name = "SERIES answers"

    def look_up(self, series: Sequence[ListedSeries]) -> Mapping[str, Found]:
        """Return the answers as they were listed; costs nothing."""
        return {one.series_uid: Found((one.answer,), 1, complete=False) for one in series if one.n_instances == 1}


class ImageAnswers:
    """Takes the first and the last image from IMAGE answers, where these hold elements of the header."""

    name = "IMAGE answers"

    def __init__(self, archive: Answering, ends: FirstAndLast) -> None:
        self._habits = archive.habits
        self._ends = ends

    def look_up(self, series: Sequence[ListedSeries]) -> Mapping[str, Found]:
        """Return the answers; errors as those of :class:`Way`."""
        ends = self._ends.with_attributes(self._ends.of(series))
        found = {uid: _answered(one) for uid, one in ends.items()}
        if self._habits.tells_attributes is None and found:
            answers = [header for one in found.values() for header in one.headers]
            self._habits.tells_attributes = any(text(answer, "ImageType") for answer in answers)
        return found


@dataclass(frozen=True)
class Kind:
    """A service by which images come."""

    name: str
    service: str
    ask: Callable[[Archive, Sequence[ImageName]], None]


class Retrieval:
    """Has the first and the last image sent, by lists of SOP Instance UIDs, and keeps their headers.

    Parameters
    ----------
    archive
        Who sends.
    ends
        Which images to send.
    kind
        By which service.
    kinds
        All services that the source may use: once none is left, there is no sense in going on.
    """

    def __init__(self, archive: Archive, ends: FirstAndLast, kind: Kind, kinds: Collection[Kind]) -> None:
        self.name = kind.name
        self._archive = archive
        self._ends = ends
        self._kind = kind
        self._services = [one.service for one in kinds]

    def look_up(self, series: Sequence[ListedSeries]) -> Mapping[str, Found]:
        """Return the headers that arrived.

        Raises
        ------
        PacsUnreachable
            The archive can no longer be reached, or refuses every service that may be used.
        PacsError
            The images of a series could not be listed completely.
        """
        if not self._is_refused and not self._archive.offers(self._kind.service):
            self._refuse(f"{self._archive.where} does not offer {self.name} to {self._archive.peer.calling_ae_title}")
        if self._is_refused:
            return {}
        ends = self._ends.of(series)
        no_images = {uid for uid, one in ends.items() if why_no_image(image.answer for image in one.images)}
        headers = self._fetch([image for uid, one in ends.items() if uid not in no_images for image in one.images])
        if self._is_refused:
            why = self._archive.habits.refusals[self._kind.service]
            return {uid: Found((), one.n_instances, complete=True, problem=why) for uid, one in ends.items()}
        return {uid: _answered(one) if uid in no_images else _sent(one, headers) for uid, one in ends.items()}

    @property
    def _is_refused(self) -> bool:
        return self._kind.service in self._archive.habits.refusals

    def _refuse(self, reason: str) -> None:
        """Ask no more by this service; the last one that is refused ends the retrieval, unless answers tell most."""
        refusals = self._archive.habits.refusals
        refusals[self._kind.service] = reason
        if not self._archive.habits.tells_attributes and all(service in refusals for service in self._services):
            why = "; ".join(dict.fromkeys(refusals.values()))
            raise PacsUnreachable(f"{why}; ask its administrator for one of them, or see pacs.ways")

    def _fetch(self, images: Sequence[ListedImage]) -> dict[str, Dataset]:
        """Return the headers of the images that the archive sent, by SOP Instance UID: asked in lists, then singly."""
        inbox = self._archive.inbox
        inbox.expect([image.sop_uid for image in images])
        try:
            for part in chunks(images, self._archive.pacs.images_per_request):
                self._send(part)
                missing = [image for image in part if image.sop_uid not in inbox.headers]
                if missing and len(part) > 1:
                    _LOG.info("%d of %d images did not arrive: asked one by one", len(missing), len(part))
                    for image in missing:
                        self._send([image])
                if self._is_refused:
                    break
            return inbox.headers
        finally:
            inbox.expect(())

    def _send(self, images: Sequence[ListedImage]) -> None:
        """Ask for images; a failure is logged, since what arrived is counted.

        That a single image is refused ends this way for good; if several are, it may be for the list.
        """
        if self._is_refused:
            return
        try:
            self._kind.ask(self._archive, [image.name for image in images])
        except PacsUnreachable as error:
            if not self._archive.is_open:
                raise
            _LOG.warning("%s", error)
            if len(images) == 1:
                self._refuse(str(error))
        except PacsError as error:
            _LOG.warning("%s", error)


def _ask_headers(archive: Archive, images: Sequence[ImageName]) -> None:
    archive.get(headers_retrieval([sop_uid for _, _, sop_uid in images]), HEADERS)


def _ask_get(archive: Archive, images: Sequence[ImageName]) -> None:
    archive.get(retrieval(images), GET)


def _ask_move(archive: Archive, images: Sequence[ImageName]) -> None:
    archive.move(retrieval(images))


KINDS: Final[Mapping[WayName, Kind]] = {
    "headers": Kind("C-GET without bulk data", HEADERS, _ask_headers),
    "get": Kind("C-GET", GET, _ask_get),
    "move": Kind("C-MOVE", MOVE, _ask_move),
}


def _answered(ends: Ends) -> Found:
    answers = tuple(image.answer for image in ends.images)
    return Found(answers, ends.n_instances, complete=False, problem="" if answers else NOT_LISTED)


def _sent(ends: Ends, headers: Mapping[str, Dataset]) -> Found:
    arrived = tuple(headers[image.sop_uid] for image in ends.images if image.sop_uid in headers)
    if len(arrived) < len(ends.images) or not arrived:
        return Found((), ends.n_instances, complete=True, problem=NOT_SENT if ends.images else NOT_LISTED)
    return Found(arrived, ends.n_instances, complete=True)
