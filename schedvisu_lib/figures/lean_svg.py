"""SVG in fewer letters than matplotlib writes."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from schedvisu_lib.figures.boxes import Boxes, Floats, Lines

_TOO_FINE: Final = re.compile(r"(?<=\d\.\d\d)\d+")
"""Digits beyond a hundredth of a point, which is finer than any printer."""
_PLACE: Final = re.compile(r' (?:x|y|width|height|viewBox|transform)="[^"]*"(?=[^<>]*>)')
"""An attribute that tells a place: within a tag, since words stay as they are."""
_LEVEL: Final = ' transform="rotate(-0 '
"""Begins what turns a level text by nothing."""


def lean_svg(figure: Figure) -> str:
    """Return a figure as SVG, numbers to a hundredth of a point: half the letters, in a third of the time."""
    text = StringIO()
    figure.dpi = 72  # a pixel is a point, as in all that matplotlib writes as SVG
    width, height = figure.bbox.size
    renderer = _LeanRenderer(width, height, text, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    renderer.finalize()  # type: ignore[no-untyped-call]
    return _PLACE.sub(lambda place: "" if place[0].startswith(_LEVEL) else _TOO_FINE.sub("", place[0]), text.getvalue())


class _LeanRenderer(RendererSVG):
    """Writes paths of boxes and lines in their short form; if matplotlib no longer asks so, they have its long one."""

    def _convert_path(self, path: Any, transform: Any = None, *more: Any, **others: Any) -> str:
        if isinstance(path, Boxes):
            return _short_boxes(transform.transform(path.vertices))
        if isinstance(path, Lines):
            return _short_lines(transform.transform(path.vertices))
        return _TOO_FINE.sub("", super()._convert_path(path, transform, *more, **others))  # type: ignore[no-untyped-call]


def _short_boxes(corners: Floats) -> str:
    left, top, right, bottom = corners.reshape(-1, 10)[:, [0, 1, 4, 5]].round(2).T
    return _written("M%.7g %.7gh%.7gv%.7gh%.7gz", left, top, right - left, bottom - top, left - right)


def _short_lines(ends: Floats) -> str:
    return _written("M%.7g %.7gL%.7g %.7g", *ends.reshape(-1, 4).T)


def _written(form: str, *numbers: Floats) -> str:
    """Write numbers, to a hundredth, into a form for each row; at once, since one by one takes twice as long."""
    rows = np.column_stack(numbers).round(2) + 0.0  # no minus before nothing
    return form * len(rows) % tuple(rows.ravel().tolist())
