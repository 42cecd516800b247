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
_TOO_FINE: Final = re.compile(r"(?<=\d\.\d\d)\d+")
"""Digits beyond a hundredth: with nothing in their place, which is several times faster than with a part of a match."""
_N: Final = r"(-?\d++(?:\.\d\d?+)?+)\d*+"
"""A number to a hundredth, and the digits beyond; it never gives back what it took, which makes it twice as fast."""
_BOX: Final = re.compile(rf"M {_N} {_N} \nL {_N} \2\d* \nL \3\d* {_N} \nL \1\d* \4\d* \n(?:L \1\d* \2\d* \n)?z *\n?")
_PATH: Final = re.compile(r'(?<= d=")M [^"]*')


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
    _fix_empty_labels(figure)
    with house_style():
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    data = base64.b64encode(_lean(text.getvalue()).encode()).decode()
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


def _lean(svg: str) -> str:
    """Write numbers to a hundredth of a point, finer than any printer, and boxes in the short form: half the size."""
    shorter = _PATH.sub(_lean_boxes, svg)
    return _TAG.sub(lambda tag: _TOO_FINE.sub("", tag[0]), shorter)  # tags alone: what is read stays as it is


def _lean_boxes(path: re.Match[str]) -> str:
    """Write a path of boxes in the short form; another one stays as it is."""
    boxes = _BOX.findall(path[0])
    if len(boxes) < path[0].count("M"):
        return path[0]
    # Put together at once: the agenda of years has 20,000 boxes, and a template for each took twice as long.
    return "".join([f"M{left} {top}H{right}V{bottom}H{left}z" for left, top, right, bottom in boxes])
