"""The exam mix as stacked bars."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb

from schedvisu_lib.figures.mix import plot_mix
from schedvisu_lib.figures.style import exam_type_colors

NOW = {"FDG STAND.": [30, 0], "PSMA": [3, 6]}


def mix(counts):
    return pd.DataFrame(counts, index=pd.Index(["Discovery 690", "Vision 600"], name="scanner"))


def bars(ax, gid=None):
    """Return left, right, top and bottom of the bars of a kind, or of all."""
    paths = [patch.get_path() for patch in ax.patches if gid is None or patch.get_gid() == gid]
    corners = [path.vertices.reshape(-1, 5, 2) for path in paths]
    return [(*bar[:2, 0].tolist(), *bar[1:3, 1].tolist()) for path in corners for bar in path]


def test_parts_stand_one_after_the_other_in_the_order_of_the_types(demo_site, ax):
    assert plot_mix(mix(NOW), None, demo_site, ax=ax) is ax
    assert [(left, right) for left, right, *_ in bars(ax, "mix FDG STAND.")] == [(0, 30)]
    assert [(left, right) for left, right, *_ in bars(ax, "mix PSMA")] == [(30, 33), (0, 6)]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Discovery 690", "Vision 600"]
    assert ax.yaxis_inverted()
    colors = {patch.get_gid(): to_hex(patch.get_facecolor()) for patch in ax.patches}
    assert colors["mix PSMA"] == exam_type_colors(demo_site)["PSMA"]
    assert {to_rgb(patch.get_edgecolor()) for patch in ax.patches} == {(1, 1, 1)}  # parts that print as one grey


def test_the_period_before_stands_below_and_paler(demo_site, ax):
    plot_mix(mix(NOW), mix({"FDG STAND.": [20, 1]}), demo_site, ax=ax)
    [(*_, now_bottom)] = bars(ax, "mix FDG STAND.")
    [(_, right, top, bottom), _] = bars(ax, "before FDG STAND.")
    assert right == 20
    assert now_bottom <= top < bottom <= 0.5
    [color] = [patch.get_facecolor() for patch in ax.patches if patch.get_gid() == "before FDG STAND."]
    assert sum(color[:3]) > sum(to_rgb(exam_type_colors(demo_site)["FDG STAND."]))


def test_parts_are_named_where_there_is_room_and_totals_stand_behind(demo_site, ax, drawn):
    plot_mix(mix({"FDG STAND.": [200, 1], "PSMA": [9, 20]}), mix({"PSMA": [7, 11]}), demo_site, ax=ax)
    texts = drawn.texts(ax)
    assert "FDG STAND. 200" in texts
    assert "PSMA 20" in texts or "PSMA\n20" in texts
    assert "FDG STAND. 1" not in texts
    assert [text for text in texts if text in ("209", "21", "7", "11")] == ["209", "21", "7", "11"]


def test_labels_stay_within_their_parts(demo_site, ax):
    plot_mix(mix({"FDG STAND.": [40, 3], "PSMA": [2, 4], "COEUR RB": [1, 17]}), None, demo_site, ax=ax)
    ax.figure.canvas.draw()
    parts = bars(ax)
    edges = ax.transData.inverted()
    for text in ax.texts:
        if not text.get_text() or text.get_text() in ("43", "24"):
            continue
        (left, _), (right, _) = edges.transform(text.get_window_extent())
        assert any(begin <= left and right <= end for begin, end, *_ in parts), text.get_text()


@pytest.mark.parametrize("counts", [{}, {"PSMA": [0, 0]}])
def test_weeks_without_exams_are_drawn(demo_site, ax, counts):
    plot_mix(mix(counts), mix(counts), demo_site, ax=ax)
    ax.figure.canvas.draw()
    assert not [text for text in ax.texts if text.get_text()]
