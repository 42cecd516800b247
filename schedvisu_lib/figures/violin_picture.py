"""The violins as one picture, for the report's page and for the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from schedvisu_lib.config import Site
from schedvisu_lib.figures.durations import draw_durations, label_height, violin_labels
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import language
from schedvisu_lib.studies.durations import Lengths

_LEFT: Final = 8.5
"""Room in millimetres at the left of the axes."""
_NAME: Final = 2.5
"""From the left edge to the foot of the axis' name, in millimetres; beyond it there is room for three figures."""


def violin_picture(groups: Mapping[tuple[str, int], Lengths], site: Site, size: tuple[float, float]) -> Html:
    """Return the violins of durations by exam type (``studies.durations.exam_durations``) as a picture.

    ``size`` is width and height in millimetres.
    """
    width, height = size
    below = label_height(violin_labels(list(groups), site))
    with house_style():
        figure = new_figure(width, height)
        axes = figure.add_axes((_LEFT / width, below / height, 1 - (_LEFT + 0.5) / width, 1 - (below + 1.5) / height))
        draw_durations(groups, site, axes)
        axes.yaxis.set_label_coords((_NAME - _LEFT) / (width - _LEFT - 0.5), 0.5)
    return as_svg(figure, language(site.report.language)("Durations by exam type"), "violin")
