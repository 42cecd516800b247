"""The outline of a violin, against the one that matplotlib draws."""

from __future__ import annotations

import numpy as np
import pytest

from schedvisu_lib.figures.violins import violin_outline


@pytest.mark.parametrize("n", [5, 60, 2000])
def test_outline_is_that_of_matplotlib(ax, n):
    values = np.random.default_rng(n).gamma(4, 5, n)
    [body] = ax.violinplot(values, [3], widths=0.8, showextrema=False)["bodies"]
    theirs = body.get_paths()[0].vertices
    ours = violin_outline(values, 3, 0.8)
    for side in (1, -1):
        width = [max(side * (x - 3) for x, y in corners if y == height) for corners, height in
                 ((theirs, values.min()), (ours, values.min()))]  # fmt: skip
        assert width[0] == pytest.approx(width[1], rel=1e-9)
    assert np.sort(ours[:, 0])[::20] == pytest.approx(np.sort(np.unique(theirs, axis=0)[:, 0])[::20], abs=0.02)
    assert ours[:, 0].max() - ours[:, 0].min() == pytest.approx(0.8)


def test_counted_values_make_the_same_outline(monkeypatch):
    values = np.random.default_rng(1).gamma(4, 5, 6000)
    counted = violin_outline(values, 0, 1)
    monkeypatch.setattr("schedvisu_lib.figures.violins._MOST", 10_000)
    assert counted == pytest.approx(violin_outline(values, 0, 1), abs=0.001)


def test_outline_goes_up_on_the_right_and_down_on_the_left():
    corners = violin_outline(np.array([10.0, 20, 20, 30, 60]), 1, 0.5)
    assert corners.shape == (200, 2)
    assert (corners[:100, 0] > 1).all()
    assert (corners[100:, 0] < 1).all()
    assert corners[[0, 99, 100, 199], 1].tolist() == [10, 60, 60, 10]
