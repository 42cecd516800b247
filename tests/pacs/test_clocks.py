"""The nights in which the clock is changed: a series lasts as long as it truly did, and an exam stays in one piece.

In Zurich, on 30 March 2025 02:00 became 03:00, and on 26 October 2025 03:00 became 02:00.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from schedvisu_lib.pacs.timing import time_series

ZURICH = ZoneInfo("Europe/Zurich")
SPRING, AUTUMN = "20250330", "20251026"


def image(day, time, lasts=None, **elements):
    header = Dataset()
    header.AcquisitionDate, header.AcquisitionTime = day, time
    if lasts is not None:
        header.ActualFrameDuration = lasts * 60_000
    for keyword, value in elements.items():
        setattr(header, keyword, value)
    return header


def nm(day, time, lasts, **elements):
    return image(day, time, lasts, ImageType=["ORIGINAL", "PRIMARY", "STATIC"], **elements)


def clock(modality, *headers):
    """Time a series; return begin and end as hours and minutes."""
    timing = time_series(modality, headers, ZURICH)
    return f"{timing.start:%H:%M}", f"{timing.end:%H:%M}"


@pytest.mark.parametrize(
    ("modality", "headers", "told"),
    [
        # 01:50 to 03:10 on the wall, which is 20 minutes
        ("CT", [image(SPRING, "015000"), image(SPRING, "031000")], ("01:50", "02:10")),
        ("PT", [image(SPRING, "015000", 3), image(SPRING, "030700", 3)], ("01:50", "02:10")),
        ("NM", [nm(SPRING, "015000", 20)], ("01:50", "02:10")),
        # a clock that nobody put forward yet shows the missing hour: it was 03:05 to 03:25
        ("CT", [image(SPRING, "020500"), image(SPRING, "022500")], ("03:05", "03:25")),
        ("NM", [nm(SPRING, "020500", 20)], ("03:05", "03:25")),
        ("CT", [image(SPRING, "022000"), image(SPRING, "013000")], ("01:30", "02:20")),
        # the same clock, from before the change
        ("PT", [image(SPRING, "015000", 3), image(SPRING, "020700", 3)], ("01:50", "02:10")),
    ],
)
def test_in_spring_a_series_does_not_get_an_hour_longer(modality, headers, told):
    assert clock(modality, *headers) == told


@pytest.mark.parametrize(
    ("modality", "headers", "told"),
    [
        # 02:50, then 02:10 of the second run: 20 minutes, not 40 backwards
        ("CT", [image(AUTUMN, "025000"), image(AUTUMN, "021000")], ("02:50", "03:10")),
        ("PT", [image(AUTUMN, "025000", 3), image(AUTUMN, "020700", 3)], ("02:50", "03:10")),
        ("NM", [nm(AUTUMN, "025000", 20)], ("02:50", "03:10")),
        # both in the same run, whichever
        ("CT", [image(AUTUMN, "021000"), image(AUTUMN, "022000")], ("02:10", "02:20")),
        ("CT", [image(AUTUMN, "022000"), image(AUTUMN, "021000")], ("02:10", "02:20")),
        # from the hour before, and into the hour after: the run is the one that is nearer
        ("CT", [image(AUTUMN, "015500"), image(AUTUMN, "020500")], ("01:55", "02:05")),
        ("PT", [image(AUTUMN, "025500", 5), image(AUTUMN, "030000", 5)], ("02:55", "03:05")),
    ],
)
def test_in_autumn_a_series_does_not_end_before_it_starts(modality, headers, told):
    assert clock(modality, *headers) == told


@pytest.mark.parametrize(
    ("offset", "told"),
    [
        ("+0200", ("02:30", "02:31")),
        ("+0100", ("03:30", "03:31")),
        ("+0000", ("02:30", "02:31")),
        ("", ("02:30", "02:31")),
    ],
)
def test_an_offset_from_utc_tells_which_run_of_the_repeated_hour_is_meant(offset, told):
    # The study began at 01:50; its exam is told on the clock of that moment. An offset of neither run says nothing.
    study = {"StudyDate": AUTUMN, "StudyTime": "015000"}
    assert clock("NM", nm(AUTUMN, "023000", 1, TimezoneOffsetFromUTC=offset, **study)) == told
    dated = {"AcquisitionDateTime": f"{AUTUMN}023000{offset}"}
    assert clock("NM", nm(AUTUMN, "023000", 1, **dated, **study)) == told


def test_an_offset_from_utc_moves_no_other_time():
    assert clock("NM", nm("20250303", "081500", 5, TimezoneOffsetFromUTC="-0500")) == ("08:15", "08:20")


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        (("20250330005000+0000", "20250330011000+0000"), ("01:50", "02:10")),
        (("20250330015000+0100", "20250330031000+0200"), ("01:50", "02:10")),
        (("20251026025000+0200", "20251026021000+0100"), ("02:50", "03:10")),
        (("20251026023000+0200", "20251026023000+0100"), ("02:30", "03:30")),
        (("20251026011000+0000", "20251026013000+0000"), ("02:10", "02:30")),
    ],
)
def test_acquisition_datetime_with_an_offset_is_exact(moments, told):
    headers = [image(None, None, AcquisitionDateTime=moment) for moment in moments]
    assert clock("CT", *headers) == told


@pytest.mark.parametrize(
    ("day", "study", "series", "told"),
    [
        (
            SPRING,
            "014000",
            ["014500", "030500", "031500"],
            [("01:45", "01:55"), ("02:05", "02:15"), ("02:15", "02:25")],
        ),
        (
            AUTUMN,
            "024500",
            ["024800", "020000", "021000"],
            [("02:48", "02:58"), ("03:00", "03:10"), ("03:10", "03:20")],
        ),
        (AUTUMN, "023500", ["024000", "021000"], [("02:40", "02:50"), ("03:10", "03:20")]),
        (
            AUTUMN,
            "013000",
            ["013500", "020000", "023000"],
            [("01:35", "01:45"), ("02:00", "02:10"), ("02:30", "02:40")],
        ),
    ],
)
def test_all_series_of_a_study_are_told_on_the_clock_on_which_it_began(day, study, series, told):
    began = {"StudyDate": day, "StudyTime": study}
    assert [clock("NM", nm(day, one, 10, **began)) for one in series] == told


@pytest.mark.parametrize(("day", "shown"), [(SPRING, "083000"), (AUTUMN, "083000")])
def test_the_exams_of_the_next_morning_are_told_on_the_clock_of_the_morning(day, shown):
    registered_at_night = {"StudyDate": day, "StudyTime": "013000"}
    assert clock("NM", nm(day, shown, 10, **registered_at_night)) == ("08:30", "08:40")


@given(
    st.sampled_from([datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)]),
    st.integers(-120, 90),
    st.integers(0, 14),
    st.integers(0, 14),
    st.integers(1, 15),
    st.booleans(),
)
def test_a_pt_of_less_than_half_an_hour_is_never_an_hour_wrong(change, before, wait, apart, lasts, with_study):
    began = change + timedelta(minutes=before)
    first = began + timedelta(minutes=wait)
    last = first + timedelta(minutes=apart)

    def bed(moment):
        wall = moment.astimezone(ZURICH)
        study = began.astimezone(ZURICH)
        known = {"StudyDate": f"{study:%Y%m%d}", "StudyTime": f"{study:%H%M}"} if with_study else {}
        return image(f"{wall:%Y%m%d}", f"{wall:%H%M%S}", lasts, **known)

    timing = time_series("PT", [bed(first), bed(last)], ZURICH)
    assert timing.end - timing.start == timedelta(minutes=apart + lasts)
    if with_study:
        assert timing.start == (began.astimezone(ZURICH) + timedelta(minutes=wait)).replace(tzinfo=None)
