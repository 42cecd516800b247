from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement

from schedvisu_lib.demo.matching import date_range, make_test


def _matches(keyword: str, wanted: Any, found: Any) -> bool:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    test = make_test(DataElement(tag, dictionary_VR(tag), wanted))
    return test is None or test(found)


@pytest.mark.parametrize("wanted", ["", None, "*"])
def test_universal_matching(wanted: str | None) -> None:
    assert _matches("StudyDescription", wanted, "anything")


@pytest.mark.parametrize(
    ("keyword", "wanted", "found", "matching"),
    [
        ("Modality", "CT", "CT", True),
        ("Modality", "CT", "PT", False),
        ("StationName", "hddpt690", "HDDPT690", False),
        ("PatientName", "demo^anne", "DEMO^ANNE", True),
        ("PatientName", "demo*", "DEMO^ANNE", True),
        ("StudyDescription", "PET*FDG?", "PET-CT FDG1", True),
        ("StudyDescription", "PET.CT", "PET-CT", False),
        ("StudyDescription", "FDG", "PET-CT FDG", False),
        ("SeriesInstanceUID", ["1.2", "1.3"], "1.3", True),
        ("SeriesInstanceUID", ["1.2", "1.3"], "1.4", False),
        ("ModalitiesInStudy", "PT", ("CT", "PT"), True),
        ("ModalitiesInStudy", "NM", ("CT", "PT"), False),
        ("StudyDate", "20250303", "20250303", True),
        ("StudyDate", "20250301-20250305", "20250303", True),
        ("StudyDate", "20250304-", "20250303", False),
        ("StudyDate", "-20250303", "20250303", True),
        ("StudyTime", "0800-0900", "085959", True),
        ("StudyTime", "0800-0900", "090001", True),
        ("StudyTime", "0800-0900", "090100", False),
        ("InstanceNumber", "1", 1, True),
        ("InstanceNumber", "1", 11, False),
    ],
)
def test_matching(keyword: str, wanted: Any, found: Any, matching: bool) -> None:
    assert _matches(keyword, wanted, found) is matching


def test_date_ranges() -> None:
    assert date_range("20250303") == (date(2025, 3, 3), date(2025, 3, 3))
    assert date_range("20250303-20250305") == (date(2025, 3, 3), date(2025, 3, 5))
    assert date_range("20250303-") == (date(2025, 3, 3), None)
    assert date_range("-20250303") == (None, date(2025, 3, 3))


@pytest.mark.parametrize("value", ["2025-03-03", "yesterday", "20250230", "-"])
def test_malformed_dates(value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        date_range(value)
