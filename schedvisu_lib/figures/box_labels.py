"""What stands in the boxes of an agenda: exam type and start, or only the type, or two letters for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import OTHER
from schedvisu_lib.figures.boxes import Floats, points_per_unit
from schedvisu_lib.figures.names import shortened
from schedvisu_lib.figures.style import readable_on
from schedvisu_lib.language import Language

_SIZE: Final = 5.0
"""Of the letters, in points."""
_LETTER: Final = 0.68 * _SIZE
"""Width of a broad letter, in points."""
_FEWEST: Final = 6
"""Letters that are left of a name that is cut."""
_PAD: Final = 1.5
"""Between text and box, in points."""


def label_boxes(
    ax: Axes, exams: pd.DataFrame, boxes: Floats, colors: Mapping[str, str], codes: Mapping[str, str], t: Language
) -> None:
    """Write exam type and start into each box that is high enough and that no other box touches.

    A name that is too long is cut, or is its code where less than half a dozen letters would be left.

    Parameters
    ----------
    ax
        An agenda; its limits must stand.
    exams
        One scanner's exams in order of start.
    boxes
        Left, right, top and bottom of each.
    colors
        Of the exam types.
    codes
        Of the exam types.
    t
        The language.
    """
    across = points_per_unit(ax)[0]
    pad = _PAD / across
    for exam, (left, right, middle) in _with_room(ax, exams, boxes):
        letters = int(((right - left) * across - 2 * _PAD) / _LETTER) - len(" 00:00")
        name = t(exam.exam_type) if exam.exam_type == OTHER else str(exam.exam_type)
        if len(name) > letters:
            name = codes.get(exam.exam_type, "") if letters <= _FEWEST else ""
            name = name or shortened(exam.exam_type, max(letters, 1))
        style = _letters(colors, exam)
        ax.text(left + pad, middle, name, ha="left", gid="exam type", **style)
        ax.text(right - pad, middle, f"{exam.start:%H:%M}", ha="right", gid="start", **style)


def label_boxes_shortly(
    ax: Axes, exams: pd.DataFrame, boxes: Floats, colors: Mapping[str, str], codes: Mapping[str, str]
) -> None:
    """Write the exam type into each box, or its code where the name is too long, where :func:`label_boxes` would.

    Types without a code (the site no longer knows them) are not written where their name is too long.
    """
    across = points_per_unit(ax)[0]
    for exam, (left, right, middle) in _with_room(ax, exams, boxes):
        room = int(((right - left) * across - 1) / _LETTER)
        code = codes.get(exam.exam_type, "")
        name = exam.exam_type if exam.exam_type != OTHER and len(exam.exam_type) <= room else code
        if 0 < len(name) <= room:
            ax.text((left + right) / 2, middle, name, ha="center", gid="exam type", **_letters(colors, exam))


def _with_room(ax: Axes, exams: pd.DataFrame, boxes: Floats) -> Iterator[tuple[Any, tuple[float, float, float]]]:
    """Yield the exams whose box is high enough for letters and touches no other, with its left, right and middle."""
    high = (boxes[:, 3] - boxes[:, 2]) * points_per_unit(ax)[1] >= _SIZE * 1.05
    free = high & ~_touches_another(exams)
    for exam, (left, right, top, bottom) in zip(exams[free].itertuples(), boxes[free], strict=True):
        yield exam, (left, right, (top + bottom) / 2)


def _letters(colors: Mapping[str, str], exam: Any) -> dict[str, Any]:
    """Return the look of the letters in an exam's box."""
    color = colors.get(str(exam.exam_type), colors[OTHER])
    # A hatch behind the letters would make them unreadable.
    behind = {"facecolor": color, "edgecolor": "none", "pad": 0.4} if exam.n_takes > 1 else None
    return {
        "fontsize": _SIZE,
        "va": "center_baseline",
        "color": readable_on(color),
        "bbox": behind,
        "zorder": 5,
    }


def _touches_another(exams: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which exams overlap another one of their day."""
    day = exams["date"]
    before = exams.groupby(day)["end"].cummax().groupby(day).shift()
    after = exams.groupby(day)["start"].shift(-1)
    touching: npt.NDArray[np.bool_] = ((exams["start"] < before) | (after < exams["end"])).to_numpy()
    return touching
