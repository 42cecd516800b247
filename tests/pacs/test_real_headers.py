"""The timing rules on headers of real devices: see ``headers/README.md`` for sources and licences.

Every expected time is worked out from the values of the header, which stand in the comment, not by the code.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.filereader import _read_file_meta_info, read_preamble

from schedvisu_lib.pacs.parsing import UnreadableHeader, read_header
from schedvisu_lib.pacs.timing import Timing, is_derived, lacks_frames, time_series

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of pydicom, about the odd values of real headers
ZURICH = ZoneInfo("Europe/Zurich")
SHIPPED = Path(__file__).parent / "headers"
INSTALLED = Path(pydicom.__file__).parent / "data" / "test_files"


def shipped(name):
    return [Dataset.from_json(one) for one in json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))]


def installed(name):
    """Read the header of a test file of pydicom as it would arrive: without the file's own beginning."""
    with (INSTALLED / name).open("rb") as file:
        read_preamble(file, force=True)
        syntax = _read_file_meta_info(file).get("TransferSyntaxUID", "1.2.840.10008.1.2")
        return read_header(file, syntax)


def span(rule, day, start, end):
    return Timing(rule, datetime.fromisoformat(f"{day} {start}"), datetime.fromisoformat(f"{day} {end}"))


@pytest.mark.parametrize(
    ("name", "timing"),
    [
        # 09:56:21 + 120000 ms
        ("pt-ge", span("PT", "2020-12-17", "09:56:21", "09:58:21")),
        # 10:48:30.351370 + the longer of 74324 and 77027 ms = 77.027 s
        ("pt-siemens-moving-bed", span("PT", "2020-12-17", "10:48:30.351370", "10:49:47.378370")),
        # 12:35:14.999995 + 120000 ms
        ("pt-siemens-before-its-series", span("PT", "2020-12-17", "12:35:14.999995", "12:37:14.999995")),
        # 13:03:48.234 + 180000 ms; Series Time 13:49:18 is when it was reconstructed
        ("pt-cps", span("PT", "2020-12-17", "13:03:48.234", "13:06:48.234")),
        # 11:01:56 + 120700 ms = 2 min 0.7 s
        ("pt-philips", span("PT", "2020-12-17", "11:01:56", "11:03:56.700")),
        # 14:13:36 + 180000 ms
        ("pt-philips-counts", span("PT", "2020-12-17", "14:13:36", "14:16:36")),
        # 09:54:39 + 120000 ms
        ("pt-philips-counts-and-activity", span("PT", "2020-12-17", "09:54:39", "09:56:39")),
        # 14:15:55.687 + 180000 ms
        ("pt-vendor-not-named", span("PT", "2020-12-17", "14:15:55.687", "14:18:55.687")),
        # 15:27:33.000006 + 1200000 ms = 20 min
        ("pt-siemens-biograph-mct", span("PT", "2013-07-10", "15:27:33.000006", "15:47:33.000006")),
        # Study Date and Time alone (midnight, after de-identification) are no time of acquisition
        ("ct-siemens-definition-as", Timing("CT", problem="no Acquisition Time")),
        # a map that was calculated: neither it nor its frames say when they were acquired
        ("ct-enhanced-perfusion", Timing("CT", problem="no Acquisition Time")),
    ],
)
def test_the_times_of_a_shipped_header(name, timing):
    headers = shipped(name)
    assert [is_derived(header) for header in headers] == [""] * len(headers)
    assert time_series(headers[0].Modality, headers, ZURICH) == timing


@pytest.mark.parametrize(
    ("names", "timing"),
    [
        # GE RHAPSODE: Acquisition Time 11:29:36; -0500 is where the scanner stood, its clock is the site's
        (["CT_small.dcm"], span("CT", "1997-04-30", "11:29:36", "11:29:36")),
        # Hitachi Supria: 09:36:06.75
        (["J2K_pixelrep_mismatch.dcm"], span("CT", "2019-10-19", "09:36:06.750", "09:36:06.750")),
        # GE LightSpeed Plus, images 18 and 182 of a series: 17:33:21 and 17:35:25
        (
            ["dicomdirtests/77654033/CT2/17106", "dicomdirtests/77654033/CT2/17196"],
            span("CT", "1995-09-03", "17:33:21", "17:35:25"),
        ),
        # GE LightSpeed Ultra, two localizers after midnight: 00:15:38 and 00:16:20
        (
            ["dicomdirtests/98892001/CT2N/6293", "dicomdirtests/98892001/CT2N/6924"],
            span("CT", "2001-01-01", "00:15:38", "00:16:20"),
        ),
        # the same, images 6 and 10: 00:27:44 and 00:27:45
        (
            ["dicomdirtests/98892001/CT5N/2062", "dicomdirtests/98892001/CT5N/3353"],
            span("CT", "2001-01-01", "00:27:44", "00:27:45"),
        ),
        # GE Millennium MG, WHOLE BODY: 12:29:31 + 1210434 ms = 20 min 10.434 s; Study Date, 2004, is not its own
        (["JPEG2000.dcm"], span("NM whole body", "1997-08-06", "12:29:31", "12:49:41.434")),
        # headers that were emptied
        (["693_J2KI.dcm"], Timing("CT", problem="no Acquisition Time")),
        (["dicomdirtests/TINY_ALPHA/PT000000/ST000000/SE000000/IM000000"], Timing("CT", problem="no Acquisition Time")),
    ],
)
def test_the_times_of_a_header_that_pydicom_ships(names, timing):
    headers = [installed(name) for name in names]
    assert [is_derived(header) for header in headers] == [""] * len(headers)
    assert time_series(headers[0].Modality, headers, ZURICH) == timing


def test_the_image_is_scanned_in_either_direction():
    late, early = (installed(f"dicomdirtests/77654033/CT2/{name}") for name in ("17196", "17106"))
    assert time_series("CT", [late, early], ZURICH) == span("CT", "1995-09-03", "17:33:21", "17:35:25")


def test_a_screen_capture_is_derived():
    header = installed("SC_rgb_jpeg.dcm")  # Image Type DERIVED\\SECONDARY\\OTHER
    assert is_derived(header) == "Image Type 2 is SECONDARY"


def test_an_enhanced_header_that_holds_its_frames_does_not_lack_them():
    assert [lacks_frames(header) for header in shipped("ct-enhanced-perfusion")] == [False]


def test_no_header_that_pydicom_ships_makes_a_rule_fail():
    files = sorted(file for file in INSTALLED.rglob("*") if file.is_file())
    verdicts = []
    for file in files:
        try:
            header = installed(file.relative_to(INSTALLED))
        except UnreadableHeader:
            continue
        verdicts += [is_derived(header), *(time_series(one, [header], ZURICH).problem for one in ("CT", "PT", "NM"))]
    assert len(verdicts) > 4 * 100
    assert {type(verdict) for verdict in verdicts} == {str}


def test_no_shipped_header_tells_whose_it_is():
    forbidden = {"PN", "LT", "UT"}
    for file in SHIPPED.glob("*.json"):
        for header in shipped(file.stem):
            elements = list(header.iterall())
            assert not [element.keyword for element in elements if element.VR in forbidden or element.tag.group == 0x10]
            assert not [element.keyword for element in elements if "InstanceUID" in element.keyword]
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 100_000
