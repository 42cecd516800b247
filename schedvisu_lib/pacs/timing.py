"""When a series began and ended (design, section 5.2; durations in headers are milliseconds)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydicom.dataset import Dataset

from schedvisu_lib.pacs.values import items, number, parse_date, parse_datetime, parse_time, text, values

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

_RECONSTRUCTED: Final = ("RECON TOMO", "RECON GATED TOMO")
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


def time_series(modality: str, headers: Sequence[Dataset], zone: ZoneInfo) -> Timing:
    """Find begin and end of a series by the rule of its modality and, for NM, of its type.

    Parameters
    ----------
    modality
        CT, PT or NM.
    headers
        Those of its first and last image, or of its only one.
    zone
        The site's, for Acquisition DateTime values with an offset from UTC.

    Returns
    -------
    Timing
        Times of the wall clock; ``problem`` says what is missing where they cannot be told.
    """
    rule = _nm_type(headers[0]) if modality == "NM" else modality
    try:
        spans = [_span(header, rule, zone) for header in headers]
    except _NoTimingError as error:
        return Timing(rule, problem=str(error))
    start, end = min(start for start, _ in spans), max(end for _, end in spans)
    if any(end < start for start, end in spans):
        return Timing(rule, problem="ends before it starts")
    if rule == "PT" and any(number(header, "ActualFrameDuration") is None for header in headers):
        rule = "PT without frame duration"
    return Timing(rule, start, end)


def _span(header: Dataset, rule: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    try:
        begin = _acquired(header, zone)
        return begin, begin + timedelta(milliseconds=_DURATIONS[rule](header))
    except OverflowError:
        raise _NoTimingError("its date or duration is beyond any calendar") from None


def _acquired(header: Dataset, zone: ZoneInfo) -> datetime:
    """Return the moment of acquisition: Acquisition Date and Time, else Acquisition DateTime.

    A time without a date is put on the day on which it lies nearest to the series' (or study's) own date and time, so
    that an acquisition that runs past midnight goes on on the next day.
    """
    clock = parse_time(text(header, "AcquisitionTime"))
    if clock is None:
        moment = parse_datetime(text(header, "AcquisitionDateTime"), zone)
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
            return _nearest(datetime.combine(day, clock), datetime.combine(day, reference))
    raise _NoTimingError("no date of its acquisition, series or study")


def _nearest(moment: datetime, reference: datetime) -> datetime:
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
        if count is None or duration is None:
            raise _NoTimingError(f"no frames or frame duration in its {sequence}")
        total += count * duration + ((number(part, delay) or 0.0) if delay else 0.0)
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
    "NM dynamic": _nm_phases,
    "NM tomographic": _nm_rotations,
    "NM gated tomographic": _nm_rotations,
    "NM static": _nm_frames,
    "NM whole body": _nm_frames,
    "NM gated": _nm_gated,
}
