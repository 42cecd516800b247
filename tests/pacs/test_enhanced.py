"""Enhanced multi-frame CT and PT, whose frames tell their own times (PS3.3 C.7.6.16.2.2, Frame Content)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydicom.dataset import Dataset

from schedvisu_lib.pacs.timing import Timing, lacks_frames, time_series


def at(clock):
    return datetime.fromisoformat(f"2025-03-03 {clock}")


def header(**elements):
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def timed(modality, *headers):
    return time_series(modality, headers, ZoneInfo("Europe/Zurich"))


def enhanced(*frames, **elements):
    """A header without times of its own whose frames tell theirs: (DT value, ms)."""
    groups = []
    for moment, lasts in frames:
        content, group = Dataset(), Dataset()
        content.FrameAcquisitionDateTime, content.FrameAcquisitionDuration = moment, lasts
        group.FrameContentSequence = [content]
        groups.append(group)
    return header(PerFrameFunctionalGroupsSequence=groups, **elements)


def test_an_enhanced_image_lasts_from_its_first_frame_to_the_end_of_its_last_one():
    beds = enhanced(("20250303080300", 180_000.0), ("20250303080000", 180_000.0), ("20250303080600", 90_000.0))
    assert timed("PT", beds) == Timing("PT enhanced", at("08:00:00"), at("08:07:30"))
    turns = enhanced(("20250303071000.000+0000", 350.0), ("20250303071002.100+0000", 350.0))
    assert timed("CT", turns) == Timing("CT enhanced", at("08:10:00"), at("08:10:02.45"))


def test_the_frames_of_all_parts_of_an_enhanced_series_count():
    parts = enhanced(("20250303080000", 1000.0)), enhanced(("20250303081000", 1000.0))
    assert timed("CT", *parts) == Timing("CT enhanced", at("08:00:00"), at("08:10:01"))


def test_a_frame_without_duration_is_a_moment_and_one_without_time_is_passed_over():
    one = enhanced(("20250303080000", None), ("20250303080005", None), ("", 1e9))
    assert timed("CT", one) == Timing("CT enhanced", at("08:00:00"), at("08:00:05"))


def test_frames_that_tell_no_times_leave_the_rule_of_the_modality():
    one = enhanced(("", 1000.0), AcquisitionDateTime="20250303080000")
    assert timed("CT", one) == Timing("CT", at("08:00:00"), at("08:00:00"))
    assert timed("CT", enhanced(("", 1000.0))) == Timing("CT", problem="no Acquisition Time")


def test_frames_count_only_if_all_images_of_the_series_have_them():
    single = header(AcquisitionDate="20250303", AcquisitionTime="080000")
    assert timed("CT", single, enhanced(("20250303080000", 1000.0))) == Timing("CT", problem="no Acquisition Time")


def test_frames_do_not_change_the_rules_of_nm():
    one = enhanced(("20250303080000", 1000.0), ImageType=["ORIGINAL", "PRIMARY", "STATIC"])
    assert timed("NM", one) == Timing("NM static", problem="no Acquisition Time")


def test_an_answer_to_a_query_lacks_the_frames_of_an_enhanced_image():
    enhanced_pet, pet = "1.2.840.10008.5.1.4.1.1.130", "1.2.840.10008.5.1.4.1.1.128"
    assert lacks_frames(header(SOPClassUID=enhanced_pet))
    assert not lacks_frames(enhanced(("20250303080000", 1000.0), SOPClassUID=enhanced_pet))
    assert not lacks_frames(header(SOPClassUID=pet))
    assert not lacks_frames(header())
