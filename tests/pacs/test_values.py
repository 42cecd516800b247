"""How single values are read: DA, TM and DT as devices write them (PS3.5 6.2), and anything else without an error."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from schedvisu_lib.pacs.values import (
    items,
    number,
    parse_date,
    parse_datetime,
    parse_time,
    text,
    values,
    whole,
)

ZURICH = ZoneInfo("Europe/Zurich")
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


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("20250303081530", datetime(2025, 3, 3, 8, 15, 30)),
        ("20250303081530.25", datetime(2025, 3, 3, 8, 15, 30, 250_000)),
        ("202503030815", datetime(2025, 3, 3, 8, 15)),
        ("20250303081530+0100", datetime(2025, 3, 3, 8, 15, 30)),
        ("20250303071530+0000", datetime(2025, 3, 3, 8, 15, 30)),
        ("20250303021530.5-0500", datetime(2025, 3, 3, 8, 15, 30, 500_000)),
        ("20250303233000-0100", datetime(2025, 3, 4, 1, 30)),
        # Daylight saving began on 30 March 2025, 02:00 -> 03:00, and ended on 26 October 2025, 03:00 -> 02:00.
        ("20250330005959+0000", datetime(2025, 3, 30, 1, 59, 59)),
        ("20250330010000+0000", datetime(2025, 3, 30, 3, 0)),
        ("20250330020000+0100", datetime(2025, 3, 30, 3, 0)),
        ("20251026003000+0000", datetime(2025, 10, 26, 2, 30)),
        ("20251026013000+0000", datetime(2025, 10, 26, 2, 30)),
        ("20251026020000+0000", datetime(2025, 10, 26, 3, 0)),
        ("20250303", None),
        ("20250230081530", None),
        ("20250303250000", None),
        ("00010101000000+1400", None),
        ("99991231235959-1400", None),
        ("now", None),
        ("", None),
    ],
)
def test_a_datetime_is_the_wall_clock_of_the_site(value, meant):
    assert parse_datetime(value, ZURICH) == meant


@given(ANY_TEXT)
def test_no_text_makes_a_parser_fail(value):
    assert isinstance(parse_date(value), date | None)
    assert isinstance(parse_time(value), time | None)
    assert isinstance(parse_datetime(value, ZURICH), datetime | None)


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
    shifted = parse_datetime(f"{moment:%Y%m%d%H%M%S.%f}{sign}{hours:02}{rest:02}", ZoneInfo("UTC"))
    assert (moment - shifted).total_seconds() == minutes * 60
    assert parse_datetime(f"{moment:%Y%m%d%H%M%S.%f}", ZURICH) == moment


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
    [("180000", 180_000.0), ("1.5E3", 1500.0), ("nan", None), ("inf", None), ("", None), ("a", None)],
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


def test_items_of_what_is_no_sequence_are_none():
    item = header(NumberOfFramesInPhase=3)
    assert items(header(PhaseInformationSequence=[item]), "PhaseInformationSequence") == [item]
    assert items(header(), "PhaseInformationSequence") == []
    assert items(header(ProtocolName="FDG"), "ProtocolName") == []
