"""A small line of the last values of a number, for a cell of a table."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np

from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.style import FAINT, PALE, PALETTE

WIDTH: Final = 11.0
"""In millimetres."""
_EDGE: Final = 0.6
"""Around the line, so that the mark is not cut."""
_LINE: Final = 0.22
_DOT: Final = 0.22
_MARK: Final = 0.55


def sparkline(values: Sequence[float], words: str, height: float, *, least_span: float | None = None) -> Html:
    """Draw values from left to right as a line that breaks where one is missing, the last one marked.

    Parameters
    ----------
    values
        The eldest first; NaN where there is none.
    words
        What it shows, for readers who cannot see it.
    height
        In millimetres.
    least_span
        None draws the values from zero, with a line there; else the scale is that of the values, and spans so much at
        least.

    Returns
    -------
    Html
        An ``<img>``; nothing where no value is known.
    """
    known = np.array(values, dtype=float)
    if np.isnan(known).all():
        return Html("")
    low, high = _scale(known, least_span)
    x = np.linspace(_EDGE, WIDTH - _EDGE, len(known))
    y = height - _EDGE - (known - low) / (high - low) * (height - 2 * _EDGE)
    parts = [] if least_span is not None else [_path(f"M0 {height - _EDGE:.2f}H{WIDTH:g}", FAINT)]
    there = ~np.isnan(known)
    joined = there & np.concatenate([[False], there[:-1]])
    line = "".join(f"{'L' if joined[n] else 'M'}{x[n]:.2f} {y[n]:.2f}" for n in np.flatnonzero(there))
    parts.append(_path(line, PALE))
    alone = there & ~joined & ~np.concatenate([joined[1:], [False]])
    parts += [f'<circle cx="{x[n]:.2f}" cy="{y[n]:.2f}" r="{_DOT}" fill="{PALE}"/>' for n in np.flatnonzero(alone)]
    if there[-1]:
        parts.append(f'<circle cx="{x[-1]:.2f}" cy="{y[-1]:.2f}" r="{_MARK}" fill="{PALETTE[0]}"/>')
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}">{"".join(parts)}</svg>'
    data = base64.b64encode(svg.encode()).decode()
    return Html(
        f'<img class="trend" alt="{escape(words)}" style="height:{height:g}mm" src="data:image/svg+xml;base64,{data}">'
    )


def _scale(values: np.ndarray, least_span: float | None) -> tuple[float, float]:
    """Return the values at the lower and the upper edge."""
    if least_span is None:
        return 0.0, max(float(np.nanmax(values)), 1e-9)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    wider = max(least_span - (high - low), 0.0) / 2
    return low - wider, high + wider


def _path(line: str, color: str) -> str:
    return f'<path d="{line}" fill="none" stroke="{color}" stroke-width="{_LINE}" stroke-linejoin="round"/>'
