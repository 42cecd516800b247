"""How single values are read: DA, TM and DT as devices write them (PS3.5 6.2), and anything else without an error."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from schedvisu_lib.pacs.values import (
    items,
    number,
    parse_date,
    parse_datetime,
    parse_offset,
    parse_time,
    text,
    values,
    whole,
)

ANY_TEXT = st.text() | st.text("0123456789.:+- ", max_size=26)


def header(**elements):
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("20191223", date(2019, 12, 23)),
        ("2019.12.23", date(2019, 12, 23)),  # ACR-NEMA
        ("2019-12-23", date(2019, 12, 23)),
        (" 20191223 ", date(2019, 12, 23)),
        ("20240229", date(2024, 2, 29)),
        ("20190229", None),
        ("20191301", None),
        ("00000000", None),
        ("201912", None),
        ("20191223-20191224", None),
        ("191223", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_written_or_not_at_all(value, meant):
    assert parse_date(value) == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("081530", time(8, 15, 30)),
        ("081530.250000", time(8, 15, 30, 250_000)),
        ("081530.2", time(8, 15, 30, 200_000)),
        ("081530.000001", time(8, 15, 30, 1)),
        ("081530.1234567", time(8, 15, 30, 123_456)),
        ("081530.", time(8, 15, 30)),
        ("0815", time(8, 15)),
        ("08", time(8)),
        ("08:15:30", time(8, 15, 30)),  # ACR-NEMA
        ("08:15:30.5", time(8, 15, 30, 500_000)),
        ("08:15", time(8, 15)),
        ("081530 ", time(8, 15, 30)),
        ("235960", time(23, 59, 59)),  # a leap second
        ("235960.5", time(23, 59, 59, 500_000)),
        ("000000", time(0)),
    ],
)
def test_a_time_may_lack_its_end_and_have_any_number_of_decimals(value, meant):
    assert parse_time(value) == meant


@pytest.mark.parametrize(
    "value",
    [
        "",
        "8",
        "081",
        "08153",
        "20191223",
        "240000",
        "086000",
        "081561",
        "081599",
        "08.5",
        "0815.5",
        "-10000",
        "noon",
        "٠٨",
    ],
)
def test_what_is_no_time_is_none(value):
    assert parse_time(value) is None


def east(hours, minutes=0):
    return timezone(timedelta(hours=hours, minutes=minutes))


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("20250303081530", datetime(2025, 3, 3, 8, 15, 30)),
        ("20250303081530.25", datetime(2025, 3, 3, 8, 15, 30, 250_000)),
        ("202503030815", datetime(2025, 3, 3, 8, 15)),
        ("20120820120804.06", datetime(2012, 8, 20, 12, 8, 4, 60_000)),  # as a Philips MR writes it
        ("20250303081530+0100", datetime(2025, 3, 3, 8, 15, 30, tzinfo=east(1))),
        ("20250303071530+0000", datetime(2025, 3, 3, 7, 15, 30, tzinfo=east(0))),
        ("20250303021530.5-0530", datetime(2025, 3, 3, 2, 15, 30, 500_000, tzinfo=east(-5, -30))),
        ("00010101000000+1400", datetime(1, 1, 1, tzinfo=east(14))),
        ("20250303", None),
        ("20250230081530", None),
        ("20250303250000", None),
        ("20250303081530+2400", None),
        ("20250303081530+0160", None),
        ("20250303081530+01", None),
        ("now", None),
        ("", None),
    ],
)
def test_a_datetime_keeps_its_offset_if_it_states_one(value, meant):
    read = parse_datetime(value)
    assert read == meant
    assert (read and read.tzinfo) == (meant and meant.tzinfo)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("+0100", timedelta(hours=1)),
        ("-0530", timedelta(hours=-5, minutes=-30)),
        ("+0000 ", timedelta(0)),
        ("0100", None),
        ("+1", None),
        ("+9999", None),
        ("Europe/Zurich", None),
        ("", None),
    ],
)
def test_an_offset_from_utc_has_a_sign_hours_and_minutes(value, meant):
    assert parse_offset(value) == meant


@given(ANY_TEXT)
def test_no_text_makes_a_parser_fail(value):
    assert isinstance(parse_date(value), date | None)
    assert isinstance(parse_time(value), time | None)
    assert isinstance(parse_datetime(value), datetime | None)
    assert isinstance(parse_offset(value), timedelta | None)


@given(st.dates())
def test_dates_come_back(day):
    written = f"{day.year:04}{day.month:02}{day.day:02}"
    assert parse_date(written) == day
    assert parse_date(f"{written[:4]}.{written[4:6]}.{written[6:]}") == day


@given(st.times())
def test_times_come_back_to_the_microsecond(clock):
    assert parse_time(f"{clock:%H%M%S.%f}") == clock
    assert parse_time(f"{clock:%H:%M:%S.%f}") == clock
    assert parse_time(f"{clock:%H%M%S}") == clock.replace(microsecond=0)


@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_datetimes_with_an_offset_come_back(moment, minutes):
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    written = f"{moment:%Y%m%d%H%M%S.%f}"
    read = parse_datetime(f"{written}{sign}{hours:02}{rest:02}")
    assert read.replace(tzinfo=None) == moment
    assert read.utcoffset() == timedelta(minutes=minutes)
    assert parse_datetime(written) == moment


def test_text_is_the_first_value_without_padding():
    made = header(ManufacturerModelName="Discovery 690 ", ImageType=["ORIGINAL", "PRIMARY"], StationName="")
    assert text(made, "ManufacturerModelName") == "Discovery 690"
    assert text(made, "ImageType") == "ORIGINAL"
    assert text(made, "StationName") == ""
    assert text(made, "InstitutionName") == ""


def test_a_trailing_null_is_padding():
    made = header(ProtocolName="FDG\0")
    assert text(made, "ProtocolName") == "FDG"


def test_values_are_all_of_an_element():
    assert values(header(DetectorVector=[1, 2, 1]), "DetectorVector") == ["1", "2", "1"]
    assert values(header(DetectorVector=3), "DetectorVector") == ["3"]
    assert values(header(), "DetectorVector") == []


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("180000", 180_000.0),
        ("1.5E3", 1500.0),
        ("-.5", -0.5),
        ("+3.", 3.0),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("1_000", None),
        ("٣", None),
        ("0x10", None),
        ("1,5", None),
        (".", None),
        ("9" * 100_000 + "x", None),  # in no time
        ("", None),
        ("a", None),
    ],
)
def test_a_number_is_finite(value, meant):
    made = Dataset()
    made.add(DataElement("ProtocolName", "LO", value))
    assert number(made, "ProtocolName") == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("12", 12),
        ("+12", 12),
        ("-1", -1),
        ("0012", 12),
        ("--5", None),
        ("+-5", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_a_whole_number_has_one_sign_and_at_most_twelve_digits(value, meant):
    made = Dataset()
    made.add(DataElement("ProtocolName", "LO", value))
    assert whole(made, "ProtocolName") == meant


KEYWORDS = ("ImageType", "StudyTime", "ActualFrameDuration", "InstanceNumber", "SeriesInstanceUID", "ProtocolName")
CHARACTER_SETS = (["iso8859"], ["iso8859", "iso2022_jp"], ["utf8"], ["shift_jis"], ["gb18030"])
BYTES = (b"0123456789", b"0123456789.+- \\\0E", bytes(range(32, 127)), bytes(range(256)))


def by_pydicom(header, keyword):
    """Return what pydicom reads of an element."""
    try:
        value = header.get(keyword)
    except Exception:
        return []
    many = value if isinstance(value, MultiValue | list) else [] if value is None else [value]
    return [str(one).replace("\0", "").strip() for one in many]


@pytest.mark.filterwarnings("ignore")
@given(
    st.sampled_from(KEYWORDS),
    st.sampled_from([None, None, "CS", "LO", "SH", "DS", "IS", "UI", "DA", "TM", "AE", "UN", "LT", "DT"]),
    st.sampled_from(BYTES).flatmap(lambda some: st.lists(st.sampled_from(some), max_size=12)),
    st.sampled_from(CHARACTER_SETS),
)
@example("InstanceNumber", None, list(b"1.5 "), ["iso8859"])
@example("ProtocolName", None, list(b"\x1b$B$%\x1b(B"), ["iso8859", "iso2022_jp"])
@example("ProtocolName", None, list("Schädel".encode()), ["utf8"])
@example("SeriesInstanceUID", None, list(b"1.2\\1.3\0"), ["iso8859"])
def test_usual_values_are_read_as_pydicom_reads_them(keyword, vr, letters, character_set):
    def encoded():
        tag, content = BaseTag(tag_for_keyword(keyword)), bytes(letters)
        made = Dataset({tag: RawDataElement(tag, vr, len(content), content, 0, vr is None, True)})
        made.set_original_encoding(vr is None, True, character_set)
        return made

    assert values(encoded(), keyword) == by_pydicom(encoded(), keyword)


def test_items_of_what_is_no_sequence_are_none():
    item = header(NumberOfFramesInPhase=3)
    assert items(header(PhaseInformationSequence=[item]), "PhaseInformationSequence") == [item]
    assert items(header(), "PhaseInformationSequence") == []
    assert items(header(ProtocolName="FDG"), "ProtocolName") == []
