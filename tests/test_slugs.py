"""Names as parts of file names and addresses."""

from __future__ import annotations

import pytest

from schedvisu_lib.slugs import slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PET/CT 1, weekly", "pet-ct-1-weekly"),
        ("Été / long", "ete-long"),
        ("gaps-2026-05-18_2026-05-22", "gaps-2026-05-18_2026-05-22"),
        (r"..\..\C:scan*?", "c-scan"),
        ("★", ""),
    ],
)
def test_slug_has_only_letters_that_every_system_takes(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_names_in_other_alphabets_stay_apart() -> None:
    assert slug("schedvisu-数据") != slug("schedvisu-设备")
    assert slug("schedvisu-数据").startswith("schedvisu-")
    assert slug("数据").isalnum()
