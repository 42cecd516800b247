"""Receive images and keep their headers: nothing is written to disk, pixel data are never kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
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

from schedvisu_lib.config import Pacs
from schedvisu_lib.errors import PacsUnreachable

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
_FIRST_PIXEL_GROUP: Final = 0x7FE0
_STORED: Final = 0x0000
_CANNOT_UNDERSTAND: Final = 0xC000


class HeaderInbox:
    """The headers that arrived, by SOP Instance UID."""

    def __init__(self) -> None:
        self.headers: dict[str, Dataset] = {}

    def keep(self, event: evt.Event) -> int:
        """Keep the header of an arriving image (a handler of EVT_C_STORE) and forget its pixels."""
        syntax = event.context.transfer_syntax
        stream = event.request.DataSet
        stream.seek(0)
        try:
            header = read_dataset(
                stream,
                is_implicit_VR=syntax == ImplicitVRLittleEndian,
                is_little_endian=syntax != ExplicitVRBigEndian,
                stop_when=_is_pixels,
            )
        except Exception as error:  # a broken image must not end the association on which the others come
            _LOG.warning("an image cannot be read: %s", type(error).__name__)
            return _CANNOT_UNDERSTAND
        self.headers[str(event.request.AffectedSOPInstanceUID)] = header
        return _STORED

    @contextmanager
    def listening(self, settings: Pacs) -> Iterator[None]:
        """Accept the images of a C-MOVE on ``pacs.move_port``, from the configured archive only, while it is needed.

        Raises
        ------
        PacsUnreachable
            The port cannot be listened on.
        """
        entity = AE(ae_title=settings.calling_ae_title)
        for image in IMAGES:
            entity.add_supported_context(image, list(SYNTAXES))
        entity.require_calling_aet = [settings.ae_title]
        try:
            server = entity.start_server(
                ("", settings.move_port), block=False, evt_handlers=[(evt.EVT_C_STORE, self.keep)]
            )
        except OSError as error:
            raise PacsUnreachable(
                f"cannot listen on port {settings.move_port} for C-MOVE ({error.strerror}); "
                "see pacs.move_port, or set pacs.retrieve: get"
            ) from error
        try:
            yield
        finally:
            server.shutdown()


def _is_pixels(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return tag.group >= _FIRST_PIXEL_GROUP
