"""What the planner's desk draws: a sheet's timetable, and how full the resources are."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from schedvisu_lib.export.plan.content import PlanContent
from schedvisu_lib.figures.appointments import plot_appointments
from schedvisu_lib.figures.html import Html, element
from schedvisu_lib.figures.load import plot_load
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure
from schedvisu_lib.plan.around import around

_LEFT, _RIGHT, _UPPER, _LOWER = 9.0, 0.5, 6.5, 1.0
"""Margins of a figure in millimetres: hours at the left, days at the top."""
_NAMES: Final = 26.0
"""Left margin of the load, for the names of the resources."""
_DAYS: Final = 3.0
"""Added to its upper margin, for days in two lines."""
_ROW: Final = 5.5
"""Height of a resource's row in millimetres."""
_LEAST_DAYS: Final = 4
"""Days after Monday that a timetable shows at least: to Friday."""


def timetable(content: PlanContent, sheet: str, size: tuple[float, float]) -> Html:
    """Return the agenda of a sheet as a picture, from its first to its last appointment.

    Parameters
    ----------
    content
        The plan.
    sheet
        Whose.
    size
        Width and height in millimetres.
    """
    t, placed = content.t, content.placed
    starts = placed.loc[placed["sheet"] == sheet, "start"]
    if starts.empty:
        return element("p", t("No session of this sheet has a time."), "sv-nothing")
    first = starts.min().date()
    last = max(starts.max().date(), first + timedelta(days=_LEAST_DAYS - first.weekday()))
    width, height = size
    ground = around(content.appointments, content.book, content.site, first, last)
    place = (_LEFT / width, _LOWER / height, 1 - (_LEFT + _RIGHT) / width, 1 - (_UPPER + _LOWER) / height)
    with house_style():
        figure = new_figure(width, height)
        ax = figure.add_axes(place)
        plot_appointments(
            content.appointments, ground, content.site, of="sheet", name=sheet, first=first, last=last, ax=ax
        )
    return as_svg(figure, t("Timetable of {sheet}", sheet=sheet))


def load_picture(content: PlanContent, width: float) -> Html:
    """Return how full each resource is on each day, beside what its scanner's images tell of the last weeks.

    Parameters
    ----------
    content
        The plan.
    width
        In millimetres.
    """
    upper = _UPPER + _DAYS
    height = _ROW * len(content.book.resources) + upper + _LOWER
    place = (_NAMES / width, _LOWER / height, 1 - (_NAMES + _RIGHT) / width, 1 - (upper + _LOWER) / height)
    with house_style():
        figure = new_figure(width, height)
        plot_load(content.load, content.site, ax=figure.add_axes(place))
    return as_svg(figure, content.t("Load of the resources"))
