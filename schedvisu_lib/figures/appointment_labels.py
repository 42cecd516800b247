"""What stands in the boxes of appointments: start, procedure, and where or for whom; beside a box that is too low."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.figures.boxes import Floats, points_per_unit
from schedvisu_lib.figures.names import shortened
from schedvisu_lib.figures.style import INK, readable_on

_SIZE: Final = 5.0
"""Of the letters, in points."""
_SMALLEST: Final = 4.0
"""Of the letters in a box that is a little too low for others."""
_LETTER: Final = 0.56
"""Mean width of a letter, as a share of its size."""
_LEADING: Final = 1.05
"""Height of a line of letters, as a share of their size."""
_LINE: Final = 1.2 * _SIZE
_PAD: Final = 1.2
"""Between text and box, in points."""
_FEWEST: Final = 3
"""Letters for which a box must have room."""
_NEAR: Final = 1e-6
"""By which boxes may overlap that only touch."""


def label_appointments(
    ax: Axes, rows: pd.DataFrame, boxes: Floats, colors: Mapping[str, str], seconds: list[str]
) -> None:
    """Write start and procedure into each box, and below them what else there is to say.

    A box that is too low for that has a line of smaller letters; one that is lower still has its line just below or
    above it, if nothing else stands there.

    Parameters
    ----------
    ax
        The axes; their limits must stand.
    rows
        ``start``, ``procedure`` and ``origin`` of each box.
    boxes
        Left, right, top and bottom of each.
    colors
        Of the procedures.
    seconds
        What else there is to say of each.
    """
    across, down = points_per_unit(ax)
    taken = list(boxes)
    for row, box, second in zip(rows.itertuples(), boxes, seconds, strict=True):
        left, right, top, bottom = box
        width, height = (right - left) * across - 2 * _PAD, (bottom - top) * down
        if int(width / (_LETTER * _SIZE)) < _FEWEST:
            continue
        filled = row.origin != "given" and row.procedure
        look = {
            "y": (top + bottom) / 2,
            "va": "center",
            "fontsize": _SIZE,
            "color": readable_on(colors[row.procedure]) if filled else INK,
        }
        lines = int((height + _LINE - _LEADING * _SIZE) / _LINE)
        if not lines and height >= _LEADING * _SMALLEST:
            look |= {"fontsize": height / _LEADING, "va": "center_baseline"}
        elif not lines:
            beside = _place_beside(ax, box, _LINE / down, taken)
            if beside is None:
                continue
            look |= {"y": beside[2], "va": "top", "color": INK}
            taken.append(beside)
        letters = int(width / (_LETTER * look["fontsize"]))
        words = _words(f"{row.start:%H:%M}", row.procedure, second, letters, max(lines, 1))
        text: dict[str, Any] = look | {"x": left + _PAD / across, "s": "\n".join(words)}
        ax.text(**text, ha="left", linespacing=_LEADING, clip_on=True, zorder=5, gid="appointment")


def _place_beside(ax: Axes, box: Floats, line: float, taken: list[Floats]) -> Floats | None:
    """Return left, right, top and bottom of a line just below a box, or above it; None if neither is free."""
    left, right, top, bottom = box
    floor, ceiling = ax.get_ylim()
    for place in (np.array([left, right, bottom, bottom + line]), np.array([left, right, top - line, top])):
        within = ceiling <= place[2] and place[3] <= floor
        if within and not any(_overlap(place, other) for other in taken):
            return place
    return None


def _overlap(one: Floats, other: Floats) -> bool:
    sides = (min(one[edge + 1], other[edge + 1]) - max(one[edge], other[edge]) for edge in (0, 2))
    return all(side > _NEAR for side in sides)


def _words(start: str, procedure: str, second: str, letters: int, lines: int) -> list[str]:
    """Return the lines of a box: all in one, cut where it is too long, or the procedure below the start, and so on."""
    if lines == 1:
        texts = [f"{start} {procedure} · {second}", f"{start} {procedure} {second.partition(' (')[0]}"]
        return [_fitting([*texts, f"{start} {procedure}", procedure, start], letters)]
    head = f"{start} {procedure}".strip()
    if len(head) <= letters or lines == 2:
        first = head if len(head) <= letters else _fitting([procedure, start], letters)
        return [line for line in (first, shortened(second, letters)) if line]
    parts = chain([start], _wrapped(procedure, letters), [second] if second else [])
    return [shortened(line, letters) for line in parts][:lines]


def _wrapped(text: str, letters: int) -> Iterator[str]:
    """Yield the words of a text as lines."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > letters:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def _fitting(texts: list[str], letters: int) -> str:
    """Return the first text that fits, or the one but last shortened."""
    texts = [text.strip(" ·") for text in texts if text.strip(" ·")]
    return next(
        (text for text in texts if len(text) <= letters), shortened(texts[-2 if len(texts) > 1 else 0], letters)
    )
