"""Rectangles and their hatches as single paths: thousands of artists are slow, and a PDF makes pictures of hatches."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

Floats = npt.NDArray[np.float64]
_POINT: Final = 1 / 72
"""In inches."""


class Boxes(Path):
    """Rectangles, which :mod:`schedvisu_lib.figures.lean_svg` writes in few letters."""


class Lines(Path):
    """Straight lines of two ends each, likewise."""


def add_boxes(ax: Axes, boxes: Floats, **style: Any) -> None:
    """Add rectangles, given as rows of left, right, top and bottom, as one path; those without height are left out.

    ``add_artist`` leaves the limits alone; ``add_patch`` would walk through every vertex to find them.
    """
    boxes = boxes[boxes[:, 2] < boxes[:, 3]]
    if not len(boxes):
        return
    left, right, top, bottom = boxes.T
    corners = np.stack(
        [np.column_stack(pair) for pair in ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))],
        axis=1,
    )
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    ax.add_artist(PathPatch(Boxes(corners.reshape(-1, 2), np.tile(codes, len(boxes))), **style))


def add_lines(ax: Axes, ends: Floats, **style: Any) -> None:
    """Add lines, given as rows of x0, y0, x1 and y1, as one path."""
    if len(ends):
        path = Lines(ends.reshape(-1, 2), np.tile([Path.MOVETO, Path.LINETO], len(ends)))
        ax.add_artist(PathPatch(path, fill=False, **style))


def add_hatch(ax: Axes, boxes: Floats, hatch: Literal["\\", "/"], spacing: float, **style: Any) -> None:
    """Draw lines at 45° in rectangles, as one path; the axes must have their size and limits.

    Parameters
    ----------
    ax
        Where to draw.
    boxes
        Shape (n, 4): left, right, top, bottom in data coordinates.
    hatch
        The direction of the lines, as it looks.
    spacing
        Between the lines, horizontally, in points.
    style
        Of the lines.
    """
    if not len(boxes):
        return
    figure: Any = ax.figure
    pixels = spacing * _POINT * figure.dpi
    corners = ax.transData.transform(boxes[:, [0, 2, 1, 3]].reshape(-1, 2)).reshape(-1, 2, 2)
    (x0, y0), (x1, y1) = corners.min(axis=1).T, corners.max(axis=1).T
    # Rising lines are x - y = c, falling ones x + y = c: mirror the latter, clip, and mirror back.
    mirror = -1 if hatch == "\\" else 1
    low, high = (y0, y1) if mirror == 1 else (-y1, -y0)
    first, last = np.floor((x0 - high) / pixels), np.ceil((x1 - low) / pixels)
    count = (last - first + 1).astype(int)
    box = np.repeat(np.arange(len(boxes)), count)
    step = np.arange(len(box)) - np.repeat(np.cumsum(count) - count, count)
    c = (first[box] + step) * pixels
    begin, end = np.maximum(x0[box], c + low[box]), np.minimum(x1[box], c + high[box])
    inside = begin < end
    begin, end, c = begin[inside], end[inside], c[inside]
    lines = np.stack([begin, mirror * (begin - c), end, mirror * (end - c)], axis=1)
    ends = ax.transData.inverted().transform(lines.reshape(-1, 2)).reshape(-1, 4)
    add_lines(ax, ends, **style)


def axes_points(ax: Axes) -> tuple[float, float]:
    """Return width and height of the axes in points."""
    figure: Any = ax.figure
    return float(ax.bbox.width / figure.dpi / _POINT), float(ax.bbox.height / figure.dpi / _POINT)


def points_per_unit(ax: Axes) -> tuple[float, float]:
    """Return how many points one unit of x takes, and one of y."""
    width, height = axes_points(ax)
    return width / float(np.ptp(ax.get_xlim())), height / float(np.ptp(ax.get_ylim()))
