"""Read single values out of DICOM datasets that may hold anything."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from typing import Final

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

_DATE: Final = re.compile(r"(\d{4})[.-]?(\d{2})[.-]?(\d{2})", re.ASCII)
_TIME: Final = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d*))?)?)?", re.ASCII)
_DATETIME: Final = re.compile(r"(\d{8})(\d{2,6}(?:\.\d*)?)([+-]\d{4})?", re.ASCII)
_OFFSET: Final = re.compile(r"([+-])(\d{2})(\d{2})", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d{1,12}", re.ASCII)

_TEXT: Final = re.compile(rb"[ -~]+\0?")
"""Bytes that mean the same in every character set, and are no escape to another one."""
_PLAIN: Final = dict.fromkeys(("AE", "AS", "CS", "DA", "DT", "LO", "SH", "TM", "UI"), _TEXT) | {
    "DS": re.compile(rb" *[+-]?\d{1,9}(?:\.\d{1,5})? *"),
    "IS": re.compile(rb" *[+-]?\d{1,9} *"),
}
"""How the usual values of a value representation look; the others are left to pydicom."""


def text(header: Dataset, keyword: str) -> str:
    """Return the first value of an element as text without padding; "" if it is absent, empty or unreadable."""
    first = values(header, keyword)[:1]
    return first[0] if first else ""


def values(header: Dataset, keyword: str) -> list[str]:
    """Return all values of an element as text without padding; none if it is absent, empty or unreadable."""
    tag, dictionary_vr = _known(keyword)
    try:
        element = header.get_item(tag, keep_deferred=True)
        if element is None:
            return []
        if isinstance(element, RawDataElement):
            usual = _PLAIN.get(element.VR or dictionary_vr)
            if usual is not None and element.value and usual.fullmatch(element.value):
                # What pydicom makes of it, too, in fifty times the time.
                return [one.strip("\0 ") for one in element.value.decode("ascii").split("\\")]
        value = header[tag].value
        if value is None:
            return []
        many = value if isinstance(value, MultiValue | list | tuple) else [value]
        return ["" if one is None else str(one).replace("\0", "").strip() for one in many]
    except Exception:  # pydicom raises whatever the bytes of a broken element provoke
        return []


def number(header: Dataset, keyword: str) -> float | None:
    """Return the first value of an element as a finite number (PS3.5 6.2, DS and IS), else None."""
    value = text(header, keyword)
    found = float(value) if _NUMBER.fullmatch(value) else float("inf")
    return found if abs(found) < float("inf") else None


def whole(header: Dataset, keyword: str) -> int | None:
    """Return the first value of an element as a whole number of at most 12 digits (PS3.5 6.2, IS), else None."""
    value = text(header, keyword)
    return int(value) if _WHOLE.fullmatch(value) else None


def image_order(number: int | None, sop_uid: str) -> tuple[bool, int, str]:
    """Return what the images of a series are sorted by: Instance Number, those without one last, then their UID."""
    return number is None, number or 0, sop_uid


def items(header: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence element; none if it is absent or no sequence."""
    tag, _ = _known(keyword)
    try:
        return [item for item in header[tag].value or [] if isinstance(item, Dataset)] if tag in header else []
    except Exception:  # pydicom raises whatever the bytes of a broken element provoke
        return []


@cache
def _known(keyword: str) -> tuple[BaseTag, str]:
    """Return tag and value representation of a keyword of the standard; looked up once, not with each value."""
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise ValueError(f"{keyword} is no keyword of DICOM")
    return BaseTag(tag), dictionary_VR(tag)


def parse_date(value: str) -> date | None:
    """Return the day of a DA value (PS3.5 6.2; also the old form with dots), else None."""
    match = _DATE.fullmatch(value.strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def parse_time(value: str) -> time | None:
    """Return the time of a TM value (PS3.5 6.2: trailing parts may be missing), else None.

    Also read are the old form with colons, more than six digits after the dot, and none.
    """
    match = _TIME.fullmatch(value.strip())
    if match is None:
        return None
    hour, minute, second, fraction = match.groups()
    if second == "60":  # a leap second is the last moment of its minute
        second = "59"
    try:
        return time(int(hour), int(minute or 0), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")))
    except ValueError:
        return None


def parse_offset(value: str) -> timedelta | None:
    """Return an offset from UTC as DT values and Timezone Offset From UTC state it ("+0100"), else None."""
    match = _OFFSET.fullmatch(value.strip())
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -offset if match[1] == "-" else offset


def parse_datetime(value: str) -> datetime | None:
    """Return the moment of a DT value, else None: with its offset from UTC if it states one, else as a clock showed it.

    A value without an hour is no moment.
    """
    match = _DATETIME.fullmatch(value.strip())
    if match is None:
        return None
    day, clock = parse_date(match[1]), parse_time(match[2])
    if day is None or clock is None:
        return None
    if match[3] is None:
        return datetime.combine(day, clock)
    offset = parse_offset(match[3])
    return None if offset is None else datetime.combine(day, clock, timezone(offset))
