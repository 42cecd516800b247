"""10,000 broken headers: reading gives a header or its one error, and every rule gives a verdict, never a crash.

Cases are the same in every run. What they found first stands as a plain test beside the rule that it broke.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from schedvisu_lib.pacs.parsing import UnreadableHeader, read_header
from schedvisu_lib.pacs.timing import ATTRIBUTES, LONGEST, SEQUENCES, is_derived, lacks_frames, time_series
from schedvisu_lib.pacs.values import items, number, text, values, whole

pytestmark = pytest.mark.filterwarnings("ignore")  # of pydicom, about each of these headers
ZURICH = ZoneInfo("Europe/Zurich")
SYNTAXES = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)
UNREADABLE = re.compile(r"its header cannot be read \((\w+|no elements|ends in the middle of an element)\)")
PROBLEM = re.compile(
    "no Acquisition Time|no date of its acquisition, series or study|no Actual Frame Duration|ends before it starts|"
    "its date or duration is beyond any calendar|lasts longer than 12 hours|"
    "(no|no frames or frame duration in its|a negative delay in its) (Phase|Rotation)InformationSequence"
)
SECRET = "Dupont^Zoé"


def fuzz(cases):
    return settings(max_examples=cases, derandomize=True, suppress_health_check=list(HealthCheck))


def judge(*headers):
    """Assert that every rule gives a verdict on headers, whatever they hold."""
    for modality in ("CT", "PT", "NM"):
        timing = time_series(modality, headers, ZURICH)
        if timing.start is None:
            assert timing.end is None
            assert PROBLEM.fullmatch(timing.problem)
        else:
            assert timing.problem == ""
            assert timing.start <= timing.end <= timing.start + LONGEST
            assert timing.start.tzinfo is timing.end.tzinfo is None
    for header in headers:
        assert is_derived(header) in ("", "Image Type 2 is SECONDARY", *(f"Image Type 3 is {one}" for one in RECON))
        assert lacks_frames(header) in (True, False)
        for keyword in (one for one in KEYWORDS if one in header):
            assert all(isinstance(value, str) for value in values(header, keyword))
            assert isinstance(text(header, keyword), str)
            assert isinstance(number(header, keyword), float | None)
            assert isinstance(whole(header, keyword), int | None)
            assert all(isinstance(item, Dataset) for item in items(header, keyword))


def read_and_judge(content, syntax):
    try:
        header = read_header(BytesIO(content), syntax)
    except UnreadableHeader as error:
        refused = str(error)
    else:
        judge(header)
        return
    assert UNREADABLE.fullmatch(refused)


# --- headers to break -------------------------------------------------------------------------------------------------

RECON = ("RECON TOMO", "RECON GATED TOMO")
FRAMES = "PerFrameFunctionalGroupsSequence"
KEYWORDS = (
    *ATTRIBUTES,
    *SEQUENCES,
    *(keyword for keywords in SEQUENCES.values() for keyword in keywords),
    FRAMES,
    "FrameContentSequence",
    "FrameAcquisitionDateTime",
    "FrameAcquisitionDuration",
    "TimezoneOffsetFromUTC",
    "Modality",
    "SOPClassUID",
    "SpecificCharacterSet",
    "PatientName",
    "ManufacturerModelName",
    "InstanceNumber",
)


def whole_header(modality, **elements):
    """A header as a device writes it, with a name, another character set and private elements."""
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.20"
    made.StudyDate = made.SeriesDate = made.AcquisitionDate = "20251026"
    made.StudyTime, made.SeriesTime, made.AcquisitionTime = "021000", "021500.5", "023000.123456"
    made.TimezoneOffsetFromUTC = "+0100"
    made.Modality, made.ManufacturerModelName, made.PatientName = modality, "Discovery 670", SECRET
    made.private_block(0x0009, "MAKER", create=True).add_new(0x01, "OB", bytes(range(64)))
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def part(**elements):
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def frame(moment):
    content = part(FrameAcquisitionDateTime=moment, FrameAcquisitionDuration=350.0)
    return part(FrameContentSequence=[content])


HEADERS = (
    whole_header("CT", ImageType=["ORIGINAL", "PRIMARY", "AXIAL"]),
    whole_header("PT", ImageType=["ORIGINAL", "PRIMARY"], ActualFrameDuration=180_000),
    whole_header("CT", SOPClassUID="1.2.840.10008.5.1.4.1.1.2.1", **{FRAMES: [frame("20250303080000+0100")] * 3}),
    whole_header(
        "NM",
        ImageType=["ORIGINAL", "PRIMARY", "DYNAMIC"],
        PhaseInformationSequence=[part(PhaseDelay=0, NumberOfFramesInPhase=60, ActualFrameDuration=1000)] * 2,
    ),
    whole_header(
        "NM",
        ImageType=["ORIGINAL", "PRIMARY", "TOMO"],
        RotationInformationSequence=[part(NumberOfFramesInRotation=60, ActualFrameDuration=20_000)],
    ),
    whole_header(
        "NM",
        ImageType=["ORIGINAL", "PRIMARY", "WHOLE BODY"],
        ActualFrameDuration=900_000,
        DetectorVector=[1, 2],
        EnergyWindowVector=[1, 1],
    ),
    *(
        Dataset.from_json(one)
        for file in sorted((Path(__file__).parent / "headers").glob("*.json"))
        for one in json.loads(file.read_text(encoding="utf-8"))[:1]
    ),
)


def encoded(dataset, syntax):
    buffer = BytesIO()
    file = DicomFileLike(buffer)
    file.is_implicit_VR, file.is_little_endian = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    write_dataset(file, dataset)
    content = buffer.getvalue()
    if syntax == DeflatedExplicitVRLittleEndian:
        deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        content = deflate.compress(content) + deflate.flush()
    return content


ENCODED = [(encoded(header, syntax), syntax) for header in HEADERS for syntax in SYNTAXES]


def test_unbroken_they_can_all_be_read():
    for content, syntax in ENCODED:
        judge(read_header(BytesIO(content), syntax))


# --- broken encodings -------------------------------------------------------------------------------------------------

PLACE = st.floats(0, 1, exclude_max=True)
DAMAGE = st.one_of(
    st.tuples(st.just("flip"), PLACE, st.integers(0, 7)),
    st.tuples(st.just("cut"), PLACE, st.none()),
    st.tuples(st.just("put"), PLACE, st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("over"), PLACE, st.sampled_from([b"SQ", b"UN", b"OW", b"FD", b"\xff\xff\xff\xff", b"\0\0\0\0"])),
    st.tuples(st.just("drop"), PLACE, st.integers(1, 12)),
)


def damaged(content, damages):
    for kind, place, how in damages:
        at = int(place * len(content))
        if not content:
            break
        if kind == "flip":
            content = content[:at] + bytes([content[at] ^ 1 << how]) + content[at + 1 :]
        elif kind == "cut":
            content = content[:at]
        elif kind == "put":
            content = content[:at] + how + content[at:]
        elif kind == "over":
            content = content[:at] + how + content[at + len(how) :]
        else:
            content = content[:at] + content[at + how :]
    return content


@fuzz(4500)
@given(st.sampled_from(ENCODED), st.lists(DAMAGE, min_size=1, max_size=6))
def test_a_damaged_header_is_read_or_refused(whole_one, damages):
    content, syntax = whole_one
    read_and_judge(damaged(content, damages), syntax)


def test_a_header_in_another_syntax_than_it_says_is_read_or_refused():
    for content, _ in ENCODED:
        for syntax in SYNTAXES:
            read_and_judge(content, syntax)


@fuzz(1000)
@given(st.binary(max_size=300), st.sampled_from(SYNTAXES))
def test_what_is_no_header_is_read_or_refused(content, syntax):
    read_and_judge(content, syntax)


# --- odd values in sound encodings ------------------------------------------------------------------------------------

LONG = (b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC")
VRS = (b"DA", b"TM", b"DT", b"IS", b"DS", b"US", b"SS", b"FD", b"FL", b"AT", b"CS", b"LO", b"PN", b"UI", *LONG)
CONTENTS = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"20250303", b"20251026", b"081530", b"023000", b"99991231", b"00010101", b"235959.999999"]),
    st.sampled_from([b"20250303081530+0100", b"20251026023000", b"20250303081530+9999", b"+0100", b"-1400"]),
    st.sampled_from([b"ORIGINAL\\PRIMARY\\DYNAMIC", b"ORIGINAL\\PRIMARY\\TOMO", b"\\\\WHOLE BODY", b"\\SECONDARY"]),
    st.sampled_from([b"180000", b"-1", b"0", b"1E400", b"1e300", b"nan", b"inf", b"1_000", b"1\\2\\x", b"9" * 400]),
    st.sampled_from([b"ISO_IR 192", b"ISO 2022 IR 87\\ISO 2022 IR 13", b"ISO_IR 999", b"latin-1", b"\\\\\\"]),
)
ELEMENTS = st.dictionaries(st.sampled_from(KEYWORDS), st.tuples(st.sampled_from(VRS), CONTENTS), min_size=1, max_size=6)


def written(elements):
    """Write elements as explicit VR little endian, whatever their values and VRs."""
    stream = b""
    for keyword, (vr, value) in sorted(elements.items(), key=lambda one: tag_for_keyword(one[0])):
        tag = tag_for_keyword(keyword)
        size = struct.pack("<xxI" if vr in LONG else "<H", len(value))
        stream += struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr + size + value
    return stream


@fuzz(2000)
@given(ELEMENTS)
def test_any_value_in_any_representation_is_judged(elements):
    read_and_judge(written(elements), ExplicitVRLittleEndian)


ODD = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.floats(),
    st.integers(-(10**12), 10**12),
    st.sampled_from(["20250330", "20251026", "013000", "023000", "20251026023000+0200", "1e300", "-0", "SECONDARY"]),
)
WHAT = st.sampled_from(["ORIGINAL", "PRIMARY", "DYNAMIC", "TOMO", "GATED", "STATIC", "RECON TOMO", ""])
ITEM = st.dictionaries(st.sampled_from(KEYWORDS), ODD, max_size=3)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(KEYWORDS), ODD),
        st.tuples(st.sampled_from(KEYWORDS), st.lists(ODD, max_size=4)),
        st.tuples(st.just("ImageType"), st.lists(WHAT, max_size=5)),
        st.tuples(st.sampled_from([*SEQUENCES, FRAMES, "FrameContentSequence"]), st.lists(ITEM, max_size=3)),
    ),
    min_size=1,
    max_size=3,
)


def put(dataset, keyword, value):
    """Set an element to a value as an archive's answer may hold it, checked by nobody; items are given as mappings."""
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        dataset.add(DataElement(keyword, "SQ", Sequence([item(one) for one in value])))
    else:
        dataset.add(DataElement(keyword, "LO", value, already_converted=True))


def item(elements):
    made = Dataset()
    for keyword, value in elements.items():
        put(made, keyword, value)
    return made


def changed(which, changes):
    header = Dataset()
    header.update(HEADERS[which])
    for keyword, value in changes:
        put(header, keyword, value)
    return header


@fuzz(2500)
@given(st.lists(st.tuples(st.integers(0, len(HEADERS) - 1), CHANGES), min_size=1, max_size=2))
def test_any_value_in_an_otherwise_sound_header_is_judged(images):
    judge(*(changed(*one) for one in images))
