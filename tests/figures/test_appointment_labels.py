"""What boxes of appointments bear: in them, in smaller letters, or just beside those that are too low."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from schedvisu_lib.figures.appointment_labels import label_appointments
from schedvisu_lib.figures.style import INK

COLORS = {"mud": "#ffffff"}


def label(ax: Any, boxes: list[list[float]], points: float, procedure: str = "mud") -> list[Any]:
    """Label boxes on axes with so many points per hour; return the texts."""
    ax.set_position((0, 0, 1, 1))
    ax.figure.set_size_inches(2, points * 10 / 72)
    ax.set(xlim=(0, 1), ylim=(18, 8))
    starts = [pd.Timestamp("2026-05-04") + pd.Timedelta(hours=box[2]) for box in boxes]
    rows = pd.DataFrame({"start": starts, "procedure": procedure, "origin": "auto"})
    label_appointments(ax, rows, np.array(boxes), COLORS, ["S1"] * len(boxes))
    return [text for text in ax.texts if text.get_gid() == "appointment"]


def test_a_high_box_has_two_lines(ax):
    [text] = label(ax, [[0, 1, 9, 10]], points=20)
    assert (text.get_text(), text.get_fontsize(), text.get_position()[1]) == ("09:00 mud\nS1", 5, 9.5)


def test_a_low_box_has_one_line_as_high_as_it_is(ax):
    [text] = label(ax, [[0, 1, 9, 9.25]], points=18)  # 4.5 points
    assert (text.get_text(), text.get_position()[1]) == ("09:00 mud · S1", 9.125)
    assert text.get_fontsize() == pytest.approx(4.5 / 1.05)


def test_a_still_lower_one_is_named_below_it_or_above_it(ax):
    boxes = [[0, 1, 9, 9.1], [0, 1, 9.8, 9.9], [0, 1, 9.9, 10.9]]
    below, above, inside = label(ax, boxes, points=18)  # a line takes a third of an hour
    assert (below.get_position()[1], below.get_va(), below.get_color()) == (9.1, "top", INK)
    assert (above.get_position()[1], above.get_va()) == (pytest.approx(9.8 - 1 / 3), "top")
    assert inside.get_text() == "09:54 mud\nS1"


def test_two_names_never_stand_on_one_another(ax):
    """Between the boxes is room for one line only: the second box has neither above nor below."""
    boxes = [[0, 1, 9, 9.1], [0, 1, 9.5, 9.6], [0, 1, 9.65, 12]]
    low, high = label(ax, boxes, points=18)
    assert low.get_text() == "09:00 mud · S1"
    assert high.get_text() == "09:39 mud\nS1"


def test_the_edge_of_the_axes_is_no_room(ax):
    [text] = label(ax, [[0, 1, 17.85, 17.95]], points=18)
    assert text.get_position()[1] == pytest.approx(17.85 - 1 / 3)


def test_a_box_too_narrow_for_letters_bears_nothing(ax):
    assert label(ax, [[0, 0.02, 9, 10]], points=18) == []
