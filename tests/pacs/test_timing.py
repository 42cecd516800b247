"""When a series began and ended: each row of the table of design 5.2, its exceptions, and headers that lie."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from schedvisu_lib.pacs.timing import Timing, is_derived, time_series

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of pydicom, about the odd headers made here
ZURICH = ZoneInfo("Europe/Zurich")


def at(clock, day="2025-03-03"):
    return datetime.fromisoformat(f"{day} {clock}")


def image(time="080000", **elements):
    """A header of 3 March 2025; an element given as None is absent."""
    facts = {"StudyDate": "20250303", "SeriesDate": "20250303", "AcquisitionDate": "20250303", "AcquisitionTime": time}
    header = Dataset()
    for keyword, value in (facts | elements).items():
        if value is not None:
            setattr(header, keyword, value)
    return header


def nm(kind=None, **elements):
    return image(ImageType=["ORIGINAL", "PRIMARY", kind] if kind else ["ORIGINAL", "PRIMARY"], **elements)


def phase(frames, ms, delay=None):
    part = Dataset()
    part.NumberOfFramesInPhase, part.ActualFrameDuration = frames, ms
    if delay is not None:
        part.PhaseDelay = delay
    return part


def rotation(frames, ms):
    part = Dataset()
    part.NumberOfFramesInRotation, part.ActualFrameDuration = frames, ms
    return part


def timed(modality, *headers):
    return time_series(modality, headers, ZURICH)


# CT


def test_ct_lasts_from_the_earliest_to_the_latest_acquisition_time():
    assert timed("CT", image("081000"), image("081012.5")) == Timing("CT", at("08:10:00"), at("08:10:12.5"))


def test_ct_scanned_backwards_is_swapped_by_instance_order():
    assert timed("CT", image("081012"), image("081000")) == Timing("CT", at("08:10:00"), at("08:10:12"))


def test_a_single_ct_image_is_a_moment():
    assert timed("CT", image("081000")) == Timing("CT", at("08:10:00"), at("08:10:00"))


def test_frame_duration_does_not_lengthen_a_ct():
    header = image("081000", ActualFrameDuration=60_000)
    assert timed("CT", header) == Timing("CT", at("08:10:00"), at("08:10:00"))


# PT


def test_pt_ends_with_its_last_bed_not_at_its_start():
    first, last = image("080000", ActualFrameDuration=180_000), image("081500", ActualFrameDuration=180_000)
    assert timed("PT", first, last) == Timing("PT", at("08:00:00"), at("08:18:00"))


def test_one_bed_of_pt_lasts_its_frame_duration():
    assert timed("PT", image("080000", ActualFrameDuration=600_000)) == Timing("PT", at("08:00:00"), at("08:10:00"))


def test_pt_beds_are_compared_by_their_ends():
    first, last = image("080000", ActualFrameDuration=1_200_000), image("080500", ActualFrameDuration=120_000)
    assert timed("PT", first, last) == Timing("PT", at("08:00:00"), at("08:20:00"))


@pytest.mark.parametrize("duration", [None, ""])
def test_pt_without_frame_duration_is_timed_as_ct_and_says_so(duration):
    first = image("080000", ActualFrameDuration=duration)
    last = image("081500", ActualFrameDuration=duration)
    assert timed("PT", first, last) == Timing("PT without frame duration", at("08:00:00"), at("08:15:00"))


def test_pt_with_one_frame_duration_missing_says_so():
    first, last = image("080000", ActualFrameDuration=180_000), image("081500")
    assert timed("PT", first, last) == Timing("PT without frame duration", at("08:00:00"), at("08:15:00"))


def test_pt_whose_frame_duration_is_negative_ends_before_it_starts():
    timing = timed("PT", image("080000", ActualFrameDuration=-180_000))
    assert timing == Timing("PT", problem="ends before it starts")


# NM


def test_nm_dynamic_adds_frames_times_duration_over_its_phases():
    header = nm("DYNAMIC", PhaseInformationSequence=[phase(60, 1_000), phase(20, 30_000)])
    assert timed("NM", header) == Timing("NM dynamic", at("08:00:00"), at("08:11:00"))


def test_phase_delays_count():
    header = nm("DYNAMIC", PhaseInformationSequence=[phase(60, 1_000, 5_000), phase(20, 30_000, 55_000)])
    assert timed("NM", header) == Timing("NM dynamic", at("08:00:00"), at("08:12:00"))


@pytest.mark.parametrize(("kind", "rule"), [("TOMO", "NM tomographic"), ("GATED TOMO", "NM gated tomographic")])
def test_nm_tomographic_adds_frames_times_duration_over_its_rotations(kind, rule):
    header = nm(kind, RotationInformationSequence=[rotation(60, 20_000), rotation(30, 10_000)])
    assert timed("NM", header) == Timing(rule, at("08:00:00"), at("08:25:00"))


@pytest.mark.parametrize(
    ("kind", "rule"), [("STATIC", "NM static"), ("WHOLE BODY", "NM whole body"), ("GATED", "NM gated")]
)
def test_nm_static_whole_body_and_gated_last_their_frame_duration(kind, rule):
    assert timed("NM", nm(kind, ActualFrameDuration=600_000)) == Timing(rule, at("08:00:00"), at("08:10:00"))


def test_two_detectors_take_their_frames_at_the_same_moment():
    header = nm("WHOLE BODY", ActualFrameDuration=900_000, EnergyWindowVector=[1, 1], DetectorVector=[1, 2])
    assert timed("NM", header) == Timing("NM whole body", at("08:00:00"), at("08:15:00"))


def test_two_energy_windows_take_their_frames_at_the_same_moment():
    header = nm("STATIC", ActualFrameDuration=300_000, EnergyWindowVector=[1, 1, 2, 2], DetectorVector=[1, 2, 1, 2])
    assert timed("NM", header) == Timing("NM static", at("08:00:00"), at("08:05:00"))


def test_frames_of_one_detector_and_window_come_one_after_another():
    header = nm(
        "STATIC",
        ActualFrameDuration=300_000,
        EnergyWindowVector=[1, 1, 1, 1, 1, 1],
        DetectorVector=[1, 2, 1, 2, 1, 2],
    )
    assert timed("NM", header) == Timing("NM static", at("08:00:00"), at("08:15:00"))


@pytest.mark.parametrize(
    "vectors", [{}, {"DetectorVector": [1, 2]}, {"DetectorVector": [1, 2], "EnergyWindowVector": [1, 1, 1]}]
)
def test_without_a_pair_of_vectors_the_frame_duration_counts_once(vectors):
    header = nm("STATIC", ActualFrameDuration=300_000, NumberOfFrames=2, **vectors)
    assert timed("NM", header) == Timing("NM static", at("08:00:00"), at("08:05:00"))


def test_the_beats_of_a_gated_image_are_added_up_within_its_frame_duration():
    vectors = {"EnergyWindowVector": [1] * 16, "DetectorVector": [1] * 16}
    header = nm("GATED", ActualFrameDuration=600_000, **vectors)
    assert timed("NM", header) == Timing("NM gated", at("08:00:00"), at("08:10:00"))


def test_image_type_tells_the_nm_type_before_the_sequences_do():
    header = nm("STATIC", ActualFrameDuration=60_000, PhaseInformationSequence=[phase(60, 10_000)])
    assert timed("NM", header) == Timing("NM static", at("08:00:00"), at("08:01:00"))
    assert timed("NM", nm("tomo", RotationInformationSequence=[rotation(60, 10_000)])).rule == "NM tomographic"


@pytest.mark.parametrize("kind", [None, "EMISSION"])
def test_sequences_tell_the_nm_type_where_image_type_does_not(kind):
    dynamic = nm(kind, PhaseInformationSequence=[phase(60, 10_000)])
    assert timed("NM", dynamic) == Timing("NM dynamic", at("08:00:00"), at("08:10:00"))
    tomo = nm(kind, RotationInformationSequence=[rotation(60, 10_000)])
    assert timed("NM", tomo) == Timing("NM tomographic", at("08:00:00"), at("08:10:00"))
    static = nm(kind, ActualFrameDuration=60_000)
    assert timed("NM", static) == Timing("NM static", at("08:00:00"), at("08:01:00"))


@pytest.mark.parametrize(
    ("header", "rule", "problem"),
    [
        (nm("DYNAMIC"), "NM dynamic", "no PhaseInformationSequence"),
        (nm("TOMO"), "NM tomographic", "no RotationInformationSequence"),
        (nm("GATED TOMO"), "NM gated tomographic", "no RotationInformationSequence"),
        (nm("STATIC"), "NM static", "no Actual Frame Duration"),
        (nm("WHOLE BODY"), "NM whole body", "no Actual Frame Duration"),
        (nm("GATED"), "NM gated", "no Actual Frame Duration"),
        (
            nm("DYNAMIC", PhaseInformationSequence=[phase(60, 1_000), Dataset()]),
            "NM dynamic",
            "no frames or frame duration in its PhaseInformationSequence",
        ),
        (nm("STATIC", ActualFrameDuration=-1), "NM static", "ends before it starts"),
        (
            nm("TOMO", RotationInformationSequence=[rotation(-60, 10_000)]),
            "NM tomographic",
            "no frames or frame duration in its RotationInformationSequence",
        ),
        (
            nm("TOMO", RotationInformationSequence=[rotation(60, 10_000), rotation(0, 10_000)]),
            "NM tomographic",
            "no frames or frame duration in its RotationInformationSequence",
        ),
        (
            nm("DYNAMIC", PhaseInformationSequence=[phase(60, 10_000), phase(1, -1)]),
            "NM dynamic",
            "no frames or frame duration in its PhaseInformationSequence",
        ),
        (
            nm("DYNAMIC", PhaseInformationSequence=[phase(60, 10_000, -1)]),
            "NM dynamic",
            "a negative delay in its PhaseInformationSequence",
        ),
    ],
)
def test_an_nm_image_that_lacks_what_its_rule_reads_has_a_problem(header, rule, problem):
    assert timed("NM", header) == Timing(rule, problem=problem)


# Dates and clocks


def test_without_acquisition_time_there_is_no_timing():
    header = image(None, SeriesTime="080000", StudyTime="080000", ContentTime="080000")
    assert timed("CT", header) == Timing("CT", problem="no Acquisition Time")


def test_acquisition_datetime_stands_in_for_a_missing_time():
    header = image(None, AcquisitionDateTime="20250304071530.5+0000")
    assert timed("CT", header) == Timing("CT", *[at("08:15:30.5", "2025-03-04")] * 2)


def test_acquisition_date_and_time_come_before_acquisition_datetime():
    header = image("081500", AcquisitionDateTime="20250401120000")
    assert timed("CT", header).start == at("08:15:00")


def test_an_acquisition_date_that_differs_from_the_studys_counts():
    header = image("083000", StudyDate="20250303", SeriesDate="20250305", AcquisitionDate="20250304")
    assert timed("CT", header).start == at("08:30:00", "2025-03-04")


def test_a_reconstruction_made_the_next_day_keeps_the_time_of_its_acquisition():
    recon = {"ImageType": ["DERIVED", "PRIMARY"], "SeriesDate": "20250304", "SeriesTime": "084012"}
    first = image("100000", ActualFrameDuration=120_000, **recon)
    last = image("101400", ActualFrameDuration=120_000, **recon)
    assert is_derived(first) == ""
    assert timed("PT", first, last) == Timing("PT", at("10:00:00"), at("10:16:00"))


def test_an_exam_across_midnight_lasts_20_minutes_not_23_hours_40():
    first, last = image("235000"), image("001000", AcquisitionDate="20250304")
    assert timed("CT", first, last) == Timing("CT", at("23:50:00"), at("00:10:00", "2025-03-04"))


@pytest.mark.parametrize("level", ["Series", "Study"])
def test_a_time_after_midnight_without_a_date_belongs_to_the_next_day(level):
    facts = {"AcquisitionDate": None, "SeriesDate": None, "StudyDate": None}
    facts |= {f"{level}Date": "20250303", f"{level}Time": "234900"}
    timing = timed("CT", image("235000", **facts), image("001000", **facts))
    assert timing == Timing("CT", at("23:50:00"), at("00:10:00", "2025-03-04"))


def test_a_time_before_midnight_of_a_series_made_after_it_belongs_to_the_day_before():
    facts = {"AcquisitionDate": None, "SeriesDate": "20250304", "SeriesTime": "001500"}
    assert timed("CT", image("235500", **facts)).start == at("23:55:00")


def test_an_nm_image_runs_past_midnight():
    header = nm("STATIC", time="235500", ActualFrameDuration=600_000)
    assert timed("NM", header) == Timing("NM static", at("23:55:00"), at("00:05:00", "2025-03-04"))


def test_a_time_without_any_date_is_a_problem():
    header = image("080000", AcquisitionDate=None, SeriesDate=None, StudyDate=None)
    assert timed("CT", header) == Timing("CT", problem="no date of its acquisition, series or study")


@pytest.mark.parametrize("day", ["00010101", "99991231", "20250399", "x"])
def test_a_broken_study_date_does_not_spoil_an_acquisition_date(day):
    header = image("081500", StudyDate=day, StudyTime="000000")
    assert timed("CT", header) == Timing("CT", at("08:15:00"), at("08:15:00"))


@pytest.mark.parametrize(("time", "start"), [("0800", at("08:00")), ("08", at("08:00")), ("080000.", at("08:00"))])
def test_odd_spellings_of_a_time_are_read(time, start):
    assert timed("CT", image(time)).start == start


@pytest.mark.parametrize(
    "header",
    [
        nm("STATIC", ActualFrameDuration=10**17),
        nm("DYNAMIC", PhaseInformationSequence=[phase(2**31, 10**15)]),
        nm("STATIC", time="235959", AcquisitionDate="99991231", ActualFrameDuration=60_000),
        nm("STATIC", time="000500", AcquisitionDate=None, SeriesDate="99991231", SeriesTime="235900"),
        nm("STATIC", time="235500", AcquisitionDate=None, SeriesDate="00010101", SeriesTime="000100"),
    ],
)
def test_values_beyond_any_calendar_are_a_problem(header):
    assert timed("NM", header).problem == "its date or duration is beyond any calendar"


# Derived images


@pytest.mark.parametrize(
    ("modality", "image_type", "why"),
    [
        ("CT", ["DERIVED", "SECONDARY", "SCREEN SAVE"], "Image Type 2 is SECONDARY"),
        ("PT", ["ORIGINAL", "SECONDARY"], "Image Type 2 is SECONDARY"),
        ("NM", ["derived", "secondary", "STATIC"], "Image Type 2 is SECONDARY"),
        ("NM", ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"], "Image Type 3 is RECON TOMO"),
        ("NM", ["DERIVED", "PRIMARY", "RECON GATED TOMO"], "Image Type 3 is RECON GATED TOMO"),
        ("PT", ["DERIVED", "PRIMARY"], ""),
        ("CT", ["DERIVED", "PRIMARY", "AXIAL"], ""),
        ("CT", ["ORIGINAL", "PRIMARY", "RECON TOMO"], ""),
        ("NM", ["ORIGINAL", "PRIMARY", "TOMO"], ""),
        ("CT", ["ORIGINAL"], ""),
        ("CT", None, ""),
    ],
)
def test_secondary_images_and_nm_reconstructions_are_derived_and_derived_alone_is_not(modality, image_type, why):
    assert is_derived(image(Modality=modality, ImageType=image_type)) == why


# Series that are too long


def test_nobody_lies_on_a_scanner_for_more_than_half_a_day():
    assert timed("NM", nm("STATIC", ActualFrameDuration=12 * 3_600_000)).end == at("20:00:00")
    longer = nm("STATIC", ActualFrameDuration=12 * 3_600_000 + 1)
    assert timed("NM", longer) == Timing("NM static", problem="lasts longer than 12 hours")


@pytest.mark.parametrize(
    "series",
    [
        [
            image("090000", ActualFrameDuration=60_000),
            image("083000", AcquisitionDate="20250304", ActualFrameDuration=60_000),
        ],
        [
            image("090000", AcquisitionDate="20150303", ActualFrameDuration=60_000),
            image("090000", ActualFrameDuration=60_000),
        ],
        [image("090000", ActualFrameDuration=180_000_000)],  # microseconds
    ],
)
def test_images_of_two_days_or_absurd_durations_are_no_series(series):
    assert timed("PT", *series) == Timing("PT", problem="lasts longer than 12 hours")


# Properties


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),
    st.lists(st.tuples(st.integers(0, 3_600_000), st.integers(1, 3_600_000)), min_size=1, max_size=6),
)
def test_pt_covers_each_of_its_two_beds(begin, beds):
    def bed(after, lasts):
        moment = begin + timedelta(milliseconds=after)
        return image(f"{moment:%H%M%S.%f}", AcquisitionDate=f"{moment:%Y%m%d}", ActualFrameDuration=lasts)

    ends = [beds[0], beds[-1]]
    timing = time_series("PT", [bed(*one) for one in ends], ZoneInfo("UTC"))
    assert timing.start == begin + timedelta(milliseconds=min(after for after, _ in ends))
    assert timing.end == begin + timedelta(milliseconds=max(after + lasts for after, lasts in ends))
