"""What stands in a cell, and what is meant by what is typed into one."""

from __future__ import annotations

import pytest

from schedvisu_lib.explorer.roster.cells import shift_in
from schedvisu_lib.language import language

LETTERS = {"day": "D", "night": "N"}


@pytest.mark.parametrize(
    ("typed", "shift"),
    [
        ("D", "day"),
        ("n", "night"),
        (" Night ", "night"),
        ("[N]*!", "night"),
        ("D*", "day"),
        ("", None),
        ("–", None),
        ("-", None),
    ],
)
def test_a_letter_a_name_or_nothing(typed, shift):
    assert shift_in(typed, LETTERS, language("en")) == shift


def test_anything_else_is_told_with_what_is_allowed():
    with pytest.raises(ValueError, match=r'^"q" is no shift; type one of D \(day\), N \(night\), or nothing.$'):
        shift_in("q", LETTERS, language("en"))
