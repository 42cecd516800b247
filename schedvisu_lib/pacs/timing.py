"""When a series began and ended (design, section 5.2; durations in headers are milliseconds)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydicom.dataset import Dataset
from pydicom.uid import (
    EnhancedCTImageStorage,
    EnhancedPETImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedPETImageStorage,
)

from schedvisu_lib.pacs.clocks import Moments, Stretch, moments, on_one_clock
from schedvisu_lib.pacs.values import items, number, parse_date, parse_datetime, parse_offset, parse_time, text, values

ATTRIBUTES: Final = (
    "ImageType",
    "StudyDate",
    "StudyTime",
    "SeriesDate",
    "SeriesTime",
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "ActualFrameDuration",
    "EnergyWindowVector",
    "DetectorVector",
)
SEQUENCES: Final = {
    "PhaseInformationSequence": ("PhaseDelay", "NumberOfFramesInPhase", "ActualFrameDuration"),
    "RotationInformationSequence": ("NumberOfFramesInRotation", "ActualFrameDuration"),
}
"""The sequences that the rules read of a header, with what they read of their items."""

LONGEST: Final = timedelta(hours=12)
"""Nobody lies on a scanner for half a day; images of the next morning in the same series are farther apart."""
_RECONSTRUCTED: Final = ("RECON TOMO", "RECON GATED TOMO")
_ENHANCED: Final = (
    EnhancedCTImageStorage,
    EnhancedPETImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedPETImageStorage,
)
_ENHANCED_RULE: Final = " enhanced"
_HALF_DAY: Final = timedelta(hours=12)


@dataclass(frozen=True)
class Timing:
    """Begin and end of a series on the scanner's clock, and the rule that gave them; a rule that failed says why."""

    rule: str
    start: datetime | None = None
    end: datetime | None = None
    problem: str = ""


class _NoTimingError(Exception):
    pass


def is_derived(header: Dataset) -> str:
    """Tell why an image was made from others: Image Type value 2 SECONDARY, or an NM reconstruction; else "".

    DERIVED in value 1 alone does not count: reconstructions of CT and PT carry the times of their acquisition.
    """
    kinds = [kind.upper() for kind in values(header, "ImageType")]
    if len(kinds) > 1 and kinds[1] == "SECONDARY":
        return "Image Type 2 is SECONDARY"
    if len(kinds) > 2 and kinds[2] in _RECONSTRUCTED and text(header, "Modality") in ("NM", ""):
        return f"Image Type 3 is {kinds[2]}"
    return ""


def lacks_frames(header: Dataset) -> bool:
    """Tell whether an enhanced image comes without its frames, as in the answers to queries: its length is unknown."""
    return text(header, "SOPClassUID") in _ENHANCED and not items(header, "PerFrameFunctionalGroupsSequence")


def time_series(modality: str, headers: Sequence[Dataset], zone: ZoneInfo) -> Timing:
    """Find begin and end of a series by the rule of its modality and, for NM, of its type.

    Parameters
    ----------
    modality
        CT, PT or NM.
    headers
        Those of its first and last image, or of its only one.
    zone
        The site's: where its clocks are changed for daylight saving, and what an offset from UTC means.

    Returns
    -------
    Timing
        Times of the wall clock; ``problem`` says what is missing where they cannot be told. In a night in which the
        clock is changed, all times of a study are told on the clock as it stood when the study began (if its series
        begin within 3 hours, else when the series began): the end may lie in the missing hour, or before the clock was
        put back, but end - start is the time that truly passed.
    """
    rule = _rule(modality, headers)
    try:
        stretches = [stretch for header in headers for stretch in _stretches(header, rule, zone)]
        if any(stretch.lasts < timedelta(0) for stretch in stretches):
            raise _NoTimingError("ends before it starts")
        start, end = on_one_clock(_study_began(headers[0], zone), stretches, zone)
    except OverflowError:
        return Timing(rule, problem="its date or duration is beyond any calendar")
    except _NoTimingError as error:
        return Timing(rule, problem=str(error))
    if end - start > LONGEST:
        return Timing(rule, problem=f"lasts longer than {LONGEST // timedelta(hours=1)} hours")
    return Timing(rule, start, end)


def _rule(modality: str, headers: Sequence[Dataset]) -> str:
    """Name the rule: an enhanced image (PS3.3 A.38, A.56) tells the times of its frames; of NM, the type decides."""
    if modality == "NM":
        return _nm_type(headers[0])
    if all(_timed_frames(header) for header in headers):
        return modality + _ENHANCED_RULE
    if modality == "PT" and any(number(header, "ActualFrameDuration") is None for header in headers):
        return "PT without frame duration"
    return modality


def _study_began(header: Dataset, zone: ZoneInfo) -> Moments:
    """Return what Study Date and Time mean; nothing, if they are not both there."""
    day, clock = parse_date(text(header, "StudyDate")), parse_time(text(header, "StudyTime"))
    try:
        return moments(datetime.combine(day, clock), zone) if day and clock else ()
    except OverflowError:
        return ()


def _stretches(header: Dataset, rule: str, zone: ZoneInfo) -> list[Stretch]:
    """Return what was acquired of an image: its frames, if it is an enhanced one, else the whole."""
    stated = _stated_offsets(header)
    if rule.endswith(_ENHANCED_RULE):
        return [
            Stretch(moments(begin, zone, stated), timedelta(milliseconds=lasts))
            for begin, lasts in _timed_frames(header)
        ]
    begins = moments(_acquired(header), zone, stated)
    return [Stretch(begins, timedelta(milliseconds=_DURATIONS[rule](header)))]


def _stated_offsets(header: Dataset) -> list[timedelta]:
    """Return the offsets from UTC that a header states: for all of its times, and in its Acquisition DateTime."""
    dated = parse_datetime(text(header, "AcquisitionDateTime"))
    offsets = parse_offset(text(header, "TimezoneOffsetFromUTC")), dated.utcoffset() if dated else None
    return [offset for offset in offsets if offset is not None]


def _timed_frames(header: Dataset) -> list[tuple[datetime, float]]:
    """Return Frame Acquisition DateTime and Duration of each frame that tells its own (PS3.3 C.7.6.16.2.2)."""
    groups = items(header, "PerFrameFunctionalGroupsSequence")
    frames = [frame for group in groups for frame in items(group, "FrameContentSequence")]
    times = [(parse_datetime(text(frame, "FrameAcquisitionDateTime")), frame) for frame in frames]
    return [(begin, number(frame, "FrameAcquisitionDuration") or 0.0) for begin, frame in times if begin]


def _acquired(header: Dataset) -> datetime:
    """Return the moment of acquisition: Acquisition Date and Time, else Acquisition DateTime.

    A time without a date is put on the day on which it lies nearest to the series' (or study's) own date and time, so
    that an acquisition that runs past midnight goes on on the next day.
    """
    clock = parse_time(text(header, "AcquisitionTime"))
    if clock is None:
        moment = parse_datetime(text(header, "AcquisitionDateTime"))
        if moment is None:
            raise _NoTimingError("no Acquisition Time")
        return moment
    day = parse_date(text(header, "AcquisitionDate"))
    if day is not None:
        return datetime.combine(day, clock)
    for level in ("Series", "Study"):
        day = parse_date(text(header, f"{level}Date"))
        if day is not None:
            reference = parse_time(text(header, f"{level}Time")) or clock
            return _nearest_day(datetime.combine(day, clock), datetime.combine(day, reference))
    raise _NoTimingError("no date of its acquisition, series or study")


def _nearest_day(moment: datetime, reference: datetime) -> datetime:
    if moment - reference > _HALF_DAY:
        return moment - timedelta(days=1)
    return moment + timedelta(days=1) if reference - moment > _HALF_DAY else moment


def _nm_type(header: Dataset) -> str:
    """Tell the type of an NM image by Image Type value 3, then by the sequences present (PS3.3 C.8.4.9.1.3)."""
    kind = [*values(header, "ImageType"), "", "", ""][2].upper()
    by_name = {
        "DYNAMIC": "NM dynamic",
        "TOMO": "NM tomographic",
        "GATED TOMO": "NM gated tomographic",
        "STATIC": "NM static",
        "WHOLE BODY": "NM whole body",
        "GATED": "NM gated",
    }
    if kind in by_name:
        return by_name[kind]
    if items(header, "PhaseInformationSequence"):
        return "NM dynamic"
    return "NM tomographic" if items(header, "RotationInformationSequence") else "NM static"


def _nothing(_: Dataset) -> float:
    """Add nothing: a CT image's time is a moment of its series."""
    return 0.0


def _pt_frame(header: Dataset) -> float:
    """Add Actual Frame Duration, the time of one bed position (PS3.3 C.8.9.4.1.6); without that element, nothing."""
    return number(header, "ActualFrameDuration") or 0.0


def _nm_phases(header: Dataset) -> float:
    """Add up over the phases frames x frame duration, and the delays before them."""
    return _sum_over(header, "PhaseInformationSequence", "NumberOfFramesInPhase", delay="PhaseDelay")


def _nm_rotations(header: Dataset) -> float:
    """Add up over the rotations frames x frame duration."""
    return _sum_over(header, "RotationInformationSequence", "NumberOfFramesInRotation")


def _sum_over(header: Dataset, sequence: str, frames: str, delay: str = "") -> float:
    parts = items(header, sequence)
    if not parts:
        raise _NoTimingError(f"no {sequence}")
    total = 0.0
    for part in parts:
        count, duration = number(part, frames), number(part, "ActualFrameDuration")
        if count is None or count <= 0 or duration is None or duration < 0:
            raise _NoTimingError(f"no frames or frame duration in its {sequence}")
        pause = (number(part, delay) or 0.0) if delay else 0.0
        if pause < 0:
            raise _NoTimingError(f"a negative delay in its {sequence}")
        total += count * duration + pause
    return total


def _nm_frames(header: Dataset) -> float:
    """Add Actual Frame Duration; frames that detectors or energy windows take at the same moment count once."""
    duration = number(header, "ActualFrameDuration")
    if duration is None:
        raise _NoTimingError("no Actual Frame Duration")
    detectors, windows = values(header, "DetectorVector"), values(header, "EnergyWindowVector")
    if len(detectors) != len(windows):
        return duration
    together = Counter(zip(windows, detectors, strict=True))
    return duration * max(together.values(), default=1)


def _nm_gated(header: Dataset) -> float:
    """Add Actual Frame Duration, which for a gated image is the time over which its beats were added up."""
    duration = number(header, "ActualFrameDuration")
    if duration is None:
        raise _NoTimingError("no Actual Frame Duration")
    return duration


_DURATIONS: Final[dict[str, Callable[[Dataset], float]]] = {
    "CT": _nothing,
    "PT": _pt_frame,
    "PT without frame duration": _pt_frame,
    "NM dynamic": _nm_phases,
    "NM tomographic": _nm_rotations,
    "NM gated tomographic": _nm_rotations,
    "NM static": _nm_frames,
    "NM whole body": _nm_frames,
    "NM gated": _nm_gated,
}
