"""The look of all figures: fonts, sizes, and the colour of each exam type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from schedvisu_lib.config import OTHER, Site

RC: Final[Any] = {
    # Text stays text, so that a reader can select it.
    "svg.fonttype": "none",
    "svg.hashsalt": "schedvisu",
    # A dollar sign in a name is a letter, not the begin of a formula.
    "text.parse_math": False,
    "font.family": "sans-serif",
    # Verdana is as wide as DejaVu Sans, which comes with matplotlib but not with Windows.
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.size": 6.5,
    "axes.linewidth": 0.5,
    "axes.labelsize": 6.5,
    "xtick.labelsize": 6.0,
    "ytick.labelsize": 6.0,
    "xtick.major.width": 0.4,
    "ytick.major.width": 0.4,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "grid.linestyle": "-",
    "grid.alpha": 1.0,
    "hatch.linewidth": 0.4,
    "axes.edgecolor": "#9a9a9a",
    "xtick.color": "#444444",
    "ytick.color": "#444444",
}
"""What all figures share (points)."""

PALETTE: Final = (
    *("#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#781e00", "#66d9b8", "#5a2d69"),
    *("#1e2db4", "#874b5a", "#8778ff", "#ffc369", "#b42d00", "#96d2ff", "#b4b487"),
)
"""Okabe and Ito's colours as far as they go together, then each the farthest from all before and from OTHER's grey.

Farthest in OKLab as normal, protan, deutan and (at 60 %) tritan eyes see it (Machado 2009); the least distance is 0.05.
"""

INK: Final = "#222222"
FAINT: Final = "#dcdcdc"
SHADE: Final = "#eeeff1"
PALE: Final = "#666666"
FRAME: Final = "#9a9a9a"
CLOSED: Final = "#d4d4d4"
OUT_OF_SERVICE: Final = "#bdbdbd"
LUNCH_FIELD: Final = "#f5ecd7"
NOT_CHOSEN: Final = "#e2e2e2"
"""Of exams beside those that were asked for."""
GHOST: Final = "#555555"
REST: Final = "#c4c4c4"
"""Of the exam types that the hour profile does not show one by one."""
_LIGHT_INK: Final = "#d8d8d8"
LIGHTER: Final = 0.38
"""Opacity of preparation beside its exam."""


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the look of the report meanwhile, whatever the user's own settings are."""
    with mpl.rc_context(RC):
        yield


def dress(ax: Axes) -> None:
    """Give axes the look of the report, also those that a user made with settings of their own.

    Letters outside the axes are light where the figure is dark.
    """
    ax.grid(False)
    ax.set_facecolor("white")
    for axis in ("x", "y"):
        ax.tick_params(
            axis=axis,
            labelsize=RC[f"{axis}tick.labelsize"],
            width=RC[f"{axis}tick.major.width"],
            length=RC[f"{axis}tick.major.size"],
            color=RC[f"{axis}tick.color"],
            labelcolor=outside(ax, RC[f"{axis}tick.color"]),
            direction="out",
        )
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(fontsize=RC["axes.labelsize"], color=outside(ax, "black"))
    ax.spines[:].set(visible=True, color=RC["axes.edgecolor"], linewidth=RC["axes.linewidth"])


def outside(ax: Axes, color: str) -> str:
    """Return the colour of letters beside the axes: light where the figure is dark."""
    figure: Any = ax.figure
    ground = figure.get_facecolor()
    return color if ground[3] == 0 or readable_on(to_hex(ground)) == INK else _LIGHT_INK


def exam_type_colors(site: Site) -> dict[str, str]:
    """Return the colour of each exam type: the site's own, else by its place among the site's types; OTHER is grey.

    The same on every scanner, page and week, since only the order of the site file counts.
    """
    colors = {kind.name: kind.color or PALETTE[place % len(PALETTE)] for place, kind in enumerate(site.exam_types)}
    return colors | {OTHER: site.report.other_color}


def by_exam_type(rows: pd.DataFrame, site: Site) -> Iterator[tuple[str, str, npt.NDArray[np.int_]]]:
    """Yield each exam type that occurs, its colour (OTHER's, if the site does not know it) and its rows' places."""
    colors = exam_type_colors(site)
    for exam_type, places in rows.groupby("exam_type").indices.items():
        yield str(exam_type), colors.get(str(exam_type), site.report.other_color), places


def readable_on(color: str) -> str:
    """Return white or the ink, whichever stands out more from a colour (WCAG contrast)."""
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return "white" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.0667 else INK
