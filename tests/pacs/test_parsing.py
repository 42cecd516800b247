"""Headers are read in every transfer syntax, up to their pixels; what cannot be read is one kind of error."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import write_dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLosslessSV1,
)

from schedvisu_lib.errors import PacsError
from schedvisu_lib.pacs import parsing
from schedvisu_lib.pacs.parsing import UnreadableHeader, read_header
from schedvisu_lib.pacs.values import items, text

SYNTAXES = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, JPEGLosslessSV1]
SYNTAXES.append(DeflatedExplicitVRLittleEndian)
EXPLICIT = ExplicitVRLittleEndian


def image(**elements):
    known = {"SpecificCharacterSet": "ISO_IR 192", "PatientName": "Dupont^Zoé", "AcquisitionTime": "081530.5"}
    return part(**known, PhaseInformationSequence=[part(NumberOfFramesInPhase=60)], **elements)


def part(**elements):
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def encoded(dataset, syntax=EXPLICIT):
    buffer = BytesIO()
    implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    file = DicomFileLike(buffer)
    file.is_implicit_VR, file.is_little_endian = implicit, little
    write_dataset(file, dataset)
    if syntax != DeflatedExplicitVRLittleEndian:
        return buffer.getvalue()
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflate.compress(buffer.getvalue()) + deflate.flush()


def read(content, syntax=EXPLICIT):
    return read_header(BytesIO(content), syntax)


def with_pixels():
    made = image(PixelRepresentation=0, BitsAllocated=16)
    made.add_new("PixelData", "OW", bytes(1000))
    return made


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.name)
def test_a_header_is_read_in_every_syntax_without_its_pixels(syntax):
    header = read(encoded(with_pixels(), syntax), syntax)
    assert text(header, "AcquisitionTime") == "081530.5"
    assert text(header, "PatientName") == "Dupont^Zoé"
    assert [text(phase, "NumberOfFramesInPhase") for phase in items(header, "PhaseInformationSequence")] == ["60"]
    assert "PixelData" not in header


def test_the_stream_is_read_from_where_it_stands_and_no_further_than_the_pixels():
    content = encoded(with_pixels())
    stream = BytesIO(b"before" + content)
    stream.seek(6)
    assert text(read_header(stream, EXPLICIT), "AcquisitionTime") == "081530.5"
    assert stream.tell() <= 6 + len(content) - 1000


def test_a_header_without_pixels_is_whole():
    assert text(read(encoded(image())), "AcquisitionTime") == "081530.5"


def test_half_a_pixel_element_does_not_matter():
    assert text(read(encoded(with_pixels())[:-500]), "AcquisitionTime") == "081530.5"


@pytest.mark.parametrize(
    ("content", "syntax", "why"),
    [
        (b"", EXPLICIT, "no elements"),
        (b"\x08\x00", EXPLICIT, "no elements"),
        (b"<html>404 not found</html>", EXPLICIT, "ends in the middle of an element"),
        (b"\x08\x00\x32\x00TM\x0a\x00081530", EXPLICIT, "ends in the middle of an element"),
        (b"\x08\x00\x05\x00SQ\x00\x00\xff", EXPLICIT, "error"),
        (b"no deflated data", DeflatedExplicitVRLittleEndian, "error"),
        (b"", DeflatedExplicitVRLittleEndian, "no elements"),
    ],
)
@pytest.mark.filterwarnings("ignore:Expected explicit VR:UserWarning")
def test_what_cannot_be_read_is_one_error(content, syntax, why):
    with pytest.raises(UnreadableHeader, match=rf"^its header cannot be read \({why}\)$"):
        read(content, syntax)
    assert issubclass(UnreadableHeader, PacsError)


def test_an_element_of_no_known_representation_leaves_the_others_readable():
    broken = b"\x08\x00\x31\x00C\x00\x00\x00"
    header = read(encoded(part(StudyTime="0810")) + broken + encoded(part(AcquisitionTime="0815")))
    assert [text(header, time) for time in ("StudyTime", "SeriesTime", "AcquisitionTime")] == ["0810", "", "0815"]


def test_half_a_time_is_not_read_as_another_time():
    with pytest.raises(UnreadableHeader, match="ends in the middle of an element"):
        read(encoded(part(AcquisitionTime="081530"))[:-2])


def test_sequences_without_end_are_one_error():
    nested = (
        struct.pack("<HH", 0x0054, 0x0032) + b"SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    ) * 5000
    with pytest.raises(UnreadableHeader):
        read(nested)


def test_a_deflated_bomb_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(parsing, "_LARGEST_INFLATED", 10_000)
    bomb = image()
    bomb.add_new("PixelData", "OW", bytes(1_000_000))
    content = encoded(bomb, DeflatedExplicitVRLittleEndian)
    assert len(parsing._inflated(BytesIO(content))) == 10_000
    assert text(read(content, DeflatedExplicitVRLittleEndian), "AcquisitionTime") == "081530.5"
