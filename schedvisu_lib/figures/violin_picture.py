"""The violins as one picture, for the report's page and for the screen."""

from __future__ import annotations

from datetime import date

import pandas as pd

from schedvisu_lib.config import Site
from schedvisu_lib.figures.durations import label_height, plot_durations, violin_labels
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import language
from schedvisu_lib.studies.durations import duration_table


def violin_picture(
    studies: pd.DataFrame, site: Site, scanner: str, first: date, last: date, size: tuple[float, float]
) -> Html:
    """Return the violins of a scanner's durations as a picture; ``size`` is width and height in millimetres."""
    width, height = size
    below = label_height(violin_labels(list(duration_table(studies, site, scanner, first, last).index), site))
    with house_style():
        figure = new_figure(width, height)
        box = (8.5 / width, below / height, 1 - 9 / width, 1 - (below + 1.5) / height)
        plot_durations(studies, site, scanner, first, last, ax=figure.add_axes(box))
    return as_svg(figure, language(site.report.language)("Durations by exam type"), "violin")
