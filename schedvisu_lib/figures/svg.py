"""A figure as one SVG picture, for a notebook and for the report."""

from __future__ import annotations

import base64
import re
from html import escape
from io import StringIO
from typing import Final

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.style import house_style

MILLIMETRE: Final = 1 / 25.4
"""In inches."""
_TAG: Final = re.compile(r"<[^>]*>")
_LONG_NUMBER: Final = re.compile(r"(\d+\.\d\d)\d+")
_BOX: Final = re.compile(r"M (\S+) (\S+) \nL (\S+) \2 \nL \3 (\S+) \nL \1 \4 \n(?:L \1 \2 \n)?z *\n?")


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
    data = base64.b64encode(_lean(text.getvalue()).encode()).decode()
    width, height = figure.get_size_inches() / MILLIMETRE
    return Html(
        f'<img class="{escape(css)}" alt="{escape(words)}" style="width:{width:.1f}mm;height:{height:.1f}mm" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


def _lean(svg: str) -> str:
    """Write numbers to a hundredth of a point, finer than any printer, and boxes in the short form: half the size."""
    shorter = _TAG.sub(lambda tag: _LONG_NUMBER.sub(r"\1", tag[0]), svg)  # tags alone: what is read stays as it is
    return _BOX.sub(r"M\1 \2H\3V\4H\1z", shorter)
