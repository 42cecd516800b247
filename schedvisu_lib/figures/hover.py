"""What the screen tells of the exam under the pointer: places and facts beside a picture, which a script reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.config import OTHER
from schedvisu_lib.figures.boxes import Floats
from schedvisu_lib.figures.html import Html
from schedvisu_lib.language import Language

UNITS: Final = 1000
"""Of width and of height of a picture: on a screen one is less than a pixel."""
_MINUTE: Final = pd.Timedelta(minutes=1)


def hoverable(
    image: Html, ax: Axes, exams: pd.DataFrame, boxes: Floats, t: Language, *, hours: Literal["x", "y"] = "y"
) -> Html:
    """Return a picture of exams with what the screen tells of each: type, start, end, duration and take.

    The facts stand beside it as JSON, which paper does not show; ``report/template/hover.js`` reads them. Nothing there
    tells a patient or a study.

    Parameters
    ----------
    image
        As :func:`schedvisu_lib.figures.svg.as_svg` gives it.
    ax
        The axes that hold the boxes, with the limits and the place in the figure with which they were drawn.
    exams
        Rows of the studies table, in the order in which the arrow keys visit them; without any, the picture is bare.
    boxes
        Shape (n, 4): left, right, top and bottom of each as drawn, in data coordinates.
    t
        The language.
    hours
        The axis along which time runs: its arrow keys lead to the next exam, the others to another day.
    """
    if exams.empty:
        return image
    text = json.dumps(_facts(ax, exams, boxes, t, hours), ensure_ascii=False, separators=(",", ":"))
    inert = text.replace("<", "\\u003c")  # nothing in a name ends the script
    return Html(f'<div class="hoverable">{image.text}<script type="application/json">{inert}</script></div>')


def _facts(ax: Axes, exams: pd.DataFrame, boxes: Floats, t: Language, hours: str) -> dict[str, Any]:
    """Return words, exam types, and the exams of each day.

    An exam is left, right, top and bottom in thousandths of the picture, position of its type, start and end in minutes
    since midnight of its day, minutes of duration, and for a study with several takes its take and their number.
    """
    codes, types = pd.factorize(exams["exam_type"])
    begin, end = exams["start"] - exams["date"], exams["end"] - exams["date"]
    columns = [*_places(ax, boxes).T, codes, begin // _MINUTE, end // _MINUTE, (end - begin).dt.round("min") // _MINUTE]
    rows = np.column_stack([np.asarray(column, dtype=int) for column in columns]).tolist()
    takes = exams[["take", "n_takes"]].to_numpy(int)
    for place in np.flatnonzero(takes[:, 1] > 1):
        rows[place] += takes[place].tolist()
    return {
        "hours": hours,
        "take": t("take {take} of {takes}"),
        "hint": t("Arrow keys lead from exam to exam."),
        "types": [t(name) if name == OTHER else str(name) for name in types],
        "days": [(name, [rows[place] for place in places]) for name, places in _days(exams, t)],
    }


def _days(exams: pd.DataFrame, t: Language) -> Iterator[tuple[str, npt.NDArray[np.int_]]]:
    """Yield each day in words, behind its scanner where there are several, and the places of its exams."""
    several = len(exams["scanner"].unique()) > 1
    for (scanner, day), places in exams.groupby(["scanner", "date"], sort=False).indices.items():
        name = t.day(day.date(), "EEE d MMM y")
        yield f"{scanner} · {name}" if several else name, places


def _places(ax: Axes, boxes: Floats) -> npt.NDArray[np.int_]:
    """Return left, right, top and bottom of each box in thousandths of the picture, downwards from its upper edge."""
    figure: Any = ax.figure
    corners = ax.transData.transform(boxes[:, [0, 2, 1, 3]].reshape(-1, 2))
    x, y = figure.transFigure.inverted().transform(corners).reshape(-1, 2, 2).transpose(2, 0, 1)
    sides = np.column_stack([x[:, 0], x[:, 1], 1 - y[:, 0], 1 - y[:, 1]]) * UNITS
    places: npt.NDArray[np.int_] = np.rint(sides).clip(0, UNITS).astype(int)
    return places
