"""Names that are longer than their place."""

from __future__ import annotations

import pytest

from schedvisu_lib.figures.names import begin_and_end, shortened


@pytest.mark.parametrize(
    ("longest", "shown"),
    [(13, "Discovery 690"), (12, "Discov…y 690"), (6, "Dis…90"), (3, "D…0"), (2, "D…"), (1, "…")],
)
def test_begin_and_end_of_a_long_name_are_kept(longest, shown):
    assert begin_and_end("Discovery 690", longest) == shown


def test_a_long_name_is_cut_at_its_end():
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcde fgh", 7) == "abcde…"
