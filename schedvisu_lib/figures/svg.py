"""A figure as one SVG picture, for a notebook and for the report."""

from __future__ import annotations

import base64
from html import escape
from typing import Final

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.lean_svg import lean_svg
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.ticks import lighten_ticks

MILLIMETRE: Final = 1 / 25.4
"""In inches."""


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in millimetres."""
    return Figure(figsize=(width * MILLIMETRE, height * MILLIMETRE))


def as_svg(figure: Figure, words: str, css: str = "figure") -> Html:
    """Write a figure as an ``<img>`` that holds it as SVG, and close it.

    A data URI is drawn faster than inline SVG, and its ids cannot clash with those of other figures.

    Parameters
    ----------
    figure
        Drawn to the edges that it has: margins are the caller's.
    words
        What it shows, for readers who cannot see it.
    css
        Class of the image.
    """
    _fix_empty_labels(figure)
    with house_style():
        for axes in figure.axes:
            lighten_ticks(axes)
        svg = lean_svg(figure)
    plt.close(figure)
    data = base64.b64encode(svg.encode()).decode()
    width, height = figure.get_size_inches() / MILLIMETRE
    return Html(
        f'<img class="{escape(css)}" alt="{escape(words)}" style="width:{width:.1f}mm;height:{height:.1f}mm" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


def _fix_empty_labels(figure: Figure) -> None:
    """Give the labels without words a place: matplotlib would measure all ticks to find one, a fifth of its time."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0.5, 0.5)
