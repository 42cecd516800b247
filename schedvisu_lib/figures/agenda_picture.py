"""The agenda as one picture, for the report's page and for the screen: of a long period with the hour profile."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from schedvisu_lib.figures.agenda import draw_agenda
from schedvisu_lib.figures.agenda_content import AgendaContent
from schedvisu_lib.figures.boxes import Floats
from schedvisu_lib.figures.hours import add_ghost, plot_hours
from schedvisu_lib.figures.hover import hoverable
from schedvisu_lib.figures.html import Html
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.language import language
from schedvisu_lib.periods import Period, previous_period

LONG: Final = 12 * 7
"""Days from which the hour profile stands beside the agenda."""
_PROFILE_WIDTH: Final = 40.0
"""Of the hour profile, in millimetres, with the space before it."""
_PROFILE_SHARE: Final = 0.28
"""Of the width that the profile takes at most, with the space before it."""
_LEFT, _RIGHT, _UPPER, _LOWER = 9.0, 0.5, 6.5, 1.0
"""Margins in millimetres: hours at the left, days at the top."""


def is_long(first: date, last: date) -> bool:
    """Tell whether the hour profile stands beside the agenda of these days."""
    return (last - first).days >= LONG


def agenda_picture(content: AgendaContent, size: tuple[float, float], *, before: pd.DataFrame | None = None) -> Html:
    """Return an agenda as a picture that tells of each exam; of a long period with the hour profile beside it.

    Parameters
    ----------
    content
        What it shows.
    size
        Width and height in millimetres.
    before
        Studies of the period before: the profile has their outline.
    """
    image, agenda, boxes = _picture(content, size, before)
    return hoverable(image, agenda, content.exams, boxes, language(content.site.report.language))


def plain_agenda(content: AgendaContent, size: tuple[float, float]) -> Html:
    """Return the picture alone."""
    return _picture(content, size, None)[0]


def _picture(
    content: AgendaContent, size: tuple[float, float], before: pd.DataFrame | None
) -> tuple[Html, Axes, Floats]:
    """Return the picture, the axes of the agenda, and the boxes of its exams."""
    site, days = content.site, (content.scanner, content.first, content.last)
    t = language(site.report.language)
    width, height = size
    long = is_long(content.first, content.last)
    inner = (height - _UPPER - _LOWER) / height
    with house_style():
        figure = new_figure(width, height)
        beside = min(_PROFILE_WIDTH, _PROFILE_SHARE * width) if long else 0.0
        agenda = figure.add_axes((_LEFT / width, _LOWER / height, (width - _LEFT - _RIGHT - beside) / width, inner))
        boxes = draw_agenda(content, agenda)
        if long:
            share = (beside - 3) / width
            profile = figure.add_axes((1 - _RIGHT / width - share, _LOWER / height, share, inner), sharey=agenda)
            plot_hours(content.chosen_exams, site, *days, ax=profile)
            if before is not None:
                earlier = previous_period(Period("", content.first, content.last))
                add_ghost(profile, before, site, content.scanner, earlier.first, earlier.last)
            profile.tick_params(labelleft=False, length=0, labeltop=True, labelbottom=False, pad=1.5)
            profile.xaxis.set_label_position("top")
            profile.xaxis.labelpad = 1.5
    return as_svg(figure, t("Agenda of {scanner}", scanner=content.scanner), "agenda"), agenda, boxes
