"""A figure as one SVG picture, for a notebook and for the report."""

from __future__ import annotations

import base64
from html import escape
from io import StringIO

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.style import house_style

MILLIMETRE = 1 / 25.4
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
    text = StringIO()
    with house_style():
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    data = base64.b64encode(text.getvalue().encode()).decode()
    width, height = figure.get_size_inches() / MILLIMETRE
    return Html(
        f'<img class="{escape(css)}" alt="{escape(words)}" style="width:{width:.1f}mm;height:{height:.1f}mm" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
