"""Receive images and keep their headers: nothing is written to disk, pixel data are never kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import (
    JPEG2000,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedPETImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedPETImageStorage,
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    MultiFrameTrueColorSecondaryCaptureImageStorage,
    NuclearMedicineImageStorage,
    PositronEmissionTomographyImageStorage,
    SecondaryCaptureImageStorage,
)

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.guard import MEGABYTE, put_guard
from schedvisu_lib.pacs.parsing import UnreadableHeader, read_header
from schedvisu_lib.pacs.storage_scp import StorageScp, addresses, way_out
from schedvisu_lib.pacs.tls import server_context
from schedvisu_lib.settings.pacs import Pacs

_LOG = logging.getLogger(__name__)

IMAGES: Final = (
    CTImageStorage,
    PositronEmissionTomographyImageStorage,
    NuclearMedicineImageStorage,
    EnhancedCTImageStorage,
    EnhancedPETImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedPETImageStorage,
    SecondaryCaptureImageStorage,
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    MultiFrameTrueColorSecondaryCaptureImageStorage,
)
"""The storage classes that are accepted; what a screen capture is is told by its header."""
SYNTAXES: Final = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEG2000Lossless,
    JPEG2000,
    RLELossless,
)
"""Each proposed in a context of its own: some archives send nothing else if the image is stored compressed."""
_STORED: Final = 0x0000
_NOT_ASKED_FOR: Final = 0x0124
_TOO_LARGE: Final = 0xA700
_CANNOT_UNDERSTAND: Final = 0xC000
_MOST_SENDERS: Final = 4
"""Associations on which an archive may send at the same time."""


class HeaderInbox:
    """The headers that arrived, by SOP Instance UID; only images that were asked for are taken.

    Parameters
    ----------
    largest
        Size of an image, in megabytes, above which it is refused, or the line cut before it fills the memory.
    on_arrival
        Called with each image, asked for or not.
    """

    def __init__(self, largest: float, on_arrival: Callable[[], object]) -> None:
        self.headers: dict[str, Dataset] = {}
        self.n_images = 0
        self._wanted: frozenset[str] = frozenset()
        self._largest = largest * MEGABYTE
        self._on_arrival = on_arrival

    def expect(self, uids: Collection[str]) -> None:
        """Forget what arrived, and take these images from now on."""
        self.headers = {}
        self._wanted = frozenset(uids)

    def handlers(self) -> list[tuple[evt.InterventionEvent, Callable[[evt.Event], int]]]:
        """Return the handlers of an association on which images arrive."""
        return [(evt.EVT_C_STORE, self._keep)]

    def _keep(self, event: evt.Event) -> int:
        """Keep the header of an arriving image and forget its pixels."""
        self.n_images += 1
        self._on_arrival()
        uid = str(event.request.AffectedSOPInstanceUID)
        if uid not in self._wanted:
            _LOG.warning("an image that was not asked for was refused")
            return _NOT_ASKED_FOR
        stream = event.request.DataSet
        if stream.seek(0, 2) > self._largest:
            return _TOO_LARGE
        stream.seek(0)
        try:
            self.headers[uid] = read_header(stream, event.context.transfer_syntax)
        except UnreadableHeader as error:  # must not end the association on which the others come
            _LOG.warning("an image cannot be read: %s", error)
            return _CANNOT_UNDERSTAND
        return _STORED

    @contextmanager
    def listening(self, pacs: Pacs) -> Iterator[None]:
        """Accept the images of a C-MOVE while it is needed: at ``pacs.receiver``, from the configured archive only.

        Raises
        ------
        PacsUnreachable
            The port cannot be listened on.
        """
        receiver = pacs.receiver
        entity = AE(ae_title=pacs.calling_ae_title)
        for image in IMAGES:
            entity.add_supported_context(image, list(SYNTAXES))
        entity.require_calling_aet = [pacs.ae_title]
        entity.require_called_aet = True
        entity.maximum_associations = _MOST_SENDERS
        entity.network_timeout = entity.dimse_timeout = pacs.answer_timeout
        entity.acse_timeout = pacs.association_timeout
        known = addresses((pacs.host, *receiver.senders))
        guard = put_guard(pacs.answer_timeout, self._largest + MEGABYTE, _tell_of_cut)
        try:
            scp = entity.make_server(
                (receiver.interface or way_out(pacs.host, pacs.port), receiver.port),
                ssl_context=server_context(pacs.tls) if pacs.tls is not None else None,
                evt_handlers=[*self.handlers(), (evt.EVT_CONN_OPEN, guard)],
                server_class=StorageScp,
                known=known,
            )
        except OSError as error:
            raise PacsUnreachable(
                f"cannot listen on port {receiver.port} for C-MOVE ({error.strerror or error}); see pacs.receiver, or "
                "leave move out of pacs.ways"
            ) from error
        with scp:
            yield


def _tell_of_cut() -> None:
    _LOG.warning("the line was cut: an image is larger than pacs.largest_image")
