"""The outline of a violin: how many durations lie at each height."""

from __future__ import annotations

from typing import Final

import numpy as np

from schedvisu_lib.figures.boxes import Floats

_HEIGHTS: Final = 100
"""At which a violin is drawn."""
_MOST: Final = 2000
"""Values that are added up one by one; more are counted in as many steps first, which are finer than a violin."""


def violin_outline(values: Floats, place: float, width: float) -> Floats:
    """Return the corners of a violin around a place, from the least value to the greatest; it is as wide as ``width``.

    Its width is a Gaussian kernel density of Scott's bandwidth: what ``Axes.violinplot`` draws, in a tenth of the time
    for years of exams.

    Parameters
    ----------
    values
        Two different ones at least.
    place
        Of its middle on the x axis.
    width
        At its widest.

    Returns
    -------
    numpy.ndarray
        Shape (200, 2): upwards on the right side, downwards on the left.
    """
    heights = np.linspace(values.min(), values.max(), _HEIGHTS)
    bandwidth = values.std(ddof=1) * len(values) ** -0.2
    weights = np.ones(len(values))
    if len(values) > _MOST:
        weights, edges = np.histogram(values, _MOST)
        values = (edges[:-1] + edges[1:]) / 2
    density = np.exp(-0.5 * ((heights[:, None] - values) / bandwidth) ** 2) @ weights
    half = density / density.max() * width / 2
    right, left = (np.column_stack([place + side * half, heights]) for side in (1, -1))
    return np.concatenate([right, left[::-1]])
