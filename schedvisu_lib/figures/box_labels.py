"""What stands in the boxes of an agenda of few days: exam type and start."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import OTHER
from schedvisu_lib.figures.boxes import Floats, axes_points
from schedvisu_lib.figures.style import readable_on
from schedvisu_lib.language import Language

_SIZE: Final = 5.0
"""Of the letters, in points."""
_LETTER: Final = 0.68 * _SIZE
"""Width of a broad letter, in points."""
_PAD: Final = 1.5
"""Between text and box, in points."""


def label_boxes(ax: Axes, exams: pd.DataFrame, boxes: Floats, colors: dict[str, str], t: Language) -> None:
    """Write exam type and start into each box that is high enough and that no other box touches.

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
    t
        The language.
    """
    width, height = axes_points(ax)
    across, down = width / float(np.ptp(ax.get_xlim())), height / float(np.ptp(ax.get_ylim()))
    alone = ~_touches_another(exams)
    rows = zip(exams["exam_type"], exams["start"], exams["n_takes"], boxes, alone, strict=True)
    for exam_type, start, n_takes, (left, right, top, bottom), free in rows:
        if not free or (bottom - top) * down < _SIZE * 1.05:
            continue
        letters = int(((right - left) * across - 2 * _PAD) / _LETTER) - len(" 00:00")
        name = t(exam_type) if exam_type == OTHER else str(exam_type)
        name = name if len(name) <= letters else name[: max(letters - 1, 0)] + "…"
        color = colors.get(str(exam_type), "#999999")
        # A hatch behind the letters would make them unreadable.
        behind = {"facecolor": color, "edgecolor": "none", "pad": 0.4} if n_takes > 1 else None
        style: dict[str, Any] = {
            "fontsize": _SIZE,
            "va": "center_baseline",
            "color": readable_on(color),
            "zorder": 5,
            "clip_on": True,
        }
        middle, pad = (top + bottom) / 2, _PAD / across
        ax.text(left + pad, middle, name, ha="left", bbox=behind, gid="exam type", **style)
        ax.text(right - pad, middle, f"{start:%H:%M}", ha="right", bbox=behind, gid="start", **style)


def _touches_another(exams: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which exams overlap another one of their day."""
    day = exams["date"]
    before = exams.groupby(day)["end"].cummax().groupby(day).shift()
    after = exams.groupby(day)["start"].shift(-1)
    touching: npt.NDArray[np.bool_] = ((exams["start"] < before) | (after < exams["end"])).to_numpy()
    return touching
