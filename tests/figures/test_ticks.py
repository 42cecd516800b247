"""Ticks as few artists: what was to be seen before is to be seen after."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ticker import MaxNLocator

from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import new_figure
from schedvisu_lib.figures.ticks import lighten_ticks, set_ticks


@pytest.fixture
def drawn_axes():
    """Axes with three named places along x, of which the last one is out of sight, and round numbers along y."""
    with house_style():
        ax = new_figure(80, 50).add_axes((0.1, 0.1, 0.8, 0.8))
        ax.set(xlim=(-0.5, 1.5), ylim=(0, 10))
        set_ticks(ax.xaxis, [0, 1, 2], ["eins", "zwei", "drei"])
        ax.yaxis.set_major_locator(MaxNLocator(2, integer=True))
        ax.grid(axis="y", color="red")
    return ax


def pixels(ax):
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def test_picture_stays_the_same(drawn_axes):
    drawn_axes.get_xticklabels()[1].set(rotation=40, ha="right", rotation_mode="anchor")
    before = pixels(drawn_axes)
    lighten_ticks(drawn_axes)
    # Lines of a grid that are drawn together are not moved to whole pixels: theirs alone may be shaded otherwise.
    assert (np.abs(pixels(drawn_axes).astype(int) - before) > 60).any(axis=2).mean() < 0.01


def test_labels_grid_and_marks_stand_at_their_places(drawn_axes):
    lighten_ticks(drawn_axes)
    assert [(text.get_text(), *text.get_position()) for text in drawn_axes.texts] == [
        ("eins", 0, 0),
        ("zwei", 1, 0),
        ("0", 0, 0),
        ("5", 0, 5),
        ("10", 0, 10),
    ]
    marks, grid, others = drawn_axes.lines
    assert marks.get_xdata()[~np.isnan(marks.get_ydata())].tolist() == [0, 1]
    assert grid.get_color() == "red"
    assert grid.get_ydata()[~np.isnan(grid.get_xdata())].tolist() == [0, 0, 5, 5, 10, 10]
    assert others.get_ydata()[~np.isnan(others.get_xdata())].tolist() == [0, 5, 10]
    assert len(drawn_axes.get_xticks()) == len(drawn_axes.get_yticks()) == 0


def test_name_without_a_place_of_its_own_keeps_its_ticks(drawn_axes):
    drawn_axes.set(xlabel="x", ylabel="y")
    drawn_axes.yaxis.set_label_coords(-0.1, 0.5)
    lighten_ticks(drawn_axes)
    assert drawn_axes.get_xticks().tolist() == [0, 1, 2]
    assert len(drawn_axes.get_yticks()) == 0


def test_axes_that_are_off_get_nothing(drawn_axes):
    drawn_axes.set_axis_off()
    lighten_ticks(drawn_axes)
    assert not drawn_axes.texts
