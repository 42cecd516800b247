"""Rectangles, lines and hatches as single paths."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedvisu_lib.figures.boxes import add_boxes, add_hatch, add_lines, axes_points


@pytest.fixture
def square():
    """Axes of 144 by 144 points, ten units each way, y downwards."""
    return framed()


def framed():
    axes = plt.figure(figsize=(4, 4), dpi=100).add_axes((0, 0, 0.5, 0.5))
    axes.set(xlim=(0, 10), ylim=(10, 0))
    return axes


def test_boxes_are_one_path(square, drawn):
    given_boxes = np.array([[0, 1, 2, 3], [4, 5, 6, 8.5]], dtype=float)
    add_boxes(square, given_boxes, gid="boxes", facecolor="red")
    assert len(square.patches) == 1
    np.testing.assert_array_equal(drawn.boxes(square, "boxes"), given_boxes)


def test_limits_stay(square):
    add_boxes(square, np.array([[0, 100, 0, 100]], dtype=float))
    add_lines(square, np.array([[0, 100, 0, 100]], dtype=float))
    square.autoscale_view()
    assert square.get_xlim() == (0, 10)
    assert square.get_ylim() == (10, 0)


def test_nothing_is_drawn_of_nothing(square):
    none = np.empty((0, 4))
    add_boxes(square, none)
    add_lines(square, none)
    add_hatch(square, none, "/", 4)
    add_boxes(square, np.array([[0, 1, 5, 5]], dtype=float))  # no height
    assert not square.patches


def test_size_in_points(square):
    assert axes_points(square) == pytest.approx((144, 144))


@pytest.mark.parametrize(("hatch", "rise"), [("/", 1), ("\\", -1)])
def test_hatch_looks_like_its_sign(square, drawn, hatch, rise):
    add_hatch(square, np.array([[1, 4, 2, 9]], dtype=float), hatch, 4, gid="hatch")
    ends = square.transData.transform(drawn.lines(square, "hatch").reshape(-1, 2)).reshape(-1, 4)
    slopes = (ends[:, 3] - ends[:, 1]) / (ends[:, 2] - ends[:, 0])
    np.testing.assert_allclose(slopes, rise)  # 45 degrees on paper, rising or falling to the right


@pytest.mark.parametrize("hatch", ["/", "\\"])
def test_hatch_fills_its_box_at_the_stated_spacing(square, drawn, hatch):
    add_hatch(square, np.array([[0, 10, 0, 10]], dtype=float), hatch, 4, gid="hatch")
    ends = drawn.lines(square, "hatch") * 14.4  # points
    sign = -1 if hatch == "\\" else 1
    # y is downwards here: what rises on paper has x + y constant.
    crossings = np.sort(ends[:, 0] + sign * ends[:, 1])
    np.testing.assert_allclose(np.diff(crossings), 4)
    assert len(crossings) == pytest.approx(2 * 144 / 4, abs=1)


box = st.tuples(st.floats(0, 9), st.floats(0.01, 5), st.floats(0, 9), st.floats(0.01, 5))


@given(st.lists(box, min_size=1, max_size=6), st.sampled_from("/\\"))
def test_hatch_stays_inside_its_boxes(found, hatch):
    axes = framed()
    rectangles = np.array([[left, left + width, top, top + height] for left, width, top, height in found])
    add_hatch(axes, rectangles, hatch, 4, gid="hatch")
    for patch in axes.patches:
        for x0, y0, x1, y1 in patch.get_path().vertices.reshape(-1, 4):
            left, right, top, bottom = rectangles.T
            inside = (left - 1e-6 <= min(x0, x1)) & (max(x0, x1) <= right + 1e-6)
            inside &= (top - 1e-6 <= min(y0, y1)) & (max(y0, y1) <= bottom + 1e-6)
            assert inside.any()
    plt.close(axes.figure)
