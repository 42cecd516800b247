"""Read the header of an image: the elements before its pixels, whatever their coding (PS3.5 chapters 7 and 10)."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import BinaryIO, Final

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from schedvisu_lib.errors import PacsError

_FIRST_PIXEL_GROUP: Final = 0x7FE0
_UNDEFINED_LENGTH: Final = 0xFFFFFFFF
_LARGEST_INFLATED: Final = 64 * 2**20
"""Bytes of a deflated dataset that are looked at: more than any header has, so that no bomb fills the memory."""


class UnreadableHeader(PacsError):
    """A dataset whose header cannot be read; the text never holds values of it."""


def read_header(stream: BinaryIO, syntax: str) -> Dataset:
    """Read the elements before the pixel data (group 7FE0) of a dataset, from where the stream stands.

    Values are decoded when they are looked at, as pydicom does: see :mod:`schedvisu_lib.pacs.values`.

    Parameters
    ----------
    stream
        The dataset, without preamble and file meta information.
    syntax
        UID of the transfer syntax that it is encoded in; compressed pixels make no difference.

    Raises
    ------
    UnreadableHeader
        It is no dataset in that syntax, it has no elements, or it ends in the middle of one.
    """
    try:
        source = BytesIO(_inflated(stream)) if syntax == DeflatedExplicitVRLittleEndian else stream
        header = read_dataset(
            source,
            is_implicit_VR=syntax == ImplicitVRLittleEndian,
            is_little_endian=syntax != ExplicitVRBigEndian,
            stop_when=_is_pixels,
        )
    except Exception as error:  # pydicom raises whatever broken bytes provoke; its text may quote them
        raise UnreadableHeader(f"its header cannot be read ({type(error).__name__})") from None
    if not header:
        raise UnreadableHeader("its header cannot be read (no elements)")
    if is_cut_short(header):
        raise UnreadableHeader("its header cannot be read (ends in the middle of an element)")
    return header


def is_cut_short(header: Dataset) -> bool:
    """Tell whether an element has fewer bytes than it says, which pydicom lets pass: half a time is another time."""
    return any(
        isinstance(element, RawDataElement)
        and element.length != _UNDEFINED_LENGTH
        and len(element.value or b"") < element.length
        for element in header.values()  # not decoded, as the elements of an iteration are
    )


def _inflated(stream: BinaryIO) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(stream.read(), _LARGEST_INFLATED)


def _is_pixels(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return tag.group >= _FIRST_PIXEL_GROUP
