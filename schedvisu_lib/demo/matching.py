"""How a query key selects records (PS3.4 C.2.2.2): universal, single value, list, wildcard, date or time range."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from pydicom.dataelem import DataElement
from pydicom.multival import MultiValue

from schedvisu_lib.demo.headers import Header

Test = Callable[[Any], bool]
"""Tells whether a record's value matches."""

_RANGES: Final = frozenset({"DA", "TM", "DT"})
_NO_WILDCARDS: Final = frozenset({"DA", "TM", "DT", "UI", "IS", "DS", "US", "SS", "UL", "SL", "FL", "FD", "AT"})


def values_of(element: DataElement) -> tuple[str, ...]:
    """Return the values of a key as texts; a key without value, which matches everything, has none."""
    value = element.value
    if element.VR == "SQ" or value is None or value == "":
        return ()
    values = list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]
    return tuple(text for text in (str(one).strip(" \0") for one in values) if text)


def make_test(element: DataElement) -> Test | None:
    """Return the test of a query key, None for universal matching."""
    values = values_of(element)
    if not values or values == ("*",):
        return None
    vr = str(element.VR)
    tests = [_single(vr, value) for value in values]

    def test(found: Any) -> bool:
        texts = [str(one) for one in found] if isinstance(found, (tuple, list)) else [str(found)]
        return any(one(text) for one in tests for text in texts)

    return test


def matches(header: Header, tests: Mapping[str, Test]) -> bool:
    """Tell whether a record matches every test; a record without the attribute does not."""
    return all(keyword in header and test(header[keyword]) for keyword, test in tests.items())


def date_range(value: str) -> tuple[date | None, date | None]:
    """Return first and last day of a DA key: a single date or a range, open ends are None.

    Raises
    ------
    ValueError
        The value is not a date or a range of dates.
    """
    first, dash, last = value.partition("-")
    if not first and not last:
        raise ValueError(f"{value!r} is not a date or a range of dates")
    begin = datetime.strptime(first, "%Y%m%d").date() if first else None
    if not dash:
        return begin, begin
    return begin, datetime.strptime(last, "%Y%m%d").date() if last else None


def _single(vr: str, wanted: str) -> Callable[[str], bool]:
    if vr in _RANGES and "-" in wanted:
        first, _, last = wanted.partition("-")
        return lambda text: (not first or text >= first) and (not last or text[: len(last)] <= last)
    if vr in _NO_WILDCARDS:
        return lambda text: text == wanted
    if "*" in wanted or "?" in wanted:
        pattern = _wildcard(wanted, vr == "PN")
        return lambda text: pattern.fullmatch(text) is not None
    if vr == "PN":
        return lambda text: text.casefold() == wanted.casefold()
    return lambda text: text == wanted


@lru_cache(maxsize=256)
def _wildcard(wanted: str, any_case: bool) -> re.Pattern[str]:
    regex = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in wanted)
    return re.compile(regex, re.DOTALL | (re.IGNORECASE if any_case else re.NOFLAG))
